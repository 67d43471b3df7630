"""What nodes and docks can do while disruptions last: people, machines, whole sites and carriers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from twin.domain.disruptions import Disruption
from twin.domain.effects import Closed, MachinesDown
from twin.simulation.clock import Clock
from twin.simulation.disrupting.disruptor import Moment
from twin.simulation.docks import Dock
from twin.simulation.nodes import WorkingNode


class Capacity:
    """Sets what each node and dock can do: of several disruptions the worst one of each kind counts.

    Where something changed, it promises anew (`refresh`) and tries the orders that wait (`reopened`).
    """

    def __init__(
        self, events: Sequence[Disruption], nodes: Mapping[str, WorkingNode], clock: Clock,
        refresh: Callable[[str], None], reopened: Callable[[str], None],
    ) -> None:  # fmt: skip
        self._events, self._nodes, self._clock = events, nodes, clock
        self._refresh, self._reopened = refresh, reopened

    def apply(self, event: Disruption, moment: Moment) -> None:  # noqa: ARG002  (capacity follows from the instant)
        """Set what each node and dock can do now."""
        changed = []
        for name, node in self._nodes.items():
            before = _state(node)
            if hits(event, node):
                self._set(node)
                self._refresh(name)
            for dock in node.docks.values():
                dock.open = not node.is_shut and not self._stopped(dock)
            if _state(node) != before:
                node.expect()
                changed.append(name)
        for name in changed:
            self._reopened(name)

    def _set(self, node: WorkingNode) -> None:
        """Look at all that happens at a node now."""
        now = self._clock.now_hours
        here = [(event, event.severity_of(node.node.place, now)) for event in self._events if hits(event, node)]
        node.closed = any(severity > 0 for event, severity in here if event.effect(Closed))
        away = max((severity for event, severity in here if event.takes_people), default=0.0)
        usable: dict[str, float] = {}
        for event, severity in here:
            down = event.effect(MachinesDown)
            if down is not None and node.floor.has(down.stage):
                usable[down.stage] = min(usable.get(down.stage, 1.0), 1.0 - severity)
        node.floor.set_capacity(1.0 - away, usable)

    def _stopped(self, dock: Dock) -> bool:
        """Answer whether a carrier service that lies still altogether collects here."""
        now = self._clock.now_hours
        return any(
            event.scope == "service" and dock.service.name in event.targets and not event.delay_days
            and not event.effects and event.severity_at(now) >= 1
            for event in self._events
        )  # fmt: skip


def hits(event: Disruption, node: WorkingNode) -> bool:
    """Answer whether a disruption may be felt at a node, by its name or its region; a storm may be anywhere."""
    if event.scope == "node":
        return node.node.name in event.targets
    if event.track is not None:
        return True
    return event.scope == "region" and node.node.place.region in event.targets


def _state(node: WorkingNode) -> tuple[float, bool, list[int], list[bool]]:
    staffed = [place.staffed for place in node.floor.workplaces]
    return node.floor.capacity_rate, node.closed, staffed, [dock.open for dock in node.docks.values()]
