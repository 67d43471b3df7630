"""Trucks that bring parcels to a hub near their customers: the way they go, what it costs, and what it emits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from twin.domain.geography import KM_PER_MILE, great_circle_miles
from twin.domain.injection import Injection
from twin.domain.network import Network
from twin.policies.offers import OfferBook
from twin.simulation.days import Floats

Columns = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Haul:
    """The truck by which a service of a node brings parcels to a hub, and the way on from there."""

    node: int
    service: int
    usd_per_lb: float
    truck_km: float
    km_from_hub: Floats

    def lead(self, found: Columns) -> None:
        """Enter the truck's way and price for the shipments that take it."""
        mine = np.flatnonzero((found["node"] == self.node) & (found["service"] == self.service))
        found["haul_usd"][mine] = found["billable_lb"][mine] * self.usd_per_lb
        found["truck_km"][mine] = self.truck_km
        found["distance_km"][mine] = self.truck_km + self.km_from_hub[found["destination"][mine]]


class Hauls:
    """All such trucks of a network; most have none, and then this changes nothing."""

    def __init__(self, book: OfferBook, nodes: Sequence[str], services: Sequence[str]) -> None:
        self._trucks = [
            _haul(slot.injection, nodes.index(slot.node.name), services.index(slot.service.name), book.network)
            for slot in book.slots
            if slot.injection is not None
        ]
        self._carbon = book.network.carbon

    def lead(self, found: Columns) -> Floats | float:
        """Lead shipments that are injected by way of their hub, and return what the truck there costs each of them."""
        if not self._trucks:
            return 0.0
        count = len(found["node"])
        found["haul_usd"], found["truck_km"] = np.zeros(count), np.zeros(count)
        for truck in self._trucks:
            truck.lead(found)
        usd: Floats = found.pop("haul_usd")
        return usd

    def more_co2e_kg(self, found: Columns, linehaul_kg_per_tkm: Floats) -> Floats | float:
        """Return what the trucks emit more than the carrier's linehaul would over the same way."""
        if not self._trucks:
            return 0.0
        tkm = found["weight_kg"] / 1000.0 * found.pop("truck_km") * self._carbon.road_factor
        more: Floats = tkm * (self._carbon.inbound_kg_per_tkm - linehaul_kg_per_tkm)
        return more


def _haul(injection: Injection, node: int, service: int, network: Network) -> Haul:
    km = [great_circle_miles(injection.hub, place) * KM_PER_MILE for place in network.places.values()]
    return Haul(node, service, injection.usd_per_lb, injection.miles * KM_PER_MILE, np.array(km))
