"""Disruptions that follow from one another or strike together."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

from twin.assemble.rows import Findings
from twin.config.disruptions import DisruptionConfig

Events = Mapping[str, DisruptionConfig]


def check_chains(events: Events, findings: Findings) -> None:
    """What brings a disruption about is another one, and no chain runs in a circle."""
    for name, event in events.items():
        if event.after is None:
            continue
        key, cause = f"disruptions.events.{name}.after.event", event.after.event
        if cause not in events:
            near = get_close_matches(cause, events, n=1)
            known = ", ".join(other for other in events if other != name) or "another event, but there is none"
            cure = f"did you mean {near[0]!r}?" if near and near[0] != name else "add it or name another"
            findings.add_key(key, repr(cause), f"one of {known}", cure)
        elif name in _causes(name, events):
            found = f"{cause!r}, which comes after {name!r} itself"
            findings.add_key(key, found, "a chain that begins somewhere", "give one of them a day or a rate")


def _causes(name: str, events: Events) -> set[str]:
    """Return everything that a disruption comes after, as far as chains lead."""
    found: set[str] = set()
    event = events.get(name)
    while event is not None and event.after is not None and event.after.event not in found:
        found.add(event.after.event)
        event = events.get(event.after.event)
    return found


def check_groups(events: Events, findings: Findings) -> None:
    """Those of a group that come at a rate have the same one, and no group is named like an event."""
    rates: dict[str, tuple[str, float]] = {}
    for name, event in events.items():
        if event.group is None:
            continue
        key = f"disruptions.events.{name}"
        if event.group in events:
            findings.add_key(f"{key}.group", repr(event.group), "a name that no event has", "name the group otherwise")
        if event.rate_per_year is None:
            continue
        other, rate = rates.setdefault(event.group, (name, event.rate_per_year))
        if event.rate_per_year != rate:
            findings.add_key(
                f"{key}.rate_per_year", f"{event.rate_per_year:g}, and {rate:g} of {other!r}",
                f"one rate for the group {event.group!r}", "give both the higher one, and one of them a probability",
            )  # fmt: skip
