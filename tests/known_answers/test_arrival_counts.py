"""How many orders come, and how unevenly: counts against the rates and variances they are drawn from."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from tests.factories import NEW_YORK, a_network, a_shape, a_timeline, modelled
from tests.known_answers.measuring import measured
from twin.domain.distributions import Distribution
from twin.simulation.arrivals import Arrivals
from twin.simulation.demand import DemandShape

DAYS = 400
Counts = npt.NDArray[np.int64]

HOURS = np.array([1, 1, 1, 1, 1, 2, 3, 4, 6, 8, 9, 8, 7, 6, 6, 7, 8, 8, 7, 5, 4, 3, 2, 1], dtype=np.float64)


def placed_at(shape: DemandShape, days: int = DAYS) -> list[npt.NDArray[np.float64]]:
    """Return the instants of the orders of each day, within the day."""
    network = a_network(places=[place for place in a_network().places.values() if place.timezone == NEW_YORK])
    demand = modelled(shape, network, a_timeline(days))(7, 0, ())
    return [demand.day(day, 0).placed_at - 24 * day for day in range(days)]


def hourly_counts(shape: DemandShape) -> Counts:
    """Return orders by day and hour, for a year without a change of the clocks."""
    return np.array([np.histogram(day, bins=24, range=(0, 24))[0] for day in placed_at(shape, 50)])


def test_hourly_counts_follow_the_rates_of_the_day() -> None:
    shape = a_shape(300.0, hour_shares=(HOURS / HOURS.sum()).tolist())

    counts = hourly_counts(shape).sum(axis=0)

    expected = 50 * 300.0 * HOURS / HOURS.sum()
    chi_square = float(((counts - expected) ** 2 / expected).sum())
    # 24 independent Poisson counts: chi-square has mean 24 and variance 48, and a little for small counts
    assert abs(chi_square - 24) < 3 * 48**0.5


def test_hourly_counts_are_as_spread_as_poisson_counts() -> None:
    counts = hourly_counts(a_shape(240.0))

    # 1,200 hours of mean 10: the index of dispersion is 1 with standard error sqrt(2 / 1,199)
    dispersion = counts.var(ddof=1) / counts.mean()
    assert abs(dispersion - 1) < 3 * (2 / 1199) ** 0.5


def test_gaps_between_poisson_orders_are_exponential() -> None:
    gaps = np.concatenate([np.diff(day) for day in placed_at(a_shape(2400.0), 20)])

    # mean 1/100 h, and an exponential quantity exceeds its mean with probability 1/e
    assert abs(gaps.mean() - 0.01) < 3 * 0.01 / len(gaps) ** 0.5
    assert abs((gaps > 0.01).mean() - np.exp(-1)) < 3 * (0.37 * 0.63 / len(gaps)) ** 0.5


def test_overdispersed_days_vary_as_a_gamma_mixed_poisson_count() -> None:
    shape = a_shape(50.0, arrivals=Arrivals("overdispersed", daily_cv=0.3))

    counts = np.array([len(day) for day in placed_at(shape)])

    # mean 50, variance 50 + (0.3 x 50)^2 = 275; a sample variance has standard error sqrt((kurtosis - 1) / n) of it
    assert measured(counts.tolist()).agrees_with(50.0)
    kurtosis = float(((counts - counts.mean()) ** 4).mean() / counts.var() ** 2)
    assert abs(counts.var(ddof=1) - 275) < 3 * 275 * ((kurtosis - 1) / DAYS) ** 0.5


def test_plain_days_vary_less() -> None:
    counts = np.array([len(day) for day in placed_at(a_shape(50.0))])

    assert abs(counts.var(ddof=1) - 50) < 3 * 50 * (2.02 / DAYS) ** 0.5


def test_orders_at_a_fixed_interval_come_exactly_then() -> None:
    (day,) = placed_at(a_shape(96.0, arrivals=Arrivals("fixed_interval")), 1)

    assert day == pytest.approx(np.arange(96) * 0.25 + 0.125)


def test_a_fixed_interval_does_not_restart_at_midnight() -> None:
    days = placed_at(a_shape(2.5, arrivals=Arrivals("fixed_interval")), 40)

    instants = np.concatenate([24 * number + day for number, day in enumerate(days)])

    # an order each 9.6 h, half an interval after the start; every fifth day ends amid an interval
    assert instants == pytest.approx(4.8 + 9.6 * np.arange(100))


def test_fixed_intervals_shrink_where_the_rate_is_high() -> None:
    hours = [0.0] * 8 + [1 / 24] * 8 + [2 / 24] * 8
    (day,) = placed_at(a_shape(72.0, hour_shares=hours, arrivals=Arrivals("fixed_interval")), 1)

    # 3 orders an hour from 8 to 16, 6 an hour from 16 to 24
    assert day[:24] == pytest.approx(8 + (np.arange(24) + 0.5) / 3)
    assert day[24:] == pytest.approx(16 + (np.arange(48) + 0.5) / 6)


def test_batches_hold_the_orders_they_should() -> None:
    size = Distribution.of("discrete", values=[2, 5], weights=[0.75, 0.25])
    days = placed_at(a_shape(110.0, arrivals=Arrivals("batch", batch_size=size)))

    sizes = np.concatenate([np.unique(day, return_counts=True)[1] for day in days])
    orders = [float(len(day)) for day in days]

    # mean size 2.75, so 40 batches a day; a compound Poisson day has variance 40 x E[size^2] = 40 x 9.25
    assert set(sizes.tolist()) == {2, 5}
    assert abs((sizes == 5).mean() - 0.25) < 3 * (0.25 * 0.75 / len(sizes)) ** 0.5
    assert measured(orders).agrees_with(110.0)
    assert abs(np.var(orders, ddof=1) - 370) < 3 * 370 * (2.2 / DAYS) ** 0.5
