"""Decisions with the pictures they were made on, as the decision contract has them."""

from __future__ import annotations

from collections.abc import Callable
from typing import final

from twin.domain.orders import Order
from twin.policies.conformance import Recorded
from twin.policies.contract import DecisionRequest, decision_message, order_message
from twin.policies.decision import Decision
from twin.policies.offers import OfferBook
from twin.policies.routing.roles import RoutingPolicy
from twin.policies.snapshot import snapshot_for
from twin.policies.view import NetworkView


@final
class RecordedRouting:
    """A routing policy that hands every question it was asked, with its answer, to `keep`."""

    def __init__(self, policy: RoutingPolicy, book: OfferBook, keep: Callable[[Recorded], object]) -> None:
        self._policy, self._book, self._keep = policy, book, keep

    def decide(self, order: Order, network: NetworkView) -> Decision:
        """Decide as the policy does, and record it."""
        decision = self._policy.decide(order, network)
        picture = snapshot_for(order, network, self._book)
        self._keep(Recorded(DecisionRequest(order_message(order), picture), decision_message(decision)))
        return decision
