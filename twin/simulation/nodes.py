"""A node at work: its stages, its shifts, its daily limit and what it can promise."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Generator, Mapping
from math import floor, inf

from simpy.events import Event

from twin.domain.calendars import Timeline
from twin.domain.nodes import FulfillmentNode
from twin.domain.orders import Lines
from twin.domain.stock import StockLedger
from twin.policies.decision import Reason
from twin.simulation.clock import Clock
from twin.simulation.days import Spread
from twin.simulation.docks import Dock
from twin.simulation.inspecting import InspectionBench
from twin.simulation.shipments import Shipment
from twin.simulation.stages import WorkStage

NOTHING: dict[str, int] = {}


class WorkingNode:
    """One node's live state; the order path is `accept`, then the stages, then the dock."""

    def __init__(
        self, node: FulfillmentNode, ledger: StockLedger, clock: Clock, columns: Mapping[Spread, int],
        timeline: Timeline,
    ) -> None:  # fmt: skip
        self.node, self.ledger, self.clock = node, ledger, clock
        self.docks: dict[str, Dock] = {}
        self._order_limit: float = inf if node.orders_per_day is None else node.orders_per_day
        self.orders_left = self._order_limit
        self.capacity_rate = 1.0
        self.overfull = False
        self._shown = ledger.available
        self._sees_own = True
        self._found_rate = node.found_rate
        self._waiting_cap = inf if node.stages[0].waiting_cap is None else node.stages[0].waiting_cap
        self._staffed_rate = 0.0
        self._timeline = timeline
        self._staffing = node.calendar.staffing(timeline)
        self._open_times, self._open_hours = _open_hours(self._staffing)
        self.inspection: InspectionBench | None = None
        self.stages: list[WorkStage] = []
        then: Callable[[Shipment], None] = self._packed
        for stage in reversed(node.stages):
            shape, _ = stage.work_hours.shape()
            work = WorkStage(stage, columns[Spread(stage.name, shape)], clock, then)
            self.stages.insert(0, work)
            then = work.admit
        self.first = self.stages[0]
        self._slowest = min(self.stages, key=_throughput)
        self._work_hours = sum(stage.work_hours.mean for stage in node.stages)

    @property
    def closed_because(self) -> Reason | None:
        """Why the node takes no orders now, or None."""
        if not self.node.enabled:
            return Reason.NODE_DISABLED
        if self.capacity_rate <= 0:
            return Reason.NODE_CLOSED
        return Reason.ORDER_LIMIT if self.orders_left < 1 else None

    def promisable(self) -> dict[str, int]:
        """Return the stock routing may use: all that it is shown as available, or nothing while the node is closed."""
        return NOTHING if self.closed_because else self._shown

    def lag(self, *, sees_own: bool) -> None:
        """Show routing a copy of the stock from now on, and its own reservations only if it sees these."""
        self._shown, self._sees_own = dict(self.ledger.available), sees_own

    def show(self) -> list[str]:
        """Bring what routing is shown up to date and return the products that it now sees and did not see before."""
        shown, available = self._shown, self.ledger.available
        news = [sku for sku, units in available.items() if units > 0 >= shown[sku]]
        if shown is not available:
            shown.update(available)
        return news

    def reserve(self, lines: Lines) -> bool:
        """Reserve lines, of the day's orders one; answer whether they were there, which an old picture cannot know."""
        if self._shown is not self.ledger.available:
            if not self.ledger.can_fill(lines):
                return False
            self._count_own(lines, -1)
        self.ledger.reserve(lines)
        self.orders_left -= 1
        return True

    def release(self, lines: Lines) -> None:
        """Give reserved lines back, and their place among the day's orders."""
        if self._shown is not self.ledger.available:
            self._count_own(lines, 1)
        self.ledger.release(lines)
        self.orders_left = min(self.orders_left + 1, self._order_limit)

    def _count_own(self, lines: Lines, sign: int) -> None:
        if self._sees_own:
            for line in lines:
                self._shown[line.sku] += sign * line.quantity

    def declines(self, luck: float) -> bool:
        """Answer whether the node sends a shipment back: the goods cannot be found, or too much work waits."""
        if self.first.waiting.size >= self._waiting_cap:
            self.overfull = True
            return True
        return luck >= self._found_rate

    def luck_of_reason(self, luck: float) -> float:
        """Return a fresh uniform from the luck of a shipment that was not found."""
        return (luck - self._found_rate) / (1.0 - self._found_rate) if luck >= self._found_rate else 0.0

    def has_room(self) -> bool:
        """Answer whether the line at the first stage is below its cap."""
        return self.first.waiting.size < self._waiting_cap

    def set_capacity(self, rate: float) -> None:
        """Let a disruption leave only a share of the stations, or give them back."""
        self.capacity_rate = rate
        self._staff()

    def shifts(self) -> Generator[Event]:
        """Staff the stations as the shift calendar says."""
        for instant, rate in self._staffing:
            if instant > self.clock.now_hours:
                yield self.clock.until(instant)
            self._staffed_rate = rate
            self._staff()

    def ready_at(self) -> float:
        """Return when an order placed now should be packed: after the backlog, in hours the node works."""
        now = self.clock.now_hours
        stations = max(1, self._slowest.stage.stations * self.capacity_rate)
        hours = self._work_hours + self.backlog_hours() / stations
        return self._after_open_hours(now, hours)

    def backlog_hours(self) -> float:
        """Return the hours of work waiting at the slowest stage."""
        return self._slowest.waiting_hours()

    def expect(self) -> None:
        """Refresh what the docks can promise."""
        now, ready_at = self.clock.now_hours, self.ready_at()
        for dock in self.docks.values():
            dock.expect(now, ready_at)

    def _staff(self) -> None:
        rate = self._staffed_rate * self.capacity_rate
        for stage in self.stages:
            stage.staff(staffed_stations(stage.stage.stations, rate))
        if self.inspection is not None:
            self.inspection.staff(staffed_stations(self.inspection.stations, rate))

    def _packed(self, shipment: Shipment) -> None:
        self.docks[shipment.plan.offer.service].packed.append(shipment)

    def _after_open_hours(self, now: float, hours: float) -> float:
        """Return the instant by which the node has been open for some more hours."""
        times, counted = self._open_times, self._open_hours
        at = max(0, bisect_right(times, now) - 1)
        staffed = counted[at + 1] > counted[at] if at + 1 < len(times) else False
        target = counted[at] + (max(0.0, now - times[at]) if staffed else 0.0) + hours
        end = bisect_left(counted, target)
        if end >= len(counted):
            return inf
        return times[end] - (counted[end] - target)


def staffed_stations(stations: int, rate: float) -> int:
    """Return how many of some stations work at a staffing rate: whole ones, at least one while anybody works."""
    return max(1, floor(stations * rate + 1e-9)) if rate > 0 and stations else 0


def _throughput(stage: WorkStage) -> float:
    return stage.stage.stations / stage.stage.work_hours.mean


def _open_hours(staffing: list[tuple[float, float]]) -> tuple[list[float], list[float]]:
    """Return instants of change and the hours the node has been open until each."""
    times, counted, hours, last, rate = [], [], 0.0, 0.0, 0.0
    for instant, new_rate in staffing:
        hours += (instant - last) if rate > 0 else 0.0
        times.append(instant)
        counted.append(hours)
        last, rate = instant, new_rate
    return times, counted
