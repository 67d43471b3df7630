"""Sites that close, machines that stand still, and people who stay away: who does what, hour by hour."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.factories import Tables, a_calendar, a_disruption, a_model, a_network, a_node, a_stage, an_order, run
from twin.domain.effects import Closed, MachinesDown, PeopleAway
from twin.domain.work import Crew, Work
from twin.simulation.disruption_draws import DisruptionPlan

FLOOD = a_disruption("flood", 10.0, 6.0, effects=(Closed(),))


def stations_by_hour(tables: Tables, stage: str, hours: int = 9) -> list[int]:
    """Return how many stations of a stage, or people of a crew, were at work at each full hour, from 1 on."""
    stations: list[int] = tables.nodes.loc[tables.nodes["stage"] == stage, "stations"].tolist()
    return stations[:hours]


def two_stages(folder: Path, *disruptions: DisruptionPlan, crews: tuple[Crew, ...] = ()) -> Tables:
    """Run a node around the clock that picks and packs at ten stations each."""
    stages = (a_stage("pick", 10, 0.25), a_stage("pack", 10, 0.25))
    node = a_node(calendar=a_calendar(), stages=stages, work=Work(crews=crews))
    return run(a_model(a_network([node]), [], order_days=1, runout_days=1, disruptions=disruptions), folder)


# Closed


@pytest.mark.parametrize(("placed_at", "node"), [(9.9, "columbus"), (10.0, "reno"), (15.9, "reno"), (16.0, "columbus")])
def test_a_closed_site_takes_no_orders(placed_at: float, node: str, tmp_path: Path) -> None:
    tables = run(a_model(orders=[an_order(placed_at)], disruptions=[FLOOD]), tmp_path)

    assert tables.shipments["node"].tolist() == [node]


def test_who_is_inside_a_closed_site_works_on(tmp_path: Path) -> None:
    node = a_node(stages=(a_stage("pack", 1, 2.0),))

    tables = run(a_model(a_network([node]), [an_order(9.0), an_order(9.1)], disruptions=[FLOOD]), tmp_path)

    assert tables.shipments["packed_at"].tolist() == [11.0, 13.0]


def test_no_truck_calls_at_a_closed_site(tmp_path: Path) -> None:
    closed = a_disruption("flood", 16.0, 4.0, severity=0.1, effects=(Closed(),))

    tables = run(a_model(orders=[an_order(9.0)], disruptions=[closed]), tmp_path)

    assert tables.shipments[["node", "departed_at"]].to_numpy().tolist() == [["columbus", 41.5]]


def test_an_order_that_waits_goes_to_the_site_when_it_opens_again(tmp_path: Path) -> None:
    tables = run(a_model(a_network([a_node()]), [an_order(12.0)], disruptions=[FLOOD]), tmp_path)

    assert tables.shipments["routed_at"].tolist() == [16.0]


# Machines


def test_machines_of_one_stage_stand_still_and_the_other_goes_on(tmp_path: Path) -> None:
    jam = a_disruption("jam", 4.0, 3.0, severity=0.7, effects=(MachinesDown("pack"),))

    tables = two_stages(tmp_path, jam)

    assert stations_by_hour(tables, "pack") == [10, 10, 10, 3, 3, 3, 10, 10, 10]
    assert set(stations_by_hour(tables, "pick")) == {10}


def test_machines_that_all_stand_still_hold_the_work_up(tmp_path: Path) -> None:
    node = a_node(stages=(a_stage("pick", 2, 0.25), a_stage("pack", 2, 0.25)))
    jam = a_disruption("jam", 9.0, 2.5, effects=(MachinesDown("pack"),))

    tables = run(a_model(a_network([node]), [an_order(9.0)], disruptions=[jam]), tmp_path)

    assert tables.shipments[["started_at", "packed_at"]].to_numpy().tolist() == [[9.0, 11.75]]


def test_fewer_people_and_fewer_machines_leave_the_smaller_number(tmp_path: Path) -> None:
    absence = a_disruption("absence", 4.0, 3.0, severity=0.5)
    jam = a_disruption("jam", 5.0, 3.0, severity=0.8, effects=(MachinesDown("pack"),))

    tables = two_stages(tmp_path, absence, jam)

    assert stations_by_hour(tables, "pack") == [10, 10, 10, 5, 2, 2, 2, 10, 10]
    assert stations_by_hour(tables, "pick") == [10, 10, 10, 5, 5, 5, 10, 10, 10]


# People


def test_a_shortage_of_people_takes_them_from_the_crew_and_leaves_the_stations(tmp_path: Path) -> None:
    absence = a_disruption("absence", 4.0, 3.0, severity=0.5)

    tables = two_stages(tmp_path, absence, crews=(Crew("floor", 8, ("pick", "pack")),))

    assert stations_by_hour(tables, "floor") == [8, 8, 8, 4, 4, 4, 8, 8, 8]
    assert set(stations_by_hour(tables, "pick")) == {10}


def test_a_strike_closes_a_site_and_takes_its_people(tmp_path: Path) -> None:
    strike = a_disruption("strike", 4.0, 3.0, severity=0.9, effects=(PeopleAway(), Closed()))

    tables = two_stages(tmp_path, strike)

    assert stations_by_hour(tables, "pack") == [10, 10, 10, 1, 1, 1, 10, 10, 10]
