"""The shapes of the work inside a node: shifts, stages, crews and how goods get to the shelf."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from twin.config.fields import ClockTime, Hours, NotNegative, Positive, Rate, Shape, Weekdays


class BreakConfig(Shape):
    """A pause of everybody in a shift, in local time."""

    starts: ClockTime
    ends: ClockTime


class ShiftConfig(Shape):
    """One shift of a node, in its local time."""

    days: Weekdays
    starts: ClockTime
    ends: ClockTime
    staffed_rate: Annotated[float, Field(gt=0, le=1)] = 1.0
    breaks: dict[str, BreakConfig] = {}


class BatchConfig(Shape):
    """How many shipments are picked on one tour, and the share of a shipment's time that is walking."""

    shipments: Annotated[int, Field(ge=1)]
    walk_rate: Rate


class MachinesConfig(Shape):
    """Machines that stations stand at in equal parts: how long they run and how long a repair takes."""

    count: Annotated[int, Field(ge=1)]
    up: Hours
    repair: Hours


class ReworkConfig(Shape):
    """What share of shipments a check sends back to an earlier stage."""

    share: Annotated[float, Field(ge=0, lt=1)]
    to: str


class StageConfig(Shape):
    """One step of the work at a node."""

    stations: Annotated[int, Field(ge=0)]
    work: Hours
    extra_line_rate: NotNegative = 0.0
    extra_unit_rate: NotNegative = 0.0
    queue: Literal["promise", "arrival"] = "promise"
    waiting_cap: Annotated[int, Field(ge=1)] | None = None
    batch: BatchConfig | None = None
    zones: Annotated[int, Field(ge=1)] = 1
    lines_per_hour: Positive | None = None
    machines: MachinesConfig | None = None
    rework: ReworkConfig | None = None


class CrewConfig(Shape):
    """People who work at several stages, the first of them first; as many as these have stations unless told."""

    people: Annotated[int, Field(ge=0)] | None = None
    stages: Annotated[tuple[str, ...], Field(min_length=1)]


class OvertimeConfig(Shape):
    """When a shift stays on, how long at most, and what an hour then costs (see `Overtime`)."""

    from_backlog_hours: NotNegative
    most_hours: Positive
    pay_rate: Annotated[float, Field(ge=1)] = 1.5


class LearningConfig(Shape):
    """How a new crew gets quicker (see `Learning`)."""

    starts_at: Annotated[float, Field(gt=0, le=1)]
    half_days: Positive
    open_days: NotNegative = 0.0


class InboundConfig(Shape):
    """How goods get to the shelf (see `Inbound`)."""

    doors: Annotated[int, Field(ge=1)]
    unload: Hours
    stations: Annotated[int, Field(ge=1)]
    trip: Hours
    units_per_trip: Annotated[int, Field(ge=1)]
    storage_m3: Positive | None = None
