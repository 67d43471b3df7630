"""`weighted_priority` decides as IBM Sterling's scheduling rules do: by weight x priority + weight x miles."""

from __future__ import annotations

from math import inf
from pathlib import Path

import pytest
import yaml

from tests.policies.worlds import SnapshotView, Way, an_order, ways_from, what, who_ships_what
from twin.policies.decision import Reason
from twin.policies.routing import load
from twin.policies.routing.explain import explain
from twin.policies.routing.weighted_priority import WeightedPriority

NODES = ("akron", "dayton", "lima")
MUGS = {node: {"mug": 9} for node in NODES}
CONF = Path(__file__).resolve().parents[3] / "conf/routing/weighted_priority.yaml"


def a_view(
    stock: dict, priorities: dict[str, int] | None = None, miles: dict[str, float] | None = None
) -> SnapshotView:
    return SnapshotView(ways_from(*NODES), stock, priorities=priorities or {}, miles_to=miles or {})


def first(policy: WeightedPriority, view: SnapshotView, **wanted: int) -> str:
    return policy.decide(an_order(**wanted or {"mug": 1}), view).shipments[0].offer.node


@pytest.mark.parametrize(
    ("priority", "distance", "miles", "node"),
    [
        (1.0, 100.0, {"akron": 60.0, "dayton": 80.0}, "akron"),  # 6001 against 8002
        (100.0, 1.0, {"akron": 80.0, "dayton": 60.0}, "akron"),  # 180 against 260
        (0.0, 1.0, {"akron": 80.0, "dayton": 60.0}, "dayton"),  # 80 against 60
        (1.0, 0.0, {"akron": 900.0, "dayton": 1.0}, "akron"),  # 1 against 2
        (10.0, 1.0, {"akron": 80.0, "dayton": 60.0}, "dayton"),  # 90 against 80
    ],
    ids=["IBM's first example", "IBM's second example", "priority removed", "distance removed", "miles outweigh it"],
)
def test_the_lowest_weighed_number_wins(priority: float, distance: float, miles, node: str) -> None:
    view = a_view({"akron": {"mug": 1}, "dayton": {"mug": 1}}, {"akron": 1, "dayton": 2}, miles)

    assert first(WeightedPriority(priority, distance), view) == node


def test_a_priority_weight_of_100000_leaves_miles_to_decide_ties() -> None:
    view = a_view(
        MUGS, {"akron": 2, "dayton": 1, "lima": 1}, {"akron": 1.0, "dayton": 2000.0, "lima": 1999.0}
    )  # fmt: skip

    assert first(WeightedPriority(100_000.0, 1.0), view) == "lima"


SPREAD = {"akron": {"mug": 1}, "dayton": {"mug": 1}, "lima": {"mug": 2}}
IN_ORDER = {"akron": 1, "dayton": 2, "lima": 3}


def test_on_priority_the_lowest_go_first_even_where_a_later_one_has_everything() -> None:
    plan = WeightedPriority(optimise_on="priority").decide(an_order(mug=2), a_view(SPREAD, IN_ORDER))

    assert who_ships_what(plan) == {"akron": {"mug": 1}, "dayton": {"mug": 1}}


def test_on_shipments_one_parcel_beats_two_with_lower_numbers() -> None:
    plan = WeightedPriority(optimise_on="shipments").decide(an_order(mug=2), a_view(SPREAD, IN_ORDER))

    assert who_ships_what(plan) == {"lima": {"mug": 2}}


def test_on_shipments_equals_go_by_the_number_then_by_the_date() -> None:
    ways = (Way("akron", arrives_at=40.0), Way("dayton", arrives_at=20.0), Way("lima", arrives_at=10.0))
    equal_numbers = SnapshotView(ways, MUGS, priorities={"lima": 2})

    assert first(WeightedPriority(optimise_on="shipments"), equal_numbers) == "dayton"


def test_on_shipments_the_number_of_a_set_counts_for_each_unit() -> None:
    # belmont and dayton: 2 x 200 + 2 x 300 = 1000; akron and lima: 1 x 100 + 3 x 350 = 1150, though the numbers of the
    # two nodes themselves add up to less
    stock = {"akron": {"mug": 1}, "belmont": {"mug": 2}, "dayton": {"mug": 2}, "lima": {"mug": 3}}
    miles = {"akron": 0.0, "belmont": 0.0, "dayton": 0.0, "lima": 50.0}
    priorities = {"akron": 1, "belmont": 2, "dayton": 3, "lima": 3}
    view = SnapshotView(ways_from(*stock), stock, priorities=priorities, miles_to=miles)

    plan = WeightedPriority(optimise_on="shipments").decide(an_order(mug=4), view)

    assert who_ships_what(plan) == {"belmont": {"mug": 2}, "dayton": {"mug": 2}}


def test_on_date_the_plan_that_is_done_first_wins_even_in_two_parcels() -> None:
    ways = (Way("akron", arrives_at=40.0), Way("dayton", arrives_at=20.0), Way("lima", arrives_at=22.0))
    stock = {"akron": {"mug": 1, "lamp": 1}, "dayton": {"mug": 1}, "lima": {"lamp": 1}}
    view = SnapshotView(ways, stock, priorities=IN_ORDER)

    plan = WeightedPriority(optimise_on="date").decide(an_order(mug=1, lamp=1), view)

    assert who_ships_what(plan) == {"dayton": {"mug": 1}, "lima": {"lamp": 1}}


def test_on_date_equals_go_by_parcels_then_by_the_number() -> None:
    stock = {"akron": {"mug": 1}, "dayton": {"mug": 1, "lamp": 1}, "lima": {"mug": 1, "lamp": 1}}

    plan = WeightedPriority(optimise_on="date").decide(an_order(mug=1, lamp=1), a_view(stock, IN_ORDER))

    assert who_ships_what(plan) == {"dayton": {"mug": 1, "lamp": 1}}


@pytest.mark.parametrize("optimise_on", ["priority", "shipments", "date"])
def test_no_unit_is_left_that_the_parcels_allowed_can_take(optimise_on) -> None:
    policy = WeightedPriority(optimise_on=optimise_on, max_shipments=1)

    plan = policy.decide(an_order(mug=2), a_view(SPREAD, IN_ORDER))

    assert who_ships_what(plan) == {"lima": {"mug": 2}}


@pytest.mark.parametrize("optimise_on", ["priority", "shipments", "date"])
def test_a_limit_on_parcels_leaves_the_rest_and_says_so(optimise_on) -> None:
    policy, order = WeightedPriority(optimise_on=optimise_on, max_shipments=2), an_order(mug=9)
    view = a_view(SPREAD, IN_ORDER)

    plan = policy.decide(order, view)

    assert who_ships_what(plan) == {"akron": {"mug": 1}, "lima": {"mug": 2}}
    assert explain(order, plan, view, policy).rejected == {"dayton": Reason.MAX_SPLITS}


def test_only_the_lowest_numbers_are_combined() -> None:
    stock = {"akron": {"mug": 1}, "dayton": {"lamp": 1}, "lima": {"lamp": 1}}
    ways = (Way("akron"), Way("dayton", arrives_at=40.0), Way("lima", arrives_at=10.0))
    view, order = SnapshotView(ways, stock, priorities=IN_ORDER), an_order(mug=1, lamp=1)
    policy = WeightedPriority(optimise_on="date", search_nodes=2)

    plan = policy.decide(order, view)

    assert list(who_ships_what(plan)) == ["akron", "dayton"]
    assert explain(order, plan, view, policy).rejected == {"lima": Reason.PRUNED}
    assert list(who_ships_what(WeightedPriority(optimise_on="date").decide(order, view))) == ["akron", "lima"]


def test_going_down_the_ranking_prunes_nobody() -> None:
    stock = {"akron": {"mug": 1}, "dayton": {"lamp": 1}, "lima": {"lamp": 1}}
    policy, order, view = WeightedPriority(search_nodes=1), an_order(mug=1, lamp=1), a_view(stock, IN_ORDER)

    plan = policy.decide(order, view)

    assert list(who_ships_what(plan)) == ["akron", "dayton"]
    assert explain(order, plan, view, policy).rejected == {"lima": Reason.INCOMPLETE_FOR_SINGLE}


@pytest.mark.parametrize(
    ("fill_rate", "threshold", "ships"),
    [(0.28, "at_least", True), (0.28, "more_than", False), (0.281, "at_least", False), (0.279, "more_than", True)],
)
def test_an_order_waits_unless_the_fill_rate_is_reached(fill_rate: float, threshold, ships: bool) -> None:
    # seven of 25; 0.28 x 25 is 7.000000000000001 in binary, so the share is compared and not the units
    policy = WeightedPriority(fill_rate=fill_rate, threshold=threshold)

    decision = policy.decide(an_order(mug=25), a_view({"akron": {"mug": 4}, "dayton": {"mug": 3}}))

    assert what(decision.unfilled) == ({"mug": 18} if ships else {"mug": 25})
    assert bool(decision.shipments) is ships


def test_the_fill_rate_holds_for_each_line() -> None:
    view = a_view({"akron": {"mug": 9, "lamp": 1}})

    decision = WeightedPriority(fill_rate=0.5).decide(an_order(mug=9, lamp=3), view)

    assert decision.shipments == ()


def test_lines_from_a_single_node_are_not_taken_apart() -> None:
    view, order = a_view({"akron": {"mug": 1, "lamp": 1}, "dayton": {"mug": 2}}, IN_ORDER), an_order(mug=2, lamp=1)

    plan = WeightedPriority(unit="line").decide(order, view)

    assert who_ships_what(plan) == {"akron": {"lamp": 1}, "dayton": {"mug": 2}}


def test_ship_together_takes_one_node_for_all_lines_or_none() -> None:
    policy = WeightedPriority(unit="order")
    view, order = a_view({"akron": {"mug": 2}, "dayton": {"mug": 2, "lamp": 1}}, IN_ORDER), an_order(mug=2, lamp=1)

    plan = policy.decide(order, view)

    assert who_ships_what(plan) == {"dayton": {"mug": 2, "lamp": 1}}
    assert policy.why_not("akron", order, view) is Reason.GROUP_SPLIT_FORBIDDEN
    assert policy.decide(order, a_view({"akron": {"mug": 2}, "dayton": {"lamp": 1}})).shipments == ()


@pytest.mark.parametrize(("ties", "node"), [("priority", "dayton"), ("distance", "lima"), ("name", "akron")])
def test_equal_numbers_are_told_apart_as_asked(ties, node: str) -> None:
    # 2 + 9, 1 + 10 and 3 + 8
    view = a_view(MUGS, {"akron": 2, "dayton": 1, "lima": 3}, {"akron": 9.0, "dayton": 10.0, "lima": 8.0})

    for optimise_on in ("priority", "shipments", "date"):
        assert first(WeightedPriority(1.0, 1.0, optimise_on, ties=ties), view) == node


def test_nodes_without_coordinates_come_last_or_not_at_all() -> None:
    view = a_view(MUGS, {"akron": 1, "dayton": 9, "lima": 9}, {"akron": inf, "dayton": 500.0, "lima": inf})
    order = an_order(mug=30)

    last = WeightedPriority(unlocated="last").decide(order, view)
    without = WeightedPriority(unlocated="exclude").decide(order, view)

    assert list(who_ships_what(last)) == ["dayton", "akron", "lima"]
    assert list(who_ships_what(without)) == ["dayton"]
    assert WeightedPriority(unlocated="exclude").why_not("akron", order, view) is Reason.BEYOND_MAX_DISTANCE


@pytest.mark.parametrize("optimise_on", ["priority", "shipments", "date"])
def test_where_distance_does_not_count_coordinates_need_not_be_known(optimise_on) -> None:
    view = a_view(MUGS, {"akron": 3, "dayton": 2, "lima": 1}, dict.fromkeys(NODES, inf))

    policy = WeightedPriority(weight_distance=0.0, optimise_on=optimise_on, unlocated="exclude")

    assert first(policy, view) == "lima"


@pytest.mark.parametrize("optimise_on", ["priority", "shipments", "date"])
def test_the_node_chosen_ships_by_its_cheapest_service_in_time(optimise_on) -> None:
    ways = (
        Way("akron", usd=3.0, arrives_at=90.0, service="economy"),
        Way("akron", usd=5.0, arrives_at=40.0, service="ground"),
        Way("akron", usd=9.0, arrives_at=20.0, service="air"),
    )

    (shipment,) = (
        WeightedPriority(optimise_on=optimise_on)
        .decide(an_order(mug=1), SnapshotView(ways, {"akron": {"mug": 1}}))
        .shipments
    )

    assert shipment.offer.service == "ground"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (
            {"weight_priority": -1.0},
            r"weight_priority and weight_distance must be finite and not negative, got \(-1.0, 1.0\)",
        ),
        ({"optimise_on": "cost"}, r"optimise_on must be one of priority, shipments, date, got 'cost'"),
        ({"max_shipments": 0}, r"max_shipments must be at least 1, got 0"),
        ({"search_nodes": 0}, r"search_nodes must be at least 1, got 0"),
        ({"fill_rate": 1.5}, r"fill_rate must be a share that a whole line passes \(at_least\), 0 to 1, got 1.5"),
        ({"fill_rate": 1.0, "threshold": "more_than"}, r"a whole line passes \(more_than\), 0 to 1, got 1.0"),
        ({"fill_rate": -0.1}, r"0 to 1, got -0.1"),
    ],
)
def test_what_makes_no_sense_is_refused(wrong, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        WeightedPriority(**wrong)


def test_the_shipped_part_holds_the_defaults() -> None:
    given = yaml.safe_load(CONF.read_text("utf-8"))

    assert load(given) == WeightedPriority()
    assert given.keys() - {"kind"} == set(WeightedPriority.__dataclass_fields__)
