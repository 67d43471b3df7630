"""Decisions with the pictures they were made on, as the decision contract has them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import final

from twin.domain.orders import Order
from twin.policies.conformance import Recorded
from twin.policies.contract import DecisionRequest, decision_message, order_message
from twin.policies.decision import Decision
from twin.policies.offers import OfferBook
from twin.policies.routing.roles import BatchPolicy, RoutingPolicy
from twin.policies.snapshot import snapshot_for
from twin.policies.view import NetworkView


def recorded(policy: RoutingPolicy, book: OfferBook, keep: Callable[[Recorded], object]) -> RoutingPolicy:
    """Return a policy that hands every question it was asked, with its answer, to `keep`."""
    made = RecordedBatches if isinstance(policy, BatchPolicy) else RecordedRouting
    return made(policy, book, keep)


class RecordedRouting:
    """A routing policy whose decisions are recorded."""

    def __init__(self, policy: RoutingPolicy, book: OfferBook, keep: Callable[[Recorded], object]) -> None:
        self._policy, self._book, self._keep = policy, book, keep

    def decide(self, order: Order, network: NetworkView) -> Decision:
        """Decide as the policy does, and record it."""
        decision = self._policy.decide(order, network)
        self._record(order, decision, network)
        return decision

    def _record(self, order: Order, decision: Decision, network: NetworkView, batch: int | None = None) -> None:
        delays = getattr(self._policy, "min_on_time_probability", None) is not None
        picture = snapshot_for(order, network, self._book, delays=delays)
        self._keep(Recorded(DecisionRequest(order_message(order), picture), decision_message(decision), batch))


@final
class RecordedBatches(RecordedRouting):
    """The same for a policy that takes many orders at once; each has the picture that all were taken on."""

    _batches = 0

    def decide_batch(self, orders: Sequence[Order], network: NetworkView) -> Sequence[Decision]:
        """Decide as the policy does, and record it."""
        assert isinstance(self._policy, BatchPolicy), "`recorded` has looked"
        decisions = self._policy.decide_batch(orders, network)
        self._batches += 1
        for order, decision in zip(orders, decisions, strict=True):
            self._record(order, decision, network, self._batches)
        return decisions
