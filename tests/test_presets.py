"""The preset of each kind of node: put under the nodes of that kind, and named when one of its values is wrong."""

from __future__ import annotations

from typing import Any

import pytest

from twin.presets import traced, with_presets

PRESETS: dict[str, Any] = {
    "dc": {
        "priority": 10,
        "orders_per_day": 500,
        "stages": {"pick": {"stations": 5, "work": {"kind": "lognormal", "mean": 1, "cv": 0.5}}},
        "departures": {"ground": {"cutoff": "17:00"}, "air": {"cutoff": "18:00"}},
    }
}


def composed(**own: object) -> dict[str, Any]:
    return {
        "scenario": None,
        "node_kinds": PRESETS,
        "network": {"title": "One", "nodes": {"columbus": {"kind": "dc", **own}}},
    }


def merged(**own: object) -> dict[str, Any]:
    values, unknown = with_presets(composed(**own))
    assert unknown == {}
    return values["network"]["nodes"]["columbus"]


def test_a_node_has_what_its_preset_says() -> None:
    assert merged() == {"kind": "dc", **PRESETS["dc"]}


def test_a_nodes_own_words_win_at_any_depth() -> None:
    node = merged(priority=3, stages={"pick": {"stations": 9, "work": {"mean": 2}}})

    assert node["priority"] == 3
    assert node["stages"] == {"pick": {"stations": 9, "work": {"kind": "lognormal", "mean": 2, "cv": 0.5}}}


def test_a_distribution_of_another_kind_replaces_the_presets_whole() -> None:
    node = merged(stages={"pick": {"work": {"kind": "deterministic", "value": 1}}})

    assert node["stages"]["pick"] == {"stations": 5, "work": {"kind": "deterministic", "value": 1}}


@pytest.mark.parametrize("service", ["air", "sea"])
def test_null_takes_an_entry_away_and_does_nothing_where_there_is_none(service: str) -> None:
    node = merged(departures={service: None})

    assert list(node["departures"]) == (["ground"] if service == "air" else ["ground", "air"])


def test_null_stands_for_no_number_where_the_preset_has_one() -> None:
    assert merged(orders_per_day=None)["orders_per_day"] is None


def test_a_node_may_add_what_its_preset_does_not_have() -> None:
    assert merged(departures={"sea": {"cutoff": "12:00"}})["departures"]["sea"] == {"cutoff": "12:00"}


def test_presets_and_scenario_name_are_gone_and_the_rest_is_kept() -> None:
    values, _ = with_presets(composed())

    assert list(values) == ["network"]
    assert values["network"]["title"] == "One"
    assert PRESETS["dc"]["priority"] == 10


def test_nodes_of_an_unknown_kind_are_left_out_and_named() -> None:
    values = composed()
    values["network"]["nodes"]["akron"] = {"kind": "castle"}

    merged_values, unknown = with_presets(values)

    assert list(merged_values["network"]["nodes"]) == ["columbus"]
    assert unknown == {"akron": "castle"}


@pytest.mark.parametrize(
    ("key", "asked"),
    [
        ("network.nodes.columbus.priority", "node_kinds.dc.priority"),
        ("network.nodes.columbus.stages.pick.stations", "network.nodes.columbus.stages.pick.stations"),
        ("network.nodes.columbus.stages.pick.work", "node_kinds.dc.stages.pick.work"),
        ("network.nodes.columbus.departures.ground.cutoff", "node_kinds.dc.departures.ground.cutoff"),
        ("network.nodes.columbus.kind", "network.nodes.columbus.kind"),
        ("network.nodes.columbus.nothing", "network.nodes.columbus.nothing"),
        ("network.nodes.akron.priority", "network.nodes.akron.priority"),
        ("network.nodes", "network.nodes"),
        ("study.seed", "study.seed"),
    ],
)
def test_what_a_node_has_from_its_preset_is_looked_up_there(key: str, asked: str) -> None:
    values = composed(stages={"pick": {"stations": 9}})

    assert traced(values, lambda key: f"said by {key}")(key) == f"said by {asked}"
