"""After Saleor's allocation strategy PRIORITIZE_HIGH_STOCK."""

from __future__ import annotations

from dataclasses import dataclass

from twin.domain.orders import Lines, Order
from twin.policies.decision import Decision, Reason
from twin.policies.routing.choices import CommitUnit, StockBasis, Tie, stock_by_node, tie_order
from twin.policies.routing.names import NodeName
from twin.policies.routing.rules import apart, line_by_line, refuse_other_than
from twin.policies.routing.walk import with_first
from twin.policies.view import NetworkView


@dataclass(frozen=True, slots=True)
class HighStockSplit:
    """Walk for each line down the nodes from the one with the most of that product; each gives what it has.

    As in Saleor the node of click-and-collect, `pickup_node`, comes first whatever it has, units in carts do not count
    in the ranking but cannot be taken either, and an order that lacks a unit is refused whole: here it waits. With
    `unit: order`, which Saleor does not know, nodes rank by their stock of all its products together. The original
    leaves equals as the database lists them; here `ties` decides.
    """

    rank_by: StockBasis = "on_hand_minus_reserved"
    pickup_node: NodeName | None = None
    allow_partial: bool = False
    unit: CommitUnit = "unit"
    ties: Tie = "priority"

    def __post_init__(self) -> None:
        refuse_other_than(StockBasis, rank_by=self.rank_by)
        refuse_other_than(CommitUnit, unit=self.unit)
        refuse_other_than(Tie, ties=self.ties)

    def decide(self, order: Order, network: NetworkView) -> Decision:
        """Split line by line over as many nodes as it takes, the fullest first."""
        equals = tie_order(self.ties, order, network)

        def ranking(lines: Lines) -> list[str]:
            (line, *others) = lines
            stock = stock_by_node(self.rank_by, line.sku, network)
            for other in others:
                more = stock_by_node(self.rank_by, other.sku, network)
                stock = {node: stock[node] + more[node] for node in equals}
            return with_first(self.pickup_node, sorted(equals, key=stock.__getitem__, reverse=True))

        draft = line_by_line(order, network, ranking, self.unit)
        return draft.decision(allow_partial=self.allow_partial)

    def why_not(self, node: str, order: Order, network: NetworkView) -> Reason | None:
        """Return that a node has only a part of what stays together."""
        return apart(node, order, network, self.unit)
