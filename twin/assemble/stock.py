"""Opening stock and reorder levels, from the demand each node can expect or from a stock table."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from twin.assemble.rows import Findings, name, not_negative, read
from twin.config import ReplenishmentConfig, ScenarioConfig
from twin.domain.network import Network
from twin.policies.placement import DailyUnits, ExpectedDemand, order_up_to_level
from twin.policies.placement import opening_stock as units_to_open_with
from twin.policies.replenishment import OrderUpTo
from twin.simulation.demand import DemandShape
from twin.simulation.trace import TracedOrders
from twin.simulation.world import Horizon

HOURS_PER_DAY = 24.0


def expected_demand(
    network: Network, shape: DemandShape, trace: TracedOrders | None, horizon: Horizon
) -> ExpectedDemand:
    """Return the units a day by region and SKU that the study's own days should bring."""
    if trace is not None:
        return ExpectedDemand(trace.units_per_day(horizon.order_days))
    season = _mean_season(shape, horizon)
    people: dict[str, float] = {}
    for place in network.places.values():
        people[place.region] = people.get(place.region, 0.0) + place.population
    weights = {region: count * shape.regional_weights.get(region, 1.0) for region, count in people.items()}
    units = shape.orders_per_day * season * shape.lines.mean * shape.units.mean / sum(weights.values())
    return ExpectedDemand({
        region: _by_sku(network, shape, region, units * weight) for region, weight in weights.items()
    })  # fmt: skip


def opening_stock(
    config: ScenarioConfig, network: Network, expected: DailyUnits, findings: Findings
) -> Mapping[str, Mapping[str, int]]:
    """Return the units each node starts with by SKU: so many days of cover, or the rows of the stock table."""
    if config.network.stock is not None:
        return _from_table(config.network.stock, network, findings)
    cover = config.replenishment.opening_days_of_cover
    return {
        node: {sku: units_to_open_with(units, cover) for sku, units in by_sku.items()}
        for node, by_sku in expected.items()
    }


def replenishment(config: ReplenishmentConfig, network: Network, expected: DailyUnits) -> OrderUpTo:
    """Return the order-up-to levels of every node that has a lane; no levels mean that nothing is ordered."""
    if config.kind == "none":
        return OrderUpTo({})
    levels = {}
    for node, by_sku in expected.items():
        supply = network.nodes[node].supply
        if supply is not None:
            lead_days = supply.lead_hours.mean / HOURS_PER_DAY
            levels[node] = {
                sku: order_up_to_level(units, lead_days, config.review_days, config.safety_factor)
                for sku, units in by_sku.items()
            }
    return OrderUpTo(levels)


def _by_sku(network: Network, shape: DemandShape, region: str, units: float) -> dict[str, float]:
    weights = {
        product.sku: product.popularity * (shape.regional_tilt if product.tilted_to == region else 1.0)
        for product in network.products.values()
    }
    total = sum(weights.values()) or 1.0
    return {sku: units * weight / total for sku, weight in weights.items()}


def _mean_season(shape: DemandShape, horizon: Horizon) -> float:
    days = [horizon.timeline.date(day).timetuple().tm_yday - 1 for day in range(horizon.order_days)]
    return float(np.mean([shape.season_factors[day] for day in days])) if days else 1.0


def _from_table(table: str, network: Network, findings: Findings) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {node: dict.fromkeys(network.nodes[node].assortment, 0) for node in network.nodes}
    rows = read(table, {"node": name, "sku": name, "on_hand": not_negative}, findings, key=["node", "sku"])
    for row in rows:
        if row["node"] not in network.nodes:
            findings.add(row.where, f"node {row['node']!r}", f"one of {', '.join(network.nodes)}", "mend the row")
        elif row["sku"] not in network.products:
            findings.add(row.where, f"sku {row['sku']!r}", "a SKU of the catalogue", "add the product or drop the row")
        elif row["on_hand"] != int(row["on_hand"]):
            findings.add(row.where, f"on_hand {row['on_hand']}", "a whole number of units", "mend the row")
        else:
            found[row["node"]][row["sku"]] = int(row["on_hand"])
    findings.refuse()
    return found
