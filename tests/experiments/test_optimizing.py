"""The search: it finds what is cheap, goes on where it stopped, and holds its best against today with fresh seeds."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.experiments.test_study import a_design
from twin.assemble import build
from twin.cli.app import app
from twin.domain.errors import ConfigurationError, UsageError
from twin.domain.extras import MissingExtra
from twin.experiments.manifest import read_manifest
from twin.experiments.optimizing import JOURNAL, Search, Trial, best, trial_name, words_of
from twin.experiments.replication import Design, folder_of
from twin.hydra_glue.searching import Searched, searched

FIXED = "network.nodes.reno.costs.fixed_usd_per_day"
RENT = Searched(FIXED, 0.0, 400.0, is_whole=False, is_log=False)
TUTORIAL = ["scenario=tutorial", "demand.orders_per_day=100", "study.replications=2"]


def a_search(folder: Path, ranges: Sequence[Searched] = (RENT,)) -> Search:
    """Return a search over what a building costs: the less the better, by construction."""

    def make(name: str, settings: Mapping[str, float]) -> Design:
        return a_design(folder, name, [*words_of(settings), "study.replications=2", "demand.orders_per_day=60"])

    return Search(folder, make("as_it_is", {}), ranges, make, build, 0)


def test_cheap_rent_is_found(tmp_path: Path) -> None:
    found = list(a_search(tmp_path).trials(14, new=False))

    assert [one.number for one in found] == list(range(14))
    assert all(0 <= one.settings[FIXED] <= 400 for one in found)
    by_rent = sorted(found, key=lambda one: one.settings[FIXED])
    assert [one.number for one in best(found, smaller_is_better=True)] == [one.number for one in by_rent[:3]]
    assert by_rent[0].settings[FIXED] < 40, "fourteen blind ones would come that low in three of four cases"


def test_a_search_that_was_stopped_goes_on_where_it_was(tmp_path: Path) -> None:
    first = a_search(tmp_path).trials(5, new=False)
    before = [next(first) for _ in range(3)]
    first.close()
    ended_at = (read_manifest(folder_of(tmp_path, trial_name(0), 0)) or {})["ended_at"]

    after = list(a_search(tmp_path).trials(5, new=False))

    assert after[:3] == before
    assert len(after) == 5
    assert (read_manifest(folder_of(tmp_path, trial_name(0), 0)) or {})["ended_at"] == ended_at
    assert len({one.settings[FIXED] for one in after}) == 5, "it does not repeat itself"


def test_a_trial_that_was_stopped_in_the_middle_is_finished_first(tmp_path: Path) -> None:
    search = a_search(tmp_path)
    study = search._study(new=False)
    study.ask().suggest_float(FIXED, 0.0, 400.0)

    found = list(search.trials(2, new=False))

    assert [one.number for one in found] == [0, 1]


def test_starting_over_forgets_the_trials_there_are(tmp_path: Path) -> None:
    before = list(a_search(tmp_path).trials(3, new=False))

    after = list(a_search(tmp_path).trials(1, new=True))

    assert after == before[:1]
    assert not (tmp_path / trial_name(2)).exists()


def test_a_folder_with_another_search_is_refused(tmp_path: Path) -> None:
    list(a_search(tmp_path).trials(1, new=False))
    wider = Searched(FIXED, 0.0, 800.0, is_whole=False, is_log=False)

    with pytest.raises(UsageError) as error:
        list(a_search(tmp_path, [wider]).trials(2, new=False))

    assert "has a search over other settings\n  expected: the same intervals, or an empty place" in str(error.value)


def test_without_optuna_it_is_said_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "optuna", None)

    with pytest.raises(MissingExtra, match=r"pip install 'twin\[optimize\]'"):
        list(a_search(tmp_path).trials(1, new=False))


def test_the_best_are_each_setting_once_and_the_way_round_that_is_asked_for() -> None:
    trials = [
        Trial(at, {"x": x}, mean) for at, (x, mean) in enumerate([(1.0, 5.0), (2.0, 3.0), (2.0, 3.0), (3.0, 4.0)])
    ]

    assert [one.number for one in best(trials, smaller_is_better=True)] == [1, 3, 0]
    assert [one.number for one in best(trials, smaller_is_better=False)] == [0, 3, 1]


def test_intervals_are_read_as_hydra_writes_them() -> None:
    words, found = searched(["scenario=tutorial", "a.b=interval(0.5,3)", "a.c=int(interval(2,9))",
                             "a.d=tag(log,interval(1,100))"])  # fmt: skip

    assert words == ["scenario=tutorial"]
    assert found == [
        Searched("a.b", 0.5, 3.0, is_whole=False, is_log=False),
        Searched("a.c", 2, 9, is_whole=True, is_log=False),
        Searched("a.d", 1.0, 100.0, is_whole=False, is_log=True),
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["scenario=tutorial"], "no interval\n  expected: a setting to search"),
        (["a.b=1,2"], "a.b=1,2\n  expected: an interval"),
        (["a.b=interval(3,3)"], "a.b=interval(3,3)\n  expected: low below high"),
        (["a.b=tag(log,interval(0,3))"], "expected: low below high, both above 0 on a logarithmic scale"),
    ],
)
def test_what_is_no_search_is_refused(words: list[str], said: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        searched(words)

    assert said in str(error.value)


def test_the_command_ends_with_the_best_against_the_settings_of_today(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    words = [
        *TUTORIAL,
        "study.replications=6",
        "study.looks=[3]",
        f"{FIXED}=interval(0,400)",
        "--trials",
        "4",
        "-j",
        "0",
    ]

    done = CliRunner().invoke(app, ["optimize", *words])

    assert done.exit_code == 0, done.output
    assert done.output.count(f": {FIXED}=") == 4
    assert "The best three of 4 against the settings of today, with fresh seeds, since luck helped" in done.output
    folder = tmp_path / "results" / "tutorial-optimized"
    assert (folder / JOURNAL).is_file()
    found = json.loads((tmp_path / "results" / "tutorial-optimized-fresh" / "selection.json").read_text("utf-8"))
    assert found["standings"][0]["design"] == "as_it_is"


def test_a_setting_that_cannot_be_is_refused_before_the_first_trial(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    done = CliRunner().invoke(app, ["optimize", *TUTORIAL, "study.alpha=interval(0.1,3)", "-j", "0"])

    assert isinstance(done.exception, ConfigurationError)
    assert "study.alpha" in str(done.exception)
    assert not (tmp_path / "results").exists()
