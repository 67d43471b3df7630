"""`priority_split` and `distance_split` decide as Magento's multi-source inventory does: min(available, remaining)."""

from __future__ import annotations

import pytest

from tests.policies.worlds import SnapshotView, Way, an_order, ways_from, what, who_ships_what
from twin.policies.routing.distance_split import DistanceSplit
from twin.policies.routing.priority_split import PrioritySplit

NODES = ("akron", "dayton", "lima")


def a_view(
    *, priorities: dict[str, int] | None = None, miles: dict[str, float] | None = None, **stock: dict
) -> SnapshotView:
    return SnapshotView(ways_from(*NODES), stock, priorities=priorities or {}, miles_to=miles or {})


def test_msi_need_5_have_3_and_9_takes_3_and_2() -> None:
    # Vendure takes min(quantity, available) at each and ships 8
    view = a_view(priorities={"akron": 1, "dayton": 2}, akron={"mug": 3}, dayton={"mug": 9})

    decision = PrioritySplit().decide(an_order(mug=5), view)

    assert who_ships_what(decision) == {"akron": {"mug": 3}, "dayton": {"mug": 2}}
    assert decision.unfilled == ()


def test_msi_walks_down_line_by_line() -> None:
    view = a_view(
        priorities={"akron": 1, "dayton": 2, "lima": 3},
        akron={"mug": 1, "lamp": 5},
        dayton={"mug": 1},
        lima={"mug": 9, "book": 9},
    )

    decision = PrioritySplit().decide(an_order(mug=3, lamp=2, book=1), view)

    assert who_ships_what(decision) == {
        "akron": {"mug": 1, "lamp": 2},
        "dayton": {"mug": 1},
        "lima": {"mug": 1, "book": 1},
    }


def test_the_lowest_priority_number_goes_first_even_when_another_node_has_everything() -> None:
    view = a_view(priorities={"akron": 9, "dayton": 1}, akron={"mug": 5}, dayton={"mug": 1})

    assert who_ships_what(PrioritySplit().decide(an_order(mug=5), view)) == {"dayton": {"mug": 1}, "akron": {"mug": 4}}


def test_equal_priorities_stand_in_order_of_name() -> None:
    view = a_view(lima={"mug": 1}, akron={"mug": 1}, dayton={"mug": 1})

    assert list(who_ships_what(PrioritySplit().decide(an_order(mug=2), view))) == ["akron", "dayton"]


def test_the_nearest_node_goes_first() -> None:
    view = a_view(miles={"akron": 300.0, "dayton": 20.0, "lima": 90.0}, akron={"mug": 9}, dayton={"mug": 1},
                  lima={"mug": 1})  # fmt: skip

    assert who_ships_what(DistanceSplit().decide(an_order(mug=4), view)) == {
        "dayton": {"mug": 1},
        "lima": {"mug": 1},
        "akron": {"mug": 2},
    }


def test_equal_distances_go_by_priority_and_then_by_name() -> None:
    view = a_view(priorities={"akron": 2, "dayton": 1, "lima": 1}, akron={"mug": 1}, dayton={"mug": 1}, lima={"mug": 1})

    assert list(who_ships_what(DistanceSplit().decide(an_order(mug=3), view))) == ["dayton", "lima", "akron"]


BOTH = pytest.mark.parametrize("policy", [PrioritySplit, DistanceSplit])


@BOTH
def test_what_nobody_has_stays_unfilled(policy) -> None:
    decision = policy().decide(an_order(mug=5, lamp=1), a_view(akron={"mug": 3}, dayton={"mug": 1}))

    assert who_ships_what(decision) == {"akron": {"mug": 3}, "dayton": {"mug": 1}}
    assert what(decision.unfilled) == {"mug": 1, "lamp": 1}


@BOTH
def test_without_partial_shipments_all_of_it_waits(policy) -> None:
    decision = policy(allow_partial=False).decide(an_order(mug=5), a_view(akron={"mug": 3}, dayton={"mug": 1}))

    assert decision.shipments == ()
    assert what(decision.unfilled) == {"mug": 5}


@BOTH
def test_a_limit_on_shipments_ends_the_walk(policy) -> None:
    view = a_view(akron={"mug": 1}, dayton={"mug": 1}, lima={"mug": 1})

    decision = policy(max_shipments=2).decide(an_order(mug=3), view)

    assert who_ships_what(decision) == {"akron": {"mug": 1}, "dayton": {"mug": 1}}
    assert what(decision.unfilled) == {"mug": 1}


@BOTH
def test_a_node_with_nothing_of_the_order_does_not_count_as_a_shipment(policy) -> None:
    view = a_view(akron={"book": 4}, dayton={"mug": 2})

    assert who_ships_what(policy(max_shipments=1).decide(an_order(mug=2), view)) == {"dayton": {"mug": 2}}


@BOTH
def test_a_node_that_no_service_leaves_is_passed_over(policy) -> None:
    view = SnapshotView(ways_from("dayton"), {"akron": {"mug": 3}, "dayton": {"mug": 4}})

    decision = policy().decide(an_order(mug=5), view)

    assert who_ships_what(decision) == {"dayton": {"mug": 4}}
    assert what(decision.unfilled) == {"mug": 1}


@pytest.mark.parametrize(
    ("promised_by", "service"),
    [(72.0, "economy"), (36.0, "ground"), (12.0, "air")],
    ids=["the cheapest that keeps the promise", "a dearer one where the cheapest is late", "the first where all are"],
)
@BOTH
def test_the_service_is_the_cheapest_in_time_else_the_first_to_arrive(policy, promised_by, service) -> None:
    ways = (
        Way("akron", usd=9.0, arrives_at=20.0, service="air"),
        Way("akron", usd=5.0, arrives_at=30.0, service="ground"),
        Way("akron", usd=3.0, arrives_at=60.0, service="economy"),
    )
    view = SnapshotView(ways, {"akron": {"mug": 1}})

    (shipment,) = policy().decide(an_order(mug=1, promised_by=promised_by), view).shipments

    assert shipment.offer.service == service
