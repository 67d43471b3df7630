"""The shipped US tables hold together: sizes, totals, and scripts that repeat them byte for byte."""

from __future__ import annotations

import re
import runpy
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path
from statistics import mean

import pytest

from tests.tables.shipped import REGIONS, ROOT, TABLES, read


def season_factor(day: int) -> float:
    """Join the anchors of the season by straight lines."""
    anchors = [(int(row["day_of_year"]), float(row["factor"])) for row in read("demand_profile_season")]
    for (start, low), (end, high) in pairwise(anchors):
        if start <= day <= end:
            return low + (high - low) * (day - start) / (end - start)
    raise ValueError(f"no anchors around day {day}")


def test_readme_names_every_table_with_its_number_of_rows() -> None:
    text = (TABLES / "README.md").read_text(encoding="utf-8")

    stated = {name: int(rows.replace(",", "")) for name, rows in re.findall(r"\| `(\w+)\.csv` \| ([\d,]+) \|", text)}

    assert stated == {path.stem: len(read(path.stem)) for path in TABLES.glob("*.csv")}


def test_tables_are_small_enough_to_ship() -> None:
    assert sum(path.stat().st_size for path in TABLES.iterdir()) < 400_000


@pytest.mark.parametrize(
    "script",
    ["make_catalogue", "make_rate_cards", "make_holidays", "make_demand_profiles", "make_delivery_areas"],
)
def test_scripts_write_the_shipped_bytes(script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = ROOT / "scripts" / f"{script}.py"
    monkeypatch.syspath_prepend(str(path.parent))
    monkeypatch.setattr(sys, "argv", [str(path), str(tmp_path)])

    runpy.run_path(str(path), run_name="__main__")

    written = {made.name: made.read_bytes() for made in tmp_path.iterdir()}
    assert written
    assert written == {name: (TABLES / name).read_bytes() for name in written}


def test_zip3_table_covers_the_country_once() -> None:
    rows = read("zip3")

    assert len({row["zip3"] for row in rows}) == len(rows) == 891
    assert all(re.fullmatch(r"\d{3}", row["zip3"]) for row in rows)
    assert sum(int(row["population"]) for row in rows) == 308_739_931
    assert len({row["state"] for row in rows}) == 51
    assert all(row["city"] and row["tz"] for row in rows)


def test_every_state_lies_in_exactly_one_region() -> None:
    rows = read("zip3")

    regions_of_state = Counter(state for state, _ in {(row["state"], row["region"]) for row in rows})

    assert set(regions_of_state.values()) == {1}
    assert {row["region"] for row in rows} == REGIONS
    assert {row["state"] for row in rows if row["region"] == "southwest"} == {"AZ", "NM", "OK", "TX"}
    assert {row["region"] for row in rows if row["state"] in {"AK", "HI"}} == {"west"}


def test_every_facility_stands_in_the_city_its_zip3_names() -> None:
    cities = {row["zip3"]: (row["city"], row["state"]) for row in read("zip3")}
    facilities = read("facilities")

    assert len({row["facility"] for row in facilities}) == 30
    assert [(row["city"], row["state"]) for row in facilities] == [cities[row["zip3"]] for row in facilities]


def test_zone_bands_follow_each_other_without_gap() -> None:
    rows = read("zone_bands")

    assert [int(row["zone"]) for row in rows] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert [int(row["max_miles_incl"]) for row in rows[:-1]] == [50, 150, 300, 600, 1000, 1400, 1800]
    assert [row["max_miles_incl"] for row in rows[:-1]] == [row["min_miles_excl"] for row in rows[1:]]


def test_all_carbon_factors_are_well_to_wheel_and_say_how() -> None:
    rows = read("carbon")

    assert {row["scope"] for row in rows} == {"WTW"}
    assert {row["quality"] for row in rows} <= {"primary", "modeled", "default"}
    assert all(row["source"] and row["version"] and row["note"] for row in rows)


@pytest.mark.parametrize(
    ("key", "tank_to_wheel"),
    [
        ("linehaul_ground", 0.10163),
        ("linehaul_air", 0.75539),
        ("inbound_truckload", 0.07703),
        ("last_mile_per_parcel", 0.20),
    ],
)
def test_modeled_carbon_factor_is_the_published_one_times_the_van_ratio(key: str, tank_to_wheel: float) -> None:
    (row,) = (row for row in read("carbon") if row["key"] == key)

    assert float(row["value"]) == pytest.approx(tank_to_wheel * 0.79373 / 0.63130, abs=5e-5)
    assert (row["quality"], float(row["tank_to_wheel"])) == ("modeled", tank_to_wheel)


def test_hours_of_the_day_share_out_all_orders_with_a_quiet_night() -> None:
    shares = [float(row["share"]) for row in read("demand_profile_hours")]

    assert len(shares) == 24
    assert sum(shares) == pytest.approx(1, abs=1e-12)
    assert 0.02 < sum(shares[:6]) < 0.06
    assert max(shares[10:22]) < 1.15 * min(shares[10:22])


def test_weekdays_have_mean_one_and_a_slow_weekend() -> None:
    factors = {row["weekday"]: float(row["factor"]) for row in read("demand_profile_weekdays")}

    assert list(factors) == ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    assert mean(factors.values()) == pytest.approx(1, abs=1e-12)
    assert (factors["sat"] + factors["sun"]) / 2 == pytest.approx(0.8, abs=0.02)


def test_season_has_mean_one_and_peaks_from_black_friday_to_cyber_monday() -> None:
    year = [season_factor(day) for day in range(1, 366)]

    peak_days = [day for day, factor in enumerate(year, start=1) if factor == max(year)]

    assert mean(year) == pytest.approx(1, abs=1e-3)
    assert max(year) == 1.6
    assert (peak_days[0], peak_days[-1]) == (331, 335)  # 27 November to 1 December
