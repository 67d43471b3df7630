"""How a random quantity is spread: its kind and its parameters, checked at birth and compared by value.

Only the description lives here; `simulation/distributions.py` draws from it. Each kind keeps one spelling of
its parameters, the one with the mean where there is one: so one spread at two scales differs in one number.
"""

from __future__ import annotations

import reprlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import pairwise
from math import erfc, exp, expm1, fsum, gamma, inf, isfinite, isnan, pi, sqrt
from numbers import Real
from typing import cast

Parameter = float | tuple[float, ...]

_LISTS = ("values", "weights")
_DIMENSIONED = ("value", "values", "mean", "median", "scale", "sd", "low", "mode", "high")
_POSITIVE = ("mean", "median", "scale", "sd", "cv", "sigma", "shape", "stages")
_SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}
_LEAST_MASS = 1e-6  # of a normal within its bounds; with less, its mean and quantiles lose their digits


@dataclass(frozen=True, slots=True)
class Distribution:
    """The spread of one random quantity, such as a pick time or a transit time, in the unit its owner says.

    Make one with `Distribution.of`, which takes every spelling of a kind; `parameters` holds the kept one.
    """

    kind: str
    parameters: tuple[tuple[str, Parameter], ...]

    def __post_init__(self) -> None:
        law = _law(self.kind)
        names = tuple(name for name, _ in self.parameters)
        if names != law.kept:
            raise ValueError(f"distribution {self.kind!r} keeps {_listed(law.kept)}, got {_listed(names)}")
        for name, value in self.parameters:
            _check(self.kind, name, value)
        if fault := law.fault(*self._values):
            raise ValueError(f"distribution {self.kind!r}: {fault}")

    @classmethod
    def of(cls, kind: str, **parameters: float | Iterable[float]) -> Distribution:
        """Make a distribution from any spelling of its kind: `mean` and `cv`, or `median` and `sigma`."""
        law = _law(kind)
        given = law.defaults | {name: _plain(name, value) for name, value in parameters.items()}
        spelling = _spelling(kind, given)
        for name in spelling:
            _check(kind, name, given[name])
        try:
            kept = law.spellings[spelling](*(given[name] for name in spelling))
        except OverflowError:
            raise ValueError(f"distribution {kind!r}: its mean is too large to compute, from {given}") from None
        return cls(kind, tuple(zip(law.kept, kept, strict=True)))

    def number(self, name: str) -> float:
        """Return one of the parameters that are single numbers."""
        return cast("float", dict(self.parameters)[name])

    def numbers(self, name: str) -> tuple[float, ...]:
        """Return one of the parameters that are lists, `values` or `weights`."""
        return cast("tuple[float, ...]", dict(self.parameters)[name])

    @property
    def mean(self) -> float:
        """The mean in closed form; for a truncated normal that of what is left, not its parameter `mean`."""
        return _law(self.kind).mean(*self._values)

    @property
    def lowest(self) -> float:
        """The least value it can take."""
        known = dict(self.parameters)
        if "values" in known:
            return self.numbers("values")[0]
        return cast("float", known.get("low", known.get("value", 0.0)))

    def scaled(self, factor: float) -> Distribution:
        """Return the distribution of `factor` times this quantity."""
        if not 0 <= factor < inf:
            raise ValueError(f"distribution {self.kind!r} can be scaled by a factor of 0 or more, got {factor}")
        if factor == 0:
            return Distribution.of("deterministic", value=0.0)
        return self._changed(lambda number: number * factor)

    def shape(self) -> tuple[Distribution, float]:
        """Split it into the same spread with mean 1, and the mean: those of one shape can share their draws.

        A shape is rounded to 12 digits, so that the same spread in minutes and in hours gives equal shapes.
        """
        mean = self.mean
        if not mean > 0:
            raise ValueError(f"distribution {self.kind!r} has no shape: its mean must be above 0, got {mean:g}")
        return self._changed(lambda number: float(f"{number / mean:.12g}")), mean

    @property
    def _values(self) -> tuple[Parameter, ...]:
        return tuple(value for _, value in self.parameters)

    def _changed(self, change: Callable[[float], float]) -> Distribution:
        """Return a copy with `change` applied to every parameter that has the quantity's dimension."""
        changed = ((name, _each(change, value) if name in _DIMENSIONED else value) for name, value in self.parameters)
        return Distribution(self.kind, tuple(changed))


def empirical_from(values: Iterable[float]) -> Distribution:
    """Describe observed values, in any order, by their quantiles.

    The k-th smallest of n stands at probability (k - 1/2) / n with straight lines between, so that the mean
    is the plain average and nothing beyond the smallest and the largest is ever drawn.
    """
    return Distribution.of("empirical", values=values)


def from_mapping(given: object, unit: str) -> Distribution:
    """Read a distribution from configuration, in the unit asked for; a bare number means always that much.

    Where the unit is one of time, a parameter may name another, `mean_minutes`, and is converted. A time or a
    count is meant, so a distribution that can be negative is refused.
    """
    if isinstance(given, Mapping):
        found = _from_keys(given, unit)
    elif _is_number(given):
        found = Distribution.of("deterministic", value=cast("float", given))
    else:
        raise ValueError(f"expected a number of {unit} or a distribution with its kind, got {given!r}")
    if found.lowest < 0:
        raise ValueError(f"a number of {unit} must not be negative, but this one can be {found.lowest:g}")
    return found


def _from_keys(given: Mapping[object, object], unit: str) -> Distribution:
    """Read a mapping with a kind; a fault repeats what was given, which may have been in another unit."""
    if "kind" not in given:
        raise ValueError(f"a distribution needs a kind: {', '.join(_LAWS)}; got {reprlib.repr(dict(given))}")
    kind = str(given["kind"])
    parameters: dict[str, Parameter] = {}
    for key, value in given.items():
        if key == "kind":
            continue
        name, source = _name_and_unit(kind, str(key), unit)
        if name in parameters:
            raise ValueError(f"distribution {kind!r}: {name} is given twice, the second time as {key!r}")
        parameters[name] = _converted(_plain(str(key), value), source, unit)
    try:
        return Distribution.of(kind, **parameters)
    except ValueError as fault:
        words = ", ".join(f"{key}: {reprlib.repr(value)}" for key, value in given.items())
        raise ValueError(f"{fault} (in {unit}, from {words})") from fault


def _name_and_unit(kind: str, key: str, unit: str) -> tuple[str, str]:
    """Split a key such as `mean_minutes` into the parameter and the unit it is given in."""
    law = _law(kind)
    endings = tuple(_SECONDS) if unit in _SECONDS else (unit,)
    names = sorted({name for spelling in law.spellings for name in spelling})
    keys = names + [f"{name}_{ending}" for name in names if name in _DIMENSIONED for ending in endings]
    if key not in keys:
        raise ValueError(
            f"distribution {kind!r} has no parameter {key!r}{_nearest(key, keys)}; it takes {law.takes}"
            f" (in {unit}, or ending in {', '.join('_' + ending for ending in endings)})"
        )
    name, _, ending = key.partition("_")
    return name, ending or unit


def _converted(value: Parameter, source: str, unit: str) -> Parameter:
    """Convert a value, or each of a list, from one unit of time to another; other units stay as they are."""
    return _each(lambda number: number * _SECONDS.get(source, 1) / _SECONDS.get(unit, 1), value)


def _each(change: Callable[[float], float], value: Parameter) -> Parameter:
    """Apply a change to a number, or to every number of a list."""
    return tuple(map(change, value)) if isinstance(value, tuple) else change(value)


def _plain(name: str, value: object) -> Parameter:
    """Return a number as a float, and a list of numbers as a tuple of floats."""
    if _is_number(value):
        return float(cast("float", value))
    numbers = tuple(value) if isinstance(value, Iterable) and not isinstance(value, str) else (value,)
    if not all(map(_is_number, numbers)):
        raise ValueError(f"{name} must be a number or a list of numbers, got {reprlib.repr(value)}")
    return tuple(map(float, numbers))


def _is_number(value: object) -> bool:
    """Whether a value is a number; True and False are not."""
    return isinstance(value, Real) and not isinstance(value, bool)


def _check(kind: str, name: str, value: Parameter) -> None:
    """Refuse a parameter that is nonsense taken alone."""
    expected = _expected_list(name, value) if isinstance(value, tuple) else _expected_number(kind, name, value)
    if expected:
        raise ValueError(f"distribution {kind!r}: {name} must be {expected}, got {reprlib.repr(value)}")


def _expected_list(name: str, values: tuple[float, ...]) -> str | None:
    """Say what a list should have been; nothing when it is right."""
    if name not in _LISTS:
        return "a single number"
    if not values or not all(map(isfinite, values)):
        return "one or more finite numbers"
    useless = name == "weights" and (min(values) < 0 or max(values) == 0)
    return "0 or more and not all 0" if useless else None


def _expected_number(kind: str, name: str, value: float) -> str | None:
    """Say what a number should have been; nothing when it is right."""
    if name in _LISTS:
        return "a list of numbers"
    if kind == "normal" and name in ("low", "high"):
        return "a number or infinite" if isnan(value) else None
    if not isfinite(value):
        return "finite"
    if name == "stages" and (value < 1 or value != int(value)):
        return "a whole number from 1"
    positive = name in _POSITIVE and (kind, name) != ("normal", "mean")
    return "above 0" if positive and value <= 0 else None


def _listed(names: Sequence[str]) -> str:
    """Return names as words: a, b and c."""
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names) or "nothing"


def _nearest(word: str, known: Iterable[str]) -> str:
    """Ask whether the nearest known word was meant; nothing when none is near."""
    near = get_close_matches(word, list(known), n=1)
    return f" (did you mean {near[0]!r}?)" if near else ""


@dataclass(frozen=True, slots=True)
class _Law:
    """What one kind takes, its mean, and what its parameters must obey together.

    `spellings` says for each set of parameters how it becomes the kept one, which stands first.
    """

    spellings: dict[tuple[str, ...], Callable[..., tuple[Parameter, ...]]]
    mean: Callable[..., float]
    fault: Callable[..., str | None] = lambda *_: None
    defaults: dict[str, Parameter] = field(default_factory=dict)

    @property
    def kept(self) -> tuple[str, ...]:
        """The parameters that are kept."""
        return next(iter(self.spellings))

    @property
    def takes(self) -> str:
        """The spellings in words."""
        return ", or ".join(map(_listed, self.spellings))


def _law(kind: str) -> _Law:
    """Look up what a kind takes and obeys."""
    if kind not in _LAWS:
        raise ValueError(f"unknown distribution {kind!r}{_nearest(kind, _LAWS)}; known: {', '.join(_LAWS)}")
    return _LAWS[kind]


def _spelling(kind: str, given: Mapping[str, Parameter]) -> tuple[str, ...]:
    """Find the spelling that uses exactly the given parameters."""
    for spelling in _LAWS[kind].spellings:
        if set(spelling) == set(given):
            return spelling
    raise ValueError(f"distribution {kind!r} takes {_LAWS[kind].takes}, got {_listed(list(given))}")


def _as_given(*values: Parameter) -> tuple[Parameter, ...]:
    """Keep parameters that already are in the kept spelling."""
    return values


def _first(mean: float, *_: float) -> float:
    """Return the mean of a kind that keeps it as its first parameter."""
    return mean


def _by_value(values: tuple[float, ...], weights: tuple[float, ...]) -> tuple[Parameter, Parameter]:
    """Sort values together with their weights; lists of unequal length are left for the check to refuse."""
    if len(values) != len(weights):
        return values, weights
    ordered = sorted(zip(values, weights, strict=True))
    return tuple(value for value, _ in ordered), tuple(weight for _, weight in ordered)


def _fault_of_discrete(values: tuple[float, ...], weights: tuple[float, ...]) -> str | None:
    if len(values) != len(weights):
        return f"values and weights must be of one length, got {len(values)} and {len(weights)}"
    return _fault_of_order(values)


def _fault_of_order(values: tuple[float, ...]) -> str | None:
    rising = all(one <= next_one for one, next_one in pairwise(values))
    return None if rising else "values must be sorted, as Distribution.of does"


def _fault_of_bounds(low: float, high: float) -> str | None:
    return None if low < high else f"low must be below high, got {low:g} and {high:g}"


def _fault_of_triangular(low: float, mode: float, high: float) -> str | None:
    rising = low <= mode <= high and low < high
    return None if rising else f"low, mode and high must rise, got {low:g}, {mode:g} and {high:g}"


def _fault_of_normal(mean: float, sd: float, low: float, high: float) -> str | None:
    if fault := _fault_of_bounds(low, high):
        return fault
    mass = _mass((low - mean) / sd, (high - mean) / sd)
    if mass < _LEAST_MASS:
        return f"only {mass:.1g} of its mass lies between {low:g} and {high:g}; at least {_LEAST_MASS:g} must"
    return None


def _mass(low: float, high: float) -> float:
    """Return the probability that a standard normal lies in between, from the tail that keeps its digits."""
    if low > 0:
        low, high = -high, -low
    return (erfc(-high / sqrt(2)) - erfc(-low / sqrt(2))) / 2


def _mean_of_normal(mean: float, sd: float, low: float, high: float) -> float:
    below, above = (low - mean) / sd, (high - mean) / sd
    densities = (exp(-below * below / 2) - exp(-above * above / 2)) / sqrt(2 * pi)
    return mean + sd * densities / _mass(below, above)


def _mean_of_discrete(values: tuple[float, ...], weights: tuple[float, ...]) -> float:
    return fsum(value * weight for value, weight in zip(values, weights, strict=True)) / fsum(weights)


_LAWS = {
    "deterministic": _Law({("value",): _as_given}, _first),
    "exponential": _Law({("mean",): _as_given}, _first),
    "gamma": _Law(
        {("mean", "cv"): _as_given, ("shape", "scale"): lambda shape, scale: (shape * scale, shape**-0.5)},
        _first,
    ),
    "erlang": _Law({("mean", "stages"): _as_given}, _first),
    "lognormal": _Law(
        {
            ("mean", "cv"): _as_given,
            ("median", "sigma"): lambda median, sigma: (median * exp(sigma**2 / 2), sqrt(expm1(sigma**2))),
        },
        _first,
    ),
    "normal": _Law(
        {("mean", "sd", "low", "high"): _as_given},
        _mean_of_normal,
        _fault_of_normal,
        {"low": 0.0, "high": inf},
    ),
    "uniform": _Law({("low", "high"): _as_given}, lambda low, high: (low + high) / 2, _fault_of_bounds),
    "triangular": _Law(
        {("low", "mode", "high"): _as_given},
        lambda low, mode, high: (low + mode + high) / 3,
        _fault_of_triangular,
    ),
    "weibull": _Law(
        {
            ("mean", "shape"): _as_given,
            ("shape", "scale"): lambda shape, scale: (scale * gamma(1 + 1 / shape), shape),
        },
        _first,
    ),
    "discrete": _Law({("values", "weights"): _by_value}, _mean_of_discrete, _fault_of_discrete),
    "empirical": _Law(
        {("values",): lambda values: (tuple(sorted(values)),)},
        lambda values: fsum(values) / len(values),
        _fault_of_order,
    ),
}
