import numpy as np
import pandas as pd
import pytest

from twin.report.csv_export import guarded, write_csv


@pytest.mark.parametrize("text", ["=1+1", "+44", "-cmd", "@SUM(A1)", "\tx", "\rx"])
def test_a_text_that_a_spreadsheet_would_run_is_quoted(text):
    assert guarded(text) == f"'{text}"


@pytest.mark.parametrize("text", ["Columbus", "3PL", "a=b", ""])
def test_other_texts_stay_as_they_are(text):
    assert guarded(text) == text


def test_numbers_stay_numbers(tmp_path):
    table = pd.DataFrame({"design": ["=evil()", "b"], "difference": [-12.5, np.nan], "runs": [3, 4]})

    write_csv(table, tmp_path / "csv" / "forest.csv")

    assert (tmp_path / "csv" / "forest.csv").read_text("utf-8") == "design,difference,runs\n'=evil(),-12.5,3\nb,,4\n"


def test_heads_and_categories_are_guarded_too(tmp_path):
    table = pd.DataFrame({"@kind": pd.Categorical(["+dc"])})

    write_csv(table, tmp_path / "x.csv")

    assert (tmp_path / "x.csv").read_text("utf-8") == "'@kind\n'+dc\n"
