"""Everything shipped in conf/ and scenarios/ composes, says where its numbers come from, and is only data."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from twin.assemble import build
from twin.config import ScenarioConfig, parse
from twin.domain.effects import Effect
from twin.domain.errors import ConfigurationError
from twin.hydra_glue import compose
from twin.hydra_glue.scanning import scan

ROOT = Path(__file__).resolve().parents[1]
CONF, SCENARIOS = ROOT / "conf", ROOT / "scenarios"
PARTS = sorted(file for file in CONF.glob("*/*.yaml") if file.parent.name != "tables")
CHOICES = [(file.parent.name, file.stem) for file in PARTS if file.parent.name != "node"]
NETWORKS = sorted(file.stem for file in (CONF / "network").glob("*.yaml") if file.stem != "us")
NAMED = sorted(file.stem for file in SCENARIOS.glob("*.yaml"))
NUMBERS = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")
PLANNED = {
    "central_dc", "regional_3dc", "threepl_5", "omnichannel", "metro_mfc", "distribution_network", "full_mix",
    "storm_regional", "peak_central", "tutorial", "scarce_stock", "scarce_one_day", "scarce_thirty_days",
    "stores_in_full", "regional_2dc", "regional_5dc", "regional_8dc", "same_day_dc", "same_day_mfc", "central_dc_down",
    "regional_3dc_down", "everything", "pilot_austin_mfc", "pilot_ship_from_store", "pilot_3pl_southeast",
    "pilot_five_distributors", "design_us",
}  # fmt: skip


@lru_cache
def composed(*overrides: str, scenario: str | None = None) -> ScenarioConfig:
    composition = compose(list(overrides), scenario=scenario)
    return parse(composition.values, composition.origin)


def short(file: Path) -> str:
    return f"{file.parent.name}-{file.stem}"


def column(table: str, name: str) -> set[str]:
    with (CONF / "tables" / "us" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return {row[name] for row in csv.DictReader(file)}


def shipped_events() -> dict[str, dict[str, Any]]:
    files = (yaml.safe_load(file.read_bytes()) for file in (CONF / "disruptions").glob("*.yaml"))
    return {name: event for file in files for name, event in file["events"].items()}


def test_no_two_shipped_disruptions_have_one_name() -> None:
    files = sorted((CONF / "disruptions").glob("*.yaml"))

    names = [name for file in files for name in yaml.safe_load(file.read_bytes())["events"]]

    assert len(names) == len(set(names)) > 10


def numbers(node: yaml.Node | None) -> Iterator[yaml.ScalarNode]:
    if isinstance(node, yaml.ScalarNode):
        if node.tag in NUMBERS:
            yield node
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from numbers(item)
    elif isinstance(node, yaml.MappingNode):
        for _, value in node.value:
            yield from numbers(value)


def orders_simulated(config: ScenarioConfig) -> float:
    study = config.study
    days = study.warmup_days + study.measured_days + study.cooldown_days
    return days * config.demand.orders_per_day * study.replications


def test_the_planned_scenarios_are_shipped() -> None:
    assert set(NAMED) == PLANNED


@pytest.mark.parametrize("name", NAMED)
def test_every_scenario_builds_and_asks_its_own_question(name: str) -> None:
    config = composed(scenario=name)

    model = build(config)

    assert any(node.enabled for node in model.network.nodes.values())
    assert config.study.question.endswith("?")
    assert config.study.question != composed().study.question


@pytest.mark.parametrize("name", NAMED)
def test_every_scenario_starts_with_the_question_it_asks(name: str) -> None:
    lines = (SCENARIOS / f"{name}.yaml").read_text(encoding="utf-8").splitlines()

    assert lines[0] == "# @package _global_"
    assert lines[1].startswith("# ")
    assert "?" in lines[1]


@pytest.mark.parametrize(("group", "choice"), CHOICES)
def test_every_choice_of_every_group_parses(group: str, choice: str) -> None:
    config = composed(f"{group}={choice}")

    assert isinstance(config, ScenarioConfig)


def test_with_the_post_as_a_carrier_it_collects_at_every_node() -> None:
    model = build(composed("network=full_mix", "carriers=us_usps"))

    services = [{departure.service for departure in node.departures} for node in model.network.nodes.values()]

    assert all("usps_ground_advantage" in served for served in services)


def test_with_a_contract_the_trucks_of_parcel_carriers_have_a_limit_everywhere() -> None:
    network = build(composed("network=full_mix", "carriers=us_contract")).network

    departures = [departure for node in network.nodes.values() for departure in node.departures]

    assert {one.parcels_per_day is None for one in departures if one.service.startswith("parcel")} == {False}


def test_with_a_contract_every_kind_of_surcharge_is_charged_somewhere() -> None:
    network = build(composed("carriers=us_contract")).network

    rules = network.services["parcel_ground"].surcharges.rules

    assert {rule.kind for rule in rules} == {"area", "additional_handling", "oversize", "peak"}
    assert {rule.area for rule in rules} - {""} == set(network.delivery_areas.values())


@pytest.mark.parametrize("network", NETWORKS)
def test_every_node_has_a_lane(network: str) -> None:
    config = composed(f"network={network}").network

    assert set(config.lanes) == set(config.nodes)


@pytest.mark.parametrize("network", ["central_dc", "full_mix"])
def test_all_of_the_library_of_disruptions_builds_together(network: str) -> None:
    parts = sorted(file.stem for file in (CONF / "disruptions").glob("*.yaml"))

    model = build(composed(f"network={network}", f"disruptions=[{','.join(parts)}]"))

    kinds = {type(effect) for plan in model.disruptions for effect in plan.effects}
    assert {plan.name for plan in model.disruptions} == set(shipped_events())
    assert kinds == set(get_args(Effect))


def test_disruptions_hit_what_every_network_has() -> None:
    regions, services = column("zip3", "region"), {f"parcel_{name}" for name in column("services", "service")}
    known = {"region": regions, "service": services, "demand": set[str](),
             "category": column("products", "category"),
             "supplier": set(composed().network.suppliers)}  # fmt: skip

    strays = [
        (name, target)
        for name, event in shipped_events().items()
        for target in event.get("targets", [])
        if target not in known[event["scope"]]
    ]

    assert len(shipped_events()) == 37
    assert strays == []


@pytest.mark.parametrize(
    "choice", sorted(file.stem for file in (CONF / "routing").glob("*.yaml") if file.stem != "replay")
)
def test_every_routing_part_is_understood_by_its_policy(choice: str) -> None:
    policy = build(composed(f"routing={choice}")).routing

    assert type(policy).__name__.removesuffix("Routing") == choice.title().replace("_", "")


def test_a_replay_asks_for_its_log() -> None:
    with pytest.raises(ConfigurationError, match=r"routing\.log: nothing\n  expected: a decision log"):
        build(composed("routing=replay"))


@pytest.mark.parametrize("file", [*PARTS, *sorted(SCENARIOS.glob("*.yaml"))], ids=short)
def test_no_shipped_file_holds_more_than_data(file: Path) -> None:
    content = file.read_bytes()

    problems = scan(content, file.name, "scenario" if file.parent == SCENARIOS else "part")

    assert problems == []
    assert b"_target_" not in content


@pytest.mark.parametrize("file", [file for file in PARTS if file.parent.name != "network"], ids=short)
def test_every_number_says_where_it_comes_from(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    lines = text.splitlines()

    found = {node.start_mark.line for node in numbers(yaml.compose(text))}
    silent = [line + 1 for line in sorted(found) if " # " not in lines[line]]

    assert silent == []


@pytest.mark.parametrize("network", [*NETWORKS, "us"])
def test_nodes_and_suppliers_stand_in_places_that_exist(network: str) -> None:
    config = composed(f"network={network}").network

    named = {node.zip3 for node in config.nodes.values()} | {source.zip3 for source in config.suppliers.values()}

    assert named <= column("zip3", "zip3")


def test_presets_differ_where_the_real_things_differ() -> None:
    nodes = {node.kind: node for node in composed("network=full_mix").network.nodes.values()}
    pick_hours = {kind: node.stages["pick"].work.mean for kind, node in nodes.items()}
    last_ground = {kind: node.departures["parcel_ground"].cutoff for kind, node in nodes.items()}

    assert sorted(pick_hours, key=pick_hours.__getitem__) == ["mfc", "dc", "3pl", "distributor", "store"]
    assert min(last_ground, key=last_ground.__getitem__) == "distributor"
    assert nodes["distributor"].costs.holding_rate_per_year == 0
    assert {kind: node.costs.labor_paid for kind, node in nodes.items()} == {
        "dc": "staffed", "mfc": "staffed", "store": "worked", "3pl": "none", "distributor": "none",
    }  # fmt: skip


def test_a_price_that_kinds_share_is_set_in_one_place() -> None:
    nodes = composed("network=full_mix", "costs.wage_usd_per_hour=30").network.nodes

    wages = {node.kind: node.costs.wage_usd_per_hour for node in nodes.values()}

    assert wages == {"dc": 30, "mfc": 30, "store": 30, "3pl": 0, "distributor": 0}


def test_four_designs_of_the_demo_take_about_a_minute_on_two_cores() -> None:
    orders_per_second = 2 * 25_000

    seconds = 4 * orders_simulated(composed("study=demo")) / orders_per_second

    assert seconds == pytest.approx(51.2)


@pytest.mark.parametrize("study", sorted(file.stem for file in (CONF / "study").glob("*.yaml")))
def test_disruptions_at_a_stated_day_begin_in_the_measured_days_of_every_study(study: str) -> None:
    parts = sorted(file.stem for file in (CONF / "disruptions").glob("*.yaml"))
    config = composed(f"study={study}", f"disruptions=[{','.join(parts)}]")
    window = config.study

    starts = [event.starts_day for event in config.disruptions.events.values()]
    days = [day for day in starts if day is not None]

    assert len(days) == 20
    assert all(window.warmup_days <= day < window.warmup_days + window.measured_days for day in days)


def test_the_six_measures_of_a_decision_have_the_agreed_thresholds() -> None:
    measures = composed().study.measures

    thresholds = {kpi: (measure.matters_from, measure.relative) for kpi, measure in measures.items()}

    assert thresholds == {
        "cost_per_order": (0.005, True),
        "click_to_deliver_hours_p50": (2, False),
        "on_time_delivery_rate": (0.0025, False),
        "co2e_kg_per_order": (0.01, True),
        "inventory_turns": (0.1, False),
        "split_rate": (0.005, False),
    }
    assert [kpi for kpi, measure in measures.items() if measure.primary] == ["cost_per_order"]
