"""Decisions with their reasons, for whoever wants to read why an order went where it went."""

from __future__ import annotations

from collections.abc import Sequence
from typing import final

from twin.domain.orders import Order
from twin.policies.decision import Decision
from twin.policies.routing.explain import Detail, explain
from twin.policies.routing.roles import BatchPolicy, RoutingPolicy
from twin.policies.view import NetworkView
from twin.simulation.history import History

CHOSEN = "CHOSEN"


def explained(policy: RoutingPolicy, detail: Detail, history: History) -> RoutingPolicy:
    """Return a policy that leaves a row for every node at every decision: chosen, or the one reason why not."""
    made = ExplainedBatches if isinstance(policy, BatchPolicy) else ExplainedRouting
    return made(policy, detail, history)


class ExplainedRouting:
    """A routing policy that writes down why."""

    def __init__(self, policy: RoutingPolicy, detail: Detail, history: History) -> None:
        self._policy, self._detail, self._history = policy, detail, history

    def decide(self, order: Order, network: NetworkView) -> Decision:
        """Decide as the policy does, and write down why."""
        decision = self._policy.decide(order, network)
        self._write(order, decision, network)
        return decision

    def _write(self, order: Order, decision: Decision, network: NetworkView) -> None:
        found = explain(order, decision, network, self._policy, self._detail)
        for node in found.chosen:
            self._history.decided(order.number, node, CHOSEN)
        for node, reason in found.rejected.items():
            self._history.decided(order.number, node, reason.value, found.details.get(node, ""))


@final
class ExplainedBatches(ExplainedRouting):
    """The same for a policy that takes many orders at once; each is explained on the picture they all were taken on."""

    def decide_batch(self, orders: Sequence[Order], network: NetworkView) -> Sequence[Decision]:
        """Decide as the policy does, and write down why."""
        assert isinstance(self._policy, BatchPolicy), "`explained` has looked"
        decisions = self._policy.decide_batch(orders, network)
        for order, decision in zip(orders, decisions, strict=True):
            self._write(order, decision, network)
        return decisions
