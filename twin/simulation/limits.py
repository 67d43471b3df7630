"""A run that is given up when more happens in it than anybody meant."""

from __future__ import annotations

from copy import copy

from twin.simulation.clock import Clock, Steps

LOOKS_EVERY_HOURS = 1.0


class TooManyEventsError(Exception):
    """More events happened in a run than its study allows."""


def refuse_too_many_events(clock: Clock, most: int) -> Steps:
    """Look every simulated hour how many events there were, and stop the run when there were too many."""
    while True:
        yield clock.timeout(LOOKS_EVERY_HOURS)
        if events(clock) > most:
            raise TooManyEventsError(f"more than study.limits.events={most:,} by hour {clock.now_hours:g}")


def events(clock: Clock) -> int:
    """Return how many events a clock has seen; SimPy counts them where nobody can look without counting on."""
    return next(copy(clock._eid))  # noqa: SLF001
