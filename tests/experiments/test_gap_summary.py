"""The share of the opportunity gap that policies close, and what is said of it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from twin.domain.errors import UsageError
from twin.experiments.gap import BOUND, terms_of
from twin.experiments.gap_summary import Rung, rungs
from twin.experiments.intervals import paired_difference, ratio_of_means
from twin.report.gap_text import table

OLD = [20.0, 22.0, 24.0, 26.0]
USD = {"nearest": OLD, "better": [18.0, 21.0, 22.0, 24.0], "same": [20.1, 21.9, 24.2, 25.8],
       "worse": [21.0, 23.1, 25.0, 27.0], BOUND: [16.0, 18.0, 20.0, 22.5]}  # fmt: skip


def costs(*designs: str, lost: float = 0.0) -> pd.DataFrame:
    """Ten orders of two units each a replication, at the dollars an order above; the bound leaves some unserved."""
    rows = [
        (design, number, 10, 20, 10 * usd, lost * (1 + number % 2) if design == BOUND else 0.0)
        for design in designs
        for number, usd in enumerate(USD[design])
    ]
    return pd.DataFrame(rows, columns=["design", "replication", "orders", "units", "cost_usd", "unserved_units"])


def rung(found: list[Rung], name: str) -> Rung:
    (one,) = (rung for rung in found if rung.name == name)
    return one


def test_the_share_closed_is_what_was_saved_of_what_could_be() -> None:
    found = rung(rungs(costs("nearest", "better", BOUND), "nearest", 0.05), "better")

    assert found.closed == pytest.approx((2 + 1 + 2 + 2) / (4 + 4 + 4 + 3.5))
    assert found.difference_usd == pytest.approx(-1.75)
    level = 1 - 0.05 / 2  # one candidate and the bound
    expected = paired_difference(OLD, USD["better"], level).interval
    assert found.difference_interval is not None
    assert (found.difference_interval.low, found.difference_interval.high) == pytest.approx(
        (expected.low, expected.high)
    )


def test_of_a_gap_that_may_be_none_no_share_is_told() -> None:
    table_of = costs("nearest", "better", BOUND)
    table_of.loc[table_of["design"] == BOUND, "cost_usd"] = [10.0, 210.0, 410.0, 10.0]

    found = rungs(table_of, "nearest", 0.2)

    assert rung(found, "better").closed is None
    said = table(found, 4).splitlines()
    assert said[0] == "better costs less than nearest: -$1.75 an order; of what gap, the runs do not tell."


def test_the_interval_of_a_ratio_covers_it_as_often_as_it_says() -> None:
    luck = np.random.default_rng(1)
    covered = 0
    for _ in range(400):
        common = luck.normal(0, 1, 12)
        gap, saved = 10 + common + luck.normal(0, 1, 12), 4 + 0.4 * common + luck.normal(0, 1, 12)
        _, interval = ratio_of_means(saved, gap, 0.9)
        covered += interval.low <= 0.4 <= interval.high
    assert 0.86 <= covered / 400 <= 0.94


def test_a_ratio_needs_pairs_and_something_to_divide_by() -> None:
    with pytest.raises(ValueError, match="as many values above as below"):
        ratio_of_means([1.0, 2.0], [1.0, 2.0, 3.0], 0.95)
    with pytest.raises(ValueError, match="that is not zero"):
        ratio_of_means([1.0, 2.0], [-1.0, 1.0], 0.95)


def test_the_table_gives_a_verdict_for_each_candidate_and_the_dearest_first() -> None:
    found = rungs(costs("nearest", "better", "same", "worse", BOUND, lost=1.0), "nearest", 0.2)

    lines = table(found, 4).splitlines()

    assert lines[0].startswith("better closes 45.2 % of the gap to perfect foresight (")
    assert lines[0].endswith("): -$1.75 an order against nearest.")
    assert lines[1] == "NOT DECIDED: whether same costs more or less than nearest; add replications."
    assert lines[2] == "worse costs more than nearest: +$1.03 an order."
    assert [line.split()[0] for line in lines[5:10]] == ["worse", "nearest", "same", "better", BOUND]
    assert "incumbent" in lines[6]
    assert "7.50 % (+7.50 points)" in lines[9]
    assert lines[11] == "Means of 4 replications with 95 % intervals, which hold together in each column."


def test_one_replication_gives_no_interval() -> None:
    one = costs("nearest", "better", BOUND).query("replication == 0")

    with pytest.raises(UsageError, match="one replication gives no interval"):
        rungs(one, "nearest", 0.05)


def test_where_nothing_is_left_to_gain_there_is_no_share() -> None:
    even = costs("nearest", "better", BOUND)
    even.loc[even["design"] == BOUND, "cost_usd"] = even.loc[even["design"] == "nearest", "cost_usd"].to_numpy()

    with pytest.raises(UsageError, match="nearest costs no more than the bound: there is nothing left to gain"):
        rungs(even, "nearest", 0.05)


def test_a_replication_without_orders_is_named() -> None:
    found = costs("nearest", "better", BOUND)
    found.loc[found["replication"] == 2, ["orders", "units", "cost_usd"]] = 0

    with pytest.raises(UsageError, match="replication 2 has no orders; give demand"):
        rungs(found, "nearest", 0.05)


@pytest.mark.parametrize("value", [float("inf"), float("nan")])
def test_an_unserved_unit_costs_a_number(value: float) -> None:
    with pytest.raises(UsageError, match=r"--unserved-usd: (inf|nan)\n  expected: dollars"):
        terms_of(value)
