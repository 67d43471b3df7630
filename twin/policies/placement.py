"""How much of each product to keep where: by the demand each node can expect from its customers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, sqrt

import numpy as np
import numpy.typing as npt

from twin.domain.nodes import FulfillmentNode
from twin.domain.orders import OrderLine
from twin.policies.cartons import Packer
from twin.policies.offers import OfferBook

Floats = npt.NDArray[np.float64]
DailyUnits = dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True)
class ExpectedDemand:
    """Expected units a day, `units_per_day[region][sku]`, and how many units an order has on average."""

    units_per_day: Mapping[str, Mapping[str, float]]
    units_per_order: float


class Placement:
    """Shares out expected demand: each customer orders from the node that can serve them most cheaply.

    Each service level counts by its share of orders. What exceeds a node's daily order limit goes to the cheapest
    node without a limit. Nodes on standby are stocked for what they would ship if all of them were open, and nobody
    keeps less because of them.
    """

    def __init__(self, book: OfferBook, packer: Packer, demand: ExpectedDemand) -> None:
        self._book, self._packer, self._demand = book, packer, demand
        network = book.network
        self._nodes = [node for _, node in sorted(network.nodes.items()) if node.enabled]
        self._regions = sorted(demand.units_per_day)
        self._people = _people_by_region(book, self._regions)
        self._levels = [(level.name, level.share) for level in network.service_levels.values() if level.share > 0]
        self._shares: dict[tuple[int, tuple[str, ...], tuple[str, ...]], Floats] = {}

    def units_per_day(self, without: Collection[str] = ()) -> DailyUnits:
        """Return expected units a day by node and SKU, order limits respected, as if some nodes were not there."""
        open_nodes = [node for node in self._nodes if not node.standby and node.name not in without]
        found = self._within_limits(open_nodes) | {node.name: {} for node in self._nodes if node.name in without}
        standby = [node.name for node in self._nodes if node.standby]
        if standby:
            everybody = self._within_limits(self._nodes)
            found |= {name: everybody[name] for name in standby}
        return found

    def _within_limits(self, nodes: Sequence[FulfillmentNode]) -> DailyUnits:
        """Return expected units a day where some nodes share all demand."""
        wished = self._assign(nodes, nodes)
        free = [node for node in nodes if node.orders_per_day is None]
        kept = {node.name: self._kept_rate(node, wished[node.name]) for node in nodes}
        if not free or all(rate >= 1 for rate in kept.values()):
            return wished
        spilled = self._assign(free, nodes, {name: 1 - rate for name, rate in kept.items()})
        return {
            node: {sku: units * kept[node] + spilled.get(node, {}).get(sku, 0.0) for sku, units in by_sku.items()}
            for node, by_sku in wished.items()
        }

    def _kept_rate(self, node: FulfillmentNode, by_sku: Mapping[str, float]) -> float:
        orders = sum(by_sku.values()) / self._demand.units_per_order
        limit = node.orders_per_day
        return 1.0 if limit is None or orders <= limit else limit / orders

    def _assign(
        self, nodes: Sequence[FulfillmentNode], among: Sequence[FulfillmentNode],
        spill_rates: Mapping[str, float] | None = None,
    ) -> DailyUnits:  # fmt: skip
        """Return units by node and SKU over some nodes; with `spill_rates`, only what first choices cannot keep."""
        found: DailyUnits = {node.name: {} for node in nodes}
        for sku in self._book.network.products:
            carriers = tuple(node.name for node in nodes if sku in node.assortment)
            if not carriers:
                continue
            units = np.array([self._demand.units_per_day[region][sku] for region in self._regions])
            first_choices = tuple(node.name for node in among if sku in node.assortment)
            share = self._share(sku, carriers, first_choices, spill_rates)
            for name, amount in zip(carriers, (share @ units).tolist(), strict=True):
                found[name][sku] = amount
        return found

    def _share(
        self, sku: str, carriers: tuple[str, ...], first_choices: tuple[str, ...],
        spill_rates: Mapping[str, float] | None,
    ) -> Floats:  # fmt: skip
        """Return the share of each region's orders (columns) for which each node (rows) is the cheapest."""
        parcels = self._packer.pack((OrderLine(sku, 1),))
        key = (parcels.key, carriers, first_choices if spill_rates is not None else ())
        if key not in self._shares:
            total = np.zeros((len(carriers), len(self._regions)))
            for level, weight in self._levels:
                costs = self._book.cheapest_by_node(parcels, level)
                people = self._people
                if spill_rates is not None:
                    rates = np.array([spill_rates[name] for name in first_choices])
                    people = people * rates[self._cheapest(costs, first_choices)]
                cheapest = self._cheapest(costs, carriers)
                rows = range(len(carriers))
                total += weight * np.stack([people[:, cheapest == row].sum(axis=1) for row in rows])
            self._shares[key] = total
        return self._shares[key]

    def _cheapest(self, costs: Floats, nodes: Sequence[str]) -> npt.NDArray[np.int64]:
        """Return, for each destination, which of some nodes is the cheapest."""
        chosen: npt.NDArray[np.int64] = costs[[self._book.node_rows[name] for name in nodes]].argmin(axis=0)
        return chosen


def _people_by_region(book: OfferBook, regions: Sequence[str]) -> Floats:
    """Return each place's share of its region's people, regions in rows."""
    places = list(book.network.places.values())
    people = np.array([[p.population if p.region == region else 0 for p in places] for region in regions], dtype=float)
    totals = people.sum(axis=1, keepdims=True)
    return people / np.where(totals > 0, totals, 1.0)


def order_up_to_level(units_per_day: float, exposed_days: float, safety_factor: float, cover_days: float) -> int:
    """Return the base-stock level of a product at a node.

    Demand over the exposed days (review and lead time), a safety stock for Poisson demand over them, and the days
    of cover that buying in lots and full shelves add.
    """
    exposed = units_per_day * exposed_days
    return ceil(exposed + safety_factor * sqrt(exposed) + units_per_day * cover_days)


def opening_stock(units_per_day: float, days_of_cover: float) -> int:
    """Return the units to start with: so many days of the expected demand, rounded up."""
    return ceil(units_per_day * days_of_cover)
