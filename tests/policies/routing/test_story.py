"""A decision told: what each node could have done, by a world written down by hand."""

from __future__ import annotations

from dataclasses import replace
from math import inf

import pytest

from tests.policies.worlds import SnapshotView, Way, an_order, lines_of, ways_from
from twin.policies.decision import Decision, Reason
from twin.policies.routing.distance_split import DistanceSplit
from twin.policies.routing.min_cost import MinCost
from twin.policies.routing.story import Stock, Story, story
from twin.policies.view import NetworkView

MUGS_AND_LAMPS = {"atlanta": {"mug": 5}, "reno": {"lamp": 5}}


def told(world: NetworkView, policy=MinCost(), order=None) -> Story:  # noqa: B008  (frozen)
    order = order or an_order(mug=1, lamp=1)
    return story(order, policy.decide(order, world), world, policy)


def test_every_node_has_a_row_and_the_plan_comes_first_then_the_cheapest() -> None:
    ways = (Way("atlanta", usd=9.0), Way("boise", usd=4.0), Way("camden", usd=6.0))
    world = SnapshotView(ways, {"atlanta": {"mug": 1, "lamp": 1}})

    nodes = told(world).nodes

    assert [(one.node, one.chosen) for one in nodes] == [("atlanta", True), ("boise", False), ("camden", False)]


def test_a_node_without_any_service_comes_last_and_has_no_way() -> None:
    world = SnapshotView(ways_from("boise"), {"boise": {"mug": 1, "lamp": 1}, "atlanta": {"mug": 1}})

    last = told(world).nodes[-1]

    assert (last.node, last.way, last.whole, last.reason) == ("atlanta", None, None, Reason.SERVICE_UNAVAILABLE)


def test_stock_is_told_line_by_line_also_of_a_closed_node() -> None:
    closed = {"atlanta": Reason.NODE_CLOSED}
    world = SnapshotView(ways_from("atlanta", "reno"), MUGS_AND_LAMPS, closed, promised={"atlanta": {"mug": 2}})

    row = told(world).of("atlanta")

    assert row.stock == (Stock("mug", 1, 0, 7), Stock("lamp", 1, 0, 0))
    assert (row.closed_because, row.reason, row.can_send) == (Reason.NODE_CLOSED, Reason.NODE_CLOSED, ())


def test_what_a_node_can_fill_is_priced_and_besides_it_the_whole_order() -> None:
    world = SnapshotView(ways_from("atlanta", "reno", usd=5.0, usd_per_unit=1.0), MUGS_AND_LAMPS)

    row = told(world).of("reno")

    assert (row.way.lines, row.way.total_usd) == (lines_of(lamp=1), 6.0)
    assert row.whole.total_usd == 7.0


def test_a_node_with_nothing_is_priced_as_if_it_had_the_order() -> None:
    world = SnapshotView(ways_from("atlanta", "boise"), {"atlanta": {"mug": 1, "lamp": 1}})

    row = told(world).of("boise")

    assert (row.can_send, row.way, row.reason) == ((), row.whole, Reason.NO_STOCK)


def test_the_terms_of_a_cost_are_told_apart_and_add_up() -> None:
    late = Way("atlanta", usd=5.0, arrives_at=72.0)
    policy = MinCost(late_usd=25.0, late_usd_per_day=2.0)
    world = SnapshotView((late,), {"atlanta": {"mug": 1, "lamp": 1}}, box_usd=0.5)

    (way,) = told(world, policy).plan

    assert (way.freight_usd, way.handling_usd, way.packaging_usd, way.late_usd) == (0.0, 5.0, 0.5, 27.0)
    assert (way.total_usd, way.late_hours) == (32.5, 24.0)


def test_where_lateness_has_a_price_the_cheapest_way_with_it_is_the_best() -> None:
    slow, fast = Way("atlanta", 5.0, 72.0, "slow"), Way("atlanta", 20.0, 24.0, "fast")
    world = SnapshotView((slow, fast), {"atlanta": {"mug": 1, "lamp": 1}})

    assert told(world, MinCost(late_usd=14.0, late_usd_per_day=0.0)).of("atlanta").whole.service == "slow"
    assert told(world, MinCost(late_usd=16.0, late_usd_per_day=0.0)).of("atlanta").whole.service == "fast"


def test_where_lateness_has_no_price_the_best_way_keeps_the_promise_or_else_arrives_first() -> None:
    ways = (Way("atlanta", 5.0, 72.0, "slow"), Way("atlanta", 20.0, 24.0, "fast"), Way("reno", 5.0, 90.0, "slow"),
            Way("reno", 9.0, 80.0, "faster"))  # fmt: skip
    found = told(SnapshotView(ways, {"atlanta": {"mug": 1, "lamp": 1}}), DistanceSplit())

    assert not found.charges_late
    assert (found.of("atlanta").whole.service, found.of("reno").whole.service) == ("fast", "faster")


@pytest.mark.parametrize(("per_day", "expected"), [(2.0, inf), (0.0, 25.0)])
def test_what_never_arrives_costs_without_end_only_where_each_day_costs(per_day: float, expected: float) -> None:
    world = SnapshotView((Way("atlanta", arrives_at=inf), Way("reno")), {"reno": {"mug": 1, "lamp": 1}})

    row = told(world, MinCost(late_usd_per_day=per_day)).of("atlanta")

    assert (row.whole.late_usd, row.whole.late_hours) == (expected, inf)


def test_a_split_costs_its_shipments_and_what_the_policy_charges_for_splitting() -> None:
    found = told(SnapshotView(ways_from("atlanta", "reno"), MUGS_AND_LAMPS), MinCost(split_usd=0.75))

    assert [way.node for way in found.plan] == ["reno", "atlanta"]
    assert (found.splits_usd, found.total_usd) == (0.75, 10.75)
    assert found.can_send_all == ()


def test_who_could_have_sent_all_and_who_would_be_cheapest_for_it() -> None:
    ways = (Way("atlanta", usd=9.0), Way("boise", usd=4.0), Way("camden", usd=6.0))
    stock = {"atlanta": {"mug": 1, "lamp": 1}, "camden": {"mug": 1, "lamp": 1}}

    found = told(SnapshotView(ways, stock))

    assert [one.node for one in found.can_send_all] == ["camden", "atlanta"]
    assert found.cheapest_for_all.node == "boise"


def test_an_order_that_nobody_can_send_has_an_empty_plan() -> None:
    found = told(SnapshotView(ways_from("atlanta"), {"atlanta": {}}))

    assert (found.plan, found.unfilled, found.total_usd) == ((), lines_of(mug=1, lamp=1), 0.0)


def test_work_distance_and_the_words_of_a_reason_are_told() -> None:
    world = SnapshotView(
        ways_from("atlanta", "reno"),
        {"atlanta": {"mug": 1, "lamp": 1}},
        backlogs={"reno": 3.5},
        miles_to={"reno": 12.0},
    )

    row = told(world).of("reno")

    assert (row.backlog_hours, row.miles, row.orders_left) == (3.5, 12.0, inf)
    assert row.words == "0 of 1 mug, 0 of 1 lamp"


def test_a_plan_that_is_not_the_policys_own_is_told_as_it_is() -> None:
    world = SnapshotView(ways_from("atlanta", "reno"), {name: {"mug": 1, "lamp": 1} for name in ("atlanta", "reno")})
    order = an_order(mug=1, lamp=1)
    other = MinCost().decide(order, replace(world, ways=ways_from("reno")))

    found = story(order, Decision(7, other.shipments), world, MinCost())

    assert [one.node for one in found.nodes if one.chosen] == ["reno"]
    assert found.of("atlanta").reason is Reason.DOMINATED
