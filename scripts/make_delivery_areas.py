#!/usr/bin/env python3
"""Write delivery_areas.csv: the ZIP3 to which parcel carriers charge more for a delivery.

The carriers' own lists name thousands of five-digit ZIPs, thinly settled or hard to reach. At three digits we take
people as a measure: `extended` up to 50,000 people, and all of Alaska and Hawaii; `delivery_area` up to 150,000. That
is about a third of all ZIP3 and one in eleven people: an assumption.
"""

from __future__ import annotations

import csv

from csv_table import US_TABLES, target_folder, write_table

EXTENDED_UP_TO, DELIVERY_AREA_UP_TO = 50_000, 150_000
ACROSS_THE_SEA = ("AK", "HI")


def area(state: str, population: int) -> str:
    """Return the area of a ZIP3, blank for an ordinary one."""
    if state in ACROSS_THE_SEA or population <= EXTENDED_UP_TO:
        return "extended"
    return "delivery_area" if population <= DELIVERY_AREA_UP_TO else ""


def main() -> None:
    """Write the table."""
    with (US_TABLES / "zip3.csv").open(encoding="utf-8", newline="") as file:
        places = [(row["zip3"], area(row["state"], int(row["population"]))) for row in csv.DictReader(file)]
    write_table(target_folder() / "delivery_areas.csv", ("zip3", "area"), [place for place in places if place[1]])


if __name__ == "__main__":
    main()
