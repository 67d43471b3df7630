"""After Salesforce Order Management's routes with the fewest splits, ranked by mean distance."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

from twin.domain.orders import Order
from twin.policies.decision import Decision
from twin.policies.routing.services import Allocation, plan
from twin.policies.routing.walk import by_distance, fillable, refuse_limit_below_one, take_in_turn
from twin.policies.view import NetworkView


@dataclass(frozen=True, slots=True)
class FewestSplits:
    """Try single nodes, then pairs, then triples: the first size that fills the order wins, nearest set first.

    Only the `search_nodes` nearest nodes that have something of the order are combined. An order that no
    combination fills is split from the nearest on, or left whole where `allow_partial` is false.
    """

    max_shipments: int = 4
    search_nodes: int = 20
    allow_partial: bool = True

    def __post_init__(self) -> None:
        refuse_limit_below_one(self.max_shipments)
        if self.search_nodes < 1:
            raise ValueError(f"search_nodes must be at least 1, got {self.search_nodes}")

    def decide(self, order: Order, network: NetworkView) -> Decision:
        """Ship from as few nodes as can fill the order together."""
        near = [node for node in by_distance(order, network) if fillable(node, order.lines, network)]
        near = near[: self.search_nodes]
        for size in range(1, min(self.max_shipments, len(near)) + 1):
            best = self._nearest_set(size, near, order, network)
            if best:
                return plan(order, best, network)
        rest = take_in_turn(near, order, network, self.max_shipments) if self.allow_partial else []
        return plan(order, rest, network)

    def _nearest_set(self, size: int, near: list[str], order: Order, network: NetworkView) -> list[Allocation]:
        """Return the split over the set of nodes with the smallest mean distance, empty if no set will do."""
        best: list[Allocation] = []
        best_miles = float("inf")
        miles = {node: network.miles(node, order.destination) for node in near}
        for nodes in combinations(near, size):  # nearest first, so an equal sum later never replaces an earlier
            total = sum(miles[node] for node in nodes)
            if total < best_miles and _covers(nodes, order, network):
                best = take_in_turn(nodes, order, network, size)
                best_miles = total
        return best


def _covers(nodes: tuple[str, ...], order: Order, network: NetworkView) -> bool:
    return all(
        sum(network.available_to_promise(node, line.sku) for node in nodes) >= line.quantity for line in order.lines
    )
