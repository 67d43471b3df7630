from dataclasses import replace

import pytest

from twin.experiments.verdicts import Verdict
from twin.report.choice import Choice
from twin.report.numbers import MINUS
from twin.report.sentences import (
    bridge_finding,
    forest_finding,
    gain_words,
    sub_verdict,
    times_finding,
    verdict_sentence,
)


def changed(answer, kpi, **changes):
    """The answer with one judgment of the design in focus changed."""
    judgments = tuple(
        replace(j, **changes) if (j.measure.kpi, j.design) == (kpi, answer.choice.focus) else j
        for j in answer.judgments
    )
    return replace(answer, judgments=judgments)


def round_numbers(answer):
    """The answer with differences that can be checked by hand."""
    cost = {"baseline_mean": 16.45, "difference": -1.68, "low": -1.77, "high": -1.59}
    found = changed(answer, "cost_per_order", **cost)
    found = changed(found, "click_to_deliver_hours_p50", difference=-25.2, low=-27.0, high=-24.0)
    return changed(found, "co2e_kg_per_order", baseline_mean=1.73, difference=-0.79, low=-0.81, high=-0.77)


def words_of(answer):
    return "".join(text for text, _ in sub_verdict(answer))


def test_the_verdict_names_the_material_wins(answer):
    assert verdict_sentence(round_numbers(answer)) == (
        "Distribution network is better: 10.2% cheaper per order, 25 hours faster and 46% less carbon than central DC."
    )


def test_a_win_that_is_not_material_is_not_named(answer):
    found = changed(round_numbers(answer), "co2e_kg_per_order", verdict=Verdict.BETTER_MAYBE_TOO_SMALL)

    assert "carbon" not in verdict_sentence(found)


def test_the_money_carries_its_interval(answer):
    # 1.68 x 3.65M = 6.13M; 1.59 and 1.77 give 5.80M and 6.46M
    assert words_of(round_numbers(answer)).startswith("It saves $6.1M a year at 3.65M orders (95% CI $5.8M to $6.5M)")


def test_the_worst_material_loss_is_the_price(answer):
    assert "The price is more orders from more than one node (+" in words_of(answer)


def test_a_cheaper_but_later_design_is_called_that(answer):
    late = {"difference": 5.0, "low": 4.0, "high": 6.0, "verdict": Verdict.WORSE}
    found = changed(round_numbers(answer), "click_to_deliver_hours_p50", **late)

    assert verdict_sentence(found) == (
        "Distribution network is cheaper but later: 10.2% cheaper per order and 5 hours slower than central DC."
    )


def test_the_baseline_stays_where_nothing_is_better(answer):
    found = replace(answer, choice=Choice("stay", "central_dc", "regional_3dc"))

    assert verdict_sentence(found) == "Stay with central DC: nothing tested is materially better."
    assert "Regional, 3 DCs costs $" in words_of(found)


def test_an_open_verdict_says_how_many_more_runs_it_takes(answer):
    found = replace(answer, choice=Choice("undecided", "central_dc", "distribution_network"))
    found = changed(found, "cost_per_order", baseline_mean=10.0, difference=-0.02, low=-0.12, high=0.08, more_runs=30)

    assert verdict_sentence(found) == f"Not decided yet: {MINUS}1.2% to +0.8%. About 30 more paired runs."
    assert "brings between a loss of $292k and a saving of $438k a year at 3.65M orders" in words_of(found)


@pytest.mark.parametrize(
    ("low", "high", "verdict", "words"),
    [
        (-0.02, 0.04, Verdict.NOT_DECIDED, "brings between a loss of $146k and a saving of $73k a year"),
        (-0.04, -0.02, Verdict.NOT_JUDGED, "saves between $73k and $146k a year"),
        (0.02, 0.04, Verdict.NOT_JUDGED, "costs between $73k and $146k more a year"),
        (0.0, 0.0, Verdict.NO_MATERIAL_DIFFERENCE, "costs as much at 3.65M orders a year"),
    ],
)
def test_money_that_is_not_decided_is_a_range(answer, low, high, verdict, words):
    found = replace(answer, choice=Choice("undecided", "central_dc", "distribution_network"))
    found = changed(found, "cost_per_order", difference=(low + high) / 2, low=low, high=high, verdict=verdict)

    assert words_of(found).startswith(f"Distribution network {words}")


def test_money_is_told_at_the_pace_of_the_trace(answer):
    found = replace(answer, study=replace(answer.study, traced=True))

    assert "a year at 3.65M orders, the pace of the trace (95% CI" in words_of(round_numbers(found))


def test_a_single_candidate_differs_by_what_it_differs(answer):
    designs = (answer.baseline, answer.focus)
    found = replace(
        answer, study=replace(answer.study, designs=designs), choice=Choice("stay", "central_dc", answer.focus.name)
    )

    assert f"Its cost per order differs by {MINUS}$" in words_of(found)


def test_too_few_runs_give_no_verdict(answer):
    nan = float("nan")
    found = replace(answer, choice=Choice("undecided", "central_dc", "distribution_network"))
    missing = {"verdict": Verdict.NOT_JUDGED, "difference": nan, "low": nan, "high": nan}
    found = changed(found, "cost_per_order", **missing)

    assert verdict_sentence(found) == "No verdict: too few runs of Distribution network are finished."
    assert words_of(found) == "The cost of Distribution network is not compared."


@pytest.mark.parametrize(
    ("kpi", "difference", "words"),
    [
        ("click_to_deliver_hours_p50", -1.2, "1 hour faster"),
        ("click_to_deliver_hours_p50", 96.0, "4.0 days slower"),
        ("on_time_delivery_rate", 0.042, "4.2 pp more orders on time"),
        ("on_time_delivery_rate", -0.042, "4.2 pp fewer orders on time"),
        ("inventory_turns", 0.5, "+0.50/y inventory turns"),
    ],
)
def test_gains_and_losses_have_words_of_their_own(answer, kpi, difference, words):
    judgment = replace(answer.judgment(kpi), difference=difference)

    assert gain_words(judgment) == words


def test_the_forest_says_who_is_cheaper_and_who_is_faster(answer):
    assert forest_finding(answer) == "All three deliver faster; only Distribution network is clearly cheaper"


def test_the_forest_says_so_where_everyone_is_cheaper_and_faster(answer):
    judgments = tuple(replace(judgment, verdict=Verdict.BETTER) for judgment in answer.judgments)

    assert forest_finding(replace(answer, judgments=judgments)) == "All three are clearly cheaper and faster"


def test_the_heading_of_the_bridge_sets_the_saving_against_the_price():
    changes = [("Shipping labels", -1.74), ("Pick and pack labor", 0.82), ("Storage", 0.0)]

    assert bridge_finding(-1.68, changes) == (
        f"Shipping labels ({MINUS}$1.74) against pick and pack labor (+$0.82): $1.68 saved per order"
    )
    assert bridge_finding(0.5, changes).startswith("Pick and pack labor (+$0.82) against shipping labels")


def test_a_bridge_that_only_goes_one_way_names_one_part():
    assert bridge_finding(-1.0, [("Shipping labels", -1.0)]) == f"Shipping labels ({MINUS}$1.00): $1.00 saved per order"
    assert bridge_finding(0.0, [("Shipping labels", 0.0)]) == "No part of the cost changes"


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (0.43, 0.79, "79% arrive within three days, up from 43%"),
        (0.79, 0.43, "43% arrive within three days, down from 79%"),
        (0.431, 0.434, "43% arrive within three days, as before"),
        (None, 0.5, "50% arrive within three days"),
    ],
)
def test_the_heading_of_delivery_times_compares_with_the_baseline(before, after, words):
    assert times_finding(3, before, after) == words
