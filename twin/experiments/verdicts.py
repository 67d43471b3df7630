"""Verdicts on a difference: better, worse, too small to matter or not decided, and the sentence for it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import floor, isfinite, log10
from typing import Literal

from twin.experiments.intervals import Interval

Direction = Literal["lower", "higher"]
"""Which way a measure is better."""

MINUS = "\N{MINUS SIGN}"
LARGE_PERCENT = 20
MOST_DIGITS = 9
THRESHOLD_FIGURES = 3


class Verdict(StrEnum):
    """What a study can say of a candidate and a measure; `NOT_JUDGED` where too many runs are missing."""

    BETTER = "better"
    BETTER_MAYBE_TOO_SMALL = "better_maybe_too_small"
    NO_MATERIAL_DIFFERENCE = "no_material_difference"
    NOT_DECIDED = "not_decided"
    WORSE_MAYBE_TOO_SMALL = "worse_maybe_too_small"
    WORSE = "worse"
    NOT_JUDGED = "not_judged"

    @property
    def words(self) -> str:
        """The verdict as it stands in a row of the report."""
        return self.value.replace("_maybe_too_small", ", maybe too little to matter").replace("_", " ")


@dataclass(frozen=True, slots=True)
class Materiality:
    """From which difference on a measure matters, in its unit or as a share of the baseline's mean."""

    amount: float
    relative: bool = False

    def __post_init__(self) -> None:
        if not (isfinite(self.amount) and self.amount >= 0):
            raise ValueError(f"a difference matters from zero or a positive amount on, got {self.amount}")

    def resolve(self, baseline_mean: float) -> float:
        """Return the amount in the unit of the measure."""
        return self.amount * abs(baseline_mean) if self.relative else self.amount


def judge(difference: Interval, direction: Direction, delta: float) -> Verdict:
    """Judge candidate minus baseline by its interval alone; differences below `delta` do not matter.

    A difference that is surely smaller than `delta` is not material, even where its sign is sure.
    """
    if not delta >= 0:
        raise ValueError(f"a difference matters from zero or a positive amount on, got {delta}")
    low, high = difference.low, difference.high
    if not difference.excludes_zero:
        is_small = -delta < low and high < delta
        return Verdict.NO_MATERIAL_DIFFERENCE if is_small or low == high else Verdict.NOT_DECIDED
    is_better = (high < 0) == (direction == "lower")
    smallest, largest = sorted((abs(low), abs(high)))
    if largest < delta:
        return Verdict.NO_MATERIAL_DIFFERENCE
    if smallest >= delta:
        return Verdict.BETTER if is_better else Verdict.WORSE
    return Verdict.BETTER_MAYBE_TOO_SMALL if is_better else Verdict.WORSE_MAYBE_TOO_SMALL


@dataclass(frozen=True, slots=True)
class Scale:
    """How a sentence writes the differences of a measure: times what, between which signs."""

    times: float
    before: str
    after: str

    @classmethod
    def of(cls, unit: str, materiality: Materiality, baseline_mean: float) -> Scale:
        """Choose percent of the baseline where the materiality is relative, else the measure's own unit."""
        if materiality.relative and baseline_mean:
            return cls(100 / abs(baseline_mean), "", " %")
        if unit in {"share", "rate"}:
            return cls(100, "", " pp")
        if unit.startswith("USD"):
            return cls(1, "$", "")
        return cls(1, "", f" {unit.replace('CO2e', 'CO₂e')}")

    def digits(self, *values: float) -> int:
        """Return how many decimals a difference and the ends of its interval need to differ as printed."""
        sizes = {value * self.times for value in values}
        digits = self._fewest_digits(max(map(abs, sizes)))
        while digits < MOST_DIGITS and len({f"{size:.{digits}f}" for size in sizes}) < len(sizes):
            digits += 1
        return digits

    def _fewest_digits(self, largest: float) -> int:
        if self.before == "$":
            return 2
        if self.after == " %":
            return 1 if largest < LARGE_PERCENT else 0
        fewest = 1 if self.after == " pp" else 0
        return max(fewest, 1 - floor(log10(largest))) if largest else fewest

    def write(self, value: float, digits: int) -> str:
        """Return the size of a value with its unit."""
        return f"{self.number(value, digits)}{self.after}"

    def number(self, value: float, digits: int) -> str:
        """Return the size of a value without the unit behind it."""
        return f"{self.before}{abs(value) * self.times:,.{digits}f}"

    def signed(self, value: float, digits: int) -> str:
        """Return a value with its sign and unit; what rounds to zero has no sign."""
        rounded = round(value * self.times, digits)
        sign = "+" if rounded > 0 else MINUS if rounded < 0 else ""
        return f"{sign}{self.write(value, digits)}"

    def threshold(self, value: float) -> str:
        """Return a difference that matters, with no more decimals than it was set with."""
        size = value * self.times
        if not size:
            return self.write(0, 0)
        digits = max(0, THRESHOLD_FIGURES - 1 - floor(log10(size)))
        while digits > self._fewest_for_threshold(size) and f"{size:.{digits}f}".endswith("0"):
            digits -= 1
        return self.write(value, digits)

    def _fewest_for_threshold(self, size: float) -> int:
        return 2 if self.before == "$" and size % 1 else 0


@dataclass(frozen=True, slots=True)
class Finding:
    """Candidate minus baseline on one measure, with all that a sentence about it says.

    `confidence` is the level at which the intervals of all candidates hold at once; `more_runs` is None where
    no number of runs can be named.
    """

    difference: float
    interval: Interval
    direction: Direction
    delta: float
    scale: Scale
    confidence: float
    runs: int
    more_runs: int | None
    paired: bool = True

    @property
    def verdict(self) -> Verdict:
        """What the interval says."""
        return judge(self.interval, self.direction, self.delta)


def sentence(finding: Finding) -> str:
    """Say a verdict in one or two sentences, with the interval and what matters."""
    verdict, scale = finding.verdict, finding.scale
    if verdict is Verdict.NOT_DECIDED:
        return _undecided(finding)
    if verdict is Verdict.NO_MATERIAL_DIFFERENCE:
        return _immaterial(finding)
    low, high = sorted((abs(finding.interval.low), abs(finding.interval.high)))
    digits = scale.digits(low, abs(finding.difference), high)
    ends = f"{scale.number(low, digits)}-{scale.write(high, digits)}"
    threshold = scale.threshold(finding.delta)
    start = f"{verdict.value.split('_')[0].upper()} by {scale.write(finding.difference, digits)}"
    if verdict in {Verdict.BETTER_MAYBE_TOO_SMALL, Verdict.WORSE_MAYBE_TOO_SMALL}:
        return f"{start} ({ends}), but possibly too small to matter (threshold {threshold})."
    beyond = f"larger than the {threshold} that matters" if finding.delta else "and any difference matters"
    return f"{start} ({_percent(finding.confidence)} CI {ends}), {beyond}. {_runs(finding)}."


def _undecided(finding: Finding) -> str:
    scale, interval = finding.scale, finding.interval
    digits = scale.digits(interval.low, interval.high)
    ends = f"{scale.signed(interval.low, digits)} to {scale.signed(interval.high, digits)}"
    if finding.more_runs is None:
        return f"NOT DECIDED: {ends}."
    count = max(1, finding.more_runs)
    pairing = "paired " if finding.paired else ""
    of_each = "" if finding.paired else " of each design"
    return f"NOT DECIDED: {ends}. About {count:,} more {pairing}run{'s'[: count - 1]}{of_each} needed."


def _immaterial(finding: Finding) -> str:
    threshold = finding.scale.threshold(finding.delta)
    also = " Statistically real, practically nil." if finding.interval.excludes_zero else ""
    return f"NO MATERIAL DIFFERENCE: within ±{threshold} ({_percent(finding.confidence)}).{also}"


def _runs(finding: Finding) -> str:
    return f"{finding.runs} paired runs" if finding.paired else f"{finding.runs} runs of each design, unpaired demand"


def _percent(share: float) -> str:
    return f"{100 * share:g} %"
