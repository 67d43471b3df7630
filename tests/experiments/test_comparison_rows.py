"""What a row of the comparison says where runs are too few, and whether they were paired."""

from __future__ import annotations

from math import nan

import numpy as np
import pytest

from tests.experiments.test_comparison import COST, kpis_of, noisy
from twin.experiments.comparison import Terms, compare_designs


def test_one_run_gives_no_interval_and_no_verdict():
    row = compare_designs(kpis_of({"central": [16], "regional": [15]}), "central", [COST]).iloc[0]

    assert (row["n"], row["verdict"]) == (1, "not_judged")
    assert row["sentence"] == (
        "NOT JUDGED: one replication gives no interval; set study.replications to 2 or more, better to 10."
    )
    assert np.isnan(row[["difference", "low", "high", "p_value"]].astype(float)).all()


def test_one_run_still_has_levels_and_what_would_matter():
    row = compare_designs(kpis_of({"central": [16], "regional": [15]}), "central", [COST]).iloc[0]

    assert (row["baseline_mean"], row["candidate_mean"]) == (16, 15)
    assert row["delta"] == COST.materiality.resolve(16)


def test_one_run_left_of_many_is_counted():
    values = {"central": [16.0, 16.5, 17.0], "regional": [15.0, nan, nan]}

    row = compare_designs(kpis_of(values), "central", [COST]).iloc[0]

    assert row["sentence"] == "NOT JUDGED: 1 of 3 runs can be compared, at least 2 are needed."


@pytest.mark.parametrize("paired", [True, False])
def test_every_row_says_whether_it_was_paired(paired):
    table = compare_designs(kpis_of(noisy({"central": 16, "regional": 15})), "central", [COST], Terms(paired=paired))

    assert table["paired"].tolist() == [paired]
