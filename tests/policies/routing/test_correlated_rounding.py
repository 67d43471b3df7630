"""`correlated_rounding`: shares from a program on the forecast, and a random number of each order that picks."""

from __future__ import annotations

import pickle
from collections import Counter
from math import log
from typing import Any

import pytest

from tests.policies.regional_worlds import STANDARD, RegionalWorld, an_order
from tests.policies.worlds import lines_of, who_ships_what
from twin.policies.forecast import Forecast
from twin.policies.routing.correlated_rounding import CorrelatedRounding, uniform
from twin.policies.routing.min_cost import MinCost
from twin.policies.routing.roles import LearningPolicy
from twin.policies.stock_prices import Flows

NODES = ("akron", "dayton", "lima")
SHARES = {
    "mug": {"akron": 0.5, "dayton": 0.3, "lima": 0.2},
    "lamp": {"akron": 0.5, "dayton": 0.3, "lima": 0.2},
    "book": {"akron": 0.1, "dayton": 0.2, "lima": 0.7},
}
FLOWS = Flows(
    tuple((sku, "east", node, share) for sku, by_node in SHARES.items() for node, share in by_node.items()),
    (("east", "east"),),
)
ORDERS = range(4000)
WITHIN = 0.03  # four standard errors of a share of 4,000 orders
ROUNDINGS = pytest.mark.parametrize("rounding", ["one_number", "dilated_clocks"])


def a_world(**missing: tuple[str, ...]) -> RegionalWorld:
    stock = {node: {sku: 0 if sku in missing.get(node, ()) else 9 for sku in (*SHARES, "pen")} for node in NODES}
    return RegionalWorld({node: {"east": 5.0 + turn} for turn, node in enumerate(NODES)}, stock)


def plans(policy: CorrelatedRounding, world: RegionalWorld, **units: int) -> list[dict[str, dict[str, int]]]:
    lines = lines_of(**units)
    return [who_ships_what(policy.decide(an_order(number, "east", lines), world)) for number in ORDERS]


def test_it_learns_shares_from_the_stock_and_the_forecast() -> None:
    # akron's nine are for the six of the east (5 in place of 10) and some of the west (7 in place of 9)
    world = RegionalWorld(
        {"akron": {"east": 5.0, "west": 7.0}, "dayton": {"east": 10.0, "west": 9.0}},
        {"akron": {"mug": 9}, "dayton": {"mug": 99}},
    )
    forecast = Forecast({"east": {"mug": 6.0}, "west": {"mug": 6.0}}, {"east": 1.0, "west": 1.0}, {STANDARD: 1.0}, 1.0)

    policy = CorrelatedRounding().refresh(world, forecast)

    assert isinstance(policy, LearningPolicy)
    assert policy.flows.shares("mug", "east") == {"akron": 1.0}
    assert policy.flows.shares("mug", "west") == pytest.approx({"akron": 0.444444, "dayton": 0.555556})


@ROUNDINGS
def test_orders_go_to_the_nodes_by_their_shares(rounding) -> None:
    found = Counter(
        node for plan in plans(CorrelatedRounding(rounding=rounding, flows=FLOWS), a_world(), mug=1) for node in plan
    )

    assert {node: found[node] / len(ORDERS) for node in NODES} == pytest.approx(SHARES["mug"], abs=WITHIN)


@ROUNDINGS
def test_an_order_is_kept_together_by_the_mean_shares_of_its_units(rounding) -> None:
    found = plans(CorrelatedRounding(rounding=rounding, flows=FLOWS), a_world(), mug=1, book=3)

    assert {len(plan) for plan in found} == {1}
    akron = sum("akron" in plan for plan in found) / len(ORDERS)
    assert akron == pytest.approx((0.5 + 3 * 0.1) / 4, abs=WITHIN)


@ROUNDINGS
def test_picked_line_by_line_lines_with_equal_shares_travel_together(rounding) -> None:
    policy = CorrelatedRounding(rounding=rounding, unit="line", flows=FLOWS)

    assert {len(plan) for plan in plans(policy, a_world(), mug=1, lamp=2)} == {1}


@ROUNDINGS
def test_picked_line_by_line_every_line_keeps_its_shares_and_few_nodes_are_used(rounding) -> None:
    found = plans(CorrelatedRounding(rounding=rounding, unit="line", flows=FLOWS), a_world(), mug=1, book=1)

    for sku in ("mug", "book"):
        shares = {node: sum(sku in plan.get(node, {}) for plan in found) / len(ORDERS) for node in NODES}
        assert shares == pytest.approx(SHARES[sku], abs=WITHIN)
    split = sum(len(plan) == 2 for plan in found) / len(ORDERS)
    # picked independently, 75 % would split; side by side, only numbers up to 0.1 and from 0.8 mean the same node
    assert split < 0.70 + WITHIN / 2


def test_with_dilated_clocks_no_node_is_used_more_often_than_ma_proves() -> None:
    found = plans(CorrelatedRounding(rounding="dilated_clocks", unit="line", flows=FLOWS), a_world(), mug=1, book=1)

    for node in NODES:
        must = max(SHARES["mug"][node], SHARES["book"][node])
        assert sum(node in plan for plan in found) / len(ORDERS) <= (1 + log(2)) * must + WITHIN


def test_one_number_takes_the_node_it_falls_into_and_none_besides() -> None:
    policy = CorrelatedRounding(flows=FLOWS)

    for number, plan in zip(ORDERS, plans(policy, a_world(), mug=1), strict=True):
        drawn = uniform(0, number)
        assert list(plan) == ["akron" if drawn < 0.5 else "dayton" if drawn < 0.8 else "lima"]


@ROUNDINGS
@pytest.mark.parametrize("unit", ["order", "line"])
def test_where_a_picked_node_lacks_something_the_cheapest_plan_is_taken(rounding, unit) -> None:
    policy = CorrelatedRounding(rounding=rounding, unit=unit, flows=FLOWS)
    world, order_lines = a_world(lima=("mug",)), lines_of(mug=1)

    for number in range(50):
        decision = policy.decide(an_order(number, "east", order_lines), world)
        picked = list(who_ships_what(policy.decide(an_order(number, "east", order_lines), a_world())))
        assert list(who_ships_what(decision)) == (["akron"] if picked == ["lima"] else picked)


def test_a_picked_node_without_a_service_to_the_customer_is_passed_over() -> None:
    world = a_world()
    world.usd = {node: usd for node, usd in world.usd.items() if node != "lima"} | {"lima": {"west": 1.0}}

    found = plans(CorrelatedRounding(flows=FLOWS), world, mug=1)

    assert sum("akron" in plan for plan in found) / len(ORDERS) == pytest.approx(0.5 + 0.2, abs=WITHIN)


@pytest.mark.parametrize("unit", ["order", "line"])
def test_products_without_shares_go_along(unit) -> None:
    policy = CorrelatedRounding(unit=unit, flows=FLOWS)

    for number in range(50):
        with_pen = policy.decide(an_order(number, "east", lines_of(pen=1, mug=1)), a_world())
        without_pen = policy.decide(an_order(number, "east", lines_of(mug=1)), a_world())
        assert list(who_ships_what(with_pen)) == list(who_ships_what(without_pen))


def test_a_product_without_shares_that_no_picked_node_has_means_the_cheapest_plan() -> None:
    world = a_world(dayton=("pen",), lima=("pen",))
    order = an_order(1, "east", lines_of(pen=1, mug=1))

    policy = CorrelatedRounding(unit="line", flows=FLOWS)

    assert {node for number in range(50) for node in who_ships_what(policy.decide(
        an_order(number, "east", order.lines), world
    ))} == {"akron"}  # fmt: skip


def test_more_picks_than_shipments_allowed_mean_the_cheapest_plan() -> None:
    policy = CorrelatedRounding(unit="line", max_shipments=1, flows=FLOWS)

    assert all(len(plan) == 1 for plan in plans(policy, a_world(), mug=1, book=1))


def test_without_shares_it_decides_as_min_cost_does() -> None:
    world, order = a_world(akron=("mug",)), an_order(1, "east", lines_of(mug=4, lamp=2))

    assert CorrelatedRounding().decide(order, world) == MinCost(search_parts=12).decide(order, world)


def test_the_number_of_an_order_depends_on_its_number_and_the_seed_alone() -> None:
    policy, other = CorrelatedRounding(flows=FLOWS), CorrelatedRounding(seed=1, flows=FLOWS)

    assert plans(policy, a_world(), mug=1) == plans(policy, a_world(), mug=1)
    assert plans(policy, a_world(), mug=1) != plans(other, a_world(), mug=1)
    assert uniform(0, 7) == uniform(0, 7) != uniform(0, 7, "akron")


def test_what_it_learned_is_part_of_the_value() -> None:
    learned = CorrelatedRounding(flows=FLOWS)

    again = pickle.loads(pickle.dumps(learned))  # noqa: S301  (our own bytes)

    assert again == learned != CorrelatedRounding()
    assert hash(again) == hash(learned)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"refresh_days": -1.0}, "refresh_days must be above 0, got -1.0"),
        ({"rounding": "up"}, "rounding must be one of one_number, dilated_clocks, got 'up'"),
        ({"unit": "unit"}, "unit must be one of order, line, got 'unit'"),
        ({"clusters": 0}, "clusters must be at least 1"),
        ({"search_parts": 0}, "search_parts at least 1"),
    ],
    ids=lambda wrong: next(iter(wrong)) if isinstance(wrong, dict) else "",
)
def test_nonsense_is_refused(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        CorrelatedRounding(**wrong)
