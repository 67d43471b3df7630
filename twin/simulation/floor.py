"""The floor of a node: its stages, crews and machines, and who is at work."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import floor, inf

from twin.domain.calendars import Timeline
from twin.domain.nodes import FulfillmentNode
from twin.domain.pickup import PICKUP
from twin.domain.work import Learning, Overtime, Rework, Stage
from twin.simulation.clock import Clock, Steps
from twin.simulation.crews import CrewAtWork, staffed_stations
from twin.simulation.days import Spread
from twin.simulation.inspecting import InspectionBench
from twin.simulation.picking import Picking, picking
from twin.simulation.release import Courier, WaveGate, wave_instants
from twin.simulation.shipments import Shipment
from twin.simulation.staffing import Outages, Roster
from twin.simulation.stages import Entry, Stations
from twin.simulation.timesheets import TimeSheet

SCATTER, STEP, SHIPMENTS_APART = 7919.0, 1009.0, 97  # give each check of a shipment luck of its own
OVERTIME_STEP_HOURS = 0.25
HOURS_PER_DAY = 24.0
NOTHING_DOWN: Mapping[str, float] = {}


Workplace = Stations | CrewAtWork


@dataclass(frozen=True, slots=True)
class Bottleneck:
    """Where work takes longest: the stages that wait for the same hands, and how many hands these are."""

    stages: Sequence[Stations]
    hands: int
    hours_per_shipment: float

    @property
    def shipments_per_hour(self) -> float:
        """What it can do when everybody is there."""
        return self.hands / self.hours_per_shipment

    def waiting_hours(self) -> float:
        """Return the hours of work in line."""
        return sum([stage.waiting_hours() for stage in self.stages])


class Floor:
    """The way of a shipment through the stages of a node, and everybody who works there.

    `first` takes shipments in; a `courier` may bring word of them, and a `gate` hold them until the next wave.
    `stages` are all places of work: those of shipments in their order, then `others`. After the first stage `finds`
    says whether the goods were there, at a node with a shelf of its own, and `set_aside` takes what is collected.
    """

    def __init__(
        self, node: FulfillmentNode, clock: Clock, columns: Mapping[Spread, int], roster: Roster,
        packed: Callable[[Shipment], None], others: Sequence[Stations] = (),
    ) -> None:  # fmt: skip
        self.node, self._clock, self._roster = node, clock, roster
        self.capacity_rate, self._rate, self._planned_rate = 1.0, 0.0, 0.0
        self.overtime = node.work.overtime
        self.on_standby = node.standby or node.opening is not None
        self._running: dict[Stations, float] = {}
        self._usable: dict[Stations, float] = {}
        self._pickings: dict[str, Picking] = {}
        then = packed
        for stage in reversed(node.stages):
            if stage is node.stages[0] and (node.shelf or node.pickup):
                then = self._after_picking(then)
            self._pickings[stage.name] = self._build(stage, columns, then)
            then = self._pickings[stage.name].admit
        self._line = self._pickings[node.stages[0].name]
        self.stages: list[Stations] = [
            place for stage in node.stages for place in self._pickings[stage.name].places()
        ] + [*others]  # fmt: skip
        self.crews = [CrewAtWork(crew, self._places(crew.stages), clock) for crew in node.work.crews]
        self.gate = _gate(node, roster.timeline, self._line)
        self.first: Entry = self.gate or self._line
        self.inspection: InspectionBench | None = None
        self.finds: Callable[[Shipment], bool] = _everything_is_there
        self.set_aside: Callable[[Shipment], None] = packed
        self.courier: Courier | None = None
        if node.work.order_latency_hours:
            self.first = self.courier = Courier(node.work.order_latency_hours, self.first, clock)
        self.bottleneck = min(self._bottlenecks(), key=lambda one: one.shipments_per_hour)

    def in_line(self) -> int:
        """Return how many shipments wait for the first stage, those not released yet too."""
        return self._line.in_line() + self._unreleased()

    def unbegun(self) -> list[Shipment]:
        """Return the shipments that have come here and that nobody has worked on."""
        held = list(self.gate.waiting) if self.gate else []
        return held + self._line.unbegun()

    def withdraw(self, gone: Collection[Shipment]) -> None:
        """Take shipments out of line that are sent from elsewhere."""
        held = {id(shipment) for shipment in self.gate.waiting} if self.gate else set()
        if self.gate:
            self.gate.waiting.take_out({id(shipment) for shipment in gone})
        self._line.withdraw([shipment for shipment in gone if id(shipment) not in held])

    def open(self) -> None:
        """End the standby: whoever is on shift begins at once."""
        self.on_standby = False
        self._rate = self._planned_rate
        self._staff()

    def close(self) -> None:
        """Go on standby: people leave with the next change of shift by which nothing waits."""
        self.on_standby = True

    def begins_at(self) -> float:
        """Return when the floor would begin with an order that is placed now."""
        heard_at = self._clock.now_hours + self.node.work.order_latency_hours
        return self.gate.next_wave(heard_at) if self.gate else heard_at

    def backlog_hours(self) -> float:
        """Return the hours of work waiting at the bottleneck, what is not released yet included."""
        return self.bottleneck.waiting_hours() + self._unreleased() * self.bottleneck.hours_per_shipment

    def set_capacity(self, rate: float, usable: Mapping[str, float] = NOTHING_DOWN) -> None:
        """Let a disruption leave only a share of the people, and of the stations of some stages, or give them back."""
        self.capacity_rate = rate
        self._usable = {place: share for stage, share in usable.items() for place in self._places([stage])}
        self._staff()

    @property
    def lacks_something(self) -> bool:
        """Whether a disruption has left less than all people and all stations."""
        return self.capacity_rate < 1 or any(share < 1 for share in self._usable.values())

    @property
    def workplaces(self) -> list[Workplace]:
        """All that is counted by the hour: the stages, then the crews."""
        return [*self.stages, *self.crews]

    def has(self, stage: str) -> bool:
        """Answer whether there is a stage of a name."""
        return stage in self._pickings or any(place.name == stage for place in self.stages)

    def processes(self) -> list[Steps]:
        """Return what goes on besides the work: shifts, waves, learning, machines that fail."""
        found = [self._shifts()]
        if self.gate is not None:
            found.append(self.gate.releases(self._clock))
        if self.node.work.learning is not None:
            found.append(self._learns(self.node.work.learning))
        return found + [self._fails(stage, changes) for stage, changes in self._roster.outages.items()]

    def _unreleased(self) -> int:
        held = self.gate.waiting.size if self.gate else 0
        return held + (self.courier.under_way if self.courier else 0)

    def _build(self, stage: Stage, columns: Mapping[Spread, int], then: Callable[[Shipment], None]) -> Picking:
        if stage.rework is not None:
            then = _checked(stage.rework, self._pickings, then)
        shape, _ = stage.work_hours.shape()
        return picking(stage, columns[Spread(stage.name, shape)], self._clock, then)

    def _after_picking(self, then: Callable[[Shipment], None]) -> Callable[[Shipment], None]:
        """Return what the first stage does with a shipment: if its goods were there, it goes on or is set aside."""

        def go_on(shipment: Shipment) -> None:
            picked_before = len(shipment.finished) > 1  # a later check sent it back
            if picked_before or self.finds(shipment):
                collected = shipment.plan.offer.service == PICKUP
                (self.set_aside if collected else then)(shipment)

        return go_on

    def _places(self, stages: Sequence[str]) -> list[Stations]:
        """Return the places of work of some stages, the first first."""
        others = {place.name: [place] for place in self.stages}
        return [
            place
            for name in stages
            for place in (self._pickings[name].places() if name in self._pickings else others[name])
        ]

    def _bottlenecks(self) -> list[Bottleneck]:
        hours = {stage.name: stage.usual_hours for stage in self.node.stages}
        stages = [
            Bottleneck(self._pickings[stage.name].places(), stage.stations, hours[stage.name])
            for stage in self.node.stages
        ]
        crews = [
            Bottleneck(crew.stages, crew.crew.people, sum(hours.get(name, 0.0) for name in crew.crew.stages))
            for crew in self.crews
        ]
        return stages + [crew for crew in crews if crew.hours_per_shipment > 0]

    def _shifts(self) -> Steps:
        """Staff the stations as the shift calendar says, and longer where a shift ends while too much work waits."""
        ends = self.node.calendar.shift_ends(self._roster.timeline) if self.overtime is not None else ()
        for (instant, rate), (following, _) in pairwise([*self._roster.staffing, (inf, 0.0)]):
            if instant > self._clock.now_hours:
                yield self._clock.until(instant)
            self._planned_rate = rate
            if self.overtime is not None and rate < self._rate and instant in ends:
                yield from self._stays_on(self.overtime, following)
            self._rate = 0.0 if self.on_standby and not self._has_work() else rate
            self._staff()

    def _has_work(self) -> bool:
        return self._unreleased() > 0 or any(stage.waiting.size for stage in self.stages)

    def _stays_on(self, overtime: Overtime, following: float) -> Steps:
        """Keep a shift that would go home while more work waits than may."""
        self._staff()  # who stays is on overtime from now on
        ends = min(self._clock.now_hours + overtime.most_hours, following)
        while self._clock.now_hours < ends and self._hours_left() > overtime.from_backlog_hours:
            yield self._clock.until(min(ends, self._clock.now_hours + OVERTIME_STEP_HOURS))

    def _hours_left(self) -> float:
        """Return how long the bottleneck would need, with those who are there now, for what they can work at."""
        hands = max(1.0, self.bottleneck.hands * self._rate * self.capacity_rate)
        return self.bottleneck.waiting_hours() / hands

    def _learns(self, learning: Learning) -> Steps:
        """Let everybody work at the pace they have learned by each day, at a new node by each day it is open."""
        opens_at = 0.0 if self.node.opening is None else self.node.opening.opens_at
        day = -round(opens_at / HOURS_PER_DAY)
        while True:
            for stage in self.stages:
                stage.work_at(learning.pace(max(0, day)))
            yield self._clock.timeout(HOURS_PER_DAY)
            day += 1

    def _fails(self, stage: str, changes: Outages) -> Steps:
        """Let the machines of a stage fail and run again."""
        machines = next(one.machines for one in self.node.stages if one.name == stage)
        assert machines is not None
        for instant, running in changes:
            yield self._clock.until(instant)
            self._running |= dict.fromkeys(self._pickings[stage].places(), running / machines.count)
            self._staff()

    def _staff(self) -> None:
        anybody = self._rate * self.capacity_rate > 0
        for stage in self.stages:
            usable = stage.stations * anybody if stage.crew else self._people(stage.stations, stage.sheet)
            running = stage.stations * self._running.get(stage, 1.0)
            intact = staffed_stations(stage.stations, self._usable.get(stage, 1.0))
            stage.staff(min(usable, floor(running + 1e-9), intact))
        for crew in self.crews:
            crew.staff(self._people(crew.crew.people, crew.sheet))
        if self.inspection is not None:
            self.inspection.staff(staffed_stations(self.inspection.stations, self._rate * self.capacity_rate))

    def _people(self, everybody: int, sheet: TimeSheet) -> int:
        """Return how many of some people are there now, and note it on their time sheet."""
        people = staffed_stations(everybody, self._rate * self.capacity_rate)
        sheet.note(people, max(0, people - staffed_stations(everybody, self._planned_rate * self.capacity_rate)))
        return people


def _everything_is_there(shipment: Shipment) -> bool:  # noqa: ARG001  (stands in where no shelf is kept)
    return True


def _gate(node: FulfillmentNode, timeline: Timeline, line: Picking) -> WaveGate | None:
    if not node.work.waves:
        return None
    return WaveGate(wave_instants(node.work.waves, timeline, node.place.timezone), line)


def _checked(
    rework: Rework, entries: Mapping[str, Entry], then: Callable[[Shipment], None]
) -> Callable[[Shipment], None]:
    """Return what a check does with a shipment: most go on, some go back, with luck of their own each time."""

    def go_on_or_back(shipment: Shipment) -> None:
        turns = len(shipment.finished) + SHIPMENTS_APART * shipment.turn
        luck = shipment.order.found_luck * (SCATTER + STEP * turns * turns) % 1.0
        if luck < rework.share:
            entries[rework.to].admit(shipment)
        else:
            then(shipment)

    return go_on_or_back
