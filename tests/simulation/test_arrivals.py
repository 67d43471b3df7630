"""Arrivals of each kind: where they fall in the day, and that they stay in it."""

from __future__ import annotations

import numpy as np
import pytest

from twin.domain.distributions import Distribution
from twin.simulation.arrivals import Arrivals
from twin.simulation.days import Floats

KINDS = [
    Arrivals(),
    Arrivals("fixed_interval"),
    Arrivals("batch", batch_size=Distribution.of("deterministic", value=4.0)),
    Arrivals("overdispersed", daily_cv=0.5),
]
EVENING = np.array([0.0] * 18 + [20.0] * 6)


def drawn(arrivals: Arrivals, hourly: Floats, day: int = 0, seed: int = 1) -> Floats:
    """Draw a day's arrivals."""
    return arrivals.instants(hourly, day, np.random.default_rng(seed))


@pytest.mark.parametrize("arrivals", KINDS, ids=lambda arrivals: arrivals.kind)
def test_arrivals_are_in_order_and_on_their_day(arrivals: Arrivals) -> None:
    instants = drawn(arrivals, np.full(24, 5.0), day=3)

    assert (np.diff(instants) >= 0).all()
    assert 72 <= instants[0] < instants[-1] < 96
    assert len(instants) > 50


@pytest.mark.parametrize("arrivals", KINDS, ids=lambda arrivals: arrivals.kind)
def test_nobody_comes_in_hours_without_a_rate(arrivals: Arrivals) -> None:
    assert (drawn(arrivals, EVENING) >= 18).all()


@pytest.mark.parametrize("arrivals", KINDS, ids=lambda arrivals: arrivals.kind)
def test_nobody_comes_on_a_day_without_a_rate(arrivals: Arrivals) -> None:
    assert drawn(arrivals, np.zeros(24)).tolist() == []


@pytest.mark.parametrize("arrivals", KINDS, ids=lambda arrivals: arrivals.kind)
def test_the_same_generator_draws_the_same_day(arrivals: Arrivals) -> None:
    assert drawn(arrivals, EVENING, seed=4).tolist() == drawn(arrivals, EVENING, seed=4).tolist()


def test_fixed_intervals_begin_with_half_an_interval() -> None:
    assert drawn(Arrivals("fixed_interval"), np.full(24, 0.25), day=1).tolist() == [26, 30, 34, 38, 42, 46]


def test_a_fixed_interval_goes_on_after_midnight() -> None:
    every_ten_hours = np.full(24, 0.1)
    arrivals = Arrivals("fixed_interval")

    first = drawn(arrivals, every_ten_hours)
    second = arrivals.instants(every_ten_hours, 1, np.random.default_rng(1), expected_before=2.4)

    assert [*first, *second] == pytest.approx([5, 15, 25, 35, 45])


def test_batches_come_at_one_instant_each() -> None:
    size = Distribution.of("deterministic", value=4.0)

    instants = drawn(Arrivals("batch", batch_size=size), np.full(24, 5.0))

    _, counts = np.unique(instants, return_counts=True)
    assert set(counts.tolist()) == {4}


@pytest.mark.parametrize("size", [Distribution.of("exponential", mean=3.0), Distribution.of("deterministic", value=0)])
def test_batches_that_are_no_whole_number_of_orders_are_refused(size: Distribution) -> None:
    with pytest.raises(ValueError, match="batch_size must be of whole numbers from 1"):
        Arrivals("batch", batch_size=size)


def test_overdispersion_of_nothing_is_poisson() -> None:
    plain, calm = Arrivals(), Arrivals("overdispersed", daily_cv=0.0)

    assert drawn(calm, EVENING).tolist() == drawn(plain, EVENING).tolist()


def test_an_overdispersed_day_keeps_its_shape() -> None:
    instants = drawn(Arrivals("overdispersed", daily_cv=0.8), np.repeat([0.0, 400.0], 12))

    assert (instants >= 12).all()
    assert instants.mean() == pytest.approx(18, abs=0.2)
