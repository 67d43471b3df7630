"""Walking down a ranked list of nodes, and the rankings themselves."""

from __future__ import annotations

from collections.abc import Iterable

from twin.domain.orders import Lines, Order, OrderLine, without
from twin.policies.decision import Decision, PlannedShipment
from twin.policies.routing.choices import CommitUnit, Tie, Unlocated, distances, located, priorities, tie_order
from twin.policies.routing.services import shipment_from
from twin.policies.view import NetworkView


def by_priority(order: Order, network: NetworkView, ties: Tie = "name") -> list[str]:
    """Rank nodes by their priority, lowest number first."""
    return sorted(tie_order(ties, order, network), key=priorities(network).__getitem__)


def by_distance(order: Order, network: NetworkView, ties: Tie = "priority", unlocated: Unlocated = "last") -> list[str]:
    """Rank nodes by distance to the customer, nearest first, those without coordinates last or not at all."""
    near = located(tie_order(ties, order, network), order, network, unlocated)
    return sorted(near, key=distances(order, network).__getitem__)


def with_first(node: str | None, ranking: list[str]) -> list[str]:
    """Put one node, where there is one, before all others of a ranking."""
    return ranking if node not in ranking else [node, *[other for other in ranking if other != node]]


def fillable(node: str, lines: Lines, network: NetworkView, unit: CommitUnit = "unit") -> Lines:
    """Return what a node can promise of some lines: all of a line or part of it; whole lines only; all or nothing."""
    if network.can_fill(node, lines):  # one question in place of one for each line, and most nodes can
        return lines
    if unit == "order":
        return ()
    found = []
    for line in lines:
        units = network.available_to_promise(node, line.sku)
        if units >= line.quantity:
            found.append(line)
        elif units > 0 and unit == "unit":
            found.append(OrderLine(line.sku, units))
    return tuple(found)


def share_of(
    node: str, lines: Lines, order: Order, network: NetworkView, unit: CommitUnit = "unit"
) -> PlannedShipment | None:
    """Plan the shipment of what a node has of some lines, or return None where it has nothing or cannot ship it."""
    found = fillable(node, lines, network, unit)
    return shipment_from(node, found, order, network) if found else None


def take_in_turn(
    ranking: Iterable[str], order: Order, network: NetworkView, max_shipments: int | None, unit: CommitUnit = "unit"
) -> Decision:
    """Let each node in turn ship what it can of what remains, until nothing does."""
    shipments: list[PlannedShipment] = []
    rest = order.lines
    for node in ranking:
        if not rest or len(shipments) == max_shipments:
            break
        shipment = share_of(node, rest, order, network, unit)
        if shipment is not None:
            shipments.append(shipment)
            rest = without(rest, shipment.lines)
    return Decision(order.number, tuple(shipments), rest)


def all_or_nothing(order: Order, decision: Decision, *, allow_partial: bool) -> Decision:
    """Ship nothing where units would be left behind and that is not allowed."""
    return decision if allow_partial or not decision.unfilled else Decision(order.number, (), order.lines)


def refuse_limit_below_one(max_shipments: int | None) -> None:
    """Raise ValueError for a limit that would ship nothing."""
    if max_shipments is not None and max_shipments < 1:
        raise ValueError(f"max_shipments must be at least 1, got {max_shipments}")
