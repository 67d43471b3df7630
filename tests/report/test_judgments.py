import shutil
from dataclasses import replace

import pytest

from twin.domain.errors import TwinError
from twin.experiments.verdicts import Verdict
from twin.report import palette
from twin.report.judgments import read_judgments
from twin.report.study import read_study


def test_every_candidate_is_judged_on_every_measure(answer):
    assert len(answer.judgments) == 3 * 6


def test_each_interval_contains_its_estimate(answer):
    assert all(judgment.low <= judgment.difference <= judgment.high for judgment in answer.judgments)


def test_differences_are_candidate_minus_baseline(answer):
    for judgment in answer.judgments:
        assert judgment.difference == pytest.approx(judgment.candidate_mean - judgment.baseline_mean)


@pytest.mark.parametrize(
    ("low", "high", "color", "word"),
    [
        (-2.0, -1.0, palette.ACCENT, "better"),
        (1.0, 2.0, palette.RUST, "worse"),
        (-1.0, 1.0, palette.INK_3, "quiet"),
    ],
)
def test_color_needs_an_interval_that_leaves_zero_out(answer, low, high, color, word):
    judgment = replace(answer.judgment("cost_per_order"), low=low, difference=(low + high) / 2, high=high)

    assert (judgment.color, judgment.color_class) == (color, word)


def test_more_is_better_where_the_measure_says_so(answer):
    judgment = replace(answer.judgment("on_time_delivery_rate"), low=0.01, difference=0.02, high=0.03)

    assert judgment.color == palette.ACCENT
    assert judgment.improvement == 0.02


def test_what_was_not_judged_has_no_color_and_no_numbers(answer):
    nan = float("nan")
    judgment = replace(answer.judgment("cost_per_order"), verdict=Verdict.NOT_JUDGED, difference=nan, low=nan, high=nan)

    assert judgment.color == palette.INK_3
    assert (judgment.difference_text, judgment.interval_text) == ("n/a", "n/a")


def test_a_threshold_has_no_sign(answer):
    assert replace(answer.judgment("on_time_delivery_rate"), threshold=0.0025).threshold_text == "0.25 pp"


def test_a_comparison_that_was_never_made_is_named(study_folder, tmp_path):
    shutil.copy(study_folder / "study.json", tmp_path)

    with pytest.raises(TwinError, match=r"comparison\.parquet is missing"):
        read_judgments(read_study(tmp_path))
