#!/usr/bin/env python3
"""Write holidays.csv: the US federal holidays 2020-2035 and the days on which parcel carriers do not work.

Federal rule (5 U.S.C. 6103): a holiday on a Saturday is observed on the Friday before, one on a Sunday on
the Monday after. Juneteenth is a holiday from 2021 on. Inauguration Day, a holiday in the capital only, is
left out.

Carrier rule: the private carriers neither pick up nor deliver on six of these holidays, nor on Easter
Sunday. They keep a Saturday holiday on the Saturday itself and work the Friday (UPS: 3 July 2020), and move
a Sunday holiday to the Monday (UPS: 2 January 2023). The postal service works by the federal holidays
instead, except that it, too, works the Friday before a Saturday holiday.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from csv_table import target_folder, write_table

YEARS = range(2020, 2036)
JUNETEENTH_SINCE = 2021
MONDAY, THURSDAY, SATURDAY, SUNDAY = 0, 3, 5, 6
NO_SERVICE = frozenset(
    {
        "New Year's Day",
        "Easter Sunday",
        "Memorial Day",
        "Independence Day",
        "Labor Day",
        "Thanksgiving Day",
        "Christmas Day",
    }
)


@dataclass(frozen=True, slots=True)
class Holiday:
    """One day off: when it is, what it is called, and who keeps it."""

    day: date
    name: str
    federal: bool
    carrier_closed: bool


def nth_weekday(year: int, month: int, weekday: int, nth: int) -> date:
    """Find the nth given weekday of a month, the first being 1."""
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))


def last_monday_of_may(year: int) -> date:
    """Find Memorial Day."""
    last = date(year, 5, 31)
    return last - timedelta(days=last.weekday() - MONDAY)


def easter_sunday(year: int) -> date:
    """Find Easter in the Gregorian calendar by Gauss's rule; its constants hold from 1900 to 2099."""
    golden = year % 19
    moon = (19 * golden + 24) % 30
    sunday = (2 * (year % 4) + 4 * (year % 7) + 6 * moon + 5) % 7
    weeks_too_late = (golden + 11 * moon + 22 * sunday) // 451
    return date(year, 3, 22) + timedelta(days=moon + sunday - 7 * weeks_too_late)


def federal_holidays(year: int) -> Iterator[tuple[date, str]]:
    """Yield the legal dates of a year's federal holidays, observed days not counted."""
    yield date(year, 1, 1), "New Year's Day"
    yield nth_weekday(year, 1, MONDAY, 3), "Martin Luther King Jr. Day"
    yield nth_weekday(year, 2, MONDAY, 3), "Washington's Birthday"
    yield last_monday_of_may(year), "Memorial Day"
    if year >= JUNETEENTH_SINCE:
        yield date(year, 6, 19), "Juneteenth"
    yield date(year, 7, 4), "Independence Day"
    yield nth_weekday(year, 9, MONDAY, 1), "Labor Day"
    yield nth_weekday(year, 10, MONDAY, 2), "Columbus Day"
    yield date(year, 11, 11), "Veterans Day"
    yield nth_weekday(year, 11, THURSDAY, 4), "Thanksgiving Day"
    yield date(year, 12, 25), "Christmas Day"


def days_off(year: int) -> Iterator[Holiday]:
    """Yield a year's holidays and their observed days, which may fall in the year before."""
    yield Holiday(easter_sunday(year), "Easter Sunday", federal=False, carrier_closed=True)
    for day, name in federal_holidays(year):
        closed = name in NO_SERVICE
        yield Holiday(day, name, federal=True, carrier_closed=closed)
        if day.weekday() == SATURDAY:
            friday = day - timedelta(days=1)
            yield Holiday(friday, f"{name} (observed)", federal=True, carrier_closed=False)
        elif day.weekday() == SUNDAY:
            monday = day + timedelta(days=1)
            yield Holiday(monday, f"{name} (observed)", federal=True, carrier_closed=closed)


def main() -> None:
    """Write every day off of the calendar in order of date."""
    # The year after the last one is asked too: its New Year's Day may be observed on 31 December.
    holidays = [holiday for year in (*YEARS, YEARS.stop) for holiday in days_off(year)]
    rows = [
        (
            holiday.day.isoformat(),
            holiday.name,
            str(holiday.federal).lower(),
            str(holiday.carrier_closed).lower(),
        )
        for holiday in sorted(holidays, key=lambda holiday: holiday.day)
        if holiday.day.year in YEARS
    ]
    write_table(target_folder() / "holidays.csv", ("date", "name", "federal", "carrier_closed"), rows)


if __name__ == "__main__":
    main()
