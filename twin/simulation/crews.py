"""People who work at several stages of a node."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor
from typing import TYPE_CHECKING, final

from twin.domain.work import Crew
from twin.simulation.clock import Clock
from twin.simulation.timesheets import TimeSheet

if TYPE_CHECKING:
    from twin.simulation.stages import Stations


@final
class CrewAtWork:
    """Who is free, and where the next one is wanted: at the first stage with work and a free station.

    Its `sheet` has the hours of its people; what they do is booked at the stages.
    """

    __slots__ = ("crew", "free", "sheet", "staffed", "stages")

    def __init__(self, crew: Crew, stages: Sequence[Stations], clock: Clock) -> None:
        self.crew, self.stages = crew, stages
        self.staffed = self.free = 0
        self.sheet = TimeSheet(clock)
        for stage in stages:
            stage.crew = self

    @property
    def name(self) -> str:
        """The name of the crew."""
        return self.crew.name

    def takes_a_job(self) -> bool:
        """Answer whether somebody is free, who is so no longer."""
        if self.free > 0:
            self.free -= 1
            return True
        return False

    def goes_on(self) -> None:
        """Send the one who has just finished to the next job."""
        self.free += 1
        self.fill()

    def fill(self) -> None:
        """Send all who are free to where they are wanted."""
        while self.free > 0 and self._start_one():
            pass

    def staff(self, people: int) -> None:
        """Change how many are there; who is working finishes."""
        self.free += people - self.staffed
        self.staffed = people
        self.fill()

    def counts(self) -> tuple[float, ...]:
        """Return what the table of nodes has of it, as of stages: the hours of people, their number, and no work."""
        return *self.sheet.hours(), 0.0, 0, 0, self.staffed, 0, 0.0

    def _start_one(self) -> bool:
        for stage in self.stages:
            if stage.free > 0 and stage.waiting.size:
                stage.free -= 1
                self.free -= 1
                stage.begin(stage.waiting.pop())
                return True
        return False


def staffed_stations(stations: int, rate: float) -> int:
    """Return how many of some stations work at a staffing rate: whole ones, at least one while anybody works."""
    return max(1, floor(stations * rate + 1e-9)) if rate > 0 and stations else 0
