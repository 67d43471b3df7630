"""Disruptions: drawn by name before the clock starts, then carried out on nodes and trucks."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from simpy.events import Event

from twin.domain.disruptions import Disruption
from twin.domain.distributions import Distribution
from twin.simulation.clock import Clock
from twin.simulation.distributions import quantiles
from twin.simulation.docks import Dock
from twin.simulation.history import History
from twin.simulation.nodes import WorkingNode
from twin.simulation.streams import stream

HOURS_PER_YEAR = 8760.0
RAMP_STEP_HOURS = 1.0


@dataclass(frozen=True, slots=True)
class DisruptionPlan:
    """What may go wrong: once at `starts_at`, or again and again at a rate per year."""

    name: str
    scope: Literal["node", "service", "region", "demand"]
    targets: tuple[str, ...]
    starts_at: float | None
    rate_per_year: float | None
    duration_hours: Distribution
    severity: float
    ramp_hours: float
    delay_days: int
    demand_factor: float


def draw(plans: Sequence[DisruptionPlan], horizon_hours: float, seed: int, replication: int) -> list[Disruption]:
    """Draw every disruption of a run, in order of start; each plan has a stream of its own name."""
    events = [event for plan in plans for event in _of_plan(plan, horizon_hours, seed, replication)]
    return sorted(events, key=lambda event: (event.starts_at, event.event_id))


def _of_plan(plan: DisruptionPlan, horizon_hours: float, seed: int, replication: int) -> list[Disruption]:
    starts = [plan.starts_at] if plan.starts_at is not None else []
    if plan.rate_per_year:
        random = stream(seed, replication, "disruption", plan.name, "starts")
        count = random.poisson(plan.rate_per_year * horizon_hours / HOURS_PER_YEAR)
        starts += np.sort(random.random(count) * horizon_hours).tolist()
    luck = stream(seed, replication, "disruption", plan.name, "durations").random(len(starts))
    hours = np.maximum(0.0, quantiles(plan.duration_hours, luck)).tolist()
    return [
        Disruption(
            f"{plan.name}-{number}" if len(starts) > 1 else plan.name, plan.scope, plan.targets, start,
            start + duration, plan.severity, plan.ramp_hours, plan.delay_days, plan.demand_factor,
        )
        for number, (start, duration) in enumerate(zip(starts, hours, strict=True), start=1)
    ]  # fmt: skip


class Disruptor:
    """Carries out the drawn disruptions: the worst one at each node decides its capacity."""

    def __init__(
        self, events: Sequence[Disruption], nodes: Mapping[str, WorkingNode], clock: Clock, history: History,
        refresh: Callable[[str], None], reopened: Callable[[str], None],
    ) -> None:  # fmt: skip
        self._events, self._nodes, self._clock, self._history = events, nodes, clock, history
        self._refresh, self._reopened = refresh, reopened

    def happen(self, event: Disruption) -> Generator[Event]:
        """Let one disruption begin, fade over its ramp, and end."""
        yield self._clock.until(event.starts_at)
        self._history.event("disruption_started", event.event_id)
        self._apply(event)
        fades_at = max(event.starts_at, event.ends_at - event.ramp_hours)
        for instant in np.arange(fades_at + RAMP_STEP_HOURS, event.ends_at, RAMP_STEP_HOURS).tolist():
            yield self._clock.until(instant)
            self._apply(event)
        yield self._clock.until(event.ends_at)
        self._apply(event)
        self._history.event("disruption_ended", event.event_id)

    def _apply(self, event: Disruption) -> None:
        """Set what each node and dock can do now; where that changed, promise anew and try the orders that wait."""
        changed = []
        for name, node in self._nodes.items():
            before = _state(node)
            if _hits(event, node):
                node.floor.set_capacity(1.0 - self._worst(node))
                self._refresh(name)
            for dock in node.docks.values():
                dock.open = node.floor.capacity_rate > 0 and not self._stopped(dock)
            if _state(node) != before:
                node.expect()
                changed.append(name)
        for name in changed:
            self._reopened(name)

    def _worst(self, node: WorkingNode) -> float:
        now = self._clock.now_hours
        return max((event.severity_at(now) for event in self._events if _hits(event, node)), default=0.0)

    def _stopped(self, dock: Dock) -> bool:
        """Answer whether a carrier service that lies still altogether collects here."""
        now = self._clock.now_hours
        return any(
            event.scope == "service" and dock.service.name in event.targets and not event.delay_days
            and event.severity_at(now) >= 1
            for event in self._events
        )  # fmt: skip


def _state(node: WorkingNode) -> tuple[float, list[bool]]:
    return node.floor.capacity_rate, [dock.open for dock in node.docks.values()]


def _hits(event: Disruption, node: WorkingNode) -> bool:
    if event.scope == "node":
        return node.node.name in event.targets
    return event.scope == "region" and node.node.place.region in event.targets
