"""What it costs to send one set of boxes by every service of every node into every zone and area."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, final

import numpy as np

from twin.domain.carriers import CarrierService
from twin.domain.cartons import Parcel, Parcels
from twin.domain.injection import Injection
from twin.domain.network import Network
from twin.domain.nodes import FulfillmentNode
from twin.domain.surcharges import NO_EXTRAS, Extras, together
from twin.policies.decision import Offer

Column = Any  # a numpy array
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


class PricedParcel(NamedTuple):
    """One parcel by every service: billable pounds, list prices by service and zone, and extras by service and area.

    Where a service does not go the price is not a number, and so is every sum with it.
    """

    billable_lb: Column
    labels_usd: Column
    extras: tuple[tuple[Extras, ...], ...]


class Carriage(NamedTuple):
    """A set of boxes by every service: billable pounds, freight by area and zone, numbers of extras by area."""

    billable_lb: Column
    freight_usd: Column
    extras: list[list[int]]


class Tariff:
    """What offers are made of besides the boxes: slots, services, zones, areas of surcharges, and when they hold.

    `on_time_rates` are by service, carbon by mode. The first area is everywhere else. `extras` numbers what rules of
    surcharges add to shipments, the first nothing; all instants share it. What a parcel costs is remembered: the same
    ones come again in other sets, whose prices are then sums.
    """

    def __init__(self, slots: Sequence[Slot], network: Network, areas: Sequence[str], at: float | None = None) -> None:
        self.slots, self.network, self.areas, self.at = slots, network, areas, at
        self.zones = network.zone_bands.zones
        self.services = list(network.services.values())
        self.on_time_rates = [service.on_time_rates for service in self.services]
        self.co2e_kg_per_tkm = [network.carbon.linehaul_kg_per_tkm[service.mode] for service in self.services]
        self.extras: dict[Extras, int] = {NO_EXTRAS: 0}
        numbers = {service.name: number for number, service in enumerate(self.services)}
        self.service_of = np.array([numbers[slot.service.name] for slot in slots], dtype=np.int64)
        packers = {slot.node.packing_standard: slot.node.name for slot in slots} or {None: ""}
        self._packers = list(packers.values())
        rows = np.array([list(packers).index(slot.node.packing_standard) for slot in slots], dtype=np.int64)
        self.row_of = self.service_of + len(self.services) * rows
        self._haul_usd_per_lb = np.array([slot.haul_usd(1.0) for slot in slots])
        self._fuel_rate = np.array([[service.surcharges.fuel_rate] for service in self.services])
        self._residential_usd = np.array([[service.surcharges.residential_usd] for service in self.services])
        self._has_rules = any(service.surcharges.rules for service in self.services)
        shape = (len(self.services), len(areas))
        self._nothing = (np.zeros(shape, dtype=np.int64).tolist(), np.zeros(shape))
        self._priced: dict[Parcel, PricedParcel] = {}

    def from_instant(self, at: float) -> Tariff:
        """Return the tariff of an instant; it numbers extras as this one does."""
        other = Tariff(self.slots, self.network, self.areas, at)
        other.extras = self.extras
        return other

    def cells_of(self, slot: Slot) -> int:
        """Return the cell before a slot's first one."""
        return slot.number * len(self.areas) * self.zones - 1

    def priced(self, parcel: Parcel) -> PricedParcel:
        """Return what one parcel costs."""
        found = self._priced.get(parcel)
        if found is None:
            zones = range(1, self.zones + 1)
            labels = [[service.label_usd(zone, parcel) for zone in zones] for service in self.services]
            found = self._priced[parcel] = PricedParcel(
                np.array([service.billable_lb(parcel) for service in self.services], dtype=np.int64),
                np.array(labels, dtype=np.float64),  # None becomes nan
                tuple(
                    [
                        tuple([service.extras((parcel,), area, self.at) for area in self.areas])
                        for service in self.services
                    ]
                ),
            )
        return found

    def carriage(self, parcels: Parcels) -> Carriage:
        """Return what it takes to carry some goods, in the boxes of one packing standard after the other.

        A row is a standard and a service (`row_of` says a slot's). Where all nodes pack alike there is one standard.
        """
        each = [self._carriage(parcels.packed_at(node)) for node in self._packers]
        if len(each) == 1:
            return each[0]
        return Carriage(
            np.concatenate([one.billable_lb for one in each]),
            np.concatenate([one.freight_usd for one in each]),
            [row for one in each for row in one.extras],
        )

    def flat_usd(self, handling_usd: Column, billable_lb: Column, parcels: Parcels) -> Column:
        """Return what is the same into every zone, by slot: handling, the way to a hub, and dearer boxes."""
        usd = handling_usd + billable_lb[self.row_of] * self._haul_usd_per_lb
        if parcels.by_node is not None:
            usd += [parcels.packed_at(slot.node.name).packaging_usd - parcels.packaging_usd for slot in self.slots]
        return usd

    def _carriage(self, boxes: Parcels) -> Carriage:
        """Return what it takes to carry some boxes: list prices with fuel, home delivery and what rules add."""
        each = [self.priced(parcel) for parcel in boxes.signature]
        labels, billable_lb = each[0].labels_usd, each[0].billable_lb
        for one in each[1:]:
            labels, billable_lb = labels + one.labels_usd, billable_lb + one.billable_lb
        extras, extras_usd = self._numbers_of(each)
        carriage_usd = labels + (labels * self._fuel_rate + len(each) * self._residential_usd)
        return Carriage(billable_lb, carriage_usd[:, None, :] + extras_usd[:, :, None], extras)

    def _numbers_of(self, each: Sequence[PricedParcel]) -> tuple[list[list[int]], Column]:
        """Return what rules add to some parcels, by service and area: its number, and the dollars."""
        if not self._has_rules:
            return self._nothing
        if len(each) == 1:
            found: Sequence[Sequence[Extras]] = each[0].extras
        else:
            by_service = zip(*[one.extras for one in each], strict=True)
            found = [[together(both) for both in zip(*areas, strict=True)] for areas in by_service]
        numbers = [[self.extras.setdefault(extras, len(self.extras)) for extras in row] for row in found]
        return numbers, np.array([[sum(extras) for extras in row] for row in found])


@final
class PriceTable:
    """Prices for one set of boxes, and the offers made of them so far.

    A cell is a slot, an area and a zone, the zone counting fastest. The cost of a cell that cannot be reached is
    infinite.
    """

    __slots__ = ("_billable_lb", "_extras", "_freight_usd", "_made", "_tariff", "cost_usd")

    def __init__(self, parcels: Parcels, tariff: Tariff, handling_usd: Column) -> None:
        self._tariff = tariff
        self._made: dict[int, Offer] = {}
        self._billable_lb, self._freight_usd, self._extras = tariff.carriage(parcels)
        flat = tariff.flat_usd(handling_usd, self._billable_lb, parcels)
        cost_usd = self._freight_usd[tariff.row_of] + flat[:, None, None]
        cost_usd[np.isnan(cost_usd)] = NOWHERE
        self.cost_usd = array("d", cost_usd.tobytes())
        self.cost_usd.append(NOWHERE)

    def offer(self, cell: int) -> Offer:
        """Return the offer of a cell, the one object that all lists share."""
        made = self._made.get(cell)
        return self._make(cell) if made is None else made

    def _make(self, cell: int) -> Offer:
        tariff = self._tariff
        number, place = divmod(cell, len(tariff.areas) * tariff.zones)
        area, zone = divmod(place, tariff.zones)
        slot, service, row = tariff.slots[number], tariff.service_of.item(number), tariff.row_of.item(number)
        billable_lb = self._billable_lb.item(row)
        offer = self._made[cell] = Offer(
            node=slot.node.name,
            service=slot.service.name,
            zone=zone + 1,
            cost_usd=self.cost_usd[cell],
            freight_usd=self._freight_usd.item(row, area, zone) + slot.haul_usd(billable_lb),
            billable_lb=billable_lb,
            transit_days=slot.service.typical_days[zone] or 0,
            pickup=number,
            extras=self._extras[row][area],
            on_time_rates=tariff.on_time_rates[service],
            co2e_kg_per_tkm=tariff.co2e_kg_per_tkm[service],
        )
        return offer


def freight_usd(
    service: CarrierService, zone: int, parcels: Parcels, area: str = "", at: float | None = None
) -> float:  # fmt: skip
    """Return label and surcharges for all parcels of a shipment, infinite where one of them cannot go."""
    labels = [service.label_usd(zone, parcel) for parcel in parcels.signature]
    known = [label for label in labels if label is not None]
    if len(known) < len(labels):
        return NOWHERE
    return service.carriage_usd(sum(known), len(known)) + sum(service.extras(parcels.signature, area, at))
