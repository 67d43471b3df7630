"""Shipments made by hand, for the stages and docks they pass."""

from __future__ import annotations

from functools import cache

from tests.factories import a_network
from twin.domain.orders import Order, OrderLine
from twin.policies.decision import PlannedShipment
from twin.simulation.shipments import Shipment
from twin.simulation.world import Shelves


@cache
def shelves() -> Shelves:
    """Return the price lists and cartons of the ordinary network, made once."""
    return Shelves.of(a_network())


def a_shipment(
    *, number: int = 0, promised_by: float = 48.0, work: float = 1.0, found_luck: float = 0.5, **units: int
) -> Shipment:
    """Return a shipment of one mug from Columbus whose luck makes each of two stages take `work` times its mean."""
    lines = tuple(OrderLine(sku, count) for sku, count in (units or {"mug": 1}).items())
    order = Order(number, 0.0, "web", "432", "standard", lines, promised_by, (work, work), found_luck)
    parcels = shelves().packer.pack(lines)
    offer = shelves().book.offers("432", "standard", parcels)[0]
    plan = PlannedShipment(offer, lines, parcels, 40.0)
    return Shipment(order, plan, routed_at=0.0, planned_departure_at=17.5, first_choice=True)
