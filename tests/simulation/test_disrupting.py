"""Disruptions: drawn by name, carried out on nodes and trucks, and over when they are over."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.factories import (
    RENO,
    Tables,
    a_calendar,
    a_departure,
    a_disruption,
    a_level,
    a_model,
    a_network,
    a_node,
    a_service,
    a_shape,
    a_stage,
    an_order,
    run,
)
from tests.known_answers.measuring import measured
from twin.domain.disruptions import Disruption
from twin.domain.distributions import Distribution
from twin.simulation.disrupting import DisruptionPlan, draw

YEAR = 8760.0


def stations_by_hour(tables: Tables, node: str = "columbus") -> list[int]:
    """Return how many stations worked at each full hour, from 1 on."""
    stations: list[int] = tables.nodes[tables.nodes["node"] == node]["stations"].tolist()
    return stations


def always_open(folder: Path, *disruptions: DisruptionPlan, **special: Any) -> Tables:
    """Run a node around the clock with ten stations through some disruptions."""
    node = a_node(calendar=a_calendar(), stages=(a_stage("pack", 10, 0.25),))
    model = a_model(a_network([node]), [], order_days=2, runout_days=1, disruptions=disruptions, **special)
    return run(model, folder)


# Drawing


def test_a_planned_disruption_starts_when_it_is_planned() -> None:
    (event,) = draw([a_disruption("storm", 30.0, 12.0)], 240.0, 1, 0)

    assert (event.event_id, event.starts_at, event.ends_at) == ("storm", 30.0, 42.0)


def at_random(name: str = "breakdown", per_year: float = 50.0, **special: Any) -> DisruptionPlan:
    """Return a plan for breakdowns now and then."""
    hours = Distribution.of("exponential", mean=6.0)
    known: dict[str, Any] = {"starts_at": None, "rate_per_year": per_year, "duration_hours": hours}
    return a_disruption(name, **{**known, **special})


def test_random_disruptions_come_at_their_rate_and_last_their_time() -> None:
    years = [draw([at_random()], YEAR, 1, replication) for replication in range(60)]

    assert measured([float(len(year)) for year in years]).agrees_with(50.0)
    assert measured([float(np.mean([e.ends_at - e.starts_at for e in year])) for year in years]).agrees_with(6.0)
    # a Poisson number has the variance of its mean
    counts = np.array([len(year) for year in years])
    assert abs(counts.var(ddof=1) - 50) < 3 * 50 * (2.02 / 60) ** 0.5


def test_random_disruptions_are_numbered_and_in_order() -> None:
    events = draw([at_random(), a_disruption("storm", 30.0)], YEAR, 1, 0)

    starts = [event.starts_at for event in events]
    names = [event.event_id for event in events if event.event_id != "storm"]
    assert starts == sorted(starts)
    assert names == [f"breakdown-{number}" for number in range(1, len(events))]
    assert 0 <= starts[0] < starts[-1] < YEAR


def test_another_disruption_moves_nobody_elses_luck() -> None:
    alone = draw([at_random()], YEAR, 1, 0)
    in_company = draw([at_random("flood"), at_random(), a_disruption()], YEAR, 1, 0)

    assert [event for event in in_company if event.event_id.startswith("breakdown")] == alone


@pytest.mark.parametrize(("seed", "replication"), [(2, 0), (1, 1)])
def test_another_seed_or_replication_draws_other_disruptions(seed: int, replication: int) -> None:
    assert draw([at_random()], YEAR, seed, replication) != draw([at_random()], YEAR, 1, 0)


def test_a_rate_of_zero_draws_nothing() -> None:
    assert draw([at_random(per_year=0.0)], YEAR, 1, 0) == []


# Severity


@pytest.mark.parametrize(
    ("instant", "severity"),
    [(9.99, 0.0), (10.0, 0.8), (16.0, 0.8), (18.0, 0.4), (19.0, 0.2), (19.999, pytest.approx(0, abs=1e-3)), (20.0, 0)],
)
def test_a_disruption_fades_over_its_ramp(instant: float, severity: float) -> None:
    event = Disruption("storm", "node", ("columbus",), 10.0, 20.0, 0.8, ramp_hours=4.0)

    assert event.severity_at(instant) == pytest.approx(severity)


# Capacity


def test_a_partial_outage_leaves_a_share_of_the_stations(tmp_path: Path) -> None:
    tables = always_open(tmp_path, a_disruption(starts_at=4.0, hours=3.0, severity=0.7))

    assert stations_by_hour(tables)[:9] == [10, 10, 10, 3, 3, 3, 10, 10, 10]


def test_stations_come_back_hour_by_hour_over_the_ramp(tmp_path: Path) -> None:
    tables = always_open(tmp_path, a_disruption(starts_at=4.0, hours=6.0, severity=1.0, ramp_hours=4.0))

    # full until 6, then a quarter comes back each hour
    assert stations_by_hour(tables)[:11] == [10, 10, 10, 0, 0, 0, 2, 5, 7, 10, 10]


def test_of_two_disruptions_the_worse_one_counts(tmp_path: Path) -> None:
    half = a_disruption("half", 2.0, 6.0, severity=0.5)
    worse = a_disruption("worse", 4.0, 2.0, severity=0.8)

    assert stations_by_hour(always_open(tmp_path, half, worse))[:9] == [10, 5, 5, 2, 2, 5, 5, 10, 10]


def test_a_disruption_within_a_worse_one_changes_nothing(tmp_path: Path) -> None:
    closed = a_disruption("closed", 2.0, 6.0)
    half = a_disruption("half", 4.0, 2.0, severity=0.5)

    assert stations_by_hour(always_open(tmp_path, half, closed))[:9] == [10, 0, 0, 0, 0, 0, 0, 10, 10]


def test_two_that_follow_each_other_leave_no_gap(tmp_path: Path) -> None:
    first, second = a_disruption("first", 2.0, 2.0), a_disruption("second", 4.0, 2.0)

    assert stations_by_hour(always_open(tmp_path, second, first))[:7] == [10, 0, 0, 0, 0, 10, 10]


def test_a_region_closes_its_own_nodes(tmp_path: Path) -> None:
    nodes = [a_node(calendar=a_calendar()), a_node("reno", RENO, calendar=a_calendar())]
    storm = a_disruption(starts_at=4.0, hours=2.0, scope="region", targets=("west",))

    tables = run(a_model(a_network(nodes), [], disruptions=[storm]), tmp_path)

    assert stations_by_hour(tables, "reno")[:7] == [2, 2, 2, 0, 0, 2, 2]
    assert set(stations_by_hour(tables, "columbus")) == {2}


def test_work_in_hand_is_finished_when_a_node_closes(tmp_path: Path) -> None:
    node = a_node(stages=(a_stage("pack", 1, 1.0),))
    closed = a_disruption(starts_at=9.5, hours=3.0)

    orders = [an_order(9.0), an_order(9.1)]
    tables = run(a_model(a_network([node]), orders, disruptions=[closed]), tmp_path)

    assert tables.shipments.sort_values("order")["packed_at"].tolist() == [10.0, 13.5]


# Routing and trucks


def two_nodes(folder: Path, *disruptions: DisruptionPlan, placed_at: float = 30.0) -> Tables:
    """Run one order to Columbus, which is nearer to the first of two nodes."""
    return run(a_model(orders=[an_order(placed_at)], disruptions=disruptions, order_days=3), folder)


@pytest.mark.parametrize(
    ("placed_at", "node"), [(23.9, "columbus"), (24.0, "reno"), (47.9, "reno"), (48.0, "columbus")]
)
def test_a_closed_node_gets_no_orders(placed_at: float, node: str, tmp_path: Path) -> None:
    tables = two_nodes(tmp_path, a_disruption(starts_at=24.0, hours=24.0), placed_at=placed_at)

    assert tables.shipments["node"].tolist() == [node]


def test_a_node_that_is_half_closed_still_gets_orders(tmp_path: Path) -> None:
    assert two_nodes(tmp_path, a_disruption(severity=0.9)).shipments["node"].tolist() == ["columbus"]


def test_no_truck_calls_at_a_closed_node(tmp_path: Path) -> None:
    closed = a_disruption(starts_at=16.0, hours=4.0)

    tables = two_nodes(tmp_path, closed, placed_at=9.0)

    assert tables.shipments[["planned_departure_at", "departed_at"]].to_numpy().tolist() == [[17.5, 41.5]]


def test_a_service_that_lies_still_sends_no_trucks(tmp_path: Path) -> None:
    strike = a_disruption(starts_at=16.0, hours=30.0, scope="service", targets=("parcel_ground",))

    tables = two_nodes(tmp_path, strike, placed_at=9.0)

    assert tables.shipments["departed_at"].tolist() == [65.5]


def test_another_service_is_chosen_while_one_lies_still(tmp_path: Path) -> None:
    network = a_network(
        [a_node(departures=(a_departure("parcel_ground"), a_departure("post_ground")))],
        services=[a_service(), a_service("post_ground", 1.5)],
        levels=[a_level(services=("parcel_ground", "post_ground"))],
    )
    strike = a_disruption(starts_at=8.0, hours=30.0, scope="service", targets=("parcel_ground",))

    tables = run(a_model(network, [an_order(7.0), an_order(9.0)], disruptions=[strike]), tmp_path)

    found = tables.shipments.sort_values("order")[["service", "departed_at"]].to_numpy().tolist()
    assert found == [["parcel_ground", 41.5], ["post_ground", 17.5]]


def test_a_delayed_service_still_sends_its_trucks(tmp_path: Path) -> None:
    delay = a_disruption(starts_at=0.0, hours=30.0, scope="service", targets=("parcel_ground",), delay_days=1)

    assert two_nodes(tmp_path, delay, placed_at=9.0).shipments["departed_at"].tolist() == [17.5]


def test_the_beginning_and_the_end_are_noted(tmp_path: Path) -> None:
    tables = two_nodes(tmp_path, a_disruption("storm", 24.0, 12.0))

    noted = tables.events[tables.events["subject"] == "storm"]
    assert noted[["at", "kind"]].to_numpy().tolist() == [[24.0, "disruption_started"], [36.0, "disruption_ended"]]


def test_a_surge_of_demand_brings_more_orders(tmp_path: Path) -> None:
    surge = a_disruption(starts_at=0.0, hours=24.0, scope="demand", targets=(), demand_factor=3.0)
    model = a_model(shape=a_shape(400.0), disruptions=[surge])

    orders = run(model, tmp_path).orders

    days = (orders["placed_at"] // 24).value_counts().sort_index().tolist()
    assert abs(days[0] - 1200) < 3 * 1200**0.5
    assert abs(days[1] - 400) < 3 * 400**0.5
