"""What the comparison says of each candidate and measure, in numbers and in words."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

import pandas as pd

from twin.domain.errors import TwinError
from twin.experiments.verdicts import Verdict
from twin.report import numbers, palette
from twin.report.study import Measure, Study


@dataclass(frozen=True, slots=True)
class Judgment:
    """The difference of one candidate from the baseline, its simultaneous interval and the verdict."""

    measure: Measure
    design: str
    baseline_mean: float
    candidate_mean: float
    difference: float
    low: float
    high: float
    threshold: float
    verdict: Verdict
    correlation: float
    runs_saved: float
    more_runs: float
    runs: int
    paired: bool
    warning: str = ""

    @property
    def known(self) -> bool:
        """Whether there were enough runs for a difference and its interval."""
        return isfinite(self.difference) and isfinite(self.low) and isfinite(self.high)

    @property
    def decided(self) -> bool:
        """Whether the interval leaves zero out, in a comparison that may be judged."""
        return self.verdict is not Verdict.NOT_JUDGED and (self.low > 0 or self.high < 0)

    @property
    def improvement(self) -> float:
        """The difference, positive where it is for the better."""
        return self.measure.sign * self.difference

    @property
    def color(self) -> str:
        """Accent for better, rust for worse, gray while it is not decided."""
        if not self.decided:
            return palette.INK_3
        return palette.ACCENT if self.improvement > 0 else palette.RUST

    @property
    def color_class(self) -> str:
        """The same as a class of the page."""
        if not self.decided:
            return "quiet"
        return "better" if self.improvement > 0 else "worse"

    @property
    def relative(self) -> float:
        """The difference as a share of the baseline."""
        return self.difference / self.baseline_mean if self.baseline_mean else float("nan")

    @property
    def digits(self) -> int:
        """The decimals with which the difference and its interval are written."""
        return numbers.digits_together(self.difference, self.low, self.high, self.measure.unit)

    @property
    def difference_text(self) -> str:
        """The difference with its sign and unit, as exact as its interval."""
        return numbers.difference(self.difference, self.measure.unit, self.digits)

    @property
    def interval_text(self) -> str:
        """The interval of the difference."""
        return numbers.interval(self.low, self.high, self.measure.unit, self.digits)

    @property
    def threshold_text(self) -> str:
        """From which difference on it matters."""
        return numbers.difference(self.threshold, self.measure.unit).lstrip("+")

    def level_text(self, value: float) -> str:
        """Return a level of the measure with its unit."""
        return numbers.level(value, self.measure.unit)


def read_judgments(study: Study) -> tuple[Judgment, ...]:
    """Read the comparison of a study; a study of one design has none."""
    path = study.folder / "comparison.parquet"
    if not study.candidates():
        return ()
    if not path.exists():
        raise TwinError(f"{path} is missing; finish the study first, it is written at its end")
    rows = pd.read_parquet(path).to_dict("records")
    measures = {measure.kpi: measure for measure in study.measures}
    known = {design.name for design in study.designs}
    return tuple(
        _judgment(measures[row["kpi"]], row) for row in rows if row["kpi"] in measures and row["design"] in known
    )


def read_could_be_best(study: Study) -> tuple[str, ...]:
    """Return the designs that could be the best of all on the primary measure; none where that was not asked."""
    path = study.folder / "best.parquet"
    if not path.exists():
        return ()
    found = pd.read_parquet(path)
    return tuple(str(name) for name in found.loc[found["could_be_best"], "design"])


def _judgment(measure: Measure, row: Mapping[Hashable, Any]) -> Judgment:
    names = ("baseline_mean", "candidate_mean", "difference", "low", "high", "correlation")
    return Judgment(
        measure=measure,
        design=str(row["design"]),
        **{name: float(row[name]) for name in names},
        threshold=float(row["delta"]),
        verdict=Verdict(str(row["verdict"])),
        runs_saved=float(row["variance_reduction"]),
        more_runs=float(row["runs_needed"]),
        runs=int(row["n"]),
        paired=bool(row.get("paired", isfinite(row["correlation"]))),  # older comparisons do not say it
        warning=str(row["warning"]),
    )
