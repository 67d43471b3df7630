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

LISTS_LIMIT = 300_000  # about 150 MB at 13 nodes; the book starts anew beyond it
NOWHERE = np.inf


Codes = npt.NDArray[np.int64]
Ranking = tuple[npt.NDArray[np.int16], npt.NDArray[np.int64]]


@dataclass(frozen=True, slots=True)
class Slot:
    """One service at one node; its number is the `pickup` of its offers."""

    number: int
    node: FulfillmentNode
    service: CarrierService


@dataclass(frozen=True, slots=True)
class PriceTable:
    """Prices by slot and zone for one set of boxes, and the offers made of them so far; unreachable is infinite."""

    parcels: Parcels
    freight_usd: npt.NDArray[np.float64]
    cost_usd: npt.NDArray[np.float64]
    offers: npt.NDArray[np.object_]
    made: npt.NDArray[np.bool_]


class OfferBook:
    """Offers of a network, by destination, service level and boxes."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.slots = _slots(network)
        self._miles = {name: [network.miles(name, zip3) for zip3 in network.places] for name in network.nodes}
        self.zones = _zones(network, self._miles)
        self.node_rows = {name: row for row, name in enumerate(network.nodes)}
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
        self._rankings: dict[tuple[str, int], Ranking] = {}
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

    def cheapest_by_node(self, parcels: Parcels, service_level: str) -> npt.NDArray[np.float64]:
        """Return the lowest cost of some parcels by node (rows as in `node_rows`) and destination; infinite if none."""
        table = self._table(parcels)
        found = np.full((len(self.node_rows), len(self._columns)), NOWHERE)
        for slot in self._of_level[service_level].tolist():
            row = self.node_rows[self.slots[slot].node.name]
            np.minimum(found[row], table.cost_usd[slot, self._slot_zones[slot] - 1], out=found[row])
        return found

    def _table(self, parcels: Parcels) -> PriceTable:
        table = self._tables.get(parcels.key)
        if table is None:
            table = self._tables[parcels.key] = self._price(parcels)
        return table

    def _list(self, destination: str, service_level: str, parcels: Parcels) -> tuple[Offer, ...]:
        table = self._table(parcels)
        slots = self._of_level[service_level]
        column = self._columns[destination]
        zones = self._slot_zones[slots, column] - 1
        if parcels.units == 1:
            order, reachable = self._ranked_everywhere(service_level, parcels.key, table)
            chosen = order[column, : reachable[column]].astype(np.int64)
        else:
            costs = table.cost_usd[slots, zones]
            chosen = np.argsort(costs, kind="stable")[: int(np.isfinite(costs).sum())]
        return self._made(table, slots[chosen], zones[chosen])

    def _ranked_everywhere(self, service_level: str, key: int, table: PriceTable) -> Ranking:
        """Rank the slots of a level for all destinations at once, and count those that reach each.

        It costs as much as 100 single lists. One-unit orders are common and their weights few, so it pays for them.
        Slots stand by node and service: so do ties.
        """
        found = self._rankings.get((service_level, key))
        if found is None:
            slots = self._of_level[service_level]
            zones = self._slot_zones[slots].T - 1
            costs = table.cost_usd[slots[None, :], zones]
            order = np.argsort(costs, axis=1, kind="stable").astype(np.int16)
            found = self._rankings[service_level, key] = (order, np.isfinite(costs).sum(axis=1))
        return found

    def _made(self, table: PriceTable, slots: Codes, zones: Codes) -> tuple[Offer, ...]:
        """Return the offers of some slots and zones, those that nobody has seen yet made first."""
        ready = table.made[slots, zones]
        if not ready.all():
            for slot, zone in zip(slots[~ready].tolist(), zones[~ready].tolist(), strict=True):
                table.offers[slot, zone] = _offer(self.slots[slot], zone + 1, table)
            table.made[slots, zones] = True
        return tuple(table.offers[slots, zones].tolist())

    def _price(self, parcels: Parcels) -> PriceTable:
        zones = range(1, self.network.zone_bands.zones + 1)
        freight = {
            name: [freight_usd(service, zone, parcels) for zone in zones]
            for name, service in self.network.services.items()
        }
        by_slot = np.array([freight[slot.service.name] for slot in self.slots]).reshape(len(self.slots), len(zones))
        handling = [self.handling_usd(slot.node, parcels.lines, parcels.units) for slot in self.slots]
        empty = np.full(by_slot.shape, None, dtype=object)
        made = np.zeros(by_slot.shape, dtype=np.bool_)
        return PriceTable(parcels, by_slot, by_slot + np.array(handling)[:, None], empty, made)


def freight_usd(service: CarrierService, zone: int, parcels: Parcels) -> float:
    """Return label and surcharges for all parcels of a shipment, infinite where one of them cannot go."""
    label = 0.0
    for parcel in parcels.signature:
        price = service.label_usd(zone, parcel)
        if price is None:
            return NOWHERE
        label += price
    return label + service.surcharge_usd(label, len(parcels.signature))


def _offer(slot: Slot, zone: int, table: PriceTable) -> Offer:
    return Offer(
        node=slot.node.name,
        service=slot.service.name,
        zone=zone,
        cost_usd=float(table.cost_usd[slot.number, zone - 1]),
        freight_usd=float(table.freight_usd[slot.number, zone - 1]),
        billable_lb=sum(slot.service.billable_lb(parcel) for parcel in table.parcels.signature),
        transit_days=slot.service.typical_days[zone - 1] or 0,
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
