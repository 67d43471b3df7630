"""The section on single orders of a study's report."""

from __future__ import annotations

from dataclasses import replace

from tests.calibration.shadow_world import a_plan, logged, shelf, ships
from twin.experiments.stories import Picker
from twin.policies.conformance import Recorded
from twin.policies.routing.min_cost import MinCost
from twin.report.sections_stories import stories_section


def test_a_study_that_kept_no_stories_has_no_such_section(answer) -> None:
    assert stories_section(answer) is None


def test_the_stories_of_the_recommended_design_are_told(answer, tmp_path) -> None:
    runs = replace(answer.runs, folders={answer.recommended: {0: tmp_path}})
    picker = Picker(MinCost, shelf(), 0.0)
    one = logged(a_plan(ships("columbus"), number=12))
    picker.keep(Recorded(one.request, one.decision))
    picker.write(tmp_path)

    section = stories_section(replace(answer, runs=runs))

    assert section is not None
    assert section.finding == "How one order was routed"
    assert "run 0 of" in section.lede
    assert "A whole order from its cheapest node" in section.body
    assert "Order 12 went whole from columbus" in section.body
