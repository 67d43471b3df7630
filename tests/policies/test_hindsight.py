"""The hindsight bound: by hand in small worlds, and never above what any policy pays in worlds made by chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.policies.regional_worlds import DAY, STANDARD, RegionalWorld, an_order
from tests.policies.worlds import lines_of
from twin.domain.orders import Order, part_of, units_of
from twin.policies.decision import Offer
from twin.policies.forecast import Forecast
from twin.policies.hindsight import Bound, HindsightTerms, Receipt, hindsight_lp
from twin.policies.routing import kinds
from twin.policies.routing.correlated_rounding import CorrelatedRounding
from twin.policies.routing.distance_split import DistanceSplit
from twin.policies.routing.min_cost import MinCost
from twin.policies.routing.roles import LearningPolicy
from twin.policies.routing.search import shipment_usd
from twin.policies.routing.shadow_price import ShadowPrice

USD = {"akron": {"east": 5.0, "west": 5.0}, "dayton": {"east": 10.0, "west": 6.0}}
WEST, EAST = an_order(1, "west", lines_of(mug=1)), an_order(2, "east", lines_of(mug=1))
TERMS = HindsightTerms()


def bound(orders: Sequence[Order], stock: dict[str, dict[str, int]], *receipts: Receipt, **special: Any) -> Bound:
    return hindsight_lp(orders, RegionalWorld(USD, stock), stock, receipts, HindsightTerms(**special))


def a_receipt(at: float, node: str = "akron", units: int = 1) -> Receipt:
    return Receipt(at, node, "mug", units)


def test_it_is_no_policy() -> None:
    assert "hindsight" not in kinds()
    assert "hindsight_lp" not in kinds()


def test_it_knows_who_will_come_and_keeps_the_stock_for_them() -> None:
    found = bound([WEST, EAST], {"akron": {"mug": 1}, "dayton": {"mug": 1}})

    assert found == Bound(pytest.approx(6.0 + 5.0), 0.0)


def test_whoever_goes_without_costs_the_penalty() -> None:
    assert bound([WEST, EAST], {"akron": {"mug": 1}}, unserved_usd=30.0) == Bound(pytest.approx(5.0 + 30.0), 1.0)
    assert bound([EAST], {"dayton": {"mug": 1}}, unserved_usd=8.0) == Bound(pytest.approx(8.0), 1.0)
    assert bound([], {}) == Bound(0.0, 0.0)


@pytest.mark.parametrize(
    ("received_at", "patience_hours", "cost_usd"),
    [(9.0, 0.0, 5.0), (10.0, 0.0, 5.0), (10.5, 0.0, 10.0), (10.5, 0.5, 5.0), (10.6, 0.5, 10.0)],
    ids=["before the order", "with it", "after it", "while it waits", "after it has waited"],
)
def test_stock_can_be_used_once_it_has_come(received_at: float, patience_hours: float, cost_usd: float) -> None:
    order = an_order(1, "east", lines_of(mug=1), placed_at=10.0)

    found = bound([order], {"dayton": {"mug": 1}}, a_receipt(received_at), patience_hours=patience_hours)

    assert found.cost_usd == pytest.approx(cost_usd)


def test_what_is_not_used_is_carried_on_but_never_back() -> None:
    orders = [an_order(number, "east", lines_of(mug=1), placed_at=at) for number, at in enumerate([1.0, 2.0, 30.0])]
    stock = {"akron": {"mug": 1}, "dayton": {"mug": 9}}

    # the two of akron that come at 20 are of no use for the second order
    assert bound(orders, stock, a_receipt(20.0, units=2)).cost_usd == pytest.approx(5.0 + 10.0 + 5.0)
    # with two at the opening one is carried over two receipts
    both = {"akron": {"mug": 2}, "dayton": {"mug": 9}}
    assert bound([orders[0], orders[2]], both, a_receipt(5.0, "dayton"), a_receipt(20.0, "dayton")).cost_usd == 10.0


def test_a_whole_shipment_and_a_split_cost_what_they_cost() -> None:
    pair = an_order(1, "east", lines_of(mug=1, lamp=1))

    whole = bound([pair], {"akron": {"mug": 1, "lamp": 1}})
    split = bound([pair], {"akron": {"mug": 1}, "dayton": {"lamp": 1}}, split_usd=2.0)

    assert whole.cost_usd == pytest.approx(5.0 + 1.0)  # a dollar for the second unit
    assert split.cost_usd == pytest.approx(5.0 + 10.0 + 2.0)


def test_orders_that_are_alike_are_counted() -> None:
    orders = [an_order(number, "east", lines_of(mug=2)) for number in range(10)]

    assert bound(orders, {"akron": {"mug": 12}, "dayton": {"mug": 99}}).cost_usd == pytest.approx(6 * 6.0 + 4 * 11.0)


def test_lateness_counts_where_arrivals_are_known() -> None:
    world = RegionalWorld(USD, {}, days={"akron": {"east": 5}})
    stock, order = {"akron": {"mug": 1}}, EAST  # due after three days

    assert hindsight_lp([order], world, stock).cost_usd == pytest.approx(5.0)
    assert hindsight_lp([order], world, stock, arrives_at=after_days).cost_usd == pytest.approx(5.0 + 25.0 + 2 * 2.0)


def after_days(order: Order, offer: Offer) -> float:
    return order.placed_at + DAY * offer.transit_days


def test_a_way_by_which_nothing_arrives_any_more_is_no_way() -> None:
    stock = {"akron": {"mug": 1}, "dayton": {"mug": 1}}
    world = RegionalWorld(USD, stock)

    found = hindsight_lp(
        [EAST], world, stock, arrives_at=lambda _, offer: float("inf") if offer.node == "akron" else 1.0
    )

    assert found == Bound(pytest.approx(10.0), 0.0)


def test_an_order_of_many_parts_is_charged_less_but_not_nothing() -> None:
    large = an_order(1, "east", lines_of(mug=3, lamp=1))  # 4 x 2 - 1 = 7 parts
    stock = {"akron": {"mug": 3}, "dayton": {"lamp": 1}}

    exact, relaxed = bound([large], stock, max_parts=7), bound([large], stock, max_parts=6)

    assert exact.cost_usd == pytest.approx(5.0 + 2.0 + 10.0 + 0.75)
    assert relaxed.cost_usd == pytest.approx(3 * 5.0 / 4 + 10.0 / 4)


@pytest.mark.parametrize("wrong", [{"unserved_usd": -1.0}, {"max_parts": 0}, {"patience_hours": -1.0}])
def test_nonsense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must not be negative, max_parts at least 1"):
        HindsightTerms(**wrong)


@dataclass(frozen=True)
class Story:
    """What happens in a small world: orders and receipts, and how long orders wait."""

    world: RegionalWorld
    orders: list[Order]
    receipts: list[Receipt]
    terms: HindsightTerms


NODES, SKUS, REGIONS = ("akron", "dayton", "lima"), ("mug", "lamp"), ("east", "west")
FORECAST = Forecast({region: dict.fromkeys(SKUS, 2.0) for region in REGIONS}, dict.fromkeys(REGIONS, 1.0),
                    {STANDARD: 1.0}, 2.0)  # fmt: skip
hours = st.integers(0, 48).map(float)
by_region = st.fixed_dictionaries({region: st.integers(2, 12).map(float) for region in REGIONS})
worlds = st.builds(
    RegionalWorld,
    usd=st.fixed_dictionaries(dict.fromkeys(NODES, by_region)),
    stock=st.fixed_dictionaries({n: st.fixed_dictionaries(dict.fromkeys(SKUS, st.integers(0, 3))) for n in NODES}),
    usd_per_unit=st.sampled_from([0.0, 1.0, 4.0]),
    days=st.fixed_dictionaries({n: st.fixed_dictionaries(dict.fromkeys(REGIONS, st.integers(1, 4))) for n in NODES}),
    box_usd=st.sampled_from([0.0, 0.5]),
)
orders = st.builds(
    lambda to, units, at: an_order(0, to, lines_of(**units), placed_at=at, promised_by=at + 2 * DAY),
    st.sampled_from(REGIONS),
    st.dictionaries(st.sampled_from(SKUS), st.integers(1, 3), min_size=1),
    hours,
)
stories = st.builds(
    Story,
    worlds,
    st.lists(orders, max_size=7).map(lambda made: sorted(made, key=lambda order: order.placed_at)),
    st.lists(st.builds(Receipt, hours, st.sampled_from(NODES), st.sampled_from(SKUS), st.integers(1, 3)), max_size=4),
    st.builds(
        HindsightTerms,
        unserved_usd=st.sampled_from([3.0, 50.0]),
        patience_hours=st.sampled_from([0.0, 24.0]),
        max_parts=st.sampled_from([1, 5, 63]),
        split_usd=st.sampled_from([0.0, 2.0]),
    ),
)


def realised_usd(policy: Any, story: Story) -> float:
    """What a policy pays when the story is lived through: an order waits until a receipt or the end of its patience."""
    world = replace(story.world, stock={node: dict(stock) for node, stock in story.world.stock.items()})
    if isinstance(policy, LearningPolicy):
        policy = policy.refresh(world, FORECAST)
    happenings = sorted(
        [(one.received_at, 0, number) for number, one in enumerate(story.receipts)]
        + [(one.placed_at, 1, number) for number, one in enumerate(story.orders)]
    )
    waiting: dict[int, Order] = {}
    sent = dict.fromkeys(range(len(story.orders)), 0)
    cost = 0.0
    for world.now_hours, is_order, number in happenings:
        if is_order:
            waiting[number] = story.orders[number]
        else:
            receipt = story.receipts[number]
            world.stock[receipt.node][receipt.sku] += receipt.units
        for turn, order in list(waiting.items()):
            if world.now_hours > order.placed_at + story.terms.patience_hours:
                continue
            decision = policy.decide(order, world)
            world.carry_out(decision)
            sent[turn] += len(decision.shipments)
            cost += sum(shipment_usd(order, shipment, TERMS) for shipment in decision.shipments)
            waiting[turn] = part_of(order, decision.unfilled)
    unserved = sum(units_of(order.lines) for order in waiting.values())
    splits = sum(max(0, count - 1) for count in sent.values())
    return cost + splits * story.terms.split_usd + unserved * story.terms.unserved_usd


POLICIES = (MinCost(), MinCost(max_shipments=1), DistanceSplit(), ShadowPrice(), CorrelatedRounding(unit="line"))


@settings(max_examples=120)
@given(story=stories, policy=st.sampled_from(POLICIES), knows_arrivals=st.booleans())
def test_no_policy_pays_less(story: Story, policy: Any, knows_arrivals: bool) -> None:
    arrives_at = after_days if knows_arrivals else None

    found = hindsight_lp(story.orders, story.world, story.world.stock, story.receipts, story.terms, arrives_at)

    assert found.cost_usd <= realised_usd(policy, story) + 1e-6
