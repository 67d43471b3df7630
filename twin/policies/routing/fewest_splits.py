"""After Salesforce Order Management's routes with the fewest splits, ranked by mean distance."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

from twin.domain.orders import Order
from twin.policies.decision import Decision
from twin.policies.routing.services import shipment_from
from twin.policies.routing.walk import (
    all_or_nothing,
    by_distance,
    refuse_limit_below_one,
    share_of,
    take_in_turn,
)
from twin.policies.view import NetworkView


@dataclass(frozen=True, slots=True)
class FewestSplits:
    """Try single nodes, then pairs, then triples: the first size that fills the order wins, nearest set first.

    A node that has all of it is found wherever it is; sets are made of the `search_nodes` nearest that have something
    of the order. An order that no set fills is split from the nearest on, or left whole where `allow_partial` is false.
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
        ranking = by_distance(order, network)
        for node in ranking:
            whole = shipment_from(node, order.lines, order, network) if network.can_fill(node, order.lines) else None
            if whole is not None:
                return Decision(order.number, (whole,))
        near = [node for node in ranking if share_of(node, order.lines, order, network)][: self.search_nodes]
        for size in range(2, min(self.max_shipments, len(near)) + 1):
            best = _nearest_set(size, near, order, network)
            if best:
                return take_in_turn(best, order, network, size)
        partly = take_in_turn(near, order, network, self.max_shipments)
        return all_or_nothing(order, partly, allow_partial=self.allow_partial)


def _nearest_set(size: int, near: list[str], order: Order, network: NetworkView) -> tuple[str, ...]:
    """Return the set of nodes with the smallest mean distance that fills the order, empty if none does."""
    best: tuple[str, ...] = ()
    best_miles = float("inf")
    miles = {node: network.miles(node, order.destination) for node in near}
    for nodes in combinations(near, size):  # nearest first: a set as near as one before never replaces it
        total = sum(miles[node] for node in nodes)
        if total < best_miles and _covers(nodes, order, network):
            best, best_miles = nodes, total
    return best


def _covers(nodes: tuple[str, ...], order: Order, network: NetworkView) -> bool:
    return all(
        sum(network.available_to_promise(node, line.sku) for node in nodes) >= line.quantity for line in order.lines
    )
