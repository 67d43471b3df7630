"""The course of every trial of stress: each measure day by day, with the event and in the same world without it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite, nan
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from twin.analytics.daily import daily_measures
from twin.analytics.resilience import Levels
from twin.config.study import StudyConfig
from twin.experiments.manifest import read_manifest
from twin.experiments.replication import folder_of
from twin.experiments.stress import Trial

HOURS_PER_DAY = 24.0
LOW, HIGH = 0.1, 0.9
DAYS_BEFORE = 3
"""How many days before the measured ones a course begins: the first days of a run have few orders due."""

Days = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Curve:
    """One measure of the network (`node` is empty) or of a node by day.

    Over replications: the mean without the event (`calm`), and with it the mean, P10 and P90.
    """

    measure: str
    node: str
    calm: Days
    mean: Days
    low: Days
    high: Days

    @property
    def moved(self) -> float:
        """How far the event moved the mean, on the worst day."""
        away = np.abs(self.mean - self.calm)
        return float(np.nanmax(away)) if np.isfinite(away).any() else 0.0


@dataclass(frozen=True, slots=True)
class Course:
    """What a disruption did to a design day by day; day 0 is the first one measured.

    `spans` are its events that came at the same time in every replication, in days. `recovered_at` is the median day on
    which service was back, no number where it never failed or never came back.
    """

    design: str
    disruption: str
    first_day: int
    spans: tuple[tuple[str, float, float], ...]
    curves: tuple[Curve, ...]
    recovered_at: float


def courses(study: Path, trials: Sequence[Trial], results: pd.DataFrame, levels: Levels) -> list[Course]:
    """Return the course of every trial; `results` are those of `stress_results`."""
    calm: dict[str, list[dict[tuple[str, str], Days]]] = {}
    found = []
    for trial in trials:
        if trial.design not in calm:
            calm[trial.design] = _measures(study, trial.undisturbed.name, trial, levels)
        rows = results[(results["design"] == trial.design) & (results["disruption"] == trial.disruption)]
        stormy = _measures(study, trial.disturbed.name, trial, levels)
        config = trial.undisturbed.config.study
        found.append(Course(
            trial.design, trial.disruption, _first_day(config) - config.warmup_days, _spans(study, trial),
            tuple(_curve(key, calm[trial.design], stormy) for key in sorted(stormy[0])),
            _recovered_at(rows, config),
        ))  # fmt: skip
    return found


def _measures(study: Path, design: str, trial: Trial, levels: Levels) -> list[dict[tuple[str, str], Days]]:
    config = trial.undisturbed.config.study
    days = config.warmup_days + config.measured_days + config.cooldown_days
    folders = [folder_of(study, design, number) for number in range(config.replications)]
    runs = [daily_measures(folder, days, levels.roll_days) for folder in folders]
    return [{key: values[_first_day(config) :] for key, values in run.items()} for run in runs]


def _first_day(config: StudyConfig) -> int:
    return max(0, config.warmup_days - DAYS_BEFORE)


def _curve(key: tuple[str, str], calm: Sequence[dict[tuple[str, str], Days]],
           stormy: Sequence[dict[tuple[str, str], Days]]) -> Curve:  # fmt: skip
    with_it, without = (np.vstack([run[key] for run in runs]) for runs in (stormy, calm))
    known = np.isfinite(with_it).all(axis=0)
    low, high = (np.where(known, np.quantile(np.nan_to_num(with_it), share, axis=0), nan) for share in (LOW, HIGH))
    return Curve(*key, without.mean(axis=0), with_it.mean(axis=0), low, high)


def _spans(study: Path, trial: Trial) -> tuple[tuple[str, float, float], ...]:
    """Return the events that every replication has at the same time."""
    config = trial.undisturbed.config.study
    runs = []
    for number in range(config.replications):
        manifest = read_manifest(folder_of(study, trial.disturbed.name, number))
        assert manifest is not None, "the replication is finished"
        runs.append({(one["event_id"], one["starts_at"], one["ends_at"]) for one in manifest["disruptions"]})
    common = sorted(set.intersection(*runs), key=lambda event: (event[1], event[0]))
    return tuple((name, *(at / HOURS_PER_DAY - config.warmup_days for at in when)) for name, *when in common)


def _recovered_at(rows: pd.DataFrame, config: StudyConfig) -> float:
    back = rows[np.isfinite(rows["survived_days"]) & np.isfinite(rows["recovered_days"])]
    if back.empty:
        return nan
    days = back["starts_at"] / HOURS_PER_DAY - config.warmup_days + back["recovered_days"]
    median = float(days.median())
    assert isfinite(median), "an event that was recovered from began"
    return median
