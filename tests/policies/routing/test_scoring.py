"""What the scoring policies share: levels of stock, plans within a budget, rankings by cost, ratings."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from tests.factories import COLUMBUS, a_node, a_product, a_stage
from tests.policies.worlds import SnapshotView, Way, an_order, lines_of, ways_from, who_ships_what
from twin.domain.orders import units_of
from twin.policies.decision import Reason
from twin.policies.routing.scoring import (
    Budget,
    Guarded,
    StockLevel,
    by_cost,
    hours_behind,
    level_of,
    ratings,
    whole_or_split,
)
from twin.policies.routing.walk import take_in_turn

NODES = ("akron", "dayton", "lima", "toledo")


@dataclass(frozen=True)
class Classes(SnapshotView):
    """A network in which mugs sell fast and lamps slowly."""

    @property
    def products(self):
        """A mug of class A, a lamp of class C."""
        return {"mug": a_product("mug", velocity_class="A"), "lamp": a_product("lamp", velocity_class="C")}


CLASSES = Classes(ways_from(*NODES), {}, kinds={"akron": "store"}, groups={"dayton": frozenset({"ohio"})})


@pytest.mark.parametrize(
    ("node", "sku", "units"),
    [("lima", "lamp", 1), ("lima", "mug", 9), ("akron", "mug", 4), ("akron", "lamp", 4), ("dayton", "lamp", 7)],
)
def test_the_last_level_that_matches_product_and_node_counts(node: str, sku: str, units: int) -> None:
    levels = (
        StockLevel(1),
        StockLevel(9, velocity_classes=("A",)),
        StockLevel(4, groups=("store",)),
        StockLevel(7, velocity_classes=("B", "C"), groups=("ohio",)),
    )

    assert level_of(levels, node, sku, CLASSES) == units


def test_without_a_level_that_matches_there_is_none() -> None:
    assert level_of((StockLevel(1, velocity_classes=("B",)),), "akron", "mug", CLASSES) is None


def test_a_level_below_zero_is_refused() -> None:
    with pytest.raises(ValueError, match=r"units of a stock level must not be negative, got -1"):
        StockLevel(-1)


def test_a_guarded_node_promises_the_least_of_what_it_has_and_what_it_may_give() -> None:
    view = SnapshotView((), {"akron": {"mug": 5, "lamp": 5, "book": 5}, "dayton": {"mug": 5}})
    limits = {"mug": 3, "lamp": -2, "book": None}

    guarded = Guarded(view, frozenset({"dayton"}), lambda node, sku: limits[sku])

    assert [guarded.available_to_promise("akron", sku) for sku in limits] == [3, 0, 5]
    assert guarded.available_to_promise("dayton", "mug") == 0
    assert guarded.can_fill("akron", lines_of(mug=3, book=5))
    assert not guarded.can_fill("akron", lines_of(mug=4))


def test_ratings_run_from_the_worst_candidate_at_0_to_the_best_at_1() -> None:
    assert ratings({"akron": 30.0, "dayton": 10.0, "lima": 20.0}) == {"akron": 0.0, "dayton": 1.0, "lima": 0.5}


def test_equal_candidates_all_get_1() -> None:
    assert ratings({"akron": 7.0, "dayton": 7.0}) == {"akron": 1.0, "dayton": 1.0}
    assert ratings({"akron": inf, "dayton": inf}) == {"akron": 1.0, "dayton": 1.0}
    assert ratings({}) == {}


def test_an_unknown_value_counts_as_twice_as_far_from_the_best_as_the_worst_known() -> None:
    assert ratings({"akron": 10.0, "dayton": 30.0, "lima": inf}) == {"akron": 1.0, "dayton": 0.5, "lima": 0.0}
    assert ratings({"akron": 10.0, "lima": inf}) == {"akron": 1.0, "lima": 0.0}


def test_ranked_by_cost_nodes_in_time_come_first_and_those_nobody_collects_from_last() -> None:
    ways = (
        Way("akron", usd=9.0),
        Way("dayton", usd=4.0, arrives_at=90.0),
        Way("lima", usd=3.0, arrives_at=90.0),
        Way("lima", usd=12.0, arrives_at=20.0, service="parcel_air"),
    )
    view = SnapshotView(ways, {"toledo": {"mug": 1}})

    assert by_cost(an_order(mug=1), view) == ["akron", "lima", "dayton", "toledo"]


def test_equal_costs_are_ranked_as_asked() -> None:
    view = SnapshotView(
        ways_from("akron", "dayton", "lima"),
        {},
        priorities={"akron": 2, "dayton": 1, "lima": 3},
        miles_to={"akron": 30.0, "dayton": 20.0, "lima": 10.0},
    )

    order = an_order(mug=1)

    assert by_cost(order, view, "name") == ["akron", "dayton", "lima"]
    assert by_cost(order, view, "priority") == ["dayton", "akron", "lima"]
    assert by_cost(order, view, "distance") == ["lima", "dayton", "akron"]


def test_a_backlog_is_shared_by_the_stations_of_the_slowest_stage() -> None:
    stages = (a_stage("pick", stations=1, work=0.1), a_stage("pack", stations=4, work=1.0))

    class Busy(SnapshotView):
        @cached_property
        def nodes(self):
            return {"akron": a_node("akron", COLUMBUS, stages=stages)}

    assert hours_behind("akron", Busy((), {}, backlogs={"akron": 10.0})) == 2.5


def test_the_first_node_with_all_of_an_order_goes_before_a_split() -> None:
    view = SnapshotView(ways_from(*NODES), {"akron": {"mug": 1}, "dayton": {"mug": 2}, "lima": {"mug": 2}})

    assert who_ships_what(whole_or_split(NODES, an_order(mug=2), view, None, "unit")) == {"dayton": {"mug": 2}}
    assert who_ships_what(whole_or_split(NODES, an_order(mug=4), view, None, "unit")) == {
        "akron": {"mug": 1},
        "dayton": {"mug": 2},
        "lima": {"mug": 1},
    }


def test_a_ranking_is_kept_to_as_far_as_the_limit_lets_it() -> None:
    view = SnapshotView(
        ways_from(*NODES), {"akron": {"mug": 1}, "dayton": {"mug": 1}, "lima": {"mug": 2}, "toledo": {"mug": 9}}
    )
    order = an_order(mug=3)

    plans = {limit: Budget(9, limit, "unit").keeping_to(NODES, order, view) for limit in (None, 3, 2, 1)}

    assert {limit: list(who_ships_what(plan)) for limit, plan in plans.items()} == {
        None: ["akron", "dayton", "lima"],
        3: ["akron", "dayton", "lima"],
        2: ["akron", "lima"],
        1: ["toledo"],
    }


def test_where_the_limit_leaves_units_behind_the_first_of_the_fullest_plans_is_kept() -> None:
    view = SnapshotView(ways_from(*NODES), {"akron": {"mug": 1}, "dayton": {"mug": 3}, "lima": {"mug": 3}})

    plan = Budget(9, 1, "unit").keeping_to(NODES, an_order(mug=5), view)

    assert who_ships_what(plan) == {"dayton": {"mug": 3}}


def test_what_no_set_within_the_budget_fills_is_filled_up_from_behind_it() -> None:
    view = SnapshotView(ways_from(*NODES), {"akron": {"mug": 1}, "dayton": {"lamp": 1}, "lima": {"book": 1}})
    order, budget = an_order(mug=1, lamp=1, book=1), Budget(1, 2, "unit")

    plan = budget.best(NODES, order, view, (2,), lambda plan: (len(plan.shipments),))

    assert who_ships_what(plan) == {"akron": {"mug": 1}, "dayton": {"lamp": 1}}
    assert budget.why_not("lima", NODES, plan, order, view) is Reason.MAX_SPLITS


@pytest.mark.parametrize(("search_nodes", "max_shipments"), [(0, 1), (1, 0)])
def test_a_budget_of_nothing_is_refused(search_nodes: int, max_shipments: int) -> None:
    with pytest.raises(ValueError, match=r"must be at least 1, got 0"):
        Budget(search_nodes, max_shipments, "unit")


stocks = st.fixed_dictionaries(
    {node: st.dictionaries(st.sampled_from(["mug", "lamp", "book"]), st.integers(0, 3)) for node in NODES}
)
prices = st.tuples(*(st.sampled_from([3.0, 4.0, 5.5]) for _ in NODES))


def a_key(plan):
    return sum(sent.offer.cost_usd for sent in plan.shipments), [sent.offer.node for sent in plan.shipments]


@settings(max_examples=60)
@given(stock=stocks, usd=prices, limit=st.integers(1, 4))
def test_the_best_plan_is_that_of_trying_every_set_of_nodes(stock, usd, limit: int) -> None:
    view = SnapshotView(tuple(Way(node, price) for node, price in zip(NODES, usd, strict=True)), stock)
    order = an_order(mug=3, lamp=2, book=1)
    sets = [nodes for size in range(1, limit + 1) for nodes in combinations(NODES, size)]
    every = [take_in_turn(nodes, order, view, None) for nodes in sets]
    best = min((units_of(plan.unfilled), *a_key(plan)) for plan in every)

    found = Budget(4, limit, "unit").best(NODES, order, view, (limit,), a_key)

    assert (units_of(found.unfilled), *a_key(found)) == best


@settings(max_examples=60)
@given(stock=stocks, limit=st.integers(1, 4))
def test_a_walk_under_a_limit_leaves_no_more_than_any_set_does(stock, limit: int) -> None:
    view = SnapshotView(ways_from(*NODES), stock)
    order = an_order(mug=3, lamp=2, book=1)
    every = [take_in_turn(nodes, order, view, None) for nodes in combinations(NODES, limit)]

    found = Budget(4, limit, "unit").keeping_to(NODES, order, view)

    assert units_of(found.unfilled) == min(units_of(plan.unfilled) for plan in every)


def test_a_smaller_set_that_fills_the_order_ends_the_search() -> None:
    ways = (Way("akron", 9.0), Way("dayton", 1.0), Way("lima", 1.0))
    view = SnapshotView(ways, {"akron": {"mug": 1, "lamp": 1}, "dayton": {"mug": 1}, "lima": {"lamp": 1}})
    order, budget = an_order(mug=1, lamp=1), Budget(9, 2, "unit")

    assert list(who_ships_what(budget.best(NODES, order, view, (1, 2), a_key))) == ["akron"]
    assert list(who_ships_what(budget.best(NODES, order, view, (2,), a_key))) == ["dayton", "lima"]


def test_a_node_behind_the_budget_is_still_looked_at_alone() -> None:
    view = SnapshotView(ways_from(*NODES), {"akron": {"mug": 1}, "dayton": {"lamp": 1}, "lima": {"mug": 1, "lamp": 1}})
    order, budget = an_order(mug=1, lamp=1), Budget(2, 2, "unit")

    plan = budget.best(NODES, order, view, (1, 2), lambda plan: (len(plan.shipments),))

    assert list(who_ships_what(plan)) == ["lima"]
    assert budget.why_not("lima", NODES, structs.replace(plan, shipments=()), order, view) is None
