"""Orders between checkout and node: runs, releases, old pictures of the stock, carts, and rejections with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar

import pytest

from tests.factories import COLUMBUS, RENO, Tables, a_model, a_network, a_node, an_order, run
from twin.domain.orders import Order
from twin.policies.decision import Decision
from twin.policies.forecast import Forecast
from twin.policies.routing.distance_split import DistanceSplit
from twin.policies.routing.roles import LEARNED
from twin.policies.routing.ship_complete import ShipComplete
from twin.policies.routing.validate import IllegalDecision
from twin.policies.view import NetworkView, Without
from twin.simulation.order_management import OrderManagement, RejectionReason

HERE, FAR = COLUMBUS.zip3, RENO.zip3
ONE_EACH = {"columbus": {"mug": 1, "book": 5}, "reno": {"mug": 1, "book": 5}}


def lived(tmp_path: Path, *orders: Any, stock: Any = 5, nodes: Any = None, **management: Any) -> Tables:
    """Live through some orders, the nearest node first; `routing` and `safety_stock` may be given too."""
    special = {key: management.pop(key) for key in ("routing", "safety_stock", "order_days") if key in management}
    model = a_model(
        a_network(nodes), orders, stock=stock, order_management=OrderManagement(**management),
        **{"routing": DistanceSplit(), **special},
    )  # fmt: skip
    return run(model, tmp_path)


def events(tables: Tables, *kinds: str) -> list[tuple[str, str, int, int]]:
    rows = tables.events[tables.events["kind"].isin(kinds)]
    return list(rows[["kind", "subject", "order", "units"]].itertuples(index=False, name=None))


def routes(tables: Tables) -> list[tuple[int, str, float]]:
    return list(
        tables.shipments[["order", "node", "routed_at"]].sort_values(["order"]).itertuples(index=False, name=None)
    )


def test_an_order_is_routed_at_the_next_run(tmp_path: Path) -> None:
    orders = [an_order(9.5, HERE, mug=1), an_order(9.8, FAR, mug=1), an_order(11.0, HERE, mug=1)]

    tables = lived(tmp_path, *orders, commit="at_run", run_every_hours=1.0)

    assert routes(tables) == [(0, "columbus", 10.0), (1, "reno", 10.0), (2, "columbus", 12.0)]
    assert tables.orders["decided_at"].tolist() == [10.0, 10.0, 12.0]
    assert tables.orders["first_choice"].all()


def test_a_run_serves_the_earliest_promise_first(tmp_path: Path) -> None:
    later, sooner = an_order(9.1, HERE, 144.0, mug=1), an_order(9.2, HERE, 72.0, mug=1)

    tables = lived(tmp_path, later, sooner, stock=ONE_EACH, commit="at_run", run_every_hours=1.0)

    assert [(order, node) for order, node, _ in routes(tables)] == [(0, "reno"), (1, "columbus")]


def test_what_all_nodes_together_do_not_have_is_not_sold(tmp_path: Path) -> None:
    orders = [an_order(9.1, HERE, mug=1), an_order(9.2, HERE, mug=1), an_order(9.3, HERE, mug=1)]

    tables = lived(tmp_path, *orders, stock=ONE_EACH, commit="at_run", run_every_hours=1.0)

    assert events(tables, "backordered", "oversold") == [("backordered", "", 2, 1)]
    assert tables.orders["decided_at"].tolist() == [10.0, 10.0, 9.3]
    assert tables.orders["status"].tolist() == ["delivered", "delivered", "cancelled"]


def test_what_was_sold_and_no_node_can_send_is_oversold(tmp_path: Path) -> None:
    order = an_order(9.1, HERE, mug=2)

    tables = lived(
        tmp_path, order, stock=ONE_EACH, commit="at_run", run_every_hours=1.0, routing=ShipComplete("distance")
    )

    assert events(tables, "oversold", "backordered") == [("oversold", "", 0, 2), ("backordered", "", 0, 2)]


def test_a_daily_limit_holds_within_a_run(tmp_path: Path) -> None:
    nodes = [a_node(orders_per_day=1), a_node("reno", RENO)]
    orders = [an_order(9.1, HERE, mug=1), an_order(9.2, HERE, mug=1)]

    tables = lived(tmp_path, *orders, nodes=nodes, commit="at_run", run_every_hours=1.0)

    assert [(order, node) for order, node, _ in routes(tables)] == [(0, "columbus"), (1, "reno")]
    assert events(tables, "declined") == []


@dataclass(frozen=True)
class RenoUntil:
    """Sends everything from Reno until an hour, then from Columbus."""

    hour: float

    def decide(self, order: Order, network: NetworkView) -> Decision:
        other = "columbus" if network.now_hours < self.hour else "reno"
        return DistanceSplit().decide(order, Without(network, frozenset({other})))


def test_an_order_can_change_its_node_until_it_is_released(tmp_path: Path) -> None:
    orders = [an_order(7.5, HERE, mug=1), an_order(9.5, HERE, mug=1)]

    tables = lived(tmp_path, *orders, commit="at_release", run_every_hours=1.0, hold_hours=2.0, routing=RenoUntil(10.0))

    # held for two hours at most: until the last run before 9.5 and before 11.5
    assert routes(tables) == [(0, "reno", 9.0), (1, "columbus", 11.0)]
    assert tables.orders["decided_at"].tolist() == [9.0, 11.0]


def test_an_order_is_released_in_time_for_its_pickup(tmp_path: Path) -> None:
    order = an_order(12.5, HERE, mug=1)  # the truck's cut-off is at 17, the work takes a quarter of an hour

    tables = lived(tmp_path, order, commit="at_release", run_every_hours=1.0, hold_hours=12.0)

    assert routes(tables) == [(0, "columbus", 16.0)]
    assert tables.shipments["departed_at"].tolist() == [17.5]


def test_what_is_held_over_midnight_stays_reserved_in_the_books(tmp_path: Path) -> None:
    order = an_order(20.0, HERE, mug=2)

    tables = lived(tmp_path, order, commit="at_release", run_every_hours=1.0, hold_hours=10.0)

    night = tables.stock[(tables.stock["day"] == 0) & (tables.stock["node"] == "columbus")]
    assert night["reserved_units"].tolist() == [2]
    assert routes(tables) == [(0, "columbus", 30.0)]


def test_an_old_picture_sells_what_is_gone(tmp_path: Path) -> None:
    orders = [an_order(9.1, HERE, mug=1), an_order(9.2, HERE, mug=1)]

    tables = lived(tmp_path, *orders, stock=ONE_EACH, stock_lag_hours=2.0, sees_own_reservations=False)

    assert events(tables, "oversold", "rerouted") == [("oversold", "columbus", 1, 1), ("rerouted", "reno", 1, 1)]
    assert [(order, node) for order, node, _ in routes(tables)] == [(0, "columbus"), (1, "reno")]
    assert tables.orders["attempts"].tolist() == [1, 2]


def test_the_next_picture_is_right_again(tmp_path: Path) -> None:
    orders = [an_order(9.1, HERE, mug=1), an_order(10.5, HERE, mug=1)]

    tables = lived(tmp_path, *orders, stock=ONE_EACH, stock_lag_hours=2.0, sees_own_reservations=False)

    assert events(tables, "oversold") == []
    assert [(order, node) for order, node, _ in routes(tables)] == [(0, "columbus"), (1, "reno")]


def test_who_counts_its_own_reservations_sells_nothing_twice(tmp_path: Path) -> None:
    orders = [an_order(9.1, HERE, mug=1), an_order(9.2, HERE, mug=1)]

    tables = lived(tmp_path, *orders, stock=ONE_EACH, stock_lag_hours=2.0)

    assert events(tables, "oversold") == []
    assert [(order, node) for order, node, _ in routes(tables)] == [(0, "columbus"), (1, "reno")]


@pytest.mark.parametrize(("second_at", "sold_at"), [(9.05, 9.25), (9.2, 9.2)])
def test_an_abandoned_cart_holds_stock_until_it_expires(tmp_path: Path, second_at: float, sold_at: float) -> None:
    orders = [an_order(9.0, HERE, mug=1), an_order(second_at, HERE, mug=1)]

    tables = lived(tmp_path, *orders, stock=ONE_EACH, cart_hold_hours=0.1, abandoned_carts_per_order=1.0)

    waited = [("backordered", "", 1, 1)] if sold_at > second_at else []
    assert events(tables, "backordered") == waited
    assert routes(tables)[1] == (1, "reno", pytest.approx(sold_at))


@pytest.mark.parametrize(
    ("effect", "on_hand", "next_node"), [("none", 3, "columbus"), ("emptied", 0, "reno"), ("corrected", 2, "columbus"),
                                         ("withheld", 3, "columbus")],
)  # fmt: skip
def test_a_rejection_changes_the_books_as_its_reason_asks(
    tmp_path: Path, effect: Any, on_hand: int, next_node: str
) -> None:
    nodes = [a_node(found_rate=0.0), a_node("reno", RENO)]
    reason = RejectionReason("DAMAGED", 1.0, effect)

    tables = lived(
        tmp_path, an_order(9.0, HERE, mug=1), an_order(9.5, HERE, mug=2), stock=3, nodes=nodes, rejections=(reason,),
        order_days=1,
    )  # fmt: skip

    declined = tables.events[tables.events["kind"] == "declined"]
    assert declined["reason"].unique().tolist() == ["DAMAGED"]
    assert declined["order"].tolist() == ([0, 1] if next_node == "columbus" else [0])
    first_night = tables.stock[(tables.stock["day"] == 0) & (tables.stock["node"] == "columbus")]
    others = 3 * 2  # three lamps, three books
    left = {"none": 3, "emptied": 0, "corrected": 0, "withheld": 3}[effect]
    assert first_night["on_hand_units"].tolist() == [left + others]
    assert on_hand >= left


def test_withheld_units_are_not_promised_again(tmp_path: Path) -> None:
    nodes = [a_node(found_rate=0.0), a_node("reno", RENO)]
    damaged = RejectionReason("DAMAGED", 1.0, "withheld")

    tables = lived(
        tmp_path, an_order(9.0, HERE, mug=1), an_order(9.5, HERE, mug=1), stock=ONE_EACH | {"reno": {"mug": 9}},
        nodes=nodes, rejections=(damaged,),
    )  # fmt: skip

    assert tables.events[tables.events["kind"] == "declined"]["order"].tolist() == [0]


def test_reasons_come_in_their_shares() -> None:
    management = OrderManagement(rejections=(RejectionReason("a", 0.25, "none"), RejectionReason("b", 0.75, "emptied")))

    assert [management.rejection(luck).name for luck in (0.0, 0.249, 0.25, 0.999, 1.0)] == ["a", "a", "b", "b", "b"]


def test_safety_stock_is_not_promised(tmp_path: Path) -> None:
    orders = [an_order(9.0, HERE, mug=2), an_order(9.5, HERE, mug=2)]

    tables = lived(tmp_path, *orders, stock=5, safety_stock={"columbus": {"mug": 2}})

    assert tables.shipments[["order", "node", "units"]].sort_values(["order", "node"]).to_numpy().tolist() == [
        [0, "columbus", 2], [1, "columbus", 1], [1, "reno", 1],
    ]  # fmt: skip


@dataclass(frozen=True)
class Together:
    """Gives the first of a batch to Columbus and all others to Reno, or to Columbus too."""

    others: str = "reno"

    def decide(self, order: Order, network: NetworkView) -> Decision:
        return self._from("columbus", order, network)

    def decide_batch(self, orders: Sequence[Order], network: NetworkView) -> list[Decision]:
        nodes = ["columbus", *[self.others] * (len(orders) - 1)]
        return [self._from(node, order, network) for node, order in zip(nodes, orders, strict=True)]

    def _from(self, node: str, order: Order, network: NetworkView) -> Decision:
        return DistanceSplit().decide(order, Without(network, frozenset(network.nodes) - {node}))


def test_a_run_asks_a_batch_policy_about_all_its_orders(tmp_path: Path) -> None:
    orders = [an_order(9.1, HERE, mug=1), an_order(9.2, HERE, mug=1), an_order(9.3, HERE, mug=1)]

    tables = lived(tmp_path, *orders, commit="at_run", run_every_hours=1.0, routing=Together())

    assert [node for _, node, _ in routes(tables)] == ["columbus", "reno", "reno"]


def test_a_batch_that_promises_a_unit_twice_stops_the_run(tmp_path: Path) -> None:
    orders = [an_order(9.1, HERE, mug=1), an_order(9.2, HERE, mug=1)]

    with pytest.raises(IllegalDecision, match="node 'columbus' is to ship 2 of mug to several orders and has 1"):
        lived(tmp_path, *orders, stock=ONE_EACH, commit="at_run", run_every_hours=1.0, routing=Together("columbus"))


def test_a_batch_beyond_a_daily_limit_stops_the_run(tmp_path: Path) -> None:
    nodes = [a_node(orders_per_day=1), a_node("reno", RENO)]
    orders = [an_order(9.1, HERE, mug=1), an_order(9.2, HERE, mug=1)]

    with pytest.raises(IllegalDecision, match="node 'columbus' is to take 2 orders and takes 1"):
        lived(tmp_path, *orders, nodes=nodes, commit="at_run", run_every_hours=1.0, routing=Together("columbus"))


@dataclass(frozen=True)
class Pupil:
    """Writes down when it was taught and how far it was told to look."""

    refresh_days: float = 1.0
    lessons: int = field(default=0, metadata=LEARNED)
    heard: ClassVar[list[tuple[float, float, int]]] = []

    def refresh(self, network: NetworkView, forecast: Forecast) -> Pupil:
        self.heard.append((network.now_hours, forecast.days, self.lessons))
        return replace(self, lessons=self.lessons + 1)

    def decide(self, order: Order, network: NetworkView) -> Decision:
        return DistanceSplit().decide(order, network)


def test_a_learning_policy_is_taught_on_schedule_and_no_further_than_orders_come(tmp_path: Path) -> None:
    Pupil.heard.clear()
    model = replace(
        a_model(orders=[an_order(9.0, HERE, mug=1)], routing=Pupil(), order_days=3),
        forecast=Forecast({}, {}, {}, days=2.5),
    )

    run(model, tmp_path)

    assert Pupil.heard == [(0.0, 2.5, 0), (24.0, 2.0, 1), (48.0, 1.0, 2)]


def test_a_split_is_avoidable_where_one_node_has_it_all(tmp_path: Path) -> None:
    stock = {"columbus": {"mug": 1}, "reno": {"mug": 1, "book": 1}}

    tables = lived(tmp_path, an_order(9.0, HERE, mug=1, book=1), an_order(9.5, HERE, book=1), stock=stock)

    assert tables.orders["avoidable_split"].tolist() == [True, False]


def test_a_split_is_not_avoidable_where_no_node_has_it_all(tmp_path: Path) -> None:
    stock = {"columbus": {"mug": 1}, "reno": {"book": 1}}

    tables = lived(tmp_path, an_order(9.0, HERE, mug=1, book=1), stock=stock)

    assert tables.orders["avoidable_split"].tolist() == [False]
