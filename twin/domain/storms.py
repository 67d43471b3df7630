"""Where a storm is, and how much of it is felt where."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from twin.domain.geography import Place, miles_between


@dataclass(frozen=True, slots=True)
class Track:
    """The way of a storm's center: latitudes and longitudes so many `hours` after it begins, rising from 0.

    In between it moves evenly along straight lines of degrees; at the last point it stays.
    """

    hours: tuple[float, ...]
    latitudes: tuple[float, ...]
    longitudes: tuple[float, ...]
    radius_miles: float

    def __post_init__(self) -> None:
        if not len(self.hours) == len(self.latitudes) == len(self.longitudes) > 0:
            raise ValueError(f"a track has a place for each of its hours, got {self}")
        if self.hours[0] != 0 or list(self.hours) != sorted(set(self.hours)) or self.radius_miles <= 0:
            raise ValueError(f"a track has hours that rise from 0 and a radius above 0, got {self}")

    def center(self, hours: float) -> tuple[float, float]:
        """Return latitude and longitude of the center so many hours after the storm begins."""
        at = bisect_right(self.hours, hours) - 1
        if at == len(self.hours) - 1:
            return self.latitudes[-1], self.longitudes[-1]
        gone = (hours - self.hours[at]) / (self.hours[at + 1] - self.hours[at])
        latitude, longitude = (
            degrees[at] + gone * (degrees[at + 1] - degrees[at]) for degrees in (self.latitudes, self.longitudes)
        )
        return latitude, longitude

    def share_at(self, place: Place, hours: float) -> float:
        """Return the share of its severity felt at a place: 1 at the center, falling evenly to 0 at the radius."""
        miles = miles_between(*self.center(hours), place.latitude, place.longitude)
        return max(0.0, 1.0 - miles / self.radius_miles)
