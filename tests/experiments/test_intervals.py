from itertools import product
from math import inf, isnan, nan, sqrt

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

from twin.experiments.intervals import (
    Interval,
    mean_interval,
    paired_difference,
    runs_needed,
    sign_flip_p,
    welch_difference,
)

BASELINE = [10.0, 12.0, 11.0, 13.0]
CANDIDATE = [9.0, 10.0, 10.0, 11.0]


def noisy_pairs(n, seed=7):
    random = np.random.default_rng(seed)
    luck = random.normal(16, 1, n)
    return luck + random.normal(0, 0.3, n), luck - 0.4 + random.normal(0, 0.3, n)


@pytest.mark.parametrize(("low", "high"), [(2, 1), (nan, 1), (0, inf), (-inf, 0)])
def test_an_interval_runs_from_a_low_to_a_high_number(low, high):
    with pytest.raises(ValueError, match="from a low to a high number, got"):
        Interval(low, high, 0.95)


@pytest.mark.parametrize("level", [0, 1, 95, -0.5])
def test_an_interval_has_a_level_between_0_and_1(level):
    with pytest.raises(ValueError, match=f"between 0 and 1, got {level}"):
        Interval(0, 1, level)


@pytest.mark.parametrize(
    ("low", "high", "excludes"),
    [(0.1, 0.2, True), (-0.2, -0.1, True), (0, 0.2, False), (-0.2, 0, False), (-1, 1, False)],
)
def test_an_interval_that_touches_zero_does_not_exclude_it(low, high, excludes):
    assert Interval(low, high, 0.95).excludes_zero is excludes


def test_half_width_is_half_of_the_way_between_the_ends():
    assert Interval(-1, 3, 0.95).half_width == 2


def test_the_interval_of_a_mean_is_students():
    # mean 2, sd 1, t(2, .975) = 4.302653
    interval = mean_interval([1, 2, 3], 0.95)

    assert interval.low == pytest.approx(2 - 4.302653 / sqrt(3), abs=1e-6)
    assert interval.high == pytest.approx(2 + 4.302653 / sqrt(3), abs=1e-6)
    assert interval.level == 0.95


def test_a_mean_that_does_not_vary_has_an_interval_without_width():
    assert mean_interval([0.1, 0.1, 0.1], 0.95).half_width == 0


@pytest.mark.parametrize("values", [[], [1.0], [[1.0, 2.0], [3.0, 4.0]]])
def test_one_replication_has_no_interval(values):
    with pytest.raises(ValueError, match="at least 2 replications, got"):
        mean_interval(values, 0.95)


def test_a_value_that_is_missing_is_refused():
    with pytest.raises(ValueError, match="got NaN or infinity"):
        mean_interval([1.0, nan, 2.0], 0.95)


def test_a_level_outside_0_and_1_is_refused():
    with pytest.raises(ValueError, match="between 0 and 1, got 95"):
        mean_interval([1.0, 2.0], 95)


def test_a_paired_difference_worked_out_by_hand():
    # d = -1 -2 -1 -2: mean -1.5, sd sqrt(1/3), t(3, .975) = 3.182446; variances 5/3 and 2/3, covariance 1
    found = paired_difference(BASELINE, CANDIDATE, 0.95)

    half = 3.182446 * sqrt(1 / 3) / 2
    assert found.mean == -1.5
    assert found.n == 4
    assert found.sd == pytest.approx(sqrt(1 / 3))
    assert (found.interval.low, found.interval.high) == pytest.approx((-1.5 - half, -1.5 + half), abs=1e-6)
    assert found.correlation == pytest.approx(1 / sqrt(10 / 9))
    assert found.variance_reduction == pytest.approx(7)
    assert found.skewness == 0
    assert found.sign_flip_p is None


@pytest.mark.parametrize("level", [0.9, 0.95, 1 - 0.05 / 3])
@pytest.mark.parametrize("n", [2, 10, 45])
def test_a_paired_difference_is_that_of_scipy_and_statsmodels(n, level):
    before, after = noisy_pairs(n)

    found = paired_difference(before, after, level)

    test = stats.ttest_rel(after, before)
    ends = test.confidence_interval(level)
    assert (found.interval.low, found.interval.high) == pytest.approx((ends.low, ends.high))
    assert (found.interval.low, found.interval.high) == pytest.approx(
        DescrStatsW(after - before).tconfint_mean(1 - level)
    )
    assert found.p_value == pytest.approx(test.pvalue)


def test_skewness_is_corrected_for_few_values():
    # d = 0 0 0 4: third moment 24, sd 2, so 4 / (3 * 2) * 24 / 8
    before, after = noisy_pairs(12)

    assert paired_difference([1, 2, 3, 4], [1, 2, 3, 8], 0.95).skewness == pytest.approx(2)
    assert paired_difference(before, after, 0.95).skewness == pytest.approx(stats.skew(after - before, bias=False))


def test_two_pairs_cannot_tell_skewness():
    assert paired_difference([1, 2], [1, 5], 0.95).skewness == 0


def test_pairs_that_all_differ_by_the_same_save_infinitely_many_runs():
    # 13.9 - 0.7 is not exactly 13.2 in floating-point numbers
    found = paired_difference([14, 14.2, 13.9], [13.3, 13.5, 13.2], 0.95)

    assert found.sd == 0
    assert found.interval.half_width == 0
    assert found.variance_reduction == inf
    assert found.correlation == pytest.approx(1)
    assert found.skewness == 0
    assert found.p_value == 0


def test_designs_that_do_not_vary_save_nothing_and_have_no_correlation():
    found = paired_difference([0.1, 0.1, 0.1], [0.3, 0.3, 0.3], 0.95)

    assert found.variance_reduction == 1
    assert isnan(found.correlation)
    assert found.sign_flip_p is None


def test_a_baseline_that_does_not_vary_has_no_correlation_and_saves_nothing():
    found = paired_difference([5, 5, 5], [1, 2, 3], 0.95)

    assert isnan(found.correlation)
    assert found.variance_reduction == pytest.approx(1)


def test_designs_without_any_difference_are_told_apart_by_nothing():
    found = paired_difference(BASELINE, BASELINE, 0.95)

    assert (found.mean, found.interval.half_width, found.p_value) == (0, 0, 1)


def test_designs_of_unequal_length_make_no_pairs():
    with pytest.raises(ValueError, match="as many values of each design, got 3 and 2"):
        paired_difference([1, 2, 3], [1, 2], 0.95)


def test_few_skewed_differences_get_a_sign_flip_p():
    differences = [0.1, 0.2, 0.1, 0.3, 9.0]

    found = paired_difference(np.zeros(5), differences, 0.95)

    # all signs as they are, or all turned round: 2 of 32
    assert found.skewness > 1
    assert found.sign_flip_p == pytest.approx(2 / 32)


def test_many_skewed_differences_need_no_sign_flip():
    differences = np.random.default_rng(1).exponential(1, 30) ** 2

    found = paired_difference(np.zeros(30), differences, 0.95)

    assert found.skewness > 1
    assert found.sign_flip_p is None


def test_the_sign_flip_p_is_exact_for_12_pairs():
    differences = np.random.default_rng(3).exponential(1, 12) - 0.6

    signs = np.array(list(product((-1, 1), repeat=12)))
    sums = np.abs(signs @ differences)
    assert sign_flip_p(differences) == pytest.approx(np.mean(sums >= abs(differences.sum()) - 1e-9))


def test_beyond_13_pairs_the_sign_flip_p_is_sampled_and_always_the_same():
    differences = np.random.default_rng(5).exponential(1, 16) - 0.6

    signs = np.array(list(product((-1, 1), repeat=16)))
    exact = np.mean(np.abs(signs @ differences) >= abs(differences.sum()) - 1e-9)
    p = sign_flip_p(differences)
    assert p == pytest.approx(exact, abs=5 * sqrt(exact * (1 - exact) / 9_999))
    assert p == sign_flip_p(differences)


def test_a_welch_difference_worked_out_by_hand():
    # variances 1 and 20/3, standard error sqrt(1/3 + 5/3); freedom 4 / ((1/3)^2 / 2 + (5/3)^2 / 3)
    found = welch_difference([1, 2, 3], [2, 4, 6, 8], 0.95)

    assert found.mean == 3
    assert found.n == 3
    assert found.sd == pytest.approx(sqrt(1 + 20 / 3))
    assert found.standard_error == pytest.approx(sqrt(2))
    assert found.degrees_of_freedom == pytest.approx(4 / (1 / 18 + 25 / 27))


def test_a_welch_difference_is_that_of_scipy_and_statsmodels():
    before, after = np.random.default_rng(2).normal(5, 1, 12), np.random.default_rng(3).normal(5.5, 3, 20)

    found = welch_difference(before, after, 0.975)

    ends = CompareMeans(DescrStatsW(after), DescrStatsW(before)).tconfint_diff(0.025, usevar="unequal")
    assert (found.interval.low, found.interval.high) == pytest.approx(ends)
    assert found.p_value == pytest.approx(stats.ttest_ind(after, before, equal_var=False).pvalue)


def test_unpaired_designs_that_do_not_vary_differ_by_exactly_their_difference():
    found = welch_difference([1, 1, 1], [2, 2], 0.95)

    assert (found.interval.low, found.interval.high) == (1, 1)
    assert (found.sd, found.n, found.p_value, found.degrees_of_freedom) == (0, 2, 0, 3)


def test_the_runs_needed_worked_out_by_hand():
    # half-width 0.5 with sd 1 asks for (2 t)^2 runs: t(16)^2 * 4 = 17.98 > 17, t(17)^2 * 4 = 17.80 <= 18
    assert runs_needed(sd=1, n=10, delta=1, level=0.95) == 8


@pytest.mark.parametrize(("sd", "level"), [(0.02, 0.95), (0.3, 0.95), (1, 0.99), (2.5, 1 - 0.05 / 20), (8, 0.8)])
def test_the_runs_needed_are_the_fewest_whose_half_width_is_half_of_what_matters(sd, level):
    n = runs_needed(sd, 0, 1, level)

    def half_width(runs):
        return stats.t.ppf((1 + level) / 2, runs - 1) * sd / sqrt(runs)

    assert half_width(n) <= 0.5
    assert n == 2 or half_width(n - 1) > 0.5


def test_no_more_runs_are_needed_where_the_interval_is_narrow_already():
    assert runs_needed(sd=1, n=100, delta=1, level=0.95) == 0
    assert runs_needed(sd=0, n=2, delta=1, level=0.95) == 0


@pytest.mark.parametrize(("sd", "delta"), [(1, 0), (1, -1), (nan, 1), (inf, 1), (-1, 1)])
def test_the_runs_needed_ask_for_a_spread_and_a_difference_that_matters(sd, delta):
    with pytest.raises(ValueError, match="a positive delta and a finite sd, got"):
        runs_needed(sd, 10, delta, 0.95)


def test_a_difference_that_is_only_rounding_is_no_difference() -> None:
    before = np.array([21.3, 20.9, 22.4])

    found = paired_difference(before, before * (1 + 2e-16) + 4e-15, 0.95)

    assert found.mean == 0
    assert not found.interval.excludes_zero
