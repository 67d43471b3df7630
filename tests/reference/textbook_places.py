"""What the textbook's floor is made of: tasks and their jobs, places with a line, and hands."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import simpy

from tests.reference.textbook_parts import TextbookShipment
from twin.domain.work import Stage


@dataclass(slots=True, eq=False)
class Task:
    """A step of the work, done when all its jobs are: one, or one for each zone that has some of the lines."""

    shipment: TextbookShipment | None
    done: simpy.Event
    jobs_left: int


@dataclass(slots=True, eq=False)
class Job:
    """What one person does at one place, and how long it takes at the full pace."""

    task: Task
    hours: float
    lines: int = 0
    promised_by: float = 0.0

    def finish(self) -> None:
        """Do the task's last job, or one before."""
        self.task.jobs_left -= 1
        if not self.task.jobs_left:
            self.task.done.succeed()

    def note(self, now: float, hours: float) -> None:
        """Write on the shipment when its work began and how much it was."""
        shipment = self.task.shipment
        if shipment is not None:
            shipment.started_at = min(shipment.started_at, now)
            shipment.work_hours += hours


class Place:
    """Stations side by side with one line; `open` of them can be used, which machines may bring down."""

    def __init__(self, name: str, stations: int, stage: Stage | None = None) -> None:
        self.name, self.stations, self.stage = name, stations, stage
        self.open = self.busy = self.begun = 0
        self.busy_hours = 0.0
        self.line: list[Job] = []

    def join(self, job: Job) -> None:
        """Stand in line by promise or by arrival."""
        by_promise = self.stage is not None and self.stage.queue == "promise"
        insort(self.line, job, key=lambda other: other.promised_by if by_promise else 0.0)

    def take(self) -> list[Job]:
        """Take from the line what one person does at once."""
        batch = self.stage.batch if self.stage is not None else None
        most = batch.shipments if batch is not None else 1
        taken, self.line = self.line[:most], self.line[most:]
        return taken

    def hours(self, alone: Sequence[float]) -> float:
        """Return how long one person takes for jobs: all the handling, and the longest of the walks."""
        walking = self.stage.batch.walk_rate if self.stage is not None and self.stage.batch is not None else 0.0
        return sum(one * (1.0 - walking) for one in alone) + walking * max(alone)


class Hands:
    """People who work at some places: a crew, or those of one place."""

    def __init__(self, name: str, everybody: int, places: Sequence[Place]) -> None:
        self.name, self.everybody, self.places = name, everybody, places
        self.people = self.busy = 0
        self.last_place: Place | None = None
        self.changes: list[tuple[float, int, int]] = []  # from when on how many are there, and on overtime

    def next_place(self) -> Place | None:
        """Return where somebody who is free goes: the first place with work and a free station."""
        if self.busy >= self.people:
            return None
        return next((place for place in self.places if place.line and place.busy < place.open), None)

    def paid_hours(self, until: float) -> tuple[float, float]:
        """Return the hours people were there, and those of overtime."""
        steps = list(pairwise([*self.changes, (until, 0, 0)]))
        spans = [(after[0] - at, people, overtime) for (at, people, overtime), after in steps]
        return sum(span * people for span, people, _ in spans), sum(span * overtime for span, _, overtime in spans)


def places_of(stage: Stage) -> Iterator[Place]:
    """Make the places of a stage: one, or one for each zone."""
    if stage.zones == 1:
        yield Place(stage.name, stage.stations, stage)
    else:
        for zone in range(1, stage.zones + 1):
            yield Place(f"{stage.name}-{zone}", stage.stations // stage.zones, stage)


def usual_hours(stage: Stage) -> float:
    """Return how long a shipment of one unit keeps a station when all are at work, and all tours full."""
    mean = float(stage.work_hours.mean)
    if stage.batch is not None:
        return mean * (1.0 - stage.batch.walk_rate) + mean * stage.batch.walk_rate / stage.batch.shipments
    if stage.lines_per_hour is not None:
        return max(mean, stage.stations / stage.lines_per_hour)
    return mean
