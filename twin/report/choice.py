"""Which design the page recommends, and which candidate it shows beside the baseline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Literal

from twin.experiments.verdicts import Verdict
from twin.report.judgments import Judgment
from twin.report.study import Design, Study

State = Literal["better", "stay", "undecided", "single"]

MOST_DRAWN = 6
ORDER = (
    Verdict.BETTER,
    Verdict.BETTER_MAYBE_TOO_SMALL,
    Verdict.NOT_DECIDED,
    Verdict.NOT_JUDGED,
    Verdict.NO_MATERIAL_DIFFERENCE,
    Verdict.WORSE_MAYBE_TOO_SMALL,
    Verdict.WORSE,
)
"""Verdicts from the most to the least inviting."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The recommended design (the baseline where nothing beats it) and the candidate the page looks at."""

    state: State
    recommended: str
    focus: str


def choose(study: Study, judgments: Sequence[Judgment]) -> Choice:
    """Recommend the candidate that is better by the primary measure, the largest improvement first."""
    primary = [judgment for judgment in judgments if judgment.measure.primary]
    if not primary:
        return Choice("single", study.baseline, study.baseline)
    best = min(primary, key=lambda judgment: (ORDER.index(judgment.verdict), -_known(judgment.improvement)))
    if best.verdict is Verdict.BETTER:
        return Choice("better", best.design, best.design)
    open_yet = best.verdict in {Verdict.NOT_DECIDED, Verdict.NOT_JUDGED}
    return Choice("undecided" if open_yet else "stay", study.baseline, best.design)


def drawn_designs(study: Study, choice: Choice, judgments: Sequence[Judgment]) -> tuple[Design, ...]:
    """Return the designs that get a panel: baseline first, the one in focus last, the most promising between.

    With many designs only a few fit side by side; tables and the Pareto figure hold them all.
    """
    between = [d for d in study.candidates() if d.name != choice.focus]
    if len(study.designs) > MOST_DRAWN:
        gains = {j.design: _known(j.improvement) for j in judgments if j.measure.primary}
        kept = sorted(between, key=lambda design: -gains.get(design.name, 0.0))[: MOST_DRAWN - 2]
        between = [design for design in between if design in kept]
    ends = [] if choice.focus == study.baseline else [study.design(choice.focus)]
    return (study.design(study.baseline), *between, *ends)


def _known(improvement: float) -> float:
    return improvement if isfinite(improvement) else float("-inf")
