from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.experiments.intervals import Interval
from twin.experiments.verdicts import Finding, Materiality, Scale, Verdict, judge, sentence

PERCENT_OF_100 = Scale.of("USD/order", Materiality(0.005, relative=True), 100)
DELTA = 0.5

# Lower is better and 0.5 matters; every row at its boundaries.
JUDGED = [
    (-0.9, -0.6, Verdict.BETTER),
    (-0.9, -0.5, Verdict.BETTER),
    (-0.5, -0.5, Verdict.BETTER),
    (-0.9, -0.499, Verdict.BETTER_MAYBE_TOO_SMALL),
    (-0.9, -0.001, Verdict.BETTER_MAYBE_TOO_SMALL),
    (-0.5, -0.499, Verdict.BETTER_MAYBE_TOO_SMALL),
    (-0.9, 0.0, Verdict.NOT_DECIDED),
    (-0.5, 0.0, Verdict.NOT_DECIDED),
    (-0.5, 0.499, Verdict.NOT_DECIDED),
    (-0.9, 0.9, Verdict.NOT_DECIDED),
    (-0.499, 0.5, Verdict.NOT_DECIDED),
    (0.0, 0.5, Verdict.NOT_DECIDED),
    (-0.499, -0.001, Verdict.NO_MATERIAL_DIFFERENCE),
    (-0.499, 0.0, Verdict.NO_MATERIAL_DIFFERENCE),
    (-0.499, 0.499, Verdict.NO_MATERIAL_DIFFERENCE),
    (0.0, 0.0, Verdict.NO_MATERIAL_DIFFERENCE),
    (0.0, 0.499, Verdict.NO_MATERIAL_DIFFERENCE),
    (0.001, 0.499, Verdict.NO_MATERIAL_DIFFERENCE),
    (0.001, 0.5, Verdict.WORSE_MAYBE_TOO_SMALL),
    (0.499, 0.5, Verdict.WORSE_MAYBE_TOO_SMALL),
    (0.499, 0.9, Verdict.WORSE_MAYBE_TOO_SMALL),
    (0.5, 0.5, Verdict.WORSE),
    (0.5, 0.9, Verdict.WORSE),
    (0.6, 0.9, Verdict.WORSE),
]


def a_finding(low, high, **changes):
    mean = changes.pop("difference", (low + high) / 2)
    settled = {
        "direction": "lower",
        "delta": DELTA,
        "scale": PERCENT_OF_100,
        "confidence": 0.95,
        "runs": 20,
        "more_runs": 30,
    }
    return Finding(mean, Interval(low, high, 0.95), **(settled | changes))


def in_unit(unit, low, high, delta, **changes):
    return a_finding(low, high, delta=delta, scale=Scale.of(unit, Materiality(delta), 10), **changes)


@pytest.mark.parametrize(("low", "high", "verdict"), JUDGED)
def test_the_interval_and_what_matters_decide_where_lower_is_better(low, high, verdict):
    assert judge(Interval(low, high, 0.95), "lower", DELTA) is verdict


@pytest.mark.parametrize(("low", "high", "verdict"), JUDGED)
def test_where_higher_is_better_the_table_is_mirrored(low, high, verdict):
    assert judge(Interval(-high, -low, 0.95), "higher", DELTA) is verdict


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (-0.2, -0.1, Verdict.BETTER),
        (-0.2, 0.0, Verdict.NOT_DECIDED),
        (-0.2, 0.1, Verdict.NOT_DECIDED),
        (0.0, 0.0, Verdict.NO_MATERIAL_DIFFERENCE),
        (0.0, 0.1, Verdict.NOT_DECIDED),
        (0.1, 0.2, Verdict.WORSE),
    ],
)
def test_where_every_difference_matters_the_sign_decides(low, high, verdict):
    assert judge(Interval(low, high, 0.95), "lower", 0) is verdict


@given(
    ends=st.tuples(st.integers(-12, 12), st.integers(-12, 12)).map(sorted),
    delta=st.integers(1, 6),
)
def test_verdicts_are_the_rows_of_the_table(ends, delta):
    low, high = ends
    rows = [
        (high <= -delta, Verdict.BETTER),
        (-delta < low and high < delta, Verdict.NO_MATERIAL_DIFFERENCE),
        (high < 0, Verdict.BETTER_MAYBE_TOO_SMALL),
        (low >= delta, Verdict.WORSE),
        (low > 0, Verdict.WORSE_MAYBE_TOO_SMALL),
        (True, Verdict.NOT_DECIDED),
    ]

    verdict = judge(Interval(low, high, 0.95), "lower", delta)

    assert verdict is next(verdict for holds, verdict in rows if holds)


@pytest.mark.parametrize("delta", [-0.1, nan])
def test_what_matters_is_not_negative(delta):
    with pytest.raises(ValueError, match="from zero or a positive amount on, got"):
        judge(Interval(0, 1, 0.95), "lower", delta)


def test_rows_say_their_verdict_in_these_words():
    assert [verdict.words for verdict in Verdict] == [
        "better",
        "better, maybe too little to matter",
        "no material difference",
        "not decided",
        "worse, maybe too little to matter",
        "worse",
        "not judged",
    ]


def test_an_absolute_amount_matters_whatever_the_baseline():
    assert Materiality(2).resolve(79) == 2


@pytest.mark.parametrize("mean", [16.0, -16.0])
def test_a_relative_amount_is_a_share_of_the_size_of_the_baseline(mean):
    assert Materiality(0.005, relative=True).resolve(mean) == pytest.approx(0.08)


@pytest.mark.parametrize("amount", [-1, nan, inf])
def test_a_materiality_is_a_finite_amount(amount):
    with pytest.raises(ValueError, match="from zero or a positive amount on, got"):
        Materiality(amount)


def test_better_says_by_how_much_and_with_how_many_runs():
    assert sentence(a_finding(-4.6, -3.6)) == (
        "BETTER by 4.1 % (95 % CI 3.6-4.6 %), larger than the 0.5 % that matters. 20 paired runs."
    )


def test_better_but_maybe_too_small_says_the_threshold():
    assert sentence(a_finding(-0.7, -0.1)) == (
        "BETTER by 0.4 % (0.1-0.7 %), but possibly too small to matter (threshold 0.5 %)."
    )


def test_no_material_difference_says_within_what():
    assert sentence(a_finding(-0.3, 0.2)) == "NO MATERIAL DIFFERENCE: within ±0.5 % (95 %)."


@pytest.mark.parametrize(("low", "high"), [(-0.4, -0.1), (0.1, 0.4)])
def test_a_sure_but_immaterial_difference_is_called_practically_nil(low, high):
    assert sentence(a_finding(low, high)) == (
        "NO MATERIAL DIFFERENCE: within ±0.5 % (95 %). Statistically real, practically nil."
    )


def test_worse_but_maybe_too_small_says_the_threshold():
    assert sentence(a_finding(0.1, 0.7)) == (
        "WORSE by 0.4 % (0.1-0.7 %), but possibly too small to matter (threshold 0.5 %)."
    )


def test_worse_says_by_how_much():
    assert sentence(a_finding(3.6, 4.6)) == (
        "WORSE by 4.1 % (95 % CI 3.6-4.6 %), larger than the 0.5 % that matters. 20 paired runs."
    )


@pytest.mark.parametrize(
    ("more_runs", "tail"),
    [
        (30, " About 30 more paired runs needed."),
        (1, " About 1 more paired run needed."),
        (0, " About 1 more paired run needed."),
        (1250, " About 1,250 more paired runs needed."),
        (None, ""),
    ],
)
def test_not_decided_says_the_interval_and_what_it_would_take(more_runs, tail):
    assert sentence(a_finding(-1.2, 0.8, more_runs=more_runs)) == f"NOT DECIDED: \u22121.2 % to +0.8 %.{tail}"


def test_where_higher_is_better_a_rise_is_better():
    assert sentence(in_unit("share", 0.039, 0.045, 0.0025, direction="higher")) == (
        "BETTER by 4.2 pp (95 % CI 3.9-4.5 pp), larger than the 0.25 pp that matters. 20 paired runs."
    )
    assert sentence(in_unit("rate", -0.012, -0.002, 0.0025, direction="higher")) == (
        "WORSE by 0.7 pp (0.2-1.2 pp), but possibly too small to matter (threshold 0.25 pp)."
    )


def test_dollars_stand_before_their_number():
    assert sentence(in_unit("USD/order", -1.77, -1.59, 0.08)) == (
        "BETTER by $1.68 (95 % CI $1.59-$1.77), larger than the $0.08 that matters. 20 paired runs."
    )
    assert sentence(in_unit("USD", -1.0, 0.5, 0.1)) == (
        "NOT DECIDED: \u2212$1.00 to +$0.50. About 30 more paired runs needed."
    )


@pytest.mark.parametrize(
    ("unit", "delta", "threshold"),
    [
        ("USD", 0.1, "$0.10"),
        ("USD", 0.005, "$0.005"),
        ("USD", 1250, "$1,250"),
        ("h", 2, "2 h"),
        ("h", 20, "20 h"),
        ("h", 0.9999999999, "1 h"),
        ("share", 0.0025, "0.25 pp"),
        ("kg CO2e", 0.017, "0.017 kg CO₂e"),
        ("per year", 0.1, "0.1 per year"),
    ],
)
def test_thresholds_are_written_as_they_were_set(unit, delta, threshold):
    assert sentence(in_unit(unit, -delta / 3, delta / 3, delta)) == (
        f"NO MATERIAL DIFFERENCE: within ±{threshold} (95 %)."
    )


def test_hours_have_as_many_decimals_as_tell_the_ends_from_the_middle():
    assert sentence(in_unit("h", -26.8, -23.9, 2, difference=-25.2)) == (
        "BETTER by 25 h (95 % CI 24-27 h), larger than the 2 h that matters. 20 paired runs."
    )
    assert sentence(in_unit("h", -25.9, -24.7, 2, difference=-25.3)) == (
        "BETTER by 25.3 h (95 % CI 24.7-25.9 h), larger than the 2 h that matters. 20 paired runs."
    )


def test_large_percentages_have_no_decimals():
    assert sentence(a_finding(-48, -44)) == (
        "BETTER by 46 % (95 % CI 44-48 %), larger than the 0.5 % that matters. 20 paired runs."
    )


def test_a_difference_without_spread_is_written_like_any_other():
    assert sentence(a_finding(-4.1, -4.1)) == (
        "BETTER by 4.1 % (95 % CI 4.1-4.1 %), larger than the 0.5 % that matters. 20 paired runs."
    )
    assert sentence(in_unit("h", 0, 0, 2)) == "NO MATERIAL DIFFERENCE: within ±2 h (95 %)."


def test_what_rounds_to_zero_has_no_sign():
    assert sentence(a_finding(-0.04, 1.2, more_runs=None)) == "NOT DECIDED: 0.0 % to +1.2 %."


def test_where_every_difference_matters_no_threshold_is_named():
    assert sentence(a_finding(-4.6, -3.6, delta=0)) == (
        "BETTER by 4.1 % (95 % CI 3.6-4.6 %), and any difference matters. 20 paired runs."
    )
    assert sentence(a_finding(0, 0, delta=0)) == "NO MATERIAL DIFFERENCE: within ±0 % (95 %)."


def test_the_confidence_is_that_of_the_study():
    assert sentence(a_finding(-0.3, 0.2, confidence=1 - 0.1)) == ("NO MATERIAL DIFFERENCE: within ±0.5 % (90 %).")


def test_unpaired_runs_are_called_so():
    assert sentence(a_finding(3.6, 4.6, paired=False)).endswith("20 runs of each design, unpaired demand.")
    assert sentence(a_finding(-1.2, 0.8, paired=False)).endswith("About 30 more runs of each design needed.")


def test_a_relative_measure_whose_baseline_is_zero_is_written_in_its_own_unit():
    scale = Scale.of("h", Materiality(0.01, relative=True), 0)

    assert sentence(a_finding(1.5, 2.5, delta=0, scale=scale)).startswith("WORSE by 2.0 h (95 % CI 1.5-2.5 h)")


def test_percent_of_a_negative_baseline_keeps_the_sign_of_the_difference():
    scale = Scale.of("USD", Materiality(0.005, relative=True), -100)

    assert scale.signed(-1.2, 1) == "\u22121.2 %"
