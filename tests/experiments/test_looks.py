"""Looks: a study stops at the first look at which its difference is known, and only at looks."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from scipy.special import stdtrit

from tests.experiments.test_study import a_design
from twin.assemble import build
from twin.domain.errors import ConfigurationError
from twin.experiments.looks import at_most, is_precise, looks_of
from twin.experiments.replication import Design
from twin.experiments.results import primary_of, replications_of
from twin.experiments.study import run_replications, run_study

LOOKS = ["study.replications=6", "study.looks=[2,4]"]


def two(folder: Path, matters_from: float) -> list[Design]:
    """Return two designs of which a difference matters from an amount on."""
    words = [*LOOKS, "study.measures.cost_per_order.relative=false", "study.measures.cost_per_order.matters_from="]
    words[-1] += f"{matters_from}"
    return [a_design(folder, "both", words), a_design(folder, "one", [*words, "network.nodes.reno.enabled=false"])]


@pytest.mark.parametrize(("matters_from", "looked"), [(1000.0, [2]), (1e-9, [2, 4, 6])])
def test_a_study_stops_where_its_difference_is_known_and_else_goes_on_to_its_last_run(
    tmp_path: Path, matters_from: float, looked: list[int]
) -> None:
    designs = two(tmp_path, matters_from)

    folder = run_study(designs, build, 0, new=False, command="")

    told = json.loads((folder / "study.json").read_text("utf-8"))
    assert told["looks"] == looked
    assert told["replications"] == looked[-1]
    assert told["state"] == "complete"
    assert replications_of(folder, designs) == list(range(looked[-1]))


def test_what_is_precise_is_told_by_the_width_of_the_comparison(tmp_path: Path) -> None:
    designs = [at_most(one, 3) for one in two(tmp_path, 1.0)]
    run_replications(tmp_path, designs, build, 0, new=False)
    run_study(designs, build, 0, new=False, command="")
    rows = pd.read_parquet(tmp_path / "both_vs_one" / "comparison.parquet")
    row = rows[rows["kpi"] == "cost_per_order"].iloc[0]
    half = (row["high"] - row["low"]) / 2 * stdtrit(2, 1 - 0.025 / 2) / stdtrit(2, 1 - 0.05 / 2)  # at half of alpha
    wide, narrow = ([at_most(one, 3) for one in two(tmp_path, share * half)] for share in (2.01, 1.99))

    assert is_precise(tmp_path, wide)
    assert not is_precise(tmp_path, narrow)


def test_a_study_that_looks_pays_for_it_with_wider_intervals(tmp_path: Path) -> None:
    plain = [at_most(one, 2) for one in two(tmp_path, 1000.0)]
    before = pd.read_parquet(run_study(plain, build, 0, new=False, command="") / "comparison.parquet")

    after = pd.read_parquet(run_study(two(tmp_path, 1000.0), build, 0, new=False, command="") / "comparison.parquet")

    assert set(before["level"]) == {0.95}
    assert set(after["level"]) == {0.975}
    assert (before["difference"] == after["difference"]).all()


def test_one_design_is_precise_where_its_mean_is(tmp_path: Path) -> None:
    run_replications(tmp_path, [at_most(two(tmp_path, 1.0)[0], 3)], build, 0, new=False)

    assert is_precise(tmp_path, [at_most(two(tmp_path, 1000.0)[0], 3)])
    assert not is_precise(tmp_path, [at_most(two(tmp_path, 0.001)[0], 3)])
    assert not is_precise(tmp_path, [at_most(two(tmp_path, 1000.0)[0], 1)])


@pytest.mark.parametrize("looks", ["[4,2]", "[2,2]", "[6]", "[7]", "[1]"])
def test_looks_that_do_not_rise_to_the_last_run_are_refused(tmp_path: Path, looks: str) -> None:
    with pytest.raises(ConfigurationError, match=r"study\.looks"):
        a_design(tmp_path, "both", ["study.replications=6", f"study.looks={looks}"])


def test_a_study_without_looks_has_one_at_its_end(tmp_path: Path) -> None:
    design = a_design(tmp_path, "both", ["study.replications=6"])

    assert looks_of(design) == [6]
    assert primary_of(design.config.study).kpi == "cost_per_order"
