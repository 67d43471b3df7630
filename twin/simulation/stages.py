"""The stages of work at a node: an explicit queue in front of stations whose number changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import final

from twin.domain.cartons import Parcels
from twin.domain.nodes import Stage
from twin.simulation.clock import Clock
from twin.simulation.queues import ArrivalQueue, PromiseQueue, Queue
from twin.simulation.shipments import Shipment


@final
class WorkStage:
    """Serves shipments at as many stations as are staffed, the others wait in order.

    `free` may fall below zero when a shift ends: who is working finishes, nobody starts anew.
    """

    __slots__ = (
        "_column", "_counted_at", "_efforts", "_hours", "begun", "busy_hours", "clock", "free", "open_hours",
        "staffed", "stage", "then", "waiting",
    )  # fmt: skip

    def __init__(self, stage: Stage, column: int, clock: Clock, then: Callable[[Shipment], None]) -> None:
        self.stage = stage
        self.clock = clock
        self.then = then
        self.waiting: Queue = PromiseQueue() if stage.queue == "promise" else ArrivalQueue()
        self.staffed = self.free = 0
        self.begun = 0
        self.busy_hours = self.open_hours = 0.0
        self._column = column
        self._hours = stage.work_hours.mean
        self._efforts: dict[int, float] = {}
        self._counted_at = 0.0

    @property
    def admitted(self) -> int:
        """How many shipments have come in."""
        return self.begun + self.waiting.size

    @property
    def finished(self) -> int:
        """How many shipments have gone out: those begun, less one for each station at work."""
        return self.begun - (self.staffed - self.free)

    def admit(self, shipment: Shipment) -> None:
        """Start at once if a station is free, else wait."""
        if self.free > 0:
            self.free -= 1
            self.begin(shipment)
        else:
            self.waiting.push(shipment)

    def begin(self, shipment: Shipment) -> None:
        """Occupy a station for the time the order's own luck asks for."""
        hours = shipment.order.work[self._column] * self._hours
        parcels = shipment.plan.parcels
        if parcels.units > 1:
            hours *= self._efforts.get(parcels.key) or self._effort(parcels)
        if not shipment.work_hours:
            shipment.started_at = self.clock.now_hours
        shipment.work_hours += hours
        self.begun += 1
        self.busy_hours += hours
        self.clock.after(hours, self.finish, shipment)

    def finish(self, shipment: Shipment) -> None:
        """Hand the shipment on, and give this station the next one in line."""
        shipment.finished.append(self.clock.now_hours)
        if self.free >= 0 and self.waiting.size:
            self.begin(self.waiting.pop())
        else:
            self.free += 1
        self.then(shipment)

    def staff(self, stations: int) -> None:
        """Change the number of staffed stations; new ones take from the line at once."""
        self.count_open_hours()
        self.free += stations - self.staffed
        self.staffed = stations
        while self.free > 0 and self.waiting.size:
            self.free -= 1
            self.begin(self.waiting.pop())

    def count_open_hours(self) -> None:
        """Bring `open_hours` (station-hours staffed so far) up to now."""
        now = self.clock.now_hours
        self.open_hours += self.staffed * (now - self._counted_at)
        self._counted_at = now

    def waiting_hours(self) -> float:
        """Return the hours of work in line, at the mean of the work begun so far."""
        mean = self.busy_hours / self.begun if self.begun else self._hours
        return self.waiting.size * mean

    def _effort(self, parcels: Parcels) -> float:
        """Return how much more work some parcels are than a single unit, and remember it."""
        effort = self._efforts[parcels.key] = self.stage.effort(parcels.lines, parcels.units)
        return effort
