"""Closing several nodes: one by one, each time the one that the network misses least."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from twin.domain.errors import ConfigurationError
from twin.experiments.intervals import paired_difference
from twin.experiments.multiplicity import bonferroni_level
from twin.experiments.node_value import Change, Survey
from twin.experiments.replication import Design


@dataclass(frozen=True, slots=True)
class Step:
    """One step: the node closed, and what all closings up to it change in cost per order against the whole network."""

    node: str
    change: Change


def closing_path(survey: Survey, nodes: Sequence[str], steps: int) -> list[Step]:
    """Close nodes one by one, each time the one without which the network is the cheapest in the mean.

    It is greedy: the best two to close need not hold the best one. It ends early where nothing more can be taken away.
    The intervals of all steps hold at once.
    """
    closed: frozenset[str] = frozenset()
    path: list[Step] = []
    level = bonferroni_level(survey.whole.config.study.alpha, max(1, min(steps, len(nodes))))
    while len(path) < steps:
        tried = _next(survey, closed, nodes)
        if not tried:
            break
        values = survey.costs([survey.whole, *tried.values()])
        best = min(tried, key=lambda node: float(values[tried[node].name].mean()))
        closed |= {best}
        found = paired_difference(values[survey.whole.name], values[tried[best].name], level)
        path.append(Step(best, Change(found.mean, found.interval)))
    return path


def _next(survey: Survey, closed: frozenset[str], nodes: Sequence[str]) -> dict[str, Design]:
    """Return what is left after one more closing, by the node closed; those that cannot be taken away are left out."""
    found = {}
    for node in nodes:
        if node not in closed:
            try:
                found[node] = survey.without(closed | {node})
            except ConfigurationError:
                continue
    return found
