"""The timeline of disruptions, and the table of what they do."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Literal, Protocol

from simpy.events import Event

from twin.domain.disruptions import Disruption
from twin.simulation.clock import Clock
from twin.simulation.history import History

RAMP_STEP_HOURS = 1.0
Moment = Literal["begins", "changes", "ends"]


class Consequence(Protocol):
    """One kind of effect at work; it looks whether a disruption has that effect."""

    def apply(self, event: Disruption, moment: Moment) -> None:
        """Do what is to be done as a disruption begins, grows or fades, or ends."""


class Disruptor:
    """Lets drawn disruptions begin, grow, fade and end, and has their consequences carried out in their order."""

    def __init__(self, consequences: Sequence[Consequence], clock: Clock, history: History) -> None:
        self._consequences, self._clock, self._history = consequences, clock, history

    def happen(self, event: Disruption) -> Generator[Event]:
        """Let one disruption begin, grow and fade over its ramps, and end."""
        yield self._clock.until(event.starts_at)
        self._history.event("disruption_started", event.event_id)
        self._apply(event, "begins")
        for instant in event.changes_at(RAMP_STEP_HOURS):
            yield self._clock.until(instant)
            self._apply(event, "changes")
        yield self._clock.until(event.ends_at)
        self._apply(event, "ends")
        self._history.event("disruption_ended", event.event_id)

    def _apply(self, event: Disruption, moment: Moment) -> None:
        for consequence in self._consequences:
            consequence.apply(event, moment)
