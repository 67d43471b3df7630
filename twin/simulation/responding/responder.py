"""When responses begin and end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from twin.domain.disruptions import Disruption
from twin.domain.responses import Response
from twin.simulation.disrupting.disruptor import Moment
from twin.simulation.history import History


class Action(Protocol):
    """One thing that responses may do; it looks whether a response asks for it."""

    def begin(self, response: Response) -> None:
        """Do it for a response, which may have begun before for another disruption."""

    def end(self, response: Response) -> None:
        """Stop doing it for a response."""


class Responder:
    """Begins each response some time after a disruption that it answers, and ends it some time after the last one."""

    def __init__(self, responses: Sequence[Response], actions: Sequence[Action], history: History) -> None:
        self._responses, self._actions, self._history, self._clock = responses, actions, history, history.clock
        self._answered: Mapping[str, set[str]] = {response.name: set() for response in responses}

    def apply(self, event: Disruption, moment: Moment) -> None:
        """Hear that a disruption begins or ends."""
        if moment == "changes":
            return
        for response in self._responses:
            if response.answers(event):
                if moment == "begins":
                    self._clock.after(response.after_hours, self._begin, (response, event))
                else:
                    self._clock.after(response.hold_hours, self._end, (response, event))

    def _begin(self, entry: tuple[Response, Disruption]) -> None:
        response, event = entry
        if event.ends_at <= self._clock.now_hours:  # over before anybody had decided
            return
        self._answered[response.name].add(event.event_id)
        self._history.event("response_began", response.name, reason=event.event_id)
        for action in self._actions:
            action.begin(response)

    def _end(self, entry: tuple[Response, Disruption]) -> None:
        response, event = entry
        answered = self._answered[response.name]
        if event.event_id not in answered:
            return
        answered.remove(event.event_id)
        if not answered:
            self._history.event("response_ended", response.name, reason=event.event_id)
            for action in self._actions:
                action.end(response)
