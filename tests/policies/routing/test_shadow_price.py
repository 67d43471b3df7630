"""`shadow_price`: the cheapest plan with the price of its stock; prices by hand are in `test_transport.py`."""

from __future__ import annotations

import pickle
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest

from tests.policies.regional_worlds import STANDARD, RegionalWorld, an_order
from tests.policies.worlds import lines_of, who_ships_what
from twin.domain.errors import ConfigurationError
from twin.domain.orders import OrderLine
from twin.policies.decision import Reason
from twin.policies.forecast import Forecast
from twin.policies.routing import load
from twin.policies.routing.distance_split import DistanceSplit
from twin.policies.routing.min_cost import MinCost
from twin.policies.routing.roles import ExplainingPolicy, LearningPolicy
from twin.policies.routing.search import decision_usd
from twin.policies.routing.shadow_price import ShadowPrice
from twin.policies.stock_prices import Flows, Prices

USD = {"akron": {"east": 5.0, "west": 7.0}, "dayton": {"east": 10.0, "west": 9.0}}
SIX_EACH = Forecast({"east": {"mug": 3.0}, "west": {"mug": 3.0}}, {"east": 1.0, "west": 1.0}, {STANDARD: 1.0}, 2.0)
ONE = lines_of(mug=1)


def a_world(**units: int) -> RegionalWorld:
    return RegionalWorld(USD, {node: {"mug": count} for node, count in units.items()})


def priced(akron: float, dayton: float = 0.0, **special: Any) -> ShadowPrice:
    return ShadowPrice(prices=Prices((("akron", "mug", akron), ("dayton", "mug", dayton))), **special)


def node_for(to: str, policy: ShadowPrice, world: RegionalWorld) -> str:
    (shipment,) = policy.decide(an_order(1, to, ONE), world).shipments
    return shipment.offer.node


def test_it_learns_and_explains() -> None:
    assert isinstance(ShadowPrice(), LearningPolicy)
    assert isinstance(ShadowPrice(), ExplainingPolicy)


def test_before_it_has_learned_anything_it_decides_as_min_cost_does() -> None:
    world, order = a_world(akron=1, dayton=4), an_order(1, "west", lines_of(mug=3))

    assert ShadowPrice().decide(order, world) == MinCost(search_parts=12).decide(order, world)


def test_scarce_stock_is_kept_for_those_who_need_it_most() -> None:
    # three units of akron for six eastern customers: each saves $5 there and $2 in the west (7 + 5 > 9)
    world = a_world(akron=3, dayton=99)

    policy = ShadowPrice(demand_draws=0).refresh(world, SIX_EACH)

    assert node_for("west", policy, world) == "dayton"
    assert node_for("east", policy, world) == "akron"
    assert MinCost().decide(an_order(1, "west", ONE), world).shipments[0].offer.node == "akron"


def test_ample_stock_is_used_by_everybody() -> None:
    world = a_world(akron=99, dayton=99)

    policy = ShadowPrice().refresh(world, SIX_EACH)

    assert policy.prices == Prices()
    assert node_for("west", policy, world) == "akron"


def test_of_plans_that_cost_the_same_with_their_stock_the_one_cheaper_today_is_taken() -> None:
    # akron: 5 + 5, dayton: 10 + 0. A price off by the last bit of a number must not decide.
    world = a_world(akron=3, dayton=99)

    assert node_for("east", priced(5.0), world) == "akron"
    assert node_for("east", priced(5.0 + 1e-12), world) == "akron"
    assert node_for("east", priced(5.0 + 1e-6), world) == "dayton"


def test_splits_are_priced_too() -> None:
    # the second mug comes from dayton for 9, or from lima for 8 and a price of 3
    world = RegionalWorld(
        {**USD, "lima": {"west": 8.0}}, {"akron": {"mug": 1}, "dayton": {"mug": 1}, "lima": {"mug": 1}}
    )
    order = an_order(1, "west", lines_of(mug=2))
    dear = ShadowPrice(prices=Prices((("akron", "mug", 0.0), ("dayton", "mug", 0.0), ("lima", "mug", 3.0))))

    assert set(who_ships_what(ShadowPrice().decide(order, world))) == {"akron", "lima"}
    assert set(who_ships_what(dear.decide(order, world))) == {"akron", "dayton"}


def test_whoever_can_be_served_is_served_whatever_the_prices() -> None:
    decision = priced(900.0, 900.0).decide(an_order(1, "east", ONE), a_world(akron=1))

    assert who_ships_what(decision) == {"akron": {"mug": 1}}


def test_lateness_is_charged_when_deciding() -> None:
    world = a_world(akron=1, dayton=1)
    world.days = {"akron": {"east": 5}}  # two days late: 25 + 4 against 5 more from dayton

    assert node_for("east", ShadowPrice(), world) == "dayton"


def test_no_price_is_above_the_cap() -> None:
    world = a_world(akron=3, dayton=99)

    policy = ShadowPrice(demand_draws=0, price_cap=1.5).refresh(world, SIX_EACH)

    assert policy.prices.usd("akron", ONE) == 1.5
    assert node_for("west", policy, world) == "akron"  # 7 + 1.5 < 9


def test_the_primal_score_follows_the_plan_even_where_it_costs_more_today() -> None:
    # the plan sends akron's six to the east and serves the west from dayton
    world = a_world(akron=6, dayton=99)

    policy = ShadowPrice(demand_draws=0, score="primal").refresh(world, SIX_EACH)

    assert node_for("west", policy, world) == "dayton"
    assert node_for("east", policy, world) == "akron"


def test_the_primal_score_goes_by_units_and_then_by_cost() -> None:
    flows = Flows(
        (("book", "east", "dayton", 1.0), ("lamp", "east", "akron", 1.0), ("mug", "east", "akron", 0.5),
         ("mug", "east", "dayton", 0.5)),
        (("east", "east"),),
    )  # fmt: skip
    shelf = {"mug": 5, "lamp": 5, "book": 5}
    world = RegionalWorld(USD, {"akron": dict(shelf), "dayton": dict(shelf)})
    policy = ShadowPrice(score="primal", flows=flows)

    def node(**units: int) -> str:
        return policy.decide(an_order(1, "east", lines_of(**units)), world).shipments[0].offer.node

    assert node(lamp=1, book=2) == "dayton"  # two of three units are planned from there
    assert node(lamp=1, book=1) == node(mug=1) == "akron"  # equal: the cheaper


def test_a_primal_favorite_without_stock_is_passed_over() -> None:
    flows = Flows((("mug", "east", "dayton", 1.0),), (("east", "east"),))

    assert node_for("east", ShadowPrice(score="primal", flows=flows), a_world(akron=1, dayton=0)) == "akron"


@pytest.mark.parametrize(
    ("price", "threshold", "ships"),
    [(4.9, "at_least", True), (5.0, "at_least", True), (5.1, "at_least", False), (5.0, "more_than", False)],
    ids=["worth more", "worth just as much: ties ship", "worth less", "worth just as much, and asked for more"],
)
def test_a_margin_rule_lets_an_order_wait_that_costs_more_than_being_unserved(price, threshold, ships) -> None:
    policy = priced(price, unserved_usd=10.0, margin_rule="unserved", threshold=threshold)  # akron ships for 5
    order, world = an_order(1, "east", ONE), a_world(akron=1)

    decision = policy.decide(order, world)

    assert bool(decision.shipments) is ships
    assert decision.unfilled == (() if ships else order.lines)
    assert policy.why_not("akron", order, world) == (None if ships else Reason.MARGIN_FLOOR)


def test_the_margin_of_the_goods_can_be_the_measure() -> None:
    # a mug sells for 10 and costs 4: a margin of 6, and 5 to ship
    order, world = an_order(1, "east", ONE), a_world(akron=1)

    assert priced(1.0, margin_rule="margin").decide(order, world).shipments
    assert not priced(1.01, margin_rule="margin").decide(order, world).shipments
    assert priced(1.01).why_not("akron", order, world) is None


def test_what_it_learned_is_part_of_the_value_and_no_parameter() -> None:
    learned = ShadowPrice().refresh(a_world(akron=3, dayton=99), SIX_EACH)

    again = pickle.loads(pickle.dumps(learned))  # noqa: S301  (our own bytes)

    assert again == learned != ShadowPrice()
    assert hash(again) == hash(learned)
    assert [f.name for f in fields(learned) if f.metadata.get("learned")] == ["prices", "flows"]
    with pytest.raises(ConfigurationError, match=r"routing\.prices"):
        load({"kind": "shadow_price", "prices": []})


def test_learning_is_a_pure_function_of_the_network_and_the_forecast() -> None:
    world = a_world(akron=5, dayton=99)
    listed_otherwise = replace(world, usd=dict(reversed(USD.items())))

    learned = ShadowPrice().refresh(world, SIX_EACH)

    assert ShadowPrice().refresh(world, SIX_EACH) == learned
    assert learned.refresh(world, SIX_EACH) == learned
    assert ShadowPrice().refresh(listed_otherwise, SIX_EACH) == learned


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"refresh_days": 0.0}, "refresh_days must be above 0, got 0.0"),
        ({"price_cap": -1.0}, "price_cap must not be negative, got -1.0"),
        ({"demand_draws": -1}, "demand_draws not negative"),
        ({"score": "both"}, "score must be one of dual, primal, got 'both'"),
        ({"margin_rule": "on"}, "margin_rule must be one of off, unserved, margin, got 'on'"),
        ({"threshold": "above"}, "threshold must be one of at_least, more_than, got 'above'"),
        ({"max_shipments": 0}, "max_shipments must be at least 1, got 0"),
        ({"late_usd": -1.0}, "late_usd, late_usd_per_day, split_usd must not be negative"),
    ],
    ids=lambda wrong: next(iter(wrong)) if isinstance(wrong, dict) else "",
)
def test_nonsense_is_refused(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        ShadowPrice(**wrong)


# A week in a scarce country: three nodes whose stock lies unevenly, four products, orders of one to three of them. The
# nearest node is not the cheapest (a road, a dear carrier), as in life.
COUNTRY = {
    "boston": {"east": 5.0, "mid": 7.0, "west": 11.0},
    "chicago": {"east": 6.5, "mid": 5.0, "west": 8.0},
    "reno": {"east": 11.0, "mid": 8.5, "west": 5.0},
}
MILES = {
    "boston": {"east": 100.0, "mid": 300.0, "west": 900.0},
    "chicago": {"east": 90.0, "mid": 100.0, "west": 500.0},
    "reno": {"east": 900.0, "mid": 290.0, "west": 100.0},
}
SKUS = ("a", "b", "c", "d")
PEOPLE = {"east": 0.5, "mid": 0.3, "west": 0.2}
DAYS, ORDERS_A_DAY, LINES_AN_ORDER, UNITS_OF_EACH = 5, 40, 1.5, 110
UNITS_PER_DAY = {
    region: dict.fromkeys(SKUS, ORDERS_A_DAY * LINES_AN_ORDER / len(SKUS) * share) for region, share in PEOPLE.items()
}
SEEDS = range(8)


def a_week_costs(policy: Any, seed: int) -> float:
    """Send a week's orders, prices learned anew every morning, and add up what it costs; nobody goes without."""
    random = np.random.default_rng(seed)
    stock: dict[str, dict[str, int]] = {node: {} for node in COUNTRY}
    for sku in SKUS:
        for node, share in zip(COUNTRY, random.dirichlet([1.0, 1.0, 1.0]), strict=True):
            stock[node][sku] = round(share * UNITS_OF_EACH)
    world = RegionalWorld(COUNTRY, stock, miles_to=MILES, skus=SKUS)
    cost_usd = 0.0
    for number in range(DAYS * ORDERS_A_DAY):
        if isinstance(policy, LearningPolicy) and number % ORDERS_A_DAY == 0:
            days_left = DAYS - number // ORDERS_A_DAY
            policy = policy.refresh(
                world, Forecast(UNITS_PER_DAY, dict.fromkeys(PEOPLE, 1.0), {STANDARD: 1.0}, days_left)
            )
        skus = random.choice(SKUS, random.choice([1, 2, 3], p=[0.6, 0.3, 0.1]), replace=False)
        to = str(random.choice(list(PEOPLE), p=list(PEOPLE.values())))
        order = an_order(number, to, tuple(OrderLine(str(sku), 1) for sku in sorted(skus)))
        decision = policy.decide(order, world)
        assert not decision.unfilled
        world.carry_out(decision)
        cost_usd += decision_usd(order, decision, MinCost())
    return cost_usd


def surely_saved_usd(before: Any, after: Any) -> float:
    """The lower end of the 95 % interval for what a week costs less, the same weeks met by both."""
    saved = [a_week_costs(before, seed) - a_week_costs(after, seed) for seed in SEEDS]
    return float(np.mean(saved) - 2.365 * np.std(saved, ddof=1) / len(saved) ** 0.5)  # Student's t for 7


@pytest.mark.parametrize("score", ["dual", "primal"])
def test_under_scarcity_prices_beat_the_cheapest_plan_of_the_day(score) -> None:
    assert surely_saved_usd(MinCost(), ShadowPrice(score=score)) > 0


def test_and_the_cheapest_plan_of_the_day_beats_the_nearest_node() -> None:
    assert surely_saved_usd(DistanceSplit(), MinCost()) > 0
