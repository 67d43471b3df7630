"""Orders that nobody can fill: they wait in the order they came, until stock or the end of their patience."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.factories import (
    CHICAGO_PLACE,
    COLUMBUS,
    RENO,
    GivenOrder,
    Tables,
    a_disruption,
    a_model,
    a_network,
    a_node,
    a_stage,
    a_supply,
    an_order,
    run,
)
from twin.domain.nodes import FulfillmentNode
from twin.domain.stock import StockLedger
from twin.policies.routing.ship_complete import ShipComplete

FIRST_TRUCK = 5.0 + 24.0  # reviewed at 5:00, a day on the way


@dataclass(frozen=True)
class EveryReview:
    """Orders the same number of mugs at every review, whatever is missing."""

    mugs: int

    def orders(self, ledger: StockLedger) -> Iterator[tuple[str, int]]:
        """Yield the mugs."""
        yield "mug", self.mugs


def a_supplied_node(name: str = "columbus", **special: Any) -> FulfillmentNode:
    """Return a node with a supplier a day away."""
    return a_node(name, supply=a_supply(24.0), **special)


def waiting(
    folder: Path, *orders: GivenOrder, opening: int = 0, level: int = 0, nodes: Any = None, **special: Any
) -> Tables:
    """Run orders at a node that opens with some mugs and is filled up to a level."""
    network = a_network(nodes or [a_supplied_node()])
    stock = {name: {"mug": opening, "lamp": opening, "book": opening} for name in network.nodes}
    levels = {name: {"mug": level} for name in network.nodes}
    return run(a_model(network, orders, stock=stock, levels=levels, **special), folder)


def routed_at(tables: Tables) -> dict[int, list[float]]:
    """Return when each order's shipments were given to a node."""
    found = tables.shipments.sort_values("routed_at").groupby("order")["routed_at"]
    return {int(str(order)): instants.tolist() for order, instants in found}


def times_of(tables: Tables, kind: str) -> list[float]:
    """Return when something happened."""
    times: list[float] = tables.events.loc[tables.events["kind"] == kind, "at"].tolist()
    return times


def test_an_order_without_stock_waits_for_the_truck(tmp_path: Path) -> None:
    tables = waiting(tmp_path, an_order(3.0), level=5)

    assert times_of(tables, "backordered") == [3.0]
    assert routed_at(tables) == {0: [FIRST_TRUCK]}
    assert tables.orders["attempts"].tolist() == [2]
    assert tables.orders["first_pass_units"].tolist() == [0]


def test_an_order_that_runs_out_of_patience_is_cancelled_then(tmp_path: Path) -> None:
    tables = waiting(tmp_path, an_order(3.25), patience_hours=20.0, level=5)

    assert times_of(tables, "cancelled") == [23.25]
    assert tables.orders[["status", "cancelled_at"]].to_numpy().tolist() == [["cancelled", 23.25]]
    assert tables.shipments.empty


def test_patience_is_counted_from_the_placing_of_an_order(tmp_path: Path) -> None:
    tables = waiting(tmp_path, an_order(3.0, mug=3), replenishment=EveryReview(1), patience_hours=60.0)

    # one mug a truck, on Tuesday and on Wednesday; what then still waits gives up 60 h after the placing
    assert routed_at(tables) == {0: [FIRST_TRUCK, FIRST_TRUCK + 24]}
    assert times_of(tables, "cancelled") == [63.0]
    assert tables.orders[["units_shipped", "status"]].to_numpy().tolist() == [[2, "cancelled"]]


def test_an_order_without_patience_is_cancelled_at_once(tmp_path: Path) -> None:
    tables = waiting(tmp_path, an_order(3.0), level=5, patience_hours=0.0)

    assert times_of(tables, "cancelled") == [3.0]
    assert times_of(tables, "backordered") == []


def test_where_orders_do_not_wait_what_is_missing_is_cancelled(tmp_path: Path) -> None:
    tables = waiting(tmp_path, an_order(3.0, mug=3), opening=1, level=5, unfilled="cancel")

    assert times_of(tables, "cancelled") == [3.0]
    assert tables.orders[["units_shipped", "status"]].to_numpy().tolist() == [[1, "cancelled"]]


def test_stock_goes_to_the_oldest_order_first(tmp_path: Path) -> None:
    orders = [an_order(float(hour)) for hour in (1, 2, 3, 4)]

    tables = waiting(tmp_path, *orders, replenishment=EveryReview(2))

    assert routed_at(tables) == {0: [FIRST_TRUCK], 1: [FIRST_TRUCK], 2: [FIRST_TRUCK + 24], 3: [FIRST_TRUCK + 24]}


def test_a_part_that_still_waits_keeps_its_place(tmp_path: Path) -> None:
    orders = [an_order(1.0, mug=2), an_order(2.0)]

    tables = waiting(tmp_path, *orders, replenishment=EveryReview(1), patience_hours=150.0)

    # one mug a truck: the first order takes those of Tuesday and of Wednesday
    assert routed_at(tables) == {0: [FIRST_TRUCK, FIRST_TRUCK + 24], 1: [FIRST_TRUCK + 48]}


def test_a_small_order_behind_a_large_one_is_filled_where_only_whole_orders_ship(tmp_path: Path) -> None:
    orders = [an_order(1.0, mug=5), an_order(2.0, mug=2)]

    tables = waiting(tmp_path, *orders, replenishment=EveryReview(2), routing=ShipComplete(), patience_hours=40.0)

    assert routed_at(tables) == {1: [FIRST_TRUCK]}
    assert tables.orders["status"].tolist() == ["cancelled", "delivered"]
    assert tables.orders["attempts"].tolist() == [1, 2]


def test_what_waits_at_the_daily_limit_goes_at_the_nodes_midnight(tmp_path: Path) -> None:
    nodes = [a_node(orders_per_day=1)]

    tables = waiting(tmp_path, *(an_order(9.0 + hour) for hour in range(3)), opening=9, nodes=nodes)

    assert routed_at(tables) == {0: [9.0], 1: [24.0], 2: [48.0]}


def test_what_waits_for_a_closed_node_goes_when_it_reopens(tmp_path: Path) -> None:
    closed = a_disruption(starts_at=8.0, hours=5.5)

    tables = waiting(tmp_path, an_order(9.0), opening=9, disruptions=[closed])

    assert routed_at(tables) == {0: [13.5]}
    assert tables.shipments["departed_at"].tolist() == [17.5]


def test_what_waits_for_a_carrier_on_strike_goes_when_it_drives_again(tmp_path: Path) -> None:
    strike = a_disruption(starts_at=8.0, hours=5.5, scope="service", targets=("parcel_ground",))

    tables = waiting(tmp_path, an_order(9.0), opening=9, disruptions=[strike])

    assert routed_at(tables) == {0: [13.5]}


def test_what_a_full_node_sent_back_goes_at_the_full_hour_when_it_has_room(tmp_path: Path) -> None:
    half_an_hour_each = (a_stage("pack", 1, 0.5, waiting_cap=1),)
    nodes = [a_node(stages=half_an_hour_each)]

    tables = waiting(tmp_path, an_order(9.0), an_order(9.1), an_order(9.2), opening=9, nodes=nodes)

    assert times_of(tables, "declined") == [9.2]
    assert routed_at(tables) == {0: [9.0], 1: [9.1], 2: [10.0]}


def test_goods_that_come_to_a_closed_node_fill_nothing_before_it_reopens(tmp_path: Path) -> None:
    closed = a_disruption(starts_at=20.0, hours=20.0)

    tables = waiting(tmp_path, an_order(3.0), level=5, disruptions=[closed])

    assert times_of(tables, "replenishment_received")[0] == FIRST_TRUCK
    assert routed_at(tables) == {0: [40.0]}


def test_an_order_that_a_lone_node_declined_goes_with_later_goods(tmp_path: Path) -> None:
    orders = [an_order(9.0 + number / 100) for number in range(100)]
    nodes = [a_supplied_node(found_rate=0.8)]

    tables = waiting(tmp_path, *orders, opening=200, level=210, nodes=nodes, patience_hours=200.0)

    declined = tables.events[tables.events["kind"] == "declined"]
    assert 10 <= declined["order"].nunique() <= 30
    assert (tables.orders["status"] == "delivered").all()


def test_units_that_wait_are_booked_until_they_leave_the_line(tmp_path: Path) -> None:
    tables = waiting(tmp_path, an_order(3.0, mug=2), an_order(4.0, lamp=3), level=5, patience_hours=70.0)

    # the books were checked at every midnight: two mugs went on Tuesday, three lamps gave up on Thursday
    assert tables.orders["status"].tolist() == ["delivered", "cancelled"]
    assert times_of(tables, "cancelled") == [74.0]


def test_an_order_in_two_parts_is_served_by_two_trucks(tmp_path: Path) -> None:
    nodes = [a_supplied_node("columbus"), a_supplied_node("dayton")]

    tables = waiting(tmp_path, an_order(3.0, mug=4), nodes=nodes, replenishment=EveryReview(2), patience_hours=150.0)

    # both trucks come at once; what the first brings ships before the second arrives
    assert tables.orders[["status", "nodes", "units_shipped"]].to_numpy().tolist() == [["delivered", 2, 4]]
    assert routed_at(tables) == {0: [FIRST_TRUCK, FIRST_TRUCK]}


def test_what_waits_is_reordered_by_the_cheapest_node_that_keeps_it(tmp_path: Path) -> None:
    places = {"columbus": COLUMBUS, "reno": RENO, "chicago": CHICAGO_PLACE}
    network = a_network([a_supplied_node(name, place=place) for name, place in places.items()])
    stock = {"columbus": {"lamp": 9}, "chicago": {"mug": 0}, "reno": {"mug": 0}}  # Columbus keeps no mugs
    model = a_model(network, [an_order(3.0, mug=4)], stock=stock, levels={"chicago": {"mug": 1}, "reno": {"mug": 1}})

    tables = run(model, tmp_path)

    sent = tables.events[tables.events["kind"] == "replenishment_ordered"].groupby("subject")["units"].sum()
    assert sent.to_dict() == {"chicago": 5, "reno": 1}
    owed = tables.stock[tables.stock["day"] == 0].set_index("node")["backordered_units"]
    assert owed.to_dict() == {"chicago": 4, "columbus": 0, "reno": 0}


def test_what_no_node_keeps_waits_on_nobodys_books(tmp_path: Path) -> None:
    model = a_model(orders=[an_order(3.0, mug=4)], stock={"columbus": {"lamp": 9}})

    tables = run(model, tmp_path)

    assert tables.orders["status"].tolist() == ["cancelled"]
    assert tables.stock["backordered_units"].max() == 0


def test_what_gives_up_is_owed_no_more(tmp_path: Path) -> None:
    tables = waiting(tmp_path, an_order(3.0, mug=4), patience_hours=30.0, replenishment=EveryReview(0))

    assert tables.stock.sort_values("day")["backordered_units"].tolist()[:3] == [4, 0, 0]
