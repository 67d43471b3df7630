"""Price lists: every way to send a parcel to a destination, cheapest first.

Only the zone matters for the price, so 891 destinations share a price table per set of boxes. A list is made when
it is first asked for and kept, in one book for all replications.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from twin.domain.carriers import CarrierService
from twin.domain.cartons import Parcels
from twin.domain.network import Network
from twin.domain.nodes import FulfillmentNode
from twin.policies.decision import Offer

LISTS_LIMIT = 600_000  # about 300 MB at 13 nodes; the book starts anew beyond it
NOWHERE = np.inf


@dataclass(frozen=True, slots=True)
class Slot:
    """One service at one node; its number is the `pickup` of its offers."""

    number: int
    node: FulfillmentNode
    service: CarrierService


@dataclass(frozen=True, slots=True)
class PriceTable:
    """Offers and their cost by slot and zone, for one set of boxes; unreachable is infinite."""

    cost_usd: npt.NDArray[np.float64]
    offers: list[list[Offer | None]]


class OfferBook:
    """Offers of a network, by destination, service level and boxes."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.slots = _slots(network)
        self._miles = {name: [network.miles(name, zip3) for zip3 in network.places] for name in network.nodes}
        self.zones = _zones(network, self._miles)
        self._columns = {zip3: column for column, zip3 in enumerate(network.places)}
        self._slot_zones = np.array([self.zones[slot.node.name] for slot in self.slots], dtype=np.int64).reshape(
            len(self.slots), len(self._columns)
        )
        self._of_level = {
            level.name: np.array([s.number for s in self.slots if s.service.name in level.services], dtype=np.int64)
            for level in network.service_levels.values()
        }
        self._handling: dict[tuple[str, int, int], float] = {}
        self._tables: dict[int, PriceTable] = {}
        self._lists: dict[tuple[str, str, int], tuple[Offer, ...]] = {}

    def offers(self, destination: str, service_level: str, parcels: Parcels) -> tuple[Offer, ...]:
        """Return every way to send some parcels, cheapest first, ties by node and service."""
        key = (destination, service_level, parcels.key)
        found = self._lists.get(key)
        if found is None:
            if len(self._lists) >= LISTS_LIMIT:
                self._lists.clear()
            found = self._lists[key] = self._list(destination, service_level, parcels)
        return found

    def handling_usd(self, node: FulfillmentNode, lines: int, units: int) -> float:
        """Return what handling a shipment costs at a node: its fees, and wages for the expected work."""
        key = (node.name, lines, units)
        if key not in self._handling:
            hours = sum(stage.work_hours.mean * stage.effort(lines, units) for stage in node.stages)
            self._handling[key] = node.costs.fees_usd(lines, units) + hours * node.costs.wage_usd_per_hour
        return self._handling[key]

    def zone(self, node: str, destination: str) -> int:
        """Return the carrier zone of a destination seen from a node."""
        return int(self.zones[node][self._columns[destination]])

    def miles(self, node: str, destination: str) -> float:
        """Return the great-circle distance from a node to a destination."""
        return self._miles[node][self._columns[destination]]

    def _list(self, destination: str, service_level: str, parcels: Parcels) -> tuple[Offer, ...]:
        table = self._tables.get(parcels.key)
        if table is None:
            table = self._tables[parcels.key] = self._price(parcels)
        slots = self._of_level[service_level]
        zones = self._slot_zones[slots, self._columns[destination]]
        costs = table.cost_usd[slots, zones - 1]
        order = np.argsort(costs, kind="stable")  # slots stand by node and service: so do ties
        reachable = order[: int(np.isfinite(costs).sum())]
        chosen = zip(slots[reachable].tolist(), zones[reachable].tolist(), strict=True)
        return tuple(offer for slot, zone in chosen if (offer := table.offers[slot][zone - 1]) is not None)

    def _price(self, parcels: Parcels) -> PriceTable:
        zones = self.network.zone_bands.zones
        cost = np.full((len(self.slots), zones), NOWHERE)
        offers: list[list[Offer | None]] = [[None] * zones for _ in self.slots]
        freight = {
            name: [freight_usd(service, zone, parcels) for zone in range(1, zones + 1)]
            for name, service in self.network.services.items()
        }
        for slot in self.slots:
            handling = self.handling_usd(slot.node, parcels.lines, parcels.units) + parcels.packaging_usd
            for at, price in enumerate(freight[slot.service.name]):
                if price is not None:
                    offer = _offer(slot, at + 1, handling, price)
                    cost[slot.number, at] = offer.cost_usd
                    offers[slot.number][at] = offer
        return PriceTable(cost, offers)


def freight_usd(service: CarrierService, zone: int, parcels: Parcels) -> float | None:
    """Return label and surcharges for all parcels of a shipment, or None where one of them cannot go."""
    label = 0.0
    for parcel in parcels.signature:
        price = service.label_usd(zone, parcel)
        if price is None:
            return None
        label += price
    return label + service.surcharge_usd(label, len(parcels.signature))


def _offer(slot: Slot, zone: int, handling_usd: float, freight: float) -> Offer:
    days = slot.service.typical_days[zone - 1]
    return Offer(
        node=slot.node.name,
        service=slot.service.name,
        zone=zone,
        cost_usd=freight + handling_usd,
        freight_usd=freight,
        transit_days=days or 0,
        pickup=slot.number,
    )


def _slots(network: Network) -> list[Slot]:
    pairs = [
        (node, network.services[departure.service])
        for _, node in sorted(network.nodes.items())
        if node.enabled
        for departure in sorted(node.departures, key=lambda departure: departure.service)
    ]
    return [Slot(number, node, service) for number, (node, service) in enumerate(pairs)]


def _zones(network: Network, miles: Mapping[str, list[float]]) -> Mapping[str, npt.NDArray[np.int64]]:
    bands = network.zone_bands
    return {name: np.array([bands.zone(distance) for distance in row], dtype=np.int64) for name, row in miles.items()}
