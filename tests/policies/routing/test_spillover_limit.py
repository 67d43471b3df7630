"""`spillover_limit`: the local node first, and others only with what they have beyond their protected stock."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from math import inf
from pathlib import Path

import pytest
import yaml

from tests.factories import a_product
from tests.policies.worlds import SnapshotView, Way, an_order, ways_from, what, who_ships_what
from twin.domain.errors import ConfigurationError
from twin.policies.decision import Reason
from twin.policies.routing import load
from twin.policies.routing.explain import explain
from twin.policies.routing.scoring import StockLevel
from twin.policies.routing.spillover_limit import SpilloverLimit

NODES = ("akron", "dayton", "lima")
MILES = {"akron": 10.0, "dayton": 20.0, "lima": 30.0}
CONF = Path(__file__).resolve().parents[3] / "conf/routing/spillover_limit.yaml"


def keeping(units: int, **special) -> SpilloverLimit:
    return SpilloverLimit(keep=(StockLevel(units),), **special)


def a_view(**stock: dict[str, int]) -> SnapshotView:
    return SnapshotView(ways_from(*NODES), stock, miles_to=MILES)


def shipped(policy: SpilloverLimit, view: SnapshotView, **wanted: int) -> dict[str, dict[str, int]]:
    return who_ships_what(policy.decide(an_order(**wanted), view))


def test_the_local_node_gives_all_it_has() -> None:
    assert shipped(keeping(9), a_view(akron={"mug": 2}, dayton={"mug": 99}), mug=2) == {"akron": {"mug": 2}}


@pytest.mark.parametrize(
    ("threshold", "stock", "node"),
    [("at_least", 6, "dayton"), ("at_least", 5, "lima"), ("more_than", 7, "dayton"), ("more_than", 6, "lima")],
    ids=["the level is left", "less than the level would be left", "more is left", "only the level would be left"],
)
def test_another_node_helps_out_while_its_protected_stock_stays(threshold, stock: int, node: str) -> None:
    view = a_view(akron={}, dayton={"mug": stock}, lima={"mug": 99})

    assert list(shipped(keeping(4, threshold=threshold), view, mug=2)) == [node]


def test_what_others_have_beyond_their_level_fills_up_what_the_local_node_lacks() -> None:
    view = a_view(akron={"mug": 1}, dayton={"mug": 5}, lima={"mug": 6})

    assert shipped(keeping(4), view, mug=4) == {"akron": {"mug": 1}, "dayton": {"mug": 1}, "lima": {"mug": 2}}


def test_protected_stock_is_never_spilled_unless_it_is_released() -> None:
    view, order = a_view(akron={"mug": 1}, dayton={"mug": 4}, lima={"mug": 5}), an_order(mug=3)
    strict = keeping(4, release_when_unfilled=False)

    decision = strict.decide(order, view)

    assert who_ships_what(decision) == {"akron": {"mug": 1}, "lima": {"mug": 1}}
    assert what(decision.unfilled) == {"mug": 1}
    assert explain(order, decision, view, strict).rejected == {"dayton": Reason.PROTECTED_STOCK}
    assert keeping(4, release_when_unfilled=False, allow_partial=False).decide(order, view).shipments == ()


def test_released_stock_is_shipped_as_if_nothing_were_protected() -> None:
    view, order = a_view(akron={"mug": 1}, dayton={"mug": 4}, lima={"mug": 5}), an_order(mug=3)

    decision = keeping(4).decide(order, view)

    assert who_ships_what(decision) == {"dayton": {"mug": 3}}
    assert Reason.PROTECTED_STOCK not in explain(order, decision, view, keeping(4)).rejected.values()


def test_protection_orders_the_choice_where_somebody_has_enough_to_spare() -> None:
    view, order = a_view(akron={}, dayton={"mug": 4}, lima={"mug": 9}), an_order(mug=1)

    decision = keeping(4).decide(order, view)

    assert who_ships_what(decision) == {"lima": {"mug": 1}}
    assert explain(order, decision, view, keeping(4)).rejected["dayton"] is Reason.PROTECTED_STOCK


def test_protection_is_not_given_up_where_that_would_fill_no_more() -> None:
    view, order = a_view(akron={}, dayton={"mug": 4}, lima={"mug": 6}), an_order(mug=2, book=1)

    assert shipped(keeping(4), view, mug=2, book=1) == {"lima": {"mug": 2}}
    assert keeping(4).why_not("dayton", order, view) is Reason.PROTECTED_STOCK


@dataclass(frozen=True)
class Classes(SnapshotView):
    """A network in which mugs sell fast and lamps slowly, and some nodes are disabled."""

    disabled: frozenset[str] = frozenset()

    @property
    def products(self):
        """A mug of class A, a lamp of class C."""
        return {"mug": a_product("mug", velocity_class="A"), "lamp": a_product("lamp", velocity_class="C")}

    @cached_property
    def nodes(self):
        """Every node, enabled or not."""
        return {name: replace(node, enabled=name not in self.disabled) for name, node in super().nodes.items()}


@pytest.mark.parametrize(("sku", "node"), [("mug", "lima"), ("lamp", "dayton")])
def test_levels_are_by_velocity_class_and_group_and_the_last_match_counts(sku: str, node: str) -> None:
    keep = (StockLevel(9), StockLevel(5, ("A",)), StockLevel(0, ("C",)), StockLevel(0, ("A",), ("lima",)))
    stock = {"mug": 5, "lamp": 5}
    view = Classes(ways_from(*NODES), {"dayton": stock, "lima": stock, "akron": {}}, miles_to=MILES)

    assert list(shipped(SpilloverLimit(keep=keep), view, **{sku: 1})) == [node]


def test_without_a_level_that_matches_nothing_is_kept_even_of_the_last_unit() -> None:
    view = a_view(akron={}, dayton={"mug": 1})

    policy = SpilloverLimit(keep=(), threshold="more_than", release_when_unfilled=False)

    assert list(shipped(policy, view, mug=1)) == ["dayton"]


@pytest.mark.parametrize(("basis", "node"), [("available_to_promise", "lima"), ("on_hand", "dayton")])
def test_the_stock_that_has_to_stay_is_counted_as_asked(basis, node: str) -> None:
    view = replace(a_view(akron={}, dayton={"mug": 3}, lima={"mug": 99}), promised={"dayton": {"mug": 2}})

    assert list(shipped(keeping(4, basis=basis), view, mug=1)) == [node]


def test_a_local_node_that_takes_no_orders_now_is_still_the_local_one() -> None:
    view = replace(a_view(akron={"mug": 9}, dayton={"mug": 4}, lima={"mug": 5}), closed={"akron": Reason.ORDER_LIMIT})

    assert list(shipped(keeping(4), view, mug=1)) == ["lima"]


def test_a_node_that_is_not_in_use_is_nobodys_local_one() -> None:
    view = Classes(
        ways_from(*NODES),
        {"dayton": {"mug": 4}, "lima": {"mug": 5}},
        closed={"akron": Reason.NODE_DISABLED},
        miles_to=MILES,
        disabled=frozenset({"akron"}),
    )

    assert list(shipped(keeping(4), view, mug=1)) == ["dayton"]


def test_at_unknown_distances_nobody_is_local_and_everybody_keeps_their_stock() -> None:
    view = SnapshotView(
        ways_from(*NODES), {"akron": {"mug": 4}, "dayton": {"mug": 5}}, miles_to=dict.fromkeys(NODES, inf)
    )

    assert list(shipped(keeping(4), view, mug=1)) == ["dayton"]


def test_nodes_at_an_unknown_distance_come_last_or_not_at_all() -> None:
    view = SnapshotView(ways_from(*NODES), {"akron": {"mug": 9}, "dayton": {}}, miles_to={"akron": inf})
    order, strict = an_order(mug=1), keeping(4, unlocated="exclude")

    assert list(shipped(keeping(4), view, mug=1)) == ["akron"]
    assert strict.decide(order, view).shipments == ()
    assert strict.why_not("akron", order, view) is Reason.BEYOND_MAX_DISTANCE


def test_by_cost_the_local_node_is_the_cheapest_that_keeps_the_promise() -> None:
    ways = (Way("akron", 9.0), Way("dayton", 7.0), Way("lima", 5.0, arrives_at=90.0))
    stock = {"akron": {"mug": 5}, "dayton": {"mug": 1}, "lima": {"mug": 9}}
    view = SnapshotView(ways, stock, miles_to=MILES)

    assert list(shipped(keeping(4, rank_by="cost"), view, mug=1)) == ["dayton"]
    assert list(shipped(keeping(4, rank_by="cost"), replace(view, ways=ways[1:]), mug=2)) == ["lima"]


def test_by_cost_a_node_nobody_collects_from_is_not_local() -> None:
    view = SnapshotView((), {"akron": {"mug": 4}})

    assert keeping(4, rank_by="cost").why_not("akron", an_order(mug=1), view) is Reason.PROTECTED_STOCK


@pytest.mark.parametrize(
    ("keep_whole", "plan"),
    [(True, {"dayton": {"mug": 1, "lamp": 1}}), (False, {"akron": {"mug": 1}, "dayton": {"lamp": 1}})],
)
def test_one_node_with_all_of_it_to_spare_goes_before_a_split_if_asked(keep_whole: bool, plan) -> None:
    view = a_view(akron={"mug": 1}, dayton={"mug": 9, "lamp": 9})

    assert shipped(keeping(4, keep_whole=keep_whole), view, mug=1, lamp=1) == plan


def test_a_limit_on_parcels_ends_the_spillover() -> None:
    view = a_view(akron={"mug": 1}, dayton={"mug": 5}, lima={"mug": 6})

    decision = keeping(4, max_shipments=2, release_when_unfilled=False).decide(an_order(mug=4), view)

    assert who_ships_what(decision) == {"akron": {"mug": 1}, "dayton": {"mug": 1}}


def test_lines_from_a_single_node_are_not_taken_apart() -> None:
    view, order = a_view(akron={"mug": 1}, dayton={"mug": 5}, lima={"mug": 9}), an_order(mug=2)

    assert shipped(keeping(4, unit="line", keep_whole=False), view, mug=2) == {"lima": {"mug": 2}}
    assert keeping(4, unit="line").why_not("akron", order, view) is Reason.GROUP_SPLIT_FORBIDDEN


@pytest.mark.parametrize(("ties", "node"), [("priority", "lima"), ("name", "akron")])
def test_equally_near_nodes_are_told_apart_as_asked(ties, node: str) -> None:
    view = SnapshotView(ways_from(*NODES), {name: {"mug": 9} for name in NODES}, priorities={"akron": 2, "dayton": 3})

    assert list(shipped(SpilloverLimit(ties=ties), view, mug=1)) == [node]


def test_the_node_chosen_ships_by_its_cheapest_service_in_time() -> None:
    ways = (
        Way("akron", usd=3.0, arrives_at=90.0, service="economy"),
        Way("akron", usd=5.0, arrives_at=48.0, service="ground"),
        Way("akron", usd=9.0, arrives_at=20.0, service="air"),
    )

    (shipment,) = SpilloverLimit().decide(an_order(mug=1), SnapshotView(ways, {"akron": {"mug": 1}})).shipments

    assert shipment.offer.service == "ground"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"rank_by": "mood"}, r"rank_by must be one of distance, cost, got 'mood'"),
        ({"max_shipments": 0}, r"max_shipments must be at least 1, got 0"),
    ],
)
def test_what_makes_no_sense_is_refused(wrong, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        SpilloverLimit(**wrong)


def test_what_a_configuration_gets_wrong_is_told_with_its_path() -> None:
    with pytest.raises(ConfigurationError, match=r"(?s)routing.keep\[0\].units: 'many'.*Expected `int`"):
        load({"kind": "spillover_limit", "keep": [{"units": "many"}]})


def test_the_shipped_part_holds_the_defaults() -> None:
    given = yaml.safe_load(CONF.read_text("utf-8"))

    assert load(given) == SpilloverLimit()
    assert given.keys() - {"kind"} == set(SpilloverLimit.__dataclass_fields__)
