"""Disruptions carried out on nodes and trucks."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence

from simpy.events import Event

from twin.domain.disruptions import Disruption
from twin.simulation.clock import Clock
from twin.simulation.docks import Dock
from twin.simulation.history import History
from twin.simulation.nodes import WorkingNode

RAMP_STEP_HOURS = 1.0


class Disruptor:
    """Carries out the drawn disruptions: the worst one at each node decides its capacity."""

    def __init__(
        self, events: Sequence[Disruption], nodes: Mapping[str, WorkingNode], clock: Clock, history: History,
        refresh: Callable[[str], None], reopened: Callable[[str], None],
    ) -> None:  # fmt: skip
        self._events, self._nodes, self._clock, self._history = events, nodes, clock, history
        self._refresh, self._reopened = refresh, reopened

    def happen(self, event: Disruption) -> Generator[Event]:
        """Let one disruption begin, grow and fade over its ramps, and end."""
        yield self._clock.until(event.starts_at)
        self._history.event("disruption_started", event.event_id)
        self._apply(event)
        for instant in event.changes_at(RAMP_STEP_HOURS):
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
