"""Goods that are destroyed or called back, and what becomes of the orders that they were promised to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.factories import RENO, Tables, a_disruption, a_model, a_network, a_node, a_stage, a_supply, an_order, run
from tests.stores import a_store, some_shelf
from twin.domain.effects import Closed, Effect, Recall, StockDestroyed
from twin.simulation.disruption_draws import DisruptionPlan
from twin.simulation.order_management import OrderManagement


def happened(tables: Tables, *kinds: str) -> list[tuple[float, str, str, int, int, str]]:
    """Return the events of some kinds: when, what, where, of which order, how many units and why."""
    rows = tables.events[tables.events["kind"].isin(kinds)]
    columns = ["at", "kind", "subject", "order", "units", "reason"]
    return list(rows[columns].itertuples(index=False, name=None))


def ways(tables: Tables) -> list[tuple[int, str, float, int]]:
    """Return of each shipment its order, its node, when it was routed and its units."""
    rows = tables.shipments.sort_values(["order", "routed_at", "node"])
    return list(rows[["order", "node", "routed_at", "units"]].itertuples(index=False, name=None))


def on_hand(tables: Tables, node: str) -> list[int]:
    """Return the units on hand of a node at each midnight."""
    return tables.stock.loc[tables.stock["node"] == node, "on_hand_units"].tolist()


def a_fire(share: float, starts_at: float = 10.0, *more: Effect) -> DisruptionPlan:
    return a_disruption("fire", starts_at, 24.0, effects=(StockDestroyed(share), *more))


def a_recall(*skus: str, disposal: Any = "release", starts_at: float = 10.0, hours: float = 20.0) -> DisruptionPlan:
    effects = (Recall(skus, disposal),)
    return a_disruption("recall", starts_at, hours, scope="product", targets=skus, effects=effects)


SLOW = (a_stage("pick", 1, 0.5), a_stage("pack", 1, 0.5))


def lived(
    folder: Path, orders: list[Any], *disruptions: DisruptionPlan, columbus: dict[str, int], reno: int = 10,
    stages: Any = SLOW, **special: Any,
) -> Tables:  # fmt: skip
    """Live through orders to Columbus, whose node has little and Reno's enough."""
    nodes = [a_node(stages=stages), a_node("reno", RENO)]
    stock = {
        "columbus": {"mug": 0, "lamp": 0, "book": 0, **columbus},
        "reno": dict.fromkeys(("mug", "lamp", "book"), reno),
    }
    return run(a_model(a_network(nodes), orders, stock=stock, disruptions=disruptions, **special), folder)


# Destroyed


def test_a_share_of_every_product_is_destroyed_to_the_nearest_unit(tmp_path: Path) -> None:
    tables = lived(tmp_path, [], a_fire(0.5), columbus={"mug": 10, "lamp": 3, "book": 1})

    assert happened(tables, "destroyed") == [
        (10.0, "destroyed", "columbus", -1, 5, "mug"),
        (10.0, "destroyed", "columbus", -1, 2, "lamp"),
        (10.0, "destroyed", "columbus", -1, 1, "book"),
    ]
    assert on_hand(tables, "columbus")[0] == 14 - 8


def test_orders_whose_goods_are_gone_are_routed_anew_the_latest_promises_first(tmp_path: Path) -> None:
    orders = [an_order(9.9, promised_by=120.0), an_order(9.91, promised_by=96.0), an_order(9.92, promised_by=144.0)]

    tables = lived(tmp_path, orders, a_fire(0.75), columbus={"mug": 4})

    # one of four mugs is left, for the second order
    assert ways(tables) == [(0, "reno", 10.0, 1), (1, "columbus", 9.91, 1), (2, "reno", 10.0, 1)]
    assert happened(tables, "taken_back", "rerouted") == [
        (10.0, "taken_back", "columbus", 2, 1, "destroyed"),
        (10.0, "taken_back", "columbus", 0, 1, "destroyed"),
        (10.0, "rerouted", "reno", 0, 1, ""),
        (10.0, "rerouted", "reno", 2, 1, ""),
    ]
    assert tables.orders["attempts"].tolist() == [2, 1, 2]


def test_units_that_nobody_was_promised_burn_first(tmp_path: Path) -> None:
    tables = lived(tmp_path, [an_order(9.9)], a_fire(0.5), columbus={"mug": 2})

    assert ways(tables) == [(0, "columbus", 9.9, 1)]


@pytest.mark.parametrize("starts_at", [9.1, 9.6, 12.0])
def test_goods_are_taken_from_shipments_in_work_and_at_the_dock(starts_at: float, tmp_path: Path) -> None:
    # picked by 9.5, packed by 10, its truck is closed at 17
    tables = lived(tmp_path, [an_order(9.0)], a_fire(1.0, starts_at), columbus={"mug": 5})

    assert ways(tables) == [(0, "reno", starts_at, 1)]
    assert tables.orders["status"].tolist() == ["delivered"]


def test_what_has_left_is_not_destroyed(tmp_path: Path) -> None:
    tables = lived(tmp_path, [an_order(9.0)], a_fire(1.0, 17.25), columbus={"mug": 5})

    assert ways(tables) == [(0, "columbus", 9.0, 1)]
    assert happened(tables, "destroyed") == [(17.25, "destroyed", "columbus", -1, 4, "mug")]


def test_work_on_a_shipment_that_was_taken_back_is_in_vain(tmp_path: Path) -> None:
    orders = [an_order(9.0, mug=1), an_order(9.0, book=1)]

    tables = lived(
        tmp_path, orders, a_fire(0.5, 9.1), columbus={"mug": 1, "book": 4}, stages=(a_stage("pack", 1, 0.5),)
    )

    # half of a mug is a whole one; the book waits until the packer is done with the mug
    assert tables.shipments.set_index("node")["packed_at"].to_dict() == {"reno": 9.35, "columbus": 10.0}


def test_a_closed_site_is_not_asked_again(tmp_path: Path) -> None:
    tables = lived(tmp_path, [an_order(9.0, mug=2)], a_fire(0.5, 10.0, Closed()), columbus={"mug": 3})

    assert ways(tables) == [(0, "reno", 10.0, 2)]


def test_what_nobody_has_any_more_waits_or_is_cancelled(tmp_path: Path) -> None:
    tables = lived(tmp_path, [an_order(9.0)], a_fire(1.0), columbus={"mug": 1}, reno=0, unfilled="cancel")

    assert happened(tables, "taken_back", "rerouted", "cancelled") == [
        (10.0, "taken_back", "columbus", 0, 1, "destroyed"), (10.0, "cancelled", "", 0, 1, "")
    ]  # fmt: skip
    assert tables.orders["status"].tolist() == ["cancelled"]


def test_orders_that_are_held_open_are_decided_anew(tmp_path: Path) -> None:
    management = OrderManagement("at_release", run_every_hours=1.0, hold_hours=3.0)

    tables = lived(tmp_path, [an_order(9.5)], a_fire(1.0), columbus={"mug": 1}, order_management=management)

    assert [(order, node) for order, node, *_ in ways(tables)] == [(0, "reno")]
    assert happened(tables, "taken_back") == []


# Recalled


def test_a_recalled_product_is_not_promised_anywhere_until_it_is_released(tmp_path: Path) -> None:
    orders = [an_order(11.0), an_order(11.5, book=1)]

    tables = lived(tmp_path, orders, a_recall("mug"), columbus={"mug": 5, "book": 5})

    assert ways(tables) == [(0, "columbus", 30.0, 1), (1, "columbus", 11.5, 1)]
    assert happened(tables, "recalled", "backordered", "destroyed") == [
        (10.0, "recalled", "columbus", -1, 5, "mug"),
        (10.0, "recalled", "reno", -1, 10, "mug"),
        (11.0, "backordered", "", 0, 1, ""),
    ]


def test_orders_that_hold_a_recalled_product_go_without_it(tmp_path: Path) -> None:
    orders = [an_order(9.0, mug=1, book=1), an_order(9.0, book=1)]

    tables = lived(tmp_path, orders, a_recall("mug", hours=500.0), columbus={"mug": 5, "book": 5}, patience_hours=40.0)

    assert ways(tables) == [(0, "columbus", 10.0, 1), (1, "columbus", 9.0, 1)]
    assert happened(tables, "taken_back", "rerouted", "cancelled") == [
        (10.0, "taken_back", "columbus", 0, 2, "recalled"),
        (10.0, "rerouted", "columbus", 0, 2, ""),
        (49.0, "cancelled", "", 0, 1, ""),
    ]


def test_what_comes_in_while_a_product_is_recalled_is_withheld_too_and_nobody_orders_more(tmp_path: Path) -> None:
    nodes = [a_node(supply=a_supply(8.0))]
    model = a_model(
        a_network(nodes), [an_order(12.0), an_order(12.0)], stock={"columbus": {"mug": 0, "lamp": 0, "book": 0}},
        levels={"columbus": {"mug": 2}}, disruptions=[a_recall("mug", hours=24.0)], order_days=3,
    )  # fmt: skip

    tables = run(model, tmp_path)

    # reviewed at 5, at 29 in vain because of the recall, and at 53 with all sold
    assert happened(tables, "replenishment_ordered", "replenishment_received")[:3] == [
        (5.0, "replenishment_ordered", "columbus", -1, 2, ""),
        (13.0, "replenishment_received", "columbus", -1, 2, ""),
        (53.0, "replenishment_ordered", "columbus", -1, 2, ""),
    ]
    assert ways(tables) == [(0, "columbus", 34.0, 1), (1, "columbus", 34.0, 1)]


def test_a_recalled_product_can_be_scrapped(tmp_path: Path) -> None:
    tables = lived(tmp_path, [an_order(35.0)], a_recall("mug", disposal="scrap"), columbus={"mug": 5, "book": 2})

    assert happened(tables, "destroyed") == [
        (30.0, "destroyed", "columbus", -1, 5, "mug"), (30.0, "destroyed", "reno", -1, 10, "mug")
    ]  # fmt: skip
    assert on_hand(tables, "columbus")[:2] == [7, 2]
    assert ways(tables) == []


def test_a_recall_is_known_at_once_also_where_the_picture_of_the_stock_is_old(tmp_path: Path) -> None:
    lagging = OrderManagement(stock_lag_hours=12.0)

    tables = lived(tmp_path, [an_order(11.0)], a_recall("mug"), columbus={"mug": 5}, order_management=lagging)

    assert happened(tables, "oversold") == []
    assert ways(tables) == [(0, "columbus", 36.0, 1)]  # recalled until 30, seen at 36


def test_of_two_recalls_the_last_one_frees_the_product(tmp_path: Path) -> None:
    first = a_recall("mug", hours=10.0)
    second = a_disruption(
        "again", 15.0, 20.0, scope="product", targets=("mug",), effects=(Recall(("mug",), "release"),)
    )

    tables = lived(tmp_path, [an_order(12.0)], first, second, columbus={"mug": 5})

    assert ways(tables) == [(0, "columbus", 35.0, 1)]


def test_customers_in_a_shop_cannot_buy_a_recalled_product(tmp_path: Path) -> None:
    stores = [a_store("columbus", shelf=some_shelf(walk_in_units_per_day=50.0))]
    recall = a_recall("mug", "lamp", "book", starts_at=0.0, hours=48.0)

    tables = run(a_model(a_network(stores), [], disruptions=[recall]), tmp_path)

    assert on_hand(tables, "columbus")[:2] == [3000, 3000]
    assert on_hand(tables, "columbus")[3] < 3000
