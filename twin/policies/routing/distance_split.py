"""After the distance priority algorithm of Magento's multi-source inventory."""

from __future__ import annotations

from dataclasses import dataclass

from twin.domain.orders import Order
from twin.policies.decision import Decision
from twin.policies.routing.choices import CommitUnit, Tie, Unlocated
from twin.policies.routing.walk import all_or_nothing, by_distance, refuse_limit_below_one, take_in_turn
from twin.policies.view import NetworkView


@dataclass(frozen=True, slots=True)
class DistanceSplit:
    """Walk down the nodes from the nearest; each takes, line by line, what it has of what remains.

    The original leaves the order of equally distant sources open; here priority and then the name decide.
    """

    allow_partial: bool = True
    max_shipments: int | None = None
    unit: CommitUnit = "unit"
    ties: Tie = "priority"
    unlocated: Unlocated = "last"

    def __post_init__(self) -> None:
        refuse_limit_below_one(self.max_shipments)

    def decide(self, order: Order, network: NetworkView) -> Decision:
        """Split over as many nodes as it takes, the nearest first."""
        taken = take_in_turn(
            by_distance(order, network, self.ties, self.unlocated), order, network, self.max_shipments, self.unit
        )
        return all_or_nothing(order, taken, allow_partial=self.allow_partial)
