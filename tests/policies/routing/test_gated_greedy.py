"""`gated_greedy`: gates protect what front nodes are short of, and behind them the cheapest node ships."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from tests.policies.worlds import SnapshotView, Way, an_order, what, who_ships_what
from twin.domain.errors import ConfigurationError
from twin.policies.decision import Reason
from twin.policies.routing import load
from twin.policies.routing.explain import explain
from twin.policies.routing.gated_greedy import GatedGreedy
from twin.policies.routing.scoring import StockLevel

CONF = Path(__file__).resolve().parents[3] / "conf/routing/gated_greedy.yaml"
KINDS = {"corner": "store", "downtown": "mfc"}
WAYS = (Way("corner", 3.0), Way("downtown", 4.0), Way("memphis", 6.0), Way("reno", 8.0))


def a_view(*ways: Way, **stock: dict[str, int]) -> SnapshotView:
    """Two front nodes, which are cheap, and two large ones behind them."""
    return SnapshotView(ways or WAYS, stock, kinds=KINDS)


def gated(units: int, **special) -> GatedGreedy:
    return GatedGreedy(gates=(StockLevel(units),), **special)


def shipped(policy: GatedGreedy, view: SnapshotView, **wanted: int) -> dict[str, dict[str, int]]:
    return who_ships_what(policy.decide(an_order(**wanted), view))


@pytest.mark.parametrize(
    ("threshold", "stock", "node"),
    [("at_least", 4, "corner"), ("at_least", 3, "memphis"), ("more_than", 5, "corner"), ("more_than", 4, "memphis")],
)
def test_a_gate_is_open_while_the_front_node_has_the_level(threshold, stock: int, node: str) -> None:
    view = a_view(corner={"mug": stock}, memphis={"mug": 99})

    assert list(shipped(gated(4, threshold=threshold), view, mug=1)) == [node]


def test_through_an_open_gate_more_goes_than_the_level_leaves() -> None:
    view = a_view(corner={"mug": 4}, memphis={"mug": 99})

    assert shipped(gated(4), view, mug=4) == {"corner": {"mug": 4}}


@pytest.mark.parametrize("whole_only", [True, False])
def test_nodes_behind_the_front_have_no_gates(whole_only: bool) -> None:
    view = a_view(memphis={"mug": 1}, reno={"mug": 99})

    assert list(shipped(gated(4, whole_only=whole_only), view, mug=1)) == ["memphis"]


def test_the_cheapest_open_node_ships_those_in_time_first() -> None:
    late = replace(WAYS[0], arrives_at=90.0)
    stock = {"corner": {"mug": 9}, "downtown": {"mug": 9}, "memphis": {"mug": 9}}

    assert list(shipped(gated(4), a_view(**stock), mug=1)) == ["corner"]
    assert list(shipped(gated(4), a_view(late, *WAYS[1:], **stock), mug=1)) == ["downtown"]


def test_a_front_node_is_shut_to_orders_it_cannot_fill_alone() -> None:
    view = a_view(corner={"mug": 9}, memphis={"mug": 1}, reno={"lamp": 1})

    assert shipped(gated(4), view, mug=1, lamp=1) == {"memphis": {"mug": 1}, "reno": {"lamp": 1}}
    assert shipped(gated(4, whole_only=False), view, mug=1, lamp=1) == {"corner": {"mug": 1}, "reno": {"lamp": 1}}


def test_one_product_below_its_level_shuts_the_gate_for_the_whole_order() -> None:
    view = a_view(corner={"mug": 9, "lamp": 3}, memphis={"mug": 9, "lamp": 9})

    assert list(shipped(gated(4), view, mug=1, lamp=1)) == ["memphis"]
    assert list(shipped(gated(4), view, mug=1)) == ["corner"]


def test_with_parts_allowed_only_the_scarce_product_is_kept() -> None:
    view = a_view(corner={"mug": 9, "lamp": 3}, memphis={"lamp": 9})

    assert shipped(gated(4, whole_only=False), view, mug=1, lamp=1) == {"corner": {"mug": 1}, "memphis": {"lamp": 1}}


@pytest.mark.parametrize(
    ("open_gates", "node"),
    [("never", []), ("when_unfilled", ["corner"]), ("when_unfilled_or_late", ["corner"])],
)
def test_a_shut_gate_opens_for_an_order_nobody_else_can_fill_if_it_may(open_gates, node: list[str]) -> None:
    assert list(shipped(gated(4, open_gates=open_gates), a_view(corner={"mug": 3}), mug=1)) == node


@pytest.mark.parametrize(
    ("open_gates", "node"),
    [("never", "memphis"), ("when_unfilled", "memphis"), ("when_unfilled_or_late", "corner")],
)
def test_a_shut_gate_opens_for_an_order_that_would_be_late_if_it_may(open_gates, node: str) -> None:
    view = a_view(Way("corner", 30.0), Way("memphis", arrives_at=90.0), corner={"mug": 3}, memphis={"mug": 9})

    assert list(shipped(gated(4, open_gates=open_gates), view, mug=1)) == [node]


def test_gates_stay_shut_where_opening_them_helps_nobody() -> None:
    late = a_view(Way("corner", arrives_at=90.0), Way("memphis", 9.0, 90.0), corner={"mug": 3}, memphis={"mug": 9})
    short = a_view(corner={"mug": 1}, memphis={"mug": 9})

    assert list(shipped(gated(4), late, mug=1)) == ["memphis"]
    assert shipped(gated(4), short, mug=1, book=1) == {"memphis": {"mug": 1}}


def test_opened_gates_let_parts_of_orders_through() -> None:
    view, order = a_view(corner={"mug": 1}, memphis={"lamp": 1}), an_order(mug=1, lamp=1)

    decision = gated(4).decide(order, view)

    assert who_ships_what(decision) == {"corner": {"mug": 1}, "memphis": {"lamp": 1}}
    assert gated(4, open_gates="never").decide(order, view).unfilled == order.lines[:1]


def test_what_gates_keep_is_said_unless_they_were_opened() -> None:
    view, order = a_view(corner={"mug": 3}, downtown={"mug": 9}, memphis={"mug": 9, "lamp": 9}), an_order(mug=1, lamp=1)

    found = explain(order, gated(4).decide(order, view), view, gated(4))

    assert found.chosen == ("memphis",)
    assert found.rejected == {
        "corner": Reason.PROTECTED_STOCK,
        "downtown": Reason.INCOMPLETE_FOR_SINGLE,
        "reno": Reason.NO_STOCK,
    }
    assert gated(4).why_not("downtown", order, view) is Reason.INCOMPLETE_FOR_SINGLE
    needed = an_order(mug=20)
    assert gated(4).why_not("corner", needed, view) is None


def test_levels_are_the_last_that_match() -> None:
    policy = GatedGreedy(gates=(StockLevel(9), StockLevel(2, groups=("mfc",)), StockLevel(0, ("C",))))
    view = a_view(corner={"mug": 5}, downtown={"mug": 5}, memphis={"mug": 9})

    assert list(shipped(policy, view, mug=1)) == ["downtown"]


def test_without_a_level_a_gate_is_always_open() -> None:
    view = a_view(corner={"mug": 1}, memphis={"mug": 9})

    assert list(shipped(GatedGreedy(gates=(), threshold="more_than"), view, mug=1)) == ["corner"]


def test_the_front_may_be_named_by_group_kind_or_node() -> None:
    view = replace(
        a_view(corner={"mug": 1}, memphis={"mug": 1}, reno={"mug": 9}), groups={"corner": frozenset({"city"})}
    )

    assert list(shipped(gated(4), view, mug=1)) == ["memphis"]
    assert list(shipped(gated(4, front=("memphis",)), view, mug=1)) == ["corner"]
    assert list(shipped(gated(4, front=("city", "memphis")), view, mug=1)) == ["reno"]


@pytest.mark.parametrize(("basis", "node"), [("available_to_promise", "memphis"), ("on_hand", "corner")])
def test_the_stock_that_holds_a_gate_open_is_counted_as_asked(basis, node: str) -> None:
    view = replace(a_view(corner={"mug": 3}, memphis={"mug": 9}), promised={"corner": {"mug": 1}})

    assert list(shipped(gated(4, basis=basis), view, mug=1)) == [node]


def test_a_split_takes_the_cheapest_first_up_to_the_limit_on_parcels() -> None:
    view, order = a_view(memphis={"mug": 2}, reno={"mug": 2}, corner={"mug": 1}), an_order(mug=4)

    assert shipped(gated(4), view, mug=4) == {"memphis": {"mug": 2}, "reno": {"mug": 2}}
    decision = gated(4, max_shipments=1).decide(order, view)
    assert who_ships_what(decision) == {"memphis": {"mug": 2}}
    assert what(decision.unfilled) == {"mug": 2}
    assert gated(4, max_shipments=1, allow_partial=False).decide(order, view).shipments == ()


def test_lines_from_a_single_node_are_not_taken_apart() -> None:
    view, order = a_view(memphis={"mug": 1, "lamp": 1}, reno={"mug": 2}), an_order(mug=2, lamp=1)

    assert shipped(gated(4, unit="line"), view, mug=2, lamp=1) == {"memphis": {"lamp": 1}, "reno": {"mug": 2}}
    assert gated(4, unit="order").why_not("reno", order, view) is Reason.GROUP_SPLIT_FORBIDDEN


@pytest.mark.parametrize(("ties", "node"), [("priority", "reno"), ("distance", "memphis"), ("name", "corner")])
def test_equal_costs_are_told_apart_as_asked(ties, node: str) -> None:
    stock = {name: {"mug": 9} for name in ("corner", "memphis", "reno")}
    view = replace(
        a_view(*(Way(name) for name in stock), **stock),
        priorities={"corner": 3, "memphis": 2, "reno": 1},
        miles_to={"corner": 9.0, "memphis": 1.0, "reno": 5.0},
    )

    assert list(shipped(gated(4, ties=ties), view, mug=1)) == [node]


def test_the_node_chosen_ships_by_its_cheapest_service_in_time() -> None:
    ways = (
        Way("corner", usd=3.0, arrives_at=90.0, service="economy"),
        Way("corner", usd=5.0, arrives_at=48.0, service="ground"),
        Way("corner", usd=9.0, arrives_at=20.0, service="air"),
    )

    (shipment,) = gated(4).decide(an_order(mug=1), a_view(*ways, corner={"mug": 9})).shipments

    assert shipment.offer.service == "ground"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (
            {"open_gates": "always"},
            r"open_gates must be one of never, when_unfilled, when_unfilled_or_late, got 'always'",
        ),
        ({"max_shipments": 0}, r"max_shipments must be at least 1, got 0"),
    ],
)
def test_what_makes_no_sense_is_refused(wrong, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        GatedGreedy(**wrong)


def test_what_a_configuration_gets_wrong_is_told_with_its_path() -> None:
    with pytest.raises(ConfigurationError, match=r"(?s)routing.gates\[0\].*unknown field `share`"):
        load({"kind": "gated_greedy", "gates": [{"units": 1, "share": 0.2}]})


def test_the_shipped_part_holds_the_defaults() -> None:
    given = yaml.safe_load(CONF.read_text("utf-8"))

    assert load(given) == GatedGreedy()
    assert given.keys() - {"kind"} == set(GatedGreedy.__dataclass_fields__)
