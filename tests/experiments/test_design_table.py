"""A whole study as one table."""

from __future__ import annotations

from math import isnan
from pathlib import Path

import pandas as pd
import pytest

from tests.experiments.test_study import a_design
from twin.assemble import build
from twin.domain.errors import UsageError
from twin.experiments.design_table import design_table
from twin.experiments.intervals import mean_interval
from twin.experiments.study import run_replications, run_study


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three points of a sweep, two replications each."""
    folder = tmp_path_factory.mktemp("results")
    points = {"four": ["routing.late_usd=4"], "eight": ["routing.late_usd=8"],
              "closed": ["network.nodes.reno.enabled=false"]}  # fmt: skip
    designs = [a_design(folder, name, overrides) for name, overrides in points.items()]
    return run_study(designs, build, 0, new=False, command="")


def test_a_row_has_what_tells_a_design_from_the_others_and_its_measures(study: Path) -> None:
    table = design_table(study).set_index("design")

    assert list(table.index) == ["closed", "eight", "four"]
    assert list(table.columns[:3]) == ["network.nodes.reno.enabled", "routing.late_usd", "replications"]
    assert table["routing.late_usd"].tolist()[1:] == [8.0, 4.0]
    assert table["network.nodes.reno.enabled"].tolist() == [False, True, True]
    assert {"cost_per_order", "cost_per_order_half_width", "on_time_delivery_rate"} <= {*table.columns}


def test_means_and_half_widths_are_those_of_the_replications(study: Path) -> None:
    row = design_table(study, ["orders_placed"]).set_index("design").loc["four"]

    kpis = [pd.read_parquet(path) for path in sorted(study.glob("four/rep-*/kpis.parquet"))]
    values = [float(one.query("kpi == 'orders_placed' and group == 'network'")["value"].iloc[0]) for one in kpis]
    assert row["replications"] == 2
    assert row["orders_placed"] == sum(values) / 2
    assert row["orders_placed_half_width"] == pytest.approx(mean_interval(values, 0.95).half_width)


def test_one_replication_has_no_interval(tmp_path: Path) -> None:
    run_replications(tmp_path, [a_design(tmp_path, overrides=["study.replications=1"])], build, 0, new=False)

    (row,) = design_table(tmp_path, ["cost_per_order"]).to_dict("records")

    assert row["replications"] == 1
    assert isnan(row["cost_per_order_half_width"])


@pytest.mark.parametrize(
    ("kpis", "message"), [(["cost_per_oder"], "no KPI cost_per_oder\n  expected: some of docs/kpis.md")]
)
def test_a_kpi_that_is_not_there_is_refused(study: Path, kpis: list[str], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        design_table(study, kpis)


def test_a_study_that_is_not_there_or_not_finished_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no finished replication"):
        design_table(tmp_path)
    run_replications(tmp_path, [a_design(tmp_path)], build, 0, new=False)
    with pytest.raises(
        UsageError, match="not finished, so nobody knows its measures\n  to mend:  name some with --kpis"
    ):
        design_table(tmp_path)
