"""What goes wrong, once drawn: when, where and how badly."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import ceil
from typing import Literal, TypeVar

from twin.domain.effects import Effect, PeopleAway
from twin.domain.geography import Place
from twin.domain.storms import Track

AnEffect = TypeVar("AnEffect")
Scope = Literal["node", "region", "storm", "service", "product", "category", "supplier", "network", "demand"]
"""What the names in the targets of a disruption are."""
AT_NODES = ("node", "region", "storm")
EVERYWHERE = ("demand", "network")
NAMELESS = (*EVERYWHERE, "storm")


@dataclass(frozen=True, slots=True)
class Disruption:
    """One event on the timeline: growing over the first `ramp_up_hours`, fading over the last `ramp_hours`.

    `scope` says what the names in `targets` are, one at least. What is `NAMELESS` needs no name and has none.
    One that is `AT_NODES` and names no `effects` takes people away. A storm has a `track`, and is felt along it only.
    """

    event_id: str
    scope: Scope
    targets: tuple[str, ...]
    starts_at: float
    ends_at: float
    severity: float
    ramp_hours: float = 0.0
    delay_days: int = 0
    demand_factor: float = 1.0
    ramp_up_hours: float = 0.0
    effects: tuple[Effect, ...] = field(default=(), repr=False)  # told apart in a world's sha256
    track: Track | None = field(default=None, repr=False)  # as well

    def __post_init__(self) -> None:
        if not self.starts_at <= self.ends_at:
            raise ValueError(f"disruption {self.event_id!r}: ends at {self.ends_at} before {self.starts_at}")
        if (self.scope in NAMELESS) == bool(self.targets):
            expected = "no targets" if self.targets else "at least one target"
            raise ValueError(f"disruption {self.event_id!r}: a {self.scope} event has {expected}, got {self.targets}")
        if not 0 <= self.severity <= 1:
            raise ValueError(f"disruption {self.event_id!r}: severity must lie in 0..1, got {self.severity}")

    def effect(self, kind: type[AnEffect]) -> AnEffect | None:
        """Return its effect of a kind, None where it has none."""
        return next((effect for effect in self.effects if isinstance(effect, kind)), None)

    @property
    def takes_people(self) -> bool:
        """Whether people stay away, which is what happens at nodes unless its effects say otherwise."""
        return self.scope in AT_NODES and (not self.effects or self.effect(PeopleAway) is not None)

    def severity_at(self, instant: float) -> float:
        """Return how badly it bites at an instant: 0 outside, in straight lines up and down, the lower of both."""
        if not self.starts_at <= instant < self.ends_at:
            return 0.0
        up = (instant - self.starts_at) / self.ramp_up_hours if self.ramp_up_hours > 0 else 1.0
        down = (self.ends_at - instant) / self.ramp_hours if self.ramp_hours > 0 else 1.0
        return self.severity * min(1.0, up, down)

    def severity_of(self, place: Place, instant: float) -> float:
        """Return how badly it bites at a place and an instant."""
        severity = self.severity_at(instant)
        if self.track is None or not severity:
            return severity
        return severity * self.track.share_at(place, instant - self.starts_at)

    def changes_at(self, step_hours: float) -> list[float]:
        """Return the instants within it at which its severity is looked at anew, every step of both ramps.

        That of a storm, which moves, is looked at every step of the whole time.
        """
        if self.track is not None:
            return _steps(self.starts_at, self.ends_at, step_hours)
        grown_at = min(self.ends_at, self.starts_at + self.ramp_up_hours)
        fades_at = max(self.starts_at, self.ends_at - self.ramp_hours)
        up = _steps(self.starts_at, grown_at, step_hours)
        if self.ramp_up_hours > 0:
            up.append(grown_at)
        return sorted({at for at in (*up, *_steps(fades_at, self.ends_at, step_hours)) if at < self.ends_at})


def _steps(start: float, end: float, step_hours: float) -> list[float]:
    """Return the instants a full number of steps after a start, before an end."""
    return [start + step_hours * number for number in range(1, ceil((end - start) / step_hours))]
