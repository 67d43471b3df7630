"""What it costs to send one set of boxes by every service of every node into every zone."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import final

from twin.domain.carriers import CarrierService
from twin.domain.cartons import Parcels
from twin.domain.nodes import FulfillmentNode
from twin.policies.decision import Offer

NOWHERE = float("inf")


@dataclass(frozen=True, slots=True)
class Slot:
    """One service at one node; its number is the `pickup` of its offers."""

    number: int
    node: FulfillmentNode
    service: CarrierService


@final
class PriceTable:
    """Prices for one set of boxes, and the offers made of them so far.

    A cell is a slot and a zone: `slot * zones + zone - 1`. The cost of a cell that cannot be reached is infinite.
    """

    __slots__ = ("_billable_lb", "_freight_usd", "_made", "_slots", "_zones", "cost_usd")

    def __init__(
        self, parcels: Parcels, slots: Sequence[Slot], zones: int, services: Mapping[str, CarrierService],
        handling_usd: Sequence[float],
    ) -> None:  # fmt: skip
        self._slots, self._zones = slots, zones
        self._made: dict[int, Offer] = {}
        self._billable_lb = {
            name: sum([service.billable_lb(parcel) for parcel in parcels.signature])
            for name, service in services.items()
        }
        self._freight_usd = {
            name: [freight_usd(service, zone, parcels) for zone in range(1, zones + 1)]
            for name, service in services.items()
        }
        self.cost_usd = array("d")
        for slot, handling in zip(slots, handling_usd, strict=True):
            self.cost_usd.extend([freight + handling for freight in self._freight_usd[slot.service.name]])

    def offer(self, cell: int) -> Offer:
        """Return the offer of a cell, the one object that all lists share."""
        made = self._made.get(cell)
        return self._make(cell) if made is None else made

    def _make(self, cell: int) -> Offer:
        number, zone = divmod(cell, self._zones)
        slot = self._slots[number]
        service = slot.service
        offer = self._made[cell] = Offer(
            node=slot.node.name,
            service=service.name,
            zone=zone + 1,
            cost_usd=self.cost_usd[cell],
            freight_usd=self._freight_usd[service.name][zone],
            billable_lb=self._billable_lb[service.name],
            transit_days=service.typical_days[zone] or 0,
            pickup=number,
        )
        return offer


def freight_usd(service: CarrierService, zone: int, parcels: Parcels) -> float:
    """Return label and surcharges for all parcels of a shipment, infinite where one of them cannot go."""
    label = 0.0
    for parcel in parcels.signature:
        price = service.label_usd(zone, parcel)
        if price is None:
            return NOWHERE
        label += price
    return label + service.surcharge_usd(label, len(parcels.signature))
