"""What planners do when something goes wrong: when a response begins, how long it holds, and what it does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from twin.domain.disruptions import Disruption


@dataclass(frozen=True, slots=True)
class LongerHours:
    """Shifts stay on while more than `from_backlog_hours` of work wait for each of their people, `most_hours` long."""

    from_backlog_hours: float
    most_hours: float


@dataclass(frozen=True, slots=True)
class Response:
    """A rule that answers disruptions: those named in `to`, all if none is, that are at least so severe at their worst.

    It begins `after_hours`, if the disruption still lasts, because somebody has to notice and decide; it holds until
    `hold_hours` after the last disruption that it answers is over. What it may do:

    - `reroute`: shipments that nobody has begun at nodes that are hit are decided anew as it begins;
    - `open_standby`: nodes on standby take orders;
    - `overtime`: shifts stay on sooner and longer at all nodes that know overtime;
    - `promise_days`: what is ordered meanwhile is promised so many days later;
    - `expedite`: orders of a service level may go by the services of another one;
    - `max_shipments`: orders may be split into so many shipments, if the policy allows fewer.
    """

    name: str
    to: tuple[str, ...] = ()
    least_severity: float = 0.0
    after_hours: float = 0.0
    hold_hours: float = 0.0
    reroute: bool = False
    open_standby: bool = False
    overtime: LongerHours | None = None
    promise_days: int = 0
    expedite: Mapping[str, str] = field(default_factory=dict)
    max_shipments: int | None = None

    def answers(self, event: Disruption) -> bool:
        """Answer whether a disruption is one of those it is meant for."""
        plan, _, number = event.event_id.rpartition("-")  # of several of one plan
        named = not self.to or event.event_id in self.to or (number.isdigit() and plan in self.to)
        return named and event.severity >= self.least_severity
