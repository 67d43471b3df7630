"""The work inside a node: its stages, the people and machines that do them, and what brings goods to the shelf."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import time
from typing import Literal

from twin.domain.distributions import Distribution


@dataclass(frozen=True, slots=True)
class Batch:
    """Shipments picked on one tour.

    `walk_rate` is the share of a shipment's time that is walking; a tour walks once, as far as for its longest.
    """

    shipments: int
    walk_rate: float

    def __post_init__(self) -> None:
        if self.shipments < 1 or not 0 <= self.walk_rate <= 1:
            raise ValueError(f"batch: at least 1 shipment and a walk_rate in 0..1, got {self}")

    def hours(self, each: Iterable[float]) -> float:
        """Return how long a tour takes for shipments that would take so many hours each by themselves."""
        hours = list(each)
        return (1.0 - self.walk_rate) * sum(hours) + self.walk_rate * max(hours)


@dataclass(frozen=True, slots=True)
class Machines:
    """Machines that the stations of a stage stand at in equal parts; each fails and is repaired by itself."""

    count: int
    up_hours: Distribution
    repair_hours: Distribution

    def __post_init__(self) -> None:
        if self.count < 1:
            raise ValueError(f"machines: at least 1, got {self.count}")


@dataclass(frozen=True, slots=True)
class Rework:
    """The share of shipments that a check sends back, and to which stage."""

    share: float
    to: str


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of the work on a shipment, done at `stations` places side by side.

    `work_hours` is the time for one unit of one line; every further line adds `extra_line_rate` of it and every
    further unit of a line `extra_unit_rate`. `queue` is `promise` (earliest promise first) or `arrival`. A node
    with `waiting_cap` shipments in front of its stage refuses more.

    Shipments are picked one by one, in a `batch`, or in so many `zones` at once, with as many stations each. All
    stations together get no more than `lines_per_hour` brought to them, as goods-to-person machines have it: each that
    somebody can work at its equal part.
    """

    name: str
    stations: int
    work_hours: Distribution
    extra_line_rate: float = 0.0
    extra_unit_rate: float = 0.0
    queue: Literal["promise", "arrival"] = "promise"
    waiting_cap: int | None = None
    batch: Batch | None = None
    zones: int = 1
    lines_per_hour: float | None = None
    machines: Machines | None = None
    rework: Rework | None = None

    def __post_init__(self) -> None:
        if self.stations < 0:
            raise ValueError(f"stage {self.name!r}: stations must not be negative, got {self.stations}")
        if self.zones < 1 or self.stations % self.zones:
            raise ValueError(
                f"stage {self.name!r}: {self.stations} stations are not shared evenly by {self.zones} zones"
            )
        if sum([self.batch is not None, self.zones > 1, self.lines_per_hour is not None]) > 1:
            raise ValueError(f"stage {self.name!r}: a batch, zones or lines_per_hour, one of them at most")

    @property
    def usual_hours(self) -> float:
        """How long a shipment of one unit keeps a station when all are at work, and all tours full."""
        mean: float = self.work_hours.mean
        if self.batch is not None:
            return self.batch.hours([mean] * self.batch.shipments) / self.batch.shipments
        return mean if self.lines_per_hour is None else max(mean, self.stations / self.lines_per_hour)

    def effort(self, lines: int, units: int) -> float:
        """Return how many times the work of a one-unit order a shipment of so many lines and units takes."""
        return 1.0 + self.extra_line_rate * (lines - 1) + self.extra_unit_rate * (units - lines)


@dataclass(frozen=True, slots=True)
class Crew:
    """People who work at several stages: whoever is free goes to the first of them with work and a free station."""

    name: str
    people: int
    stages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Overtime:
    """When a shift stays on: as long as `from_backlog_hours` of work wait per station, at most for `most_hours`.

    Counted is what can be worked at, every quarter of an hour, and until the shifts change again. A break is no end of
    a shift. Each hour is paid `pay_rate` times.
    """

    from_backlog_hours: float
    most_hours: float
    pay_rate: float = 1.5


@dataclass(frozen=True, slots=True)
class Learning:
    """How a new crew gets quicker: of what is missing to the full pace, half is learned in `half_days`.

    It works at `starts_at` of the full pace on its first day, which was `open_days` before the study begins.
    """

    starts_at: float
    half_days: float
    open_days: float = 0.0

    def pace(self, day: float) -> float:
        """Return the pace on a day of the study, 1 when all is learned."""
        missing: float = 0.5 ** ((self.open_days + day) / self.half_days)
        return 1.0 - (1.0 - self.starts_at) * missing


@dataclass(frozen=True, slots=True)
class Inbound:
    """How goods get to the shelf: trucks at `doors` are unloaded, then people put trips of some units away.

    `unload_hours` is the time of a truck at its door; `trip_hours` that of a full trip of `units_per_trip`, done at
    `stations` side by side. No trip begins that would fill the shelves beyond `storage_m3`.
    """

    doors: int
    unload_hours: Distribution
    stations: int
    trip_hours: Distribution
    units_per_trip: int
    storage_m3: float | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """How a node works besides its stages and shifts: all of it may be left out.

    `absence_rate` is the share of people who do not come on a day, on average. Orders go to the first stage at once,
    or at the `waves` of the day, in local time. Somebody else's node hears of an order `order_latency_hours` after it
    was routed, and tells of its stock every `stock_latency_hours` only.
    """

    crews: tuple[Crew, ...] = ()
    absence_rate: float = 0.0
    overtime: Overtime | None = None
    learning: Learning | None = None
    waves: tuple[time, ...] = ()
    inbound: Inbound | None = None
    order_latency_hours: float = 0.0
    stock_latency_hours: float = 0.0


AS_ALWAYS = Work()
"""No crews, no absence, no overtime, no waves; goods are on the shelf as soon as they come."""
