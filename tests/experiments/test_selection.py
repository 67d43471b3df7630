"""The selection: the better network wins with fewer runs for the losers, and is run again with other luck."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.experiments.test_study import a_design
from twin.assemble import build
from twin.domain.errors import UsageError
from twin.experiments.manifest import read_manifest
from twin.experiments.replication import Design, folder_of
from twin.experiments.results import primary_of
from twin.experiments.selection import Selection, Standing, fresh, select
from twin.report.selection_text import selection_text

DEARER = "network.nodes.reno.costs.fixed_usd_per_day"


def three_designs(folder: Path, replications: int = 6, step_usd: int = 200) -> list[Design]:
    """Return a dear network first, then a cheap one, then one between, all with the same customers."""
    return [
        a_design(folder, name, [f"{DEARER}={usd}", f"study.replications={replications}", "study.looks=[3]"])
        for name, usd in (("dear", 2 * step_usd), ("cheap", 0), ("between", step_usd))
    ]


def test_the_cheapest_network_is_selected_and_the_others_get_no_more_runs_than_it_takes(tmp_path: Path) -> None:
    designs = three_designs(tmp_path)

    found = select(tmp_path, designs, build, 0, new=False)

    assert found.winner == "cheap"
    assert [one.is_left for one in found.standings] == [False, True, False]
    assert found.standings[0].runs == 3
    assert found.standings[0].mean - found.standings[1].mean > found.delta
    assert found.to_confirm() == ("dear", "cheap")
    assert found.runs_of(("dear", "cheap")) == found.standings[1].runs


def test_what_is_equal_in_every_run_is_said_to_be_equal(tmp_path: Path) -> None:
    designs = three_designs(tmp_path, step_usd=0)

    found = select(tmp_path, designs, build, 0, new=False)

    assert [one.is_left for one in found.standings] == [True, True, True]
    assert found.to_confirm() is None
    assert selection_text(found, primary_of(designs[0].config.study)).startswith("EQUAL: dear, cheap and between")


def test_the_winner_meets_other_customers_when_it_is_run_again(tmp_path: Path) -> None:
    (before,) = three_designs(tmp_path)[1:2]

    (after,) = fresh(tmp_path / "some_study", [before], 5)

    assert after.config.study.seed != before.config.study.seed
    assert after.config.study.name == "some_study-fresh"
    assert after.config.study.replications == 5
    assert after.config.network == before.config.network
    assert fresh(tmp_path / "some_study", [before], 5) == [after], "the same seed gives the same fresh one"


def test_a_selection_killed_and_asked_again_takes_what_is_there(tmp_path: Path) -> None:
    designs = three_designs(tmp_path)
    first = select(tmp_path, designs, build, 0, new=False)
    place = folder_of(tmp_path, "cheap", 0)
    ended_at = (read_manifest(place) or {})["ended_at"]

    again = select(tmp_path, designs, build, 0, new=False)

    assert again == first
    assert (read_manifest(place) or {})["ended_at"] == ended_at


@pytest.mark.parametrize(
    ("overrides", "words"),
    [(["study.replications=1"], "study.replications: 1"),
     (["study.measures.cost_per_order.matters_from=0"], "study.measures.cost_per_order.matters_from: 0")],
)  # fmt: skip
def test_what_cannot_be_selected_is_refused(tmp_path: Path, overrides: list[str], words: str) -> None:
    designs = [a_design(tmp_path, name, overrides) for name in ("one", "other")]

    with pytest.raises(UsageError, match=words.replace(".", r"\.")):
        select(tmp_path, designs, build, 0, new=False)


def test_one_design_alone_is_no_race(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="needs two different designs; found only 'one'"):
        select(tmp_path, [a_design(tmp_path, "one")], build, 0, new=False)


def test_a_race_that_runs_dry_says_who_is_left(tmp_path: Path) -> None:
    standings = (Standing("a", 40, 20.0, is_left=True), Standing("b", 40, 20.01, is_left=True),
                 Standing("c", 10, 30.0, is_left=False))  # fmt: skip
    found = Selection(standings, 0.1, 0.05, smaller_is_better=True, is_spent=True)
    measure = primary_of(a_design(tmp_path).config.study)

    text = selection_text(found, measure)

    assert found.winner is None
    assert found.to_confirm() is None
    assert text.startswith("NOT DECIDED: a and b are too much alike on cost per order for 40 runs (95%, KN; ")
    assert text.endswith("90 runs in all, where 120 would have treated all designs alike.")


def test_who_came_next_is_run_again_where_the_baseline_wins() -> None:
    standings = (Standing("a", 12, 20.0, is_left=True), Standing("b", 10, 22.0, is_left=False),
                 Standing("c", 10, 21.0, is_left=False))  # fmt: skip

    found = Selection(standings, 0.1, 0.05, smaller_is_better=True, is_spent=False)

    assert found.to_confirm() == ("a", "c")


def test_the_command_announces_only_what_fresh_runs_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from typer.testing import CliRunner

    from twin.cli.app import app

    monkeypatch.chdir(tmp_path)
    words = ["select", "scenario=tutorial", "network.nodes.reno.enabled=false,true", "-j", "0", "study.replications=4",
             "study.looks=[3]", "study.measured_days=2", "study.warmup_days=1", "study.name=west"]  # fmt: skip

    said = CliRunner().invoke(app, words)

    assert said.exit_code == 0, said.output
    assert "SELECTED: enabled-True is the best of 2 on cost per order" in said.output
    assert said.output.index("Once more with fresh seeds") < said.output.index("cheaper per order")
    assert json.loads((tmp_path / "results/west/selection.json").read_text("utf-8"))["standings"][1]["is_left"]
    confirmed = json.loads((tmp_path / "results/west-fresh/study.json").read_text("utf-8"))
    assert confirmed["seed"] != 20250901
    assert (tmp_path / "results/west-fresh/report.html").is_file()
