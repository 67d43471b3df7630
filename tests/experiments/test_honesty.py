"""How often the comparison is wrong, on replications of a real small network: as often as it says."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.honesty import (
    announces_a_false_winner,
    coverage,
    coverage_with_looks,
    drops_the_best,
    has_false_winner,
    populations,
    rate,
)


@pytest.fixture(scope="module")
def pools() -> tuple[np.ndarray, np.ndarray]:
    """Live through forty replications of two designs."""
    return populations(40, 0)


@pytest.mark.parametrize("runs", [5, 10, 20])
def test_95_of_100_intervals_hold_the_difference(pools: tuple[np.ndarray, np.ndarray], runs: int) -> None:
    found = coverage(*pools, runs, 4000, np.random.default_rng(runs))

    assert 0.93 <= found <= 0.97


def test_stopping_for_precision_keeps_the_intervals_honest(pools: tuple[np.ndarray, np.ndarray]) -> None:
    found, runs = coverage_with_looks(*pools, 4000, np.random.default_rng(3))

    assert 0.93 <= found <= 0.97
    assert 25 < runs < 39, "some stop early, some do not"


@pytest.mark.parametrize(("happens", "most"), [(has_false_winner, 0.05), (drops_the_best, 0.05),
                                               (announces_a_false_winner, 0.05)])  # fmt: skip
def test_equal_designs_seldom_have_a_winner(pools: tuple[np.ndarray, np.ndarray], happens, most: float) -> None:
    random = np.random.default_rng(4)

    found = rate(lambda: happens(lambda runs: random.choice(pools[0], runs)), 800)

    assert found <= most + 0.02, "three standard errors of 800 studies"
