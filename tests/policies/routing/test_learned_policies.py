"""What policies that learned must obey besides the contract, which tries them before they have learned anything."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest

from tests.policies.regional_worlds import STANDARD, RegionalWorld, an_order
from twin.domain.orders import Order, OrderLine, units_of
from twin.policies.forecast import Forecast
from twin.policies.routing.correlated_rounding import CorrelatedRounding
from twin.policies.routing.min_cost import MinCost
from twin.policies.routing.shadow_price import ShadowPrice
from twin.policies.routing.validate import validate
from twin.policies.view import Without

REGIONS, SKUS, NODES = ("east", "mid", "west"), ("book", "lamp", "mug"), ("akron", "dayton", "lima")
UNITS_PER_DAY = {region: {"book": 1.0, "lamp": 0.5, "mug": 2.0} for region in REGIONS}
FORECAST = Forecast(UNITS_PER_DAY, dict.fromkeys(REGIONS, 1.0), {STANDARD: 1.0}, days=2.0)
LEARNING = pytest.mark.parametrize(
    "policy",
    [
        ShadowPrice(),
        ShadowPrice(score="primal"),
        CorrelatedRounding(),
        CorrelatedRounding(unit="line"),
        CorrelatedRounding(unit="line", rounding="dilated_clocks"),
    ],
    ids=["dual", "primal", "one node", "line by line", "dilated clocks"],
)


def worlds_and_orders() -> Iterator[tuple[RegionalWorld, list[Order]]]:
    random = Random(5)  # noqa: S311  (worlds to try, not secrets)
    for _ in range(15):
        usd = {node: {region: float(random.randint(3, 12)) for region in REGIONS} for node in NODES}
        stock = {node: {sku: random.randint(0, 4) for sku in SKUS} for node in NODES}
        orders = []
        for number in range(8):
            skus = sorted(random.sample(SKUS, random.randint(1, 3)))
            lines = tuple(OrderLine(sku, random.randint(1, 3)) for sku in skus)
            orders.append(an_order(number, random.choice(REGIONS), lines))
        yield RegionalWorld(usd, stock), orders


@LEARNING
def test_every_decision_is_legal_and_fills_what_can_be_filled(policy: ShadowPrice | CorrelatedRounding) -> None:
    learned_something = False
    for world, orders in worlds_and_orders():
        learned = policy.refresh(world, FORECAST)
        learned_something |= learned != policy
        for order in orders:
            decision = learned.decide(order, world)
            validate(order, decision, world)
            assert units_of(decision.unfilled) == units_of(MinCost().decide(order, world).unfilled)
            world.carry_out(decision)

    assert learned_something


@LEARNING
def test_neither_the_listing_of_nodes_nor_a_wrapped_view_changes_anything(policy) -> None:
    for world, orders in worlds_and_orders():
        backwards = Backwards(dict(reversed(world.usd.items())), world.stock)
        learned = policy.refresh(world, FORECAST)
        assert policy.refresh(backwards, FORECAST) == learned
        for order in orders:
            decision = learned.decide(order, world)
            assert learned.decide(order, backwards) == decision
            assert learned.decide(order, Without(world, frozenset())) == decision


class Backwards(RegionalWorld):
    """The same network with its nodes listed the other way round."""

    @property
    def nodes(self):
        """Every node, the last name first."""
        return dict(reversed(super().nodes.items()))


@LEARNING
def test_a_node_that_declined_is_not_asked_again(policy) -> None:
    for world, orders in worlds_and_orders():
        learned = policy.refresh(world, FORECAST)
        for order in orders:
            first = [shipment.offer.node for shipment in learned.decide(order, world).shipments]
            again = learned.decide(order, Without(world, frozenset(first)))
            assert not {shipment.offer.node for shipment in again.shipments} & set(first)
