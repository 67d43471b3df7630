"""What designs met alike: the page says paired, same orders and same luck only where that was so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from twin.report.answer import Answer
from twin.report.build import sections_of
from twin.report.memo import header_facts
from twin.report.provenance import provenance_section
from twin.report.reasons import trust
from twin.report.sections_numbers import forest_section
from twin.report.sentences import sub_verdict, verdict_sentence


def unpaired(answer: Answer) -> Answer:
    """The answer of a study whose designs met different orders."""
    judgments = tuple(replace(j, paired=False, correlation=float("nan")) for j in answer.judgments)
    return replace(answer, judgments=judgments, study=replace(answer.study, same_world=False))


def with_world(answer: Answer, same_world: bool | None) -> Answer:
    return replace(answer, study=replace(answer.study, same_world=same_world))


def everything(answer: Answer) -> str:
    """All words of the page outside of tables."""
    parts = [*header_facts(answer), verdict_sentence(answer), *(text for text, _ in sub_verdict(answer))]
    parts += [f"{reason.name} {reason.words}" for reason in trust(answer)]
    parts += [f"{section.finding} {section.lede} {section.note}" for section in sections_of(answer)]
    return " ".join(parts) + provenance_section(answer.study, answer.runs, []).body


def test_designs_that_met_the_same_world_are_told_to_be_paired(answer: Answer) -> None:
    words = everything(answer)

    assert "6 paired runs" in header_facts(answer)
    assert "each replication uses the same orders and the same luck in every design." in words
    assert "equal in all designs" in words


def test_designs_that_met_different_orders_are_never_called_paired_or_alike(answer: Answer) -> None:
    words = everything(unpaired(answer))

    assert "6 runs of each design" in header_facts(unpaired(answer))
    assert "Not paired: designs met different orders" in words
    assert "at the baseline's 3.65M orders" in words
    for phrase in ("paired run", "Paired", "paired difference", "paired simultaneous", "same orders", "same luck",
                   "the same in every design", "equal in all"):  # fmt: skip
        assert phrase not in words


def test_more_runs_are_asked_of_each_design_where_they_make_no_pairs(answer: Answer) -> None:
    found = unpaired(answer)
    judgments = tuple(replace(j, low=-1.0, high=1.0, more_runs=30) for j in found.judgments)
    choice = replace(found.choice, state="undecided")

    words = verdict_sentence(replace(found, judgments=judgments, choice=choice))

    assert words.endswith("About 30 more runs of each design.")


@pytest.mark.parametrize(
    ("same_world", "note"),
    [
        (False, "uses the same orders in every design; disruptions or luck differ."),
        (None, "uses the same orders in every design."),
    ],
)
def test_the_same_orders_do_not_mean_the_same_luck(answer: Answer, same_world: bool | None, note: str) -> None:
    found = with_world(answer, same_world)
    section = forest_section(found)

    assert section is not None
    assert note in section.note
    assert ("Not all alike:" in everything(found)) == (same_world is False)
    assert "equal in all designs" not in everything(found)
