"""`fewest_splits` decides as Salesforce's routes with the fewest splits: singles before pairs before triples."""

from __future__ import annotations

from tests.policies.worlds import SnapshotView, an_order, ways_from, what, who_ships_what
from twin.policies.decision import Reason
from twin.policies.routing.fewest_splits import FewestSplits

MILES = {"akron": 10.0, "dayton": 20.0, "lima": 30.0, "toledo": 40.0, "xenia": 50.0}


def a_view(closed: tuple[str, ...] = (), miles: dict[str, float] | None = None, **stock: dict) -> SnapshotView:
    return SnapshotView(
        ways_from(*MILES),
        stock,
        closed=dict.fromkeys(closed, Reason.NODE_CLOSED),
        miles_to=MILES if miles is None else miles,
    )


def decided(view: SnapshotView, policy: FewestSplits | None = None, **quantities: int) -> dict:
    return who_ships_what((policy or FewestSplits()).decide(an_order(**quantities), view))


def test_a_far_node_with_everything_beats_two_near_ones() -> None:
    view = a_view(akron={"mug": 1}, dayton={"lamp": 1}, xenia={"mug": 1, "lamp": 1})

    assert decided(view, mug=1, lamp=1) == {"xenia": {"mug": 1, "lamp": 1}}


def test_of_single_nodes_the_nearest_ships() -> None:
    view = a_view(lima={"mug": 1}, dayton={"mug": 1}, xenia={"mug": 1})

    assert decided(view, mug=1) == {"dayton": {"mug": 1}}


def test_a_far_pair_beats_a_near_triple() -> None:
    view = a_view(akron={"mug": 1}, dayton={"lamp": 1}, lima={"book": 1}, xenia={"mug": 1, "lamp": 1})

    assert decided(view, mug=1, lamp=1, book=1) == {"lima": {"book": 1}, "xenia": {"mug": 1, "lamp": 1}}


def test_of_pairs_the_one_with_the_smallest_mean_distance_ships_the_nearer_node_first() -> None:
    # akron + dayton (30 miles) have three mugs, akron + lima (40) four; dayton + lima (50) have the five,
    # and so do akron + xenia (60), although akron is the nearest of all
    view = a_view(akron={"mug": 1}, dayton={"mug": 2}, lima={"mug": 3}, xenia={"mug": 4})

    found = decided(view, mug=5)

    assert list(found.items()) == [("dayton", {"mug": 2}), ("lima", {"mug": 3})]


def test_three_nodes_ship_where_no_two_have_it() -> None:
    view = a_view(akron={"mug": 1}, dayton={"lamp": 1}, xenia={"book": 1}, lima={"mug": 1})

    assert decided(view, mug=1, lamp=1, book=1) == {"akron": {"mug": 1}, "dayton": {"lamp": 1}, "xenia": {"book": 1}}


def test_equally_distant_sets_go_by_priority_and_name() -> None:
    view = a_view(miles={}, lima={"mug": 1}, dayton={"mug": 1}, xenia={"mug": 1})

    assert decided(view, mug=2) == {"dayton": {"mug": 1}, "lima": {"mug": 1}}


def test_only_the_nearest_nodes_that_have_something_are_combined() -> None:
    view = a_view(akron={"book": 9}, dayton={"mug": 1}, lima={"mug": 1}, xenia={"mug": 2})

    assert decided(view, FewestSplits(search_nodes=3), mug=3) == {"dayton": {"mug": 1}, "xenia": {"mug": 2}}
    # with two nodes to look at there is no set that fills it, so it is split from the nearest on
    assert decided(view, FewestSplits(search_nodes=2), mug=3) == {"dayton": {"mug": 1}, "lima": {"mug": 1}}


def test_a_node_that_has_all_of_it_is_found_however_far() -> None:
    view = a_view(akron={"mug": 1}, dayton={"mug": 1}, lima={"mug": 1}, xenia={"mug": 3})

    assert decided(view, FewestSplits(search_nodes=1), mug=3) == {"xenia": {"mug": 3}}


def test_what_no_set_can_fill_is_split_from_the_nearest_on_or_waits() -> None:
    view = a_view(akron={"mug": 1}, dayton={"mug": 1}, xenia={"mug": 1})

    partly = FewestSplits().decide(an_order(mug=4), view)
    waiting = FewestSplits(allow_partial=False).decide(an_order(mug=4), view)

    assert who_ships_what(partly) == {"akron": {"mug": 1}, "dayton": {"mug": 1}, "xenia": {"mug": 1}}
    assert what(partly.unfilled) == {"mug": 1}
    assert waiting.shipments == ()


def test_no_more_shipments_than_allowed() -> None:
    view = a_view(akron={"mug": 1}, dayton={"mug": 1}, lima={"mug": 1})

    assert decided(view, FewestSplits(max_shipments=2), mug=3) == {"akron": {"mug": 1}, "dayton": {"mug": 1}}


def test_a_closed_node_is_no_part_of_a_set() -> None:
    view = a_view(closed=("akron",), akron={"mug": 2}, dayton={"mug": 1}, lima={"mug": 1})

    assert decided(view, mug=2) == {"dayton": {"mug": 1}, "lima": {"mug": 1}}


def test_a_node_that_no_service_leaves_is_no_part_of_a_set() -> None:
    view = SnapshotView(
        ways_from("dayton", "lima"), {name: {"mug": 1} for name in ("akron", "dayton", "lima")}, miles_to=MILES
    )

    assert decided(view, mug=2) == {"dayton": {"mug": 1}, "lima": {"mug": 1}}
