"""The clock of a run: SimPy's, with a short cut for the events of the order path.

An order has no process. Its events are a function and an argument in SimPy's own heap, and the stream of
orders is merged with that heap instead of being pushed into it. Shifts, trucks and storms are ordinary SimPy
processes.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from heapq import heappop, heappush
from math import inf, isfinite
from types import MethodType
from typing import Any, Protocol, TypeVar, cast

from simpy import Environment, Event, Timeout
from simpy.core import EmptySchedule, StopSimulation
from simpy.events import NORMAL, EventPriority

Steps = Generator[Event, Any, Any]
"""What the generator of a process is: it yields the events it waits for."""


class Arrival(Protocol):
    """Something that comes in from outside at an instant of its own, such as an order."""

    @property
    def placed_at(self) -> float:
        """The instant it comes in."""


Argument = TypeVar("Argument")
AnArrival = TypeVar("AnArrival", bound=Arrival)


class Clock(Environment):
    """Simulated time in hours, and all that is due later.

    What is due at one instant happens in the order in which it was asked for. Every entry of the heap is
    `(instant, priority, number, function, argument)`, SimPy's own events too, so no loop tells them apart.
    """

    def __init__(self, starts_at: float = 0.0) -> None:
        super().__init__(starts_at)
        self.now_hours = starts_at
        self._agenda = cast("list[tuple[float, int, int, Callable[[Any], object], Any]]", self._queue)
        # SimPy binds `timeout` to the instance, but not for subclasses; unbound, it takes 0.2 us longer.
        self.timeout = MethodType(Timeout, self)  # type: ignore[method-assign]

    def after(self, delay_hours: float, function: Callable[[Argument], object], argument: Argument) -> None:
        """Call `function(argument)` once a delay has passed."""
        if not 0.0 <= delay_hours < inf:  # costs 20 ns of an event's 700, and refuses nan as well
            raise ValueError(f"a delay must be a finite number of hours from 0, got {delay_hours}")
        heappush(self._agenda, (self.now_hours + delay_hours, NORMAL, next(self._eid), function, argument))

    def at(self, instant: float, function: Callable[[Argument], object], argument: Argument) -> None:
        """Call `function(argument)` at an instant, now or later."""
        if not self.now_hours <= instant < inf:
            wrong = f"is past, it is {self.now_hours} h" if isfinite(instant) else "is no finite number of hours"
            raise ValueError(f"nothing can happen at {instant} h: that {wrong}")
        heappush(self._agenda, (instant, NORMAL, next(self._eid), function, argument))

    def until(self, instant: float) -> Event:
        """Return the event of an instant, now or later, for a process to `yield`."""
        event = _Appointment(self)
        self.at(instant, _happen, event)
        return event

    def run_with(
        self, arrivals: Iterable[AnArrival], place: Callable[[AnArrival], object], until: float
    ) -> AnArrival | None:
        """Live through all that comes before `until`, calling `place` with every arrival, and stop there.

        Arrivals are sorted by `placed_at`, and what is already due at an instant happens before an arrival at
        that instant. An arrival that was drawn but is not due before `until` is returned, so that a later run
        can begin with it.
        """
        if not self.now_hours < until < inf:
            raise ValueError(f"a run must end at a finite instant after now, {self.now_hours} h, got {until}")
        agenda, latest, held = self._agenda, self.now_hours, None
        for arrival in arrivals:
            placed_at = arrival.placed_at
            if not latest <= placed_at < until:
                held = arrival
                break
            while agenda and agenda[0][0] <= placed_at:
                instant, _, _, function, argument = heappop(agenda)
                self._now = self.now_hours = instant
                function(argument)
            self._now = self.now_hours = latest = placed_at
            place(arrival)
        if held is not None and not held.placed_at >= until:
            raise ValueError(f"arrivals must be sorted: one at {held.placed_at} h came after {latest} h")
        self._run_before(until)
        return held

    def _run_before(self, until: float) -> None:
        """Let all happen that is due before an instant, and stop there."""
        agenda = self._agenda
        while agenda and agenda[0][0] < until:
            instant, _, _, function, argument = heappop(agenda)
            self._now = self.now_hours = instant
            function(argument)
        self._now = self.now_hours = until

    def step(self) -> None:
        """Let the next thing happen that is due; SimPy's `run` lives by this."""
        if not self._agenda:
            raise EmptySchedule
        instant, _, _, function, argument = heappop(self._agenda)
        self._now = self.now_hours = instant
        function(argument)

    def schedule(self, event: Event, priority: EventPriority = NORMAL, delay: float = 0.0) -> None:
        """Put one of SimPy's own events on the agenda; SimPy itself would take a delay of nan and be lost."""
        if not 0.0 <= delay < inf:
            raise ValueError(f"a delay must be a finite number of hours from 0, got {delay}")
        heappush(self._agenda, (self.now_hours + delay, priority, next(self._eid), _happen, event))


class _Appointment(Event):
    """An event that is sure to happen, at its very instant: a delay added to now would be rounded."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self._ok = True
        self._value = None


def _happen(event: Event) -> None:
    """Tell all who wait for an event that it happened, as SimPy's `step` does.

    A failure that nobody defused ends the run. It is raised as it is, where SimPy makes a copy: a copy cannot
    be made of an exception that takes more than its message.
    """
    waiting = event.callbacks
    event.callbacks = None  # type: ignore[assignment]  # SimPy's sign for an event that is over
    try:
        for callback in waiting:
            callback(event)
    except StopSimulation:
        event.callbacks = waiting[waiting.index(callback) + 1 :]
        event.env.schedule(event, EventPriority(-1))
        raise
    if not event.ok and not event.defused:
        raise cast("BaseException", event.value)
