"""A whole network: everything a policy or a run may ask about that does not change while the clock runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from twin.domain.carbon import CarbonFactors
from twin.domain.carriers import CarrierService
from twin.domain.cartons import Carton, PackingStandard
from twin.domain.freight import FreightTerms
from twin.domain.geography import Place, ZoneBands, great_circle_miles
from twin.domain.nodes import FulfillmentNode, Supply
from twin.domain.products import Product
from twin.domain.service_levels import ServiceLevel


@dataclass(frozen=True, slots=True)
class Network:
    """Nodes, customers, goods and carriers of one design; mappings are by name, in a stated order.

    `delivery_areas` holds the area of surcharges a ZIP3 belongs to; what is missing belongs to none. `freight` is what
    lanes cost that buy it by the load.
    """

    name: str
    nodes: Mapping[str, FulfillmentNode]
    places: Mapping[str, Place]
    products: Mapping[str, Product]
    services: Mapping[str, CarrierService]
    service_levels: Mapping[str, ServiceLevel]
    zone_bands: ZoneBands
    cartons: tuple[Carton, ...]
    carbon: CarbonFactors
    delivery_areas: Mapping[str, str] = field(default_factory=dict)
    freight: FreightTerms | None = None

    def miles(self, node: str, destination: str) -> float:
        """Return the great-circle distance from a node to a destination."""
        return great_circle_miles(self.nodes[node].place, self.places[destination])

    def lanes_to(self, node: str) -> list[tuple[str, Supply]]:
        """Return the lanes by which goods came to a node, each with where it leads, a supplier's last."""
        supply = self.nodes[node].supply
        if supply is None:
            return []
        return [(node, supply), *(self.lanes_to(supply.supplier) if supply.supplier in self.nodes else [])]

    def inbound_miles(self, node: str) -> float:
        """Return how far goods came when they stand at a node, from their supplier and through nodes in between."""
        return sum(supply.distance_miles for _, supply in self.lanes_to(node))

    @property
    def packing_standards(self) -> Mapping[str, PackingStandard]:
        """Those of nodes that do not pack as the network does, by name."""
        return {name: node.packing_standard for name, node in self.nodes.items() if node.packing_standard is not None}

    @property
    def has_freight_bills(self) -> bool:
        """Whether some lane buys freight by the load."""
        return any(node.supply is not None and node.supply.freight is not None for node in self.nodes.values())
