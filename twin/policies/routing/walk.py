"""Walking down a ranked list of nodes, and the rankings themselves."""

from __future__ import annotations

from collections.abc import Iterable

from twin.domain.orders import Lines, Order, OrderLine, without
from twin.policies.routing.services import Allocation
from twin.policies.view import NetworkView


def by_priority(network: NetworkView) -> list[str]:
    """Rank nodes by their priority, lowest number first, ties by name."""
    return sorted(network.nodes, key=lambda name: (network.nodes[name].priority, name))


def by_distance(order: Order, network: NetworkView) -> list[str]:
    """Rank nodes by distance to the customer, nearest first, ties by priority and name."""
    nodes = network.nodes
    return sorted(nodes, key=lambda name: (network.miles(name, order.destination), nodes[name].priority, name))


def fillable(node: str, lines: Lines, network: NetworkView) -> Lines:
    """Return what a node can promise of some lines: all of a line, part of it, or nothing."""
    found = []
    for line in lines:
        units = min(line.quantity, network.available_to_promise(node, line.sku))
        if units == line.quantity:
            found.append(line)
        elif units > 0:
            found.append(OrderLine(line.sku, units))
    return tuple(found)


def take_in_turn(
    ranking: Iterable[str], order: Order, network: NetworkView, max_shipments: int | None
) -> list[Allocation]:
    """Let each node in turn take what it can of what remains, until nothing does."""
    allocations: list[Allocation] = []
    rest = order.lines
    for node in ranking:
        if not rest or len(allocations) == max_shipments:
            break
        taken = fillable(node, rest, network)
        if taken:
            allocations.append((node, taken))
            rest = without(rest, taken)
    return allocations


def all_or_nothing(order: Order, allocations: list[Allocation], *, allow_partial: bool) -> list[Allocation]:
    """Drop a plan that leaves units behind where that is not allowed."""
    sent = tuple(line for _, lines in allocations for line in lines)
    return allocations if allow_partial or not without(order.lines, sent) else []


def refuse_limit_below_one(max_shipments: int | None) -> None:
    """Raise ValueError for a limit that would ship nothing."""
    if max_shipments is not None and max_shipments < 1:
        raise ValueError(f"max_shipments must be at least 1, got {max_shipments}")
