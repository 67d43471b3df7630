"""Receiving: trucks are unloaded at a door, then people put the goods away; only on the shelf can they be sold."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import inf

import simpy

from twin.domain.products import CM3_PER_M3, Product
from twin.domain.stock import StockLedger
from twin.domain.work import Inbound
from twin.simulation.clock import Clock, Steps
from twin.simulation.distributions import sampler
from twin.simulation.queues import ArrivalQueue
from twin.simulation.staffing import OpenHours, Roster
from twin.simulation.stages import Stations

PUT_AWAY = "put_away"
Truckload = list[tuple[str, int]]
Shelved = Callable[[Truckload], None]


@dataclass(frozen=True, slots=True)
class Trip:
    """What one person puts away at once, and whom to tell when it is on the shelf."""

    load: Truckload
    hours: float
    volume_m3: float
    shelved: Shelved


class PutAway(Stations):
    """Stations that take trips of goods to the shelf."""

    __slots__ = ("under_way_m3",)

    def __init__(self, inbound: Inbound, clock: Clock) -> None:
        super().__init__(PUT_AWAY, inbound.stations, inbound.trip_hours.mean, ArrivalQueue(), clock)
        self.under_way_m3 = 0.0

    def begin(self, job: Trip) -> None:
        """Send somebody with a trip."""
        hours = job.hours / self.pace
        self.begun += 1
        self.busy_hours += hours
        self.clock.after(hours, self.finish, job)

    def finish(self, trip: Trip) -> None:
        """Put the goods on the shelf."""
        self.under_way_m3 -= trip.volume_m3
        trip.shelved(trip.load)
        self.next_job()  # after orders that waited for these goods: the crew may have others to do first


class Receiving:
    """The doors of one node, the trips behind them, and the goods for which there is no room."""

    def __init__(
        self, inbound: Inbound, ledger: StockLedger, products: Mapping[str, Product], clock: Clock, roster: Roster
    ) -> None:
        self.put_away = PutAway(inbound, clock)
        self._inbound, self._ledger, self._products, self._clock = inbound, ledger, products, clock
        self._doors = simpy.Resource(clock, inbound.doors)
        self._open = OpenHours(roster.staffing)
        self._luck = roster.inbound_luck
        self._unload_hours, self._trip_hours = sampler(inbound.unload_hours), sampler(inbound.trip_hours)
        self._held: deque[Trip] = deque()

    def arrives(self, load: Truckload, shelved: Shelved) -> None:
        """Let a truck come; `shelved` hears of each trip when its goods are on the shelf."""
        self._clock.process(self._unload(load, shelved))

    def make_room(self) -> None:
        """Let those trips begin, in their order, for which there is room on the shelves."""
        while self._held and self._has_room(self._held[0]):
            self._admit(self._held.popleft())

    def _unload(self, load: Truckload, shelved: Shelved) -> Steps:
        """Wait for a door and for somebody to be there, unload, and hand the goods on."""
        with self._doors.request() as door:
            yield door
            done_at = self._open.after(self._clock.now_hours, self._unload_hours(self._luck.random()))
            if done_at == inf:  # nobody comes to work any more
                return
            yield self._clock.until(done_at)
        self._held.extend(self._trips(load, shelved))
        self.make_room()

    def _trips(self, load: Truckload, shelved: Shelved) -> Iterator[Trip]:
        """Cut a truckload into trips; one of fewer units takes as much less time."""
        trip, full = Truckload(), self._inbound.units_per_trip
        room = full
        for sku, units in load:
            left = units
            while left:
                taken = min(left, room)
                trip.append((sku, taken))
                left, room = left - taken, room - taken
                if not room:
                    yield self._trip(trip, full, shelved)
                    trip, room = Truckload(), full
        if trip:
            yield self._trip(trip, full - room, shelved)

    def _trip(self, load: Truckload, units: int, shelved: Shelved) -> Trip:
        hours = self._trip_hours(self._luck.random()) * units / self._inbound.units_per_trip
        return Trip(load, hours, self._volume_m3(load), shelved)

    def _admit(self, trip: Trip) -> None:
        self.put_away.under_way_m3 += trip.volume_m3
        self.put_away.admit(trip)

    def _has_room(self, trip: Trip) -> bool:
        most = self._inbound.storage_m3
        if most is None:
            return True
        stored = self._volume_m3(list(self._ledger.on_hand.items()))
        return stored + self.put_away.under_way_m3 + trip.volume_m3 <= most

    def _volume_m3(self, load: Truckload) -> float:
        return sum(self._products[sku].volume_cm3 * units for sku, units in load) / CM3_PER_M3
