"""After the source priority algorithm of Magento's multi-source inventory."""

from __future__ import annotations

from dataclasses import dataclass

from twin.domain.orders import Order
from twin.policies.decision import Decision
from twin.policies.routing.choices import CommitUnit, Tie
from twin.policies.routing.walk import all_or_nothing, by_priority, refuse_limit_below_one, take_in_turn
from twin.policies.view import NetworkView


@dataclass(frozen=True, slots=True)
class PrioritySplit:
    """Walk down the nodes in order of priority; each takes, line by line, what it has of what remains."""

    allow_partial: bool = True
    max_shipments: int | None = None
    unit: CommitUnit = "unit"
    ties: Tie = "name"

    def __post_init__(self) -> None:
        refuse_limit_below_one(self.max_shipments)

    def decide(self, order: Order, network: NetworkView) -> Decision:
        """Split over as many nodes as it takes, the node with the lowest priority number first."""
        taken = take_in_turn(by_priority(order, network, self.ties), order, network, self.max_shipments, self.unit)
        return all_or_nothing(order, taken, allow_partial=self.allow_partial)
