"""Why every other node was not taken: a pure function, asked when somebody wants to know."""

from __future__ import annotations

from typing import Literal

from twin.domain.orders import Order
from twin.policies.decision import Decision, Explanation, Offer, Reason
from twin.policies.routing.walk import fillable
from twin.policies.view import NetworkView

Detail = Literal["codes", "full"]


def explain(order: Order, decision: Decision, network: NetworkView, detail: Detail = "codes") -> Explanation:
    """Return, for every node, that it is in the plan or the one reason why not.

    `network` must be as it was when the decision was made. With `full`, each reason comes with its numbers.
    """
    chosen = tuple(dict.fromkeys(shipment.offer.node for shipment in decision.shipments))
    offers = _cheapest_by_node(order, network)
    rejected = {
        node: _reason(order, decision, node, offers.get(node), network)
        for node in sorted(network.nodes)
        if node not in chosen
    }
    details = {}
    if detail == "full":
        details = {node: _words(order, reason, node, offers.get(node), network) for node, reason in rejected.items()}
    return Explanation(chosen, rejected, details)


def _cheapest_by_node(order: Order, network: NetworkView) -> dict[str, Offer]:
    found: dict[str, Offer] = {}
    for offer in network.offers(order.destination, order.service_level, network.parcels(order.lines)):
        found.setdefault(offer.node, offer)
    return found


def _reason(order: Order, decision: Decision, node: str, offer: Offer | None, network: NetworkView) -> Reason:
    closed = network.closed_because(node)
    if closed is not None:
        return closed
    if offer is None:
        return Reason.SERVICE_UNAVAILABLE
    if not network.can_fill(node, order.lines):
        partly = fillable(node, order.lines, network)
        return Reason.INCOMPLETE_FOR_SINGLE if partly else Reason.NO_STOCK
    kept = all(shipment.arrives_at <= order.promised_by for shipment in decision.shipments)
    late = _earliest(order, node, network) > order.promised_by
    return Reason.CANNOT_MEET_PROMISE if late and kept and decision.shipments else Reason.DOMINATED


def _earliest(order: Order, node: str, network: NetworkView) -> float:
    offers = network.offers(order.destination, order.service_level, network.parcels(order.lines))
    return min(network.arrives_at(offer) for offer in offers if offer.node == node)


def _words(order: Order, reason: Reason, node: str, offer: Offer | None, network: NetworkView) -> str:
    if offer is None or reason in (Reason.NO_STOCK, Reason.INCOMPLETE_FOR_SINGLE):
        stock = {line.sku: network.available_to_promise(node, line.sku) for line in order.lines}
        return f"available {stock}" if offer is not None else f"no service of {order.service_level} goes there"
    return (
        f"from ${offer.cost_usd:.2f}, arriving {network.arrives_at(offer) - order.promised_by:+.1f} h "
        f"against the promise, backlog {network.backlog_hours(node):.1f} h"
    )
