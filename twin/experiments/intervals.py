"""Intervals for means and differences over replications: Student's t, paired where the luck was the same."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, inf, isfinite, nan, sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special, stats

Values = NDArray[np.float64]

FEWEST_RUNS = 2
FEW_RUNS = 30
"""From this many pairs on, the t interval is trusted even for skewed differences."""
SKEWED = 1.0
FEWEST_FOR_SKEWNESS = 3
ROUNDING = 1e-12
"""A spread below this share of the largest value is rounding of floating-point numbers, not luck."""
RESAMPLES = 9_999
"""More than 2^13, so that the sign-flip test tries all signs of up to 13 pairs and samples them beyond."""
RESAMPLING_SEED = 20_250_901


@dataclass(frozen=True, slots=True)
class Interval:
    """A confidence interval and the level it holds with."""

    low: float
    high: float
    level: float

    def __post_init__(self) -> None:
        if not (isfinite(self.low) and isfinite(self.high) and self.low <= self.high):
            raise ValueError(f"an interval runs from a low to a high number, got {self.low} to {self.high}")
        _check_level(self.level)

    @property
    def excludes_zero(self) -> bool:
        """Whether the interval tells which sign the difference has."""
        return self.low > 0 or self.high < 0

    @property
    def half_width(self) -> float:
        """How far the mean may be off."""
        return (self.high - self.low) / 2


@dataclass(frozen=True, slots=True)
class PairedDifference:
    """Candidate minus baseline over replications that met the same luck, and what the pairing was worth.

    `variance_reduction` is how many times more unpaired replications would tell as much: infinite where every
    pair differs by the same amount, 1 where neither design varies. `correlation` is NaN where one of them
    does not vary. `sign_flip_p` is given only where few, skewed differences make the t interval doubtful.
    """

    mean: float
    interval: Interval
    n: int
    sd: float
    correlation: float
    variance_reduction: float
    skewness: float
    sign_flip_p: float | None

    @property
    def p_value(self) -> float:
        """How likely a difference this large is if there is none: the paired t test, two-sided."""
        return _p_value(self.mean, self.sd / sqrt(self.n), self.n - 1)


@dataclass(frozen=True, slots=True)
class UnpairedDifference:
    """Candidate minus baseline over replications that met different customers.

    `n` is the smaller number of runs; `sd` is the spread of the difference of one run of each.
    """

    mean: float
    interval: Interval
    n: int
    sd: float
    standard_error: float
    degrees_of_freedom: float

    @property
    def p_value(self) -> float:
        """How likely a difference this large is if there is none: Welch's t test, two-sided."""
        return _p_value(self.mean, self.standard_error, self.degrees_of_freedom)


def mean_interval(values: ArrayLike, level: float) -> Interval:
    """Return the Student interval of a mean over replications."""
    sample = _sample(values)
    mean, error = float(sample.mean()), _sd(sample) / sqrt(len(sample))
    return _interval(mean, error, len(sample) - 1, level)


def paired_difference(baseline: ArrayLike, candidate: ArrayLike, level: float) -> PairedDifference:
    """Return candidate minus baseline with its interval; values at one position are of one replication."""
    before, after = _sample(baseline), _sample(candidate)
    if len(before) != len(after):
        raise ValueError(f"pairs need as many values of each design, got {len(before)} and {len(after)}")
    noise = ROUNDING * np.maximum(np.abs(before), np.abs(after))
    differences = np.where(np.abs(after - before) <= noise, 0.0, after - before)
    n = len(differences)
    sd = _sd(differences, scale=max(np.abs(before).max(), np.abs(after).max()))
    spreads = _sd(before), _sd(after)
    mean = float(differences.mean())
    skewness = _skewness(differences, sd)
    doubtful = n < FEW_RUNS and abs(skewness) > SKEWED
    return PairedDifference(
        mean=mean,
        interval=_interval(mean, sd / sqrt(n), n - 1, level),
        n=n,
        sd=sd,
        correlation=float(np.corrcoef(before, after)[0, 1]) if min(spreads) > 0 else nan,
        variance_reduction=_variance_reduction(*spreads, sd),
        skewness=skewness,
        sign_flip_p=sign_flip_p(differences) if doubtful else None,
    )


def ratio_of_means(above: ArrayLike, below: ArrayLike, level: float) -> tuple[float, Interval]:
    """Return the ratio of two means over the same replications with its interval, by the delta method.

    The residuals above - ratio * below carry the spread of both and of their going together (Law, Simulation Modeling
    and Analysis, 5th edition, 9.3: the classical ratio estimator). The mean below must be far from zero.
    """
    tops, bottoms = _sample(above), _sample(below)
    if len(tops) != len(bottoms) or bottoms.mean() == 0:
        raise ValueError("a ratio needs as many values above as below, and a mean below that is not zero")
    ratio = float(tops.mean() / bottoms.mean())
    error = float((tops - ratio * bottoms).std(ddof=1) / sqrt(len(tops)) / abs(bottoms.mean()))
    return ratio, _interval(ratio, error, len(tops) - 1, level)


def welch_difference(baseline: ArrayLike, candidate: ArrayLike, level: float) -> UnpairedDifference:
    """Return the difference of two means whose designs met different demand, with Welch's interval."""
    before, after = _sample(baseline), _sample(candidate)
    sds = np.array([_sd(before), _sd(after)])
    counts = np.array([len(before), len(after)])
    variances = sds**2 / counts
    error = sqrt(variances.sum())
    freedom = float(counts.sum() - 2)
    if error > 0:
        shares = variances / variances.sum()
        freedom = float(1 / (shares**2 / (counts - 1)).sum())
    mean = float(after.mean() - before.mean())
    return UnpairedDifference(
        mean=mean,
        interval=_interval(mean, error, freedom, level),
        n=int(counts.min()),
        sd=float(np.hypot(*sds)),
        standard_error=error,
        degrees_of_freedom=freedom,
    )


def sign_flip_p(differences: ArrayLike) -> float:
    """Return the two-sided p of the mean when each difference might as well have had the other sign.

    Needs no normal distribution. Exact for up to 13 pairs, beyond that from the same random signs each time.
    """
    found = stats.permutation_test(
        (_sample(differences),),
        np.mean,
        permutation_type="samples",
        n_resamples=RESAMPLES,
        vectorized=True,
        rng=np.random.default_rng(RESAMPLING_SEED),
    )
    return float(found.pvalue)


def runs_needed(sd: float, n: int, delta: float, level: float) -> int:
    """Return how many runs beyond `n` bring the half-width of the interval down to half of what matters."""
    _check_level(level)
    if delta <= 0 or not (isfinite(sd) and sd >= 0):
        raise ValueError(f"expected a positive delta and a finite sd, got delta {delta} and sd {sd}")
    ratio = sd / (delta / 2)
    total = max(FEWEST_RUNS, ceil((NormalDist().inv_cdf((1 + level) / 2) * ratio) ** 2))
    # t depends on the number it decides: start from the normal, which is too few, and count up the handful.
    while (_t(level, total - 1) * ratio) ** 2 > total:
        total += 1
    return max(0, total - n)


def _sample(values: ArrayLike) -> Values:
    sample = np.asarray(values, dtype=float)
    if sample.ndim != 1 or len(sample) < FEWEST_RUNS:
        raise ValueError(f"an interval needs at least {FEWEST_RUNS} replications, got {sample.size}")
    if not np.isfinite(sample).all():
        raise ValueError("an interval needs a number from every replication, got NaN or infinity")
    return sample


def _check_level(level: float) -> None:
    if not 0 < level < 1:
        raise ValueError(f"a confidence level lies between 0 and 1, got {level}")


def _sd(sample: Values, scale: float | None = None) -> float:
    """Return the standard deviation; exactly zero where the values differ by rounding only."""
    largest = float(np.abs(sample).max()) if scale is None else float(scale)
    return 0.0 if np.ptp(sample) <= ROUNDING * largest else float(sample.std(ddof=1))


def _t(level: float, freedom: float) -> float:
    return float(special.stdtrit(freedom, (1 + level) / 2))  # 100 times faster than stats.t.ppf


def _interval(mean: float, error: float, freedom: float, level: float) -> Interval:
    _check_level(level)
    half = _t(level, freedom) * error
    return Interval(mean - half, mean + half, level)


def _p_value(mean: float, error: float, freedom: float) -> float:
    if error == 0:
        return 1.0 if mean == 0 else 0.0
    return float(2 * special.stdtr(freedom, -abs(mean) / error))


def _variance_reduction(sd_baseline: float, sd_candidate: float, sd_difference: float) -> float:
    unpaired = sd_baseline**2 + sd_candidate**2
    if sd_difference > 0:
        return unpaired / sd_difference**2
    return inf if unpaired > 0 else 1.0


def _skewness(differences: Values, sd: float) -> float:
    """Return the sample skewness, corrected for few values; 0 where nothing varies or n is 2."""
    n = len(differences)
    if sd == 0 or n < FEWEST_FOR_SKEWNESS:
        return 0.0
    third_moment = float(((differences - differences.mean()) ** 3).sum())
    return n / ((n - 1) * (n - 2)) * third_moment / sd**3
