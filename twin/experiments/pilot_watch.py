"""What to watch in the first weeks of the live pilot: where good runs lie, and how often they would be stopped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf, sqrt
from pathlib import Path

import numpy as np
from scipy import special

from twin.analytics.ramp import ON_TIME, WATCHED, Weeks, weekly
from twin.config.pilot import KillConfig, PilotConfig
from twin.config.study import StudyConfig
from twin.domain.errors import UsageError
from twin.experiments.intervals import FEWEST_RUNS
from twin.experiments.replication import Design, folder_of

DAYS_PER_WEEK = 7
INSIDE = 0.95
"""The share of good weeks within their control limits."""


@dataclass(frozen=True, slots=True)
class Watched:
    """One measure week by week from the launch on: the mean, and the limits within which 95 of 100 good weeks lie.

    `before` is the mean in the network without the change, for measures that it has.
    """

    measure: str
    mean: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    before: tuple[float, ...] | None = None


@dataclass(frozen=True, slots=True)
class Kill:
    """When the live pilot is to be stopped, and in which share of the simulated ones, all of them good, it would be."""

    measure: str
    below: float | None
    above: float | None
    weeks: int
    false_alarm_rate: float


def refuse_unknown_kills(pilot: PilotConfig) -> None:
    """Refuse kill criteria of what is not watched, and those without exactly one side."""
    for measure, one in pilot.kill.items():
        if measure not in WATCHED:
            raise UsageError(f"pilot.kill.{measure}: not watched\n  expected: one of {', '.join(WATCHED)}")
        if (one.below is None) == (one.above is None):
            raise UsageError(
                f"pilot.kill.{measure}: below {one.below}, above {one.above}\n  expected: one of the two\n"
                "  to mend:  say below or above"
            )


def weeks_of(study: StudyConfig, pilot: PilotConfig) -> int:
    """Return the whole weeks from the launch to the end of the measured days."""
    launch = (pilot.launch - study.starts_on).days
    return (study.warmup_days + study.measured_days - launch) // DAYS_PER_WEEK


def watched(
    folder: Path, designs: Sequence[Design], numbers: Sequence[int], new: Sequence[str]
) -> tuple[tuple[Watched, ...], tuple[Kill, ...]]:
    """Return what to watch, and the kill criteria of the terms with their false alarms."""
    incumbent, pilot = designs
    terms, study = pilot.config.pilot, pilot.config.study
    assert terms is not None
    launch, weeks = (terms.launch - study.starts_on).days, weeks_of(study, terms)
    runs = [weekly(folder_of(folder, pilot.name, number), new, launch, weeks) for number in numbers]
    without = [weekly(folder_of(folder, incumbent.name, number), new, launch, weeks)[ON_TIME] for number in numbers]
    before = {ON_TIME: tuple(np.mean(without, axis=0).tolist())}
    found = [_watched(measure, [run[measure] for run in runs], before.get(measure)) for measure in WATCHED]
    kills = [_kill(measure, one, runs) for measure, one in terms.kill.items()]
    return tuple(one for one in found if one is not None), tuple(kills)


def _watched(measure: str, runs: Sequence[Weeks], before: tuple[float, ...] | None) -> Watched | None:
    values = np.array(runs)
    if len(values) < FEWEST_RUNS or np.isnan(values).all():
        return None
    with np.errstate(invalid="ignore"):
        mean, sd = values.mean(axis=0), values.std(axis=0, ddof=1)
    count = len(values)
    half = special.stdtrit(count - 1, (1 + INSIDE) / 2) * sd * sqrt(1 + 1 / count)  # a prediction of one more week
    low, high = np.clip(mean - half, 0, 1), np.clip(mean + half, 0, 1)
    return Watched(measure, tuple(mean.tolist()), tuple(low.tolist()), tuple(high.tolist()), before)


def _kill(measure: str, one: KillConfig, runs: Sequence[Mapping[str, Weeks]]) -> Kill:
    stopped = [_is_stopped(run[measure], one) for run in runs]
    return Kill(measure, one.below, one.above, one.weeks, sum(stopped) / len(stopped))


def _is_stopped(values: Weeks, one: KillConfig) -> bool:
    """Answer whether a measure is on the wrong side for so many weeks running; a week without a number is good."""
    wrong = (values < (-inf if one.below is None else one.below)) | (values > (inf if one.above is None else one.above))
    streak = 0
    for bad in wrong.tolist():
        streak = streak + 1 if bad else 0
        if streak == one.weeks:
            return True
    return False
