"""Docks: timetables, who makes which truck, and what an order placed now can expect."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.factories import (
    COLUMBUS,
    DAILY,
    LOS_ANGELES,
    MONDAY,
    RENO,
    WEEKDAYS,
    Tables,
    a_calendar,
    a_departure,
    a_model,
    a_network,
    a_node,
    a_service,
    a_stage,
    a_timeline,
    an_order,
    run,
)
from tests.simulation.shipping import a_shipment
from twin.domain.calendars import Timeline
from twin.domain.nodes import FulfillmentNode
from twin.simulation.clock import Clock
from twin.simulation.docks import NEVER, Dock, timetable
from twin.simulation.transit import DayBook, TransitCalendar

NOBODY_CLOSED: frozenset[date] = frozenset()


def times(node: FulfillmentNode, timeline: Timeline | None = None, **special: Any) -> list[tuple[float, float]]:
    """Return the timetable of ground service at a node."""
    timeline = timeline or a_timeline(8)
    service = a_service(**special)
    return timetable(node, service, timeline, TransitCalendar(service, timeline, NOBODY_CLOSED))


def a_dock(days: int = 3) -> Dock:
    """Return the dock of a node whose truck comes at 17:00 from Monday to Friday."""
    timeline, node, service = a_timeline(days), a_node(), a_service()
    calendar = TransitCalendar(service, timeline, NOBODY_CLOSED)
    dock = Dock(node, service, timetable(node, service, timeline, calendar))
    dock.plan_arrivals(calendar, DayBook(timeline))
    return dock


# Timetables


def test_trucks_come_on_working_days_at_their_local_time() -> None:
    week = [(17.0 + 24 * day, 17.5 + 24 * day) for day in (0, 1, 2, 3, 4, 7)]

    assert times(a_node()) == week
    assert times(a_node(place=RENO)) == [(cutoff + 3, departs + 3) for cutoff, departs in week]


def test_a_service_that_does_not_collect_on_saturday_does_not_come_then() -> None:
    node = a_node(departures=(a_departure(weekdays=DAILY),))

    found = times(node, pickup_weekdays=WEEKDAYS | {5})

    assert [cutoff for cutoff, _ in found] == [17.0 + 24 * day for day in (0, 1, 2, 3, 4, 5, 7)]


def test_no_truck_comes_on_a_day_the_node_is_closed() -> None:
    closed = a_calendar((6, 22), closed_on=frozenset({date(2025, 9, 10)}))

    assert [cutoff for cutoff, _ in times(a_node(calendar=closed))] == [17.0, 41.0, 89.0, 113.0, 185.0]


def test_trucks_keep_their_local_time_when_the_clocks_change() -> None:
    around = Timeline(date(2025, 10, 31), "America/New_York", 4)

    assert times(a_node(), around) == [(17.0, 17.5), (3 * 24 + 18.0, 3 * 24 + 18.5)]


def test_a_departure_before_the_first_midnight_is_left_out() -> None:
    early = a_node(departures=(a_departure(cutoff=1, weekdays=DAILY),))

    # 1:00 in Columbus is 22:00 of the day before in Los Angeles
    assert times(early, Timeline(MONDAY, LOS_ANGELES, 3)) == [(22.0, 22.5), (46.0, 46.5)]


# What to expect


def test_an_order_makes_the_next_truck_if_it_is_ready_by_the_cut_off() -> None:
    dock = a_dock()

    dock.expect(now=10.0, ready_at=12.0)

    # two hours of work: until 15:00 an order makes the truck of 17:00, later that of Tuesday
    assert (dock.order_by, dock.departs_next, dock.departs_after) == (15.0, 17.5, 41.5)


def test_an_order_that_is_ready_at_the_very_cut_off_makes_it() -> None:
    dock = a_dock()

    dock.expect(now=15.0, ready_at=17.0)

    assert (dock.order_by, dock.departs_next) == (15.0, 17.5)


def test_an_order_that_is_ready_later_is_reckoned_with_the_next_truck() -> None:
    dock = a_dock()

    dock.expect(now=15.0, ready_at=17.01)

    assert dock.order_by == pytest.approx(41.0 - 2.01)
    assert (dock.departs_next, dock.departs_after) == (41.5, 65.5)


def test_arrivals_are_those_of_the_departure_and_the_days_in_transit() -> None:
    dock = a_dock()

    dock.expect(now=10.0, ready_at=12.0)

    # from Monday one day to Tuesday 17:00, five to the next Monday; from Tuesday to Wednesday, and to Tuesday
    assert (dock.arrivals[1], dock.arrivals[5]) == (24 + 17.0, 7 * 24 + 17.0)
    assert (dock.arrivals_after[1], dock.arrivals_after[5]) == (48 + 17.0, 8 * 24 + 17.0)


def test_behind_the_last_truck_nothing_arrives() -> None:
    dock = a_dock()

    dock.expect(now=60.0, ready_at=64.0)
    last = (dock.departs_next, dock.departs_after, dock.arrivals_after[1])
    dock.expect(now=64.0, ready_at=66.0)

    assert last == (65.5, NEVER, NEVER)
    assert (dock.departs_next, dock.arrivals[1]) == (NEVER, NEVER)


def test_a_closed_dock_promises_nothing() -> None:
    dock = a_dock()
    dock.open = False

    dock.expect(now=10.0, ready_at=12.0)

    assert (dock.order_by, dock.departs_next, dock.arrivals[1], dock.arrivals_after[1]) == (NEVER,) * 4


def test_a_dock_without_a_timetable_promises_nothing() -> None:
    node, service, timeline = a_node(departures=()), a_service(), a_timeline()
    calendar = TransitCalendar(service, timeline, NOBODY_CLOSED)
    dock = Dock(node, service, timetable(node, service, timeline, calendar))
    dock.plan_arrivals(calendar, DayBook(timeline))

    dock.expect(now=10.0, ready_at=12.0)

    assert (dock.departs_next, dock.arrivals[3], dock.arrivals_after[3]) == (NEVER, NEVER, NEVER)


# Trucks


def test_a_truck_takes_all_that_was_packed_and_only_once() -> None:
    clock, dock = Clock(), a_dock()
    carried: list[tuple[float, float, list[int]]] = []

    def carry(_: Dock, departs_at: float, shipments: list[Any]) -> None:
        carried.append((clock.now_hours, departs_at, [shipment.order.number for shipment in shipments]))

    def pack(number: int) -> None:
        dock.packed.append(a_shipment(number=number))

    clock.process(dock.trucks(clock, carry))
    for number, packed_at in enumerate([16.0, 17.0, 17.01]):
        clock.at(packed_at, pack, number)
    clock.run_with([], carried.append, 72.0)

    assert carried == [(17.0, 17.5, [0, 1]), (41.0, 41.5, [2])]


def test_a_closed_dock_keeps_its_parcels_for_the_next_truck() -> None:
    clock, dock = Clock(), a_dock()
    left_at: list[float] = []
    dock.packed.append(a_shipment())
    dock.open = False

    clock.process(dock.trucks(clock, lambda _, departs_at, __: left_at.append(departs_at)))
    clock.at(20.0, lambda _: setattr(dock, "open", True), None)
    clock.run_with([], left_at.append, 72.0)

    assert left_at == [41.5]


def a_limited_dock(parcels_per_day: int, days: int = 4) -> Dock:
    """Return the dock whose truck takes only so many parcels."""
    timeline, service = a_timeline(days), a_service()
    node = a_node(departures=(replace(a_departure(), parcels_per_day=parcels_per_day),))
    calendar = TransitCalendar(service, timeline, NOBODY_CLOSED)
    dock = Dock(node, service, timetable(node, service, timeline, calendar))
    dock.plan_arrivals(calendar, DayBook(timeline))
    return dock


def test_a_full_truck_leaves_the_latest_promises_for_the_next_one() -> None:
    dock = a_limited_dock(2)
    dock.packed += [a_shipment(number=number, promised_by=due) for number, due in enumerate([72.0, 48.0, 96.0, 48.0])]

    trucks = [[shipment.order.number for shipment in dock.take()] for _ in range(3)]

    assert trucks == [[1, 3], [0, 2], []]


def test_a_shipment_that_no_truck_has_room_for_goes_alone() -> None:
    dock, three_boxes = a_limited_dock(2), a_shipment(number=7, lamp=3)
    assert len(three_boxes.plan.parcels.signature) == 3
    dock.packed += [a_shipment(number=8, promised_by=72.0), three_boxes]

    trucks = [[shipment.order.number for shipment in dock.take()] for _ in range(2)]

    assert trucks == [[7], [8]]


@pytest.mark.parametrize(("waiting", "departs_next"), [(0, 17.5), (1, 17.5), (2, 41.5), (3, 41.5), (4, 65.5)])
def test_an_order_is_reckoned_with_the_truck_that_has_room_behind_what_waits(waiting: int, departs_next: float) -> None:
    dock = a_limited_dock(2)
    dock.packed += [a_shipment(number=number) for number in range(waiting)]

    dock.expect(now=10.0, ready_at=12.0)

    assert dock.departs_next == departs_next


def test_what_a_full_truck_leaves_behind_is_noted_and_arrives_later(tmp_path: Path) -> None:
    node = a_node(departures=(replace(a_departure(), parcels_per_day=2),))
    orders = [an_order(9.0, "432", due) for due in (120.0, 48.0, 72.0, 48.0, 96.0)]

    tables = run(a_model(a_network([node]), orders), tmp_path)

    departed = tables.shipments.sort_values("order")["departed_at"].tolist()
    rolled = tables.events[tables.events["kind"] == "rolled_over"]
    assert departed == [65.5, 17.5, 41.5, 17.5, 41.5]
    assert rolled[["at", "subject", "units", "reason"]].to_numpy().tolist() == [
        [17.0, "columbus", 3, "parcel_ground"],
        [41.0, "columbus", 1, "parcel_ground"],
    ]
    assert tables.orders["status"].tolist() == ["delivered"] * 5


def one_order(placed_at: float, folder: Path, **special: Any) -> Tables:
    """Run a single order at one node that needs half an hour."""
    node = a_node(stages=(a_stage("pack", 1, 0.5),), **special)
    return run(a_model(a_network([node]), [an_order(placed_at)]), folder)


@pytest.mark.parametrize(
    ("placed_at", "departed_at"),
    [(16.4, 17.5), (16.5, 17.5), (16.51, 41.5), (9.0, 17.5), (23.0, 41.5)],
    ids=["in time", "packed at the cut-off", "packed just after it", "morning", "night"],
)
def test_who_misses_the_cut_off_takes_the_next_truck(placed_at: float, departed_at: float, tmp_path: Path) -> None:
    tables = one_order(placed_at, tmp_path)

    assert tables.shipments["departed_at"].tolist() == [departed_at]
    assert tables.shipments["planned_departure_at"].tolist() == [departed_at]


def test_a_backlog_makes_a_parcel_miss_the_truck_it_was_planned_for(tmp_path: Path) -> None:
    node = a_node(stages=(a_stage("pack", 1, 0.5),))
    orders = [an_order(14.1) for _ in range(6)]

    shipments = run(a_model(a_network([node]), orders), tmp_path).shipments.sort_values("packed_at")

    # half an hour each from 14.1 on: five are packed by 17; the hourly estimate of 14:00 knew of no backlog
    assert shipments["planned_departure_at"].tolist() == [17.5] * 6
    assert shipments["departed_at"].tolist() == [17.5] * 5 + [41.5]


def test_the_next_hour_knows_of_the_backlog(tmp_path: Path) -> None:
    node = a_node(stages=(a_stage("pack", 1, 0.5),))
    orders = [*(an_order(14.1) for _ in range(6)), an_order(15.1)]

    shipments = run(a_model(a_network([node]), orders), tmp_path).shipments.set_index("order")

    # at 15:00 one works and four wait: 2 h, and half an hour of one's own, is beyond the cut-off
    assert shipments.loc[6, "planned_departure_at"] == 41.5


def test_parcels_packed_on_friday_evening_leave_on_monday(tmp_path: Path) -> None:
    node = a_node(place=COLUMBUS)
    model = a_model(a_network([node]), [an_order(4 * 24 + 18.0, promised_by=300.0)], order_days=5)

    assert run(model, tmp_path).shipments["departed_at"].tolist() == [7 * 24 + 17.5]
