"""Modelled demand: rates by hour, region and channel; who orders what; streams that do not disturb each other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import pytest

from tests.factories import (
    CHICAGO_PLACE,
    COLUMBUS,
    LOS_ANGELES,
    MONDAY,
    NEW_YORK,
    RENO,
    a_level,
    a_network,
    a_place,
    a_product,
    a_shape,
    a_timeline,
    day_after,
    modelled,
)
from twin.domain.disruptions import Disruption
from twin.domain.distributions import Distribution
from twin.domain.geography import Place
from twin.domain.orders import OrderLine
from twin.simulation.arrivals import Arrivals
from twin.simulation.days import DayColumns, LinePool
from twin.simulation.demand import DemandShape, ModelledDemand, Promotion

MANY = 20_000.0
TWO_REGIONS = (COLUMBUS, RENO)  # the midwest and the west, 1,000 people each


def demand_of(
    shape: DemandShape,
    places: Sequence[Place] = (COLUMBUS, CHICAGO_PLACE, RENO),
    events: Sequence[Disruption] = (),
    starts_on: date = MONDAY,
    seed: int = 1,
    **special: Any,
) -> ModelledDemand:
    """Return modelled demand in a small country."""
    levels = [a_level("standard"), a_level("fast")]
    network = a_network(places=places, levels=levels, **special)
    demand = modelled(shape, network, a_timeline(20, starts_on))(seed, 0, events)
    assert isinstance(demand, ModelledDemand)
    return demand


def surge(factor: float, **special: Any) -> Disruption:
    """Return a surge of demand from hour 10 to hour 20."""
    known: dict[str, Any] = {"scope": "demand", "targets": (), "severity": 1.0}
    return Disruption("surge", starts_at=10.0, ends_at=20.0, demand_factor=factor, **{**known, **special})


def share(day: DayColumns, codes: Sequence[int] | np.ndarray[Any, Any], code: int) -> float:
    """Return the share of orders or lines with a code."""
    return float((np.asarray(codes) == code).mean())


def close_to(expected: float, count: int) -> Any:
    """Accept a share within three standard errors."""
    return pytest.approx(expected, abs=3 * (expected * (1 - expected) / count) ** 0.5)


# How many


def test_rates_add_up_to_the_orders_of_a_day() -> None:
    assert demand_of(a_shape(240.0)).rates(0).sum() == pytest.approx(240.0)


def test_each_weekday_has_its_factor() -> None:
    demand = demand_of(a_shape(100.0, weekday_factors=[1, 1.1, 1.2, 1.3, 1.4, 0.6, 0.5]), places=[COLUMBUS])

    assert [demand.rates(day).sum() for day in range(8)] == pytest.approx([100, 110, 120, 130, 140, 60, 50, 100])


def test_hours_and_weekdays_are_those_of_the_customers() -> None:
    hours = [0.0] * 20 + [1.0] + [0.0] * 3
    rates = demand_of(a_shape(100.0, hour_shares=hours), places=TWO_REGIONS).rates(0)

    by_hour = {
        region: np.flatnonzero(rates[:, 0, number]).tolist() for number, region in enumerate(["midwest", "west"])
    }

    # at 20:00 in Reno it is 23:00 in New York, whose clock the simulation keeps
    assert by_hour == {"midwest": [20], "west": [23]}


def test_an_evening_in_the_west_may_be_the_next_day_in_the_east() -> None:
    hours = [0.0] * 22 + [1.0] + [0.0]
    shape = a_shape(100.0, hour_shares=hours, weekday_factors=[1, 1, 1, 1, 1, 0, 0])
    demand = demand_of(shape, places=[RENO])

    # 22:00 on a Friday in Reno is 1:00 on Saturday in New York
    assert [demand.rates(day).sum() > 0 for day in range(8)] == [False, True, True, True, True, True, False, False]


def test_the_season_counts_days_of_the_year() -> None:
    season = [1.0] * 366
    season[date(2025, 9, 10).timetuple().tm_yday - 1] = 3.0
    demand = demand_of(a_shape(100.0, season_factors=season), places=[COLUMBUS])

    assert [demand.rates(day).sum() for day in range(4)] == pytest.approx([100, 100, 300, 100])


def test_the_clocks_change_for_the_customers_too() -> None:
    hours = [0.0] * 9 + [1.0] + [0.0] * 14
    demand = demand_of(a_shape(100.0, hour_shares=hours), places=[COLUMBUS], starts_on=date(2025, 11, 1))

    # on Sunday 2 November 9:00 is ten hours after midnight
    assert [np.flatnonzero(demand.rates(day).sum(axis=(1, 2))).tolist() for day in range(3)] == [[9], [10], [10]]


def test_regions_have_their_share_of_people_times_their_weight() -> None:
    demand = demand_of(a_shape(100.0, regional_weights={"west": 3.0}), places=TWO_REGIONS)

    assert demand.rates(0).sum(axis=(0, 1)) == pytest.approx([25.0, 75.0])


def test_channels_have_their_share() -> None:
    demand = demand_of(a_shape(100.0, channel_shares={"web": 0.6, "shop": 0.2}))

    assert demand.rates(0).sum(axis=(0, 2)) == pytest.approx([75.0, 25.0])


def test_a_promotion_multiplies_its_days_channels_and_regions() -> None:
    promotion = Promotion(day_after(1), day_after(2), 4.0, ("shop",), ("west",))
    shape = a_shape(100.0, channel_shares={"web": 0.5, "shop": 0.5}, promotions=[promotion])
    demand = demand_of(shape, places=TWO_REGIONS)

    rates = [demand.rates(day).sum(axis=0) for day in range(4)]

    # a quarter of 100 orders for each channel in each region
    assert rates[0] == pytest.approx(np.full((2, 2), 25.0))
    assert rates[1] == pytest.approx(np.array([[25, 25], [25, 100]]))
    assert rates[2] == pytest.approx(rates[1])
    assert rates[3] == pytest.approx(rates[0])


def test_a_surge_multiplies_the_hours_it_lasts() -> None:
    rates = demand_of(a_shape(240.0), events=[surge(3.0)]).rates(0).sum(axis=(1, 2))

    assert rates == pytest.approx(np.array([10.0] * 10 + [30.0] * 10 + [10.0] * 4))


def test_a_surge_of_half_severity_is_half_a_surge() -> None:
    rates = demand_of(a_shape(240.0), events=[surge(3.0, severity=0.5)]).rates(0).sum(axis=(1, 2))

    assert rates[12] == pytest.approx(20.0)


def test_a_surge_fades_over_its_ramp() -> None:
    rates = demand_of(a_shape(240.0), events=[surge(3.0, ramp_hours=4.0)]).rates(0).sum(axis=(1, 2))

    # severities in the middle of the last four hours: 3.5/4, 2.5/4, 1.5/4, 0.5/4
    assert rates[15:20] == pytest.approx([30.0, 27.5, 22.5, 17.5, 12.5])


def test_a_regional_surge_leaves_the_others_alone() -> None:
    event = surge(3.0, scope="region", targets=("west",))
    rates = demand_of(a_shape(240.0), places=TWO_REGIONS, events=[event]).rates(0)

    assert rates[12].sum(axis=0) == pytest.approx([5.0, 15.0])


@pytest.mark.parametrize("scope", ["node", "service"])
def test_a_node_or_service_has_no_demand_to_surge(scope: str) -> None:
    event = surge(3.0, scope=scope, targets=("columbus",))

    assert demand_of(a_shape(240.0), events=[event]).rates(0).sum() == pytest.approx(240.0)


# Who and what


def test_orders_come_from_cells_in_proportion_to_their_rates() -> None:
    shape = a_shape(MANY, channel_shares={"web": 0.8, "shop": 0.2}, regional_weights={"west": 3.0})
    day = demand_of(shape, places=TWO_REGIONS).day(0, 0)

    assert share(day, day.channel, 1) == close_to(0.2, day.orders)
    assert share(day, day.region, 1) == close_to(0.75, day.orders)
    both = float(((day.channel == 1) & (day.region == 1)).mean())
    assert both == close_to(0.15, day.orders)


def test_a_region_orders_to_its_own_places_by_population() -> None:
    places = [COLUMBUS, a_place("606", population=3000), RENO]
    day = demand_of(a_shape(MANY), places=places).day(0, 0)

    midwest = day.destination[day.region == 0]
    assert set(midwest.tolist()) == {0, 1}
    assert set(day.destination[day.region == 1].tolist()) == {2}
    assert float((midwest == 1).mean()) == close_to(0.75, len(midwest))


def test_nobody_lives_in_a_place_without_people() -> None:
    places = [a_place("100", population=0), COLUMBUS, a_place("999", population=0)]

    assert set(demand_of(a_shape(MANY), places=places).day(0, 0).destination.tolist()) == {1}


def test_service_levels_are_chosen_by_their_share() -> None:
    shape = a_shape(MANY, level_shares={"standard": 0.7, "fast": 0.3})
    day = demand_of(shape).day(0, 0)

    assert share(day, day.service_level, 1) == close_to(0.3, day.orders)


def test_products_sell_by_popularity_and_more_where_they_are_liked() -> None:
    products = [a_product("mug", popularity=3.0), a_product("surfboard", popularity=1.0, tilted_to="west")]
    shape = a_shape(MANY, regional_tilt=2.0)
    day = demand_of(shape, places=TWO_REGIONS, products=products).day(0, 0)

    east, west = day.sku[day.region == 0], day.sku[day.region == 1]
    assert float((east == 1).mean()) == close_to(0.25, len(east))
    assert float((west == 1).mean()) == close_to(0.4, len(west))  # 2 of 3 + 2


def test_lines_and_units_are_those_of_their_distributions() -> None:
    products = [a_product(f"sku-{number}") for number in range(2000)]
    lines = Distribution.of("discrete", values=[1, 3], weights=[0.6, 0.4])
    units = Distribution.of("discrete", values=[1, 2], weights=[0.9, 0.1])
    day = demand_of(a_shape(5000.0, lines=lines, units=units), products=products).day(0, 0)

    counts = np.diff(day.line_starts)
    # three draws of 2,000 products meet with probability 1/667: then an order of three has two lines
    assert float((counts == 1).mean()) == close_to(0.6, day.orders)
    assert float((counts == 3).mean()) == close_to(0.4 * (1 - 3 / 2000), day.orders)
    assert float((day.quantity == 2).mean()) == close_to(0.1, len(day.quantity))


def test_a_product_drawn_twice_becomes_one_line() -> None:
    shape = a_shape(50.0, lines=Distribution.of("deterministic", value=3.0))
    day = demand_of(shape, products=[a_product()]).day(0, 0)

    assert day.line_starts.tolist() == list(range(day.orders + 1))
    assert day.quantity.tolist() == [3] * day.orders


@pytest.mark.parametrize("what", ["lines", "units"])
def test_lines_or_units_that_would_have_to_be_rounded_are_refused(what: str) -> None:
    with pytest.raises(ValueError, match=f"{what} must be of whole numbers from 1"):
        a_shape(**{what: Distribution.of("gamma", mean=1.3, cv=1.0)})


def test_a_day_without_orders_is_an_empty_day() -> None:
    day = demand_of(a_shape(0.0)).day(3, 17)

    assert (day.orders, day.first_number, day.line_starts.tolist()) == (0, 17, [0])


# Streams


def test_a_day_does_not_depend_on_the_days_before() -> None:
    late, all_days = demand_of(a_shape()), demand_of(a_shape())

    for number in range(5):
        all_days.day(number, 0)

    assert all_days.day(5, 0).digest() == late.day(5, 0).digest()


@pytest.mark.parametrize(
    ("changed", "moved"),
    [
        ({"units": Distribution.of("discrete", values=[1, 5], weights=[1, 1])}, {"quantity"}),
        ({"level_shares": {"standard": 0.5, "fast": 0.5}}, {"service_level"}),
        ({"regional_tilt": 50.0}, {"sku", "line_starts", "quantity"}),
        ({"channel_shares": {"web": 0.5, "shop": 0.5}}, {"channel", "region", "destination", "sku", "quantity"}),
    ],
    ids=["units", "levels", "tilt", "channels"],
)
def test_what_changes_leaves_the_other_draws_alone(changed: dict[str, Any], moved: set[str]) -> None:
    products = [a_product("mug"), a_product("lamp", tilted_to="west")]
    usual = demand_of(a_shape(500.0), places=TWO_REGIONS, products=products).day(0, 0)
    other = demand_of(a_shape(500.0, **changed), places=TWO_REGIONS, products=products).day(0, 0)

    columns = ("placed_at", "channel", "region", "destination", "service_level", "sku", "quantity", "line_starts")
    different = {name for name in columns if getattr(usual, name).tolist() != getattr(other, name).tolist()}

    assert different <= moved
    assert different


def test_a_day_of_fixed_intervals_does_not_depend_on_which_days_were_asked_for_before() -> None:
    shape = a_shape(7.3, arrivals=Arrivals("fixed_interval"))
    late, all_days = demand_of(shape), demand_of(shape)

    for number in range(5):
        all_days.day(number, 0)

    assert all_days.day(5, 0).digest() == late.day(5, 0).digest()


def test_another_seed_gives_other_customers() -> None:
    assert demand_of(a_shape(), seed=2).day(0, 0).digest() != demand_of(a_shape()).day(0, 0).digest()


# Columns become orders


def test_lines_of_orders_are_made_from_columns() -> None:
    none, never = np.zeros(3, dtype=np.int64), np.zeros(3)
    starts, codes, quantities = np.array([0, 1, 3, 4]), np.array([0, 1, 1, 0]), np.array([1, 2, 40, 1])
    day = DayColumns(0, 0, never, none, none, none, none, never, starts, codes, quantities)

    lines = LinePool(["mug", "lamp"]).lines(day)

    assert lines == [(OrderLine("mug", 1),), (OrderLine("lamp", 2), OrderLine("lamp", 40)), (OrderLine("mug", 1),)]
    assert lines[0] is lines[2]


def test_time_zones_of_the_places_are_those_of_most_people() -> None:
    east = a_place("100", NEW_YORK, population=10, region="west")
    hours = [0.0] * 9 + [1.0] + [0.0] * 14
    rates = demand_of(a_shape(hour_shares=hours), places=[east, RENO]).rates(0)

    assert RENO.timezone == LOS_ANGELES
    assert np.flatnonzero(rates.sum(axis=(1, 2))).tolist() == [12]
