"""A study of one replication: a page with levels, no interval, no verdict, and what to do about it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from tests.report.a_history import write_study
from tests.report.a_study import Size
from twin.cli.app import app
from twin.domain.errors import TwinError
from twin.report.answer import Answer
from twin.report.build import build_report, read_answer, sections_of
from twin.report.page import Section

MORE = "run it again with more, such as study.replications=10"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_study(tmp_path_factory.mktemp("one"), Size(replications=1, orders_per_day=60))


@pytest.fixture(scope="module")
def answer(folder: Path) -> Answer:
    return read_answer(folder)


@pytest.fixture(scope="module")
def sections(answer: Answer) -> dict[str, Section]:
    return {section.anchor: section for section in sections_of(answer)}


def test_the_report_says_that_there_is_no_verdict_and_what_to_do(folder: Path) -> None:
    build_report(folder)

    memo = (folder / "memo.md").read_text("utf-8")
    assert memo.startswith("# No verdict: one replication gives no interval.")
    assert f"For a verdict **{MORE}.**" in memo
    assert f"**No intervals:** one run gives none; {MORE}." in memo
    assert "4 designs · one run of each design · " in memo


def test_the_memo_has_levels_and_no_difference(folder: Path) -> None:
    build_report(folder)
    row = next(line for line in (folder / "memo.md").read_text("utf-8").splitlines() if line.startswith("| Cost"))

    cells = [cell.strip() for cell in row.strip("|").split("|")]

    assert cells[1].startswith("$")
    assert cells[2].startswith("$")
    assert cells[3:6] == ["n/a", "n/a", "not judged"]


def test_what_would_need_intervals_is_not_drawn(sections: dict[str, Section]) -> None:
    assert "pareto" not in sections
    for anchor in ("forest", "difference"):
        assert not sections[anchor].figures
        assert MORE in sections[anchor].body


def test_nothing_is_said_to_drive_a_difference_that_is_not_known(folder: Path) -> None:
    build_report(folder)

    assert "What drives it" not in (folder / "memo.md").read_text("utf-8")


def test_no_section_speaks_of_intervals_or_of_several_runs(sections: dict[str, Section]) -> None:
    words = " ".join(f"{section.finding} {section.lede} {section.note}" for section in sections.values())

    for phrase in (
        "1 runs",
        "paired",
        "half-widths",
        "P10 to P90",
        "Gray bars",
        "Hardly anybody",
        "none is",
        "mean of",
    ):
        assert phrase not in words
    assert "One run, so there is no band." in words


def test_the_numbers_are_in_the_tables_all_the_same(folder: Path) -> None:
    build_report(folder)

    forest = pd.read_csv(folder / "csv" / "forest.csv")
    assert forest["mean"].notna().all()
    assert forest["difference"].isna().all()


def test_one_design_of_one_replication_has_levels_alone(answer: Answer) -> None:
    assert all(half != half for _, _, half in answer.levels())  # noqa: PLR0124  (not a number)


@pytest.mark.parametrize("nothing", ["demand.orders_per_day=0", "replenishment.opening_days_of_cover=0"])
def test_a_study_that_delivers_nothing_is_told_so_and_its_runs_are_kept(
    nothing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    words = ["scenario=tutorial", "study.replications=1", "study.name=empty", "replenishment=none", nothing, "-j", "0"]

    done = CliRunner().invoke(app, ["run", *words])

    assert isinstance(done.exception, TwinError)
    assert "empty: tutorial delivered no order in the measured days\n  expected: orders, and stock" in str(
        done.exception
    )
    assert (tmp_path / "results" / "empty" / "tutorial" / "rep-0000" / "manifest.json").is_file()
