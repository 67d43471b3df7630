"""The counter of a store: customers wait there, or in their cars, for what they ordered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import nan
from typing import final

from twin.domain.orders import Lines
from twin.domain.pickup import PickupDesk
from twin.simulation.clock import Clock
from twin.simulation.queues import ArrivalQueue
from twin.simulation.stages import Stations

HAND_OVER = "hand_over"


@dataclass(slots=True, eq=False)
class Pickup:
    """An order that is set aside for its customer, and what became of it."""

    order: int
    node: str
    lines: Lines
    curbside: bool
    ready_by: float
    ready_at: float
    collected: Callable[[Pickup], None]
    collected_at: float = nan
    restocked_at: float = nan


@final
class Counter(Stations):
    """Hands orders over, one customer after the other; the curb is farther away."""

    __slots__ = ("_desk",)

    def __init__(self, desk: PickupDesk, clock: Clock) -> None:
        super().__init__(HAND_OVER, desk.stations, desk.hand_over_hours, ArrivalQueue(), clock)
        self._desk = desk

    def begin(self, job: Pickup) -> None:
        """Go and get what a customer ordered."""
        hours = (self._desk.hand_over_hours + self._desk.curbside_hours * job.curbside) / self.pace
        self.begun += 1
        self.busy_hours += hours
        self.clock.after(hours, self.finish, job)

    def finish(self, job: Pickup) -> None:
        """Let the customer go."""
        job.collected_at = self.clock.now_hours
        job.collected(job)
        self.next_job()
