"""The docks: where packed parcels wait for a truck, and what an order placed now can expect of it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Generator
from itertools import accumulate

import numpy as np
from simpy.events import Event

from twin.domain.calendars import Timeline
from twin.domain.carriers import CarrierService
from twin.domain.nodes import FulfillmentNode
from twin.simulation.clock import Clock
from twin.simulation.shipments import Shipment
from twin.simulation.transit import EXPECTED_DELIVERY, DayBook, TransitCalendar

LONGEST_TRANSIT_DAYS = 12
NEVER = float("inf")
Steps = Generator[Event]


class Dock:
    """The parcels of one node for one service, and the timetable of its truck.

    `order_by` is the instant until which an order still makes the next departure; `arrivals` holds, by days in
    transit, when it would then arrive, `arrivals_after` when it is placed later than that. Where the truck has a limit,
    an order is reckoned with the first truck that has `room` behind what waits already. Departures that are `cancelled`
    nobody foresees.
    """

    __slots__ = ("_arrivals", "arrivals", "arrivals_after", "cancelled", "cutoffs", "departs", "departs_after",
                 "departs_next", "node", "open", "order_by", "packed", "parcels_per_day", "room",
                 "service")  # fmt: skip

    def __init__(self, node: FulfillmentNode, service: CarrierService, times: list[tuple[float, float]]) -> None:
        self.node, self.service = node, service
        self.cutoffs = [cutoff for cutoff, _ in times]
        self.departs = [departs for _, departs in times]
        limits = [one.parcels_per_day for one in node.departures if one.service == service.name]
        self.room = self.parcels_per_day = limits[0] if limits else None
        self.cancelled: set[float] = set()
        self.packed: list[Shipment] = []
        self.open = True
        self._arrivals: list[list[float]] = []
        self.order_by = self.departs_next = self.departs_after = NEVER
        self.arrivals: list[float] = []
        self.arrivals_after: list[float] = []

    def plan_arrivals(self, calendar: TransitCalendar, days: DayBook) -> None:
        """Work out, once, when parcels of each departure should arrive for each number of days in transit."""
        longest_days = LONGEST_TRANSIT_DAYS + len(self.service.on_time_rates) - 1  # as late as it can be
        never = [NEVER] * (longest_days + 1)
        if not self.departs:
            self._arrivals = [never, never]
            return
        departs = np.array(self.departs)
        midnights = days.midnights(self.node.place.timezone)
        left_on = days.day_of(departs, self.node.place.timezone)
        columns = []
        for transit_days in range(longest_days + 1):
            if self.service.transit_hours is not None:
                columns.append(departs + self.service.transit_hours.mean)
            else:
                day = calendar.delivery_day(left_on, np.full(len(departs), max(1, transit_days)))
                columns.append(midnights[day] + EXPECTED_DELIVERY)
        self._arrivals = [*np.stack(columns, axis=1).tolist(), never, never]

    def expect(self, now: float, ready_at: float) -> None:
        """Refresh the estimates: an order placed now is packed at `ready_at`."""
        last = len(self.cutoffs)
        at = last
        if self.open:
            at = bisect_left(self.cutoffs, ready_at)
            if self.room is not None:
                at = min(at + self._full_trucks(self.room), last)
        self.order_by = self.cutoffs[at] - (ready_at - now) if at < last else NEVER
        self.departs_next = self.departs[at] if at < last else NEVER
        self.departs_after = self.departs[at + 1] if at + 1 < last else NEVER
        self.arrivals, self.arrivals_after = self._arrivals[at], self._arrivals[at + 1]

    def arrival_if_packed(self, at: float, transit_days: int) -> float:
        """Return when a parcel should arrive that is packed at an instant and leaves with the next truck."""
        return self._arrivals[bisect_left(self.cutoffs, at)][transit_days]

    def arrival_if_departed(self, at: float, transit_days: int) -> float:
        """Return when a parcel should arrive that a truck of the timetable took at its departure."""
        return self._arrivals[bisect_left(self.departs, at)][transit_days]

    def take(self) -> list[Shipment]:
        """Take what the truck has room for, the earliest promise first; a shipment too large for all goes alone."""
        taken, self.packed = self.packed, []
        if self.room is not None:
            taken.sort(key=lambda shipment: (shipment.order.promised_by, shipment.order.number, shipment.turn))
            loads = list(accumulate(_parcels(shipment) for shipment in taken))
            fits = max(1, bisect_right(loads, self.room))
            taken, self.packed = taken[:fits], taken[fits:]
        return taken

    def _full_trucks(self, room: int) -> int:
        """Return how many trucks the shipments that wait will fill."""
        return sum(_parcels(shipment) for shipment in self.packed) // room

    def trucks(self, clock: Clock, carry: Callable[[Dock, float, list[Shipment]], None]) -> Steps:
        """Send the truck away at every departure of the timetable with what was packed by its cut-off."""
        for cutoff, departs_at in zip(self.cutoffs, self.departs, strict=True):
            yield clock.until(cutoff)
            yield clock.timeout(0)  # what is packed at this very instant still makes it, as `expect` says
            if self.packed and self.open:
                carry(self, departs_at, [] if departs_at in self.cancelled else self.take())


def _parcels(shipment: Shipment) -> int:
    return len(shipment.plan.boxes.signature)


def timetable(
    node: FulfillmentNode, service: CarrierService, timeline: Timeline, calendar: TransitCalendar
) -> list[tuple[float, float]]:
    """Return (cut-off, departure) of every truck of a service at a node that leaves within the timeline."""
    times = []
    for departure in node.departures:
        if departure.service == service.name:
            for index in range(timeline.days):
                day = timeline.date(index)
                if day.weekday() in departure.weekdays and calendar.picks_up(day, node.calendar.closed_on):
                    zone = node.place.timezone
                    times.append((timeline.at(day, departure.cutoff, zone), timeline.at(day, departure.departs, zone)))
    return sorted(time for time in times if time[0] >= 0)
