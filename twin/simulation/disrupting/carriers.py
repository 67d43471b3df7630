"""Carriers that send fewer trucks than their timetable says, or trucks with less room."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor

from twin.domain.disruptions import Disruption
from twin.domain.effects import CarrierCut
from twin.simulation.clock import Clock
from twin.simulation.disrupting.disruptor import Moment
from twin.simulation.docks import Dock
from twin.simulation.streams import stream


def cancel_departures(events: Sequence[Disruption], docks: Sequence[Dock], seed: int, replication: int) -> None:
    """Draw, by name before the clock starts, which departures of a timetable will not run; nobody foresees it."""
    for event in events:
        for dock in docks if _cuts(event, "departures") else ():
            if dock.service.name in event.targets:
                name = ("disruption", event.event_id, "departures", dock.node.name, dock.service.name)
                luck = stream(seed, replication, *name).random(len(dock.departs)).tolist()
                drawn = zip(dock.departs, luck, strict=True)
                dock.cancelled |= {at for at, uniform in drawn if uniform < event.severity_at(at)}


class LessRoom:
    """Leaves trucks a share of the room they have by contract, at least for one parcel; the worst event counts."""

    def __init__(self, events: Sequence[Disruption], docks: Sequence[Dock], clock: Clock) -> None:
        self._events = [event for event in events if _cuts(event, "room")]
        self._docks, self._clock = docks, clock

    def apply(self, event: Disruption, moment: Moment) -> None:  # noqa: ARG002  (room follows from the instant)
        """Set the room of the trucks at every dock of a service."""
        for dock in self._docks if _cuts(event, "room") else ():
            if dock.parcels_per_day is not None and dock.service.name in event.targets:
                dock.room = max(1, floor(dock.parcels_per_day * (1.0 - self._worst(dock)) + 1e-9))

    def _worst(self, dock: Dock) -> float:
        now = self._clock.now_hours
        return max(event.severity_at(now) for event in self._events if dock.service.name in event.targets)


def _cuts(event: Disruption, of: str) -> bool:
    cut = event.effect(CarrierCut)
    return cut is not None and cut.of == of
