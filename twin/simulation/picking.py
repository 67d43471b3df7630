"""Ways to pick: in batches, in zones, at goods-to-person stations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from math import inf
from typing import Any, Protocol
from zlib import crc32

from twin.domain.orders import Lines, Order
from twin.domain.work import Stage
from twin.simulation.clock import Clock
from twin.simulation.shipments import Shipment
from twin.simulation.stages import Entry, Stations, WorkStage

Then = Callable[[Shipment], None]


class Picking(Entry, Protocol):
    """A stage as shipments see it, whatever it is made of."""

    def places(self) -> Sequence[Stations]:
        """Return its places of work, each with a line of its own."""

    def in_line(self) -> int:
        """Return how many shipments wait, all or in part."""

    def admit_all(self, shipments: Iterable[Shipment]) -> None:
        """Take shipments in together."""

    def unbegun(self) -> list[Shipment]:
        """Return the shipments in line that nobody has worked on."""

    def withdraw(self, gone: Collection[Shipment]) -> None:
        """Take shipments out of line."""


class BatchStage(WorkStage):
    """Takes as many shipments from the line as go on one tour; all of them are done at its end."""

    __slots__ = ("_on_tours",)

    def __init__(self, stage: Stage, column: int, clock: Clock, then: Then) -> None:
        super().__init__(stage, column, clock, then)
        self._on_tours = 0

    @property
    def finished(self) -> int:
        """How many shipments have gone out."""
        return self.begun - self._on_tours

    def begin(self, shipment: Shipment) -> None:
        """Occupy a station for a tour with this shipment and those next in line."""
        batch = self.stage.batch
        assert batch is not None
        tour = [shipment]
        while len(tour) < batch.shipments and self.waiting.size:
            tour.append(self.waiting.pop())
        alone = [self.hours_of(one) for one in tour]
        hours = batch.hours(alone)
        share = hours / sum(alone) if hours else 1.0
        for one, its_own in zip(tour, alone, strict=True):
            self.book(one, its_own * share)
        self._on_tours += len(tour)
        self.busy_hours += hours
        self.clock.after(hours, self.finish_tour, tour)

    def finish_tour(self, tour: Sequence[Shipment]) -> None:
        """Hand all shipments of a tour on, in the order in which they were taken."""
        self._on_tours -= len(tour)
        for shipment in tour:
            shipment.finished.append(self.clock.now_hours)
            self.then(shipment)
        self.next_job()


class GoodsToPersonStage(WorkStage):
    """Stations that machines bring the goods to: together they get no more lines an hour than these can."""

    __slots__ = ()

    def hours_of(self, shipment: Shipment) -> float:
        """Return the work on a shipment, or the time in which its lines can be brought if that is longer."""
        assert self.stage.lines_per_hour is not None
        hands = self.staffed if self.crew is None else min(self.staffed, self.crew.staffed)
        brought = shipment.plan.parcels.lines * hands / self.stage.lines_per_hour
        return max(super().hours_of(shipment), brought)


@dataclass(frozen=True, slots=True)
class PartContents:
    """What a zone picks of a shipment; `key` tells one size from another as that of parcels does, below zero."""

    lines: int
    units: int

    @property
    def key(self) -> int:
        """A number of its own for each number of lines and units."""
        return -(self.lines * 1_000_000 + self.units)


@dataclass(frozen=True, slots=True)
class PartPlan:
    """The plan of a part."""

    parcels: PartContents


@dataclass(slots=True)
class Whole:
    """A shipment that several zones pick: how many of its parts nobody has begun, and how many are not done."""

    shipment: Shipment
    parts_waiting: int
    parts_left: int


@dataclass(slots=True)
class Part:
    """What a zone picks of a shipment, to the zone a shipment like any other."""

    whole: Whole
    order: Order
    plan: PartPlan
    started_at: float = -1.0
    work_hours: float = 0.0
    finished: list[float] = field(default_factory=list)


class Zone(WorkStage):
    """The stations of one zone; `begun` hears of every shipment, or part of one, before it begins."""

    __slots__ = ("_begun",)

    def __init__(
        self, stage: Stage, column: int, clock: Clock, then: Callable[[Any], None], begun: Callable[[Any], None]
    ) -> None:
        super().__init__(stage, column, clock, then)
        self._begun = begun

    def begin(self, shipment: Any) -> None:  # noqa: ANN401  (a shipment or a part of one)
        """Occupy a station."""
        self._begun(shipment)
        super().begin(shipment)


class ZonedStage:
    """Zones side by side, each picking its own lines of a shipment, which goes on when the last has done so."""

    def __init__(self, stage: Stage, column: int, clock: Clock, then: Then) -> None:
        each = replace(stage, stations=stage.stations // stage.zones, zones=1)
        self.zones = [
            Zone(replace(each, name=f"{stage.name}-{number}"), column, clock, self._picked, self._begun)
            for number in range(1, stage.zones + 1)
        ]
        self._then = then
        self._in_line = 0
        self._zone_of: dict[str, int] = {}

    def places(self) -> Sequence[Stations]:
        """Return the zones."""
        return self.zones

    def in_line(self) -> int:
        """Return how many shipments wait, all or in part."""
        return self._in_line

    def admit_all(self, shipments: Iterable[Shipment]) -> None:
        """Give each zone its lines of some shipments."""
        for shipment in shipments:
            self.admit(shipment)

    def admit(self, shipment: Shipment) -> None:
        """Give each zone its lines of a shipment."""
        self._in_line += 1
        wanted = self._by_zone(shipment.plan.lines)
        if len(wanted) == 1:
            self.zones[next(iter(wanted))].admit(shipment)
            return
        whole = Whole(shipment, len(wanted), len(wanted))
        for zone, contents in sorted(wanted.items()):
            self.zones[zone].admit(Part(whole, shipment.order, PartPlan(contents)))

    def unbegun(self) -> list[Shipment]:
        """Return the shipments in line of which no zone has begun its part."""
        jobs = [job for zone in self.zones for job in zone.waiting]
        parts = Counter(id(job.whole) for job in jobs if isinstance(job, Part))
        wholes = {id(job.whole): job.whole for job in jobs if isinstance(job, Part)}
        entire = [whole.shipment for key, whole in wholes.items() if parts[key] == len(self._by_zone_of(whole))]
        return [one for one in (*(job for job in jobs if isinstance(job, Shipment)), *entire) if not one.finished]

    def withdraw(self, gone: Collection[Shipment]) -> None:
        """Take shipments out of line, with all their parts."""
        known = {id(shipment) for shipment in gone}
        for zone in self.zones:
            zone.withdraw([job for job in zone.waiting if id(_shipment_of(job)) in known])
        self._in_line -= len(known)

    def _by_zone_of(self, whole: Whole) -> dict[int, PartContents]:
        return self._by_zone(whole.shipment.plan.lines)

    def _begun(self, job: Any) -> None:  # noqa: ANN401  (a shipment or a part of one)
        if isinstance(job, Part):
            job.whole.parts_waiting -= 1
            if job.whole.parts_waiting:
                return
        self._in_line -= 1

    def _picked(self, done: Any) -> None:  # noqa: ANN401  (a shipment or a part of one)
        if isinstance(done, Shipment):
            self._then(done)
            return
        whole, shipment = done.whole, done.whole.shipment
        shipment.started_at = min(done.started_at, shipment.started_at if shipment.work_hours else inf)
        shipment.work_hours += done.work_hours
        whole.parts_left -= 1
        if not whole.parts_left:
            shipment.finished.append(done.finished[-1])
            self._then(shipment)

    def _by_zone(self, lines: Lines) -> dict[int, PartContents]:
        found: dict[int, PartContents] = {}
        for line in lines:
            zone = self._zone_of.get(line.sku)
            if zone is None:  # by name, so that no product moves when another is added
                zone = self._zone_of[line.sku] = crc32(line.sku.encode()) % len(self.zones)
            before = found.get(zone, PartContents(0, 0))
            found[zone] = PartContents(before.lines + 1, before.units + line.quantity)
        return found


def _shipment_of(job: Any) -> Shipment:  # noqa: ANN401  (a shipment or a part of one)
    return job.whole.shipment if isinstance(job, Part) else job


def picking(stage: Stage, column: int, clock: Clock, then: Then) -> Picking:
    """Make a stage that works as its picking asks."""
    if stage.zones > 1:
        return ZonedStage(stage, column, clock, then)
    if stage.batch is not None:
        return BatchStage(stage, column, clock, then)
    return (WorkStage if stage.lines_per_hour is None else GoodsToPersonStage)(stage, column, clock, then)
