"""Sums, ratios and quantiles, over a table and by member."""

from __future__ import annotations

from math import isnan, nan

import numpy as np
import pandas as pd
import pytest

from twin.analytics.sums import highest, mean, quantile, ratio, share, total

TABLE = pd.DataFrame(
    {
        "node": pd.Categorical(["reno", "boise", "reno", None, "reno"], categories=["reno", "idle", "boise"]),
        "hours": [1.0, 2.0, nan, 8.0, 5.0],
        "late": [True, False, True, True, False],
    }
)
NOTHING = TABLE.iloc[:0]


def by_member(result: object) -> dict[str, float]:
    assert isinstance(result, pd.Series)
    return {str(name): float(value) for name, value in result.items()}


def test_a_total_skips_what_is_unknown() -> None:
    assert total(TABLE, TABLE["hours"]) == 16.0
    assert by_member(total(TABLE, TABLE["hours"], "node")) == {"reno": 6.0, "idle": 0.0, "boise": 2.0}


def test_a_total_of_answers_counts_the_yes() -> None:
    assert total(TABLE, TABLE["late"]) == 3.0
    assert by_member(total(TABLE, TABLE["late"], "node")) == {"reno": 2.0, "idle": 0.0, "boise": 0.0}


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [(np.array([100, 100], "int8"), 200.0), (np.array([2**24, 1], "float32"), 2.0**24 + 1)],
    ids=["int8", "float32"],
)
def test_a_total_of_narrow_numbers_is_exact(numbers: np.ndarray, expected: float) -> None:
    table = pd.DataFrame({"node": ["reno", "reno"], "value": numbers})

    assert total(table, table["value"]) == expected
    assert by_member(total(table, table["value"], "node")) == {"reno": expected}


def test_a_ratio_to_nothing_is_unknown() -> None:
    assert ratio(3.0, 2.0) == 1.5
    assert isnan(ratio(3.0, 0.0))
    assert by_member(ratio(pd.Series({"a": 3.0, "b": 3.0}), pd.Series({"a": 2.0, "b": 0.0}))) == pytest.approx(
        {"a": 1.5, "b": nan}, nan_ok=True
    )


def test_a_share_counts_only_rows_of_the_whole() -> None:
    whole = TABLE["hours"].notna()

    assert share(TABLE, TABLE["late"], whole) == 2 / 4
    assert by_member(share(TABLE, TABLE["late"], whole, "node")) == pytest.approx(
        {"reno": 0.5, "idle": nan, "boise": 0.0}, nan_ok=True
    )


def test_a_mean_divides_by_what_is_known() -> None:
    assert mean(TABLE, TABLE["hours"]) == 4.0
    assert by_member(mean(TABLE, TABLE["hours"], "node")) == pytest.approx(
        {"reno": 3.0, "idle": nan, "boise": 2.0}, nan_ok=True
    )


def test_a_quantile_lies_between_its_neighbors() -> None:
    assert quantile(TABLE, TABLE["hours"], 0.9) == pytest.approx(5 + 0.7 * 3)
    assert by_member(quantile(TABLE, TABLE["hours"], 0.25, "node")) == pytest.approx(
        {"reno": 2.0, "idle": nan, "boise": 2.0}, nan_ok=True
    )


def test_a_quantile_leaves_the_table_as_it_was() -> None:
    table = pd.DataFrame({"hours": [3.0, 1.0, 2.0]})

    assert quantile(table, table["hours"], 0.5) == 2.0
    assert table["hours"].tolist() == [3.0, 1.0, 2.0]


def test_the_highest_value_is_found() -> None:
    assert highest(TABLE, TABLE["hours"]) == 8.0
    assert by_member(highest(TABLE, TABLE["hours"], "node")) == pytest.approx(
        {"reno": 5.0, "idle": nan, "boise": 2.0}, nan_ok=True
    )


def test_of_nothing_the_total_is_zero_and_the_rest_unknown() -> None:
    assert total(NOTHING, NOTHING["hours"]) == 0.0
    assert isnan(mean(NOTHING, NOTHING["hours"]))
    assert isnan(quantile(NOTHING, NOTHING["hours"], 0.5))
    assert isnan(highest(NOTHING, NOTHING["hours"]))
    assert by_member(quantile(NOTHING, NOTHING["hours"], 0.5, "node")) == pytest.approx(
        dict.fromkeys(["reno", "idle", "boise"], nan), nan_ok=True
    )
