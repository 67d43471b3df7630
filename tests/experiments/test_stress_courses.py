"""The course of a trial of stress, and how it is drawn."""

from __future__ import annotations

from math import isnan, nan
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from twin.analytics.daily import NETWORK, ON_HAND, ON_TIME, REROUTED, USED, WAITING
from twin.analytics.resilience import Levels
from twin.experiments import stress_courses
from twin.experiments.stress import Trial
from twin.experiments.stress_courses import Course, Curve, courses
from twin.report.stress_courses import course_list

STUDY = SimpleNamespace(warmup_days=5, measured_days=4, cooldown_days=1, replications=2)
SHUT = {"event_id": "shut", "starts_at": 5 * 24.0, "ends_at": 6 * 24.0}


@pytest.fixture
def trial(monkeypatch: pytest.MonkeyPatch) -> Trial:
    """Two runs of ten days, of which waiting work is known: 1 and 3 hours without the event, 10 times so with it."""

    def measures(folder: Path, days: int, roll_days: int) -> dict[tuple[str, str], Any]:
        hours = (1.0 if folder.name.endswith("0") else 3.0) * (10 if folder.parent.name == "storm" else 1)
        return {(WAITING, "reno"): np.array([hours] * (days - 1) + [nan])}

    def manifest(folder: Path) -> dict[str, Any]:
        own = {"event_id": "strike", "starts_at": 130.0 + len(str(folder)), "ends_at": 150.0}
        late = {**own, "starts_at": 131.0} if folder.name.endswith("0") else {**own, "starts_at": 132.0}
        return {"disruptions": [SHUT, late]}

    monkeypatch.setattr(stress_courses, "daily_measures", measures)
    monkeypatch.setattr(stress_courses, "read_manifest", manifest)
    config = SimpleNamespace(study=STUDY)
    designs: list[Any] = [SimpleNamespace(name=name, config=config) for name in ("calm", "storm")]
    return Trial("west", "shut", *designs)


def results(survived: list[float], recovered: list[float]) -> pd.DataFrame:
    return pd.DataFrame({
        "design": "west", "disruption": "shut", "starts_at": SHUT["starts_at"], "survived_days": survived,
        "recovered_days": recovered,
    })  # fmt: skip


def test_a_curve_sets_the_mean_with_the_event_against_the_same_worlds_without(trial: Trial) -> None:
    (course,) = courses(Path("study"), [trial], results([1.0, 1.0], [2.0, 4.0]), Levels())

    (curve,) = course.curves
    assert (curve.measure, curve.node) == (WAITING, "reno")
    np.testing.assert_allclose(curve.calm, [2.0] * 7 + [nan])  # three days before the measured ones, and the rest
    np.testing.assert_allclose(curve.mean, [20.0] * 7 + [nan])
    np.testing.assert_allclose(curve.low, [12.0] * 7 + [nan])  # P10 of 10 and 30
    np.testing.assert_allclose(curve.high, [28.0] * 7 + [nan])
    assert curve.moved == 18.0


def test_only_what_comes_at_the_same_time_in_every_run_is_a_span(trial: Trial) -> None:
    (course,) = courses(Path("study"), [trial], results([1.0, 1.0], [2.0, 4.0]), Levels())

    assert course.first_day == -3
    assert course.spans == (("shut", 0.0, 1.0),)


def test_service_is_back_at_the_median_of_the_runs_that_came_back(trial: Trial) -> None:
    (course,) = courses(Path("study"), [trial], results([1.0, 1.0], [2.0, 4.0]), Levels())
    (never,) = courses(Path("study"), [trial], results([1.0, np.inf], [np.inf, 0.0]), Levels())

    assert course.recovered_at == 3.0
    assert isnan(never.recovered_at)


def a_course(*nodes: str, waiting: float = 5.0) -> Course:
    days = np.array([0.5, nan, 1.0])
    whole = [Curve(one, NETWORK, days, days, days, days) for one in (ON_TIME, WAITING, USED, ON_HAND, REROUTED)]
    each = [Curve(WAITING, node, 0 * days, waiting * days, days, days) for node in nodes]
    return Course("west", "shut", 0, (("shut", 0.0, 2.0),), (*whole, *each), 1.0)


def test_a_course_has_a_panel_for_each_measure_and_node() -> None:
    page = course_list([a_course("reno", "ohio")], [], lambda _: "two days")

    assert page.count("<figure>") == 5 + 2
    assert "<summary><b>west, shut</b><span>two days</span></summary>" in page
    assert "<b>On time, week to date</b><span>50% at worst, 50% without</span>" in page
    assert "<b>reno</b><span>5 h at most, 0 h without</span>" in page
    assert "<details open>" not in page


def test_the_words_of_a_panel_are_about_the_measured_days() -> None:
    late, early = np.array([0.1, 0.9, 0.7]), np.array([0.1, 0.9, 0.95])
    whole = [Curve(one, NETWORK, early, late, late, late) for one in (ON_TIME, WAITING, USED, ON_HAND, REROUTED)]

    page = course_list([Course("west", "shut", -1, (), tuple(whole), nan)], [], lambda _: "")

    assert "<b>On time, week to date</b><span>70% at worst, 90% without</span>" in page


def test_the_courses_that_matter_are_unfolded() -> None:
    assert "<details open>" in course_list([a_course()], [("west", "shut")], lambda _: "")


def test_a_day_without_a_number_interrupts_the_line() -> None:
    page = course_list([a_course()], [], lambda _: "")

    assert page.count("<polyline") == 5 * 2 * 2  # five measures, two lines each, in two stretches


def test_of_many_nodes_those_that_moved_most_are_drawn() -> None:
    page = course_list([a_course(*(f"node_{number}" for number in range(12)))], [], lambda _: "")

    assert page.count("<figure>") == 5 + 10
    assert "Work waiting at each node, of 12 the 10 it moved the most, on one scale." in page
