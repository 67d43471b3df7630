"""Studies: what is there is kept, what is missing is made, and nobody's luck depends on how it was made."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import pandas as pd
import pytest

from twin.assemble import build
from twin.config import parse
from twin.domain.errors import UsageError
from twin.experiments.comparison import WorldsDifferError
from twin.experiments.replication import Design, finished, folder_of, replicate
from twin.experiments.study import run_replications, run_study, study_folder
from twin.hydra_glue import compose

CHECKOUT = Path(__file__).resolve().parents[2]
TINY = ["demand.orders_per_day=60", "study.warmup_days=1", "study.measured_days=2", "study.cooldown_days=0",
        "study.runout_days=8", "study.replications=2"]  # fmt: skip


def a_design(folder: Path, name: str = "both", overrides: Sequence[str] = ()) -> Design:
    """Return the tutorial's network as a tiny design whose results go below a folder."""
    composition = compose([*TINY, f"study.folder={folder}", *overrides], "tutorial", design=name)
    return Design(name, parse(composition.values, composition.origin))


def two_designs(folder: Path, overrides: Sequence[str] = ()) -> list[Design]:
    """Return a baseline with both nodes and a candidate without the western one."""
    return [
        a_design(folder, "both", overrides),
        a_design(folder, "one", [*overrides, "network.nodes.reno.enabled=false"]),
    ]


def kpi_digests(folder: Path) -> dict[str, str]:
    """Return the sha256 of every KPI file below a folder."""
    return {
        str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("kpis.parquet"))
    }


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run a study of two designs once, with one worker."""
    folder = tmp_path_factory.mktemp("results")
    return run_study(two_designs(folder), build, 0, new=False, command="twin compare ...")


def test_a_study_leaves_every_file_that_is_promised(study: Path) -> None:
    names = {"orders", "shipments", "nodes", "stock", "events", "kpis", "carbon_legs", "carbon_factors"}

    files = {path.name for path in (study / "one" / "rep-0001").iterdir()}

    assert files == {f"{name}.parquet" for name in names} | {"manifest.json"}
    assert (study / "comparison.parquet").is_file()
    assert json.loads((study / "study.json").read_text("utf-8"))["baseline"] == "both"


def test_the_legs_of_a_run_add_up_to_its_carbon_and_name_factors_that_are_there(tmp_path: Path) -> None:
    design = a_design(tmp_path, overrides=["carbon=defra_2025_hubs", "returns=us_2025"])

    replicate(tmp_path, design, 0, build)

    folder = folder_of(tmp_path, design.name, 0)
    legs, factors, kpis = (
        pd.read_parquet(folder / f"{name}.parquet") for name in ("carbon_legs", "carbon_factors", "kpis")
    )
    (total_kg,) = kpis.loc[(kpis["kpi"] == "co2e_kg_total") & (kpis["group"] == "network"), "value"]
    assert legs["co2e_kg"].sum() == pytest.approx(total_kg, abs=0.001)
    assert {"first_mile", "linehaul", "hub", "last_mile", "packaging", "supply", "building", "return"} <= {*legs["leg"]}
    assert {*legs["factor"]} <= {*factors["key"]}
    known = legs.merge(factors, left_on="factor", right_on="key").dropna(subset="value")
    worked_out = known["activity"] * known["value"] * known["road_factor"]
    assert worked_out.to_numpy() == pytest.approx(known["co2e_kg"].to_numpy(), rel=1e-5, abs=1e-5)


def test_the_manifest_vouches_for_every_file(study: Path) -> None:
    folder = study / "both" / "rep-0000"

    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))

    for name, facts in manifest["files"].items():
        assert sha256((folder / name).read_bytes()).hexdigest() == facts["sha256"]
        assert len(pd.read_parquet(folder / name)) == facts["rows"]
    assert manifest["configuration"]["network"]["nodes"]["reno"]["zip3"] == "895"
    assert manifest["versions"]["numpy"]


def test_two_workers_and_another_hash_seed_give_the_same_bytes(study: Path, tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from twin.assemble import build;"
        "from twin.experiments.study import run_study; from tests.experiments.test_study import two_designs;"
        "run_study(two_designs(Path(sys.argv[1])), build, 2, new=False, command='')"
    )
    root = Path(__file__).parents[2]

    subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=True, cwd=root,
                   env=os.environ | {"PYTHONHASHSEED": "1", "PYTHONPATH": str(root)})  # fmt: skip

    assert kpi_digests(tmp_path / study.name) == kpi_digests(study)


def test_a_finished_replication_is_kept_and_a_missing_one_made_anew(study: Path) -> None:
    designs = two_designs(study.parent)
    kept, lost = (folder_of(study, "both", number) for number in (0, 1))
    before, digests = (kept / "manifest.json").stat().st_mtime_ns, kpi_digests(study)
    (lost / "manifest.json").unlink()

    run_study(designs, build, 0, new=False, command="")

    assert (kept / "manifest.json").stat().st_mtime_ns == before
    assert kpi_digests(study) == digests


def test_a_folder_that_a_killed_process_left_behind_is_not_a_result(tmp_path: Path) -> None:
    design = a_design(tmp_path)
    left_behind = tmp_path / "s" / "both" / ".rep-0000.part"
    left_behind.mkdir(parents=True)
    (left_behind / "orders.parquet").write_bytes(b"half")

    assert not finished(tmp_path / "s", design, 0)
    run_replications(tmp_path / "s", [design], build, 0, new=False)

    assert finished(tmp_path / "s", design, 0)
    assert not left_behind.exists()


def test_results_of_another_configuration_are_not_overwritten(tmp_path: Path) -> None:
    named = ["study.name=mine", "study.replications=1"]
    run_study([a_design(tmp_path, overrides=named)], build, 0, new=False, command="")
    changed = [a_design(tmp_path, overrides=[*named, "study.seed=5"])]

    with pytest.raises(UsageError, match=r"mine/both holds results of another configuration of 'both'.*\n.*\n.*--new"):
        run_study(changed, build, 0, new=False, command="")
    run_study(changed, build, 0, new=True, command="")

    assert finished(study_folder(changed), changed[0], 0)


def test_a_study_whose_table_changed_is_not_taken_for_finished_and_the_table_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    products = tmp_path / "mine.csv"
    products.write_bytes((CHECKOUT / "conf/tables/us/products.csv").read_bytes())
    design = a_design(tmp_path / "results", overrides=["network.products=mine.csv", "study.replications=1"])
    study = run_study([design], build, 0, new=False, command="")
    before = kpi_digests(study)
    header, _, *rest = products.read_text("utf-8").splitlines(keepends=True)
    products.write_text("".join([header, *rest]), encoding="utf-8")

    with pytest.raises(
        UsageError, match=r"both holds results from before mine\.csv changed\.\n.*\n.*add --new to replace"
    ):
        run_study([design], build, 0, new=False, command="")
    run_study([design], build, 0, new=True, command="")

    assert finished(study, design, 0)
    assert kpi_digests(study) != before


def test_designs_that_should_have_met_the_same_customers_and_did_not_are_refused(study: Path) -> None:
    manifest = folder_of(study, "one", 1) / "manifest.json"
    told = manifest.read_text("utf-8")
    world = json.loads(told)["exogenous_sha256"]
    manifest.write_text(told.replace(world, "0" * 64), encoding="utf-8")

    with pytest.raises(WorldsDifferError, match="replication 1: designs met different worlds"):
        run_study(two_designs(study.parent), build, 0, new=False, command="")
    manifest.write_text(told, encoding="utf-8")


def test_designs_with_different_demand_on_purpose_are_compared_unpaired(tmp_path: Path) -> None:
    designs = [a_design(tmp_path), a_design(tmp_path, "more", ["demand.orders_per_day=70"])]

    folder = run_study(designs, build, 0, new=False, command="")

    assert pd.read_parquet(folder / "comparison.parquet")["correlation"].isna().all()


def test_without_order_tables_the_kpis_are_the_same(study: Path, tmp_path: Path) -> None:
    design = a_design(tmp_path, overrides=["study.order_tables=false"])

    replicate(tmp_path / "s", design, 0, build)

    folder = folder_of(tmp_path / "s", "both", 0)
    assert not (folder / "orders.parquet").exists()
    assert (folder / "kpis.parquet").read_bytes() == (study / "both/rep-0000/kpis.parquet").read_bytes()


def test_both_designs_meet_the_same_world(study: Path) -> None:
    worlds = [
        json.loads((study / name / "rep-0000" / "manifest.json").read_text("utf-8"))["exogenous_sha256"]
        for name in ("both", "one")
    ]

    assert worlds[0] == worlds[1]


def test_a_study_is_named_after_its_designs(tmp_path: Path) -> None:
    long = [a_design(tmp_path, f"a-design-with-a-long-name-{number}") for number in range(4)]

    assert study_folder(two_designs(tmp_path)).name == "both_vs_one"
    assert len(study_folder(long).name) == 64
