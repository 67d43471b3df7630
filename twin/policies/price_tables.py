"""What it costs to send one set of boxes by every service of every node into every zone and area."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import final

from twin.domain.carriers import CarrierService
from twin.domain.cartons import Parcels
from twin.domain.injection import Injection
from twin.domain.nodes import FulfillmentNode
from twin.domain.surcharges import NO_EXTRAS, Extras
from twin.policies.decision import Offer

NOWHERE = float("inf")
NO_CELL = -1  # the last cell of every table, which costs infinitely much


@dataclass(frozen=True, slots=True)
class Slot:
    """One service at one node; its number is the `pickup` of its offers. It may inject parcels at a hub."""

    number: int
    node: FulfillmentNode
    service: CarrierService
    injection: Injection | None = None

    def haul_usd(self, billable_lb: float) -> float:
        """Return what the way to the hub costs."""
        return 0.0 if self.injection is None else billable_lb * self.injection.usd_per_lb


@dataclass(frozen=True, slots=True)
class Tariff:
    """What offers are made of besides the boxes: services, zones, areas of surcharges, and the instant they hold at.

    `on_time_rates` are by service, carbon by mode. The first area is everywhere else. `extras` numbers what rules of
    surcharges add to shipments, the first nothing; all instants share it.
    """

    services: Mapping[str, CarrierService]
    zones: int
    on_time_rates: Mapping[str, tuple[float, ...]]
    co2e_kg_per_tkm: Mapping[str, float]
    areas: Sequence[str] = ("",)
    at: float | None = None
    extras: dict[Extras, int] = field(default_factory=lambda: {NO_EXTRAS: 0})

    def cells_of(self, slot: Slot) -> int:
        """Return the cell before a slot's first one."""
        return slot.number * len(self.areas) * self.zones - 1

    def number_of(self, extras: Extras) -> int:
        """Return the number of some extras."""
        return self.extras.setdefault(extras, len(self.extras))


@final
class PriceTable:
    """Prices for one set of boxes, and the offers made of them so far.

    A cell is a slot, an area and a zone, the zone counting fastest. The cost of a cell that cannot be reached is
    infinite.
    """

    __slots__ = ("_billable_lb", "_extras", "_freight_usd", "_made", "_slots", "_tariff", "cost_usd")

    def __init__(
        self, parcels: Parcels, slots: Sequence[Slot], tariff: Tariff, handling_usd: Sequence[float]
    ) -> None:  # fmt: skip
        self._slots, self._tariff = slots, tariff
        self._made: dict[int, Offer] = {}
        self._billable_lb, self._extras, self._freight_usd = {}, {}, {}
        for name, service in tariff.services.items():
            self._billable_lb[name] = sum([service.billable_lb(parcel) for parcel in parcels.signature])
            carriage = [carriage_usd(service, zone, parcels) for zone in range(1, tariff.zones + 1)]
            extras = [service.extras(parcels.signature, area, tariff.at) for area in tariff.areas]
            self._extras[name] = [tariff.number_of(each) for each in extras]
            self._freight_usd[name] = [usd + more for more in map(sum, extras) for usd in carriage]
        self.cost_usd = array("d")
        for slot, handling in zip(slots, handling_usd, strict=True):
            flat = handling + slot.haul_usd(self._billable_lb[slot.service.name])
            self.cost_usd.extend([freight + flat for freight in self._freight_usd[slot.service.name]])
        self.cost_usd.append(NOWHERE)

    def offer(self, cell: int) -> Offer:
        """Return the offer of a cell, the one object that all lists share."""
        made = self._made.get(cell)
        return self._make(cell) if made is None else made

    def _make(self, cell: int) -> Offer:
        zones = self._tariff.zones
        number, place = divmod(cell, len(self._tariff.areas) * zones)
        area, zone = divmod(place, zones)
        slot = self._slots[number]
        service = slot.service
        offer = self._made[cell] = Offer(
            node=slot.node.name,
            service=service.name,
            zone=zone + 1,
            cost_usd=self.cost_usd[cell],
            freight_usd=self._freight_usd[service.name][place] + slot.haul_usd(self._billable_lb[service.name]),
            billable_lb=self._billable_lb[service.name],
            transit_days=service.typical_days[zone] or 0,
            pickup=number,
            extras=self._extras[service.name][area],
            on_time_rates=self._tariff.on_time_rates[service.name],
            co2e_kg_per_tkm=self._tariff.co2e_kg_per_tkm[service.mode],
        )
        return offer


def freight_usd(
    service: CarrierService, zone: int, parcels: Parcels, area: str = "", at: float | None = None
) -> float:  # fmt: skip
    """Return label and surcharges for all parcels of a shipment, infinite where one of them cannot go."""
    return carriage_usd(service, zone, parcels) + sum(service.extras(parcels.signature, area, at))


def carriage_usd(service: CarrierService, zone: int, parcels: Parcels) -> float:
    """Return label, fuel and home delivery for all parcels of a shipment, infinite where one of them cannot go."""
    label = 0.0
    for parcel in parcels.signature:
        price = service.label_usd(zone, parcel)
        if price is None:
            return NOWHERE
        label += price
    return label + service.surcharge_usd(label, len(parcels.signature))
