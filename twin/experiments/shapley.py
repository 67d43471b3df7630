"""Shapley values of nodes: what each is worth in the mean over all orders in which they could have been opened.

Leaving one out says what a node is worth beside all others, and two nodes that stand in for each other are then worth
nothing, each. Shapley values share the worth of both among them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from math import factorial, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import special

from twin.domain.errors import ConfigurationError, UsageError
from twin.experiments.intervals import Interval
from twin.experiments.multiplicity import bonferroni_level
from twin.experiments.node_value import Survey

Values = NDArray[np.float64]
Coalition = frozenset[str]
"""The nodes that are there, of those that can be taken away."""


@dataclass(frozen=True, slots=True)
class Worth:
    """What a node changes on a measure in the mean over orders of opening, with its interval."""

    node: str
    mean: float
    interval: Interval


def orders_of_opening(nodes: Sequence[str], most: int, seed: int) -> list[tuple[str, ...]]:
    """Return all orders in which nodes can open, or `most` different ones of them, drawn at random."""
    if factorial(len(nodes)) <= most:
        return list(permutations(nodes))
    random = np.random.default_rng(seed)
    drawn: dict[tuple[str, ...], None] = {}
    while len(drawn) < most:
        drawn[tuple(nodes[place] for place in random.permutation(len(nodes)))] = None
    return list(drawn)


def coalitions_of(orders: Sequence[Sequence[str]]) -> list[Coalition]:
    """Return every set of nodes that is there at some moment of some order, each once."""
    return list(dict.fromkeys(frozenset(one[:count]) for one in orders for count in range(len(one) + 1)))


def shapley(
    nodes: Sequence[str], orders: Sequence[Sequence[str]], values: Mapping[Coalition, Values], level: float
) -> list[Worth]:
    """Return the worth of each node from the values of all coalitions, each an array over the same replications.

    The interval adds the spread over orders, where these are only some of all, to that over replications: the variance
    of a mean of two crossed samples is at most the sum of both.
    """
    is_sample = len(orders) < factorial(len(nodes))
    return [_worth(node, _marginals(node, orders, values), level, is_sample=is_sample) for node in nodes]


def _marginals(node: str, orders: Sequence[Sequence[str]], values: Mapping[Coalition, Values]) -> Values:
    """Return what a node changes when it comes, by order (rows) and replication (columns)."""
    return np.array([values[frozenset(one[: at + 1])] - values[frozenset(one[:at])]
                     for one in orders for at in [list(one).index(node)]])  # fmt: skip


def _worth(node: str, found: Values, level: float, *, is_sample: bool) -> Worth:
    counts = found.shape
    by_order, by_run = found.mean(axis=1), found.mean(axis=0)
    variance = float(by_run.var(ddof=1)) / counts[1]
    freedom = counts[1] - 1
    if is_sample and counts[0] > 1:
        variance += float(by_order.var(ddof=1)) / counts[0]
        freedom = min(counts) - 1
    mean, half = float(found.mean()), float(special.stdtrit(freedom, (1 + level) / 2)) * sqrt(variance)
    return Worth(node, mean, Interval(mean - half, mean + half, level))


def worths(survey: Survey, nodes: Sequence[str], most: int) -> list[Worth]:
    """Return what each node changes in cost per order, over at most so many orders of opening.

    The intervals of all nodes hold at once. Raises `UsageError` where no network is left without all of these nodes.
    """
    study = survey.whole.config.study
    orders = orders_of_opening(nodes, most, study.seed)
    everybody = frozenset(nodes)
    try:
        designs = {there: survey.without(everybody - there) for there in coalitions_of(orders)}
    except ConfigurationError as error:
        raise UsageError(
            f"--shapley: {error.problems[0].found}\n  expected: a network without any of {', '.join(nodes)}\n"
            "  to mend:  name fewer with --nodes"
        ) from None
    costs = survey.costs(list(designs.values()))
    values = {there: costs[design.name].to_numpy() for there, design in designs.items()}
    level = bonferroni_level(study.alpha, len(nodes))
    return sorted(shapley(nodes, orders, values, level), key=lambda one: one.mean)
