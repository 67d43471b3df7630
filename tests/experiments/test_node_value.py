"""Node by node: a node that helps is kept, one that only costs is closed, and what is not sure is watched."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from tests.experiments.test_study import a_design
from twin.assemble import build
from twin.assemble.check import checked
from twin.cli.app import app
from twin.domain.errors import UsageError
from twin.experiments.closing import closing_path
from twin.experiments.intervals import Interval
from twin.experiments.node_value import (
    COST,
    Advice,
    Change,
    Survey,
    advise,
    living,
    name_without,
    removable,
    scorecards,
)
from twin.experiments.replication import Design
from twin.experiments.results import kpis_of
from twin.experiments.shapley import coalitions_of, orders_of_opening, shapley, worths
from twin.hydra_glue import compose

IDLE = ["+network.nodes.idle={kind: 3pl, zip3: '606', label: Idle, assortment: {top_skus: 0}}",
        "+network.lanes.idle={from: midwest_supplier, lead_time: {kind: gamma, mean_days: 4, cv: 0.3}}",
        "network.nodes.idle.costs.fixed_usd_per_day=300"]  # fmt: skip


def maker(folder: Path, extra: Sequence[str] = ()) -> Callable[[frozenset[str]], Design]:
    """Return what makes the tutorial's network, and one with a node that has nothing to sell, without some nodes."""
    known: dict[frozenset[str], Design] = {}

    def without(closed: frozenset[str]) -> Design:
        if closed not in known:
            words = [f"network.nodes.{name}.enabled=false" for name in sorted(closed)]
            known[closed] = a_design(folder, name_without(closed, "whole"), [*IDLE, *words, *extra])
            checked(compose([*IDLE, *words], "tutorial"))
        return known[closed]

    return without


@pytest.fixture(scope="module")
def survey(tmp_path_factory: pytest.TempPathFactory) -> Survey:
    """Survey a network of a center, a 3PL, and a node that does nothing for 300 dollars a day."""
    folder = tmp_path_factory.mktemp("nodes")
    without = maker(folder, ["study.replications=3", "demand.orders_per_day=150"])
    return Survey(folder, without(frozenset()), without, living(folder, build, 0, new=False))


def test_a_node_that_does_nothing_is_closed_and_one_that_serves_the_west_is_kept(survey: Survey) -> None:
    cards = {card.node: card for card in scorecards(survey, ["reno", "idle"], None)}

    assert cards["idle"].advice is Advice.CLOSE
    assert cards["idle"].changes[COST].interval.high < 0
    assert cards["idle"].orders_per_day == 0
    assert cards["reno"].advice is Advice.KEEP
    assert cards["reno"].because.startswith("closing it costs more")
    assert cards["reno"].service_lost is None
    assert list(cards) == ["idle", "reno"], "what closing saves the most comes first"


def test_what_closing_changes_is_the_paired_difference_of_the_two_networks(survey: Survey) -> None:
    left = survey.without(frozenset(["idle"]))
    card = next(one for one in scorecards(survey, ["idle", "reno"], None) if one.node == "idle")

    kpis = kpis_of(survey.folder, [survey.whole, left], survey.numbers, kpi=COST)
    before, after = (kpis.loc[kpis["design"] == one.name, "value"].to_numpy() for one in (survey.whole, left))

    assert card.changes[COST].mean == pytest.approx((after - before).mean())


def test_nodes_are_closed_in_the_order_in_which_they_are_missed_least(survey: Survey) -> None:
    path = closing_path(survey, ["columbus", "reno", "idle"], 5)

    assert [step.node for step in path[:2]] == ["idle", "reno"]
    assert len(path) == 2, "a node must be left"
    assert path[0].change.mean < 0 < path[1].change.mean + 300


def test_shapley_values_of_a_network_add_up_to_what_all_its_nodes_change(survey: Survey) -> None:
    found = {one.node: one for one in worths(survey, ["reno", "idle"], 10)}

    none = survey.without(frozenset(["reno", "idle"]))
    costs = survey.costs([survey.whole, none])
    all_of_them = float((costs[survey.whole.name] - costs[none.name]).mean())
    assert sum(one.mean for one in found.values()) == pytest.approx(all_of_them)
    assert found["idle"].interval.low > 0, "it only costs"


def test_a_network_without_any_of_the_nodes_is_refused(survey: Survey) -> None:
    with pytest.raises(UsageError, match="expected: a network without any of columbus, reno, idle"):
        worths(survey, ["columbus", "reno", "idle"], 10)


def test_the_glove_game_by_hand() -> None:
    """Two left gloves and a right one make a pair worth 1: the right one is worth 2/3, each left one 1/6."""
    nodes = ["left", "other_left", "right"]
    orders = orders_of_opening(nodes, 100, 1)
    values = {there: np.full(3, float("right" in there and len(there) > 1)) for there in coalitions_of(orders)}

    found = {one.node: one.mean for one in shapley(nodes, orders, values, 0.95)}

    assert len(orders) == 6
    assert found == pytest.approx({"left": 1 / 6, "other_left": 1 / 6, "right": 2 / 3})


def test_sampled_orders_widen_the_intervals_and_their_mean_is_right() -> None:
    nodes = [f"n{number}" for number in range(6)]
    random = np.random.default_rng(3)
    worth = dict(zip(nodes, range(6), strict=True))
    everything = orders_of_opening(nodes, 720, 0)
    exact = {there: np.full(2, sum(worth[one] for one in there) ** 1.5 / 4) for there in coalitions_of(everything)}
    true = shapley(nodes, everything, exact, 0.95)[3].mean
    hits = 0
    for seed in range(60):
        orders = orders_of_opening(nodes, 12, seed)
        noise = random.normal(0, 0.1, 8)
        values = {
            there: sum(worth[one] for one in there) ** 1.5 / 4 + len(there) * noise for there in coalitions_of(orders)
        }
        whole = (15**1.5) / 4 + 6 * noise.mean()
        found = shapley(nodes, orders, values, 0.95)
        assert sum(one.mean for one in found) == pytest.approx(whole)
        hits += found[3].interval.low <= true <= found[3].interval.high

    assert hits >= 53, "of 60 nominal 95 % intervals"


@pytest.mark.parametrize(("most", "count"), [(10, 6), (6, 6), (4, 4)])
def test_orders_of_opening_are_all_or_different_ones(most: int, count: int) -> None:
    found = orders_of_opening(["a", "b", "c"], most, 7)

    assert len(found) == len({*found}) == count
    assert found == orders_of_opening(["a", "b", "c"], most, 7)


def change(low: float, high: float) -> Change:
    """Return a change with an interval."""
    return Change((low + high) / 2, Interval(low, high, 0.95))


@pytest.mark.parametrize(
    ("cost", "on_time", "lost", "advice"),
    [
        (change(-2, -1), change(-0.001, 0.001), change(-0.1, 0.1), Advice.CLOSE),
        (change(-2, -1), change(-0.001, 0.001), None, Advice.CLOSE),
        (change(-2, 1), change(-0.001, 0.001), None, Advice.WATCH),
        (change(-2, -1), change(-0.004, 0.001), None, Advice.WATCH),
        (change(-2, -1), change(-0.001, 0.001), change(-0.1, 0.3), Advice.WATCH),
        (change(1, 2), change(-0.001, 0.001), None, Advice.KEEP),
        (change(-2, -1), change(-0.009, -0.004), None, Advice.KEEP),
        (change(-2, -1), change(-0.001, 0.001), change(0.3, 0.9), Advice.KEEP),
    ],
)
def test_the_rule_needs_all_three_to_close_and_one_to_keep(
    cost: Change, on_time: Change, lost: Change | None, advice: Advice
) -> None:
    found, because = advise(cost, on_time, lost, 0.0025)

    assert found is advice
    assert because


def test_a_node_that_refills_others_cannot_be_taken_away(tmp_path: Path) -> None:
    without = maker(tmp_path)

    found, kept = removable(without(frozenset()), _refusing(without, "columbus"))

    assert set(found) == {"reno", "idle"}
    assert list(kept) == ["columbus"]


def _refusing(without: Callable[[frozenset[str]], Design], node: str) -> Callable[[frozenset[str]], Design]:
    from twin.domain.errors import ConfigurationError, Problem

    def made(closed: frozenset[str]) -> Design:
        if node in closed:
            raise ConfigurationError([Problem("network.lanes.x.from", f"{node}, which is closed", "an open node")])
        return without(closed)

    return made


def test_a_node_that_is_not_there_cannot_be_named(tmp_path: Path) -> None:
    without = maker(tmp_path)

    with pytest.raises(UsageError, match="--nodes: no open node 'boise'\n  expected: some of columbus, reno, idle"):
        removable(without(frozenset()), without, ["boise"])


def test_long_names_of_designs_stay_short_and_apart() -> None:
    many = [frozenset(f"a_rather_long_name_{number}" for number in range(count)) for count in (5, 6)]

    names = [name_without(nodes, "whole") for nodes in [frozenset[str](), frozenset(["b", "a"]), *many]]

    assert names[:2] == ["whole", "without_a_b"]
    assert max(map(len, names)) <= 40
    assert len({*names}) == 4


def test_the_command_prints_cards_and_leaves_a_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    words = ["nodes", "scenario=tutorial", *IDLE, "study.measured_days=3", "study.warmup_days=1",
             "study.replications=2", "--nodes", "reno,idle", "--close", "1", "--shapley", "2", "-j", "0"]  # fmt: skip

    said = CliRunner().invoke(app, words)

    assert said.exit_code == 0, said.output
    page = (tmp_path / "results/tutorial-nodes/nodes.html").read_text("utf-8")
    told = json.loads((tmp_path / "results/tutorial-nodes/nodes.json").read_text("utf-8"))
    assert "Close idle" in said.output
    assert "Service lost in an outage, days" in said.output
    assert [card["node"] for card in told["cards"]] == ["idle", "reno"]
    for words_ in ("Close idle", "Shapley values", "Closing several", "closing it saves, and costs no service"):
        assert words_ in page
