"""A routing policy can win the first day and lose the month: what it takes from the shelf today is missing later."""

from __future__ import annotations

import pandas as pd
import pytest

from twin.analytics.kpis import compute_kpis
from twin.analytics.tables import Tables, Window
from twin.assemble import build
from twin.config import parse
from twin.experiments.comparison import compare_designs
from twin.experiments.results import measures_of
from twin.hydra_glue import compose
from twin.simulation.run import simulate

DAYS, REPLICATIONS = 8, 3
ROUTING = {"min_cost": ["routing=min_cost"], "shadow_price": ["routing=shadow_price", "routing.refresh_days=2"]}
SHORT = (
    "demand.orders_per_day=500", f"study.measured_days={DAYS}", "replenishment.opening_days_of_cover=8.3",
    "replenishment.opening_days_of_cover_at={allentown: 2.7, memphis: 15}",
)  # fmt: skip


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> dict[int, pd.Series]:
    """The row of cost per order by the days that count: of the same runs."""
    found: dict[int, list[pd.DataFrame]] = {1: [], DAYS: []}
    for policy, routing in ROUTING.items():
        composition = compose(["scenario=scarce_thirty_days", *SHORT, *routing], design=policy)
        config = parse(composition.values, composition.origin)
        model = build(config, policy)
        for number in range(REPLICATIONS):
            folder = tmp_path_factory.mktemp(policy)
            simulate(model, folder, config.study.seed, number)
            for days, kpis in found.items():
                window = Window(0, days)
                table = compute_kpis(Tables.read(folder, window), window, model.network)
                network = table[table["group"] == "network"]
                kpis.append(network[["kpi", "value"]].assign(design=policy, replication=number))
    measures = [measure for measure in measures_of(config.study) if measure.primary]
    return {days: compare_designs(pd.concat(kpis), "min_cost", measures).iloc[0] for days, kpis in found.items()}


def test_the_cheapest_plan_for_each_order_wins_the_first_day(verdicts: dict[int, pd.Series]) -> None:
    first_day = verdicts[1]

    assert first_day["kpi"] == "cost_per_order"
    assert first_day["low"] > 0


def test_the_policy_that_keeps_stock_for_later_wins_the_whole_stretch(verdicts: dict[int, pd.Series]) -> None:
    assert verdicts[DAYS]["high"] < 0


@pytest.mark.parametrize("part", ["network", "routing", "demand", "replenishment", "carriers"])
def test_both_scenarios_are_the_same_runs(part: str) -> None:
    one, thirty = (dict(compose([f"scenario=scarce_{name}"]).values) for name in ("one_day", "thirty_days"))

    assert one[part] == thirty[part]
    assert one["study"]["seed"] == thirty["study"]["seed"]
    lived = [values["study"]["measured_days"] + values["study"]["cooldown_days"] for values in (one, thirty)]
    assert lived == [30, 30]
