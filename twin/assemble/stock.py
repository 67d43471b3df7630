"""Opening stock and reorder levels, from the demand each node can expect or from a stock table."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf

import numpy as np

from twin.assemble.rows import Findings, count, name, read
from twin.config import ScenarioConfig
from twin.config.order_management import ReplenishmentConfig
from twin.domain.network import Network
from twin.policies.forecast import Forecast
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
        return ExpectedDemand(trace.units_per_day(horizon.order_days), trace.units_per_order)
    season = _mean_season(shape, horizon)
    people: dict[str, float] = {}
    for place in network.places.values():
        people[place.region] = people.get(place.region, 0.0) + place.population
    weights = {region: count * shape.regional_weights.get(region, 1.0) for region, count in people.items()}
    units = shape.orders_per_day * season * shape.lines.mean * shape.units.mean / sum(weights.values())
    by_region = {region: _by_sku(network, shape, region, units * weight) for region, weight in weights.items()}
    return ExpectedDemand(by_region, shape.lines.mean * shape.units.mean)


def forecast(network: Network, demand: ExpectedDemand, config: ReplenishmentConfig) -> Forecast:
    """Return what routing may expect until stock comes again: over a review and the mean lead time of all suppliers.

    Without deliveries that is never.
    """
    supplies = [node.supply for node in network.nodes.values() if node.supply and config.kind != "none"]
    lead_days = [supply.lead_hours.mean / HOURS_PER_DAY for supply in supplies]
    people: dict[str, float] = {}
    for place in network.places.values():
        people[place.region] = people.get(place.region, 0.0) + place.population
    return Forecast(
        units_per_day=demand.units_per_day,
        destinations={
            zip3: place.population / people[place.region] if people[place.region] else 0.0
            for zip3, place in network.places.items()
        },
        service_levels={name: level.share for name, level in network.service_levels.items()},
        days=config.review_days + float(np.mean(lead_days)) if lead_days else inf,
    )


def stock_table(config: ScenarioConfig, network: Network, findings: Findings) -> Mapping[str, Mapping[str, int]] | None:
    """Return the units each node starts with by SKU from the stock table, None where there is no table."""
    tables = config.network
    if tables.stock is None:
        return None
    found = {name: dict.fromkeys(node.assortment, 0) for name, node in network.nodes.items()}
    columns = {"node": name, "sku": name, "on_hand": count}
    for row in read("network.stock", tables.stock, columns, findings, unique=["node", "sku"]):
        node, sku = row["node"], row["sku"]
        if node not in tables.nodes:
            findings.add_row(row, f"node {node!r}", f"one of {', '.join(tables.nodes)}")
        if sku not in network.products and findings.is_sound(tables.products):
            findings.add_row(row, f"sku {sku!r}", f"a SKU of {tables.products}", "add the product or drop the row")
        found.setdefault(node, {})[sku] = row["on_hand"]
    return found


def opening_stock(
    config: ReplenishmentConfig, expected: DailyUnits, levels: Mapping[str, Mapping[str, int]]
) -> Mapping[str, Mapping[str, int]]:
    """Return the units each node starts with by SKU: days of expected demand where they are given for the node.

    Else its order-up-to level, and without one as many days of expected demand as for all nodes.
    """
    found: dict[str, Mapping[str, int]] = {}
    for node, by_sku in expected.items():
        days = config.opening_days_of_cover_at.get(node)
        if days is None and levels.get(node):
            found[node] = levels[node]
        else:
            cover = config.opening_days_of_cover if days is None else days
            found[node] = {sku: units_to_open_with(units, cover) for sku, units in by_sku.items()}
    return found


def check_opening_cover(config: ScenarioConfig, findings: Findings) -> None:
    """Note days of cover for nodes that the network does not have, and those that a stock table would overrule."""
    for node in config.replenishment.opening_days_of_cover_at:
        key = f"replenishment.opening_days_of_cover_at.{node}"
        if node not in config.network.nodes:
            findings.add_key(key, "no such node", f"one of {', '.join(config.network.nodes)}", "name one that exists")
        elif config.network.stock is not None:
            expected = "no days of cover, since network.stock says what every node opens with"
            findings.add_key(key, "days of cover beside a stock table", expected, "drop the one or the other")


def replenishment(config: ReplenishmentConfig, network: Network, expected: DailyUnits) -> OrderUpTo:
    """Return the order-up-to levels of every node that has a lane; no levels mean that nothing is ordered."""
    if config.kind == "none":
        return OrderUpTo({})
    levels = {}
    for node, by_sku in expected.items():
        supply = network.nodes[node].supply
        if supply is not None:
            exposed_days = supply.lead_hours.mean / HOURS_PER_DAY + config.review_days
            levels[node] = {
                sku: order_up_to_level(units, exposed_days, config.safety_factor, config.cover_days)
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
