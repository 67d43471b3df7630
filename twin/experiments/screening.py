"""What each order of a sample would cost at each node: what a choice of sites is screened by, before any simulation.

All that grows with an order is in: freight, fees, people, goods in, room, interest on the days of cover, and a charge
for services that need longer than was promised. Left out is what only a simulation knows: queues, cut-offs, stock-outs,
splits, safety stock, and minimum bills.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf

import networkx as nx
import numpy as np
import numpy.typing as npt

from twin.config import ScenarioConfig
from twin.config.siting import BuildingConfig, SitingConfig
from twin.domain.network import Network
from twin.domain.nodes import FulfillmentNode
from twin.experiments.sizing import (
    DAYS_PER_WEEK,
    Sample,
    SampleOrder,
    late_usd,
    limit,
    places,
    put_away_hours,
    sampled,
    staffed_hours,
)
from twin.simulation.receiving import PUT_AWAY
from twin.simulation.world import Model

Floats = npt.NDArray[np.float64]
DAYS_PER_YEAR = 365.0
QUICK_DAYS = 2
"""Business days in transit that count as quick where `siting.reach` does not say."""
NOT_SHIPPED = (inf, 0.0, 0.0)
GOODS = ""
"""Where goods come from, for reachability: no node is called so."""


@dataclass(frozen=True, slots=True)
class Screen:
    """Groups of like orders (rows) and candidate nodes (columns), all by the day.

    `orders` are by group. By group and node are `usd`, infinite where a node does not ship, `late_usd`, what routing
    charges itself for lateness in them, and `quick`, the share of a group's orders that get there in the days of
    `siting.reach`. A node that is open costs `open_usd`, ships at most `most_orders`, and needs its source to be open
    where `source` names one. `useless` says of nodes why they are no candidates.
    """

    nodes: tuple[str, ...]
    orders: Floats
    usd: Floats
    late_usd: Floats
    quick: Floats
    open_usd: Floats
    most_orders: Floats
    source: Mapping[str, str]
    useless: Mapping[str, str]


def screen(config: ScenarioConfig, model: Model) -> Screen:
    """Return what is needed to choose sites among the open nodes of a network."""
    sample = sampled(model, config.siting.sample)
    network = model.network
    every = [name for name, node in network.nodes.items() if node.enabled and not node.standby]
    orders, (usd, late, quick) = _grouped(config, model, sample, every)
    useless = _useless(network, every, np.isfinite(usd), refilled=config.replenishment.kind != "none")
    nodes = tuple([name for name in every if name not in useless])
    kept = [every.index(name) for name in nodes]
    each = [network.nodes[name] for name in nodes]
    return Screen(
        nodes,
        orders,
        usd[:, kept],
        late[:, kept],
        quick[:, kept],
        np.array([_open_usd(node, config.siting) for node in each]),
        np.array([_most_orders(node, sample, config.siting) for node in each]),
        {node.name: node.supply.supplier for node in each if node.supply and node.supply.supplier in network.nodes},
        useless,
    )


def sizing_rule(node: FulfillmentNode, siting: SitingConfig) -> BuildingConfig | None:
    """Return by which rule a node is made for the orders it is to ship; None for one that is as large as it is.

    Who has a limit of orders, a store or a wholesaler by contract, is as large as it is.
    """
    return None if node.orders_per_day is not None else siting.buildings.get(node.kind)


def quick_days(siting: SitingConfig) -> int:
    """Return how many business days in transit count as quick."""
    return QUICK_DAYS if siting.reach is None else siting.reach.days


def _useless(network: Network, nodes: Sequence[str], ships: npt.NDArray[np.bool_], *, refilled: bool) -> dict[str, str]:
    """Return the nodes that goods do not reach, or from which they reach no order, each with the reason.

    `ships` says which group (row) a node (column) ships; goods go from suppliers, or stand at those who own them.
    """
    ways = nx.DiGraph()
    ways.add_nodes_from([GOODS, *nodes])
    for name in nodes:
        node = network.nodes[name]
        source = node.supply.supplier if refilled and node.supply is not None else GOODS
        ways.add_edge(source if source in network.nodes else GOODS, name)
    ways.add_edges_from((nodes[column], row) for row, column in np.argwhere(ships).tolist())
    reached = nx.descendants(ways, GOODS)
    found = {name: "no goods reach it" for name in nodes if name not in reached}
    return found | {
        name: "no order can be shipped from it, nor from a node that it refills"
        for name in nodes
        if name in reached and not any(isinstance(one, int) for one in nx.descendants(ways, name))
    }


def _grouped(
    config: ScenarioConfig, model: Model, sample: Sample, nodes: Sequence[str]
) -> tuple[Floats, tuple[Floats, Floats, Floats]]:
    """Return orders a day by group, and cost, lateness and quickness by group and node.

    A group has one service level, the same zones and area from everywhere, and the same nodes that can ship to it.
    """
    book, groups = model.shelves.book, defaultdict(list)
    for order in sample.orders:
        figures = _by_node(config, model, order, nodes)
        zones = tuple([book.zone(node, order.destination) for node in nodes])
        key = (order.service_level, zones, book.area(order.destination), tuple(np.isfinite(figures[0])))
        groups[key].append(figures)
    means = np.array([np.mean(one, axis=0) for one in groups.values()]).reshape(-1, 3, len(nodes))
    orders = np.array([len(one) for one in groups.values()]) * sample.weight
    return orders, (means[:, 0], means[:, 1], means[:, 2])


def _by_node(config: ScenarioConfig, model: Model, order: SampleOrder, nodes: Sequence[str]) -> Floats:
    """Return by node what an order costs there, shipped whole, the lateness in it, and whether it is quick.

    The cost is infinite where the node does not ship it.
    """
    network, shelves = model.network, model.shelves
    most_days = quick_days(config.siting)
    skus = {line.sku for line in order.lines}
    best = dict.fromkeys(nodes, NOT_SHIPPED)
    for offer in shelves.book.offers(order.destination, order.service_level, shelves.packer.pack(order.lines)):
        if offer.node in best and skus <= network.nodes[offer.node].assortment:
            late = late_usd(model, offer, order)
            figures = (offer.cost_usd + late, late, float(offer.transit_days <= most_days))
            best[offer.node] = min(best[offer.node], figures)
    found = np.array(list(best.values())).T
    found[0] += [_beside_offer_usd(config, network.nodes[node], order, network) for node in nodes]
    return found


def _beside_offer_usd(config: ScenarioConfig, node: FulfillmentNode, order: SampleOrder, network: Network) -> float:
    """Return what an order costs at a node that routing does not see: idle hours, goods in, stock, building."""
    costs, inbound, rule = node.costs, node.work.inbound, sizing_rule(node, config.siting)
    cover_days = config.replenishment.cover_days + config.replenishment.review_days / 2
    worth = sum(line.quantity * network.products[line.sku].unit_cost_usd for line in order.lines)
    usd = order.units * (costs.inbound_usd_per_unit + cover_days * costs.storage_usd_per_unit_day)
    usd += worth * cover_days * costs.holding_rate_per_year / DAYS_PER_YEAR
    if inbound is not None and costs.labor_paid != "none":
        usd += order.units * put_away_hours(inbound) * costs.wage_usd_per_hour
    if rule is not None:
        usd += rule.usd_per_daily_order
        if costs.labor_paid == "staffed":
            usd += _hours(node, order) * costs.wage_usd_per_hour * (1 / config.siting.busy_rate - 1)
    return usd


def _hours(node: FulfillmentNode, order: SampleOrder) -> float:
    """Return the hours of work that an order is at a node, from receiving its goods on."""
    hours = sum(stage.work_hours.mean * stage.effort(len(order.lines), order.units) for stage in node.stages)
    inbound = node.work.inbound
    return hours if inbound is None else hours + order.units * put_away_hours(inbound)


def _open_usd(node: FulfillmentNode, siting: SitingConfig) -> float:
    """Return what a node costs a day before its first order."""
    rule = sizing_rule(node, siting)
    return node.costs.fixed_usd_per_day if rule is None else rule.usd_per_day


def _most_orders(node: FulfillmentNode, sample: Sample, siting: SitingConfig) -> float:
    """Return how many orders a day a node can ship: by its limit, and by its stations unless it is made to measure."""
    most = limit(node)
    if sizing_rule(node, siting) is not None or not sample.orders:
        return most
    for stage, stations in places(node):
        hours = sum(_stage_hours(node, stage, order) for order in sample.orders) / len(sample.orders)
        if hours > 0:
            most = min(most, siting.busy_rate * staffed_hours(node, stations) / DAYS_PER_WEEK / hours)
    return most


def _stage_hours(node: FulfillmentNode, name: str, order: SampleOrder) -> float:
    if name == PUT_AWAY:
        return 0.0 if node.work.inbound is None else order.units * put_away_hours(node.work.inbound)
    stage = next(one for one in node.stages if one.name == name)
    return stage.work_hours.mean * stage.effort(len(order.lines), order.units)
