"""What a file of data may not contain, and that everything shipped is such a file."""

import pytest

from twin import paths
from twin.hydra_glue import scanning
from twin.hydra_glue.scanning import scan


def found_in(text, kind="scenario"):
    return [f"{problem.where}: {problem.found}" for problem in scan(text.encode(), "s.yaml", kind)]


PLAIN = """
# @package _global_
defaults:
  - override /routing: nearest
  - override node@node_kinds.dc: us/dc
  - override /scenario: null
  - _self_
network: {nodes: {reno: {region: 'NO', cutoff: '16:30', zip3: "021", enabled: true, share: 0.5, stock: null}}}
starts_on: 2026-01-05
"""


def test_plain_data_with_group_overrides_passes():
    assert found_in(PLAIN) == []


def test_an_empty_file_passes():
    assert found_in("# nothing yet\n") == []


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("a:\n  _target_: os.system", "s.yaml, line 2: the key _target_"),
        ("a: [{_partial_: true}]", "s.yaml, line 1: the key _partial_"),
        ("a: {b: {_args_: [ls]}}", "s.yaml, line 1: the key _args_"),
        ("a: 1\nhydra: {run: {dir: /}}", "s.yaml, line 2: the key hydra"),
        ("# @package hydra.job_logging\na: 1", "s.yaml: @package hydra.job_logging"),
        ("a: ${oc.env:HOME}", "s.yaml, line 1: ${oc.env:HOME}"),
        ("a: x${b}", "s.yaml, line 1: x${b}"),
        ("routing: {kind: 'python:subprocess:Popen'}", "s.yaml, line 1: python:subprocess:Popen"),
        ("routing:\n  allowed_hosts: [somewhere.example]", "s.yaml, line 2: the key allowed_hosts"),
        ("routing:\n  api_key_env: TWIN_KEY", "s.yaml, line 2: the key api_key_env"),
        ("a: &x [1]\nb: *x", "s.yaml, line 2: the alias *x"),
        (
            "a: !!python/object/apply:os.system [ls]",
            "s.yaml, line 1: the tag tag:yaml.org,2002:python/object/apply:os.system",
        ),
        ("a: !mine 1", "s.yaml, line 1: the tag !mine"),
        ("a: " + "[" * 21 + "]" * 21, "s.yaml, line 1: more than 20 levels"),
        ("a: 1\n---\nb: 2", "s.yaml, line 2: a second document"),
        ("a: 1\na: 2", "s.yaml, line 2: the key 'a' a second time"),
        ("a: [", "s.yaml, line 2: did not find expected node content"),
        ("- a", "s.yaml: a file that is not a mapping"),
        ("? [a]\n: 1", "s.yaml, line 1: a key that is a list or mapping"),
    ],
)
def test_what_could_do_more_than_say_values_is_refused_with_its_line(text, finding):
    assert found_in(text) == [finding]


@pytest.mark.parametrize(
    "entry",
    [
        "storm",
        "/network: mine",
        "override /hydra/launcher: evil",
        "override hydra/launcher: evil",
        "override /network@hydra.run: mine",
        "override /network: ../../elsewhere",
        "override /network: [a, {b: c}]",
        "optional network: mine",
        "{a: b, c: d}",
        "{[a]: b}",
    ],
)
def test_defaults_beyond_group_overrides_are_refused(entry):
    (finding,) = [one for one in found_in(f"defaults:\n  - {entry}") if "the default" in one]

    assert finding.startswith("s.yaml, line 2: the default ")


def test_defaults_that_are_no_list_are_refused():
    assert found_in("defaults: storm") == ["s.yaml, line 1: defaults that are not a list"]


@pytest.mark.parametrize(
    ("word", "meaning"),
    [
        ("NO", "a truth value"),
        ("on", "a truth value"),
        ("16:30", "another number"),
        ("021", "another number"),
        ("-07", "another number"),
        ("1:30.5", "another number"),
    ],
)
def test_words_that_yaml_takes_for_something_else_must_be_quoted(word, meaning):
    assert found_in(f"a: {word}") == [f"s.yaml, line 1: {word}, which YAML reads as {meaning}"]
    assert found_in(f"{word}: a") == [f"s.yaml, line 1: {word}, which YAML reads as {meaning}"]
    assert found_in(f"a: '{word}'") == []


def test_all_findings_of_a_file_come_at_once():
    assert len(found_in("hydra: {_target_: x}\na: NO\nb: ${c}")) == 4


def test_an_own_part_may_refer_to_values_and_build_on_a_part_of_its_folder():
    assert found_in("defaults: [central_dc, us/east, _self_]\nfee: ${costs.wage}", kind="part") == []


def test_a_part_of_ones_own_may_name_code_hosts_and_secrets():
    text = "kind: python:ours:Router\nallowed_hosts: [dom.example]\napi_key_env: TWIN_KEY"

    assert found_in(text, kind="part") == []


def test_code_in_a_scenario_is_sent_to_a_part():
    (problem,) = scan(b"routing: {kind: 'python:ours:Router'}", "s.yaml", "scenario")

    assert problem.expected == "no code of your own in a scenario"
    assert problem.cure == "name it in a part, such as conf/routing/ours.yaml, and choose that: override /routing: ours"


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("fee: ${oc.env:HOME}", "s.yaml, line 1: ${oc.env:HOME}"),
        ("defaults: ['../x']", "s.yaml, line 1: the default ../x"),
        ("defaults: [/network/x@hydra]", "s.yaml, line 1: the default /network/x@hydra"),
        ("# @package hydra\na: 1", "s.yaml: @package hydra"),
    ],
)
def test_an_own_part_may_neither_read_the_environment_nor_reach_elsewhere(text, finding):
    assert found_in(text, kind="part") == [finding]


def test_a_file_that_is_not_utf8_is_refused():
    assert scan(b"a: \xff", "s.yaml", "scenario")[0].found == "bytes that are not UTF-8"


def test_a_huge_file_is_refused_before_it_is_read():
    assert "more than 5,000,000 bytes" in scan(b"#" * 5_000_001, "s.yaml", "scenario")[0].found


def test_a_bomb_of_many_values_is_refused_before_it_is_built(monkeypatch):
    monkeypatch.setattr(scanning, "MAX_NODES", 10)

    assert found_in("a: [1, 2, 3, 4, 5, 6, 7]") == []
    assert found_in("a: [1, 2, 3, 4, 5, 6, 7, 8]") == ["s.yaml, line 1: more than 10 values"]


@pytest.mark.parametrize(("folder", "kind"), [("conf", "part"), ("scenarios", "scenario")])
def test_every_shipped_file_is_data(folder, kind):
    shipped = [file for file in (paths.data_root() / folder).rglob("*.yaml") if file.name != "config.yaml"]

    problems = [str(one) for file in shipped for one in scan(file.read_bytes(), paths.shown(file), kind)]

    assert shipped
    assert problems == []
