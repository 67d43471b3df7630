"""New nodes: goods come before orders, the best sellers first, and the others stay stocked until then."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from tests.experiments.test_study import a_design
from twin.assemble import build
from twin.domain.errors import ConfigurationError
from twin.domain.openings import Opening
from twin.experiments.replication import folder_of, replicate
from twin.experiments.results import kpis_of
from twin.simulation.run import simulate

DAYS = ["study.warmup_days=14", "study.measured_days=21", "demand.orders_per_day=200"]
NEW = (
    "network.nodes.reno.opens={launch: 2025-09-15, goods_days_before: 7, best_sellers: [100,300], widen_every_days: 7}"
)
OPENS, GOODS = 14, 7


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Live through five weeks in which Reno opens at the end of the second."""
    folder = tmp_path_factory.mktemp("new")
    replicate(folder, a_design(folder, "new", [*DAYS, NEW]), 0, build)
    return folder_of(folder, "new", 0)


def table(folder: Path, name: str) -> pd.DataFrame:
    """Return a table of the replication."""
    return pd.read_parquet(folder / f"{name}.parquet")


def test_nobody_ships_from_a_node_that_is_not_open_and_many_do_once_it_is(lived: Path) -> None:
    shipments = table(lived, "shipments")
    mine = shipments[shipments["node"] == "reno"]

    assert mine["routed_at"].min() >= 24 * OPENS
    assert len(mine) > 200
    events = table(lived, "events")
    assert events.loc[events["kind"] == "node_opened", ["at", "subject"]].to_numpy().tolist() == [
        [24.0 * OPENS, "reno"]
    ]


def test_its_goods_come_best_sellers_first_and_all_in_the_end(lived: Path) -> None:
    stock = table(lived, "stock")
    mine = stock[stock["node"] == "reno"].set_index("day")
    stocked = 1000 - mine["skus_out"]

    assert (mine.loc[: GOODS - 1, "on_hand_units"] == 0).all()
    assert mine.loc[: GOODS - 1, "in_transit_units"].max() == 0
    assert 0 < stocked[OPENS] <= 100
    assert stocked[: OPENS + 7].max() <= 100
    assert 100 < stocked[OPENS + 13] <= 300
    assert stocked.iloc[-1] > 900


def test_the_others_keep_what_they_would_without_it_until_it_opens(tmp_path: Path) -> None:
    alone, new, both = (
        build(a_design(tmp_path, "one", [*DAYS, *words]).config)
        for words in (["network.nodes.reno.enabled=false"], [NEW], [])
    )
    instants = [at for at, _ in new.restocking]
    last = new.restocking[-1][1]

    assert instants == [24.0 * GOODS, 24.0 * OPENS, 24.0 * (OPENS + 7), 24.0 * (OPENS + 14)]
    assert new.opening_stock["columbus"] == alone.opening_stock["columbus"]
    assert sum(new.opening_stock["reno"].values()) == 0
    assert new.restocking[0][1].levels["columbus"] == alone.replenishment.levels["columbus"]
    assert last.levels == both.replenishment.levels
    assert not both.restocking


def test_it_costs_from_its_first_goods_on(tmp_path: Path) -> None:
    """The window begins on day 14 and has 21 days: a node whose goods come on day 21 costs 14 of them."""
    late = NEW.replace("2025-09-15", "2025-09-29")
    costs = []
    for name, words in (("early", [NEW]), ("late", [late])):
        design = a_design(tmp_path, name, [*DAYS, *words, "network.nodes.reno.costs.fixed_usd_per_day=1000"])
        replicate(tmp_path, design, 0, build)
        one = kpis_of(tmp_path, [design], [0]).set_index("kpi")["value"]
        costs.append(one["node_fixed_cpo"] / one["cost_per_order"] * one["total_cost_usd"])

    assert costs[0] - costs[1] == pytest.approx(7 * 1000, rel=0.002)


def test_its_people_learn_from_the_day_it_opens(tmp_path: Path) -> None:
    learning = "network.nodes.reno.learning={starts_at: 0.5, half_days: 100}"
    hours = {}
    for name, words in (("slow", [learning]), ("quick", [])):
        design = a_design(tmp_path, name, [*DAYS, NEW, *words])
        replicate(tmp_path, design, 0, build)
        busy = table(folder_of(tmp_path, name, 0), "nodes")
        first = busy[(busy["node"] == "reno") & busy["at"].between(24 * OPENS, 24 * OPENS + 24)]
        sums = first.groupby("stage", observed=True)[["busy_hours", "finished"]].sum()
        hours[name] = sums["busy_hours"] / sums["finished"]

    for stage in ("pick", "pack"):
        assert hours["slow"][stage] == pytest.approx(2 * hours["quick"][stage], rel=0.2)


def test_the_books_agree_with_a_node_that_opens(tmp_path: Path) -> None:
    model = build(a_design(tmp_path, "new", [*DAYS, NEW]).config)

    outcome = simulate(model, tmp_path, 5, 0)  # which stops where they disagree at a midnight

    assert outcome.orders > 6000


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([NEW.replace("2025-09-15", "2025-09-05")], "2025-09-05, with goods 7 days before"),
        ([NEW.replace("2025-09-15", "2026-09-05")], "2026-09-05, with goods 7 days before"),
        ([NEW, "network.nodes.columbus.opens={launch: 2025-09-15}"], "new nodes only"),
        ([NEW, "network.nodes.reno.standby=true"], "a day beside standby: true"),
        ([NEW, "replenishment=none"], "a new node beside replenishment=none"),
        ([NEW.replace("[100,300]", "[300,100]")], "expected: numbers of products that rise from step to step"),
    ],
)
def test_openings_that_cannot_be_are_refused(tmp_path: Path, words: list[str], said: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        build(a_design(tmp_path, "new", [*DAYS, *words]).config)

    assert said in str(refused.value)


def test_what_is_stocked_at_an_instant_is_the_last_step_that_has_begun() -> None:
    opening = Opening(24.0, 48.0, ((24.0, 10), (72.0, 20), (96.0, None)))

    assert [opening.best_sellers(at) for at in (0.0, 24.0, 71.9, 72.0, 500.0)] == [0, 10, 10, 20, None]


@pytest.mark.parametrize(("goods_at", "steps"), [(72.0, ((72.0, None),)), (24.0, ()), (24.0, ((48.0, None),)),
                                                 (24.0, ((24.0, 5), (30.0, 9), (26.0, None)))])  # fmt: skip
def test_an_opening_out_of_order_is_none(goods_at: float, steps: tuple[tuple[float, int | None], ...]) -> None:
    with pytest.raises(ValueError, match=r"goods come before orders|steps of stock rise"):
        Opening(goods_at, 48.0, steps)
