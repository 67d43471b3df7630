"""Which service a chosen node ships by: the cheapest that keeps the promise, else the one that arrives first."""

from __future__ import annotations

from twin.domain.orders import Lines, Order
from twin.policies.decision import Offer, PlannedShipment
from twin.policies.view import NetworkView


def shipment_from(node: str, lines: Lines, order: Order, network: NetworkView) -> PlannedShipment | None:
    """Plan the shipment of some lines from a node, or return None where no service goes there."""
    parcels = network.parcels(lines)
    earliest: Offer | None = None
    earliest_at = float("inf")
    for offer in network.offers(order.destination, order.service_level, parcels):  # cheapest first
        if offer.node != node:
            continue
        arrives_at = network.arrives_at(offer)
        if arrives_at <= order.promised_by:
            return PlannedShipment(offer, lines, parcels, arrives_at)
        if arrives_at < earliest_at:
            earliest, earliest_at = offer, arrives_at
    return None if earliest is None else PlannedShipment(earliest, lines, parcels, earliest_at)
