"""Everything the page knows: the study, its runs, its KPIs and what the comparison says."""

from __future__ import annotations

from dataclasses import dataclass

from twin.experiments.intervals import FEWEST_RUNS
from twin.report.choice import Choice
from twin.report.history import Runs
from twin.report.judgments import Judgment
from twin.report.kpis import Kpis
from twin.report.spread import half_width
from twin.report.study import Design, Measure, Study


@dataclass(frozen=True, slots=True)
class Answer:
    """What the sections of the page are written from."""

    study: Study
    runs: Runs
    kpis: Kpis
    judgments: tuple[Judgment, ...]
    choice: Choice
    drawn: tuple[Design, ...]
    could_be_best: tuple[str, ...] = ()

    @property
    def baseline(self) -> Design:
        """The design of today."""
        return self.study.design(self.study.baseline)

    @property
    def focus(self) -> Design:
        """The candidate the page looks at; the baseline where there is no other design."""
        return self.study.design(self.choice.focus)

    @property
    def recommended(self) -> str:
        """The name of the design in the accent."""
        return self.choice.recommended

    @property
    def paired(self) -> bool:
        """Whether runs of the same number met the same orders in every design and were compared in pairs."""
        return bool(self.judgments) and all(judgment.paired for judgment in self.judgments)

    @property
    def has_intervals(self) -> bool:
        """Whether there are enough runs to say how far a number may be off."""
        return len(self.runs.common) >= FEWEST_RUNS

    def judgment(self, kpi: str, design: str | None = None) -> Judgment | None:
        """Return what is known of one measure of a candidate, by default of the one in focus."""
        wanted = design or self.choice.focus
        found = (j for j in self.judgments if j.measure.kpi == kpi and j.design == wanted)
        return next(found, None)

    def run_words(self) -> str:
        """Say over how many runs: 6 paired runs, 6 runs of each design, one run."""
        count = len(self.runs.common)
        runs = f"{count} runs" if count > 1 else "one run"
        if len(self.study.designs) == 1:
            return runs
        if self.paired and self.has_intervals:
            return f"{count} paired runs"
        return f"{runs} of each design"

    def sample_words(self) -> str:
        """Say how many runs the maps and curves are made of, when not of all."""
        read, all_of_them = len(self.runs.sampled), len(self.runs.common)
        if read == all_of_them:
            return f"{read} runs" if read > 1 else "one run"
        return f"{read} of {all_of_them} runs, evenly spaced"

    def levels(self) -> list[tuple[Measure, float, float]]:
        """Return the mean of every measure of the design in focus, and the half-width of its interval."""
        found = []
        for measure in self.study.measures:
            table = self.kpis.of(measure.kpi, self.choice.focus)
            if table is not None:
                values = table[self.choice.focus].dropna()
                found.append((measure, float(values.mean()), half_width(values, 1 - self.study.alpha)))
        return found
