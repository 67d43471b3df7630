"""Morris screening: what each input does on its own and together with the others, by trajectories of SALib."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from twin.config.sensitivity import FactorConfig
from twin.domain.extras import needs
from twin.experiments.intervals import Values
from twin.experiments.replication import Design
from twin.experiments.sensitivity import difference, settings_at

LEVELS = 4
"""Values that each input takes within its range, as Morris (1991) and Campolongo (2007) do."""

Setting = Mapping[str, float]
"""A value for every input."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What an input does over its whole range, others being anywhere in theirs.

    `mean` is mu*, the mean size of its effect, with the half-width of its interval by bootstrap; `spread` is sigma, how
    much the effect depends on where the others stand: zero where it is the same everywhere.
    """

    factor: str
    title: str
    mean: float
    half_width: float
    spread: float

    @property
    def depends_on_others(self) -> bool:
        """Whether its effect varies by more than half of its size: it is curved, or acts together with others."""
        return self.spread > self.mean / 2


def settings_of(factors: Mapping[str, FactorConfig], trajectories: int, seed: int) -> list[Setting]:
    """Return the settings of so many trajectories, each one input further than the one before; needs SALib."""
    with needs("doe"):
        from SALib.sample.morris import sample
    found = sample(_problem(factors), trajectories, num_levels=LEVELS, seed=seed)
    return [dict(zip(factors, map(float, row), strict=True)) for row in found]


def overrides_at(factors: Mapping[str, FactorConfig], setting: Setting, values: Mapping[str, Any]) -> list[str]:
    """Return the overrides that set all inputs."""
    return [word for name, factor in factors.items() for word in settings_at(factor, setting[name], values)]


def effects(
    factors: Mapping[str, FactorConfig], settings: Sequence[Setting], outcomes: Values, level: float, seed: int
) -> list[Effect]:
    """Return what each input does, the largest first, from the outcome at each setting."""
    with needs("doe"):
        from SALib.analyze.morris import analyze
    points = np.array([list(setting.values()) for setting in settings])
    found = analyze(_problem(factors), points, outcomes, conf_level=level, num_levels=LEVELS, seed=seed)
    rows = zip(factors, found["mu_star"], found["mu_star_conf"], found["sigma"], strict=True)
    all_of_them = [Effect(name, factors[name].title, float(mean), float(half), float(spread))
                   for name, mean, half, spread in rows]  # fmt: skip
    return sorted(all_of_them, key=lambda one: -one.mean)


def screened(
    folder: Path, at: Sequence[Sequence[Design]], factors: Mapping[str, FactorConfig], settings: Sequence[Setting]
) -> list[list[Effect]]:
    """Return the effects on each candidate's difference from the first design, or on the measure of one design alone.

    `at` holds all designs at each setting, lived through already.
    """
    study = at[0][0].config.study
    places = range(1, len(at[0])) if len(at[0]) > 1 else range(1)
    found = []
    for place in places:
        outcomes = np.array([_outcome(folder, designs, place) for designs in at])
        found.append(effects(factors, settings, outcomes, 1 - study.alpha, study.seed))
    return found


def _outcome(folder: Path, designs: Sequence[Design], place: int) -> float:
    before = None if place == 0 else designs[0]
    return difference(folder, before, designs[place])


def _problem(factors: Mapping[str, FactorConfig]) -> dict[str, Any]:
    return {"num_vars": len(factors), "names": list(factors), "bounds": [list(one.range) for one in factors.values()]}
