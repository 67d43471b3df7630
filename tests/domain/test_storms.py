"""Where a storm is, and how much of it is felt where."""

from __future__ import annotations

from typing import Any

import pytest

from twin.domain.disruptions import Disruption
from twin.domain.geography import Place, miles_between
from twin.domain.storms import Track

NORTHWARD = Track((0.0, 10.0, 30.0), (30.0, 31.0, 33.0), (-90.0, -90.0, -88.0), 100.0)


def a_place(latitude: float, longitude: float = -90.0) -> Place:
    return Place("700", "LA", "Somewhere", "America/Chicago", latitude, longitude, 100, "southwest")


def a_storm(**special: Any) -> Disruption:
    known: dict[str, Any] = {"severity": 0.8, "ramp_hours": 0.0, "track": NORTHWARD}
    return Disruption("katrina", "storm", (), 100.0, 130.0, **{**known, **special})


@pytest.mark.parametrize(
    ("hours", "center"),
    [(0.0, (30.0, -90.0)), (5.0, (30.5, -90.0)), (20.0, (32.0, -89.0)), (30.0, (33.0, -88.0)), (99.0, (33.0, -88.0))],
)
def test_the_center_moves_evenly_and_stays_at_the_last_point(hours: float, center: tuple[float, float]) -> None:
    assert NORTHWARD.center(hours) == pytest.approx(center)


def test_a_storm_is_felt_less_the_farther_the_center_is() -> None:
    half_a_degree = miles_between(30.0, -90.0, 30.5, -90.0)

    assert half_a_degree == pytest.approx(34.5, abs=0.1)
    assert NORTHWARD.share_at(a_place(30.0), 0.0) == 1.0
    assert NORTHWARD.share_at(a_place(30.5), 0.0) == pytest.approx(1 - half_a_degree / 100)
    assert NORTHWARD.share_at(a_place(32.0), 0.0) == 0.0


def test_its_severity_at_a_place_follows_the_center_and_its_ramps() -> None:
    storm = a_storm(ramp_hours=10.0)

    assert storm.severity_of(a_place(31.0), 110.0) == 0.8  # ten hours after it began the center is here
    assert storm.severity_of(a_place(31.0), 105.0) == pytest.approx(0.8 * (1 - 34.5 / 100), abs=0.001)
    felt = NORTHWARD.share_at(a_place(33.0, -88.0), 25.0)
    assert storm.severity_of(a_place(33.0, -88.0), 125.0) == pytest.approx(0.8 * 0.5 * felt)
    assert storm.severity_of(a_place(33.0, -88.0), 130.0) == 0.0


def test_without_a_track_a_place_does_not_matter() -> None:
    still = Disruption("shut", "node", ("reno",), 100.0, 130.0, 0.8)

    assert still.severity_of(a_place(0.0), 110.0) == 0.8


def test_what_moves_is_looked_at_every_step() -> None:
    assert a_storm().changes_at(10.0) == [110.0, 120.0]


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        (((), (), (), 100.0), "a place for each of its hours"),
        (((0.0, 1.0), (30.0,), (-90.0,), 100.0), "a place for each of its hours"),
        (((1.0,), (30.0,), (-90.0,), 100.0), "hours that rise from 0"),
        (((0.0, 0.0), (30.0, 31.0), (-90.0, -90.0), 100.0), "hours that rise from 0"),
        (((0.0,), (30.0,), (-90.0,), 0.0), "a radius above 0"),
    ],
)
def test_a_track_that_leads_nowhere_is_refused(parts: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Track(*parts)


def test_a_storm_names_no_targets() -> None:
    with pytest.raises(ValueError, match="a storm event has no targets"):
        Disruption("katrina", "storm", ("reno",), 100.0, 130.0, 0.8, track=NORTHWARD)
