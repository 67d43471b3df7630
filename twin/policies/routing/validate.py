"""Checks every decision, whoever made it, before anything is reserved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from twin.domain.errors import TwinError
from twin.domain.orders import Lines, Order, OrderLine
from twin.policies.decision import Decision
from twin.policies.view import NetworkView


class IllegalDecision(TwinError):  # noqa: N818  (a decision that breaks the rules, in the words of the trade)
    """A policy asked for something that cannot be done."""


def validate(order: Order, decision: Decision, network: NetworkView) -> None:
    """Raise `IllegalDecision` unless the decision accounts for every unit and every node can do its part."""
    shipments = decision.shipments
    if decision.order_number != order.number:
        raise IllegalDecision(f"order {order.number}: the decision is for order {decision.order_number}")
    if len(shipments) == 1 and not decision.unfilled and shipments[0].lines is order.lines:
        _refuse_unless_filled(order, shipments[0].offer.node, order.lines, network)
        return
    _refuse_lost_units(order, decision)
    for shipment in shipments:
        if not shipment.lines:
            raise IllegalDecision(f"order {order.number}: node {shipment.offer.node!r} is to ship nothing")
    for node, lines in _by_node(decision).items():
        _refuse_unless_filled(order, node, lines, network)


def validate_batch(orders: Sequence[Order], decisions: Sequence[Decision], network: NetworkView) -> None:
    """Raise `IllegalDecision` unless each decision is legal, and all together within stock and order limits."""
    if len(orders) != len(decisions):
        raise IllegalDecision(f"{len(orders)} orders were to be routed together, {len(decisions)} decisions came back")
    for order, decision in zip(orders, decisions, strict=True):
        validate(order, decision, network)
    _refuse_shared_units(decisions, network)
    taken = Counter(node for decision in decisions for node in _by_node(decision))
    for node, count in taken.items():
        if count > network.orders_left(node):
            raise IllegalDecision(f"node {node!r} is to take {count} orders and takes {network.orders_left(node):g}")


def _refuse_unless_filled(order: Order, node: str, lines: Lines, network: NetworkView) -> None:
    known = node in network.nodes
    if known and network.can_fill(node, lines):
        return
    why = (network.closed_because(node) or "not enough stock to promise") if known else "no such node"
    wanted = ", ".join(f"{line.quantity} of {line.sku}" for line in lines)
    raise IllegalDecision(f"order {order.number}: node {node!r} cannot ship {wanted}: {why}")


def _refuse_shared_units(decisions: Sequence[Decision], network: NetworkView) -> None:
    units: Counter[tuple[str, str]] = Counter()
    for decision in decisions:
        for node, lines in _by_node(decision).items():
            units.update({(node, line.sku): line.quantity for line in lines})
    for (node, sku), wanted in units.items():
        available = network.available_to_promise(node, sku)
        if wanted > available:
            raise IllegalDecision(f"node {node!r} is to ship {wanted} of {sku} to several orders and has {available}")


def _refuse_lost_units(order: Order, decision: Decision) -> None:
    planned: dict[str, int] = {}
    for part in (*(shipment.lines for shipment in decision.shipments), decision.unfilled):
        for line in part:
            planned[line.sku] = planned.get(line.sku, 0) + line.quantity
    ordered: dict[str, int] = {}
    for line in order.lines:
        ordered[line.sku] = ordered.get(line.sku, 0) + line.quantity
    if planned != ordered:
        raise IllegalDecision(f"order {order.number}: ordered {ordered}, but shipped and unfilled add up to {planned}")


def _by_node(decision: Decision) -> dict[str, Lines]:
    """Add up what each node is to ship, so that two shipments cannot promise the same unit."""
    units: dict[str, dict[str, int]] = {}
    for shipment in decision.shipments:
        of_node = units.setdefault(shipment.offer.node, {})
        for line in shipment.lines:
            of_node[line.sku] = of_node.get(line.sku, 0) + line.quantity
    return {node: tuple(OrderLine(sku, count) for sku, count in of_node.items()) for node, of_node in units.items()}
