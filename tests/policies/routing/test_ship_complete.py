"""`ship_complete` decides as HotWax Commerce's single-facility assignment does: one node takes all, or nothing goes."""

from __future__ import annotations

import pytest

from tests.policies.worlds import SnapshotView, Way, an_order, ways_from, what, who_ships_what
from twin.policies.decision import Reason
from twin.policies.routing.ship_complete import ShipComplete


def test_orasingle_takes_one_node_that_has_every_unit() -> None:
    view = SnapshotView(ways_from("akron", "dayton"), {"akron": {"mug": 9}, "dayton": {"mug": 9, "lamp": 1}})

    assert who_ships_what(ShipComplete().decide(an_order(mug=2, lamp=1), view)) == {"dayton": {"mug": 2, "lamp": 1}}


def test_orasingle_ships_nothing_where_only_two_nodes_together_have_it() -> None:
    view = SnapshotView(ways_from("akron", "dayton"), {"akron": {"mug": 2}, "dayton": {"lamp": 1}})

    decision = ShipComplete().decide(an_order(mug=2, lamp=1), view)

    assert decision.shipments == ()
    assert what(decision.unfilled) == {"mug": 2, "lamp": 1}


@pytest.mark.parametrize(("rank_by", "node"), [("cost", "akron"), ("distance", "dayton"), ("priority", "lima")])
def test_nodes_are_ranked_as_asked(rank_by, node: str) -> None:
    view = SnapshotView(
        (Way("akron", usd=1.0), Way("dayton", usd=2.0), Way("lima", usd=3.0)),
        {name: {"mug": 1} for name in ("akron", "dayton", "lima")},
        miles_to={"akron": 30.0, "dayton": 10.0, "lima": 20.0},
        priorities={"akron": 3, "dayton": 2, "lima": 1},
    )

    assert list(who_ships_what(ShipComplete(rank_by).decide(an_order(mug=1), view))) == [node]


def test_the_next_in_the_ranking_is_taken_where_the_first_cannot() -> None:
    view = SnapshotView(
        ways_from("akron", "dayton", "lima"),
        {"akron": {"mug": 1}, "dayton": {"mug": 1}, "lima": {"mug": 1}},
        closed={"akron": Reason.ORDER_LIMIT},
    )

    assert list(who_ships_what(ShipComplete("priority").decide(an_order(mug=1), view))) == ["dayton"]


@pytest.mark.parametrize("rank_by", ["cost", "distance", "priority"])
def test_the_node_chosen_ships_in_time_if_it_can(rank_by) -> None:
    ways = (Way("akron", usd=3.0, arrives_at=90.0), Way("akron", usd=8.0, arrives_at=20.0, service="parcel_air"))
    view = SnapshotView(ways, {"akron": {"mug": 1}})

    (shipment,) = ShipComplete(rank_by).decide(an_order(mug=1), view).shipments

    assert shipment.offer.service == "parcel_air"


@pytest.mark.parametrize("rank_by", ["distance", "priority"])
def test_a_node_that_no_service_leaves_is_passed_over_for_one_that_can_ship(rank_by) -> None:
    view = SnapshotView(
        ways_from("dayton"),
        {"akron": {"mug": 1}, "dayton": {"mug": 1}},
        miles_to={"akron": 10.0, "dayton": 20.0},
        priorities={"akron": 1, "dayton": 2},
    )

    assert who_ships_what(ShipComplete(rank_by).decide(an_order(mug=1), view)) == {"dayton": {"mug": 1}}
