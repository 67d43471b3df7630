"""What the textbook model is made of: a shipment, a stage as a `Resource`, a node, a carrier's calendar."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import inf, nan
from typing import Any, cast

import numpy as np
import simpy

from twin.domain.calendars import Timeline
from twin.domain.carriers import CarrierService
from twin.domain.distributions import Distribution
from twin.domain.nodes import FulfillmentNode
from twin.domain.orders import Order, OrderLine
from twin.domain.returns import ReturnsDesk
from twin.domain.stock import StockLedger
from twin.domain.work import Stage
from twin.policies.decision import PlannedShipment, Reason
from twin.simulation.days import Spread
from twin.simulation.distributions import Sampler, quantiles, sampler
from twin.simulation.docks import Dock
from twin.simulation.world import Model

FAR_DAYS = 60

Steps = Generator[simpy.Event, Any, Any]


@dataclass(slots=True, eq=False)
class TextbookShipment:
    """What became of one shipment; `finished` holds the end of each stage."""

    order: Order
    plan: PlannedShipment
    turn: int
    routed_at: float
    finished: list[float] = field(default_factory=list)
    started_at: float = inf
    work_hours: float = 0.0
    departed_at: float = inf
    delivered_at: float = inf


def change_places(resource: simpy.Resource, places: int) -> None:
    """Change the places of a resource; who is working finishes, and SimPy lets one in at each trigger."""
    resource._capacity = places
    while resource.queue and resource.count < places:
        resource._trigger_put(None)


class Station:
    """One stage of a node: a resource with as many places as are staffed."""

    def __init__(self, env: simpy.Environment, stage: Stage, column: int) -> None:
        self.env, self.stage, self.column = env, stage, column
        self.resource = simpy.PriorityResource(env, capacity=max(1, stage.stations))
        self.resource._capacity = 0  # closed until the first shift; SimPy refuses this at birth
        self.begun, self.begun_hours = 0, 0.0

    @property
    def waiting(self) -> int:
        """How many shipments wait in line."""
        return len(self.resource.queue)

    def staff(self, places: int) -> None:
        """Change the number of places."""
        change_places(self.resource, places)

    def work(self, shipment: TextbookShipment) -> Steps:
        """Wait for a place in order of promise or of arrival, and work."""
        priority = shipment.order.promised_by if self.stage.queue == "promise" else 0
        with self.resource.request(priority=cast("int", priority)) as place:
            yield place
            parcels = shipment.plan.parcels
            hours = shipment.order.work[self.column] * self.stage.work_hours.mean
            hours *= self.stage.effort(parcels.lines, parcels.units)
            self.begun, self.begun_hours = self.begun + 1, self.begun_hours + hours
            shipment.started_at = min(shipment.started_at, self.env.now)
            shipment.work_hours += hours
            yield self.env.timeout(hours)
        shipment.finished.append(self.env.now)


class Bench:
    """The inspection of returns: a resource with as many places as are staffed, first come, first served."""

    def __init__(self, env: simpy.Environment, desk: ReturnsDesk) -> None:
        self.desk = desk
        self.resource = simpy.Resource(env, capacity=desk.stations)
        self.resource._capacity = 0

    def staff(self, places: int) -> None:
        """Change the number of places."""
        change_places(self.resource, places)


class TextbookNode:
    """A node with its stages, its ledger and its docks, as the view of policies wants to see it."""

    def __init__(
        self,
        node: FulfillmentNode,
        ledger: StockLedger,
        env: simpy.Environment,
        columns: Mapping[Spread, int],
        timeline: Timeline,
    ) -> None:
        self.node, self.ledger = node, ledger
        self.staffing = node.calendar.staffing(timeline)
        self.stations = [
            Station(env, stage, columns[Spread(stage.name, stage.work_hours.shape()[0])]) for stage in node.stages
        ]
        self.slowest = min(self.stations, key=lambda at: at.stage.stations / at.stage.work_hours.mean)
        self.orders_left: float = inf if node.orders_per_day is None else node.orders_per_day
        self.entering = 0  # shipments whose process has not begun: SimPy starts it after whoever made it
        self.was_full = False
        self.docks: list[Dock] = []
        self.bench = None if node.returns is None else Bench(env, node.returns)
        self.post: list[TextbookReturn] = []
        self.trucks: dict[str, simpy.Event] = {}

    @property
    def closed_because(self) -> Reason | None:
        """Why it takes no orders."""
        if not self.node.enabled:
            return Reason.NODE_DISABLED
        return Reason.ORDER_LIMIT if self.orders_left < 1 else None

    def promisable(self) -> dict[str, int]:
        """Return the stock that policies may promise."""
        return {} if self.closed_because else self.ledger.available

    def backlog_hours(self) -> float:
        """Return the hours of work in line at the slowest stage, at the mean of the work begun so far."""
        station = self.slowest
        mean = station.begun_hours / station.begun if station.begun else station.stage.work_hours.mean
        return station.waiting * mean

    def declines(self, luck: float) -> bool:
        """Answer whether the goods are not found, or too many shipments wait."""
        full = self.is_full()
        self.was_full |= full
        return full or luck >= self.node.found_rate

    def is_full(self) -> bool:
        """Answer whether as many shipments wait as may."""
        first = self.stations[0]
        cap = first.stage.waiting_cap
        free = max(0, first.resource.capacity - first.resource.count)
        return cap is not None and first.waiting + max(0, self.entering - free) >= cap

    def ready_at(self, now: float) -> float:
        """Return when an order placed now should be packed: after the backlog, in hours of work."""
        hours = sum(stage.work_hours.mean for stage in self.node.stages)
        return self.open_after(now, hours + self.backlog_hours() / max(1, self.slowest.stage.stations))

    def open_after(self, now: float, hours: float) -> float:
        """Return when people will have been at work for some more hours."""
        for (starts, rate), (ends, _) in zip(self.staffing, self.staffing[1:], strict=False):
            begins = max(starts, now)
            if rate > 0 and ends > begins:
                if hours <= ends - begins:
                    return begins + hours
                hours -= ends - begins
        return inf


@dataclass(frozen=True, slots=True)
class Watch:
    """Shows the time by the name that the view knows it by."""

    env: simpy.Environment

    @property
    def now_hours(self) -> float:
        """The simulated hour."""
        return float(self.env.now)


@dataclass(slots=True, eq=False)
class TextbookReturn:
    """What became of one line that was sent back; `there_at` is when the carrier has brought it."""

    order: Order
    line: OrderLine
    origin: str
    node: str
    reason: str
    method: str
    grade: str
    requested_at: float
    there_at: float = inf
    received_at: float = nan
    inspected_at: float = nan
    restocked_at: float = nan


def chosen(luck: float, shares: Sequence[float]) -> tuple[int, float]:
    """Return which share a uniform falls in, and how far into it, as a share of that share."""
    start = 0.0
    for number, share in enumerate(shares):
        if luck < start + share:
            return number, (luck - start) / share
        start += share
    return len(shares) - 1, 1.0


class Calendar:
    """The days on which a service delivers, counted one by one."""

    def __init__(self, service: CarrierService, model: Model) -> None:
        timeline = model.horizon.timeline
        self._delivering = [
            day
            for day in range(-1, timeline.days + FAR_DAYS)
            if timeline.date(day).weekday() in service.delivery_weekdays and timeline.date(day) not in model.holidays
        ]
        longer = Timeline(timeline.starts_on, timeline.timezone, timeline.days + FAR_DAYS)
        self._midnights = longer.midnights

    def delivery_midnight(self, departed_at: float, days: int, node_zone: str, zone: str) -> float:
        """Return the midnight, at the destination, that begins the right delivering day after departure."""
        left_on = bisect_right(self._midnights(node_zone), departed_at) - 2  # the first midnight is that of day -1
        after = bisect_right(self._delivering, left_on)
        day = self._delivering[min(after + days - 1, len(self._delivering) - 1)]
        return self._midnights(zone)[day + 1]


@lru_cache(maxsize=64)
def _exact_sampler(spread: Distribution) -> Sampler:
    if spread.kind in ("deterministic", "discrete"):
        return sampler(spread)
    return lambda luck: float(quantiles(spread, np.array([luck]))[0])  # a table would round


def drawn(spread: Distribution, luck: float) -> float:
    """Return the value that a uniform stands for."""
    return _exact_sampler(spread)(luck)
