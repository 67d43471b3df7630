"""After Saleor's allocation strategy PRIORITIZE_SORTING_ORDER."""

from __future__ import annotations

from dataclasses import dataclass

from twin.domain.orders import Order
from twin.policies.decision import Decision, Reason
from twin.policies.routing.choices import CommitUnit, Tie
from twin.policies.routing.names import NodeName
from twin.policies.routing.rules import apart, line_by_line, refuse_other_than
from twin.policies.routing.walk import by_priority, with_first
from twin.policies.view import NetworkView


@dataclass(frozen=True, slots=True)
class SortOrderSplit:
    """Walk for each line down the nodes in order of priority; each gives what it has.

    A node's priority stands for its place in the channel's list of warehouses, which in Saleor no two share; here
    `ties` decides. As in Saleor the node of click-and-collect, `pickup_node`, comes first, and an order that lacks a
    unit is refused whole: here it waits.
    """

    pickup_node: NodeName | None = None
    allow_partial: bool = False
    unit: CommitUnit = "unit"
    ties: Tie = "name"

    def __post_init__(self) -> None:
        refuse_other_than(CommitUnit, unit=self.unit)
        refuse_other_than(Tie, ties=self.ties)

    def decide(self, order: Order, network: NetworkView) -> Decision:
        """Split line by line over as many nodes as it takes, the lowest priority number first."""
        ranking = with_first(self.pickup_node, by_priority(order, network, self.ties))
        draft = line_by_line(order, network, lambda _: ranking, self.unit)
        return draft.decision(allow_partial=self.allow_partial)

    def why_not(self, node: str, order: Order, network: NetworkView) -> Reason | None:
        """Return that a node has only a part of what stays together."""
        return apart(node, order, network, self.unit)
