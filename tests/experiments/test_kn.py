"""KN: the best is selected as often as promised, dropped designs cost no more runs, and equals come to an end."""

from __future__ import annotations

import numpy as np
import pytest

from twin.experiments.kn import Race, kn

ALPHA = 0.05


def a_race(
    values: np.ndarray, delta: float, *, first: int = 10, smaller: bool = True
) -> tuple[list[int], list[int], bool]:
    """Race designs whose values stand in columns."""
    race = Race(values.shape[1], first, len(values), delta, ALPHA, smaller_is_better=smaller)
    return kn(lambda design, number: float(values[number, design]), race)


def worlds(seed: int, runs: int = 400) -> np.ndarray:
    """Return what all designs share in each replication: by far the largest part of the luck."""
    return np.random.default_rng(seed).normal(100, 5, runs)[:, None]


def test_the_best_is_selected_and_the_worst_dropped_first() -> None:
    values = worlds(1) + np.random.default_rng(2).normal([0, 1, 8], 1, (400, 3))

    left, runs, is_spent = a_race(values, 0.5)

    assert left == [0]
    assert not is_spent
    assert runs[2] <= runs[1]
    assert runs[2] == 10


def test_more_is_better_where_that_is_asked_for() -> None:
    values = worlds(1) + np.random.default_rng(2).normal([0, 1, 8], 1, (400, 3))

    left, _, _ = a_race(values, 0.5, smaller=False)

    assert left == [2]


def test_the_spread_of_a_pair_is_that_of_its_own_difference() -> None:
    """The second design varies much and is the best; looked up one place off, it would be dropped at once."""
    noisy = np.random.default_rng(18).normal(0, 6, 4000)
    values = np.column_stack([np.full(4000, 1.0), noisy, np.full(4000, 1.1)])
    early_mean = float(noisy[:10].mean())

    left, runs, _ = a_race(values, 0.5)

    assert early_mean > 1, "chance has it look bad at first"
    assert runs[1] > 100
    assert left == [1]


def test_designs_that_are_equal_in_every_run_come_to_an_end() -> None:
    values = np.repeat(worlds(3), 3, axis=1)

    left, runs, is_spent = a_race(values, 0.5)

    assert (left, is_spent) == ([0, 1, 2], False)
    assert max(runs) <= 12


def test_differences_without_luck_are_settled_by_the_first_runs() -> None:
    """What varies less than matters needs no more runs; the best mean wins at once."""
    values = worlds(4, 10) + np.array([3.0, 1.0, 2.0])

    assert a_race(values, 0.5) == ([1], [10, 10, 10], False)


def test_the_last_run_may_settle_it() -> None:
    values = worlds(1, 10) + np.random.default_rng(2).normal([0, 40, 50], 3, (10, 3))

    assert a_race(values, 2.0) == ([0], [10, 10, 10], False)


def test_too_few_runs_leave_the_race_open() -> None:
    values = worlds(1, 20) + np.random.default_rng(2).normal([0, 0.01, 50], 3, (20, 3))

    left, runs, is_spent = a_race(values, 0.05)

    assert is_spent
    assert left == [0, 1]
    assert runs[:2] == [20, 20]
    assert runs[2] < 20


@pytest.mark.parametrize("spread", [1.0, 4.0])
def test_the_best_by_just_what_matters_is_selected_as_often_as_promised(spread: float) -> None:
    """200 races of five designs, each right with chance 0.95 or more: fewer than 180 happen less than once in 300."""
    right = 0
    for seed in range(200):
        noise = np.random.default_rng(seed).normal([0, 1, 1, 1, 1], spread, (2000, 5))
        right += a_race(worlds(seed, 2000) + noise, 1.0)[0] == [0]

    assert right >= 180
