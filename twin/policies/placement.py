"""How much of each product to keep where: by the demand each node can expect from its region."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, sqrt

import numpy as np
import numpy.typing as npt

from twin.domain.network import Network
from twin.domain.nodes import FulfillmentNode

HOURS_PER_DAY = 24.0

DailyUnits = dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True)
class ExpectedDemand:
    """Expected units a day, `units_per_day[region][sku]`."""

    units_per_day: Mapping[str, Mapping[str, float]]


def expected_by_node(network: Network, demand: ExpectedDemand) -> DailyUnits:
    """Return expected units a day by node and SKU when each customer is served by the nearest node that carries it.

    Nodes with the same assortment are ranked once for all their products, so this is quick for thousands of SKUs.
    """
    nodes = [node for _, node in sorted(network.nodes.items()) if node.enabled]
    found: DailyUnits = {node.name: {} for node in nodes}
    groups: dict[tuple[str, ...], list[str]] = {}
    for sku in network.products:
        groups.setdefault(tuple(node.name for node in nodes if sku in node.assortment), []).append(sku)
    for carriers, skus in groups.items():
        if carriers:
            shares = _regional_shares(network, [network.nodes[name] for name in carriers])
            for name, by_region in shares.items():
                for sku in skus:
                    units = sum(share * demand.units_per_day[region][sku] for region, share in by_region.items())
                    found[name][sku] = units
    return found


def _regional_shares(network: Network, nodes: list[FulfillmentNode]) -> dict[str, dict[str, float]]:
    """Return, by node, the share of each region's people who live nearest to it."""
    places = list(network.places.values())
    miles = np.array([[network.miles(node.name, place.zip3) for place in places] for node in nodes])
    nearest = miles.argmin(axis=0)
    people: npt.NDArray[np.float64] = np.array([place.population for place in places], dtype=np.float64)
    shares: dict[str, dict[str, float]] = {node.name: {} for node in nodes}
    for region in sorted({place.region for place in places}):
        inside = np.array([place.region == region for place in places])
        total = people[inside].sum()
        for number, node in enumerate(nodes):
            share = people[inside & (nearest == number)].sum() / total if total else 0.0
            shares[node.name][region] = float(share)
    return shares


def order_up_to_level(units_per_day: float, lead_days: float, review_days: float, safety_factor: float) -> int:
    """Return the base-stock level: demand over review and lead time, and a safety stock for Poisson demand."""
    expected = units_per_day * (lead_days + review_days)
    return ceil(expected + safety_factor * sqrt(expected))


def opening_stock(units_per_day: float, days_of_cover: float) -> int:
    """Return the units to start with: so many days of the expected demand, rounded up."""
    return ceil(units_per_day * days_of_cover)
