"""The points on which real systems differ without saying so; every policy states them as parameters.

Which unit is committed, which stock counts, whether a threshold is reached or passed, who wins a tie, and where nodes
without coordinates stand. (When stock is committed and what a rejection does to it are choices of order management,
`conf/dom/`.)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from twin.domain.orders import Order
from twin.policies.view import NetworkView

CommitUnit = Literal["unit", "line", "order"]
"""What stays together: nothing (a line may come from several nodes), each line, or the whole order."""
StockBasis = Literal["on_hand", "on_hand_minus_reserved", "available_to_promise"]
"""Which stock ranks a node: what the books say is there, that less what is promised, or what may still be promised."""
Threshold = Literal["at_least", "more_than"]
"""Whether a value that equals a limit passes it."""
Tie = Literal["priority", "distance", "name"]
"""What decides between equals first; the others follow, the name last."""
Unlocated = Literal["last", "exclude"]
"""Where nodes (or customers) without coordinates stand in a ranking by distance."""

INFINITE = float("inf")


def stock_of(basis: StockBasis, node: str, sku: str, network: NetworkView) -> int:
    """Return the units of a product at a node, counted as a ranking or threshold wants it."""
    if basis == "available_to_promise":
        return network.available_to_promise(node, sku)
    on_hand = network.on_hand(node, sku)
    return on_hand if basis == "on_hand" else on_hand - network.reserved(node, sku)


def stock_by_node(basis: StockBasis, sku: str, network: NetworkView) -> Mapping[str, int]:
    """Return the units of a product at every node, counted as a ranking wants it."""
    if basis == "on_hand_minus_reserved":
        return network.unreserved(sku)
    count = network.on_hand if basis == "on_hand" else network.available_to_promise
    return {node: count(node, sku) for node in network.nodes}


def passes(value: float, limit: float, threshold: Threshold) -> bool:
    """Answer whether a value passes a limit."""
    return value >= limit if threshold == "at_least" else value > limit


def priorities(network: NetworkView) -> dict[str, int]:
    """Return the priority of every node."""
    return {name: node.priority for name, node in network.nodes.items()}


def distances(order: Order, network: NetworkView) -> dict[str, float]:
    """Return the miles of every node to the customer."""
    miles, destination = network.miles, order.destination
    return {name: miles(name, destination) for name in network.nodes}


def tie_order(ties: Tie, order: Order, network: NetworkView) -> list[str]:
    """Return all nodes as they stand where they are equal in all else.

    Sorts are stable, so whoever sorts this list by something leaves equals in this order. To rank 20 nodes by priority
    takes 6.5 us so, sorting by one looked-up number after the other; by a key of several for each node it took 16.5.
    """
    names = sorted(network.nodes)
    if ties == "name":
        return names
    names.sort(key=priorities(network).__getitem__)
    if ties == "priority":
        return names
    return sorted(names, key=distances(order, network).__getitem__)


def located(nodes: Iterable[str], order: Order, network: NetworkView, unlocated: Unlocated) -> list[str]:
    """Return the nodes that a ranking by distance may hold: all of them, or only those with a known distance."""
    if unlocated == "last":  # their distance is infinite, so they sort last by themselves
        return list(nodes)
    return [node for node in nodes if network.miles(node, order.destination) < INFINITE]
