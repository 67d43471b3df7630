"""Places, distances and carrier zones."""

from __future__ import annotations

from math import nan, pi

import pytest

from tests.factories import a_place
from twin.domain.geography import EARTH_RADIUS_MILES, ZoneBands, great_circle_miles

JFK, LAX = (40.6413, -73.7781), (33.9416, -118.4085)
ORD, ATL = (41.9742, -87.9073), (33.6407, -84.4277)
US_BANDS = ZoneBands((50.0, 150.0, 300.0, 600.0, 1000.0, 1400.0, 1800.0, 6000.0))


def at(point: tuple[float, float]):
    latitude, longitude = point
    return a_place(latitude=latitude, longitude=longitude)


@pytest.mark.parametrize(
    ("start", "end", "miles"),
    [(JFK, LAX, 2470), (ORD, ATL, 606), (JFK, ATL, 760)],
    ids=["JFK-LAX", "ORD-ATL", "JFK-ATL"],
)
def test_distances_are_those_that_airlines_fly(start, end, miles: float) -> None:
    assert great_circle_miles(at(start), at(end)) == pytest.approx(miles, abs=3)
    assert great_circle_miles(at(end), at(start)) == great_circle_miles(at(start), at(end))


@pytest.mark.parametrize(
    ("start", "end", "share_of_a_half_circle"),
    [((0.0, 0.0), (0.0, 180.0), 1.0), ((90.0, 0.0), (0.0, 37.0), 0.5), ((40.0, 20.0), (40.0, 20.0), 0.0)],
    ids=["the other side of the earth", "pole to equator", "nowhere"],
)
def test_great_circles_are_circles(start, end, share_of_a_half_circle: float) -> None:
    assert great_circle_miles(at(start), at(end)) == pytest.approx(share_of_a_half_circle * pi * EARTH_RADIUS_MILES)


@pytest.mark.parametrize(
    ("miles", "zone"),
    [(0.0, 1), (50.0, 1), (50.01, 2), (150.0, 2), (1800.0, 7), (1801.0, 8), (6000.0, 8), (9999.0, 8)],
)
def test_a_distance_on_the_border_belongs_to_the_nearer_zone_and_the_last_takes_all_beyond(miles, zone: int) -> None:
    assert US_BANDS.zone(miles) == zone
    assert US_BANDS.zones == 8


@pytest.mark.parametrize("upper_miles", [(), (150.0, 50.0), (50.0, 50.0)])
def test_zone_bands_that_do_not_rise_are_refused(upper_miles) -> None:
    with pytest.raises(ValueError, match="zone bands must rise from zone to zone"):
        ZoneBands(upper_miles)


@pytest.mark.parametrize(
    "point", [{"latitude": 90.1}, {"latitude": nan}, {"longitude": -180.5}, {"longitude": nan}], ids=str
)
def test_a_place_that_is_not_on_the_earth_is_refused(point) -> None:
    with pytest.raises(ValueError, match="place '432': latitude and longitude must be degrees"):
        a_place(**point)


def test_a_place_with_fewer_than_nobody_is_refused() -> None:
    with pytest.raises(ValueError, match="place '432': population must not be negative, got -1"):
        a_place(population=-1)
