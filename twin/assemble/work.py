"""The work inside a node: its shifts, stages, crews and how goods get to the shelf."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, time

from twin.assemble.rows import Findings
from twin.config.network import NodeConfig
from twin.config.work import CrewConfig, InboundConfig, MachinesConfig, ShiftConfig, StageConfig
from twin.domain.calendars import Shift, WorkCalendar
from twin.domain.distributions import Distribution
from twin.domain.geography import Place
from twin.domain.work import Batch, Crew, Inbound, Learning, Machines, Overtime, Rework, Stage, Work

NO_STAGE = Stage("none", 0, Distribution.of("deterministic", value=1.0))
PUT_AWAY, HAND_OVER = "put_away", "hand_over"
MIDNIGHT = 24 * 60
MINUTES_PER_HOUR = 60.0


def calendar(
    node: NodeConfig, place: Place, closed_on: frozenset[date], where: str, findings: Findings
) -> WorkCalendar:
    """Return when a node works."""
    if not node.shifts:
        findings.add_key(f"{where}.shifts", "no shift", "at least one", "add a shift, or disable the node")
    for name, shift in node.shifts.items():
        _check_breaks(shift, f"{where}.shifts.{name}.breaks", findings)
    shifts = tuple([
        Shift(s.days, s.starts, s.ends, s.staffed_rate, tuple([(b.starts, b.ends) for b in s.breaks.values()]))
        for s in node.shifts.values()
    ])  # fmt: skip
    return WorkCalendar(place.timezone, shifts, closed_on if node.closed_on_holidays else frozenset())


def stages(node: NodeConfig, where: str, findings: Findings) -> tuple[Stage, ...]:
    """Return the stages of a node that can be worked at, at least one."""
    found = [
        _stage(name, stage)
        for name, stage in node.stages.items()
        if _is_sound(stage, [*node.stages][: [*node.stages].index(name)], f"{where}.stages.{name}", findings)
    ]
    if not node.stages:
        findings.add_key(f"{where}.stages", "no stage of work", "at least one", "add one, such as pick")
    return tuple(found or [NO_STAGE])


def work(node: NodeConfig, where: str, findings: Findings) -> Work:
    """Return how a node works besides."""
    _check_crews(node, where, findings)
    if node.inbound is not None:
        _check_inbound(node.inbound, f"{where}.inbound", findings)
    return Work(
        crews=tuple([Crew(name, _people(crew, node), crew.stages) for name, crew in node.crews.items()]),
        absence_rate=node.absence_rate,
        overtime=None if node.overtime is None else Overtime(**node.overtime.model_dump()),
        learning=None if node.learning is None else Learning(**node.learning.model_dump()),
        waves=tuple(sorted(node.waves)),
        inbound=None if node.inbound is None else _inbound(node.inbound),
        order_latency_hours=node.order_latency_minutes / MINUTES_PER_HOUR,
        stock_latency_hours=node.stock_latency_minutes / MINUTES_PER_HOUR,
    )


def _people(crew: CrewConfig, node: NodeConfig) -> int:
    """Return the people of a crew: those that are said, or one for each station of its stages."""
    if crew.people is not None:
        return crew.people
    stations = {name: stage.stations for name, stage in node.stages.items()}
    if node.inbound is not None:
        stations[PUT_AWAY] = node.inbound.stations
    return sum(stations.get(stage, 0) for stage in crew.stages)


def _stage(name: str, stage: StageConfig) -> Stage:
    return Stage(
        name, stage.stations, stage.work, stage.extra_line_rate, stage.extra_unit_rate, stage.queue, stage.waiting_cap,
        batch=None if stage.batch is None else Batch(stage.batch.shipments, stage.batch.walk_rate),
        zones=stage.zones,
        lines_per_hour=stage.lines_per_hour,
        machines=None if stage.machines is None else _machines(stage.machines),
        rework=None if stage.rework is None else Rework(stage.rework.share, stage.rework.to),
    )  # fmt: skip


def _machines(given: MachinesConfig) -> Machines:
    return Machines(given.count, given.up, given.repair)


def _inbound(given: InboundConfig) -> Inbound:
    return Inbound(given.doors, given.unload, given.stations, given.trip, given.units_per_trip, given.storage_m3)


def _is_sound(stage: StageConfig, before: list[str], where: str, findings: Findings) -> bool:
    """Look for what makes a stage impossible; answer whether there is nothing."""
    problems = list(_problems_of(stage, before))
    for key, found, expected, cure in problems:
        findings.add_key(f"{where}.{key}", found, expected, cure)
    return not problems


def _problems_of(stage: StageConfig, before: list[str]) -> Iterator[tuple[str, str, str, str]]:
    if stage.work.mean <= 0:
        yield "work", f"mean {stage.work.mean:g} h", "a mean above zero", "give the time one order takes"
    if stage.stations % stage.zones:
        found, expected = f"{stage.zones} zones for {stage.stations} stations", "as many stations in each zone"
        yield "zones", found, expected, "make stations a multiple of zones"
    given = {"batch": stage.batch is not None, "zones": stage.zones > 1, "lines_per_hour": stage.lines_per_hour}
    ways = [name for name, is_there in given.items() if is_there]
    if len(ways) > 1:
        yield ways[1], f"{' and '.join(ways)} together", "one way to pick", f"take {ways[1]} or {ways[0]} out"
    if stage.machines is not None and stage.machines.up.mean <= 0:
        yield "machines.up", f"mean {stage.machines.up.mean:g} h", "a mean above zero", "give the time between failures"
    if stage.rework is not None and stage.rework.to not in before:
        known = ", ".join(before) or "an earlier stage, but this is the first"
        yield "rework.to", repr(stage.rework.to), f"one of {known}", "name the stage that does it again"


def _check_breaks(shift: ShiftConfig, where: str, findings: Findings) -> None:
    """Breaks lie within their shift and apart from each other."""
    length = _minutes_after(shift, shift.ends) or MIDNIGHT
    last = 0
    for name, one in sorted(shift.breaks.items(), key=lambda item: _minutes_after(shift, item[1].starts)):
        starts, ends = _minutes_after(shift, one.starts), _minutes_after(shift, one.ends)
        if not last <= starts < ends <= length:
            findings.add_key(
                f"{where}.{name}", f"{one.starts:%H:%M} to {one.ends:%H:%M}",
                f"a break within {shift.starts:%H:%M} to {shift.ends:%H:%M}, apart from the others", "mend its times",
            )  # fmt: skip
        last = max(last, ends)


def _minutes_after(shift: ShiftConfig, clock: time) -> int:
    """Return how long after its start a shift meets a time of day."""
    starts, then = (60 * one.hour + one.minute for one in (shift.starts, clock))
    return (then - starts) % MIDNIGHT


def _check_crews(node: NodeConfig, where: str, findings: Findings) -> None:
    known = [*node.stages, *([PUT_AWAY] if node.inbound is not None else []), *([HAND_OVER] if node.pickup else [])]
    taken = Counter(stage for crew in node.crews.values() for stage in crew.stages)
    for name, crew in node.crews.items():
        key = f"{where}.crews.{name}"
        for stage in crew.stages:
            if stage not in known:
                findings.add_key(f"{key}.stages", repr(stage), f"one of {', '.join(known)}", "name a stage of the node")
            elif taken[stage] > 1:
                findings.add_key(
                    f"{key}.stages", f"{stage!r} twice", "one crew for a stage", "take it out of the other"
                )
        if name in known:
            findings.add_key(key, f"a crew named {name!r}", "a name that no stage has", "name it otherwise")


def _check_inbound(inbound: InboundConfig, where: str, findings: Findings) -> None:
    if inbound.trip.mean <= 0:
        found = f"mean {inbound.trip.mean:g} h"
        findings.add_key(f"{where}.trip", found, "a mean above zero", "give the time of a full trip")
