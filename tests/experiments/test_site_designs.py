"""From a set of nodes to a design: what it is called, what opens it, how large it is made; and the whole command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from twin.assemble.check import checked
from twin.cli.app import app
from twin.config.siting import SitingConfig
from twin.domain.errors import UsageError
from twin.experiments.site_designs import made_to_measure, name_of, opened, refuse_if_no_baseline
from twin.experiments.sizing import DAYS_PER_WEEK, loads, places, sampled, staffed_hours
from twin.hydra_glue import compose

US = ["scenario=design_us", "siting.sample=1500"]
SMALL = ["scenario=tutorial", "demand.orders_per_day=150", "siting.sample=300", "study.looks=[3]",
         "+network.nodes.idle={kind: 3pl, zip3: '606', label: Idle, assortment: {top_skus: 0}}",
         "+network.lanes.idle={from: midwest_supplier, lead_time: 24}"]  # fmt: skip
DEAR_COLUMBUS = ["siting.today=[columbus]", "siting.buildings.dc.usd_per_day=4000", "study.replications=8",
                 "network.nodes.columbus.costs.fixed_usd_per_day=4000"]  # fmt: skip


def test_a_design_is_called_by_its_nodes_as_far_as_there_is_room() -> None:
    eight = ["allentown", "atlanta", "dallas", "denver", "joliet", "kent", "lakeland", "ontario"]

    assert name_of({"reno", "columbus"}) == "columbus_reno"
    assert name_of(eight) == "alle_atla_dall_denv_joli_kent_lake_onta"
    assert name_of([*eight, "dallas_north"]).startswith("open_9_")
    assert name_of([*eight, "dallas_north"]) != name_of([*eight, "dallas_south"])


def test_candidates_are_opened_by_overrides_that_name_the_network_after_them() -> None:
    words = opened(["kansas_city", "reno"], ["columbus", "kansas_city", "reno"])

    composition = compose([*US, *words])

    nodes = composition.values["network"]["nodes"]
    assert [nodes[name]["enabled"] for name in ("columbus", "kansas_city", "reno")] == [False, True, True]
    assert composition.values["network"]["title"] == "Kansas City, Reno"


def test_a_node_made_to_measure_is_just_large_enough() -> None:
    candidates = list(checked(compose(US))[1].network.nodes)
    some = [*US, *opened(["allentown", "memphis", "reno"], candidates)]
    config, model = checked(compose(some))

    built, network = checked(compose([*some, *made_to_measure(model, config.siting)]))

    found = loads(network, sampled(network, 1500))
    assert set(found) == {"allentown", "memphis", "reno"}
    for name, load in found.items():
        node = network.network.nodes[name]
        for stage, stations in places(node):
            hours = load.hours[stage] * DAYS_PER_WEEK
            assert hours <= 0.8 * staffed_hours(node, stations)
            assert stations == 1 or hours > 0.8 * staffed_hours(node, stations - 1)
        assert node.costs.fixed_usd_per_day == pytest.approx(2000 + 0.58 * load.orders, abs=100)
        assert built.network.nodes[name].costs.building_kwh_per_day == pytest.approx(0.25 * load.orders, abs=100)


def test_a_node_with_a_limit_stays_as_large_as_it_is() -> None:
    config, model = checked(compose([*US, "network.nodes.reno.orders_per_day=500"]))

    assert not [word for word in made_to_measure(model, config.siting) if "reno" in word]


def test_without_the_nodes_of_today_there_is_nothing_to_compare_with() -> None:
    with pytest.raises(UsageError) as error:
        refuse_if_no_baseline(SitingConfig())

    assert str(error.value).startswith("siting.today: empty\n  expected: the nodes that are open today")


def test_a_dear_building_is_given_up_for_the_cheap_warehouse(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Reno alone is the known winner: Columbus costs $4,000 a day for 150 orders."""
    monkeypatch.chdir(tmp_path)

    done = CliRunner().invoke(app, ["design", *SMALL, *DEAR_COLUMBUS, "--jobs", "0"])

    assert done.exit_code == 0, done.output
    assert "1: Reno" in done.output
    assert "idle is no candidate: no order can be shipped from it, nor from a node that it refills" in done.output
    assert "To be simulated against today: reno, columbus_reno and columbus." in done.output
    assert "SELECTED: reno is the best of 4 on cost per order" in done.output
    assert "Once more with fresh seeds" in done.output
    folder = tmp_path / "results" / "tutorial"
    found = json.loads((folder / "selection.json").read_text("utf-8"))
    assert [one["design"] for one in found["standings"]] == ["today", "reno", "columbus_reno", "columbus"]
    page = (folder / "design.html").read_text("utf-8")
    assert "Open Reno." in page
    assert "network.nodes.columbus.enabled=false" in page
    assert (tmp_path / "results" / "tutorial-fresh" / "report.html").is_file()


def test_where_today_is_best_nothing_is_built(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    cheap = ["siting.today=[reno]", "siting.most=1", "siting.short_list=1", "study.replications=8",
             "siting.buildings.dc.usd_per_day=4000", "siting.buildings.3pl.usd_per_day=900"]  # fmt: skip

    done = CliRunner().invoke(app, ["design", *SMALL, *cheap, "--jobs", "0"])

    assert done.exit_code == 0, done.output
    page = (tmp_path / "results" / "tutorial" / "design.html").read_text("utf-8")
    assert "Build nothing: no design of the short list beats the nodes of today." in page


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["siting.today=[]"], "siting.today: empty"),
        (["siting.today=[mars]"], "siting.today: mars, no open node of the network"),
        (
            ["siting.today=[columbus]", "siting.fewest=3", "siting.most=2"],
            "at most 2 nodes, no fewer than siting.fewest",
        ),
        (["siting.today=[columbus]", "siting.reach={days: 1, share: 1}"], "with all nodes open it is"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused_before_anything_runs(
    words: list[str], said: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)

    done = CliRunner().invoke(app, ["design", *SMALL, *words, "--jobs", "0"])

    assert done.exit_code != 0
    assert said in str(done.exception)
    assert not (tmp_path / "results").exists()
