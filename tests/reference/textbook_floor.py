"""The inside of a node as a textbook would write it: lines, people who look around for work, tours, zones, machines.

Written from what `twin/domain/work.py` says. With the kernel it shares what is drawn before the clock starts (`Roster`)
and the spinning of an order's luck at a check. Where several things happen at one instant, the order is a definition:

- who has finished hands on what was done, and looks around for the next job only then;
- a shipment that a check sends back takes as long again as the first time;
- what waits is looked at every quarter of an hour of overtime, and the room on the shelves every hour.
"""

from __future__ import annotations

from bisect import insort
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import floor, inf
from zlib import crc32

import simpy

from tests.reference.textbook_parts import Steps, TextbookShipment
from twin.domain.nodes import FulfillmentNode
from twin.domain.work import Stage
from twin.simulation.crews import staffed_stations
from twin.simulation.days import Spread
from twin.simulation.staffing import Outages, Roster

QUARTER_OF_AN_HOUR = 0.25
PUT_AWAY = "put_away"


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


@dataclass(frozen=True, slots=True)
class Limit:
    """What may hold up a node: places that wait for the same hands."""

    places: Sequence[Place]
    hands: int
    hours: float


class TextbookFloor:
    """The places of work of a node and its people; `places` lists those of every stage."""

    def __init__(
        self, node: FulfillmentNode, env: simpy.Environment, columns: Mapping[Spread, int], roster: Roster
    ) -> None:
        self.node, self.env, self.roster = node, env, roster
        self.columns = {one.name: columns[Spread(one.name, one.work_hours.shape()[0])] for one in node.stages}
        self.places = {stage.name: list(_places(stage)) for stage in node.stages}
        if node.work.inbound is not None:
            self.places[PUT_AWAY] = [Place(PUT_AWAY, node.work.inbound.stations)]
        self.hands = [Hands(crew.name, crew.people, self.of(crew.stages)) for crew in node.work.crews]
        shared = [place for hands in self.hands for place in hands.places]
        alone = [place for place in self.of(self.places) if place not in shared]
        self.hands += [Hands(place.name, place.stations, [place]) for place in alone]
        self.running: dict[str, float] = {}
        self.rate = self.planned_rate = 0.0
        self.unheard: list[TextbookShipment] = []
        self.held: list[TextbookShipment] = []
        self.happened: Counter[str] = Counter()

    def of(self, stages: Sequence[str] | Mapping[str, object]) -> list[Place]:
        """Return the places of some stages."""
        return [place for name in stages for place in self.places[name]]

    # The way of a shipment

    def line_up(self, stage: Stage, shipment: TextbookShipment) -> simpy.Event:
        """Put a shipment in line for a stage, in every zone that has some of its lines; return the end of all work."""
        jobs = self.jobs(stage, shipment)
        self.happened["tasks of several zones"] += len(jobs) > 1
        task = Task(shipment, self.env.event(), len(jobs))
        full_hours = shipment.order.work[self.columns[stage.name]] * stage.work_hours.mean
        for zone, (lines, units) in sorted(jobs.items()):
            hours = full_hours * stage.effort(lines, units)
            self.places[stage.name][zone].join(Job(task, hours, lines, shipment.order.promised_by))
        return task.done

    def jobs(self, stage: Stage, shipment: TextbookShipment) -> dict[int, tuple[int, int]]:
        """Return lines and units for each zone; a product lies in the zone that its name says."""
        parcels = shipment.plan.parcels
        if stage.zones == 1:
            return {0: (parcels.lines, parcels.units)}
        found: dict[int, tuple[int, int]] = {}
        for line in shipment.plan.lines:
            zone = crc32(line.sku.encode()) % stage.zones
            lines, units = found.get(zone, (0, 0))
            found[zone] = lines + 1, units + line.quantity
        return found

    def after(self, at: int, shipment: TextbookShipment) -> int:
        """Return which stage comes after another: the next, or the one that a check sends it back to."""
        rework = self.node.stages[at].rework
        if rework is None:
            return at + 1
        turns = len(shipment.finished) + 97 * shipment.turn
        luck = shipment.order.found_luck * (7919.0 + 1009.0 * turns**2) % 1.0
        if luck >= rework.share:
            return at + 1
        self.happened["sent back"] += 1
        return [stage.name for stage in self.node.stages].index(rework.to)

    # People

    def look_around(self) -> None:
        """Let everybody who is free go where there is work."""
        for hands in self.hands:
            while (place := hands.next_place()) is not None:
                place.busy += 1
                hands.busy += 1
                self.happened["went elsewhere"] += hands.last_place not in (None, place)
                hands.last_place = place
                self.env.process(self.work(hands, place, place.take()))

    def work(self, hands: Hands, place: Place, jobs: Sequence[Job]) -> Steps:
        """Do some jobs in one go, hand them on, and look around."""
        alone = [self.alone(hands, place, job) for job in jobs]
        hours = place.hours(alone)
        for job, its_own in zip(jobs, alone, strict=True):
            job.note(self.env.now, hours * its_own / (sum(alone) or 1.0))
        place.begun += len(jobs)
        self.happened["tours of several"] += len(jobs) > 1
        place.busy_hours += hours
        yield self.env.timeout(hours)
        for job in jobs:
            job.finish()
        yield self.env.timeout(0)  # what goes on from here stands in line before this person looks around
        place.busy -= 1
        hands.busy -= 1
        self.look_around()

    def alone(self, hands: Hands, place: Place, job: Job) -> float:
        """Return how long a job takes now if it is done by itself."""
        learning, stage = self.node.work.learning, place.stage
        pace = learning.pace(floor(self.env.now / 24)) if learning is not None else 1.0
        self.happened["slow"] += pace < 1.0
        hours = job.hours / pace
        if stage is None or stage.lines_per_hour is None:
            return hours
        brought_in = job.lines * min(hands.people, place.open) / stage.lines_per_hour
        self.happened["waited for goods"] += brought_in > hours
        return max(hours, brought_in)

    def staff(self) -> None:
        """Count who is there and what runs, and let them begin."""
        for place in self.of(self.places):
            stage = place.stage.name if place.stage is not None else PUT_AWAY
            place.open = floor(place.stations * self.running.get(stage, 1.0) + 1e-9) if self.rate > 0 else 0
        for hands in self.hands:
            self.happened["finished after hours"] += max(0, hands.busy - staffed_stations(hands.everybody, self.rate))
            hands.people = staffed_stations(hands.everybody, self.rate)
            by_calendar = staffed_stations(hands.everybody, self.planned_rate)
            hands.changes.append((self.env.now, hands.people, max(0, hands.people - by_calendar)))
        self.look_around()

    def shifts(self) -> Steps:
        """Let shifts come and go, or stay on where too much work waits."""
        ends, overtime = set(self.shift_ends()), self.node.work.overtime
        for (instant, rate), (following, _) in pairwise([*self.roster.staffing, (inf, 0.0)]):
            yield self.env.timeout(max(0.0, instant - self.env.now))
            self.planned_rate = rate
            if overtime is not None and rate < self.rate and instant in ends:
                self.staff()
                last = min(instant + overtime.most_hours, following)
                self.happened["asked to stay on"] += 1
                while self.env.now < last and self.hours_for_each() > overtime.from_backlog_hours:
                    yield self.env.timeout(min(QUARTER_OF_AN_HOUR, last - self.env.now))
            self.happened["absent"] += rate not in {0.0, *(shift.staffed_rate for shift in self.node.calendar.shifts)}
            self.rate = rate
            self.staff()

    def shift_ends(self) -> Iterator[float]:
        """Return when shifts end: a break is no end."""
        timeline, calendar = self.roster.timeline, self.node.calendar
        for shift in calendar.shifts:
            for day in range(-1, timeline.days + 2):
                yield timeline.at(timeline.date(day), shift.ends, calendar.timezone)

    def machines(self, stage: str, count: int, changes: Outages) -> Steps:
        """Let the machines of a stage fail and run again."""
        for instant, running in changes:
            yield self.env.timeout(max(0.0, instant - self.env.now))
            self.running[stage] = running / count
            self.happened["machines changed"] += 1
            self.staff()

    # What others see of it

    def in_line(self) -> int:
        """Return how many shipments are in front of the first stage, all or in part."""
        waiting = {id(job.task) for place in self.places[self.node.stages[0].name] for job in place.line}
        return len(waiting) + len(self.unheard) + len(self.held)

    def slowest(self) -> Limit:
        """Return what holds up the node when everybody is there."""
        usual = {stage.name: _usual_hours(stage) for stage in self.node.stages}
        limits = [Limit(self.places[one.name], one.stations, usual[one.name]) for one in self.node.stages]
        for crew in self.node.work.crews:
            hours = sum(usual.get(name, 0.0) for name in crew.stages)
            if hours:
                limits.append(Limit(self.of(crew.stages), crew.people, hours))
        return min(limits, key=lambda limit: limit.hands / limit.hours)

    def waiting_hours(self) -> float:
        """Return the hours of work in line at what holds up the node, at the mean of the work begun so far."""
        return sum(len(place.line) * self.mean_hours(place) for place in self.slowest().places)

    def mean_hours(self, place: Place) -> float:
        """Return what a job at a place took on average, or should take."""
        if place.begun:
            return place.busy_hours / place.begun
        inbound = self.node.work.inbound
        assert place.stage is not None or inbound is not None
        return _usual_hours(place.stage) if place.stage is not None else inbound.trip_hours.mean  # type: ignore[union-attr]

    def backlog_hours(self) -> float:
        """Return the same with what is on its way to the line."""
        return self.waiting_hours() + (len(self.unheard) + len(self.held)) * self.slowest().hours

    def hours_for_each(self) -> float:
        """Return the hours of work in line for each of the people who are there."""
        return self.waiting_hours() / max(1.0, self.slowest().hands * self.rate)


def _places(stage: Stage) -> Iterator[Place]:
    if stage.zones == 1:
        yield Place(stage.name, stage.stations, stage)
    else:
        for zone in range(1, stage.zones + 1):
            yield Place(f"{stage.name}-{zone}", stage.stations // stage.zones, stage)


def _usual_hours(stage: Stage) -> float:
    mean = float(stage.work_hours.mean)
    if stage.batch is not None:
        return mean * (1.0 - stage.batch.walk_rate) + mean * stage.batch.walk_rate / stage.batch.shipments
    if stage.lines_per_hour is not None:
        return max(mean, stage.stations / stage.lines_per_hour)
    return mean
