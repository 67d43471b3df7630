"""How orders follow each other at a given rate: four kinds of arrivals on one operational clock.

The operational clock runs at the expected rate, one unit per expected order. Any process on it becomes an
arrival process with that rate over the day (time change; see Lewis and Shedler 1979 for the Poisson case).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Literal

import numpy as np

from twin.domain.counts import is_of_counts
from twin.domain.distributions import Distribution
from twin.simulation.days import Floats
from twin.simulation.distributions import quantiles

ONE = Distribution.of("deterministic", value=1.0)


@dataclass(frozen=True, slots=True)
class Arrivals:
    """`poisson`, `fixed_interval`, `batch` (whole baskets of orders at one instant) or `overdispersed`.

    Overdispersed arrivals are Poisson at a rate that is itself drawn each day from a gamma distribution with
    mean 1 and coefficient of variation `daily_cv`. Batches have whole numbers of orders.
    """

    kind: Literal["poisson", "fixed_interval", "batch", "overdispersed"] = "poisson"
    batch_size: Distribution = ONE
    daily_cv: float = 0.0

    def __post_init__(self) -> None:
        if not is_of_counts(self.batch_size):
            raise ValueError(f"batch_size must be of whole numbers from 1, got {self.batch_size}")

    def instants(self, hourly: Floats, day: int, random: np.random.Generator, expected_before: float = 0.0) -> Floats:
        """Draw the instants of a day, in simulated hours, from the expected orders of each of its hours.

        Fixed intervals go on where the days before ended, after so many expected orders.
        """
        if self.kind == "overdispersed" and self.daily_cv > 0:
            shape = 1.0 / self.daily_cv**2
            hourly = hourly * random.gamma(shape, 1.0 / shape)
        edges = np.concatenate([[0.0], np.cumsum(hourly)])
        positions = self._positions(float(edges[-1]), random, expected_before)
        return day * len(hourly) + np.interp(positions, edges, np.arange(len(edges)))

    def _positions(self, total: float, random: np.random.Generator, before: float) -> Floats:
        """Draw operational times between 0 and the day's expected orders, in rising order."""
        if self.kind == "fixed_interval":
            return np.arange(ceil(before - 0.5), ceil(before + total - 0.5), dtype=np.float64) + 0.5 - before
        if self.kind == "batch":
            starts = np.sort(random.random(random.poisson(total / self.batch_size.mean)) * total)
            sizes = quantiles(self.batch_size, random.random(len(starts)))
            return np.repeat(starts, sizes.astype(np.int64))
        return np.sort(random.random(random.poisson(total)) * total)
