"""Places, distances and carrier zones."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

EARTH_RADIUS_MILES = 3958.7613
KM_PER_MILE = 1.609344
MAX_LATITUDE, MAX_LONGITUDE = 90, 180


@dataclass(frozen=True, slots=True)
class Place:
    """One three-digit postal area with its population-weighted point."""

    zip3: str
    state: str
    city: str
    timezone: str
    latitude: float
    longitude: float
    population: int
    region: str

    def __post_init__(self) -> None:
        if not (abs(self.latitude) <= MAX_LATITUDE and abs(self.longitude) <= MAX_LONGITUDE):
            raise ValueError(
                f"place {self.zip3!r}: latitude and longitude must be degrees, got {self.latitude}, {self.longitude}"
            )
        if self.population < 0:
            raise ValueError(f"place {self.zip3!r}: population must not be negative, got {self.population}")


def great_circle_miles(start: Place, end: Place) -> float:
    """Distance between two places along the earth's surface, in miles."""
    return miles_between(start.latitude, start.longitude, end.latitude, end.longitude)


def miles_between(from_latitude: float, from_longitude: float, latitude: float, longitude: float) -> float:
    """Distance between two points along the earth's surface, in miles (haversine formula)."""
    rise = radians(latitude - from_latitude)
    turn = radians(longitude - from_longitude)
    chord = sin(rise / 2) ** 2 + cos(radians(from_latitude)) * cos(radians(latitude)) * sin(turn / 2) ** 2
    return 2 * EARTH_RADIUS_MILES * asin(sqrt(min(1.0, chord)))


@dataclass(frozen=True, slots=True)
class ZoneBands:
    """The upper mileage of each carrier zone, zone 1 first; the last band takes all that is farther."""

    upper_miles: tuple[float, ...]

    def __post_init__(self) -> None:
        if not self.upper_miles or list(self.upper_miles) != sorted(set(self.upper_miles)):
            raise ValueError(f"zone bands must rise from zone to zone, got {self.upper_miles}")

    @property
    def zones(self) -> int:
        """How many zones there are."""
        return len(self.upper_miles)

    def zone(self, miles: float) -> int:
        """Return the zone of a distance; a distance on the border belongs to the nearer zone."""
        return min(bisect_left(self.upper_miles, miles) + 1, self.zones)
