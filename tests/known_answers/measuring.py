"""Means over replications, held against a known answer within three standard errors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, factorial
from pathlib import Path

import numpy as np

from tests.factories import Tables, run
from twin.simulation.world import Model


@dataclass(frozen=True, slots=True)
class Measured:
    """A mean over replications and its standard error."""

    mean: float
    standard_error: float

    def agrees_with(self, expected: float) -> bool:
        """Answer whether the expected value lies within three standard errors, and these are small."""
        near = abs(self.mean - expected) <= 3 * self.standard_error
        return near and self.standard_error < 0.1 * abs(expected)


def measured(values: list[float]) -> Measured:
    """Return the mean of some replications."""
    return Measured(float(np.mean(values)), float(np.std(values, ddof=1) / len(values) ** 0.5))


def replicate(model: Model, measure: Callable[[Tables], float], folder: Path, replications: int) -> Measured:
    """Measure something in several replications."""
    return measured([measure(run(model, folder, 5, replication)) for replication in range(replications)])


def erlang_c(servers: int, offered_load: float) -> float:
    """Return the probability of waiting in M/M/c (Erlang 1917), `offered_load` being the rate times the mean work."""
    utilisation = offered_load / servers
    last = offered_load**servers / factorial(servers) / (1 - utilisation)
    return last / (sum(offered_load**k / factorial(k) for k in range(servers)) + last)


def poisson_loss(mean: float, level: int) -> float:
    """Return the expected demand beyond a level, E[(D - level)+], for Poisson demand."""
    below, probability = 0.0, exp(-mean)
    for units in range(level):
        below += (level - units) * probability
        probability *= mean / (units + 1)
    return mean - level + below


def poisson_beyond(mean: float, level: int) -> float:
    """Return the probability that Poisson demand exceeds a level."""
    return poisson_loss(mean, level) - poisson_loss(mean, level + 1)
