"""`min_cost`, the default: the cheapest way to keep an order whole, else the cheapest split, lateness charged for."""

from __future__ import annotations

from typing import ClassVar

import pytest

from tests.policies.worlds import SnapshotView, Way, an_order, ways_from, what, who_ships_what
from twin.policies.decision import Decision, Reason
from twin.policies.routing.min_cost import MinCost

ONE = {"mug": 1}


def chosen(decision: Decision) -> list[tuple[str, str]]:
    return [(shipment.offer.node, shipment.offer.service) for shipment in decision.shipments]


def test_the_cheaper_whole_shipment_is_taken() -> None:
    view = SnapshotView((Way("akron", usd=7.0), Way("dayton", usd=5.0)), {"akron": ONE, "dayton": ONE})

    decision = MinCost().decide(an_order(mug=1), view)

    assert chosen(decision) == [("dayton", "parcel_ground")]
    assert decision.unfilled == ()
    assert decision.shipments[0].arrives_at == 24.0


def test_an_order_is_kept_whole_even_where_splitting_it_would_be_cheaper() -> None:
    view = SnapshotView(
        (Way("akron", usd=1.0), Way("dayton", usd=1.0), Way("xenia", usd=90.0)),
        {"akron": {"mug": 1}, "dayton": {"lamp": 1}, "xenia": {"mug": 1, "lamp": 1}},
    )

    assert who_ships_what(MinCost().decide(an_order(mug=1, lamp=1), view)) == {"xenia": {"mug": 1, "lamp": 1}}


def test_a_split_that_is_cheaper_is_taken_where_the_planner_allows_it() -> None:
    view = SnapshotView(
        (Way("akron", usd=1.0), Way("dayton", usd=1.0), Way("xenia", usd=90.0)),
        {"akron": {"mug": 1}, "dayton": {"lamp": 1}, "xenia": {"mug": 1, "lamp": 1}},
    )
    policy = MinCost(splits="where_cheaper")

    assert who_ships_what(policy.decide(an_order(mug=1, lamp=1), view)) == {"akron": {"mug": 1}, "dayton": {"lamp": 1}}


def test_a_whole_shipment_that_costs_no_more_than_any_split_stays_whole() -> None:
    view = SnapshotView(
        (Way("akron", usd=1.0), Way("dayton", usd=1.0), Way("xenia", usd=2.0)),
        {"akron": {"mug": 1}, "dayton": {"lamp": 1}, "xenia": {"mug": 1, "lamp": 1}},
    )
    policy = MinCost(splits="where_cheaper")

    assert who_ships_what(policy.decide(an_order(mug=1, lamp=1), view)) == {"xenia": {"mug": 1, "lamp": 1}}


def test_an_unknown_way_to_split_is_refused() -> None:
    with pytest.raises(ValueError, match="splits must be one of where_needed, where_cheaper, got 'always'"):
        MinCost(splits="always")  # type: ignore[arg-type]  # what is tested


def test_equal_costs_go_to_the_first_node_by_name() -> None:
    view = SnapshotView(ways_from("xenia", "akron", "dayton"), {"xenia": ONE, "akron": ONE, "dayton": ONE})

    assert chosen(MinCost().decide(an_order(mug=1), view)) == [("akron", "parcel_ground")]


@pytest.mark.parametrize(
    ("saved_usd", "node"),
    [(11.0, "akron"), (10.0, "akron"), (9.0, "dayton")],
    ids=["late pays", "late costs as much as it saves: the lower price goes first", "late costs more"],
)
def test_lateness_is_charged_by_the_order_and_by_the_day(saved_usd: float, node: str) -> None:
    # akron is cheaper and 24 hours late: $8 and $2 for the day
    view = SnapshotView(
        (Way("akron", usd=20.0 - saved_usd, arrives_at=72.0), Way("dayton", usd=20.0, arrives_at=48.0)),
        {"akron": ONE, "dayton": ONE},
    )

    assert chosen(MinCost(8.0, 2.0).decide(an_order(mug=1), view)) == [(node, "parcel_ground")]


def test_a_faster_service_of_the_same_node_is_bought_where_lateness_costs_more() -> None:
    ways = (Way("akron", usd=5.0, arrives_at=60.0), Way("akron", usd=14.0, arrives_at=20.0, service="parcel_air"))
    view = SnapshotView(ways, {"akron": ONE})

    assert chosen(MinCost(8.0, 2.0).decide(an_order(mug=1), view)) == [("akron", "parcel_ground")]  # 5 + 8 + 1
    assert chosen(MinCost(8.5, 2.0).decide(an_order(mug=1), view)) == [("akron", "parcel_air")]


def test_an_order_is_split_where_no_node_has_all_of_it() -> None:
    view = SnapshotView(ways_from("akron", "dayton"), {"akron": {"mug": 2}, "dayton": {"lamp": 1}})

    decision = MinCost().decide(an_order(mug=2, lamp=1), view)

    assert who_ships_what(decision) == {"akron": {"mug": 2}, "dayton": {"lamp": 1}}
    assert decision.unfilled == ()


def test_the_cheapest_pair_of_nodes_is_taken() -> None:
    view = SnapshotView(
        (Way("akron", usd=4.0), Way("dayton", usd=6.0), Way("lima", usd=3.0), Way("xenia", usd=5.0)),
        {"akron": {"mug": 1}, "dayton": {"mug": 1}, "lima": {"lamp": 1}, "xenia": {"lamp": 1}},
    )

    assert who_ships_what(MinCost().decide(an_order(mug=1, lamp=1), view)) == {"akron": {"mug": 1}, "lima": {"lamp": 1}}


@pytest.mark.parametrize(("split_usd", "nodes"), [(0.5, {"akron", "dayton", "lima"}), (1.5, {"dayton", "xenia"})])
def test_every_further_shipment_costs_something(split_usd: float, nodes: set[str]) -> None:
    # three cheap shipments for $3, or dayton and a fuller xenia for $4
    view = SnapshotView(
        (Way("akron", usd=1.0), Way("dayton", usd=1.0), Way("lima", usd=1.0), Way("xenia", usd=3.0)),
        {"akron": {"mug": 1}, "dayton": {"lamp": 1}, "lima": {"book": 1}, "xenia": {"mug": 1, "book": 1}},
    )

    decision = MinCost(split_usd=split_usd).decide(an_order(mug=1, lamp=1, book=1), view)

    assert set(who_ships_what(decision)) == nodes


def test_every_shipment_of_a_split_pays_for_its_boxes() -> None:
    # without boxes three shipments cost $3 against $3.50; with a box of $1 for each it is $6 against $5.50
    ways = (Way("akron", usd=1.0), Way("dayton", usd=1.0), Way("lima", usd=1.0), Way("xenia", usd=2.5))
    stock = {"akron": {"mug": 1}, "dayton": {"lamp": 1}, "lima": {"book": 1}, "xenia": {"mug": 1, "book": 1}}
    policy, order = MinCost(split_usd=0.0), an_order(mug=1, lamp=1, book=1)

    cheap_boxes = policy.decide(order, SnapshotView(ways, stock))
    dear_boxes = policy.decide(order, SnapshotView(ways, stock, box_usd=1.0))

    assert set(who_ships_what(cheap_boxes)) == {"akron", "dayton", "lima"}
    assert set(who_ships_what(dear_boxes)) == {"dayton", "xenia"}


def test_lateness_is_charged_for_each_shipment_of_a_split() -> None:
    view = SnapshotView(
        (Way("akron", usd=1.0), Way("dayton", usd=4.0, arrives_at=60.0), Way("lima", usd=12.0)),
        {"akron": {"mug": 1}, "dayton": {"lamp": 1}, "lima": {"lamp": 1}},
    )
    order = an_order(mug=1, lamp=1)

    assert set(who_ships_what(MinCost(6.0, 2.0).decide(order, view))) == {"akron", "dayton"}  # 4 + 6 + 1 < 12
    assert set(who_ships_what(MinCost(8.0, 2.0).decide(order, view))) == {"akron", "lima"}  # 4 + 8 + 1 > 12


@pytest.mark.parametrize(("max_shipments", "shipped"), [(1, 3), (2, 5), (3, 6), (9, 6)])
def test_a_split_is_no_deeper_than_allowed(max_shipments: int, shipped: int) -> None:
    view = SnapshotView(
        ways_from("akron", "dayton", "lima"), {"akron": {"mug": 1}, "dayton": {"mug": 3}, "lima": {"mug": 2}}
    )

    decision = MinCost(max_shipments=max_shipments).decide(an_order(mug=6), view)

    assert sum(units for of_node in who_ships_what(decision).values() for units in of_node.values()) == shipped
    assert sum(what(decision.unfilled).values()) == 6 - shipped
    assert len(decision.shipments) == min(max_shipments, 3)


def test_fewer_units_left_behind_beat_any_cost() -> None:
    view = SnapshotView((Way("akron", usd=1.0), Way("dayton", usd=500.0)), {"akron": {"mug": 1}, "dayton": {"mug": 2}})

    decision = MinCost(max_shipments=1).decide(an_order(mug=3), view)

    assert who_ships_what(decision) == {"dayton": {"mug": 2}}


def test_what_nobody_has_stays_unfilled_or_holds_all_of_it_back() -> None:
    view = SnapshotView(ways_from("akron", "dayton"), {"akron": {"mug": 1}, "dayton": {"mug": 1}})

    partly = MinCost().decide(an_order(mug=3), view)
    waiting = MinCost(allow_partial=False).decide(an_order(mug=3), view)

    assert what(partly.unfilled) == {"mug": 1}
    assert (waiting.shipments, what(waiting.unfilled)) == ((), {"mug": 3})


def test_nothing_ships_where_nobody_has_anything_or_nothing_leads_there() -> None:
    order = an_order(mug=1)

    assert MinCost().decide(order, SnapshotView(ways_from("akron"), {"akron": {}})) == Decision(7, (), order.lines)
    assert MinCost().decide(order, SnapshotView((), {"akron": ONE})) == Decision(7, (), order.lines)


def test_an_order_too_large_for_any_service_goes_in_parts_that_are_not() -> None:
    view = SnapshotView(ways_from("akron", "dayton"), {"akron": {"mug": 2}, "dayton": {"mug": 2}}, most_units=2)

    assert who_ships_what(MinCost().decide(an_order(mug=4), view)) == {"akron": {"mug": 2}, "dayton": {"mug": 2}}


def test_a_closed_node_is_passed_over_however_cheap() -> None:
    view = SnapshotView(
        (Way("akron", usd=1.0), Way("dayton", usd=9.0)),
        {"akron": ONE, "dayton": ONE},
        closed={"akron": Reason.ORDER_LIMIT},
    )

    assert chosen(MinCost().decide(an_order(mug=1), view)) == [("dayton", "parcel_ground")]


def test_a_narrow_search_looks_only_at_the_largest_parts() -> None:
    # by parts of two units akron and xenia are one way each; lima's single mug completes dayton's two for less
    view = SnapshotView(
        (Way("akron", usd=9.0), Way("dayton", usd=5.0), Way("lima", usd=1.0)),
        {"akron": {"mug": 2, "lamp": 1}, "dayton": {"lamp": 1, "book": 1}, "lima": {"mug": 2}},
    )
    order = an_order(mug=2, lamp=1, book=1)

    wide = MinCost(search_parts=8).decide(order, view)
    narrow = MinCost(search_parts=1).decide(order, view)

    assert set(who_ships_what(wide)) == {"dayton", "lima"}
    assert set(who_ships_what(narrow)) == {"akron", "dayton"}


class CountingView(SnapshotView):
    """Counts the questions it was asked about single offers and nodes."""

    asked: ClassVar[list[str]] = []

    def arrives_at(self, offer) -> float:
        self.asked.append(offer.node)
        return super().arrives_at(offer)


def test_the_search_ends_at_the_first_offer_that_nothing_later_can_beat() -> None:
    ways = tuple(Way(f"node-{number:02}", usd=5.0 + number) for number in range(50))
    view = CountingView(ways, {way.node: ONE for way in ways[1:]})

    MinCost().decide(an_order(mug=1), view)

    assert CountingView.asked == ["node-00", "node-01"]  # the first has none; the third costs more already
