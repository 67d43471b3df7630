"""What goes wrong, once drawn: when, where and how badly."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Disruption:
    """One event on the timeline: full severity from `starts_at`, fading over the last `ramp_hours`.

    `scope` says what the names in `targets` are: nodes, services or regions, one at least. All of demand needs no
    name and has none.
    """

    event_id: str
    scope: str
    targets: tuple[str, ...]
    starts_at: float
    ends_at: float
    severity: float
    ramp_hours: float = 0.0
    delay_days: int = 0
    demand_factor: float = 1.0

    def __post_init__(self) -> None:
        if not self.starts_at <= self.ends_at:
            raise ValueError(f"disruption {self.event_id!r}: ends at {self.ends_at} before {self.starts_at}")
        if (self.scope == "demand") == bool(self.targets):
            expected = "no targets" if self.targets else "at least one target"
            raise ValueError(f"disruption {self.event_id!r}: a {self.scope} event has {expected}, got {self.targets}")
        if not 0 <= self.severity <= 1:
            raise ValueError(f"disruption {self.event_id!r}: severity must lie in 0..1, got {self.severity}")

    def severity_at(self, instant: float) -> float:
        """Return how badly it bites at an instant: 0 outside, falling in a straight line over the ramp."""
        if not self.starts_at <= instant < self.ends_at:
            return 0.0
        if self.ramp_hours <= 0:
            return self.severity
        return self.severity * min(1.0, (self.ends_at - instant) / self.ramp_hours)
