"""Each shipped scenario, shortened and at a fixed seed, reproduces its stored KPIs.

A change here is a decision: bless it with `make bless` and explain it in the changelog under *Results changed*.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from twin.analytics.kpis import compute_kpis
from twin.analytics.tables import Tables, Window
from twin.assemble import build
from twin.config import parse
from twin.hydra_glue import compose
from twin.simulation.run import simulate

HERE = Path(__file__).parent
SCENARIOS = sorted(path.stem for path in (HERE.parents[1] / "scenarios").glob("*.yaml"))
SHORTENED = ["demand.orders_per_day=300", "study.warmup_days=1", "study.measured_days=3", "study.cooldown_days=1",
             "study.runout_days=12", "study.seed=7"]  # fmt: skip
LAST_DIGITS = 1e-9  # of a value; numpy promises equal bits only for the same build on the same machine


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_shipped_scenario_reproduces_its_kpis(scenario: str, bless: bool, tmp_path: Path) -> None:
    composition = compose(SHORTENED, scenario)
    model = build(parse(composition.values, composition.origin), scenario)

    outcome = simulate(model, tmp_path, 7, 0)
    window = Window(1, 3)
    kpis = compute_kpis(Tables.read(tmp_path, window), window, model.network)

    network = kpis[kpis["group"] == "network"]
    found = dict(zip(network["kpi"], network["value"].tolist(), strict=True)) | {
        "exogenous_sha256": outcome.exogenous_sha256
    }
    stored = HERE / f"{scenario}.json"
    if bless:
        stored.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    expected = json.loads(stored.read_text("utf-8"))
    assert found.keys() == expected.keys()
    assert found.pop("exogenous_sha256") == expected.pop("exogenous_sha256")
    changed = {
        kpi: (expected[kpi], value)
        for kpi, value in found.items()
        if not np.isclose(value, expected[kpi], rtol=LAST_DIGITS, atol=1e-12, equal_nan=True)
    }
    assert not changed, f"{scenario}: KPIs changed (stored, found): {changed}"
