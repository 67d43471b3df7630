"""MSER-5: a beginning unlike the rest is cut off, weekdays are none, and what never settles is said not to."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.experiments.test_study import a_design
from twin.assemble import build
from twin.experiments.replication import replicate
from twin.experiments.warmup import asked_of, mser5, warmup_asked, without_weekdays


def noise(days: int, seed: int = 1) -> np.ndarray:
    """Return days that have settled."""
    return 100 + np.random.default_rng(seed).normal(0, 1, days)


def test_the_cut_is_the_one_that_makes_the_rest_most_certain() -> None:
    """By hand: batch means 9, 1, 1, 2: cut 0 gives 44.75/16 = 2.797, cut 1 (2/3)/9 = 0.074, cut 2 0.5/4 = 0.125."""
    assert mser5(np.repeat([9.0, 1.0, 1.0, 2.0], 5)) == 5


def test_what_has_settled_is_mostly_left_alone_and_never_moved_by_a_cut() -> None:
    found = [asked_of("both", {"work waiting": noise(100, seed)}) for seed in range(40)]

    assert sum(one.days == 0 for one in found) >= 20
    assert all(one.days is not None for one in found)
    assert not any(one.is_more_than(0) for one in found), "no cut in noise counts"


@pytest.mark.parametrize("seed", range(5))
def test_a_beginning_unlike_the_rest_is_cut_off(seed: int) -> None:
    days = noise(100, seed)
    days[:20] += np.linspace(60, 20, 20)

    cut = mser5(days)

    assert cut is not None
    assert 20 <= cut <= 45


def test_what_still_moves_in_its_second_half_has_not_settled() -> None:
    days = noise(80)
    days[:50] += 50

    assert mser5(days) is None


def test_fewer_days_than_four_batches_are_refused() -> None:
    with pytest.raises(ValueError, match="at least 20 days, got 19"):
        mser5(np.ones(19))


def test_weekdays_are_no_beginning() -> None:
    week = np.tile([5.0, 0, 0, 0, 0, 0, 9.0], 10)

    assert np.ptp(without_weekdays(week)) == pytest.approx(0)
    assert len(without_weekdays(week)) == 64


def test_a_design_asks_for_what_its_slowest_series_does_in_whole_weeks() -> None:
    late = noise(80)
    late[:12] += np.linspace(900, 500, 12)

    found = asked_of("both", {"stock on hand": noise(80, 3), "work waiting": late}, given_days=7)

    assert (found.days, found.series) == (21, "work waiting"), "the mean of a week reaches three days back"
    assert found.moves == pytest.approx(late[21:].mean() / late[7:].mean() - 1)
    assert found.is_more_than(7)
    assert not found.is_more_than(21)


def test_a_design_with_a_series_that_never_settles_asks_for_more_than_there_is() -> None:
    growing = noise(80)
    growing[:50] -= np.linspace(90, 60, 50)

    found = asked_of("both", {"stock on hand": noise(80), "work waiting": growing})

    assert (found.days, found.series) == (None, "work waiting")
    assert found.moves == pytest.approx(growing[40:].mean() / growing.mean() - 1)
    assert found.is_more_than(21)


def test_a_short_study_cannot_tell() -> None:
    assert asked_of("both", {"work waiting": noise(25)}).too_short


def test_the_series_are_those_of_the_runs(tmp_path: Path) -> None:
    design = a_design(tmp_path, "both", ["study.warmup_days=7", "study.measured_days=28"])
    for number in range(2):
        replicate(tmp_path, design, number, build)

    (found,) = warmup_asked(tmp_path, [design], [0, 1])

    assert not found.too_short
    assert found.series in {"work waiting", "stock on hand", "goods on the way", "delivery time"}
    assert found.days is None or found.days % 7 == 0
