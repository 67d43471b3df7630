"""Designs with a stage that cannot keep up: their figures depend on how long one watches the queue grow."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from statistics import fmean

from twin.analytics.capacity import utilization_by_stage
from twin.analytics.tables import Window
from twin.experiments.replication import Design, folder_of

SATURATED_FROM = 0.98
"""Use of staffed hours above which a queue has no steady state within any study's length."""


def saturated_designs(folder: Path, designs: Sequence[Design], numbers: Sequence[int]) -> dict[str, str]:
    """Return the designs with a stage that works more than 98 % of its staffed hours, in the mean, and say where."""
    found: dict[str, str] = {}
    for design in designs:
        used = _utilization(folder, design, numbers)
        (node, stage), most = max(used.items(), key=lambda one: one[1], default=(("", ""), 0.0))
        if most > SATURATED_FROM:
            at = stage.replace("_", " ")
            found[design.name] = f"{node} in {design.name} works {most:.1%} of its staffed hours ({at})"
    return found


def _utilization(folder: Path, design: Design, numbers: Sequence[int]) -> dict[tuple[str, str], float]:
    """Return the mean use of every stage over the measured days, by node and stage."""
    study = design.config.study
    window = Window(study.warmup_days, study.measured_days)
    runs = [utilization_by_stage(folder_of(folder, design.name, number), window) for number in numbers]
    return {key: fmean([run[key] for run in runs if key in run]) for key in runs[0]}
