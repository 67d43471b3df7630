from dataclasses import replace

import pytest

from twin.experiments.verdicts import Verdict
from twin.report.choice import MOST_DRAWN, choose, drawn_designs


def with_verdicts(answer, **verdicts):
    """The primary judgments of the study with other verdicts."""
    return [
        replace(judgment, verdict=verdicts[judgment.design])
        for judgment in answer.judgments
        if judgment.measure.primary and judgment.design in verdicts
    ]


def test_a_better_candidate_is_recommended(answer):
    assert (answer.choice.state, answer.choice.recommended) == ("better", "distribution_network")


def test_of_two_better_candidates_the_larger_improvement_wins(answer):
    found = with_verdicts(answer, regional_3dc=Verdict.BETTER, distribution_network=Verdict.BETTER)
    found[0] = replace(found[0], difference=-9.0)

    assert choose(answer.study, found).recommended == "regional_3dc"


@pytest.mark.parametrize(
    ("verdict", "state"),
    [
        (Verdict.BETTER_MAYBE_TOO_SMALL, "stay"),
        (Verdict.NO_MATERIAL_DIFFERENCE, "stay"),
        (Verdict.WORSE, "stay"),
        (Verdict.NOT_DECIDED, "undecided"),
        (Verdict.NOT_JUDGED, "undecided"),
    ],
)
def test_without_a_materially_better_candidate_the_baseline_stays(answer, verdict, state):
    choice = choose(answer.study, with_verdicts(answer, regional_3dc=Verdict.WORSE, omnichannel=verdict))

    assert (choice.state, choice.recommended) == (state, "central_dc")


def test_an_open_question_is_looked_at_before_a_closed_one(answer):
    found = with_verdicts(answer, regional_3dc=Verdict.NO_MATERIAL_DIFFERENCE, omnichannel=Verdict.NOT_DECIDED)

    assert choose(answer.study, found).focus == "omnichannel"


def test_one_design_alone_is_looked_at_itself(answer):
    choice = choose(answer.study, [])

    assert (choice.state, choice.recommended, choice.focus) == ("single", "central_dc", "central_dc")


def test_designs_are_drawn_baseline_first_and_the_recommended_last(answer):
    assert [design.name for design in answer.drawn] == [
        "central_dc", "regional_3dc", "omnichannel", "distribution_network",
    ]  # fmt: skip


def test_of_many_designs_the_most_promising_are_drawn(answer):
    extra = [replace(answer.study.designs[1], name=f"variant_{number}") for number in range(8)]
    study = replace(answer.study, designs=(*answer.study.designs, *extra))
    template = answer.judgments[0]
    found = [*answer.judgments, *(replace(template, design=d.name, difference=-n) for n, d in enumerate(extra))]

    drawn = [design.name for design in drawn_designs(study, answer.choice, found)]

    assert len(drawn) == MOST_DRAWN
    assert drawn[0] == "central_dc"
    assert drawn[-1] == "distribution_network"
    assert {"variant_7", "variant_6", "variant_5"} <= set(drawn)
