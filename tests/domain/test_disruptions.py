"""How badly a disruption bites, and when."""

from __future__ import annotations

from typing import Any

import pytest

from twin.domain.disruptions import Disruption


def a_storm(**special: Any) -> Disruption:
    """Four fifths of everybody stay at home from hour 10 to hour 20."""
    known: dict[str, Any] = {"scope": "region", "targets": ("northeast",), "starts_at": 10.0, "ends_at": 20.0}
    return Disruption("storm", **{**known, "severity": 0.8, **special})


@pytest.mark.parametrize(
    ("instant", "severity"), [(9.99, 0.0), (10.0, 0.8), (15.0, 0.8), (19.99, 0.8), (20.0, 0.0), (99.0, 0.0)]
)
def test_without_a_ramp_it_bites_in_full_until_it_ends(instant: float, severity: float) -> None:
    assert a_storm().severity_at(instant) == severity


@pytest.mark.parametrize(
    ("instant", "severity"), [(10.0, 0.8), (16.0, 0.8), (17.0, 0.6), (18.0, 0.4), (19.0, 0.2), (20.0, 0.0)]
)
def test_it_fades_in_a_straight_line_over_the_ramp(instant: float, severity: float) -> None:
    assert a_storm(ramp_hours=4.0).severity_at(instant) == pytest.approx(severity)


def test_a_ramp_longer_than_itself_lets_it_begin_below_its_full_severity() -> None:
    assert a_storm(ramp_hours=20.0).severity_at(10.0) == pytest.approx(0.4)


def test_one_that_ends_as_it_starts_never_bites() -> None:
    assert a_storm(ends_at=10.0).severity_at(10.0) == 0.0


@pytest.mark.parametrize(
    ("special", "message"),
    [
        ({"ends_at": 9.0}, "ends at 9.0 before 10.0"),
        ({"ends_at": float("nan")}, "ends at nan before 10.0"),
        ({"severity": 1.1}, "severity must lie in 0..1, got 1.1"),
        ({"severity": -0.1}, "severity must lie in 0..1, got -0.1"),
        ({"targets": ()}, r"a region event has at least one target, got \(\)"),
        ({"scope": "service", "targets": ()}, r"a service event has at least one target, got \(\)"),
        ({"scope": "demand"}, r"a demand event has no targets, got \('northeast',\)"),
    ],
    ids=str,
)
def test_a_disruption_that_cannot_be_is_refused(special, message: str) -> None:
    with pytest.raises(ValueError, match=f"disruption 'storm': {message}"):
        a_storm(**special)
