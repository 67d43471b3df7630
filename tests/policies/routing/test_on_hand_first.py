"""`on_hand_first` allocates as Solidus does: on hand over all locations, then backorders, then splitters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from tests.factories import a_product
from tests.policies.worlds import SnapshotView, an_order, lines_of, ways_from, what, who_ships_what
from twin.domain.errors import ConfigurationError
from twin.domain.products import POUNDS_PER_KG, Product
from twin.policies.decision import Reason
from twin.policies.routing import load
from twin.policies.routing.explain import explain
from twin.policies.routing.on_hand_first import Backordered, Category, OnHandFirst, Weight, _items, _lines

NODES = ("akron", "dayton", "lima")
HUNDRED_LB = 100.0 / POUNDS_PER_KG
PRODUCTS = {
    "mug": a_product("mug", category="kitchen"),
    "lamp": a_product("lamp", category="light"),
    "book": a_product("book", category="paper"),
    "anvil": a_product("anvil", category="heavy", weight_kg=HUNDRED_LB),
    "safe": a_product("safe", category="heavy", weight_kg=2 * HUNDRED_LB),
}


@dataclass(frozen=True)
class Warehouse(SnapshotView):
    """A network with products of several categories and weights."""

    @property
    def products(self) -> Mapping[str, Product]:
        return PRODUCTS


def a_view(stock: dict[str, dict[str, int]], **special) -> Warehouse:
    return Warehouse(ways_from(*NODES), stock, **special)


def packages(splitter, **quantities: int) -> list[dict[str, int]]:
    """Return the packages a splitter makes of some units."""
    return [what(_lines(part)) for part in splitter.split(_items(lines_of(**quantities), "unit"), PRODUCTS)]


def test_what_is_on_hand_comes_from_node_after_node_and_the_rest_is_backordered() -> None:
    view = a_view({"akron": {"mug": 2}, "dayton": {"mug": 3, "lamp": 1}}, priorities={"akron": 1, "dayton": 2})

    decision = OnHandFirst().decide(an_order(mug=4, lamp=3), view)

    assert who_ships_what(decision) == {"akron": {"mug": 2}, "dayton": {"mug": 2, "lamp": 1}}
    assert what(decision.unfilled) == {"lamp": 2}


def test_a_unit_that_a_later_node_has_on_hand_is_not_backordered_at_the_first() -> None:
    # Solidus issue 2122: two packages, not three
    view = a_view({"akron": {"mug": 1}, "dayton": {"mug": 1}})

    decision = OnHandFirst().decide(an_order(mug=2), view)

    assert who_ships_what(decision) == {"akron": {"mug": 1}, "dayton": {"mug": 1}}
    assert decision.unfilled == ()


def test_without_backorders_an_order_that_lacks_a_unit_waits_whole() -> None:
    decision = OnHandFirst(backorder=False).decide(an_order(mug=2), a_view({"akron": {"mug": 1}}))

    assert decision.shipments == ()
    assert what(decision.unfilled) == {"mug": 2}


def test_the_default_node_comes_first_and_the_others_in_order_of_priority() -> None:
    view = a_view({node: {"mug": 1} for node in NODES}, priorities={"akron": 3, "dayton": 2, "lima": 4})

    decision = OnHandFirst(default_node="lima").decide(an_order(mug=3), view)

    assert list(who_ships_what(decision)) == ["lima", "dayton", "akron"]


@pytest.mark.parametrize(("ties", "first"), [("name", "akron"), ("distance", "dayton")])
def test_equal_priorities_stand_as_asked(ties, first: str) -> None:
    view = a_view({"akron": {"mug": 1}, "dayton": {"mug": 1}}, miles_to={"akron": 90.0, "dayton": 10.0})

    assert list(who_ships_what(OnHandFirst(ties=ties).decide(an_order(mug=1), view))) == [first]


def test_by_default_all_categories_share_a_shipment() -> None:
    view = a_view({"akron": {"mug": 1, "lamp": 1}, "dayton": {"mug": 1, "lamp": 1}})

    assert who_ships_what(OnHandFirst().decide(an_order(mug=1, lamp=1), view)) == {"akron": {"mug": 1, "lamp": 1}}


def test_a_category_that_ships_alone_goes_from_the_next_node_that_has_it() -> None:
    view = a_view({"akron": {"mug": 1, "lamp": 1, "book": 1}, "dayton": {"lamp": 1}})
    policy = OnHandFirst(splitters=(Category(apart=("light",)),))

    decision = policy.decide(an_order(mug=1, lamp=1, book=1), view)

    assert who_ships_what(decision) == {"akron": {"mug": 1, "book": 1}, "dayton": {"lamp": 1}}


def test_a_category_that_no_other_node_has_goes_along_after_all() -> None:
    policy = OnHandFirst(splitters=(Category(apart="all"),))

    decision = policy.decide(an_order(mug=1, lamp=1), a_view({"akron": {"mug": 1, "lamp": 1}, "dayton": {"book": 1}}))

    assert who_ships_what(decision) == {"akron": {"mug": 1, "lamp": 1}}
    assert decision.unfilled == ()


def test_a_package_that_no_service_takes_gives_way_to_the_next_one() -> None:
    view = a_view({"akron": {"mug": 3, "lamp": 1}}, most_units=2)
    policy = OnHandFirst(splitters=(Category(apart="all"),))

    decision = policy.decide(an_order(mug=3, lamp=1), view)

    assert who_ships_what(decision) == {"akron": {"lamp": 1}}
    assert what(decision.unfilled) == {"mug": 3}


def test_categories_stand_in_the_order_of_their_first_items() -> None:
    assert packages(Category(apart="all"), lamp=2, mug=1, book=1) == [{"lamp": 2}, {"mug": 1}, {"book": 1}]


def test_categories_that_are_not_named_share_a_package() -> None:
    assert packages(Category(apart=("light",)), book=1, lamp=2, mug=1) == [{"book": 1, "mug": 1}, {"lamp": 2}]


def test_a_package_keeps_the_last_units_as_many_as_its_weight_allows() -> None:
    # 101 lb for an anvil and a mug, 201 lb with the other anvil
    assert packages(Weight(max_lb=150.0), anvil=2, mug=1) == [{"anvil": 1, "mug": 1}, {"anvil": 1}]


@pytest.mark.parametrize(
    ("threshold", "parts"), [("more_than", [{"anvil": 2}]), ("at_least", [{"anvil": 1}, {"anvil": 1}])]
)
def test_a_package_of_just_the_limit_is_divided_only_where_the_limit_is_too_much(threshold, parts) -> None:
    limit_lb = 2 * HUNDRED_LB * POUNDS_PER_KG

    assert packages(Weight(max_lb=limit_lb, threshold=threshold), anvil=2) == parts


def test_a_unit_that_is_too_heavy_by_itself_stays_alone() -> None:
    assert packages(Weight(), safe=2, mug=1) == [{"mug": 1}, {"safe": 1}, {"safe": 1}]


def test_units_on_order_need_no_package_of_their_own_here() -> None:
    assert packages(Backordered(), mug=1, lamp=1) == [{"mug": 1, "lamp": 1}]


def test_splitters_divide_one_after_the_other() -> None:
    stock = {"anvil": 2, "mug": 1}
    view = a_view({"akron": stock, "dayton": stock, "lima": stock})
    policy = OnHandFirst(splitters=(Category(apart=("heavy",)), Weight(max_lb=150.0)))

    decision = policy.decide(an_order(anvil=2, mug=1), view)

    assert who_ships_what(decision) == {"akron": {"anvil": 1}, "dayton": {"anvil": 1}, "lima": {"mug": 1}}


def test_a_splitter_does_not_tear_what_stays_together() -> None:
    view = a_view({"akron": {"anvil": 2}, "dayton": {"anvil": 2}})

    decision = OnHandFirst(splitters=(Weight(max_lb=150.0),), unit="line").decide(an_order(anvil=2), view)

    assert who_ships_what(decision) == {"akron": {"anvil": 2}}


def test_a_node_without_the_whole_of_any_line_is_out_because_lines_stay_together() -> None:
    order, view, policy = an_order(mug=2), a_view({"akron": {"mug": 1}, "dayton": {"mug": 2}}), OnHandFirst(unit="line")

    found = explain(order, policy.decide(order, view), view, policy)

    assert found.chosen == ("dayton",)
    assert found.rejected["akron"] is Reason.GROUP_SPLIT_FORBIDDEN


def test_splitters_are_read_from_a_list() -> None:
    given = [{"kind": "category", "apart": "all"}, {"kind": "weight", "max_lb": 70}, {"kind": "backordered"}]

    policy = load({"kind": "on_hand_first", "splitters": given})

    assert policy == OnHandFirst(splitters=(Category("all"), Weight(70.0), Backordered()))


@pytest.mark.parametrize(
    ("splitter", "message"),
    [
        ({"kind": "weight", "max_lb": 0}, r"splitters\[0\](.|\n)*max_lb must be finite and above zero, got 0"),
        ({"kind": "colour"}, r"splitters\[0\]\.kind(.|\n)*colour"),
        ({"kind": "weight", "limit": 3}, r"splitters\[0\](.|\n)*unknown field `limit`"),
    ],
)
def test_a_splitter_that_makes_no_sense_is_refused_with_its_path(splitter, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        load({"kind": "on_hand_first", "splitters": [splitter]})


def test_a_choice_that_there_is_not_is_refused() -> None:
    with pytest.raises(ValueError, match="ties must be one of priority, distance, name, got 'luck'"):
        OnHandFirst(ties="luck")
