"""Carriers that send fewer trucks, or trucks with less room."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.factories import RENO, a_departure, a_disruption, a_model, a_network, a_node, a_service, an_order, run
from tests.simulation.test_disrupted_goods import happened
from twin.domain.disruptions import Disruption
from twin.domain.effects import CarrierCut
from twin.simulation.disrupting.carriers import cancel_departures
from twin.simulation.disruption_draws import DisruptionPlan
from twin.simulation.docks import Dock

GROUND = ("parcel_ground",)


def a_cut(of: str, starts_at: float = 0.0, hours: float = 24.0, severity: float = 1.0) -> DisruptionPlan:
    effects = (CarrierCut(of),)  # type: ignore[arg-type]
    return a_disruption("cut", starts_at, hours, scope="service", targets=GROUND, effects=effects, severity=severity)


def a_dock(node: str = "columbus", departures: int = 1000) -> Dock:
    """Return a dock with a truck every hour."""
    return Dock(a_node(node), a_service(), [(float(hour), hour + 0.5) for hour in range(departures)])


def cancelled(dock: Dock, severity: float, **special: float) -> set[float]:
    """Return the departures of a dock that are cancelled between hours 100 and 900."""
    event = Disruption("cut", "service", GROUND, 100.0, 900.0, severity, effects=(CarrierCut("departures"),), **special)
    cancel_departures([event], [dock], 1, 0)
    return dock.cancelled


def test_a_share_of_the_departures_is_cancelled_while_it_lasts() -> None:
    found = cancelled(a_dock(), 0.3)

    assert len(found) == pytest.approx(240, abs=3 * (800 * 0.3 * 0.7) ** 0.5)
    assert min(found) >= 100.5
    assert max(found) <= 899.5


def test_fewer_are_cancelled_as_it_fades() -> None:
    found = cancelled(a_dock(), 1.0, ramp_hours=400.0)

    assert {at for at in found if at < 500} == {hour + 0.5 for hour in range(100, 500)}
    assert len(found) == pytest.approx(600, abs=3 * (400 / 6) ** 0.5)


def test_a_milder_cut_cancels_some_of_the_same_departures() -> None:
    assert cancelled(a_dock(), 0.2) < cancelled(a_dock(), 0.5)


def test_each_node_has_luck_of_its_own() -> None:
    assert cancelled(a_dock("columbus"), 0.5) != cancelled(a_dock("reno"), 0.5)


def test_parcels_of_a_departure_that_is_cancelled_leave_with_the_next_one_and_nobody_foresaw_it(tmp_path: Path) -> None:
    tables = run(a_model(orders=[an_order(9.0)], disruptions=[a_cut("departures")]), tmp_path)

    assert tables.shipments[["planned_departure_at", "departed_at"]].to_numpy().tolist() == [[17.5, 41.5]]
    assert happened(tables, "rolled_over") == [(17.0, "rolled_over", "columbus", -1, 1, "parcel_ground")]


def test_trucks_with_less_room_take_fewer_parcels(tmp_path: Path) -> None:
    departure = replace(a_departure(), parcels_per_day=4)
    nodes = [a_node(departures=(departure,)), a_node("reno", RENO)]
    orders = [an_order(9.0, promised_by=140.0 + number) for number in range(5)]
    cut = a_cut("room", severity=0.5)

    tables = run(a_model(a_network(nodes), orders, disruptions=[cut]), tmp_path)

    assert tables.shipments.sort_values("order")["departed_at"].tolist() == [17.5, 17.5, 41.5, 41.5, 41.5]


@pytest.mark.parametrize(("severity", "first"), [(0.7, 1), (1.0, 1), (0.1, 3), (0.0, 4)])
def test_a_truck_with_less_room_takes_whole_parcels_and_at_least_one(
    severity: float, first: int, tmp_path: Path
) -> None:
    nodes = [a_node(departures=(replace(a_departure(), parcels_per_day=4),))]

    cut = a_cut("room", severity=severity)
    tables = run(a_model(a_network(nodes), [an_order(9.0)] * 6, disruptions=[cut]), tmp_path)

    assert (tables.shipments["departed_at"] == 17.5).sum() == first
