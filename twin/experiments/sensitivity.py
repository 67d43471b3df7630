"""What moves the answer: one input after the other at the ends of its range, with the same luck."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import hypot, sqrt
from pathlib import Path
from statistics import NormalDist
from typing import Any, Literal

import pandas as pd

from twin.config.sensitivity import FactorConfig, SensitivityConfig
from twin.domain.errors import UsageError
from twin.experiments.intervals import FEWEST_RUNS, Interval, Values, paired_difference, welch_difference
from twin.experiments.replication import Design
from twin.experiments.results import kpis_of, primary_of, worlds_of

Flip = Literal["yes", "maybe", "no"]
"""Whether the better of two designs is another one somewhere in the range: surely, possibly, or surely not."""
LOW, HIGH = "low", "high"


@dataclass(frozen=True, slots=True)
class Point:
    """The difference that is asked for where an input is `x`."""

    x: float
    mean: float
    interval: Interval


@dataclass(frozen=True, slots=True)
class Bar:
    """One input: the difference at both ends of its range, where it would be zero, and what its own error adds.

    `break_even` lies on the straight lines between the three points, None where they do not reach zero. `input_sd` is
    the spread of the difference that follows from the standard error of the input, None where that is not known.
    """

    factor: str
    title: str
    low: Point
    high: Point
    break_even: float | None
    flips: Flip
    input_sd: float | None

    @property
    def swing(self) -> float:
        """How far the difference moves from one end to the other."""
        return abs(self.high.mean - self.low.mean)


@dataclass(frozen=True, slots=True)
class Tornado:
    """A candidate against the baseline, or one design against itself as it stands: all inputs, the widest first.

    `error` is the standard error of the difference as things stand (0 for one design), `input_error` what the errors of
    all inputs come to together.
    """

    candidate: str
    baseline: str
    base: Point
    error: float
    bars: tuple[Bar, ...]
    level: float

    @property
    def input_error(self) -> float:
        """The spread that follows from the errors of all inputs, independent of each other and to first order."""
        return sqrt(sum(bar.input_sd**2 for bar in self.bars if bar.input_sd is not None))

    @property
    def with_inputs(self) -> Interval:
        """The interval of the difference that holds the errors of the inputs besides those of chance."""
        half = NormalDist().inv_cdf((1 + self.level) / 2) * hypot(self.error, self.input_error)
        return Interval(self.base.mean - half, self.base.mean + half, self.level)


def settings_at(factor: FactorConfig, x: float, values: Mapping[str, Any]) -> list[str]:
    """Return the overrides that set an input; raise `UsageError` for a key that is no number of this configuration."""
    keys = [key for pattern in factor.keys for key in _expanded(pattern.split("."), values, [])]
    if not keys:
        raise UsageError(
            f"sensitivity: {', '.join(factor.keys)} is nothing of this configuration\n"
            "  expected: keys with numbers\n  to mend:  mend the key, or leave the factor out (--factors)"
        )
    return [f"{key}={_at(factor, x, _value(key, values)):.10g}" for key in keys]


def _expanded(parts: Sequence[str], values: Any, before: list[str]) -> Iterator[str]:  # noqa: ANN401  (plain values)
    """Yield the keys that a pattern stands for; one without a star stands for itself."""
    if not parts:
        yield ".".join(before)
    elif parts[0] != "*":
        below = values.get(parts[0]) if isinstance(values, Mapping) else None
        if below is not None or "*" not in parts:
            yield from _expanded(parts[1:], below, [*before, parts[0]])
    elif isinstance(values, Mapping):
        for name in values:
            yield from _expanded(parts[1:], values[name], [*before, str(name)])


def _value(key: str, values: Mapping[str, Any]) -> Any:  # noqa: ANN401  (plain values)
    found: Any = values
    for part in key.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _at(factor: FactorConfig, x: float, value: object) -> float:
    if factor.times is None:
        return x
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UsageError(
            f"sensitivity: {', '.join(factor.keys)} is {value!r}\n  expected: a number that can be multiplied\n"
            "  to mend:  values: [low, high] in place of times, or leave the factor out (--factors)"
        )
    return value * x


def tornadoes(
    folder: Path, designs: Sequence[Design], factors: Mapping[str, FactorConfig], at: Callable[[str, str], list[Design]]
) -> list[Tornado]:  # fmt: skip
    """Return the tornado of each candidate against the first design; of one design alone against itself.

    `at(factor, end)` gives all designs with an input at one end of its range, lived through already. Raises
    `UsageError` where one replication gives no interval.
    """
    if designs[0].config.study.replications < FEWEST_RUNS:
        raise UsageError("one replication gives no interval; set study.replications to 2 or more, better to 10")
    pairs = [(place, 0) for place in range(1, len(designs))] or [(0, 0)]
    return [_tornado(folder, designs, pair, factors, at) for pair in pairs]


def _tornado(
    folder: Path, designs: Sequence[Design], pair: tuple[int, int], factors: Mapping[str, FactorConfig],
    at: Callable[[str, str], list[Design]],
) -> Tornado:  # fmt: skip
    alone = pair[0] == pair[1]
    level = 1 - designs[0].config.study.alpha
    before, after = designs[pair[1]], designs[pair[0]]
    base = _point(folder, before, after, 1.0, level)
    bars = []
    for name, factor in factors.items():
        ends = []
        for end, x in zip((LOW, HIGH), factor.range, strict=True):
            moved = at(name, end)
            ends.append(_point(folder, before if alone else moved[pair[1]], moved[pair[0]], x, level))
        bars.append(_bar(name, factor, (ends[0], base, ends[1]), alone=alone))
    bars.sort(key=lambda bar: -bar.swing)
    error = 0.0 if alone else base.interval.half_width / NormalDist().inv_cdf((1 + level) / 2)
    return Tornado(after.name, before.name, base, error, tuple(bars), level)


def _point(folder: Path, before: Design, after: Design, x: float, level: float) -> Point:
    """Return the difference of two designs on the measure that decides: in pairs where they met the same orders."""
    numbers = range(before.config.study.replications)
    values = [_values(folder, one) for one in (before, after)]
    if before.name == after.name:
        return Point(x, 0.0, Interval(0.0, 0.0, level))
    worlds = worlds_of(folder, [before, after], numbers)
    paired = len(worlds[["replication", "orders_sha256"]].drop_duplicates()) == len(numbers)
    found = (paired_difference if paired else welch_difference)(values[0], values[1], level)
    return Point(x, found.mean, found.interval)


def difference(folder: Path, before: Design | None, after: Design) -> float:
    """Return the mean difference of two designs on the measure that decides, or the mean of one design alone."""
    mean = float(_values(folder, after).mean())
    return mean if before is None else mean - float(_values(folder, before).mean())


def _values(folder: Path, design: Design) -> Values:
    study = design.config.study
    kpis = kpis_of(folder, [design], range(study.replications), kpi=primary_of(study).kpi)
    return pd.Series(kpis["value"]).to_numpy(float)


def _bar(name: str, factor: FactorConfig, points: tuple[Point, Point, Point], *, alone: bool) -> Bar:
    low, base, high = (Point(x, one.mean, one.interval) for x, one in
                       zip((factor.range[0], factor.base, factor.range[1]), points, strict=True))  # fmt: skip
    slope = (high.mean - low.mean) / (high.x - low.x)
    return Bar(
        name, factor.title, low, high,
        break_even=None if alone else _break_even((low, base, high)),
        flips="no" if alone else _flips(base, (low, high)),
        input_sd=None if factor.sd is None else abs(slope) * factor.sd,
    )  # fmt: skip


def _break_even(points: tuple[Point, Point, Point]) -> float | None:
    """Return where straight lines from the middle point to the ends reach zero, the end that is nearer first."""
    low, base, high = points
    for end in sorted((low, high), key=lambda one: abs(one.x - base.x)):
        if base.mean * end.mean < 0:
            return base.x + (end.x - base.x) * base.mean / (base.mean - end.mean)
    return None


def _flips(base: Point, ends: tuple[Point, Point]) -> Flip:
    """Answer whether another design is better at an end of the range than as things stand."""
    sign = 1.0 if base.mean > 0 else -1.0
    if any(max(sign * end.interval.low, sign * end.interval.high) < 0 for end in ends):
        return "yes"
    return "maybe" if any(min(sign * end.interval.low, sign * end.interval.high) < 0 for end in ends) else "no"


def chosen(declared: SensitivityConfig, wanted: str | None) -> dict[str, FactorConfig]:
    """Return the inputs that are asked for, of those declared; raise `UsageError` for a name that none has."""
    factors = declared.factors
    if not factors:
        raise UsageError(
            "sensitivity.factors: no input has a range\n  expected: one at least\n"
            "  to mend:  sensitivity=us, or a part of your own"
        )
    names = wanted.split(",") if wanted else list(factors)
    for name in names:
        if name not in factors:
            raise UsageError(f"--factors: no input {name!r}\n  expected: some of {', '.join(factors)}")
    return {name: factors[name] for name in names}
