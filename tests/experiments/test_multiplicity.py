from math import nan, sqrt

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests

from twin.experiments.intervals import paired_difference
from twin.experiments.multiplicity import bonferroni_level, holm, mcb
from twin.experiments.verdicts import Verdict, judge


def related_designs(means, n, trials, seed, correlation=0.8):
    """Trials by replications by designs; designs share their luck."""
    random = np.random.default_rng(seed)
    luck = random.normal(0, sqrt(correlation), (trials, n, 1))
    return np.array(means) + luck + random.normal(0, sqrt(1 - correlation), (trials, n, len(means)))


def test_the_error_rate_is_shared_among_the_intervals():
    assert bonferroni_level(0.05, 1) == 0.95
    assert bonferroni_level(0.06, 3) == pytest.approx(0.98)


def test_no_intervals_share_no_error_rate():
    with pytest.raises(ValueError, match="at least one interval, got 0"):
        bonferroni_level(0.05, 0)


@pytest.mark.parametrize("alpha", [0, 1, 5])
def test_an_error_rate_lies_between_0_and_1(alpha):
    with pytest.raises(ValueError, match=f"between 0 and 1, got {alpha}"):
        bonferroni_level(alpha, 2)


def test_holm_worked_out_by_hand():
    # sorted .01 .02 .03 .04: 4 * .01, 3 * .02, 2 * .03, 1 * .04, never less than the one before
    assert holm([0.03, 0.01, 0.04, 0.02]) == pytest.approx([0.06, 0.04, 0.06, 0.06])


def test_holm_is_that_of_statsmodels():
    p_values = np.random.default_rng(4).uniform(0, 1, 12) ** 3

    assert holm(list(p_values)) == pytest.approx(multipletests(p_values, method="holm")[1])


def test_an_adjusted_p_is_at_most_1():
    assert holm([0.9, 0.8, 0.7]) == [1, 1, 1]


def test_a_single_p_stays_and_none_is_fine():
    assert holm([0.03]) == [0.03]
    assert holm([]) == []


@pytest.mark.parametrize("p", [-0.1, 1.1, nan])
def test_what_is_no_probability_is_refused(p):
    with pytest.raises(ValueError, match="between 0 and 1"):
        holm([0.5, p])


def test_comparison_with_the_best_worked_out_by_hand():
    # differences 10 +- 1 per replication: mean 10, sd 1, t(2, .95) = 2.919986
    values = [[1, 10], [2, 12], [3, 14]]

    cheap, dear = mcb(values, 0.05)

    width = 2.919986 / sqrt(3)
    assert cheap == pytest.approx((-10 - width, 0, True), abs=1e-6)
    assert dear == pytest.approx((0, 10 + width, False), abs=1e-6)


def test_comparison_with_the_best_turns_round_where_more_is_better():
    values = np.array([[1, 10], [2, 12], [3, 14]])

    low, high = mcb(values, 0.05, smaller_is_better=False)

    width = 2.919986 / sqrt(3)
    assert low == pytest.approx((-10 - width, 0, False), abs=1e-6)
    assert high == pytest.approx((0, 10 + width, True), abs=1e-6)


def test_designs_too_close_to_tell_all_stay_in_the_race():
    values = related_designs([0, 0, 0], n=10, trials=1, seed=1)[0]

    assert [found.could_be_best for found in mcb(values, 0.05)] == [True, True, True]


def test_the_rivals_of_a_design_share_the_error_rate():
    # with three designs each is compared with two others: t at 1 - .05 / 2, here against the nearest rival
    values = np.array([[0, 1, 5], [1, 3, 7], [2, 3, 7], [3, 5, 9]])

    best = mcb(values, 0.05)[0]

    width = stats.t.ppf(0.975, 3) * np.std([-1, -2, -1, -2], ddof=1) / 2
    assert best.low == pytest.approx(-1.5 - width)
    assert (best.high, best.could_be_best) == (0, True)


def test_identical_designs_that_do_not_vary_may_both_be_best():
    assert mcb([[1.1, 1.1, 2.2]] * 3, 0.05) == [
        (0, 0, True),
        (0, 0, True),
        (0, pytest.approx(1.1), False),
    ]


@pytest.mark.parametrize("values", [[[1.0, 2.0]], [[1.0], [2.0]], [1.0, 2.0]])
def test_comparison_with_the_best_needs_replications_of_designs(values):
    with pytest.raises(ValueError, match="2 or more replications of 2 or more designs, got shape"):
        mcb(values, 0.05)


def test_comparison_with_the_best_refuses_gaps():
    with pytest.raises(ValueError, match="got NaN or infinity"):
        mcb([[1.0, nan], [2.0, 3.0]], 0.05)


def test_comparison_with_the_best_holds_its_error_rate_and_eliminates():
    means, trials = np.array([0, 0.5, 0.5, 0.5, 0.5]), 1_000
    gaps = np.array([-0.5, 0.5, 0.5, 0.5, 0.5])

    found = [mcb(values, 0.05) for values in related_designs(means, 10, trials, 11, correlation=0.9)]

    covered = np.mean([all(f.low <= gap <= f.high for f, gap in zip(row, gaps, strict=True)) for row in found])
    eliminated = np.mean([sum(not design.could_be_best for design in row) for row in found])
    assert covered >= 0.95 - 3 * sqrt(0.05 * 0.95 / trials)
    assert 2.7 < eliminated < 3.5  # of four; pairing is what makes it possible


def test_intervals_of_all_candidates_hold_at_once_and_identical_designs_are_rarely_judged():
    candidates, trials, alpha = 3, 1_000, 0.05
    level = bonferroni_level(alpha, candidates)
    worlds = related_designs([0] * (candidates + 1), 30, trials, seed=12)

    intervals = [
        [paired_difference(world[:, 0], world[:, place], level).interval for place in range(1, candidates + 1)]
        for world in worlds
    ]

    covered = np.mean([all(not interval.excludes_zero for interval in row) for row in intervals])
    wrong = np.mean([any(judge(each, "lower", 1e-6) is not Verdict.NOT_DECIDED for each in row) for row in intervals])
    margin = 3 * sqrt(alpha * (1 - alpha) / trials)
    assert 1 - alpha - margin <= covered < 0.985
    assert 0.015 < wrong <= alpha + margin
