"""Shadow mode from a log to a folder: what min_cost logs min_cost repeats, and the results are whole or not there."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import msgspec
import pandas as pd
import pytest

from tests.calibration.shadow_world import AIR, a_plan, logged, shelf, ships
from tests.eventful_day import model
from twin.calibration import shadow_files
from twin.calibration.decision_log import write_log
from twin.calibration.shadow_files import Shadowed, folder_name, shadow, write_shadow
from twin.calibration.shadow_results import Difference
from twin.config import ScenarioConfig, parse
from twin.domain.errors import ConfigurationError, UsageError
from twin.experiments.decision_log import write_own_log
from twin.hydra_glue import compose
from twin.policies.conformance import Shelf
from twin.policies.contract import DecisionMessage, DecisionRequest
from twin.policies.routing.distance_split import DistanceSplit
from twin.policies.routing.min_cost import MinCost
from twin.report.shadow_text import shadow_text, verdict


@pytest.fixture(scope="module")
def own_log(tmp_path_factory) -> Path:
    """What min_cost decided on that day."""
    file = tmp_path_factory.mktemp("logs") / "own.jsonl"
    write_own_log(model(), file, 3)
    return file


def the_shelf() -> Shelf:
    return Shelf(model().shelves.book, model().shelves.packer)


def test_the_logged_day_is_eventful(own_log) -> None:
    table = shadow(own_log, MinCost(), "min_cost", the_shelf(), roll=False).one_step.found.table

    assert len(table) > table["order_number"].nunique() + 50
    assert (table["production_units"] == 0).any()


def test_what_min_cost_logged_min_cost_repeats_in_both_replays(own_log) -> None:
    found = shadow(own_log, MinCost(), "min_cost", the_shelf())

    for replayed in (found.one_step, found.rolling):
        summary = replayed.summary
        assert summary.agreement.rate == 1.0
        assert summary.decisions == len(own_log.read_bytes().splitlines())
        assert summary.gate != "failed"
        assert {change.mean for change in summary.changes.values()} == {0.0}
        assert replayed.found.worst == ()


def test_another_policy_differs_and_every_difference_has_a_class(own_log) -> None:
    found = shadow(own_log, DistanceSplit(), "distance_split", the_shelf())

    summary = found.one_step.summary
    assert summary.gate == "failed"
    assert sum(summary.classes.values()) == summary.decisions
    assert summary.classes[Difference.PROD_PLAN_INFEASIBLE] == 0
    assert found.rolling.summary.classes[Difference.SAME] < summary.classes[Difference.SAME]


PAGE = "<!doctype html>\n<p>\u00b5</p>\n"


@pytest.fixture
def small(tmp_path) -> Shadowed:
    """A log of three lines, two of them otherwise."""
    file = tmp_path / "small.jsonl"
    log = [
        logged(a_plan(ships("columbus"), number=1)),
        logged(a_plan(ships("reno", AIR), number=2)),
        logged(a_plan(ships("columbus", "drone"), number=3)),
    ]
    write_log(file, log)
    return shadow(file, MinCost(), "min_cost", shelf())


def test_the_folder_has_the_tables_the_numbers_and_the_worst(small, tmp_path) -> None:
    write_shadow(small, tmp_path / "results" / "small", PAGE)

    names = {path.name for path in (tmp_path / "results" / "small").iterdir()}
    assert names == {"one_step.parquet", "rolling.parquet", "summary.json", "worst.jsonl", "report.html"}
    assert (tmp_path / "results" / "small" / "report.html").read_text("utf-8") == PAGE
    table = pd.read_parquet(tmp_path / "results" / "small" / "one_step.parquet")
    assert table["difference"].tolist() == ["SAME", "OTHER_NODE", "PROD_PLAN_INFEASIBLE"]
    assert table["line"].tolist() == [1, 2, 3]
    assert table["regret_usd"].tolist()[:2] == [0.0, pytest.approx(19.0)]
    assert table["production_nodes"].tolist() == ["columbus", "reno", ""]


def test_the_numbers_are_there_for_programs(small, tmp_path) -> None:
    write_shadow(small, tmp_path / "small", PAGE)

    found = json.loads((tmp_path / "small" / "summary.json").read_text("utf-8"))
    assert found["policy"] == "min_cost"
    assert found["one_step"]["gate"] == "failed"
    assert found["one_step"]["agreement"]["count"] == 1
    assert found["one_step"]["classes"]["OTHER_NODE"] == 1
    assert {"production_node": "reno", "our_node": "columbus", "units": 1} in found["one_step"]["confusion"]
    assert found["rolling"]["per"] == "order"


def test_the_worst_are_kept_whole(small, tmp_path) -> None:
    write_shadow(small, tmp_path / "small", PAGE)

    rows = [json.loads(line) for line in (tmp_path / "small" / "worst.jsonl").read_text("utf-8").splitlines()]
    steps = [row for row in rows if row["replay"] == "one_step"]
    assert [row["line"] for row in steps] == [2, 3]
    assert msgspec.convert(steps[0]["request"], DecisionRequest) == small.one_step.found.worst[0].request
    assert msgspec.convert(steps[0]["ours"], DecisionMessage) == small.one_step.found.worst[0].ours
    assert steps[1]["said"] == "order 3: node 'columbus' cannot send 1 of mug to 432 by 'drone'"


def test_new_results_take_the_place_of_old_ones(small, tmp_path) -> None:
    write_shadow(small, tmp_path / "small", PAGE)

    write_shadow(replace(small, rolling=None), tmp_path / "small", PAGE)

    assert not (tmp_path / "small" / "rolling.parquet").exists()
    assert "rolling" not in json.loads((tmp_path / "small" / "summary.json").read_text("utf-8"))


def test_old_results_stay_whole_where_new_ones_break_off(small, tmp_path, monkeypatch) -> None:
    write_shadow(small, tmp_path / "small", PAGE)
    before = {path.name: path.read_bytes() for path in (tmp_path / "small").iterdir()}

    def no_room(path: Path, content: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shadow_files, "_write", no_room)
    with pytest.raises(ConfigurationError, match="small: No space left on device\n  expected: a folder that can be"):
        write_shadow(replace(small, rolling=None), tmp_path / "small", PAGE)

    assert {path.name: path.read_bytes() for path in (tmp_path / "small").iterdir()} == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["small", "small.jsonl"]


def test_an_empty_log_is_refused(tmp_path) -> None:
    (tmp_path / "empty.jsonl").touch()

    with pytest.raises(UsageError, match="the decision log is empty"):
        shadow(tmp_path / "empty.jsonl", MinCost(), "min_cost", shelf())


@pytest.mark.parametrize(
    ("log", "policy", "name"),
    [
        ("logs/may.jsonl", "min_cost", "may-min_cost"),
        ("may 5.jsonl", "python:ours.dom:Router", "may-5-python-ours.dom-Router"),
        ("logs/.jsonl", "x", "jsonl-x"),
    ],
)
def test_results_are_named_after_the_log_and_the_policy(tmp_path, log, policy, name) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / log).write_text("one")

    named, digits = folder_name(tmp_path / log, policy, configured()).rsplit("-", 1)

    assert (named, len(digits)) == (name, 8)


def test_another_log_of_that_name_and_other_settings_have_results_of_their_own(tmp_path) -> None:
    log = tmp_path / "may.jsonl"
    log.write_text("one")
    first, again = (folder_name(log, "min_cost", configured()) for _ in range(2))
    dearer = folder_name(log, "min_cost", configured("routing.late_usd=50"))
    log.write_text("other")

    assert first == again
    assert len({first, dearer, folder_name(log, "min_cost", configured())}) == 3


def configured(*overrides: str) -> ScenarioConfig:
    composition = compose([*overrides], "tutorial")
    return parse(composition.values, composition.origin)


def test_an_order_agrees_if_all_its_decisions_do(tmp_path) -> None:
    twice = [logged(a_plan(ships("columbus"), number=1)), logged(a_plan(ships("reno"), number=1))]
    write_log(tmp_path / "log.jsonl", [*twice, logged(a_plan(ships("columbus"), number=2))])

    found = shadow(tmp_path / "log.jsonl", MinCost(), "min_cost", shelf(), roll=False).one_step.summary

    assert (found.agreement.count, found.agreement.of, found.decisions) == (1, 2, 3)
    assert verdict(found).startswith(
        "Not the same policy as production: 50.0 % of 2 orders, with all their decisions, agr"
    )


def test_the_text_begins_with_the_verdict_and_ends_with_the_place(small) -> None:
    said = shadow_text(small, "results/shadow/small-min_cost")

    assert said.startswith(
        "Not the same policy as production: 33.3 % of 3 orders agree (6.1 to 79.3 %). 99.5 % would be needed. "
        "Most decisions differ first at shipments[0].node (1 of 2).\n"
    )
    assert "          1  OTHER_NODE                the same parts, from another node\n" in said
    assert "    cost, $        -9.50  (-19.00 to +0.00; 2 pairs)\n" in said
    assert (
        "    order 2, line 2: $19.00 more, OTHER_NODE at shipments[0].node: reno by parcel_air, ours columbus" in said
    )
    assert "    order 3, line 3: costs cannot be compared, order 3: node 'columbus' cannot send" in said
    assert "\nRolling: the same orders, with the stock as our decisions would have left it\n" in said
    assert said.endswith("\nResults: results/shadow/small-min_cost")


def test_the_text_without_a_rolling_replay_has_none(small) -> None:
    assert "Rolling" not in shadow_text(replace(small, rolling=None), "x")


def test_a_good_verdict_names_the_share_and_its_interval(tmp_path) -> None:
    write_log(tmp_path / "log.jsonl", [logged(a_plan(ships("columbus"), number=number)) for number in range(765)])

    found = shadow(tmp_path / "log.jsonl", MinCost(), "min_cost", shelf(), roll=False)

    said = "The same policy as production: 100.0 % of 765 orders agree (99.5 to 100.0 %)."
    assert verdict(found.one_step.summary) == said


def test_a_few_decisions_decide_nothing_however_alike(tmp_path) -> None:
    write_log(tmp_path / "log.jsonl", [logged(a_plan(ships("columbus"), number=number)) for number in range(5)])

    found = shadow(tmp_path / "log.jsonl", MinCost(), "min_cost", shelf(), roll=False)

    assert verdict(found.one_step.summary) == (
        "Not decided whether it is the same policy as production: 100.0 % of 5 orders agree (56.5 to 100.0 %). "
        "99.5 % would be needed. Alike as far as can be told; it takes 765 orders to know."
    )


def test_a_share_that_misses_the_gate_does_not_look_as_if_it_met_it(tmp_path) -> None:
    log = [logged(a_plan(ships("columbus"), number=number)) for number in range(369)]
    log += [logged(a_plan(ships("reno"), number=1000 + number)) for number in range(2)]
    write_log(tmp_path / "log.jsonl", log)

    found = shadow(tmp_path / "log.jsonl", MinCost(), "min_cost", shelf(), roll=False)

    assert found.one_step.summary.agreement.rate == pytest.approx(0.99461, abs=1e-5)
    said = verdict(found.one_step.summary)
    assert said.startswith("Not decided whether it is the same policy as production: 99.4 % of 371 orders agree")


def test_a_single_order_has_no_interval(tmp_path) -> None:
    write_log(tmp_path / "log.jsonl", [logged(a_plan(ships("columbus", "drone"))), logged(a_plan(ships("reno")))])

    said = shadow_text(shadow(tmp_path / "log.jsonl", MinCost(), "min_cost", shelf(), roll=False), "x")

    assert "    cost, $        -3.00  (no interval from a single order; 1 pairs)\n" in said


def test_nothing_to_compare_is_said(tmp_path) -> None:
    write_log(tmp_path / "log.jsonl", [logged(a_plan(ships("columbus", "drone")))])

    said = shadow_text(shadow(tmp_path / "log.jsonl", MinCost(), "min_cost", shelf(), roll=False), "x")

    assert "    cost, $        nothing to compare\n" in said
