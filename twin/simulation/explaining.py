"""Decisions with their reasons, for whoever wants to read why an order went where it went."""

from __future__ import annotations

from typing import final

from twin.domain.orders import Order
from twin.policies.decision import Decision
from twin.policies.routing.explain import Detail, explain
from twin.policies.routing.roles import RoutingPolicy
from twin.policies.view import NetworkView
from twin.simulation.history import History

CHOSEN = "CHOSEN"


@final
class ExplainedRouting:
    """A routing policy that leaves a row for every node at every decision: chosen, or the one reason why not."""

    def __init__(self, policy: RoutingPolicy, detail: Detail, history: History) -> None:
        self._policy, self._detail, self._history = policy, detail, history

    def decide(self, order: Order, network: NetworkView) -> Decision:
        """Decide as the policy does, and write down why."""
        decision = self._policy.decide(order, network)
        found = explain(order, decision, network, self._policy, self._detail)
        for node in found.chosen:
            self._history.decided(order.number, node, CHOSEN)
        for node, reason in found.rejected.items():
            self._history.decided(order.number, node, reason.value, found.details.get(node, ""))
        return decision
