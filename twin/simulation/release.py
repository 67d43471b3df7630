"""What keeps orders from the floor: messages take time, and waves let many go together."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import time

from twin.domain.calendars import Timeline
from twin.simulation.clock import Clock, Steps
from twin.simulation.picking import Picking
from twin.simulation.queues import PromiseQueue
from twin.simulation.shipments import Shipment
from twin.simulation.stages import Entry


class WaveGate:
    """Holds shipments until the next wave, then lets all of them go, the earliest promise first."""

    def __init__(self, instants: Sequence[float], line: Picking) -> None:
        self._instants, self._line = instants, line
        self.waiting = PromiseQueue()

    def admit(self, shipment: Shipment) -> None:
        """Let a shipment wait for the next wave."""
        self.waiting.push(shipment)

    def next_wave(self, now: float) -> float:
        """Return when the next wave goes, now where there is none any more."""
        at = bisect_right(self._instants, now)
        return self._instants[at] if at < len(self._instants) else now

    def releases(self, clock: Clock) -> Steps:
        """Let the waves of all days go."""
        for instant in self._instants:
            yield clock.until(instant)
            self._line.admit_all([self.waiting.pop() for _ in range(self.waiting.size)])


class Courier:
    """Brings a node word of its orders, each some time after it was routed."""

    def __init__(self, latency_hours: float, entry: Entry, clock: Clock) -> None:
        self._latency_hours, self._entry, self._clock = latency_hours, entry, clock
        self.under_way = 0

    def admit(self, shipment: Shipment) -> None:
        """Send word of an order."""
        self.under_way += 1
        self._clock.after(self._latency_hours, self._arrives, shipment)

    def _arrives(self, shipment: Shipment) -> None:
        self.under_way -= 1
        self._entry.admit(shipment)


def wave_instants(waves: Sequence[time], timeline: Timeline, timezone: str) -> list[float]:
    """Return the instants of the waves of all days."""
    every = (timeline.at(timeline.date(day), wave, timezone) for day in range(-1, timeline.days + 1) for wave in waves)
    return sorted(instant for instant in every if instant >= 0)
