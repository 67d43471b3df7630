"""Suppliers that send their trucks late, or not at all for a while."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from twin.domain.disruptions import Disruption
from twin.domain.effects import SupplierDelay, SupplierFailure

Held = Callable[[str, float], float]
"""How many hours disruptions hold up a truck that a supplier would send at an instant."""


def held_hours(events: Sequence[Disruption]) -> Held:
    """Return how long trucks wait: until no failure of their supplier lasts, and then as long as delays add.

    A delay counts by how severe it is when the truck leaves at last; several add up.
    """
    concerned = [event for event in events if event.effect(SupplierDelay) or event.effect(SupplierFailure)]

    def held(supplier: str, at: float) -> float:
        leaves_at = at
        while ends := list(_failures_end(concerned, supplier, leaves_at)):
            leaves_at = max(ends)
        return leaves_at - at + sum(_delays(concerned, supplier, leaves_at))

    return held


def _failures_end(events: Sequence[Disruption], supplier: str, at: float) -> Iterator[float]:
    for event in events:
        failure = event.effect(SupplierFailure)
        if failure is not None and supplier in failure.suppliers and event.severity_at(at) > 0:
            yield event.ends_at


def _delays(events: Sequence[Disruption], supplier: str, at: float) -> Iterator[float]:
    for event in events:
        delay = event.effect(SupplierDelay)
        if delay is not None and supplier in delay.suppliers:
            yield delay.hours * event.severity_at(at)
