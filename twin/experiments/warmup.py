"""The warm-up that runs ask for, by MSER-5 on daily series, beside the one they were given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, inf, isclose
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from twin.analytics.daily import Days, settling_series
from twin.experiments.replication import Design, folder_of

BATCH_DAYS = 5
DAYS_PER_WEEK = 7
COUNTS_FROM = 0.05
"""MSER finds a beginning in one series of pure noise out of three; one that moves no mean is none."""
FEWEST_BATCHES = 4
"""Shorter series say nothing: half of them must be left after the cut, and a spread of one batch is none."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the daily series of a design ask for: days to leave out, in whole weeks.

    `days` is None where some series had not settled in the first half of its days, and `series` names the one that
    asks for the most. `moves` is by how much its mean changes, as a share, where those days are left out too; of a
    series that has not settled, the first half. `too_short` says that the series have too few days to tell.
    """

    design: str
    days: int | None
    series: str
    moves: float = 0.0
    too_short: bool = False

    def is_more_than(self, given_days: int) -> bool:
        """Answer whether a warm-up of so many days leaves a beginning in that moves the mean by a share that counts."""
        return (self.days is None or self.days > given_days) and abs(self.moves) >= COUNTS_FROM


def mser5(series: ArrayLike) -> int | None:
    """Return how many days to cut off a daily series: MSER over means of five days; None where it never settles.

    The cut d minimizes the sum of squares about the mean of what is left over its squared count,
    sum_{i > d} (Y_i - mean_d)^2 / (n - d)^2 (White 1997; Spratt 1998 for the batches), where at least four batches are
    left, since fewer may be alike by chance. A least beyond the middle means that the series has not settled, unless
    the rest of its first half, cut where that is most certain, has the mean of the second: then chance found it.
    Raises `ValueError` for fewer than four batches.
    """
    days = np.asarray(series, dtype=float)
    batches = days[: len(days) // BATCH_DAYS * BATCH_DAYS].reshape(-1, BATCH_DAYS).mean(axis=1)
    count = len(batches)
    if count < FEWEST_BATCHES:
        raise ValueError(f"expected at least {FEWEST_BATCHES * BATCH_DAYS} days, got {len(days)}")
    errors = _errors(batches)
    best = int(np.argmin(errors))
    if best < count / 2:
        return best * BATCH_DAYS
    early = int(np.argmin(errors[: count // 2]))
    is_alike = isclose(batches[early : count // 2].mean(), batches[count // 2 :].mean(), rel_tol=COUNTS_FROM)
    return early * BATCH_DAYS if is_alike else None


def _errors(batches: Days) -> list[float]:
    """Return what MSER minimizes, for every cut that leaves at least four batches, and for the middle."""
    count = len(batches)
    cuts = range(max(count - FEWEST_BATCHES, count // 2) + 1)
    return [float(((batches[cut:] - batches[cut:].mean()) ** 2).sum()) / (count - cut) ** 2 for cut in cuts]


def without_weekdays(series: ArrayLike) -> Days:
    """Return the mean of the week around each day, so that no weekday looks like a beginning; six days are lost."""
    days = np.asarray(series, dtype=float)
    return np.convolve(days, np.full(DAYS_PER_WEEK, 1 / DAYS_PER_WEEK), mode="valid")


def asked_of(name: str, series: Mapping[str, Days], given_days: int = 0) -> Asked:
    """Return what the daily series of a design ask for together: the most that any of them does, in whole weeks.

    A series whose beginning moves its mean comes before one in which MSER found chance.
    """
    found = [_asked(name, title, days, given_days) for title, days in series.items()]
    return max(
        found,
        key=lambda one: (one.too_short, one.is_more_than(given_days), inf if one.days is None else one.days),
    )


def _asked(name: str, title: str, days: Days, given: int) -> Asked:
    smooth = without_weekdays(days)
    if len(smooth) < FEWEST_BATCHES * BATCH_DAYS:
        return Asked(name, 0, title, too_short=True)
    cut = mser5(smooth)
    whole = None if cut is None else ceil(cut / DAYS_PER_WEEK) * DAYS_PER_WEEK
    return Asked(name, whole, title, _moves(days, given, whole))


def _moves(days: Days, given: int, asked: int | None) -> float:
    """Return by what share the mean of a series changes where it begins as asked for instead of as given."""
    begins = max(given, len(days) // 2 if asked is None else asked)
    before, after = float(days[given:].mean()), float(days[begins:].mean())
    return after / before - 1 if before else 0.0


def warmup_asked(folder: Path, designs: Sequence[Design], numbers: Sequence[int]) -> list[Asked]:
    """Return what each design asks for, by the mean of its replications."""
    return [
        asked_of(design.name, _mean_series(folder, design, numbers), design.config.study.warmup_days)
        for design in designs
    ]


def _mean_series(folder: Path, design: Design, numbers: Sequence[int]) -> dict[str, Days]:
    study = design.config.study
    days = study.warmup_days + study.measured_days
    found = [settling_series(folder_of(folder, design.name, number), days) for number in numbers]
    return {title: np.mean([one[title] for one in found], axis=0) for title in found[0]}
