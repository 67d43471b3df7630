"""`rule_fallthrough` decides as order routing in HotWax Commerce: items fall from rule to rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf

import pytest

from tests.factories import a_product
from tests.policies.worlds import SnapshotView, an_order, ways_from, what, who_ships_what
from twin.domain.errors import ConfigurationError
from twin.domain.orders import Order
from twin.domain.products import Product
from twin.policies.decision import Decision, Reason
from twin.policies.routing import load
from twin.policies.routing.explain import explain
from twin.policies.routing.rule_fallthrough import InventoryRule, Routing, RuleFallthrough

NODES = ("akron", "dayton", "lima", "toledo")
PRODUCTS = {
    "mug": a_product("mug", category="kitchen", price_usd=10.0),
    "lamp": a_product("lamp", category="light", price_usd=40.0),
    "bulb": a_product("bulb", category="light", price_usd=5.0),
    "book": a_product("book", category="paper", price_usd=15.0),
}


@dataclass(frozen=True)
class Facilities(SnapshotView):
    """A network with products of several categories, and nodes with few orders left today."""

    left: Mapping[str, float] = field(default_factory=dict)

    @property
    def products(self) -> Mapping[str, Product]:
        return PRODUCTS

    def orders_left(self, node: str) -> float:
        return self.left.get(node, inf)


def a_view(stock: dict[str, dict[str, int]], **special) -> Facilities:
    return Facilities(ways_from(*NODES), stock, **special)


def ladder(*rules: InventoryRule, **filters) -> RuleFallthrough:
    """A policy with one routing."""
    return RuleFallthrough((Routing(rules, **filters),))


def multi(**special) -> InventoryRule:
    """A rule that several nodes may share, by name unless told."""
    return InventoryRule(**{"assignment": "multi", "sort": (), **special})


def single(**special) -> InventoryRule:
    """A rule for one node, by name unless told."""
    return InventoryRule(**{"sort": (), **special})


def sent(rule_or_policy: InventoryRule | RuleFallthrough, view: SnapshotView, **quantities: int) -> dict:
    """Return who ships what of an order."""
    policy = ladder(rule_or_policy) if isinstance(rule_or_policy, InventoryRule) else rule_or_policy
    return who_ships_what(policy.decide(an_order(**quantities), view))


def why(policy: RuleFallthrough, order: Order, view: SnapshotView) -> dict[str, Reason]:
    """Return why each node is out."""
    return explain(order, policy.decide(order, view), view, policy).rejected


def test_orasingle_takes_the_first_node_that_has_everything_or_nobody() -> None:
    stock = {"akron": {"mug": 1}, "dayton": {"lamp": 1}, "lima": {"mug": 1, "lamp": 1}}

    assert sent(single(), a_view(stock), mug=1, lamp=1) == {"lima": {"mug": 1, "lamp": 1}}
    assert sent(single(), a_view({**stock, "lima": {"mug": 1}}), mug=1, lamp=1) == {}


def test_oramulti_lets_the_nearest_take_its_part_although_another_has_everything() -> None:
    view = a_view({"akron": {"mug": 1}, "dayton": {"mug": 1, "lamp": 1}}, miles_to={"akron": 5.0, "dayton": 50.0})

    assert sent(multi(sort=("distance",)), view, mug=1, lamp=1) == {"akron": {"mug": 1}, "dayton": {"lamp": 1}}


def test_oramulti_takes_units_of_a_line_from_several_nodes() -> None:
    view = a_view({"akron": {"mug": 2}, "dayton": {"mug": 4}})

    assert sent(multi(unit="unit", sort=("priority",)), view, mug=5) == {"dayton": {"mug": 4}, "akron": {"mug": 1}}


def test_what_a_rule_places_stays_placed_and_only_the_rest_falls_through() -> None:
    view = a_view({"akron": {"mug": 1}, "dayton": {"mug": 9, "lamp": 1}}, groups={"akron": frozenset({"shops"})})

    decision = ladder(multi(groups=("shops",)), single()).decide(an_order(mug=2, lamp=1), view)

    assert who_ships_what(decision) == {"akron": {"mug": 1}, "dayton": {"mug": 1, "lamp": 1}}


def test_a_node_that_two_rules_take_sends_one_shipment() -> None:
    view = a_view({"akron": {"mug": 5, "lamp": 1}})

    decision = ladder(multi(min_stock=5), multi()).decide(an_order(mug=1, lamp=1), view)

    assert len(decision.shipments) == 1
    assert who_ships_what(decision) == {"akron": {"mug": 1, "lamp": 1}}


def test_a_node_does_not_promise_twice_what_an_earlier_rule_took() -> None:
    order = an_order(mug=3)
    stock = {"akron": {"mug": 2}}

    decision = ladder(multi(), multi(), single()).decide(order, a_view(stock))

    assert who_ships_what(decision) == {"akron": {"mug": 2}}
    assert what(decision.unfilled) == {"mug": 1}


def test_what_no_service_takes_along_goes_from_another_node() -> None:
    view = a_view({"akron": {"mug": 2, "lamp": 2}, "dayton": {"lamp": 2}}, most_units=2)

    found = sent(ladder(multi(), line_by_line=True), view, mug=2, lamp=2)

    assert found == {"akron": {"mug": 2}, "dayton": {"lamp": 2}}


def test_a_rule_that_moves_to_the_queue_ends_the_fall() -> None:
    view = a_view({"akron": {"mug": 1}, "dayton": {"mug": 1}}, groups={"akron": frozenset({"shops"})})

    decision = ladder(multi(groups=("shops",), then="queue"), multi()).decide(an_order(mug=2), view)

    assert who_ships_what(decision) == {"akron": {"mug": 1}}
    assert what(decision.unfilled) == {"mug": 1}


def test_what_one_routing_leaves_goes_down_the_next_that_lets_it_in() -> None:
    first = Routing((multi(groups=("akron",)),), channels=("web",))
    second = Routing((multi(groups=("dayton",)),), channels=("market",))
    third = Routing((multi(groups=("lima",)),))
    view = a_view({node: {"mug": 1} for node in NODES})

    assert list(sent(RuleFallthrough((first, second, third)), view, mug=3)) == ["akron", "lima"]


def test_what_is_left_of_an_order_must_pass_the_filters_of_the_next_routing() -> None:
    lamps = Routing((multi(),), categories=("light",))
    view = a_view({"akron": {"lamp": 1}, "dayton": {"mug": 1}})
    first = Routing((multi(groups=("akron",)),))

    assert sent(RuleFallthrough((first, lamps)), view, mug=1, lamp=1) == {"akron": {"lamp": 1}}
    assert sent(RuleFallthrough((lamps,)), view, mug=1, lamp=1) == {"akron": {"lamp": 1}, "dayton": {"mug": 1}}


def test_what_is_in_the_queue_does_not_go_down_the_next_routing() -> None:
    routings = (Routing((multi(groups=("akron",), then="queue"),)), Routing((multi(),)))

    assert list(sent(RuleFallthrough(routings), a_view({node: {"mug": 1} for node in NODES}), mug=3)) == ["akron"]


@pytest.mark.parametrize(
    ("filters", "is_let_in"),
    [
        ({"service_levels": ("standard", "express")}, True),
        ({"service_levels": ("express",)}, False),
        ({"except_service_levels": ("standard",)}, False),
        ({"channels": ("web",)}, True),
        ({"channels": ("market",)}, False),
        ({"except_channels": ("web",)}, False),
        ({"except_channels": ("market",)}, True),
        ({"categories": ("light",)}, True),
        ({"categories": ("paper",)}, False),
        ({"except_categories": ("light",)}, True),
        ({"except_categories": ("light", "kitchen")}, False),
        ({"promised_within_hours": 48.0}, True),
        ({"promised_within_hours": 47.9}, False),
        ({"promised_after_hours": 48.0}, False),
        ({"promised_after_hours": 47.9}, True),
    ],
)
def test_an_order_goes_down_the_routings_whose_filters_it_passes(filters, is_let_in: bool) -> None:
    policy, view = ladder(multi(), **filters), a_view({"akron": {"mug": 1, "lamp": 1}})

    decision = policy.decide(an_order(mug=1, lamp=1, promised_by=48.0), view)

    assert bool(decision.shipments) is is_let_in


def test_the_promise_counts_from_now_not_from_midnight() -> None:
    class Later(Facilities):
        @property
        def now_hours(self) -> float:
            return 30.0

    view = Later(ways_from(*NODES), {"akron": {"mug": 1}})

    assert ladder(multi(), promised_within_hours=18.0).decide(an_order(mug=1, promised_by=48.0), view).shipments


def test_a_routing_by_promise_decides_each_line_alone_as_the_original_does() -> None:
    view = a_view({"akron": {"mug": 1}, "dayton": {"lamp": 1}})

    by_promise = ladder(single(), promised_within_hours=100.0)
    as_one = ladder(single(), promised_within_hours=100.0, line_by_line=False)

    assert sent(by_promise, view, mug=1, lamp=1) == {"akron": {"mug": 1}, "dayton": {"lamp": 1}}
    assert sent(as_one, view, mug=1, lamp=1) == {}


def test_only_nodes_of_the_groups_and_none_of_the_excepted_take_part() -> None:
    view = a_view(
        {node: {"mug": 1} for node in NODES},
        kinds={"akron": "store", "dayton": "store"},
        groups={"lima": frozenset({"shops"})},
    )

    found = sent(multi(groups=("store", "shops"), except_groups=("dayton",)), view, mug=4)

    assert list(found) == ["akron", "lima"]


@pytest.mark.parametrize(("threshold", "found"), [("at_least", ["akron", "dayton"]), ("more_than", ["akron"])])
def test_a_node_just_at_the_largest_distance_is_within_it_unless_told(threshold, found: list[str]) -> None:
    view = a_view({node: {"mug": 1} for node in NODES}, miles_to={"akron": 99.9, "dayton": 100.0, "lima": 100.1,
                                                                  "toledo": 500.0})  # fmt: skip

    assert list(sent(multi(max_miles=100.0, max_miles_threshold=threshold), view, mug=4)) == found


@pytest.mark.parametrize(
    ("unlocated", "found"), [("first", ["dayton", "akron"]), ("last", ["akron", "dayton"]), ("exclude", ["akron"])]
)
def test_a_node_without_coordinates_counts_as_next_door_as_in_the_original_or_as_told(unlocated, found) -> None:
    view = a_view({"akron": {"mug": 1}, "dayton": {"mug": 1}}, miles_to={"akron": 5.0, "dayton": inf})

    assert list(sent(multi(sort=("distance",), unlocated=unlocated), view, mug=2)) == found


def test_a_node_without_coordinates_passes_a_limit_on_distance_only_where_it_counts_as_next_door() -> None:
    view = a_view({"akron": {"mug": 1}}, miles_to={"akron": inf})

    assert sent(multi(max_miles=50.0), view, mug=1) == {"akron": {"mug": 1}}
    assert sent(multi(max_miles=50.0, unlocated="last"), view, mug=1) == {}


@pytest.mark.parametrize(("left", "keep_orders", "takes"), [(1, 1, False), (2, 1, True), (1, 0, True), (5, 5, False)])
def test_the_check_of_order_limits_stops_short_of_them(left: int, keep_orders: int, takes: bool) -> None:
    # the original compares orders taken + 1 < limit: a limit of 10 admits 9
    view = a_view({"akron": {"mug": 1}}, left={"akron": left})

    assert bool(sent(multi(keep_orders=keep_orders), view, mug=1)) is takes


def test_a_node_that_has_its_order_already_may_take_more_of_it() -> None:
    view = a_view({"akron": {"mug": 5, "lamp": 1}}, left={"akron": 2})
    closed_to_new_orders = multi(keep_orders=2)

    assert sent(ladder(multi(min_stock=5), closed_to_new_orders), view, mug=1, lamp=1) == {
        "akron": {"mug": 1, "lamp": 1}
    }
    assert sent(closed_to_new_orders, view, mug=1, lamp=1) == {}


@pytest.mark.parametrize(("threshold", "found"), [("at_least", ["akron", "dayton"]), ("more_than", ["akron"])])
def test_a_node_with_just_the_minimum_stock_is_let_in_or_not_as_told(threshold, found: list[str]) -> None:
    view = a_view({"akron": {"mug": 11}, "dayton": {"mug": 10}, "lima": {"mug": 9}})
    rule = multi(min_stock=10, threshold=threshold, unit="unit")

    assert list(sent(rule, view, mug=30)) == found


def test_minimum_stock_is_a_condition_that_the_order_may_use_up() -> None:
    assert sent(multi(min_stock=10), a_view({"akron": {"mug": 10}}), mug=10) == {"akron": {"mug": 10}}


def test_minimum_stock_is_asked_of_each_product_by_itself() -> None:
    view = a_view({"akron": {"mug": 10, "lamp": 9}, "dayton": {"lamp": 10}})

    assert sent(multi(min_stock=10), view, mug=1, lamp=1) == {"akron": {"mug": 1}, "dayton": {"lamp": 1}}
    assert sent(single(min_stock=10), view, mug=1, lamp=1) == {}


def test_under_a_minimum_stock_lines_are_whole_as_in_the_original() -> None:
    view = a_view({"akron": {"mug": 10}, "dayton": {"mug": 12}})

    assert sent(multi(min_stock=10), view, mug=12) == {"dayton": {"mug": 12}}
    assert sent(multi(min_stock=10), view, mug=13) == {}
    assert sent(multi(min_stock=10, unit="unit"), view, mug=13) == {"dayton": {"mug": 12}, "akron": {"mug": 1}}


def test_minimum_stock_can_count_what_is_on_hand() -> None:
    view = a_view({"akron": {"mug": 4}}, promised={"akron": {"mug": 6}})

    assert sent(multi(min_stock=10), view, mug=1) == {}
    assert sent(multi(min_stock=10, basis="on_hand"), view, mug=1) == {"akron": {"mug": 1}}


@pytest.mark.parametrize(("limit", "splits"), [(10.0, True), (10.01, False)])
def test_a_split_leaves_no_part_below_the_value(limit: float, splits: bool) -> None:
    view = a_view({"akron": {"mug": 1}, "dayton": {"lamp": 1}})

    assert bool(sent(multi(min_shipment_value_usd=limit), view, mug=1, lamp=1)) is splits


def test_neither_the_part_that_is_sent_nor_the_part_that_remains_may_be_below_the_value() -> None:
    # the lamp at akron is worth 40 but would leave a mug of 10; dayton has both
    view = a_view({"akron": {"lamp": 1}, "dayton": {"lamp": 1, "mug": 1}}, miles_to={"akron": 5.0, "dayton": 50.0})
    rule = multi(min_shipment_value_usd=20.0, sort=("distance",))

    assert sent(rule, view, mug=1, lamp=1) == {"dayton": {"mug": 1, "lamp": 1}}


def test_what_a_node_is_to_send_already_counts_to_the_value_of_its_shipment() -> None:
    view = a_view({"akron": {"mug": 5, "book": 1}, "dayton": {"book": 1}})
    policy = ladder(multi(min_stock=5), multi(min_shipment_value_usd=20.0))

    assert sent(policy, view, mug=1, book=1, lamp=1) == {"akron": {"mug": 1, "book": 1}}


def test_an_order_of_little_value_may_go_as_long_as_it_is_not_split() -> None:
    assert sent(multi(min_shipment_value_usd=50.0), a_view({"akron": {"mug": 1}}), mug=1) == {"akron": {"mug": 1}}


def test_lines_of_a_category_that_stays_together_go_from_one_node() -> None:
    view = a_view({"akron": {"mug": 1, "lamp": 1}, "dayton": {"lamp": 1, "bulb": 1}})

    torn = sent(multi(), view, mug=1, lamp=1, bulb=1)
    kept = sent(multi(keep_together=("light",)), view, mug=1, lamp=1, bulb=1)

    assert torn == {"akron": {"mug": 1, "lamp": 1}, "dayton": {"bulb": 1}}
    assert kept == {"akron": {"mug": 1}, "dayton": {"lamp": 1, "bulb": 1}}


def test_a_rule_for_complete_orders_takes_nothing_unless_it_can_place_everything() -> None:
    stock = {"akron": {"mug": 1}, "dayton": {"lamp": 1}}
    rule = multi(complete_only=True)

    assert sent(rule, a_view(stock), mug=1, lamp=1) == {"akron": {"mug": 1}, "dayton": {"lamp": 1}}
    assert sent(rule, a_view(stock), mug=2, lamp=1) == {}


def test_what_a_rule_for_complete_orders_leaves_alone_falls_through_whole() -> None:
    policy = ladder(multi(complete_only=True, groups=("akron",)), multi(groups=("dayton",)))

    found = sent(policy, a_view({"akron": {"mug": 1}, "dayton": {"mug": 2, "lamp": 1}}), mug=2, lamp=1)

    assert found == {"dayton": {"mug": 2, "lamp": 1}}


@pytest.mark.parametrize(
    ("sort", "first"),
    [
        (("distance",), "akron"),
        (("stock",), "dayton"),
        (("priority",), "lima"),
        (("orders_left",), "toledo"),
        (("sequence",), "dayton"),
        (("priority", "stock"), "lima"),
    ],
)
def test_nodes_stand_as_asked(sort, first: str) -> None:
    view = a_view(
        {"akron": {"mug": 1}, "dayton": {"mug": 4}, "lima": {"mug": 3}, "toledo": {"mug": 2}},
        miles_to={"akron": 1.0},
        priorities={"akron": 2, "dayton": 2, "lima": 1, "toledo": 1},
        left={"akron": 5, "dayton": 6, "lima": 7, "toledo": 8},
    )

    assert next(iter(sent(single(sort=sort, sequence=("dayton", "lima")), view, mug=1))) == first


def test_nodes_that_a_sequence_does_not_name_come_last() -> None:
    view = a_view({node: {"mug": 1} for node in NODES})

    found = sent(multi(sort=("sequence",), sequence=("toledo", "lima")), view, mug=4)

    assert list(found) == ["toledo", "lima", "akron", "dayton"]


def test_of_equals_the_node_with_more_lines_in_full_goes_before_one_with_more_stock() -> None:
    view = a_view({"akron": {"mug": 2}, "toledo": {"lamp": 1}})

    assert list(sent(multi(), view, mug=3, lamp=1)) == ["toledo", "akron"]


def test_equals_stand_by_lines_in_full_then_by_stock_then_by_name() -> None:
    view = a_view(
        {
            "akron": {"mug": 2, "lamp": 9},
            "dayton": {"mug": 3, "lamp": 1},
            "lima": {"mug": 3, "lamp": 2},
            "toledo": {"mug": 3, "lamp": 2},
        }
    )

    found = sent(multi(), view, mug=11, lamp=1)

    assert list(found) == ["akron", "lima", "toledo", "dayton"]


@pytest.mark.parametrize(("ties", "first"), [("name", "akron"), ("priority", "dayton"), ("distance", "lima")])
def test_what_is_equal_in_everything_goes_as_asked(ties, first: str) -> None:
    view = a_view(
        {node: {"mug": 1} for node in NODES},
        priorities={"akron": 2, "dayton": 1, "lima": 2, "toledo": 2},
        miles_to={"lima": 3.0},
    )

    assert list(sent(RuleFallthrough((Routing((single(),)),), ties), view, mug=1)) == [first]


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ({"groups": ("dayton",)}, Reason.OUTSIDE_GROUP),
        ({"except_groups": ("akron",)}, Reason.OUTSIDE_GROUP),
        ({"max_miles": 99.0}, Reason.BEYOND_MAX_DISTANCE),
        ({"keep_orders": 3}, Reason.ORDER_LIMIT),
        ({"min_stock": 3}, Reason.BELOW_MIN_STOCK),
        ({"unit": "line"}, Reason.GROUP_SPLIT_FORBIDDEN),
        ({"unit": "order"}, Reason.GROUP_SPLIT_FORBIDDEN),
        ({"keep_together": ("kitchen",)}, Reason.GROUP_SPLIT_FORBIDDEN),
        ({"min_shipment_value_usd": 40.0}, Reason.BELOW_SPLIT_VALUE),
        ({"assignment": "single"}, Reason.INCOMPLETE_FOR_SINGLE),
    ],
)
def test_a_node_is_out_for_the_filter_that_keeps_it_out(rule, reason: Reason) -> None:
    view = a_view({"akron": {"mug": 2}, "dayton": {"mug": 9}}, miles_to={"dayton": 10.0}, left={"akron": 3})

    found = why(ladder(multi(**{"sort": ("distance",), **rule})), an_order(mug=5), view)

    assert found == {"akron": reason, "lima": Reason.NO_STOCK, "toledo": Reason.NO_STOCK}


def test_of_several_rules_the_reason_is_that_of_the_rule_a_node_got_farthest_in() -> None:
    view = a_view({"akron": {"mug": 2}, "dayton": {"mug": 9}})
    policy = ladder(single(groups=("dayton",)), multi(min_stock=3), multi(max_miles=5.0))

    assert why(policy, an_order(mug=5), view)["akron"] is Reason.BELOW_MIN_STOCK


def test_a_node_that_a_rule_would_have_taken_is_out_for_no_rule() -> None:
    view = a_view({"akron": {"mug": 9}, "dayton": {"mug": 9}})
    policy = ladder(single(groups=("dayton",)), single())

    assert why(policy, an_order(mug=5), view)["akron"] is Reason.DOMINATED


def test_an_order_that_no_routing_lets_in_finds_no_node_in_any_group() -> None:
    order, view = an_order(mug=1), a_view({"akron": {"mug": 1}})
    policy = ladder(single(), channels=("market",))

    decision = policy.decide(order, view)

    assert decision == Decision(order.number, (), order.lines)
    assert why(policy, order, view)["akron"] is Reason.OUTSIDE_GROUP


def test_the_default_ladder_prefers_a_split_nearby_to_a_far_node_and_that_to_a_far_split() -> None:
    miles = {"akron": 20.0, "dayton": 60.0, "lima": 800.0, "toledo": 900.0}
    nearby = a_view({"akron": {"mug": 1}, "dayton": {"lamp": 1}, "lima": {"mug": 1, "lamp": 1}}, miles_to=miles)
    far = a_view({"akron": {"book": 1}, "lima": {"mug": 1}, "toledo": {"mug": 1, "lamp": 1}}, miles_to=miles)

    assert list(sent(RuleFallthrough(), nearby, mug=1, lamp=1)) == ["akron", "dayton"]
    assert list(sent(RuleFallthrough(), far, mug=1, lamp=1)) == ["toledo"]


def test_routings_are_read_from_lists() -> None:
    rule = {"name": "near", "groups": ["shops"], "max_miles": 50, "min_stock": 3, "threshold": "more_than",
            "sort": ["stock", "distance"], "assignment": "multi", "then": "queue"}  # fmt: skip
    given = [{"name": "express", "service_levels": ["express"], "rules": [rule]}]

    policy = load({"kind": "rule_fallthrough", "routings": given})

    made = InventoryRule(**{**rule, "groups": ("shops",), "max_miles": 50.0, "sort": ("stock", "distance")})
    assert policy == RuleFallthrough((Routing((made,), "express", service_levels=("express",)),))


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ({"max_miles": -1.0}, "max_miles, min_stock, keep_orders and min_shipment_value_usd must be finite and not"),
        ({"min_stock": -3}, "must be finite and not negative, got 0.0, -3, 1, 0.0"),
        ({"sort": ["sequence"]}, "a rule that sorts by sequence must give the sequence"),
        ({"sort": ["luck"]}, r"rules\[0\]\.sort\[0\](.|\n)*luck"),
        ({"assignment": "both"}, r"rules\[0\]\.assignment(.|\n)*both"),
        ({"grups": []}, "unknown field `grups`"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_with_its_path(rule, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message) as refused:
        load({"kind": "rule_fallthrough", "routings": [{"rules": [rule]}]})

    assert "routing.routings[0].rules[0]" in str(refused.value)


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        ({"unlocated": "nowhere"}, "unlocated must be one of first, last, exclude, got 'nowhere'"),
        ({"then": "cancel"}, "then must be one of next_rule, queue, got 'cancel'"),
        ({"unit": "box"}, "unit must be one of unit, line, order, got 'box'"),
        ({"threshold": "about"}, "threshold must be one of at_least, more_than, got 'about'"),
        ({"sort": ("luck",)}, "sort must be one of distance, stock, orders_left, priority, sequence, got 'luck'"),
    ],
)
def test_a_choice_that_there_is_not_is_refused(choice, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        InventoryRule(**choice)


def test_a_policy_without_routings_and_a_routing_without_rules_are_refused() -> None:
    with pytest.raises(ValueError, match="routings must hold at least one routing"):
        RuleFallthrough(())
    with pytest.raises(ValueError, match="routing 'express' needs at least one rule"):
        Routing((), "express")


def test_an_order_of_another_channel_goes_down_its_own_routing() -> None:
    web = Routing((single(groups=("akron",)),), channels=("web",))
    market = Routing((single(groups=("dayton",)),), channels=("market",))
    view, order = a_view({"akron": {"mug": 1}, "dayton": {"mug": 1}}), an_order(mug=1)
    elsewhere = Order(8, 0.0, "market", order.destination, order.service_level, order.lines, 48.0, (), 0.0)

    policy = RuleFallthrough((web, market))

    assert list(who_ships_what(policy.decide(order, view))) == ["akron"]
    assert list(who_ships_what(policy.decide(elsewhere, view))) == ["dayton"]
