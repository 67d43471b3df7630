"""How large a node must be: the work that a sample of orders asks of its stages, against the hours that are staffed.

Nothing is simulated here: no queues, no stock-outs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import time
from math import ceil, inf
from typing import Literal

from twin.config.siting import BuildingConfig
from twin.domain.calendars import Shift
from twin.domain.network import Network
from twin.domain.nodes import FulfillmentNode
from twin.domain.orders import OrderLine
from twin.domain.work import Inbound
from twin.policies.decision import Offer
from twin.simulation.crews import staffed_stations
from twin.simulation.days import DayColumns, Names
from twin.simulation.receiving import PUT_AWAY
from twin.simulation.world import Model

DAYS_PER_WEEK = 7
HOURS_PER_DAY = 24
SAMPLE_SEED = 20250901
"""The customers who are sampled are nobody's in a study."""


@dataclass(frozen=True, slots=True)
class SampleOrder:
    """One drawn order: who wants what, how fast."""

    destination: str
    service_level: str
    lines: tuple[OrderLine, ...]

    @property
    def units(self) -> int:
        """How many units are wanted."""
        return sum(line.quantity for line in self.lines)


@dataclass(frozen=True, slots=True)
class Sample:
    """Some orders, each of which stands for `weight` orders a day."""

    orders: Sequence[SampleOrder]
    weight: float


@dataclass(slots=True)
class Load:
    """What a node gets on a mean day."""

    orders: float = 0.0
    units: float = 0.0
    hours: dict[str, float] = field(default_factory=dict)

    def add(self, node: FulfillmentNode, order: SampleOrder, weight: float) -> None:
        """Count an order that stands for `weight` orders a day."""
        self.orders += weight
        self.units += weight * order.units
        for stage in node.stages:
            hours = stage.work_hours.mean * stage.effort(len(order.lines), order.units)
            self.hours[stage.name] = self.hours.get(stage.name, 0.0) + weight * hours


Ranking = Callable[[Offer, SampleOrder], tuple[float, ...]]


def sampled(model: Model, count: int) -> Sample:
    """Return about so many of the orders that come on the study's days, every so manyth of them."""
    demand, days = model.demand(SAMPLE_SEED, 0, ()), model.horizon.order_days
    came = sum(demand.day(day, 0).orders for day in range(days))
    step, first, found = max(1, came // count), 0, []
    for columns in (demand.day(day, 0) for day in range(days)):
        found += [_order(columns, at, demand.names) for at in range(-first % step, columns.orders, step)]
        first += columns.orders
    return Sample(found, came / days / len(found) if found else 0.0)


def _order(columns: DayColumns, at: int, names: Names) -> SampleOrder:
    lines = slice(columns.line_starts[at], columns.line_starts[at + 1])
    return SampleOrder(
        names.destinations[columns.destination[at]],
        names.service_levels[columns.service_level[at]],
        tuple([
            OrderLine(names.skus[sku], quantity)
            for sku, quantity in zip(columns.sku[lines].tolist(), columns.quantity[lines].tolist(), strict=True)
        ]),
    )  # fmt: skip


def late_usd(model: Model, offer: Offer, order: SampleOrder) -> float:
    """Return what routing charges itself where a service needs more days than were promised; none has no such term."""
    late_days = offer.transit_days - model.network.service_levels[order.service_level].promise_days
    if late_days <= 0:
        return 0.0
    policy = model.routing
    return float(getattr(policy, "late_usd", 0.0) + getattr(policy, "late_usd_per_day", 0.0) * late_days)


def ranking(model: Model, rank_by: Literal["cost", "distance"]) -> Ranking:
    """Return what is smallest at the node that should serve an order."""

    def by_distance(offer: Offer, order: SampleOrder) -> tuple[float, ...]:
        return model.network.miles(offer.node, order.destination), offer.cost_usd

    def by_cost(offer: Offer, order: SampleOrder) -> tuple[float, ...]:
        return (offer.cost_usd + late_usd(model, offer, order),)

    return by_distance if rank_by == "distance" else by_cost


def loads(model: Model, sample: Sample, rank_by: Literal["cost", "distance"] = "cost") -> dict[str, Load]:
    """Share the sample out over the open nodes; orders that no node carries whole are left out.

    Each goes to the node that can ship it whole at the lowest cost, a late arrival charged for as `routing` says, or to
    the nearest node that carries everything. A node takes no more than its `orders_per_day`. What a node receives is
    what it ships and sells over the counter, and what the nodes do that it refills.
    """
    network, shelves = model.network, model.shelves
    rank = ranking(model, rank_by)
    found = {name: Load() for name, node in network.nodes.items() if node.enabled and not node.standby}
    for order in sample.orders:
        skus = {line.sku for line in order.lines}
        offers = shelves.book.offers(order.destination, order.service_level, shelves.packer.pack(order.lines))
        open_to_it = [
            offer for offer in offers
            if offer.node in found
            and skus <= network.nodes[offer.node].assortment
            and found[offer.node].orders + sample.weight <= limit(network.nodes[offer.node])
        ]  # fmt: skip
        if open_to_it:
            best = min(open_to_it, key=lambda offer: rank(offer, order))
            found[best.node].add(network.nodes[best.node], order, sample.weight)
    for name, units in received(found, network).items():
        inbound = network.nodes[name].work.inbound
        if inbound is not None:
            found[name].hours[PUT_AWAY] = units * put_away_hours(inbound)
    return found


def put_away_hours(inbound: Inbound) -> float:
    """Return the hours of work to put a unit away."""
    return inbound.trip_hours.mean / inbound.units_per_trip


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


def building_of(rule: BuildingConfig, orders_per_day: float) -> tuple[int, int]:
    """Return the dollars and kilowatt-hours a day of a building for so many orders a day, in round numbers."""
    usd = rule.usd_per_day + rule.usd_per_daily_order * orders_per_day
    return upwards(usd), upwards(rule.kwh_per_daily_order * orders_per_day)


def upwards(amount: float) -> int:
    """Round up to a number with two leading digits."""
    whole_amount = round(amount)
    step = int(10 ** max(0, len(str(whole_amount)) - 2))
    return ceil(whole_amount / step) * step
