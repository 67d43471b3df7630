"""The map of the United States: an equal-area projection in kilometers and the outlines of the states."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from math import cos, radians, sin, sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray

EARTH_RADIUS_KM = 6371.0
SOUTH_OF_ALASKA, EAST_OF_ALASKA = 50.0, -129.0
NORTH_OF_HAWAII, EAST_OF_HAWAII = 30.0, -150.0
VIEW_X_KM = (-2420.0, 2330.0)
VIEW_Y_KM = (-1560.0, 1640.0)

Kilometers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Albers:
    """Albers equal-area projection between two parallels, then scaled and moved as an inset."""

    parallels: tuple[float, float]
    origin: tuple[float, float]
    scale: float = 1.0
    moved_km: tuple[float, float] = (0.0, 0.0)

    def project(self, longitude: Kilometers, latitude: Kilometers) -> tuple[Kilometers, Kilometers]:
        """Return x and y in kilometers on the page."""
        first, second = (radians(parallel) for parallel in self.parallels)
        cone = (sin(first) + sin(second)) / 2
        squared = cos(first) ** 2 + 2 * cone * sin(first)
        origin_radius = sqrt(squared - 2 * cone * sin(radians(self.origin[0]))) / cone
        radius = np.sqrt(squared - 2 * cone * np.sin(np.radians(latitude))) / cone
        angle = cone * np.radians(longitude - self.origin[1])
        size = EARTH_RADIUS_KM * self.scale
        x = size * radius * np.sin(angle) + self.moved_km[0]
        y = size * (origin_radius - radius * np.cos(angle)) + self.moved_km[1]
        return x, y


CONTIGUOUS = Albers((29.5, 45.5), (37.5, -96.0))
ALASKA = Albers((55.0, 65.0), (50.0, -154.0), 0.36, (-1830.0, -1430.0))
HAWAII = Albers((8.0, 18.0), (13.0, -157.0), 1.0, (-760.0, -2190.0))


def project(longitude: ArrayLike, latitude: ArrayLike) -> tuple[Kilometers, Kilometers]:
    """Project points given in degrees, Alaska and Hawaii into their insets."""
    lon, lat = np.atleast_1d(np.asarray(longitude, float)), np.atleast_1d(np.asarray(latitude, float))
    x, y = CONTIGUOUS.project(lon, lat)
    for inset, inside in ((ALASKA, in_alaska(lon, lat)), (HAWAII, in_hawaii(lon, lat))):
        x[inside], y[inside] = inset.project(lon[inside], lat[inside])
    return x, y


def in_alaska(longitude: Kilometers, latitude: Kilometers) -> NDArray[np.bool_]:
    """Answer which points lie in Alaska, Aleutians included."""
    return (latitude > SOUTH_OF_ALASKA) & (longitude < EAST_OF_ALASKA)


def in_hawaii(longitude: Kilometers, latitude: Kilometers) -> NDArray[np.bool_]:
    """Answer which points lie in Hawaii."""
    return (latitude < NORTH_OF_HAWAII) & (longitude < EAST_OF_HAWAII)


def in_view(x: Kilometers, y: Kilometers) -> NDArray[np.bool_]:
    """Answer which projected points lie on the page."""
    across = (x >= VIEW_X_KM[0]) & (x <= VIEW_X_KM[1])
    return across & (y >= VIEW_Y_KM[0]) & (y <= VIEW_Y_KM[1])


@lru_cache(maxsize=1)
def outlines() -> dict[str, tuple[Kilometers, Kilometers]]:
    """Return `shared` borders between states and the `coast`, in whole kilometers with NaN between lines."""
    text = files("twin.report").joinpath("assets/us_states_outline.json").read_text(encoding="utf-8")
    found: dict[str, list[tuple[Kilometers, Kilometers]]] = {"shared": [], "coast": []}
    for line in json.loads(text)["lines"]:
        degrees = np.array(line["lonlat"], float)
        projection = {"AK": ALASKA, "HI": HAWAII}.get(line["states"][0], CONTIGUOUS)
        x, y = projection.project(degrees[:, 0], degrees[:, 1])
        found["coast" if len(line["states"]) == 1 else "shared"].append((np.rint(x), np.rint(y)))
    return {name: (with_gaps([x for x, _ in lines]), with_gaps([y for _, y in lines])) for name, lines in found.items()}


def with_gaps(lines: Sequence[Kilometers]) -> Kilometers:
    """Put the coordinates of many lines behind each other, with NaN after each, so that one trace draws them all."""
    return np.concatenate([np.append(line, np.nan) for line in lines])
