"""The tracks of storms, from their configuration."""

from __future__ import annotations

from itertools import pairwise

from twin.assemble.rows import Findings
from twin.config.disruptions import DisruptionConfig
from twin.domain.storms import Track


def storm_track(event: DisruptionConfig) -> Track | None:
    """Return the way of a storm; None of any other disruption."""
    if event.track is None:
        return None
    points = event.track.points
    return Track(
        tuple(point.hour for point in points), tuple(point.lat for point in points),
        tuple(point.lng for point in points), event.track.radius_miles,
    )  # fmt: skip


def check_track(key: str, event: DisruptionConfig, findings: Findings) -> None:
    """A storm has a track whose hours rise from 0, and nothing else has one."""
    if event.scope != "storm":
        if event.track is not None:
            findings.add_key(key, f"the track of an event of scope {event.scope}", "scope: storm", "drop one of them")
        return
    if event.track is None or not event.track.points:
        findings.add_key(key, "no track", "where its center is: hour, lat and lng", "add a radius and a point at least")
        return
    hours = [point.hour for point in event.track.points]
    if hours[0] != 0 or any(after <= before for before, after in pairwise(hours)):
        found = ", ".join(f"{hour:g}" for hour in hours)
        findings.add_key(f"{key}.points", f"hours {found}", "hours that rise from 0", "put the points in order")
