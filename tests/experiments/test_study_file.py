"""The study file: titles a planner understands, and what a trace brought instead of what a model would draw."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from twin.assemble import build
from twin.config import parse
from twin.experiments.replication import Design
from twin.experiments.study import run_study
from twin.experiments.study_file import study_file
from twin.hydra_glue import compose

TINY = ["demand.orders_per_day=60", "study.warmup_days=1", "study.measured_days=2", "study.cooldown_days=0",
        "study.runout_days=8", "study.replications=1"]  # fmt: skip


def a_design(name: str, *overrides: str) -> Design:
    """Return the tutorial's network as a tiny design."""
    composition = compose([*TINY, *overrides], "tutorial", design=name)
    return Design(name, parse(composition.values, composition.origin))


def file_of(*designs: Design) -> dict[str, Any]:
    """Return the study file of designs none of which has run."""
    return study_file(Path("nowhere"), designs, [build(d.config, d.name).network for d in designs], "twin sweep")


def titles_of(found: dict[str, Any]) -> list[str]:
    return [design["title"] for design in found["designs"]]


def test_a_sweep_says_which_node_is_open_or_closed() -> None:
    found = file_of(
        a_design("enabled-True", "network.nodes.reno.enabled=True"),
        a_design("enabled-False", "network.nodes.reno.enabled=False"),
    )

    network = found["title"].partition(":")[0]
    assert found["title"] == f"{network}: Reno open or closed"
    assert titles_of(found) == [f"{network}, Reno open", f"{network}, Reno closed"]


@pytest.mark.parametrize(
    ("key", "values", "words"),
    [
        ("study.seed", (1, 2), "seed 1 or 2"),
        ("replenishment.patience_days", (3, 5), "patience 3 days or 5 days"),
        ("costs.wage_usd_per_hour", (20, 25), "wage $20 per hour or $25 per hour"),
        ("demand.orders_per_day", range(50, 57), "orders per day 50 to 56 (7 values)"),
    ],
)
def test_a_sweep_names_its_parameter_and_values(key: str, values: tuple[int, ...], words: str) -> None:
    found = file_of(*(a_design(f"point-{value}", f"{key}={value}") for value in values))

    assert found["title"].endswith(f": {words}")


def test_disruptions_and_kinds_are_named_and_not_their_every_setting() -> None:
    found = file_of(
        a_design("calm", "disruptions=none", "routing=distance_split"),
        a_design("storm", "disruptions=storm_northeast", "routing=min_cost"),
    )

    assert "disruptions none or " in found["title"]
    assert "routing distance split or min cost" in found["title"]


def test_designs_that_differ_in_too_much_keep_their_names() -> None:
    others = ["carbon.road_factor=1.3", "replenishment.cover_days=2", "replenishment.safety_factor=1", "study.seed=3"]

    found = file_of(a_design("today"), a_design("all_new", *others))

    assert found["title"] == "Fulfillment network study"
    assert [title.rpartition(", ")[2] for title in titles_of(found)] == ["today", "all new"]


def test_networks_with_titles_of_their_own_are_a_comparison() -> None:
    found = file_of(a_design("a"), a_design("b", "network.title=Other"))

    assert found["title"] == "Fulfillment network study"
    assert titles_of(found)[1] == "Other"


def a_trace(folder: Path) -> list[str]:
    """Write six orders on the two measured days and one before them, and return the overrides that replay them."""
    days = ["2025-09-01", *["2025-09-02"] * 4, *["2025-09-03"] * 2]
    orders = [f"O-{n},{day}T10:0{n}:00-04:00,web,43215,{'expedited' if n == 1 else 'standard'},\n"
              for n, day in enumerate(days)]  # fmt: skip
    lines = [f"O-{n},{line},sku-{line:04d},1\n" for n in range(len(days)) for line in range(1, 3)]
    (folder / "o.csv").write_text("order_id,placed_at,channel,dest_postal,sla_class,promise_at\n" + "".join(orders))
    (folder / "l.csv").write_text("order_id,line_id,sku,qty\n" + "".join(lines))
    return ["demand.kind=trace", "demand.orders=o.csv", "demand.order_lines=l.csv", "demand.orders_per_day=10000"]


def test_a_trace_is_told_by_its_own_orders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    design = a_design("traced", *a_trace(tmp_path), f"study.folder={tmp_path}")

    folder = run_study([design], build, 0, new=False, command="")
    network = build(design.config, design.name).network
    found = study_file(folder, [design], [network], "")

    told = {entry["what"]: (entry["value"], entry["source"]) for entry in found["assumptions"]}
    assert (found["orders_per_day"], found["annual_orders"], found["traced"]) == (3.0, 3 * 365, True)
    assert told["Orders a day, mean of the measured days"] == ("3", "o.csv")
    assert told["Service levels"] == ("expedited 17%; standard 83%", "o.csv")
    assert told["Lines per order, mean"] == ("2.00", "l.csv")
    assert "Orders a day, mean of the year" not in told


def test_without_order_tables_a_trace_tells_only_how_many_orders_there_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    design = a_design("traced", *a_trace(tmp_path), f"study.folder={tmp_path}", "study.order_tables=false")

    folder = run_study([design], build, 0, new=False, command="")
    found = study_file(folder, [design], [build(design.config, design.name).network], "")

    whats = {entry["what"] for entry in found["assumptions"]}
    assert found["annual_orders"] == 3 * 365
    assert not whats & {"Service levels", "Lines per order, mean"}


def test_worlds_are_the_same_only_where_every_run_of_every_design_met_the_same(tmp_path: Path) -> None:
    folder = f"study.folder={tmp_path}"
    designs = [a_design("both", folder), a_design("one", folder, "network.nodes.reno.enabled=false")]
    networks = [build(design.config, design.name).network for design in designs]
    study = run_study(designs, build, 0, new=False, command="")
    other = replace(designs[1], name="never_ran")

    assert study_file(study, designs, networks, "")["same_world"]
    assert not study_file(study, [designs[0], other], networks, "")["same_world"]


@pytest.mark.parametrize("part", ["none", "us_2025"])
def test_a_study_says_whether_anybody_sends_goods_back(part: str) -> None:
    found = file_of(a_design("tutorial", f"returns={part}"))

    assert ("Returns: nobody sends anything back (returns=none)." in found["not_modeled"]) == (part == "none")


def test_every_emission_factor_is_told_with_its_source_and_quality() -> None:
    told = {entry["what"]: entry for entry in file_of(a_design("tutorial"))["assumptions"]}

    assert told["Emission factor inbound_truckload"] == {
        "what": "Emission factor inbound_truckload", "value": "0.0968 kg CO2e per tkm, well-to-wheel, modeled",
        "source": "DEFRA/DESNZ articulated over 33 t average laden, 2025",
    }  # fmt: skip
    assert told["Emission factor network.cartons"]["value"] == "kg CO2e per carton, well-to-wheel, default"
    assert "Emission factor hub_per_tonne" not in told


@pytest.mark.parametrize(
    ("override", "comparable"),
    [
        ("study.seed=2", True),
        ("returns=us_2025", True),  # more legs that happen, no other measure of them
        ("carbon=defra_2025_hubs", False),
        ("carbon.road_factor=1.3", False),
    ],
)
def test_designs_whose_carbon_is_measured_otherwise_are_not_comparable(override: str, comparable: bool) -> None:
    found = file_of(a_design("plain"), a_design("other", override))["not_modeled"]

    told = "One scale of carbon: designs use different factors or hubs, so their emissions are not comparable." in found
    assert told != comparable
