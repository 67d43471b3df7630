"""Price lists: every way to send a parcel to a destination, cheapest first.

Only the zone matters for the price, and the area where surcharges ask for it; so destinations that lie in the same zone
from every node, and in the same area, share their lists (891 places make 361 such neighborhoods at 13 nodes without
areas). A service that injects parcels at a hub has the zones seen from there, and none outside of its regions; it is a
column of the same lists. A list is made when it is first asked for and kept, in one book for all replications; where a
surcharge holds only for a season, that season has a book of its own. Its making is plain Python: at 13 nodes that takes
14 us, numpy's calls took 24.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from math import isfinite

import numpy as np
import numpy.typing as npt

from twin.domain.cartons import Parcels
from twin.domain.geography import great_circle_miles
from twin.domain.network import Network
from twin.domain.nodes import FulfillmentNode
from twin.domain.surcharges import Extras
from twin.policies.decision import Offer
from twin.policies.offer_lists import OfferList
from twin.policies.price_tables import NO_CELL, NOWHERE, PriceTable, Slot, Tariff

LISTS_LIMIT = 100_000  # about 100 MB at 13 nodes with their offers; the book starts anew beyond it


@dataclass(frozen=True, slots=True)
class Neighborhood:
    """Destinations that every slot of a service level sees in the same zone: the slots' cells and the lists so far."""

    cells: tuple[int, ...]
    lists: dict[int, OfferList] = field(default_factory=dict)


class OfferBook:
    """Offers of a network, by destination, service level and boxes."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.slots = _slots(network)
        self.node_rows = {name: row for row, name in enumerate(network.nodes)}
        self._miles = {name: [network.miles(name, zip3) for zip3 in network.places] for name in network.nodes}
        self._zones = _zones(network, self._miles)
        self._slot_zones = [_zones_of(slot, network, self._zones[slot.node.name]) for slot in self.slots]
        self._columns = {zip3: column for column, zip3 in enumerate(network.places)}
        self._handling: dict[tuple[str, int, int], float] = {}
        self._by_slot: dict[tuple[int, int], npt.NDArray[np.float64]] = {}
        rules = [rule for service in network.services.values() for rule in service.surcharges.rules]
        areas = ["", *sorted({rule.area for rule in rules} - {""})]
        self._seasonal = [rule for rule in rules if rule.is_seasonal]
        self._seasons = {(False,) * len(self._seasonal): self}
        self._price(Tariff(self.slots, network, areas))

    @property
    def changes_at(self) -> Sequence[float]:
        """The instants at which a season of surcharges begins or ends."""
        ends = {end for rule in self._seasonal for end in (rule.starts_at, rule.ends_at)}
        return sorted(end for end in ends if isfinite(end))

    def at(self, instant: float) -> OfferBook:
        """Return the book with the prices of an instant; a new book has those outside of all seasons."""
        holding = tuple([rule.holds_at(instant) for rule in self._seasonal])
        if holding not in self._seasons:
            book = self._seasons[holding] = copy(self)
            book._price(self._tariff.from_instant(instant))  # noqa: SLF001  (its own kind)
        return self._seasons[holding]

    def extras(self) -> list[Extras]:
        """Return what rules of surcharges have added to shipments so far, by the numbers in their offers."""
        return list(self._tariff.extras)

    def area(self, destination: str) -> str:
        """Return the area of surcharges that a destination lies in, blank for none."""
        return self.network.delivery_areas.get(destination, "")

    def offers(self, destination: str, service_level: str, parcels: Parcels) -> OfferList:
        """Return every way to send some parcels, cheapest first, ties by node and service."""
        around = self._neighborhoods[destination, service_level]
        found = around.lists.get(parcels.key)
        if found is None:
            found = self._list(around, parcels)
        return found

    def ways(self, destination: str, service_level: str) -> Iterator[Offer]:
        """Yield every service of every node that may go to a destination, as offers of nothing at no price."""
        services = self.network.service_levels[service_level].services
        for slot in self._slots_of(services):
            zone = self._slot_zones[slot.number][self._columns[destination]]
            if not zone:
                continue
            days = slot.service.typical_days[zone - 1] or 0
            yield Offer(slot.node.name, slot.service.name, zone, 0.0, 0.0, days, slot.number, 0)

    def handling_usd(self, node: FulfillmentNode, lines: int, units: int) -> float:
        """Return what handling a shipment costs at a node: its fees, and wages for the expected work."""
        key = (node.name, lines, units)
        if key not in self._handling:
            hours = sum(stage.work_hours.mean * stage.effort(lines, units) for stage in node.stages)
            self._handling[key] = node.costs.fees_usd(lines, units) + hours * node.costs.wage_usd_per_hour
        return self._handling[key]

    def zone(self, node: str, destination: str) -> int:
        """Return the carrier zone of a destination seen from a node."""
        return self._zones[node][self._columns[destination]]

    def miles(self, node: str, destination: str) -> float:
        """Return the great-circle distance from a node to a destination."""
        return self._miles[node][self._columns[destination]]

    def cheapest_by_node(self, parcels: Parcels, service_level: str) -> npt.NDArray[np.float64]:
        """Return the lowest cost of some parcels by node (rows as in `node_rows`) and destination; infinite if none."""
        costs = np.array(self._table(parcels).cost_usd)
        cells = self._cells_of(service_level)
        found = np.full((len(self.node_rows), len(self._columns)), NOWHERE)
        slots = self._slots_of(self.network.service_levels[service_level].services)
        for column, slot in zip(cells.T, slots, strict=True):
            row = self.node_rows[slot.node.name]
            np.minimum(found[row], costs[column], out=found[row])
        return found

    def _cells_of(self, service_level: str) -> npt.NDArray[np.int64]:
        """Return the cells of every destination, remembered: to gather them takes ten times as long as to use them."""
        found = self._cells.get(service_level)
        if found is None:
            around = [self._neighborhoods[zip3, service_level].cells for zip3 in self._columns]
            found = self._cells[service_level] = np.array(around, dtype=np.int64)
        return found

    def _slots_of(self, services: Collection[str]) -> list[Slot]:
        return [slot for slot in self.slots if slot.service.name in services]

    def _price(self, tariff: Tariff) -> None:
        """Begin empty lists at the prices of a tariff."""
        self._tariff = tariff
        self._neighborhoods = {
            (zip3, level.name): around
            for level in self.network.service_levels.values()
            for zip3, around in self._neighbors(level.services)
        }
        self._tables: dict[int, PriceTable] = {}
        self._cells: dict[str, npt.NDArray[np.int64]] = {}
        self._lists = 0

    def _neighbors(self, services: Collection[str]) -> Iterator[tuple[str, Neighborhood]]:
        """Yield each destination with its neighborhood for a service level."""
        starts = [
            (self._tariff.cells_of(slot), self._slot_zones[slot.number], slot.service.surcharges.areas)
            for slot in self._slots_of(services)
        ]
        skipped = {area: number * self._tariff.zones for number, area in enumerate(self._tariff.areas)}
        known: dict[tuple[int, ...], Neighborhood] = {}
        for column, zip3 in enumerate(self._columns):
            area = self.area(zip3)
            cells = tuple(
                start + zone[column] + (skipped[area] if area in areas else 0) if zone[column] else NO_CELL
                for start, zone, areas in starts
            )
            yield zip3, known.setdefault(cells, Neighborhood(cells))

    def _table(self, parcels: Parcels) -> PriceTable:
        table = self._tables.get(parcels.key)
        if table is None:
            handling = self._handling_by_slot(parcels.lines, parcels.units)
            table = self._tables[parcels.key] = PriceTable(parcels, self._tariff, handling)
        return table

    def _handling_by_slot(self, lines: int, units: int) -> npt.NDArray[np.float64]:
        found = self._by_slot.get((lines, units))
        if found is None:
            found = np.array([self.handling_usd(slot.node, lines, units) for slot in self.slots])
            self._by_slot[lines, units] = found
        return found

    def _list(self, around: Neighborhood, parcels: Parcels) -> OfferList:
        """Make a list and keep it; cells stand by node and service, and so do ties."""
        if self._lists >= LISTS_LIMIT:
            self._start_anew()
        table = self._table(parcels)
        costs = table.cost_usd
        cells = sorted(around.cells, key=costs.__getitem__)
        while cells and costs[cells[-1]] == NOWHERE:
            cells.pop()
        made = around.lists[parcels.key] = OfferList(cells, table.offer)
        self._lists += 1
        return made

    def _start_anew(self) -> None:
        self._tables.clear()
        for neighborhood in self._neighborhoods.values():
            neighborhood.lists.clear()
        self._lists = 0


def _slots(network: Network) -> list[Slot]:
    pairs = [
        (node, network.services[departure.service], departure.injection)
        for _, node in sorted(network.nodes.items())
        if node.enabled
        for departure in sorted(node.departures, key=lambda departure: departure.service)
    ]
    return [Slot(number, *pair) for number, pair in enumerate(pairs)]


def _zones_of(slot: Slot, network: Network, from_node: list[int]) -> list[int]:
    """Return the zones of a slot's prices, 0 where it does not go: from the node, or from the hub it injects at."""
    injection, bands = slot.injection, network.zone_bands
    if injection is None:
        return from_node
    return [
        bands.zone(great_circle_miles(injection.hub, place)) if place.region in injection.regions else 0
        for place in network.places.values()
    ]


def _zones(network: Network, miles: Mapping[str, list[float]]) -> Mapping[str, list[int]]:
    bands = network.zone_bands
    return {name: [bands.zone(distance) for distance in row] for name, row in miles.items()}
