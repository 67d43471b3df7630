"""Why every other node was not taken: a pure function, asked when somebody wants to know."""

from __future__ import annotations

from typing import Literal

from twin.domain.orders import Order
from twin.policies.decision import Decision, Explanation, Offer, Reason
from twin.policies.routing.roles import ExplainingPolicy, RoutingPolicy
from twin.policies.routing.walk import fillable
from twin.policies.view import NetworkView

Detail = Literal["codes", "full"]
RULES = {
    Reason.OUTSIDE_GROUP: "in no group that the rules name",
    Reason.CHANNEL_NOT_ALLOWED: "does not serve the order's channel",
    Reason.BEYOND_MAX_DISTANCE: "farther away than the rules allow",
    Reason.BELOW_MIN_STOCK: "has less stock than the rules ask for",
    Reason.PROTECTED_STOCK: "keeps its stock for customers of its own",
    Reason.GROUP_SPLIT_FORBIDDEN: "could only send a part of what must stay together",
    Reason.BELOW_SPLIT_VALUE: "a part of the order would be worth less than the rules ask",
    Reason.MAX_SPLITS: "the order may not go in more shipments",
    Reason.MARGIN_FLOOR: "sending from there would cost more than the rules allow",
    Reason.PRUNED: "not among the best that the search looked at",
}


def explain(
    order: Order, decision: Decision, network: NetworkView, policy: RoutingPolicy, detail: Detail = "codes"
) -> Explanation:
    """Return, for every node, that it is in the plan or the one reason why not.

    `network` must be as it was when the policy decided. A policy with rules of its own is asked for them where the node
    is open and has something to send. With `full`, each reason comes with its numbers.
    """
    chosen = tuple(dict.fromkeys(shipment.offer.node for shipment in decision.shipments))
    offers = _offers_by_node(order, network)
    rejected = {
        node: _reason(order, decision, node, offers.get(node, []), network, policy)
        for node in sorted(network.nodes)
        if node not in chosen
    }
    details = {}
    if detail == "full":
        details = {
            node: _words(order, reason, node, offers.get(node, []), network) for node, reason in rejected.items()
        }
    return Explanation(chosen, rejected, details)


def _offers_by_node(order: Order, network: NetworkView) -> dict[str, list[Offer]]:
    """Return how each node could send the whole order, cheapest first."""
    found: dict[str, list[Offer]] = {}
    for offer in network.offers(order.destination, order.service_level, network.parcels(order.lines)):
        found.setdefault(offer.node, []).append(offer)
    return found


def _reason(
    order: Order, decision: Decision, node: str, offers: list[Offer], network: NetworkView, policy: RoutingPolicy
) -> Reason:
    closed = network.closed_because(node)
    if closed is not None:
        return closed
    if not offers:
        return Reason.SERVICE_UNAVAILABLE
    partly = fillable(node, order.lines, network)
    if not partly:
        return Reason.NO_STOCK
    rule = policy.why_not(node, order, network) if isinstance(policy, ExplainingPolicy) else None
    if rule is not None:
        return rule
    if partly != order.lines:
        return Reason.INCOMPLETE_FOR_SINGLE
    kept = all(shipment.arrives_at <= order.promised_by for shipment in decision.shipments)
    late = min(map(network.arrives_at, offers)) > order.promised_by
    return Reason.CANNOT_MEET_PROMISE if late and kept and decision.shipments else Reason.DOMINATED


def _words(order: Order, reason: Reason, node: str, offers: list[Offer], network: NetworkView) -> str:
    if reason is Reason.SERVICE_UNAVAILABLE:
        return f"no service of {order.service_level} takes it to {order.destination}"
    if reason in (Reason.NO_STOCK, Reason.INCOMPLETE_FOR_SINGLE):
        stock = ((line, network.available_to_promise(node, line.sku)) for line in order.lines)
        return ", ".join(f"{units} of {line.quantity} {line.sku}" for line, units in stock)
    if reason in (Reason.DOMINATED, Reason.CANNOT_MEET_PROMISE):
        return _prices(order, reason, node, offers, network)
    return RULES.get(reason, "takes no orders now")


def _prices(order: Order, reason: Reason, node: str, offers: list[Offer], network: NetworkView) -> str:
    """Say what the node's best way costs and when it arrives: the cheapest, or where all are late the fastest."""
    best = offers[0] if reason is Reason.DOMINATED else min(offers, key=network.arrives_at)
    cost_usd = best.cost_usd + network.parcels(order.lines).packaging_usd
    return (
        f"${cost_usd:.2f} by {best.service}, arriving {network.arrives_at(best) - order.promised_by:+.1f} h "
        f"against the promise, backlog {network.backlog_hours(node):.1f} h"
    )
