"""A policy is held against the rules of routing, and every broken rule names the smallest order that breaks it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest
from msgspec import structs

from tests.factories import COLUMBUS, RENO, a_model, a_network, a_node, an_order
from twin.domain.orders import Order, OrderLine
from twin.experiments.policy_check import PolicyCheck, check_policy
from twin.policies.conformance import CHECKS
from twin.policies.decision import Decision, PlannedShipment
from twin.policies.forecast import Forecast
from twin.policies.routing.min_cost import MinCost
from twin.policies.routing.roles import LEARNED, RoutingPolicy
from twin.policies.view import NetworkView, Without
from twin.report.policy_check import table

BIG, SMALL = an_order(9.0, COLUMBUS.zip3, mug=2, book=1), an_order(9.5, RENO.zip3, mug=1)


def checked(policy: RoutingPolicy) -> PolicyCheck:
    """Hold a policy against two orders, the bigger one first."""
    network = a_network([a_node(), a_node("reno", RENO)])
    return check_policy(a_model(network, [BIG, SMALL], stock=5, routing=policy), 10, 1)


def broken(found: PolicyCheck) -> list[str]:
    return [verdict.check for verdict in found.verdicts if verdict.failed]


def test_a_good_policy_passes_every_check() -> None:
    found = checked(MinCost())

    assert found.passed
    assert [verdict.check for verdict in found.verdicts] == list(CHECKS)
    assert {verdict.cases for verdict in found.verdicts} == {2} == {found.cases}
    assert sorted(found.latency_us) == [50, 95, 99]


@dataclass(frozen=True)
class Forgetful:
    """Loses the last line of an order with several."""

    def decide(self, order: Order, network: NetworkView) -> Decision:
        kept = structs.replace(order, lines=order.lines[:1])
        return MinCost().decide(kept, network)


@dataclass(frozen=True)
class Generous:
    """Ships what it likes from where it likes."""

    def decide(self, order: Order, network: NetworkView) -> Decision:
        more = tuple(OrderLine(line.sku, line.quantity + 50) for line in order.lines)
        decision = MinCost().decide(order, network)
        return Decision(order.number, tuple(structs.replace(plan, lines=more) for plan in decision.shipments))


@dataclass(frozen=True)
class Stubborn:
    """Sends everything from Columbus, open or not."""

    def decide(self, order: Order, network: NetworkView) -> Decision:
        parcels = network.parcels(order.lines)
        offers = network.offers(order.destination, order.service_level, parcels)
        offer = next(offer for offer in offers if offer.node == "columbus")
        whole = MinCost().decide(order, Without(network, frozenset(network.nodes) - {"columbus"}))
        plan = whole.shipments[0] if whole.shipments else None
        if plan is None:
            plan = PlannedShipment(offer, order.lines, parcels, network.arrives_at(offer))
        return Decision(order.number, (plan,))


@dataclass(frozen=True)
class FirstListed:
    """Takes the first node of the list that has everything."""

    def decide(self, order: Order, network: NetworkView) -> Decision:
        first = next((node for node in network.nodes if network.can_fill(node, order.lines)), None)
        if first is None:
            return Decision(order.number, (), order.lines)
        return MinCost().decide(order, Without(network, frozenset(network.nodes) - {first}))


@dataclass(frozen=True)
class Moody:
    """Decides otherwise every other time."""

    asked: list[int] = field(default_factory=list, compare=False)

    def decide(self, order: Order, network: NetworkView) -> Decision:
        self.asked.append(order.number)
        return MinCost().decide(order, Without(network, frozenset({["columbus", "reno"][len(self.asked) % 2]})))


@dataclass(frozen=True)
class Clumsy:
    """Fails on orders of several lines."""

    def decide(self, order: Order, network: NetworkView) -> Decision:
        if len(order.lines) > 1:
            raise KeyError("no such thing")
        return MinCost().decide(order, network)


@dataclass(frozen=True)
class Local:
    """Cannot be pickled."""

    price: object = field(default_factory=lambda: lambda: 1.0, compare=False)

    def decide(self, order: Order, network: NetworkView) -> Decision:
        return MinCost().decide(order, network)


@pytest.mark.parametrize(
    ("policy", "check", "said"),
    [
        (Forgetful(), "accounts for every unit", "ordered {'mug': 2, 'book': 1}, planned {'mug': 2}"),
        (Generous(), "promises only what is there", "51 of mug from 'reno', which can promise 5"),
        (Generous(), "ships by offers of the network", "has no such offer by 'parcel_ground' for what it is to ship"),
        (Stubborn(), "leaves closed nodes alone", "it still ships from 'columbus', which is out for NODE_CLOSED"),
        (FirstListed(), "same answer whatever the order of nodes", "the other way round 1 of mug from 'reno'"),
        (Moody(), "same question, same answer", "then 1 of mug from"),
        (Clumsy(), "accounts for every unit", "KeyError: 'no such thing'"),
        (Local(), "can be sent to workers", "pickle"),
    ],
)
def test_a_broken_rule_is_found_and_said(policy: RoutingPolicy, check: str, said: str) -> None:
    found = checked(policy)

    assert check in broken(found)
    verdict = next(verdict for verdict in found.verdicts if verdict.check == check)
    assert verdict.smallest is not None
    assert said in verdict.smallest.said


def test_of_several_orders_the_smallest_is_shown() -> None:
    verdict = next(verdict for verdict in checked(Generous()).verdicts if verdict.check.startswith("promises"))

    assert verdict.failed == 2
    assert [(line.sku, line.quantity) for line in verdict.smallest.order.lines] == [("mug", 1)]


@dataclass(frozen=True)
class Pupil:
    """Ships nothing until it was taught."""

    refresh_days: float = 1.0
    taught: bool = field(default=False, metadata=LEARNED)

    def refresh(self, network: NetworkView, forecast: Forecast) -> Pupil:
        return replace(self, taught=True)

    def decide(self, order: Order, network: NetworkView) -> Decision:
        return MinCost().decide(order, network) if self.taught else Decision(order.number, (), order.lines)


def test_a_policy_that_learns_is_checked_as_it_was_taught() -> None:
    found = checked(Pupil())

    assert found.passed


def test_the_table_shows_every_rule_and_the_order_that_breaks_it() -> None:
    said = table("ours", checked(Forgetful()))

    assert said.startswith("ours: 2 decisions of a simulated run\n")
    assert "  FAIL  accounts for every unit                          1 of 2" in said
    assert "        order 0 (2 of mug, 1 of book to 432, standard):\n        ordered {" in said
    assert "  pass  same question, same answer                       2 of 2" in said
    assert said.endswith("Failed: the policy must not route orders as it is.")


def test_the_table_of_a_good_policy_ends_well() -> None:
    said = table("min_cost", checked(MinCost()))

    assert "FAIL" not in said
    assert "A decision took P50 " in said
    assert said.endswith("Passed.")
