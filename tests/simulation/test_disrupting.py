"""Disruptions: drawn by name, carried out on nodes and trucks, and over when they are over."""

from __future__ import annotations

from pathlib import Path
from typing import Any

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
from twin.domain.disruptions import Disruption
from twin.simulation.disruption_draws import DisruptionPlan


def stations_by_hour(tables: Tables, node: str = "columbus") -> list[int]:
    """Return how many stations worked at each full hour, from 1 on."""
    stations: list[int] = tables.nodes[tables.nodes["node"] == node]["stations"].tolist()
    return stations


def always_open(folder: Path, *disruptions: DisruptionPlan, **special: Any) -> Tables:
    """Run a node around the clock with ten stations through some disruptions."""
    node = a_node(calendar=a_calendar(), stages=(a_stage("pack", 10, 0.25),))
    model = a_model(a_network([node]), [], order_days=2, runout_days=1, disruptions=disruptions, **special)
    return run(model, folder)


# Severity


@pytest.mark.parametrize(
    ("instant", "severity"), [(10.0, 0.0), (11.0, 0.2), (14.0, 0.8), (15.0, 0.8), (18.0, 0.4), (20.0, 0.0)]
)
def test_a_disruption_grows_over_the_other_ramp(instant: float, severity: float) -> None:
    event = Disruption("storm", "node", ("columbus",), 10.0, 20.0, 0.8, ramp_hours=4.0, ramp_up_hours=4.0)

    assert event.severity_at(instant) == pytest.approx(severity)


def test_where_both_ramps_meet_the_lower_one_counts() -> None:
    event = Disruption("storm", "node", ("columbus",), 10.0, 14.0, 1.0, ramp_hours=8.0, ramp_up_hours=4.0)

    assert [event.severity_at(float(hour)) for hour in (11, 12, 13)] == [0.25, 0.25, 0.125]


def test_it_is_looked_at_at_every_step_of_its_ramps_and_once_it_has_grown() -> None:
    event = Disruption("storm", "node", ("columbus",), 10.0, 20.0, 0.8, ramp_hours=2.5, ramp_up_hours=2.5)

    assert event.changes_at(1.0) == [11.0, 12.0, 12.5, 18.5, 19.5]


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


def test_stations_go_hour_by_hour_while_it_grows(tmp_path: Path) -> None:
    tables = always_open(tmp_path, a_disruption("storm", 24.0, 24.0, ramp_up_hours=4.0))

    assert stations_by_hour(tables)[23:29] == [10, 7, 5, 2, 0, 0]


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
