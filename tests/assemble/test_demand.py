"""Demand from its configuration: profiles, channels, promotions and service levels."""

from __future__ import annotations

from datetime import time

import pytest

from twin.assemble.demand import demand_shape
from twin.assemble.rows import Findings
from twin.config import parse
from twin.domain.distributions import Distribution
from twin.simulation.demand import DemandShape

COUNTS = "whole numbers from 1, of kind deterministic, discrete or empirical"
GAMMA = "distribution 'gamma', which is not one of whole numbers"


def shape_of(tiny) -> DemandShape:
    places = tiny.build().network.places
    return demand_shape(parse(tiny.values), places, Findings())


def test_without_tables_demand_is_flat(tiny) -> None:
    shape = shape_of(tiny)

    assert shape.hour_shares == [1 / 24] * 24
    assert shape.weekday_factors == [1.0] * 7
    assert set(shape.season_factors) == {1.0}


def test_profiles_are_scaled_to_shares_of_a_day_and_a_mean_week(tiny) -> None:
    tiny.set("demand.hours", "hours.csv")
    tiny.set("demand.weekdays", "weekdays.csv")

    shape = shape_of(tiny)

    # twelve hours of weight 1 and twelve of weight 2; five weekdays of 2, 1, 1, 1, 1 and a weekend of 0.5 each
    assert shape.hour_shares[:2] == pytest.approx([1 / 36, 2 / 36])
    assert shape.weekday_factors == pytest.approx([2, 1, 1, 1, 1, 0.5, 0.5])
    assert sum(shape.weekday_factors) == pytest.approx(7)


def test_the_season_runs_in_straight_lines_around_the_year(tiny) -> None:
    tiny.set("demand.season", "season.csv")

    season = shape_of(tiny).season_factors

    assert len(season) == 366
    assert (season[0], season[50], season[100]) == pytest.approx((1.0, 1.5, 2.0))
    assert season[100 + 133] == pytest.approx(1.5)  # half of the 266 days back to the first of January


def test_a_service_level_is_made_as_it_stands(tiny) -> None:
    level = tiny.build().network.service_levels["standard"]

    assert (level.share, level.promise_days, level.order_cutoff) == (1.0, 5, time(14))
    assert level.services == ("parcel_ground",)


def test_observed_lines_come_as_often_as_they_were_observed(tiny) -> None:
    tiny.set("demand.lines", {"kind": "empirical", "values": [1, 4, 1, 1]})

    shape = shape_of(tiny)

    assert shape.lines == Distribution.of("discrete", values=[1, 4], weights=[3, 1])
    assert shape.lines.mean == parse(tiny.values).demand.lines.mean


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        (
            "demand.service_levels.standard.share",
            0.9,
            "demand.service_levels: shares that add up to 0.9\n  expected: 1",
        ),
        ("demand.service_levels", {}, "demand.service_levels: shares that add up to 0\n  expected: 1"),
        (
            "demand.service_levels.standard.services",
            ["parcel_grund"],
            "standard.services: 'parcel_grund'\n  expected: one of courier_same_day, parcel_ground",
        ),
        (
            "demand.service_levels.standard.services",
            [],
            "demand.service_levels.standard.services: no service\n  expected: at least one carrier service",
        ),
        ("demand.channels", {}, "demand.channels: no channel with a share"),
        ("demand.channels.web.share", 0, "demand.channels: no channel with a share"),
        ("demand.lines", 0.5, f"demand.lines: 0.5 among its values\n  expected: {COUNTS}"),
        ("demand.units", {"kind": "gamma", "mean": 1.3, "cv": 1}, f"demand.units: {GAMMA}\n  expected: {COUNTS}"),
        (
            "demand.arrivals",
            {"kind": "batch", "batch_size": {"kind": "empirical", "values": [2, 0]}},
            f"demand.arrivals.batch_size: 0 among its values\n  expected: {COUNTS}",
        ),
        (
            "demand.regional_weights",
            {"south": 1.0},
            "demand.regional_weights: 'south'\n  expected: one of midwest, west",
        ),
        (
            "demand.regional_weights",
            {"midwest": 0, "west": 0},
            "demand.regional_weights: nobody left to order anything",
        ),
        (
            "demand.promotions",
            {"sale": {"starts_on": "2025-09-03", "ends_on": "2025-09-02", "factor": 2}},
            "demand.promotions.sale.ends_on: 2025-09-02, before it starts\n  expected: a date from 2025-09-03 on",
        ),
        (
            "demand.promotions",
            {"sale": {"starts_on": "2025-09-03", "ends_on": "2025-09-03", "factor": 2, "channels": ["shop"]}},
            "demand.promotions.sale.channels: 'shop'\n  expected: one of web",
        ),
        (
            "demand.promotions",
            {"sale": {"starts_on": "2025-09-03", "ends_on": "2025-09-03", "factor": 2, "regions": ["south"]}},
            "demand.promotions.sale.regions: 'south'\n  expected: one of midwest, west",
        ),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named_by_its_key(tiny, key: str, value: object, message: str) -> None:
    tiny.set(key, value)

    assert message in tiny.said()


@pytest.mark.parametrize(
    ("key", "table", "line", "column", "value", "found"),
    [
        ("hours", "hours.csv", 2, "hour", "24", "row 2: hour = '24'\n  expected: a whole number from 0 to 23"),
        ("hours", "hours.csv", 3, "hour", "0", "row 3: hour 0 again"),
        ("hours", "hours.csv", 2, "share", "-1", "row 2: share = '-1'\n  expected: a number that is not negative"),
        ("weekdays", "weekdays.csv", 2, "factor", "nan", "row 2: factor = 'nan'\n  expected: a finite number"),
        (
            "season",
            "season.csv",
            2,
            "day_of_year",
            "367",
            "row 2: day_of_year = '367'\n  expected: a whole number from 1",
        ),
        ("season", "season.csv", 3, "day_of_year", "1", "row 3: day_of_year 1 again"),
    ],
)
def test_a_bad_row_of_a_profile_is_named(tiny, key, table, line, column, value, found: str) -> None:
    tiny.set(f"demand.{key}", table)
    tiny.cell(table, line, column, value)

    assert f"{table}, {found}" in tiny.said()


def test_a_profile_must_name_every_hour_and_weekday(tiny) -> None:
    tiny.set("demand.hours", "hours.csv")
    tiny.set("demand.weekdays", "weekdays.csv")
    tiny.drop_row("hours.csv", 25)
    tiny.cell("weekdays.csv", 2, "weekday", "monday")

    said = tiny.said()

    assert "hours.csv: 0: 1, 1: 2" in said
    assert "expected: each of 0 to 23 once, and one above zero" in said
    assert "weekdays.csv: monday: 2, tue: 1" in said
    assert "expected: each of mon to sun once, and one above zero" in said


def test_a_profile_without_rows_is_refused(tiny) -> None:
    tiny.set("demand.season", "season.csv")
    tiny.set("demand.weekdays", "weekdays.csv")
    tiny.write("season.csv", [["day_of_year", "factor"]])
    tiny.write("weekdays.csv", [["weekday", "factor"]])

    assert "season.csv: no row\n  expected: at least one day_of_year with its factor" in tiny.said()
    assert "weekdays.csv: no row\n  expected: each of mon to sun once" in tiny.said()
