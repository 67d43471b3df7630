"""Draws from distributions: every random quantity is a quantile of a uniform that was drawn before.

One uniform gives one value and a larger uniform never a smaller value. So an order keeps its luck under every
network, and two nodes that differ only in speed see the same good and bad days.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from math import gamma as gamma_function
from math import log1p, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, gammaincinv, ndtr, ndtri

from twin.domain.distributions import Distribution

Uniforms = NDArray[np.float64]
Sampler = Callable[[float], float]

_LEAST = 2.0**-53
_KNOTS = 4095  # with 0 and 1, which are added, 4,097
_FARTHEST_LOGIT = 36.7  # further out, a float cannot tell expit from 1


def quantiles(distribution: Distribution, uniforms: Uniforms) -> Uniforms:
    """Return the value that each uniform stands for, exactly; 0 and 1 count as the nearest number inside."""
    return _QUANTILES[distribution.kind](distribution, np.clip(uniforms, _LEAST, 1 - _LEAST))


def sampler(distribution: Distribution) -> Sampler:
    """Return a function that turns one uniform into one value, for processes that draw now and then.

    It joins exact quantiles, which are dense towards both ends, by straight lines: the mean comes out within
    6e-5 of itself even for a cv of 20, and the median exactly. Deterministic and discrete are exact, uniform
    and empirical exact but for rounding. A value costs 0.5 us, a scalar call of scipy.stats 200 us.
    """
    if distribution.kind == "deterministic":
        value = distribution.number("value")
        return lambda _: value
    if distribution.kind == "discrete":
        values = distribution.numbers("values")
        cumulative: list[float] = _cumulative(distribution).tolist()
        return lambda uniform: values[bisect_right(cumulative, min(uniform, 1 - _LEAST))]
    knots = _knots(distribution)
    return _lines(knots, quantiles(distribution, knots))


def _lines(knots: Uniforms, heights: Uniforms) -> Sampler:
    """Return the function that joins the points of a table by straight lines."""
    starts: list[float] = knots.tolist()
    values: list[float] = heights.tolist()
    slopes: list[float] = (np.diff(heights) / np.diff(knots)).tolist()
    last = len(slopes)

    def value_at(uniform: float) -> float:
        line = bisect_right(starts, uniform, 1, last) - 1
        return values[line] + (uniform - starts[line]) * slopes[line]

    return value_at


def _knots(distribution: Distribution) -> Uniforms:
    """Return the uniforms of a table: an empirical's own, else evenly spaced on the logit scale."""
    if distribution.kind == "empirical":
        return np.concatenate(([0.0], _empirical_knots(distribution), [1.0]))
    inner = expit(np.linspace(-_FARTHEST_LOGIT, _FARTHEST_LOGIT, _KNOTS))
    return np.unique(np.concatenate(([0.0], inner, [1.0])))


def _deterministic(it: Distribution, uniforms: Uniforms) -> Uniforms:
    return np.full_like(uniforms, it.number("value"))


def _exponential(it: Distribution, uniforms: Uniforms) -> Uniforms:
    return -it.number("mean") * np.log1p(-uniforms)


def _gamma(it: Distribution, uniforms: Uniforms) -> Uniforms:
    spread = it.number("cv") ** 2
    return it.number("mean") * spread * _standard_gamma(1 / spread, uniforms)


def _erlang(it: Distribution, uniforms: Uniforms) -> Uniforms:
    stages = it.number("stages")
    return it.number("mean") / stages * _standard_gamma(stages, uniforms)


def _standard_gamma(shape: float, uniforms: Uniforms) -> Uniforms:
    """Return quantiles of a gamma distribution of scale 1."""
    return np.asarray(gammaincinv(shape, uniforms), dtype=np.float64)


def _lognormal(it: Distribution, uniforms: Uniforms) -> Uniforms:
    sigma_squared = log1p(it.number("cv") ** 2)
    return it.number("mean") * np.exp(sqrt(sigma_squared) * ndtri(uniforms) - sigma_squared / 2)


def _normal(it: Distribution, uniforms: Uniforms) -> Uniforms:
    mean, sd, low, high = (it.number(name) for name in ("mean", "sd", "low", "high"))
    standard = _standard_normal_between((low - mean) / sd, (high - mean) / sd, uniforms)
    return np.clip(mean + sd * standard, low, high)  # rounding must not let a time slip below 0


def _standard_normal_between(low: float, high: float, uniforms: Uniforms) -> Uniforms:
    """Return quantiles of a standard normal cut at both ends, each computed from the tail it is nearer to."""
    mass = ndtr(high) - ndtr(low)
    below = ndtr(low) + uniforms * mass
    above = ndtr(-high) + (1 - uniforms) * mass
    return np.copysign(ndtri(np.minimum(below, above)), below - above)


def _uniform(it: Distribution, uniforms: Uniforms) -> Uniforms:
    low, high = it.number("low"), it.number("high")
    return low + uniforms * (high - low)


def _triangular(it: Distribution, uniforms: Uniforms) -> Uniforms:
    low, mode, high = it.number("low"), it.number("mode"), it.number("high")
    rising = low + np.sqrt(uniforms * (high - low) * (mode - low))
    falling = high - np.sqrt((1 - uniforms) * (high - low) * (high - mode))
    drawn = np.where(uniforms * (high - low) < mode - low, rising, falling)
    return np.maximum(low, drawn)  # rounding may fall short of a mode that is the lowest value


def _weibull(it: Distribution, uniforms: Uniforms) -> Uniforms:
    power = 1 / it.number("shape")
    return it.number("mean") / gamma_function(1 + power) * (-np.log1p(-uniforms)) ** power


def _discrete(it: Distribution, uniforms: Uniforms) -> Uniforms:
    values = np.asarray(it.numbers("values"))
    return values[np.searchsorted(_cumulative(it), uniforms, side="right")]


def _cumulative(it: Distribution) -> Uniforms:
    """Return the probability of each value of a discrete distribution or less; the last is exactly 1."""
    sums: Uniforms = np.cumsum(it.numbers("weights"))
    cumulative: Uniforms = sums / sums[-1]
    return cumulative


def _empirical(it: Distribution, uniforms: Uniforms) -> Uniforms:
    return np.interp(uniforms, _empirical_knots(it), it.numbers("values"))


def _empirical_knots(it: Distribution) -> Uniforms:
    """Return the probability at which each observed value stands: the k-th of n at (k - 1/2) / n."""
    count = len(it.numbers("values"))
    return (np.arange(count) + 0.5) / count


_QUANTILES: dict[str, Callable[[Distribution, Uniforms], Uniforms]] = {
    "deterministic": _deterministic,
    "exponential": _exponential,
    "gamma": _gamma,
    "erlang": _erlang,
    "lognormal": _lognormal,
    "normal": _normal,
    "uniform": _uniform,
    "triangular": _triangular,
    "weibull": _weibull,
    "discrete": _discrete,
    "empirical": _empirical,
}
