"""The stages of work at a node: an explicit queue in front of stations whose number changes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any, Protocol

from twin.domain.cartons import Parcels
from twin.domain.work import Stage
from twin.simulation.clock import Clock
from twin.simulation.crews import CrewAtWork
from twin.simulation.queues import ArrivalQueue, PromiseQueue, Queue
from twin.simulation.shipments import Shipment
from twin.simulation.timesheets import TimeSheet


class Stations:
    """Places of work side by side, and a line of jobs in front of them.

    A place can only be used while a member of its crew is free, if it has one. `free` may fall below zero when a shift
    ends: who is working finishes, nobody starts anew. The people of a crew have a `sheet` of their own there.
    """

    __slots__ = (
        "begun", "busy_hours", "clock", "crew", "free", "name", "pace", "sheet", "staffed", "stations", "usual_hours",
        "waiting",
    )  # fmt: skip

    def __init__(self, name: str, stations: int, usual_hours: float, waiting: Queue, clock: Clock) -> None:
        self.name, self.stations, self.usual_hours = name, stations, usual_hours
        self.clock, self.waiting = clock, waiting
        self.crew: CrewAtWork | None = None
        self.staffed = self.free = self.begun = 0
        self.busy_hours = 0.0
        self.pace = 1.0
        self.sheet = TimeSheet(clock)

    @property
    def admitted(self) -> int:
        """How many jobs have come in."""
        return self.begun + self.waiting.size

    @property
    def finished(self) -> int:
        """How many jobs have gone out: those begun, less one for each station at work."""
        return self.begun - (self.staffed - self.free)

    def admit(self, job: Any) -> None:  # noqa: ANN401  (a shipment, or goods to put away)
        """Start at once if a station is free, and somebody to work there, else wait."""
        if self.free > 0 and (self.crew is None or self.crew.takes_a_job()):
            self.free -= 1
            self.begin(job)
        else:
            self.waiting.push(job)

    def admit_all(self, jobs: Iterable[Any]) -> None:
        """Let jobs stand in line together before anybody begins."""
        for job in jobs:
            self.waiting.push(job)
        self._fill()

    def begin(self, job: Any) -> None:  # noqa: ANN401
        """Occupy a station."""
        raise NotImplementedError

    def next_job(self) -> None:
        """Give the station that is free now, and who worked there, the next job in line."""
        if self.crew is not None:
            self.free += 1
            self.crew.goes_on()
        elif self.free >= 0 and self.waiting.size:
            self.begin(self.waiting.pop())
        else:
            self.free += 1

    def staff(self, stations: int) -> None:
        """Change the number of stations that can be worked at; new ones take from the line at once."""
        self.free += stations - self.staffed
        self.staffed = stations
        self._fill()

    def places(self) -> Sequence[Stations]:
        """Return its places of work, each with a line of its own: one."""
        return (self,)

    def in_line(self) -> int:
        """Return how many jobs wait."""
        return self.waiting.size

    def work_at(self, pace: float) -> None:
        """Work at a share of the full pace from now on."""
        self.pace = pace

    def counts(self) -> tuple[float, ...]:
        """Return what the table of nodes has of it: five counts since the beginning, then what is so now."""
        return (*self.sheet.hours(), self.busy_hours, self.admitted, self.finished,
                self.staffed, self.waiting.size, self.waiting_hours())  # fmt: skip

    def waiting_hours(self) -> float:
        """Return the hours of work in line, at the mean of the work begun so far."""
        mean = self.busy_hours / self.begun if self.begun else self.usual_hours
        return self.waiting.size * mean

    def _fill(self) -> None:
        """Let all begin who are free."""
        if self.crew is not None:
            self.crew.fill()
            return
        while self.free > 0 and self.waiting.size:
            self.free -= 1
            self.begin(self.waiting.pop())


class WorkStage(Stations):
    """Serves shipments one by one, for the time that each order's own luck asks for."""

    __slots__ = ("_column", "_efforts", "_hours", "stage", "then")

    def __init__(self, stage: Stage, column: int, clock: Clock, then: Callable[[Shipment], None]) -> None:
        waiting: Queue = PromiseQueue() if stage.queue == "promise" else ArrivalQueue()
        super().__init__(stage.name, stage.stations, stage.usual_hours, waiting, clock)
        self.stage, self.then = stage, then
        self._column = column
        self._hours = stage.work_hours.mean
        self._efforts: dict[int, float] = {}

    def begin(self, shipment: Shipment) -> None:
        """Occupy a station for the time of one shipment."""
        hours = self.hours_of(shipment)
        self.book(shipment, hours)
        self.busy_hours += hours
        self.clock.after(hours, self.finish, shipment)

    def finish(self, shipment: Shipment) -> None:
        """Hand the shipment on, and give this station the next one in line."""
        shipment.finished.append(self.clock.now_hours)
        if self.crew is None:
            self.next_job()
            self.then(shipment)
        else:  # who works at the next stage too should see that there is something to do
            self.then(shipment)
            self.next_job()

    def unbegun(self) -> list[Shipment]:
        """Return the shipments in line that nobody has worked on, the next one first."""
        return [shipment for shipment in self.waiting if not shipment.finished]

    def withdraw(self, gone: Collection[Shipment]) -> None:
        """Take shipments out of line, as if they had never been admitted."""
        self.waiting.take_out({id(shipment) for shipment in gone})

    def hours_of(self, shipment: Shipment) -> float:
        """Return the work on a shipment by itself."""
        hours = shipment.order.work[self._column] * self._hours
        parcels = shipment.plan.parcels
        if parcels.units > 1:
            hours *= self._efforts.get(parcels.key) or self._effort(parcels)
        return hours

    def book(self, shipment: Shipment, hours: float) -> None:
        """Note that the work on a shipment begins, and how much of it is its own."""
        if not shipment.work_hours:
            shipment.started_at = self.clock.now_hours
        shipment.work_hours += hours
        self.begun += 1

    def work_at(self, pace: float) -> None:
        """Work at a share of the full pace from now on."""
        super().work_at(pace)
        self._hours = self.stage.work_hours.mean / pace

    def _effort(self, parcels: Parcels) -> float:
        """Return how much more work some parcels are than a single unit, and remember it."""
        effort = self._efforts[parcels.key] = self.stage.effort(parcels.lines, parcels.units)
        return effort


class Entry(Protocol):
    """Whatever shipments can be handed to."""

    def admit(self, shipment: Shipment) -> None:
        """Take a shipment in."""
