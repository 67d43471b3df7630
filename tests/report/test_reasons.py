from dataclasses import replace

import pandas as pd
import pytest

from twin.report.kpis import Kpis
from twin.report.numbers import MINUS
from twin.report.reasons import drivers, risks, trust
from twin.report.words import TIMES


def with_costs(answer, **costs):
    """The answer with two-part costs of baseline and focus: 10.00 against 9.00 unless said otherwise."""
    found = {"label_cpo": (6.0, 3.0), "labor_cpo": (3.0, 5.0), "node_fixed_cpo": (1.0, 1.0)} | costs
    found["cost_per_order"] = tuple(sum(values) for values in zip(*found.values(), strict=True))
    names = (answer.study.baseline, answer.choice.focus)
    network = {kpi: pd.DataFrame([values], columns=names) for kpi, values in found.items()}
    difference = found["cost_per_order"][1] - found["cost_per_order"][0]
    judgments = tuple(
        replace(j, difference=difference, low=difference - 0.1, high=difference + 0.1)
        if (j.measure.kpi, j.design) == ("cost_per_order", answer.choice.focus)
        else j
        for j in answer.judgments
    )
    kpis = Kpis(answer.kpis.network | network, answer.kpis.nodes)
    for part in ("surcharge_cpo", "packaging_cpo", "inbound_cpo", "storage_cpo", "holding_cpo", "late_credit_cpo"):
        kpis.network.pop(part, None)
    return replace(answer, kpis=kpis, judgments=judgments)


def words(reasons):
    return {reason.name: reason.words for reason in reasons}


def test_drivers_are_the_parts_that_moved_the_way_of_the_total(answer):
    found = drivers(with_costs(answer, label_cpo=(6.0, 3.0), labor_cpo=(3.0, 5.0)))

    assert found[0].name == "Shipping labels"
    assert found[0].words.startswith(f"{MINUS}$3.00 per order")
    assert "Pick and pack labor" not in words(found)


def test_the_zones_behind_cheaper_labels_are_told(answer):
    assert ": mean zone falls from " in drivers(answer)[0].words


def test_carbon_has_a_driver_of_its_own(answer):
    assert drivers(answer)[-1].name.startswith("Carbon: ")


def test_the_break_even_of_the_part_that_got_dearer_is_told(answer):
    # the saving of $1.00 is gone when labor rises from $5.00 to $6.00
    found = words(risks(with_costs(answer)))

    assert found["Pick and pack labor"] == (
        "The saving is gone if pick and pack labor, now $5.00 per order, "
        "rises by more than 20% to $6.00, all else equal."
    )


def test_more_fixed_cost_makes_the_saving_depend_on_volume(answer):
    # saving $1.00, fixed cost $1.00 higher: at half the orders it costs $1.00 more per order
    found = words(risks(with_costs(answer, node_fixed_cpo=(1.0, 2.0), labor_cpo=(3.0, 4.0))))

    assert found["Volume"].endswith("the saving is gone if orders fall by more than 50%.")


def test_fewer_fixed_costs_leave_the_saving_alone(answer):
    found = words(risks(with_costs(answer, node_fixed_cpo=(1.0, 0.5))))

    assert found["Volume"].endswith("fewer orders alone do not undo the saving.")


def test_without_a_saving_nothing_breaks_even(answer):
    found = words(risks(with_costs(answer, label_cpo=(6.0, 9.0))))

    assert "Pick and pack labor" not in found
    assert "gone" not in found["Volume"]


def test_the_busiest_node_is_named(answer):
    assert words(risks(answer))["Busiest node"].startswith("Atlanta is busy 88% of its staffed hours")


@pytest.mark.parametrize(
    ("saved", "name", "text"),
    [
        (5.1, "Pairing saved", f"5.1{TIMES} the runs (correlation 0.84)."),
        (0.7, "Pairing", "saved nothing (correlation 0.84)."),
    ],
)
def test_what_pairing_was_worth_is_told(answer, saved, name, text):
    judgments = tuple(replace(judgment, runs_saved=saved, correlation=0.84) for judgment in answer.judgments)

    assert words(trust(replace(answer, judgments=judgments)))[name] == text


def test_the_memo_always_says_what_intervals_leave_out_and_that_nothing_was_validated(answer):
    found = words(trust(answer))

    assert found["Not validated"].startswith("against history")
    assert found["Intervals are"].startswith("simulation noise only, over 6 runs")


def test_missing_runs_are_told(answer):
    found = words(trust(replace(answer, study=replace(answer.study, replications=8))))

    assert found["Incomplete"] == "2 of 8 runs are missing in some design."


def test_a_warning_of_the_comparison_is_passed_on(answer):
    judgments = tuple(replace(judgment, warning="random streams are not synchronized") for judgment in answer.judgments)

    assert words(trust(replace(answer, judgments=judgments)))["Warning:"] == "random streams are not synchronized."
