"""Composition: which file or override wins, who is named as the origin, and what is refused how."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hydra.core.global_hydra import GlobalHydra

from tests.conftest import write_files
from twin.domain.errors import ConfigurationError
from twin.hydra_glue import compose

pytestmark = pytest.mark.usefixtures("standing")


def problem_of(overrides):
    with pytest.raises(ConfigurationError) as raised:
        compose(overrides)
    (problem,) = raised.value.problems
    return problem


def test_parts_become_plain_values_without_hydras_own_node():
    composition = compose([])

    assert composition.values == {
        "network": {"title": "Central", "nodes": {"reno": {"kind": "dc", "stations": 2}}},
        "routing": {"kind": "min_cost", "late_penalty_usd": 8.0},
        "study": {"name": "default", "folder": "results", "seed": 1},
        "node_kinds": {"dc": {"fee_usd": 1.0}, "3pl": {"fee_usd": 8.0}},
    }
    assert type(composition.values["network"]) is dict


def test_a_scenario_wins_over_the_parts_and_may_choose_others():
    values = compose(["scenario=storm"]).values

    assert values["network"]["nodes"]["reno"] == {"kind": "dc", "stations": 3}
    assert values["routing"]["kind"] == "nearest"


def test_the_command_line_wins_over_the_scenario():
    values = compose(["scenario=storm", "routing=min_cost", "network.nodes.reno.stations=4"]).values

    assert values["network"]["nodes"]["reno"]["stations"] == 4
    assert values["routing"]["kind"] == "min_cost"


def test_a_scenario_needs_no_package_line():
    assert compose(["scenario=calm"]).values["study"]["seed"] == 5


def test_an_own_scenario_is_found_and_wins_over_a_shipped_one_of_its_name(standing):
    write_files(standing, {"scenarios/calm.yaml": "study: {seed: 99}"})

    assert compose([], scenario="calm").values["study"]["seed"] == 99


def test_an_own_part_is_found_and_wins_and_may_build_on_a_shipped_one(standing):
    mine = "defaults: [us/coasts, _self_]\ntitle: Mine"
    write_files(
        standing,
        {"conf/network/mine.yaml": mine, "conf/routing/min_cost.yaml": "{kind: ours, late_penalty_usd: 1}"},
    )

    values = compose(["network=mine"]).values

    assert values["network"]["title"] == "Mine"
    assert values["routing"]["kind"] == "ours"


def test_an_own_config_yaml_or_hydra_folder_changes_nothing(standing):
    write_files(standing, {"conf/config.yaml": "a: 1", "conf/hydra/job_logging/default.yaml": "a: 1"})

    assert set(compose([]).values) == {"network", "routing", "study", "node_kinds"}


def test_a_part_in_a_folder_of_a_group_is_chosen_by_its_path():
    assert compose(["network=us/coasts"]).values["network"]["title"] == "Coasts"


def test_a_key_that_no_part_mentions_can_be_set():
    values = compose(["network.nodes.bos.stations=1", "study.title='São Paulo, in March'", "study.days=[1,2]"]).values

    assert values["network"]["nodes"]["bos"] == {"stations": 1}
    assert values["study"]["title"] == "São Paulo, in March"
    assert values["study"]["days"] == [1, 2]


def test_a_key_that_begins_with_a_digit_can_be_set():
    values = compose(["node_kinds.3pl.fee_usd=3", "node_kinds.3pl.stages.pick=two words"]).values

    assert values["node_kinds"]["3pl"] == {"fee_usd": 3, "stages": {"pick": "two words"}}


def test_a_key_can_be_deleted():
    assert compose(["~network.nodes.reno"]).values["network"]["nodes"] == {}


def test_a_composition_remembers_its_overrides_and_is_called_by_its_scenario():
    composition = compose(["study.seed=3"], scenario="storm")

    assert composition.overrides == ("scenario=storm", "study.seed=3")
    assert composition.scenario == "storm"
    assert composition.design == "storm"


def test_without_a_scenario_the_design_is_called_by_its_network_unless_named():
    assert compose([]).scenario == ""
    assert compose([]).design == "central_dc"
    assert compose([], design="west").design == "west"


@pytest.mark.parametrize(
    ("key", "origin"),
    [
        ("study.seed", "command line, study.seed=4"),
        ("network.nodes.reno.stations", "scenarios/storm.yaml, line 7"),
        ("network.nodes.reno.kind", "conf/network/central_dc.yaml, line 4"),
        ("network.nodes.reno.zip3", "scenarios/storm.yaml, line 6"),
        ("routing.kind", "conf/routing/nearest.yaml, line 1"),
        ("node_kinds.3pl.fee_usd", "conf/node/3pl.yaml, line 1"),
        ("study.name", "conf/study/default.yaml, line 1"),
        ("carriers.rates", "conf/config.yaml"),
    ],
)
def test_the_origin_of_a_value_is_the_override_or_the_line_that_set_it_or_what_is_above_it(key, origin):
    composition = compose(["scenario=storm", "study.seed=4"])

    assert composition.origin(key) == origin


def test_the_origin_of_an_item_of_a_list_is_its_line(standing):
    write_files(standing, {"scenarios/lists.yaml": "study:\n  days:\n    - 1\n    - 2\n"})

    assert compose(["scenario=lists"]).origin("study.days.1") == "scenarios/lists.yaml, line 4"
    assert compose(["scenario=lists"]).origin("study.days.7") == "scenarios/lists.yaml, line 2"


def test_the_origin_of_a_key_that_a_part_sets_from_the_top_is_the_line_of_that_part(standing):
    mine = """

        # @package _global_
        # Ours.
        routing:
          kind: mine
          late_penalty_usd: 3
        node_kinds:
          3pl:
            packed_in: boxes
        """
    write_files(standing, {"conf/routing/mine.yaml": mine})

    composition = compose(["routing=mine"])

    assert composition.origin("node_kinds.3pl.packed_in") == "conf/routing/mine.yaml, line 8"
    assert composition.origin("node_kinds.3pl.fee_usd") == "conf/node/3pl.yaml, line 1"
    assert composition.origin("routing.kind") == "conf/routing/mine.yaml, line 4"
    assert composition.origin("routing.nothing") == "conf/routing/mine.yaml, line 3"


def test_the_origin_of_a_key_that_a_part_takes_from_another_part_is_the_line_of_the_other(standing):
    mine = "defaults:\n  - us/west\n  - _self_\nnodes: {bos: {kind: dc}}\n"
    west = "defaults: [coasts, _self_]\ndescription: West"
    write_files(standing, {"conf/network/mine.yaml": mine, "conf/network/us/west.yaml": west})

    composition = compose(["network=mine"])

    assert composition.origin("network.title") == "conf/network/us/coasts.yaml, line 1"
    assert composition.origin("network.description") == "conf/network/us/west.yaml, line 2"
    assert composition.origin("network.nodes.bos.kind") == "conf/network/mine.yaml, line 4"


def test_the_origin_of_what_an_override_made_is_that_override():
    composition = compose(["network.nodes.rno.enabled=false", "study.seed=4"])

    assert composition.origin("network.nodes.rno.kind") == "command line, network.nodes.rno.enabled=false"
    assert composition.origin("network.nodes.reno.zip3") == "conf/network/central_dc.yaml, line 3"


def test_the_origin_of_a_part_chosen_on_the_command_line_is_its_file():
    assert compose(["routing=nearest"]).origin("routing") == "conf/routing/nearest.yaml"


def test_a_composition_can_be_written_as_yaml():
    assert compose([]).to_yaml().startswith("network:\n  title: Central\n  nodes:\n    reno:\n")


def test_an_unknown_scenario_is_refused_with_the_nearest_and_all_there_are(standing):
    write_files(standing, {"scenarios/mine.yaml": "{}"})

    problem = problem_of(["scenario=strom"])

    assert problem.found == "scenario=strom"
    assert problem.expected == "one of calm, mine, storm"
    assert problem.cure == "did you mean 'storm'?"


def test_an_unknown_part_asked_for_by_a_scenario_is_refused_with_its_line(standing):
    write_files(standing, {"scenarios/mine.yaml": "defaults:\n  - override /network: cntral_dc"})

    problem = problem_of(["scenario=mine"])

    assert problem.where == "scenarios/mine.yaml, line 2"
    assert problem.found == "network=cntral_dc"
    assert problem.cure == "did you mean 'central_dc'?"


def test_a_part_that_config_yaml_names_and_nobody_ships_is_refused(standing):
    (standing.parent / "shipped" / "conf" / "study" / "default.yaml").unlink()

    problem = problem_of([])

    assert (problem.where, problem.found) == ("conf/config.yaml", "study=default")


@pytest.mark.parametrize(
    ("override", "found", "cure"),
    [
        ("network=nope", "network=nope", ""),
        ("scenario=null", "scenario=null", ""),
        ("scenario=../scenarios/storm", "scenario=../scenarios/storm", ""),
        ("seed", "'seed' (", "write seed=value"),
        ("title=São", "'title=São' (", "put quotes around the value, inside the shell's own"),
        ("title=a (b)", "'title=a (b)' (", "put quotes around a value with special characters"),
        ("--help", "'--help' (", "write --help=value"),
        ("study.seed=1,2", "study.seed=1,2", "write a list as [a,b]"),
        ("scenario=calm,storm", "scenario=calm,storm", "write a list as [a,b]"),
        ("node_kinds.3pl.fee_usd=1,2", "node_kinds.3pl.fee_usd=1,2", "write a list as [a,b]"),
        ("hydra.run.dir=/elsewhere", "hydra.run.dir=/elsewhere", "only hydra/launcher"),
        ("hydra=1", "hydra=1", "only hydra/launcher"),
        ("routing@hydra.x=nearest", "routing@hydra.x=nearest", "only hydra/launcher"),
        ("hydra/launcher=basic", "hydra/launcher=basic", "only hydra/launcher"),
        ("+network=us/coasts", "Multiple values for network", ""),
        ("~study.nothing", "'study.nothing' does not exist", ""),
        ("=3", "'=3'", ""),
        ("study.seed=???", "Missing mandatory value: seed", ""),
        ("study.seed=${nobody}", "Interpolation key 'nobody' not found", ""),
        ("network/us=coasts", "Could not override 'network/us'", ""),
    ],
)
def test_an_override_that_cannot_be_meant_is_refused_with_a_cure(override, found, cure):
    problem = problem_of([override])

    assert found in problem.found
    assert problem.cure.startswith(cure)


def test_all_overrides_that_cannot_be_meant_are_refused_at_once():
    with pytest.raises(ConfigurationError) as raised:
        compose(["scenario=strom", "study.seed=1", "seed", "network=nope"])

    assert [problem.found.partition(" ")[0] for problem in raised.value.problems] == [
        "scenario=strom",
        "'seed'",
        "network=nope",
    ]


def test_a_scenario_that_could_run_code_is_refused_before_hydra_reads_it(standing):
    evil = "hydra:\n  job_logging:\n    handlers: {x: {(): os.mkdir, path: made}}\n"
    write_files(standing, {"scenarios/evil.yaml": evil})

    with pytest.raises(ConfigurationError, match=r"scenarios/evil.yaml, line 1: the key hydra"):
        compose(["scenario=evil"])

    assert not Path("made").exists()


def test_an_own_part_that_could_run_code_is_refused(standing):
    write_files(standing, {"conf/routing/ours.yaml": "_target_: os.getcwd"})

    with pytest.raises(ConfigurationError, match=r"conf/routing/ours.yaml, line 1: the key _target_"):
        compose(["routing=ours"])


def test_a_shipped_part_that_is_not_yaml_is_refused_with_its_line(standing):
    write_files(standing.parent / "shipped", {"conf/routing/min_cost.yaml": "kind: [\n"})

    problem = problem_of([])

    assert problem.where == "conf/routing/min_cost.yaml, line 2"


def test_composing_writes_nothing_and_leaves_hydra_as_it_was(standing):
    before = GlobalHydra.instance().hydra

    compose(["scenario=storm"])
    with pytest.raises(ConfigurationError):
        compose(["scenario=nope"])

    assert list(standing.iterdir()) == []
    assert GlobalHydra.instance().hydra is before


def test_naming_a_composition_does_not_load_hydra():
    code = (
        "import sys; from twin.hydra_glue import Composition;print('hydra' in sys.modules, 'omegaconf' in sys.modules)"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}

    said = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)

    assert said.stdout.split() == ["False", "False"]
