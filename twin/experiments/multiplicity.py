"""What many comparisons at once ask for: wider intervals, stricter p values, and who could be the best."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from twin.experiments.intervals import FEWEST_RUNS, ROUNDING, Values

AXES = 2  # replications by designs


class BestOfAll(NamedTuple):
    """A design against the best of the others: the interval of the difference; whether it may be the best."""

    low: float
    high: float
    could_be_best: bool


def bonferroni_level(alpha: float, k: int) -> float:
    """Return the level of each of `k` intervals that hold all at once with probability 1 - alpha."""
    _check_alpha(alpha)
    if k < 1:
        raise ValueError(f"expected at least one interval, got {k}")
    return 1 - alpha / k


def holm(p_values: Sequence[float]) -> list[float]:
    """Return Holm's adjusted p values, in the order given: the smallest pays for all of them."""
    if not all(0 <= p <= 1 for p in p_values):
        raise ValueError(f"p values lie between 0 and 1, got {list(p_values)}")
    adjusted = [0.0] * len(p_values)
    strictest = 0.0
    for rank, place in enumerate(sorted(range(len(p_values)), key=lambda place: p_values[place])):
        strictest = max(strictest, min(1.0, (len(p_values) - rank) * p_values[place]))
        adjusted[place] = strictest
    return adjusted


def mcb(values: ArrayLike, alpha: float, smaller_is_better: bool = True) -> list[BestOfAll]:
    """Compare every design with the best of the others at once (multiple comparisons with the best).

    `values` has a row per replication and a column per design, all of which met the same luck. A design whose
    interval ends at zero on the side of the better is eliminated: some other design is better. The true best
    stays with probability 1 - alpha. Widths come from the spread of each pair's differences, at Bonferroni's
    level over the pairs that hold the unknown best (Hsu; Nelson and Matejcik 1995): no equal correlation is
    assumed, and one side of each pair is enough.
    """
    sample = _checked(values, alpha)
    if not smaller_is_better:
        mirrored = mcb(-sample, alpha)
        return [BestOfAll(0.0 - found.high, 0.0 - found.low, found.could_be_best) for found in mirrored]
    means = sample.mean(axis=0)
    gaps = means[:, None] - means[None, :]
    widths = _widths(sample, alpha)
    others = ~np.eye(len(means), dtype=bool)
    lows = np.max(gaps - widths, axis=1, where=others, initial=-np.inf)
    highs = np.max(gaps + widths, axis=1, where=others, initial=-np.inf)
    # A tie that does not vary has low == 0: nobody is better, so both stay.
    return [
        BestOfAll(min(0.0, float(low)), max(0.0, float(high)), bool(low <= 0))
        for low, high in zip(lows, highs, strict=True)
    ]


def _checked(values: ArrayLike, alpha: float) -> Values:
    _check_alpha(alpha)
    sample = np.asarray(values, dtype=float)
    if sample.ndim != AXES or min(sample.shape) < FEWEST_RUNS:
        raise ValueError(f"expected 2 or more replications of 2 or more designs, got shape {sample.shape}")
    if not np.isfinite(sample).all():
        raise ValueError("expected a number from every replication of every design, got NaN or infinity")
    return sample


def _widths(sample: Values, alpha: float) -> Values:
    """Return how far each pair's difference of means may be off, on one side."""
    n, designs = sample.shape
    times = special.stdtrit(n - 1, 1 - alpha / (designs - 1)) / sqrt(n)
    differences = sample[:, :, None] - sample[:, None, :]
    spreads = differences.std(axis=0, ddof=1)
    spreads[np.ptp(differences, axis=0) <= ROUNDING * np.abs(sample).max()] = 0.0
    return np.asarray(times * spreads, dtype=float)


def _check_alpha(alpha: float) -> None:
    if not 0 < alpha < 1:
        raise ValueError(f"an error rate lies between 0 and 1, got {alpha}")
