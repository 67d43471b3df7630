#!/usr/bin/env python3
"""Print how busy each node of a network should be, and how many stations it needs.

    scripts/size_networks.py network=regional_3dc
    scripts/size_networks.py --rank-by distance network=omnichannel demand.orders_per_day=20000

Some thousand orders are drawn from the composed demand and given, one after the other, to the node that can
ship them whole at the lowest cost, a late arrival charged for as `routing` says, or to the nearest node that
carries everything. A node takes no more than its `orders_per_day`. What the orders ask of a stage in a mean
week is set against its staffed hours, less breaks and absence; what a node receives is what it ships and sells
over the counter, and what the nodes do that it refills. Nothing is simulated: no queues, no stock-outs, no
season, no regional taste.
The numbers in `conf/network/` come from here.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import time
from math import ceil, inf
from typing import TypeVar

import numpy as np

from twin.assemble import build
from twin.assemble.work import PUT_AWAY
from twin.config import ScenarioConfig, parse
from twin.domain.calendars import Shift
from twin.domain.distributions import Distribution
from twin.domain.network import Network
from twin.domain.nodes import FulfillmentNode
from twin.domain.orders import OrderLine
from twin.hydra_glue import compose
from twin.policies.decision import Offer
from twin.simulation.crews import staffed_stations
from twin.simulation.world import Model

SEED = 20250901
DAYS_PER_WEEK = 7
HOURS_PER_DAY = 24


@dataclass(frozen=True, slots=True)
class Building:
    """What a building costs and uses for each daily order; the rules stand in `conf/node/<kind>.yaml`."""

    base_usd: float
    usd_per_order: float
    kwh_per_order: float


BUILDINGS = {
    "dc": Building(2000, 0.58, 0.25),
    "3pl": Building(25, 0, 0.25),
    "mfc": Building(300, 1.66, 0.36),
    "distributor": Building(0, 0, 0.25),
}


@dataclass(frozen=True, slots=True)
class SampleOrder:
    """One drawn order: who wants what, how fast."""

    destination: str
    service_level: str
    lines: tuple[OrderLine, ...]


@dataclass(slots=True)
class Load:
    """What a node gets on a mean day."""

    orders: float = 0.0
    units: float = 0.0
    hours: dict[str, float] = field(default_factory=dict)

    def add(self, node: FulfillmentNode, order: SampleOrder, weight: float) -> None:
        """Count an order that stands for `weight` orders a day."""
        units = sum(line.quantity for line in order.lines)
        self.orders += weight
        self.units += weight * units
        for stage in node.stages:
            hours = stage.work_hours.mean * stage.effort(len(order.lines), units)
            self.hours[stage.name] = self.hours.get(stage.name, 0.0) + weight * hours


T = TypeVar("T")
Ranking = Callable[[Offer, SampleOrder], tuple[float, ...]]


def sample_orders(config: ScenarioConfig, network: Network, count: int) -> Iterator[SampleOrder]:
    """Draw orders as the demand model would on a mean day; places and levels get their exact shares."""
    luck = np.random.default_rng(SEED)
    weights = config.demand.regional_weights
    people = [place.population * weights.get(place.region, 1.0) for place in network.places.values()]
    levels = config.demand.service_levels
    destinations = evenly(list(network.places), people, count, luck)
    chosen = evenly(list(levels), [level.share for level in levels.values()], count, luck)
    skus = list(network.products)
    popularity = np.array([product.popularity for product in network.products.values()])
    counts = whole(config.demand.lines, count, luck)
    for destination, level, lines in zip(destinations, chosen, counts, strict=True):
        basket = luck.choice(skus, lines, p=popularity / popularity.sum())
        units = whole(config.demand.units, lines, luck)
        quantities: dict[str, int] = {}
        for sku, quantity in zip(basket.tolist(), units, strict=True):
            quantities[sku] = quantities.get(sku, 0) + quantity
        items = tuple(OrderLine(sku, quantity) for sku, quantity in sorted(quantities.items()))
        yield SampleOrder(destination, level, items)


def evenly(choices: Sequence[T], weights: Sequence[float], count: int, luck: np.random.Generator) -> list[T]:
    """Return each choice as often as its weight says, to within one, in random order."""
    upper = np.cumsum(weights) / sum(weights)
    chosen = np.searchsorted(upper, (np.arange(count) + 0.5) / count)
    return [choices[position] for position in luck.permutation(chosen).tolist()]


def whole(spread: Distribution, count: int, luck: np.random.Generator) -> list[int]:
    """Draw whole numbers from a discrete or deterministic distribution."""
    if spread.kind == "deterministic":
        return [round(spread.mean)] * count
    if spread.kind != "discrete":
        raise SystemExit(f"lines and units must be discrete or deterministic to be sized, not {spread.kind}")
    weights = np.array(spread.numbers("weights"))
    drawn = luck.choice(spread.numbers("values"), count, p=weights / weights.sum())
    return [max(1, round(value)) for value in drawn.tolist()]


def ranking(config: ScenarioConfig, network: Network, rank_by: str) -> Ranking:
    """Return what is smallest at the node that should serve an order."""
    late_usd = float(config.routing.get("late_usd", 8.0))
    late_usd_per_day = float(config.routing.get("late_usd_per_day", 2.0))

    def by_distance(offer: Offer, order: SampleOrder) -> tuple[float, ...]:
        return network.miles(offer.node, order.destination), offer.cost_usd

    def by_cost(offer: Offer, order: SampleOrder) -> tuple[float, ...]:
        late_days = offer.transit_days - network.service_levels[order.service_level].promise_days
        return (offer.cost_usd + (late_usd + late_usd_per_day * late_days if late_days > 0 else 0.0),)

    return by_distance if rank_by == "distance" else by_cost


def loads(config: ScenarioConfig, model: Model, rank_by: str, count: int) -> dict[str, Load]:
    """Share the sample out over the nodes; orders that no node carries whole are left out."""
    network, shelves = model.network, model.shelves
    rank = ranking(config, network, rank_by)
    weight = config.demand.orders_per_day / count
    found = {name: Load() for name, node in network.nodes.items() if node.enabled}
    for order in sample_orders(config, network, count):
        skus = {line.sku for line in order.lines}
        offers = shelves.book.offers(order.destination, order.service_level, shelves.packer.pack(order.lines))
        open_to_it = [
            offer for offer in offers
            if skus <= network.nodes[offer.node].assortment
            and found[offer.node].orders + weight <= limit(network.nodes[offer.node])
        ]  # fmt: skip
        if open_to_it:
            best = min(open_to_it, key=lambda offer: rank(offer, order))
            found[best.node].add(network.nodes[best.node], order, weight)
    for name, units in received(found, network).items():
        inbound = network.nodes[name].work.inbound
        if inbound is not None:
            found[name].hours[PUT_AWAY] = units / inbound.units_per_trip * inbound.trip_hours.mean
    return found


def received(found: Mapping[str, Load], network: Network) -> dict[str, float]:
    """Return the units a day that come to each node: what it ships, sells over the counter and sends on."""
    own = {name: load.units + walk_in_units(network.nodes[name]) for name, load in found.items()}
    units = dict(own)
    for name, wanted in own.items():
        source = network.nodes[name].supply
        while source is not None and source.supplier in units:
            units[source.supplier] += wanted
            source = network.nodes[source.supplier].supply
    return units


def walk_in_units(node: FulfillmentNode) -> float:
    """Return the units a day that customers take who walk into a node."""
    return 0.0 if node.shelf is None else node.shelf.walk_in_units_per_day


def limit(node: FulfillmentNode) -> float:
    """Return how many orders a day a node takes."""
    return inf if node.orders_per_day is None else node.orders_per_day


def staffed_hours(node: FulfillmentNode, stations: int) -> float:
    """Return the station-hours staffed in a week without holidays, whole stations only, at least one."""
    come = 1 - node.work.absence_rate
    return sum(
        hours_a_week(shift) * come * staffed_stations(stations, shift.staffed_rate) for shift in node.calendar.shifts
    )


def hours_a_week(shift: Shift) -> float:
    """Return the hours that are worked of a shift in a week."""
    breaks = sum(length(*one) for one in shift.breaks)
    return len(shift.weekdays) * (length(shift.starts, shift.ends) - breaks)


def length(starts: time, ends: time) -> float:
    """Return the hours between two times of day; an end at or before the start is on the next day."""
    first, last = (clock.hour + clock.minute / 60 for clock in (starts, ends))
    return last - first if last > first else last - first + HOURS_PER_DAY


def stations_for(node: FulfillmentNode, hours_per_week: float, target: float) -> int:
    """Return the fewest stations that keep the utilization at or below the target."""
    stations = 1
    while staffed_hours(node, stations) * target < hours_per_week:
        stations += 1
    return stations


def utilization(node: FulfillmentNode, stage: str, stations: int, load: Load) -> float:
    """Return the share of its staffed hours that a stage is busy in a mean week."""
    return load.hours.get(stage, 0.0) * DAYS_PER_WEEK / staffed_hours(node, stations)


def places(node: FulfillmentNode) -> list[tuple[str, int]]:
    """Return the stages of a node and their stations, the put-away last where it is modeled."""
    found = [(stage.name, stage.stations) for stage in node.stages]
    inbound = node.work.inbound
    return found if inbound is None else [*found, (PUT_AWAY, inbound.stations)]


def describe(network: Network, found: Mapping[str, Load], target: float) -> Iterator[str]:
    """Write one line for each node and one for each of its stages."""
    total = sum(load.orders for load in found.values())
    for name, load in found.items():
        node = network.nodes[name]
        share = load.orders / total if total else 0.0
        capped = f", takes {node.orders_per_day}" if node.orders_per_day is not None else ""
        orders = f"{load.orders:,.0f} orders a day, {share:.1%}{capped}"
        yield f"{name} ({node.kind}): {orders}{building(node, load)}"
        for stage, stations in places(node):
            hours = load.hours.get(stage, 0.0) * DAYS_PER_WEEK
            yield (
                f"    {stage:8} {hours:7.1f} of {staffed_hours(node, stations):7.1f} h a week,"
                f" {stations:3} stations {utilization(node, stage, stations, load):4.0%} busy;"
                f" {stations_for(node, hours, target)} for at most {target:.0%}"
            )


def building(node: FulfillmentNode, load: Load) -> str:
    """Say what the building should cost and use, in round numbers, where the kind has a rule."""
    rule = BUILDINGS.get(node.kind)
    if rule is None:
        return ""
    orders = load.orders if node.orders_per_day is None else node.orders_per_day
    usd, kwh = rule.base_usd + rule.usd_per_order * orders, rule.kwh_per_order * orders
    return f"; fixed_usd_per_day {upwards(usd)}, building_kwh_per_day {upwards(kwh)}"


def upwards(amount: float) -> int:
    """Round up to a number with two leading digits."""
    whole_amount = round(amount)
    step = int(10 ** max(0, len(str(whole_amount)) - 2))
    return ceil(whole_amount / step) * step


def main(arguments: Sequence[str]) -> None:
    """Size the network that the overrides describe."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("overrides", nargs="*", help="parts and values, such as network=regional_3dc")
    parser.add_argument("--rank-by", choices=["cost", "distance"], default="cost")
    parser.add_argument("--orders", type=int, default=6000, help="how many orders are drawn")
    parser.add_argument("--target", type=float, default=0.8, help="highest utilization of a stage")
    given = parser.parse_args(arguments)
    composition = compose(given.overrides)
    config = parse(composition.values, composition.origin)
    model = build(config)
    found = loads(config, model, given.rank_by, given.orders)
    sys.stdout.writelines(f"{line}\n" for line in describe(model.network, found, given.target))


if __name__ == "__main__":
    main(sys.argv[1:])
