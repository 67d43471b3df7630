"""Looks: after which replications a study may stop, because its differences are known well enough.

A study looks only after numbers of replications that were fixed before, and stops for precision, never for
significance: whoever stops as soon as a difference shows will always find one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from twin.experiments.comparison import Terms, compare_designs
from twin.experiments.intervals import FEWEST_RUNS, mean_interval
from twin.experiments.replication import Design
from twin.experiments.results import kpis_of, primary_of, replications_of

ENOUGH = 0.5
"""The half-width of an interval, as a share of what matters, that is narrow enough."""
PRICE_OF_LOOKS = 0.5
"""What is left of alpha for the intervals of a study that may stop early.

Runs that happen to be alike stop a study, and then its interval is too narrow: 92 of 100 nominal 95 % intervals held at
looks after 10, 20 and 40 runs, 95 to 97 at half of alpha (`python -m benchmarks.honesty`).
"""


def looks_of(design: Design) -> list[int]:
    """Return the numbers of replications after which a study looks, the most it may have as the last."""
    study = design.config.study
    return [*study.looks, study.replications]


def at_most(design: Design, replications: int) -> Design:
    """Return a design with so many replications and no look before."""
    study = design.config.study.model_copy(update={"replications": replications, "looks": ()})
    return replace(design, config=design.config.model_copy(update={"study": study}))


def is_precise(folder: Path, designs: Sequence[Design]) -> bool:
    """Answer whether every candidate's primary difference is known to half of what matters.

    The intervals are those of the comparison, which hold at once; a single design is judged by its mean.
    """
    numbers = replications_of(folder, designs)
    if len(numbers) < FEWEST_RUNS:
        return False
    study = designs[0].config.study
    measure, kpis, alpha = primary_of(study), kpis_of(folder, designs, numbers), PRICE_OF_LOOKS * study.alpha
    if len(designs) > 1:
        found = compare_designs(kpis, designs[0].name, [replace(measure, primary=True)], Terms(alpha))
        widths, deltas = (found["high"] - found["low"]) / 2, found["delta"]
        return bool((widths <= ENOUGH * deltas).all())
    values = kpis.loc[kpis["kpi"] == measure.kpi, "value"]
    delta = measure.materiality.resolve(float(values.mean()))
    return not values.isna().any() and mean_interval(values, 1 - alpha).half_width <= ENOUGH * delta
