"""The hours that people are paid for."""

from __future__ import annotations

from twin.simulation.clock import Clock


class TimeSheet:
    """The hours that people are there, busy or not, and those of them that are overtime."""

    __slots__ = ("_clock", "_counted_at", "_hours", "_on_overtime", "_overtime_hours", "_people")

    def __init__(self, clock: Clock) -> None:
        self._clock, self._counted_at = clock, 0.0
        self._people = self._on_overtime = 0
        self._hours = self._overtime_hours = 0.0

    def note(self, people: int, on_overtime: int = 0) -> None:
        """Note that so many people are there from now on, some of them on overtime."""
        self._hours, self._overtime_hours = self.hours()
        self._counted_at = self._clock.now_hours
        self._people, self._on_overtime = people, on_overtime

    def hours(self) -> tuple[float, float]:
        """Return the hours of people up to now, and those of overtime."""
        since = self._clock.now_hours - self._counted_at
        return self._hours + self._people * since, self._overtime_hours + self._on_overtime * since
