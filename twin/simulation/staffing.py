"""How much of a node's staff is at work, and which of its machines: drawn by name before the clock starts."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Self

from numpy.random import Generator

from twin.domain.calendars import Timeline
from twin.domain.nodes import FulfillmentNode
from twin.domain.work import Machines
from twin.simulation.distributions import sampler
from twin.simulation.streams import stream

HOURS_PER_DAY = 24.0
Staffing = Sequence[tuple[float, float]]
"""Instants, and the share of everybody who is at work from then on."""
Outages = Sequence[tuple[float, int]]
"""Instants, and how many machines run from then on."""


@dataclass(frozen=True, slots=True)
class Roster:
    """Who is at work at a node and which of its machines run, by stage: all that is known before the clock starts.

    `inbound_luck` gives the times of its trucks and trips, one after the other.
    """

    timeline: Timeline
    staffing: Staffing
    outages: Mapping[str, Outages]
    inbound_luck: Generator

    @classmethod
    def of(cls, node: FulfillmentNode, timeline: Timeline, seed: int, replication: int) -> Self:
        """Draw it for one replication."""
        machines = {stage.name: stage.machines for stage in node.stages if stage.machines is not None}
        failing = {name: outages(node.name, name, one, timeline, seed, replication) for name, one in machines.items()}
        luck = stream(seed, replication, "inbound", node.name)
        return cls(timeline, staffing(node, timeline, seed, replication), failing, luck)


def staffing(node: FulfillmentNode, timeline: Timeline, seed: int, replication: int) -> Staffing:
    """Return what the shifts of a node come to, less breaks and those who are absent that day."""
    planned = node.calendar.staffing(timeline)
    if not node.work.absence_rate:
        return planned
    midnights = timeline.midnights(node.place.timezone)
    people = max(1, _people(node))
    absent = stream(seed, replication, "absence", node.name).binomial(people, node.work.absence_rate, len(midnights))
    return [
        (instant, rate * (1.0 - absent[max(0, bisect_right(midnights, instant) - 1)].item() / people))
        for instant, rate in planned
    ]


def outages(node: str, stage: str, machines: Machines, timeline: Timeline, seed: int, replication: int) -> Outages:
    """Return how many machines of a stage run, from when on; each machine has luck of its own."""
    changes: list[tuple[float, int]] = []
    for number in range(machines.count):
        luck = stream(seed, replication, "breakdown", node, stage, str(number))
        up, repair = sampler(machines.up_hours), sampler(machines.repair_hours)
        instant = 0.0
        while True:
            instant += up(luck.random())
            back = instant + repair(luck.random())
            if instant >= timeline.days * HOURS_PER_DAY:
                break
            changes += [(instant, -1), (back, 1)]
            instant = back
    running, found = machines.count, []
    for instant, change in sorted(changes):
        running += change
        found.append((instant, running))
    return found


def _people(node: FulfillmentNode) -> int:
    of_crews = {name for crew in node.work.crews for name in crew.stages}
    alone = sum(stage.stations for stage in node.stages if stage.name not in of_crews)
    return alone + sum(crew.people for crew in node.work.crews)


class OpenHours:
    """The hours in which anybody is at work."""

    def __init__(self, staffing: Staffing) -> None:
        self._times: list[float] = []
        self._counted: list[float] = []
        hours, last, rate = 0.0, 0.0, 0.0
        for instant, new_rate in staffing:
            hours += (instant - last) if rate > 0 else 0.0
            self._times.append(instant)
            self._counted.append(hours)
            last, rate = instant, new_rate

    def after(self, now: float, hours: float) -> float:
        """Return the instant by which it has been open for some more hours."""
        times, counted = self._times, self._counted
        at = max(0, bisect_right(times, now) - 1)
        staffed = counted[at + 1] > counted[at] if at + 1 < len(times) else False
        target = counted[at] + (max(0.0, now - times[at]) if staffed else 0.0) + hours
        end = bisect_left(counted, target)
        if end >= len(counted):
            return inf
        return times[end] - (counted[end] - target)
