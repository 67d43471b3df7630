"""`rule_stack` ranks nodes as the order routing rules of Shopify and Spree do: ties go to the next rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import combinations
from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.policies.worlds import SnapshotView, an_order, ways_from, what, who_ships_what
from twin.domain.errors import ConfigurationError
from twin.domain.nodes import FulfillmentNode
from twin.domain.orders import units_of
from twin.policies.decision import Reason
from twin.policies.routing import load
from twin.policies.routing.explain import explain
from twin.policies.routing.rule_stack import (
    Closest,
    DefaultLocation,
    MinimizeSplits,
    MostLines,
    PreferredLocation,
    RankedLocations,
    RuleStack,
    StayInMarket,
)

SKUS = ("book", "lamp", "mug")
NODES = ("akron", "dayton", "lima", "toledo")
SPREE = (PreferredLocation("lima"), MostLines(), DefaultLocation("toledo"))


@dataclass(frozen=True)
class Markets(SnapshotView):
    """A network with nodes in other regions than the customer's."""

    regions: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def nodes(self) -> Mapping[str, FulfillmentNode]:
        found = super().nodes
        return {
            name: replace(node, place=replace(node.place, region=self.regions.get(name, node.place.region)))
            for name, node in found.items()
        }


def a_view(stock: dict[str, dict[str, int]], **special) -> Markets:
    return Markets(ways_from(*NODES), stock, **special)


def shippers(policy: RuleStack, view: SnapshotView, **quantities: int) -> list[str]:
    """Return who ships an order, in the order of the plan."""
    return list(who_ships_what(policy.decide(an_order(**quantities), view)))


def test_a_node_with_the_whole_order_goes_before_closer_ones_with_a_part() -> None:
    view = a_view(
        {"akron": {"mug": 1}, "dayton": {"lamp": 1}, "lima": {"mug": 1, "lamp": 1}},
        miles_to={"akron": 1.0, "dayton": 2.0, "lima": 900.0},
    )

    assert shippers(RuleStack(), view, mug=1, lamp=1) == ["lima"]


def test_of_nodes_with_the_whole_order_the_market_decides_before_the_distance() -> None:
    view = a_view(
        {node: {"mug": 1} for node in NODES},
        miles_to={"akron": 10.0, "dayton": 80.0, "lima": 50.0, "toledo": 70.0},
        regions={"akron": "northeast"},
    )

    assert shippers(RuleStack(), view, mug=1) == ["lima"]


def test_the_order_of_the_rules_decides() -> None:
    view = a_view(
        {node: {"mug": 1} for node in NODES},
        miles_to={"akron": 10.0, "dayton": 80.0, "lima": 50.0, "toledo": 70.0},
        regions={"akron": "northeast"},
    )

    assert shippers(RuleStack((MinimizeSplits(), Closest(), StayInMarket())), view, mug=1) == ["akron"]


def test_equals_of_all_rules_go_to_the_closest_and_then_by_name() -> None:
    view = a_view({node: {"mug": 1} for node in NODES}, miles_to={"akron": 90.0, "dayton": 20.0, "lima": 20.0})

    assert shippers(RuleStack(()), view, mug=3) == ["dayton", "lima", "akron"]


def test_where_no_node_has_the_order_two_go_before_three_that_are_closer() -> None:
    view = a_view(
        {
            "akron": {"mug": 1},
            "dayton": {"lamp": 1},
            "lima": {"book": 1},
            "toledo": {"lamp": 1, "book": 1},
        },
        miles_to={"akron": 1.0, "dayton": 2.0, "lima": 3.0, "toledo": 500.0},
    )

    assert shippers(RuleStack(), view, mug=1, lamp=1, book=1) == ["akron", "toledo"]


def test_of_pairs_the_one_with_fewer_nodes_outside_the_market_goes_even_if_it_is_farther() -> None:
    view = a_view(
        {"akron": {"mug": 1}, "dayton": {"lamp": 1}, "lima": {"lamp": 1}},
        miles_to={"akron": 10.0, "dayton": 20.0, "lima": 400.0},
        regions={"dayton": "northeast"},
    )

    assert shippers(RuleStack(), view, mug=1, lamp=1) == ["akron", "lima"]


@pytest.mark.parametrize(
    ("miles", "pair"),
    [
        ({"akron": 10.0, "lima": 600.0, "dayton": 40.0, "toledo": 50.0}, ["dayton", "toledo"]),
        ({"akron": 10.0, "lima": 100.0, "dayton": 80.0, "toledo": 90.0}, ["akron", "lima"]),
    ],
    ids=["not the one with the closest node", "not the one whose farthest node is closer"],
)
def test_of_pairs_in_the_market_the_one_with_fewer_miles_together_goes(miles, pair: list[str]) -> None:
    stock = {
        "akron": {"mug": 2},
        "lima": {"lamp": 1, "book": 1},
        "dayton": {"mug": 2, "book": 1},
        "toledo": {"lamp": 1},
    }

    assert shippers(RuleStack(), a_view(stock, miles_to=miles), mug=2, lamp=1, book=1) == pair


@settings(max_examples=50)
@given(
    stock=st.fixed_dictionaries({node: st.dictionaries(st.sampled_from(SKUS), st.integers(1, 3)) for node in NODES}),
    wanted=st.dictionaries(st.sampled_from(SKUS), st.integers(1, 4), min_size=1),
    miles_to=st.fixed_dictionaries({node: st.sampled_from([10.0, 20.0, 300.0]) for node in NODES}),
)
def test_no_smaller_set_could_send_as_much(stock, wanted, miles_to) -> None:
    decision = RuleStack().decide(an_order(**wanted), a_view(stock, miles_to=miles_to))

    def sent_by(nodes: Iterable[str]) -> int:
        return sum(min(units, sum(stock[node].get(sku, 0) for node in nodes)) for sku, units in wanted.items())

    most = sent_by(NODES)
    assert sum(wanted.values()) - units_of(decision.unfilled) == most
    smaller = combinations(NODES, len(decision.shipments) - 1) if decision.shipments else ()
    assert all(sent_by(nodes) < most for nodes in smaller)


def test_units_of_a_line_may_come_from_two_nodes_and_the_best_ranked_gives_all_it_has() -> None:
    view = a_view({"akron": {"mug": 2}, "dayton": {"mug": 3}}, miles_to={"akron": 50.0, "dayton": 20.0})

    assert who_ships_what(RuleStack().decide(an_order(mug=4), view)) == {"dayton": {"mug": 3}, "akron": {"mug": 1}}


def test_what_nobody_has_does_not_hinder_the_smallest_set() -> None:
    view = a_view({"akron": {"mug": 1}, "dayton": {"lamp": 1}, "lima": {"mug": 1, "lamp": 1}}, miles_to={"lima": 900.0})

    decision = RuleStack().decide(an_order(mug=1, lamp=1, book=1), view)

    assert who_ships_what(decision) == {"lima": {"mug": 1, "lamp": 1}}
    assert what(decision.unfilled) == {"book": 1}


def test_without_partial_shipments_an_order_that_lacks_a_unit_waits_whole() -> None:
    decision = RuleStack(allow_partial=False).decide(an_order(mug=1, book=1), a_view({"akron": {"mug": 1}}))

    assert decision.shipments == ()
    assert what(decision.unfilled) == {"mug": 1, "book": 1}


def test_a_rule_before_minimize_splits_decides_before_it() -> None:
    view = a_view({"akron": {"mug": 1}, "dayton": {"mug": 1, "lamp": 1}})
    rules = (RankedLocations(("akron",)), MinimizeSplits())

    decision = RuleStack(rules).decide(an_order(mug=1, lamp=1), view)

    assert who_ships_what(decision) == {"akron": {"mug": 1}, "dayton": {"lamp": 1}}


def test_nodes_that_are_equal_before_minimize_splits_are_split_as_little_as_possible() -> None:
    view = a_view(
        {"akron": {"mug": 1}, "dayton": {"lamp": 1}, "lima": {"mug": 1, "lamp": 1}, "toledo": {"mug": 9, "lamp": 9}},
        groups={"akron": frozenset({"own"}), "dayton": frozenset({"own"}), "lima": frozenset({"own"})},
        miles_to={"lima": 800.0, "toledo": 1.0},
    )

    assert shippers(RuleStack((RankedLocations(("own",)), MinimizeSplits())), view, mug=1, lamp=1) == ["lima"]


def test_ranked_locations_are_names_kinds_or_groups_and_the_others_come_last() -> None:
    view = a_view(
        {node: {"mug": 1} for node in NODES},
        kinds={"dayton": "store"},
        groups={"lima": frozenset({"outlets"})},
        miles_to={"akron": 1.0},
    )

    policy = RuleStack((RankedLocations(("toledo", "outlets", "store")),))

    assert shippers(policy, view, mug=4) == ["toledo", "lima", "dayton", "akron"]


def test_a_preferred_node_goes_first_and_the_rule_abstains_on_all_others() -> None:
    view = a_view({node: {"mug": 1, "lamp": 1} for node in NODES} | {"lima": {"mug": 1}})

    decision = RuleStack(SPREE).decide(an_order(mug=1, lamp=1), view)

    assert who_ships_what(decision) == {"lima": {"mug": 1}, "toledo": {"lamp": 1}}


def test_a_preferred_node_that_there_is_not_changes_nothing() -> None:
    view = a_view({"akron": {"mug": 1, "lamp": 1}, "dayton": {"mug": 1}, "toledo": {"lamp": 1}})

    policy = RuleStack((PreferredLocation("reno"), MostLines(), DefaultLocation("toledo")))

    assert shippers(policy, view, mug=1, lamp=1) == ["akron"]


def test_sprees_minimize_splits_counts_the_lines_a_node_has_in_full() -> None:
    # three packages where lima and dayton would do: coverage is counted node by node
    view = a_view({"akron": {"mug": 1, "lamp": 1, "book": 1}, "dayton": {"mug": 3}, "lima": {"lamp": 2, "book": 1}})

    decision = RuleStack((MostLines(),)).decide(an_order(mug=3, lamp=2, book=1), view)

    assert list(who_ships_what(decision)) == ["lima", "akron", "dayton"]


def test_the_default_node_goes_before_the_others_that_are_equal() -> None:
    view = a_view({node: {"mug": 1} for node in NODES}, miles_to={"akron": 5.0, "toledo": 900.0})

    assert shippers(RuleStack((DefaultLocation("toledo"),)), view, mug=2) == ["toledo", "akron"]


@pytest.mark.parametrize(("unlocated", "found"), [("last", ["dayton", "akron"]), ("exclude", ["dayton"])])
def test_a_node_without_coordinates_comes_last_or_not_at_all(unlocated, found: list[str]) -> None:
    view = a_view({"akron": {"mug": 1}, "dayton": {"mug": 1}}, miles_to={"akron": inf, "dayton": 900.0})

    assert shippers(RuleStack(unlocated=unlocated), view, mug=2) == found


def test_a_node_that_is_not_among_the_best_ranked_ships_only_what_the_set_leaves() -> None:
    stock = {"akron": {"mug": 1}, "dayton": {"mug": 1}, "lima": {"mug": 2, "lamp": 1}}
    view = a_view(stock, miles_to={"akron": 1.0, "dayton": 2.0, "lima": 3.0})

    decision = RuleStack(search_nodes=2).decide(an_order(mug=3, lamp=1), view)

    assert who_ships_what(decision) == {"akron": {"mug": 1}, "dayton": {"mug": 1}, "lima": {"mug": 1, "lamp": 1}}


def test_a_node_behind_the_budget_that_has_the_whole_order_is_found() -> None:
    view = a_view({"akron": {"mug": 1}, "dayton": {"mug": 1}, "lima": {"mug": 3}}, miles_to={"lima": 900.0})

    assert shippers(RuleStack(search_nodes=1), view, mug=3) == ["lima"]


def test_nodes_that_no_set_was_made_of_are_pruned() -> None:
    stock = {"akron": {"mug": 1}, "dayton": {"lamp": 1}, "lima": {"mug": 1}, "toledo": {"mug": 1}}
    order, view = an_order(mug=1, lamp=1), a_view(stock, miles_to={"akron": 1.0, "dayton": 2.0, "lima": 3.0})
    policy = RuleStack(search_nodes=3)

    found = explain(order, policy.decide(order, view), view, policy)

    assert found.chosen == ("akron", "dayton")
    assert found.rejected == {"lima": Reason.INCOMPLETE_FOR_SINGLE, "toledo": Reason.PRUNED}


def test_nodes_without_coordinates_or_whole_lines_are_out_for_that_reason() -> None:
    order, view = an_order(mug=2), a_view({"akron": {"mug": 9}, "dayton": {"mug": 1}, "lima": {"mug": 9}},
                                          miles_to={"akron": inf})  # fmt: skip
    policy = RuleStack(unit="line", unlocated="exclude")

    found = explain(order, policy.decide(order, view), view, policy)

    assert found.chosen == ("lima",)
    assert found.rejected["akron"] is Reason.BEYOND_MAX_DISTANCE
    assert found.rejected["dayton"] is Reason.GROUP_SPLIT_FORBIDDEN


def test_whole_lines_come_from_one_node_where_lines_stay_together() -> None:
    view = a_view({"akron": {"mug": 2, "lamp": 1}, "dayton": {"mug": 1}, "lima": {"mug": 3}})

    decision = RuleStack(unit="line").decide(an_order(mug=3, lamp=1), view)

    assert who_ships_what(decision) == {"akron": {"lamp": 1}, "lima": {"mug": 3}}


def test_rules_are_read_from_a_list() -> None:
    given = [
        {"kind": "preferred_location", "location": "lima"},
        {"kind": "ranked_locations", "locations": ["store", "akron"]},
        {"kind": "minimize_splits"},
        {"kind": "stay_in_market"},
    ]

    policy = load({"kind": "rule_stack", "rules": given})

    rules = (PreferredLocation("lima"), RankedLocations(("store", "akron")), MinimizeSplits(), StayInMarket())
    assert policy == RuleStack(rules)


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ([{"kind": "fastest"}], r"rules\[0\]\.kind(.|\n)*fastest"),
        ([{"kind": "closest"}, {"kind": "default_location"}], r"rules\[1\](.|\n)*missing required field `location`"),
        ([{"kind": "minimize_splits"}] * 2, "minimize_splits can stand only once among the rules"),
    ],
)
def test_rules_that_make_no_sense_are_refused(rules, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        load({"kind": "rule_stack", "rules": rules})


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"search_nodes": 0}, "search_nodes must be at least 1, got 0"),
        ({"unit": "box"}, "unit must be one of unit, line, order, got 'box'"),
        ({"unlocated": "first"}, "unlocated must be one of last, exclude, got 'first'"),
    ],
)
def test_a_parameter_that_makes_no_sense_is_refused(parameters, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        RuleStack(**parameters)
