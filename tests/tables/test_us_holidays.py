"""The shipped calendar has the right days off, federal and of the carriers."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from tests.tables.shipped import Row, read


def day_off(day: str) -> Row:
    """Find the one row of a day in the holiday calendar."""
    (row,) = (row for row in read("holidays") if row["date"] == day)
    return row


@pytest.mark.parametrize(
    ("day", "name", "carrier_closed"),
    [
        ("2026-07-03", "Independence Day (observed)", "false"),
        ("2026-07-04", "Independence Day", "true"),
        ("2027-11-25", "Thanksgiving Day", "true"),
        ("2023-01-02", "New Year's Day (observed)", "true"),
        ("2021-12-31", "New Year's Day (observed)", "false"),
        ("2021-06-18", "Juneteenth (observed)", "false"),
        ("2020-05-25", "Memorial Day", "true"),
        ("2025-01-20", "Martin Luther King Jr. Day", "false"),
        ("2032-10-11", "Columbus Day", "false"),
    ],
)
def test_federal_holiday_falls_on_its_known_day(day: str, name: str, carrier_closed: str) -> None:
    assert day_off(day) == {"date": day, "name": name, "federal": "true", "carrier_closed": carrier_closed}


@pytest.mark.parametrize("day", ["2020-04-12", "2024-03-31", "2025-04-20", "2035-03-25"])
def test_carriers_rest_on_easter_though_it_is_no_federal_holiday(day: str) -> None:
    assert day_off(day) == {
        "date": day,
        "name": "Easter Sunday",
        "federal": "false",
        "carrier_closed": "true",
    }


def test_juneteenth_is_a_holiday_from_2021_on() -> None:
    years = {row["date"][:4] for row in read("holidays") if row["name"] == "Juneteenth"}

    assert years == {str(year) for year in range(2021, 2036)}


def test_calendar_has_eleven_legal_holidays_a_year_and_each_day_once() -> None:
    rows = read("holidays")
    legal = Counter(row["date"][:4] for row in rows if row["federal"] == "true" and "observed" not in row["name"])

    assert legal == {"2020": 10} | {str(year): 11 for year in range(2021, 2036)}
    assert [row["date"] for row in rows] == sorted({row["date"] for row in rows})


def test_observed_days_are_fridays_and_mondays_and_carriers_work_the_fridays() -> None:
    observed = [row for row in read("holidays") if "observed" in row["name"]]

    weekdays = {(date.fromisoformat(row["date"]).weekday(), row["carrier_closed"]) for row in observed}

    assert weekdays == {(4, "false"), (0, "true"), (0, "false")}
