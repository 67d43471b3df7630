import re
import shutil
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twin.domain.errors import TwinError
from twin.experiments.verdicts import Verdict
from twin.report import palette
from twin.report.judgments import read_judgments
from twin.report.numbers import MINUS
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


@pytest.mark.parametrize(
    ("kpi", "low", "difference", "high", "texts"),
    [
        ("click_to_deliver_hours_p50", -24.6, -24.4, -24.2, ("-24.4 h", "-24.6 to -24.2")),
        ("on_time_delivery_rate", 0.01231, 0.01234, 0.01237, ("+1.23 pp", "+1.23 to +1.24")),
        ("cost_per_order", -0.0123, -0.0118, -0.0113, ("-$0.012", "-$0.012 to -$0.011")),
        ("co2e_kg_per_order", -0.8, -0.793, -0.786, ("-0.79 kg", "-0.80 to -0.79")),
    ],
)
def test_an_estimate_is_printed_with_the_digits_of_its_interval(answer, kpi, low, difference, high, texts):
    judgment = replace(answer.judgment(kpi), low=low, difference=difference, high=high)

    printed = (judgment.difference_text, judgment.interval_text)

    assert printed == tuple(text.replace("-", MINUS) for text in texts)


@given(
    estimate=st.floats(-500, 500), below=st.floats(0, 200), above=st.floats(0, 200),
    kpi=st.sampled_from(["cost_per_order", "click_to_deliver_hours_p50", "on_time_delivery_rate", "inventory_turns"]),
)  # fmt: skip
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_estimate_is_printed_outside_its_interval(answer, kpi, estimate, below, above):
    judgment = replace(answer.judgment(kpi), low=estimate - below, difference=estimate, high=estimate + above)

    point, low, high = (
        float(re.sub(r"[^-0-9.]", "", text.replace(MINUS, "-")))
        for text in (judgment.difference_text, *judgment.interval_text.split(" to "))
    )

    assert low <= point <= high


def test_an_older_comparison_was_paired_where_it_knows_a_correlation(study_folder, tmp_path):
    shutil.copy(study_folder / "study.json", tmp_path)
    older = pd.read_parquet(study_folder / "comparison.parquet").drop(columns="paired")
    older.assign(correlation=[0.5, *[float("nan")] * (len(older) - 1)]).to_parquet(tmp_path / "comparison.parquet")

    judgments = read_judgments(read_study(tmp_path))

    assert [judgment.paired for judgment in judgments] == [True, *[False] * (len(older) - 1)]


def test_a_threshold_has_no_sign(answer):
    assert replace(answer.judgment("on_time_delivery_rate"), threshold=0.0025).threshold_text == "0.25 pp"


def test_a_comparison_that_was_never_made_is_named(study_folder, tmp_path):
    shutil.copy(study_folder / "study.json", tmp_path)

    with pytest.raises(TwinError, match=r"comparison\.parquet is missing"):
        read_judgments(read_study(tmp_path))
