"""Receiving: trucks wait for a door and for people, trips take goods to the shelf, and only there can they be sold."""

from __future__ import annotations

from dataclasses import replace

from tests.factories import PRODUCTS, a_calendar, a_node, a_service, a_stage, a_timeline, always
from tests.simulation.shipping import a_shipment
from twin.domain.stock import StockLedger
from twin.domain.work import Crew, Inbound, Work
from twin.simulation.clock import Clock
from twin.simulation.days import Spread
from twin.simulation.docks import Dock
from twin.simulation.nodes import WorkingNode
from twin.simulation.receiving import Truckload
from twin.simulation.shipments import Shipment
from twin.simulation.staffing import Roster

INBOUND = Inbound(
    doors=1, unload_hours=always(1.0), stations=2, trip_hours=always(0.5), units_per_trip=10, storage_m3=None
)
KNOWN = {product.sku: product for product in PRODUCTS}


class Yard:
    """A node with a door, open from 6 to 14, and when which goods got on its shelf."""

    def __init__(self, inbound: Inbound = INBOUND, opening: dict[str, int] | None = None, **work: object) -> None:
        self.clock = Clock()
        self.shelved: list[tuple[float, Truckload]] = []
        self.waiting: list[Shipment] = []
        stage = a_stage("pack", 1, 1.0)
        node = a_node(stages=(stage,), calendar=a_calendar((6, 14)), work=Work(inbound=inbound, **work))
        self.ledger = StockLedger("columbus", {"mug": 0, "lamp": 0, "book": 0} | (opening or {}))
        columns = {Spread("pack", stage.work_hours.shape()[0]): 0}
        self.node = WorkingNode(node, self.ledger, self.clock, columns, KNOWN, Roster.of(node, a_timeline(), 1, 0))
        for process in self.node.floor.processes():
            self.clock.process(process)

    def truck(self, at: float, **units: int) -> None:
        """Let a truck come."""
        for sku, count in units.items():
            self.ledger.expect(sku, count)
        self.clock.at(at, self._take_in, list(units.items()))

    def _take_in(self, load: Truckload) -> None:
        self.node.take_in(load, self._shelve)

    def _shelve(self, load: Truckload) -> None:
        self.shelved.append((round(self.clock.now_hours, 9), load))
        for sku, units in load:
            self.ledger.receive(sku, units)
        while self.waiting:
            self.node.first.admit(self.waiting.pop())

    def wants(self, shipment: Shipment) -> None:
        """Let a shipment wait for goods."""
        self.waiting.append(shipment)

    def live(self, until: float = 100.0) -> list[tuple[float, Truckload]]:
        """Run, and return what got on the shelf when."""
        self.clock.run_with([], self._take_in, until)
        return self.shelved


def test_a_truck_is_unloaded_and_its_goods_are_put_away_in_trips() -> None:
    yard = Yard()
    yard.truck(8.0, mug=15, lamp=10)

    assert yard.live() == [(9.5, [("mug", 10)]), (9.5, [("mug", 5), ("lamp", 5)]), (9.75, [("lamp", 5)])]


def test_goods_on_their_way_to_the_shelf_cannot_be_promised() -> None:
    yard = Yard()
    yard.truck(8.0, mug=10)
    yard.live(until=9.4)

    assert (yard.ledger.available["mug"], yard.ledger.in_transit["mug"]) == (0, 10)


def test_the_next_truck_waits_for_the_door() -> None:
    yard = Yard()
    yard.truck(8.0, mug=10)
    yard.truck(8.5, lamp=10)

    assert yard.live() == [(9.5, [("mug", 10)]), (10.5, [("lamp", 10)])]


def test_a_truck_at_night_waits_for_people() -> None:
    yard = Yard()
    yard.truck(20.0, mug=10)

    assert yard.live() == [(31.5, [("mug", 10)])]


def test_a_truck_after_the_last_shift_is_never_unloaded() -> None:
    yard = Yard()
    yard.truck(300.0, mug=10)

    assert yard.live(until=400.0) == []


def test_a_node_without_doors_has_the_goods_on_its_shelf_at_once() -> None:
    yard = Yard()
    yard.node.receiving = None
    yard.truck(20.0, mug=10)

    assert yard.live() == [(20.0, [("mug", 10)])]


def test_goods_wait_for_room_on_the_shelves() -> None:
    volume = KNOWN["mug"].volume_cm3 / 1e6
    yard = Yard(replace(INBOUND, storage_m3=15.5 * volume), opening={"mug": 10})
    yard.truck(8.0, mug=10)
    yard.live(until=12.0)

    assert yard.shelved == []

    yard.ledger.write_off("mug", 5)
    yard.node.receiving.make_room()

    assert yard.live() == [(12.5, [("mug", 10)])]


def test_trips_under_way_take_up_room() -> None:
    volume = KNOWN["mug"].volume_cm3 / 1e6
    yard = Yard(replace(INBOUND, storage_m3=15.0 * volume))
    yard.truck(8.0, mug=20)

    assert yard.live() == [(9.5, [("mug", 10)])]


def test_inbound_competes_for_the_crew() -> None:
    yard = Yard(crews=(Crew("floor", 1, ("pack", "put_away")),))
    yard.truck(8.0, mug=10, lamp=10)

    assert yard.live() == [(9.5, [("mug", 10)]), (10.0, [("lamp", 10)])]


def test_who_has_put_goods_away_sees_the_orders_that_waited_for_them() -> None:
    yard = Yard(crews=(Crew("floor", 1, ("pack", "put_away")),))
    yard.node.docks["parcel_ground"] = Dock(yard.node.node, a_service(), [])
    yard.truck(8.0, mug=10, lamp=10)
    yard.clock.at(8.0, yard.wants, a_shipment(mug=1))

    # on the shelf at 9:30, packed until 10:30, and only then the next trip
    assert yard.live() == [(9.5, [("mug", 10)]), (11.0, [("lamp", 10)])]


def test_put_away_is_counted_as_a_stage() -> None:
    yard = Yard()
    yard.truck(8.0, mug=20)
    yard.live(until=24.0)

    (stage,) = [place for place in yard.node.floor.workplaces if place.name == "put_away"]
    assert (stage.admitted, stage.finished, stage.busy_hours) == (2, 2, 1.0)
    assert stage.counts()[0] == 16.0
