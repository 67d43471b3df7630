"""The inspection of what comes back: lines wait for a station in the order in which they arrived."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import final

from twin.domain.returns import ReturnsDesk
from twin.simulation.clock import Clock
from twin.simulation.returned_lines import ReturnedLine


@final
class InspectionBench:
    """Looks at one returned line after the other, at as many stations as are staffed.

    Who is at work when a shift ends finishes; nobody starts anew. `units` is the book of what waits or is looked at.
    """

    def __init__(self, desk: ReturnsDesk, clock: Clock, then: Callable[[ReturnedLine], None]) -> None:
        self.stations = desk.stations
        self.units = 0
        self._hours_per_unit = desk.hours_per_unit
        self._clock, self._then = clock, then
        self._waiting: deque[ReturnedLine] = deque()
        self._staffed = self._at_work = 0

    def admit(self, line: ReturnedLine) -> None:
        """Put a line that came back behind the others."""
        self.units += line.units
        self._waiting.append(line)
        self._begin()

    def staff(self, stations: int) -> None:
        """Change the number of staffed stations; new ones take from the line at once."""
        self._staffed = stations
        self._begin()

    def _begin(self) -> None:
        while self._waiting and self._at_work < self._staffed:
            line = self._waiting.popleft()
            self._at_work += 1
            self._clock.after(self._hours_per_unit * line.units, self._finish, line)

    def _finish(self, line: ReturnedLine) -> None:
        self._at_work -= 1
        self.units -= line.units
        self._begin()
        self._then(line)
