"""What section 8 draws: designs on two measures with simultaneous boxes, and how often each is on the front."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from twin.report.kpis import Kpis, known_measures
from twin.report.study import Measure, Study

RESAMPLES = 1000
AXES = ("cost_per_order", "on_time_delivery_rate")

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Standing:
    """One design on both measures: means, half-widths of its simultaneous box, and share of resamples on the front."""

    design: str
    across: float
    up: float
    half_across: float
    half_up: float
    front_rate: float


@dataclass(frozen=True, slots=True)
class ParetoFrames:
    """The standings of all designs on two measures."""

    across: Measure
    up: Measure
    standings: tuple[Standing, ...]
    beaten: frozenset[str]
    runs: int


def pareto_frames(study: Study, kpis: Kpis) -> ParetoFrames | None:
    """Compare all designs on cost and service, or on the first two measures; None where fewer are known."""
    measures = _axes(study, kpis)
    if measures is None:
        return None
    names = [design.name for design in study.designs]
    across, up = (kpis.network[measure.kpi][names].to_numpy(dtype=float) for measure in measures)
    known = np.isfinite(across).all(axis=1) & np.isfinite(up).all(axis=1)
    across, up = across[known], up[known]
    boxes = len(names) * 2
    level = 1 - study.alpha / boxes
    half = [_half_widths(found, level) for found in (across, up)]
    signs = (measures[0].sign, measures[1].sign)
    rates = front_rates(across * signs[0], up * signs[1], study.seed)
    standings = tuple(
        Standing(
            name,
            float(across[:, index].mean()),
            float(up[:, index].mean()),
            float(half[0][index]),
            float(half[1][index]),
            float(rates[index]),
        )
        for index, name in enumerate(names)
    )
    beaten = _beaten(names, across * signs[0], up * signs[1], study.alpha)
    return ParetoFrames(measures[0], measures[1], standings, beaten, int(known.sum()))


def _axes(study: Study, kpis: Kpis) -> tuple[Measure, Measure] | None:
    known = known_measures(study, kpis)
    wanted = list(dict.fromkeys([*(kpi for kpi in AXES if kpi in known), *known]))[: len(AXES)]
    found = [measure for kpi in wanted if (measure := study.measure(kpi)) is not None]
    return (found[0], found[1]) if len(found) == len(AXES) else None


def _half_widths(values: Values, level: float) -> Values:
    count = len(values)
    if count <= 1:
        return np.zeros(values.shape[1])
    times = stats.t.ppf((1 + level) / 2, count - 1)
    return np.asarray(times * values.std(axis=0, ddof=1) / sqrt(count), dtype=float)


def front_rates(across: Values, up: Values, seed: int) -> Values:
    """Return the share of resamples of the replications in which no other design is better on both (more is better)."""
    random = np.random.default_rng(seed)
    count, designs = across.shape
    on_front = np.zeros(designs)
    for _ in range(RESAMPLES):
        drawn = random.integers(0, count, count)
        first, second = across[drawn].mean(axis=0), up[drawn].mean(axis=0)
        worse = (first[:, None] < first[None, :]) & (second[:, None] < second[None, :])
        on_front += ~worse.any(axis=1)
    return on_front / RESAMPLES


def _beaten(names: Sequence[str], across: Values, up: Values, alpha: float) -> frozenset[str]:
    """Name designs that some other beats on both measures by the simultaneous paired intervals."""
    count, designs = across.shape
    if count <= 1:
        return frozenset()
    comparisons = designs * (designs - 1)
    times = stats.t.ppf(1 - alpha / comparisons / 2, count - 1)
    found = set()
    for mine in range(designs):
        for other in range(designs):
            gains = [values[:, other] - values[:, mine] for values in (across, up)]
            lows = [gain.mean() - times * gain.std(ddof=1) / sqrt(count) for gain in gains]
            if other != mine and min(lows) > 0:
                found.add(names[mine])
    return frozenset(found)
