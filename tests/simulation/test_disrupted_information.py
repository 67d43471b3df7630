"""Stock feeds that freeze, and an order management that is down: what is seen, and what waits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.factories import COLUMBUS, RENO, Tables, a_disruption, a_model, a_network, a_node, a_supply, an_order, run
from tests.simulation.test_disrupted_goods import happened
from twin.domain.effects import FeedFrozen, OrderManagementDown
from twin.policies.routing.distance_split import DistanceSplit
from twin.simulation.disruption_draws import DisruptionPlan
from twin.simulation.order_management import OrderManagement

BLIND = OrderManagement(sees_own_reservations=False)


def frozen(starts_at: float = 8.0, hours: float = 6.0, name: str = "feed", **special: Any) -> DisruptionPlan:
    return a_disruption(name, starts_at, hours, effects=(FeedFrozen(),), **special)


def down(starts_at: float = 8.0, hours: float = 6.0, name: str = "dom") -> DisruptionPlan:
    return a_disruption(name, starts_at, hours, scope="network", targets=(), effects=(OrderManagementDown(),))


def lived(folder: Path, orders: list[Any], *events: DisruptionPlan, mugs: int = 1, **special: Any) -> Tables:
    """Live through orders to Columbus, which has a few mugs, as Reno has."""
    stock = {name: {"mug": mugs, "lamp": 5, "book": 5} for name in ("columbus", "reno")}
    return run(a_model(orders=orders, stock=stock, disruptions=events, routing=DistanceSplit(), **special), folder)


def routed(tables: Tables) -> list[tuple[str, float]]:
    """Return where each order was shipped from, and when it was routed."""
    rows = tables.shipments.sort_values("order")
    return list(rows[["node", "routed_at"]].itertuples(index=False, name=None))


# Stock feeds


def test_routing_promises_from_a_frozen_picture_what_is_not_there_any_more(tmp_path: Path) -> None:
    orders = [an_order(9.0), an_order(9.5)]

    tables = lived(tmp_path, orders, frozen(), order_management=BLIND)

    assert happened(tables, "oversold") == [(9.5, "oversold", "columbus", 1, 1, "")]
    assert routed(tables) == [("columbus", 9.0), ("reno", 9.5)]


def test_own_reservations_are_seen_on_a_frozen_picture(tmp_path: Path) -> None:
    tables = lived(tmp_path, [an_order(9.0), an_order(9.5)], frozen())

    assert happened(tables, "oversold") == []
    assert routed(tables) == [("columbus", 9.0), ("reno", 9.5)]


def test_the_picture_is_right_again_when_the_outage_ends(tmp_path: Path) -> None:
    tables = lived(tmp_path, [an_order(9.0), an_order(14.5)], frozen(), order_management=BLIND)

    assert happened(tables, "oversold") == []


def test_the_feeds_of_other_nodes_go_on(tmp_path: Path) -> None:
    feed = frozen(targets=("reno",))

    tables = lived(tmp_path, [an_order(9.0), an_order(9.5)], feed, order_management=BLIND)

    assert happened(tables, "oversold") == []


@pytest.mark.parametrize("lag_hours", [0.0, 1.0])
def test_goods_that_come_in_are_seen_when_the_outage_ends(lag_hours: float, tmp_path: Path) -> None:
    nodes = [a_node(supply=a_supply(7.0))]  # ordered at 5
    feeds = [frozen(scope="network", targets=()), frozen(13.0, 3.0, "again")]
    model = a_model(
        a_network(nodes), [an_order(4.0)], stock={"columbus": {"mug": 0, "lamp": 0, "book": 0}}, disruptions=feeds,
        levels={"columbus": {"mug": 1}}, order_management=OrderManagement(stock_lag_hours=lag_hours),
    )  # fmt: skip

    tables = run(model, tmp_path)

    assert [at for at, *_ in happened(tables, "replenishment_received")] == [12.0]
    assert routed(tables) == [("columbus", 16.0)]


def test_an_order_held_open_whose_goods_are_gone_is_routed_anew_at_once(tmp_path: Path) -> None:
    held = OrderManagement("at_release", run_every_hours=1.0, hold_hours=5.0, sees_own_reservations=False)

    tables = lived(tmp_path, [an_order(9.0), an_order(9.5)], frozen(), order_management=held)

    assert happened(tables, "oversold") == [(9.5, "oversold", "columbus", 1, 1, "")]
    assert [node for node, _ in routed(tables)] == ["columbus", "reno"]


# Order management


def test_orders_are_routed_once_order_management_is_back(tmp_path: Path) -> None:
    orders = [an_order(7.5), an_order(9.0), an_order(9.5), an_order(15.0)]

    tables = lived(tmp_path, orders, down(), mugs=5)

    assert routed(tables) == [("columbus", 7.5), ("columbus", 14.0), ("columbus", 14.0), ("columbus", 15.0)]
    assert tables.orders["decided_at"].tolist() == [7.5, 14.0, 14.0, 15.0]


def test_who_came_first_is_served_first(tmp_path: Path) -> None:
    orders = [an_order(9.0, COLUMBUS.zip3), an_order(9.5, COLUMBUS.zip3), an_order(9.7, RENO.zip3)]

    tables = lived(tmp_path, orders, down())

    assert [node for node, _ in routed(tables)] == ["columbus", "reno"]
    assert happened(tables, "backordered") == [(14.0, "backordered", "", 2, 1, "")]


def test_two_outages_that_overlap_are_one(tmp_path: Path) -> None:
    tables = lived(tmp_path, [an_order(9.0)], down(), down(12.0, 8.0, "again"), mugs=5)

    assert routed(tables) == [("columbus", 20.0)]


def test_no_run_comes_while_order_management_is_down(tmp_path: Path) -> None:
    runs = OrderManagement("at_run", run_every_hours=1.0)

    tables = lived(tmp_path, [an_order(7.9), an_order(9.0)], down(7.95, 6.5), mugs=5, order_management=runs)

    assert routed(tables) == [("columbus", 15.0), ("columbus", 15.0)]
