"""Puts what production decided into the scenario: its facilities, products and services become the twin's."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from twin.calibration.decision_import.orders import NotPlaced
from twin.calibration.decision_import.taken import Shipped, Taken, Units
from twin.domain.network import Network
from twin.domain.orders import Lines, Order, OrderLine, without
from twin.policies.decision import Decision, Offer, PlannedShipment
from twin.policies.view import NetworkView

ASSUMED = {"service_assumed": True}


def decided(taken: Taken, order: Order, view: NetworkView, network: Network) -> Decision:
    """Return production's decision as the twin would carry it out.

    Raises `NotPlaced` where it ships from a node, or more than was ordered, or by a way that there is not.
    """
    _refuse_unknown_nodes(taken, network)
    by_node = _by_node(taken, order)
    shipments = tuple(_shipment(order, node, lines, view) for node, lines in by_node.items())
    rest = order.lines
    for shipment in shipments:
        rest = without(rest, shipment.lines)
    return Decision(order.number, shipments, rest)


def assumed_offer(order: Order, node: str, lines: Lines, view: NetworkView) -> Offer | None:
    """Return the service that production will have taken from a node, which its log names by no word of ours.

    That is the cheapest that should keep the promise, else the fastest; none where the node cannot send it at all.
    """
    ways = view.offers(order.destination, order.service_level, view.parcels(lines))
    offers = [offer for offer in ways if offer.node == node]
    in_time = (offer for offer in offers if view.arrives_at(offer) <= order.promised_by)
    return next(in_time, None) or min(offers, key=view.arrives_at, default=None)


def outcome_of(taken: Taken) -> dict[str, Any]:
    """Return what is known besides the decision: that services are ours, the order's id, and what the export says."""
    said: Mapping[str, Any] = taken.outcome
    return {**said, **(ASSUMED if taken.shipped else {}), "order_id": taken.order_id}


def _refuse_unknown_nodes(taken: Taken, network: Network) -> None:
    for node in dict.fromkeys(one.node for one in taken.shipped):
        if node not in network.nodes:
            near = get_close_matches(node, network.nodes, n=1)
            cure = f", perhaps {near[0]!r}" if near else ""
            raise NotPlaced(f"facility {node!r} is no node of the network; map it with --facilities{cure}")


def _by_node(taken: Taken, order: Order) -> dict[str, Lines]:
    """Return what each node is to ship, in the order of the lines; refuse what was not ordered."""
    units: dict[str, Units] = {}
    for node, sku, count in taken.shipped:
        of_node = units.setdefault(node, {})
        of_node[sku] = of_node.get(sku, 0) + count
    ordered: Units = {}
    for line in order.lines:
        ordered[line.sku] = ordered.get(line.sku, 0) + line.quantity
    _refuse_more_than_ordered(taken.shipped, ordered)
    return {
        node: tuple(OrderLine(sku, of_node[sku]) for sku in ordered if of_node.get(sku))
        for node, of_node in units.items()
    }


def _refuse_more_than_ordered(shipped: tuple[Shipped, ...], ordered: Units) -> None:
    total: Units = {}
    for _, sku, count in shipped:
        total[sku] = total.get(sku, 0) + count
    for sku, count in total.items():
        if count > ordered.get(sku, 0):
            raise NotPlaced(f"{count} of {sku} ship, {ordered.get(sku, 0)} were ordered")


def _shipment(order: Order, node: str, lines: Lines, view: NetworkView) -> PlannedShipment:
    offer = assumed_offer(order, node, lines, view)
    if offer is None:
        what = ", ".join(f"{line.quantity} of {line.sku}" for line in lines)
        raise NotPlaced(f"node {node!r} has no service that takes {what} to {order.destination}")
    return PlannedShipment(offer, lines, view.parcels(lines), view.arrives_at(offer))
