"""`high_stock_split` and `sort_order_split` allocate as Saleor does: line by line, the pickup node first."""

from __future__ import annotations

import pytest

from tests.policies.worlds import SnapshotView, an_order, ways_from, what, who_ships_what
from twin.domain.errors import ConfigurationError
from twin.policies.decision import Reason
from twin.policies.routing import load
from twin.policies.routing.explain import explain
from twin.policies.routing.high_stock_split import HighStockSplit
from twin.policies.routing.sort_order_split import SortOrderSplit

NODES = ("akron", "dayton", "lima")
BOTH = pytest.mark.parametrize("policy", [HighStockSplit, SortOrderSplit])


def a_view(stock: dict[str, dict[str, int]], **special) -> SnapshotView:
    return SnapshotView(ways_from(*NODES), stock, **special)


def test_each_line_goes_to_the_node_with_the_most_of_that_product() -> None:
    view = a_view({"akron": {"mug": 9, "lamp": 1}, "dayton": {"mug": 5, "lamp": 2}})

    decision = HighStockSplit().decide(an_order(mug=1, lamp=1), view)

    assert who_ships_what(decision) == {"akron": {"mug": 1}, "dayton": {"lamp": 1}}


def test_a_line_that_the_fullest_node_cannot_fill_goes_on_to_the_next_fullest() -> None:
    view = a_view({"akron": {"mug": 2}, "dayton": {"mug": 4}, "lima": {"mug": 1}})

    decision = HighStockSplit().decide(an_order(mug=5), view)

    assert who_ships_what(decision) == {"dayton": {"mug": 4}, "akron": {"mug": 1}}


def test_two_lines_from_one_node_are_one_shipment() -> None:
    order = an_order(mug=1, book=1, lamp=1)
    view = a_view({"akron": {"mug": 3, "lamp": 3}, "dayton": {"book": 2}})

    decision = HighStockSplit().decide(order, view)

    assert who_ships_what(decision) == {"akron": {"mug": 1, "lamp": 1}, "dayton": {"book": 1}}


@pytest.mark.parametrize(
    ("rank_by", "first"),
    [("on_hand_minus_reserved", "akron"), ("on_hand", "dayton"), ("available_to_promise", "akron")],
)
def test_stock_is_counted_as_asked_and_as_in_the_original_without_what_is_promised(rank_by, first: str) -> None:
    view = a_view({"akron": {"mug": 4}, "dayton": {"mug": 2}}, promised={"dayton": {"mug": 7}})

    assert list(who_ships_what(HighStockSplit(rank_by).decide(an_order(mug=1), view))) == [first]


def test_stock_that_cannot_be_promised_ranks_a_node_first_but_is_not_shipped() -> None:
    # Saleor subtracts cart reservations from what may be taken, not from the key it sorts by
    class WithCarts(SnapshotView):
        def available_to_promise(self, node: str, sku: str) -> int:
            return 1 if node == "akron" else super().available_to_promise(node, sku)

    view = WithCarts(ways_from(*NODES), {"akron": {"mug": 9}, "dayton": {"mug": 3}})

    decision = HighStockSplit().decide(an_order(mug=3), view)

    assert who_ships_what(decision) == {"akron": {"mug": 1}, "dayton": {"mug": 2}}


@pytest.mark.parametrize(("ties", "first"), [("priority", "dayton"), ("distance", "lima"), ("name", "akron")])
def test_equally_full_nodes_stand_as_asked(ties, first: str) -> None:
    view = a_view(
        {node: {"mug": 1} for node in NODES},
        priorities={"akron": 2, "dayton": 1, "lima": 2},
        miles_to={"akron": 50.0, "dayton": 40.0, "lima": 30.0},
    )

    assert list(who_ships_what(HighStockSplit(ties=ties).decide(an_order(mug=1), view))) == [first]


def test_nodes_stand_in_order_of_priority_whatever_they_have() -> None:
    view = a_view({"akron": {"mug": 9}, "dayton": {"mug": 1}}, priorities={"akron": 2, "dayton": 1})

    decision = SortOrderSplit().decide(an_order(mug=3), view)

    assert who_ships_what(decision) == {"dayton": {"mug": 1}, "akron": {"mug": 2}}


@pytest.mark.parametrize(("ties", "first"), [("name", "akron"), ("distance", "dayton")])
def test_equal_priorities_stand_as_asked(ties, first: str) -> None:
    view = a_view({"akron": {"mug": 1}, "dayton": {"mug": 1}}, miles_to={"akron": 90.0, "dayton": 10.0})

    assert list(who_ships_what(SortOrderSplit(ties=ties).decide(an_order(mug=1), view))) == [first]


@BOTH
def test_the_pickup_node_always_comes_first(policy) -> None:
    view = a_view(
        {"akron": {"mug": 9}, "dayton": {"mug": 5}, "lima": {"mug": 1}}, priorities={"akron": 1, "dayton": 2, "lima": 3}
    )

    decision = policy(pickup_node="lima").decide(an_order(mug=3), view)

    assert who_ships_what(decision) == {"lima": {"mug": 1}, "akron": {"mug": 2}}


@BOTH
def test_an_order_that_lacks_a_unit_waits_whole(policy) -> None:
    decision = policy().decide(an_order(mug=3, lamp=1), a_view({"akron": {"mug": 2, "lamp": 1}}))

    assert decision.shipments == ()
    assert what(decision.unfilled) == {"mug": 3, "lamp": 1}


@BOTH
def test_with_partial_shipments_only_what_is_short_waits(policy) -> None:
    decision = policy(allow_partial=True).decide(an_order(mug=3, lamp=1), a_view({"akron": {"mug": 2, "lamp": 1}}))

    assert who_ships_what(decision) == {"akron": {"mug": 2, "lamp": 1}}
    assert what(decision.unfilled) == {"mug": 1}


@BOTH
def test_a_whole_line_comes_from_one_node_where_lines_stay_together(policy) -> None:
    view = a_view(
        {"akron": {"mug": 3, "lamp": 1}, "dayton": {"mug": 2}},
        priorities={"dayton": 1, "akron": 2},
    )

    decision = policy(unit="line", allow_partial=True).decide(an_order(mug=3, lamp=1), view)

    assert who_ships_what(decision) == {"akron": {"mug": 3, "lamp": 1}}


def test_where_the_order_stays_together_nodes_rank_by_their_stock_of_all_of_it() -> None:
    view = a_view({"akron": {"mug": 9, "lamp": 1}, "dayton": {"mug": 1, "lamp": 12}, "lima": {"lamp": 99}})

    decision = HighStockSplit(unit="order").decide(an_order(mug=1, lamp=1), view)

    assert who_ships_what(decision) == {"dayton": {"mug": 1, "lamp": 1}}


@BOTH
def test_a_node_without_the_whole_of_any_line_is_out_because_lines_stay_together(policy) -> None:
    order, view = an_order(mug=3), a_view({"akron": {"mug": 3}, "dayton": {"mug": 2}})
    chosen = policy(unit="line", allow_partial=True)

    found = explain(order, chosen.decide(order, view), view, chosen)

    assert found.chosen == ("akron",)
    assert found.rejected["dayton"] is Reason.GROUP_SPLIT_FORBIDDEN


@BOTH
def test_a_second_line_that_no_service_takes_along_goes_to_the_next_node(policy) -> None:
    view = a_view(
        {"akron": {"mug": 9, "lamp": 9}, "dayton": {"mug": 5, "lamp": 5}},
        priorities={"akron": 1, "dayton": 2},
        most_units=2,
    )

    decision = policy().decide(an_order(mug=2, lamp=2), view)

    assert who_ships_what(decision) == {"akron": {"mug": 2}, "dayton": {"lamp": 2}}


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"rank_by": "shelf"}, "rank_by must be one of on_hand, on_hand_minus_reserved, available_to_promise"),
        ({"unit": "box"}, "unit must be one of unit, line, order, got 'box'"),
        ({"ties": "stock"}, "ties must be one of priority, distance, name, got 'stock'"),
    ],
)
def test_a_choice_that_there_is_not_is_refused(parameters, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        HighStockSplit(**parameters)


@pytest.mark.parametrize("kind", ["high_stock_split", "sort_order_split"])
def test_a_configuration_with_an_unknown_tie_is_refused_with_its_path(kind: str) -> None:
    with pytest.raises(ConfigurationError, match=r"routing\.ties: ties = 'luck'"):
        load({"kind": kind, "ties": "luck"})
