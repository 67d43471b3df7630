"""`twin check`: everything wrong in a composed scenario, each with the file, row or override to mend."""

from __future__ import annotations

from pathlib import Path

import pytest

from twin.assemble.check import check
from twin.hydra_glue import compose

CHECKOUT = Path(__file__).resolve().parents[2]
SMALL = ["scenario=tutorial"]


@pytest.fixture(autouse=True)
def in_the_checkout(monkeypatch):
    monkeypatch.chdir(CHECKOUT)


@pytest.mark.parametrize("scenario", ["tutorial", "full_mix"])
def test_a_sound_scenario_has_no_problems(scenario: str) -> None:
    assert check(compose([], scenario=scenario)) == []


def test_shapes_are_checked_before_tables() -> None:
    found = check(compose([*SMALL, "study.replications=0", "network.nodes.reno.zip3='000'"]))

    assert [problem.found for problem in found] == ["study.replications = 0"]


def test_a_problem_names_the_override_that_made_it() -> None:
    (problem,) = check(compose([*SMALL, "network.nodes.reno.zip3='000'"]))

    assert problem.where == "command line, network.nodes.reno.zip3='000'"
    assert problem.found == "network.nodes.reno.zip3: '000'"


def test_a_problem_of_what_a_part_sets_elsewhere_names_that_part() -> None:
    # the post collects from centers at four in the afternoon, now after closing time
    part = "conf/carriers/us_usps.yaml"

    problems = check(compose([*SMALL, "carriers=us_usps", "network.nodes.reno.kind=dc",
                              "network.nodes.reno.shifts.day.ends='15:00'",
                              "network.nodes.reno.shifts.evening=null"]))  # fmt: skip

    line = next(line for line, text in enumerate(Path(part).read_text("utf-8").splitlines(), start=1)
                if text.strip().startswith("usps_priority_mail: {days"))  # fmt: skip
    assert f"{part}, line {line}" in {
        problem.where for problem in problems
        if problem.found.startswith("network.nodes.reno.departures.usps_priority_mail.cutoff: 16:00")
    }  # fmt: skip


def test_a_table_that_a_shared_part_names_is_held_against_that_part() -> None:
    composition = compose(["network=central_dc"])
    composition.values["network"]["places"] = "tables/us/place.csv"

    (problem,) = check(composition)

    assert problem.where.startswith("conf/network/us.yaml, line ")
    assert problem.found.startswith("network.places: no table")


def test_a_problem_of_a_preset_names_the_presets_file_and_line() -> None:
    # the cut-off of the store's preset, now that the store closes earlier
    problems = check(compose([*SMALL, "network.nodes.reno.kind=dc", "network.nodes.reno.shifts.day.ends='16:30'",
                              "network.nodes.reno.shifts.evening=null"]))  # fmt: skip

    cutoff = next(line for line, text in enumerate(Path("conf/node/dc.yaml").read_text("utf-8").splitlines(), start=1)
                  if text.strip().startswith("parcel_ground:"))  # fmt: skip
    assert f"conf/node/dc.yaml, line {cutoff}" in {problem.where for problem in problems}
    assert "network.nodes.reno.departures.parcel_ground.cutoff: 17:00 on mon, tue, wed, thu, fri" in {
        problem.found for problem in problems
    }


def test_a_problem_of_a_scenario_names_the_part_that_says_it() -> None:
    (problem,) = check(compose([*SMALL, "network.lanes.reno.from=nobody"]))

    assert problem.found == "network.lanes.reno.from: supplier 'nobody'"
    assert problem.where == "command line, network.lanes.reno.from=nobody"


def test_a_problem_of_a_table_names_the_row(tmp_path, monkeypatch) -> None:
    table = (
        (CHECKOUT / "conf/tables/us/transit.csv").read_text("utf-8").replace("parcel,economy,1,2", "parcel,economy,1,x")
    )
    (tmp_path / "slow.csv").write_text(table, "utf-8")
    monkeypatch.chdir(tmp_path)

    (problem,) = check(compose([*SMALL, "carriers.transit=[slow.csv]"]))

    assert (problem.where, problem.found) == ("slow.csv, row 2", "typical_days = 'x'")
