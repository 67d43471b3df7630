"""Observed values as a distribution."""

from __future__ import annotations

from pathlib import Path

import pytest

from twin.observed import quantity_from


@pytest.fixture
def picks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    Path("picks.csv").write_text("order,values_seconds\n1,30\n2,90\n3,60\n", encoding="utf-8")
    return "picks.csv"


def test_a_column_of_a_table_becomes_an_empirical_distribution_in_the_unit_asked_for(picks: str) -> None:
    found = quantity_from({"kind": "empirical", "table": picks, "column": "values_seconds"}, "hours")

    assert found.kind == "empirical"
    assert found.mean == pytest.approx(60 / 3600)


def test_other_distributions_need_no_table() -> None:
    assert quantity_from({"kind": "exponential", "mean_minutes": 30}, "hours").mean == pytest.approx(0.5)


def test_a_column_that_is_not_there_is_named_with_those_that_are(picks: str) -> None:
    with pytest.raises(ValueError, match=r"picks.csv has no column 'values', only order, values_seconds"):
        quantity_from({"kind": "empirical", "table": picks}, "hours")


def test_a_cell_that_is_no_number_is_named_with_its_row(picks: str) -> None:
    Path(picks).write_text("values_seconds\n30\nmany\n", encoding="utf-8")

    with pytest.raises(ValueError, match=r"picks.csv, row 3: values_seconds = 'many' is not a number"):
        quantity_from({"kind": "empirical", "table": picks, "column": "values_seconds"}, "hours")


def test_a_missing_table_is_named(picks: str) -> None:
    with pytest.raises(ValueError, match=r"no table 'pick.csv'(.|\n)*did you mean 'picks.csv'"):
        quantity_from({"kind": "empirical", "table": "pick.csv"}, "hours")
