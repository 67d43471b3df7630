"""A simulated day is recorded as if it were production's, and repeated from its decision log alone."""

from __future__ import annotations

import pickle
from dataclasses import replace
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from tests.conftest import write_files
from twin.analytics.kpis import compute_kpis
from twin.analytics.tables import Tables, Window
from twin.assemble import build
from twin.calibration.decision_log import LoggedDecision, write_log
from twin.calibration.replaying import log_of, replay_policy
from twin.config import parse
from twin.domain.errors import ConfigurationError
from twin.domain.orders import Order
from twin.experiments.decision_log import write_own_log
from twin.hydra_glue import compose
from twin.policies.conformance import Recorded
from twin.policies.contract import order_from
from twin.policies.decision import Decision
from twin.policies.routing.fewest_splits import FewestSplits
from twin.policies.routing.min_cost import MinCost
from twin.policies.routing.replay import Replay
from twin.policies.routing.roles import RoutingPolicy
from twin.policies.snapshot import SnapshotView
from twin.policies.view import NetworkView
from twin.simulation.run import simulate
from twin.simulation.world import Model

OVERRIDES = [
    "study.warmup_days=0", "study.measured_days=2", "study.cooldown_days=0", "study.runout_days=4",
    "demand.orders_per_day=300", "replenishment.opening_days_of_cover=1", "node_kinds.dc.found_rate=0.8",
    "node_kinds.3pl.found_rate=0.9",
]  # fmt: skip
SEED = 3


@cache
def model() -> Model:
    """Two days of two nodes that decline every fifth and tenth order and whose stock runs out."""
    composition = compose(OVERRIDES, "tutorial")
    return build(parse(composition.values, composition.origin))


def lived(folder: Path, routing: RoutingPolicy, **special: object) -> dict[str, pd.DataFrame]:
    """Simulate the two days and return orders, shipments and KPIs."""
    folder.mkdir()
    simulate(replace(model(), routing=routing, **special), folder, SEED, 0)
    window = Window(0, 2)
    tables = {name: pd.read_parquet(folder / f"{name}.parquet") for name in ("orders", "shipments")}
    return tables | {"kpis": compute_kpis(Tables.read(folder, window), window, model().network)}


@pytest.fixture(scope="module")
def recorded(tmp_path_factory) -> tuple[dict[str, pd.DataFrame], list[LoggedDecision]]:
    """What production did on the two days, and its log."""
    log: list[LoggedDecision] = []

    def keep(case: Recorded) -> None:
        log.append(LoggedDecision(case.request, case.answer))

    return lived(tmp_path_factory.mktemp("production") / "run", MinCost(), record=keep), log


def test_the_recorded_days_are_eventful(recorded) -> None:
    tables, log = recorded

    assert len(tables["orders"]) > 300
    assert len(log) > len(tables["orders"]) + 50
    assert (tables["orders"]["attempts"] > 1).any()
    assert any(one.decision.unfilled for one in log)


def test_production_repeated_from_its_log_is_production_to_the_last_bit(recorded, tmp_path) -> None:
    tables, log = recorded
    write_log(tmp_path / "log.jsonl", log)
    policy = replay_policy({"kind": "replay", "log": str(tmp_path / "log.jsonl"), "otherwise": None})

    again = lived(tmp_path / "again", policy)

    for name, table in tables.items():
        assert_frame_equal(again[name], table, check_exact=True)


@pytest.mark.parametrize(
    "production",
    [["dom=runs"], ["dom=replan"], ["dom=runs", "routing=batch_reoptimise"], ["dom=as_it_is", "routing=shadow_price"]],
    ids=" ".join,
)
def test_it_is_so_however_production_manages_its_orders(production, tmp_path) -> None:
    model = build(parse(compose([*OVERRIDES, "study.measured_days=1", *production], "tutorial").values))
    log = tmp_path / "log.jsonl"
    write_own_log(model, log, SEED)
    repeated = replace(model, routing=replay_policy({"kind": "replay", "log": str(log), "otherwise": None}))

    for name, each in {"production": model, "again": repeated}.items():
        (tmp_path / name).mkdir()
        simulate(each, tmp_path / name, SEED, 0)

    for table in ("orders", "shipments"):
        before, after = (pd.read_parquet(tmp_path / name / f"{table}.parquet") for name in ("production", "again"))
        assert_frame_equal(after, before, check_exact=True)


class Witness:
    """Repeats a log, and remembers who decided what."""

    def __init__(self, policy: Replay) -> None:
        self.policy = policy
        self.logged: list[int] = []
        self.others: list[int] = []

    def decide(self, order: Order, network: NetworkView) -> Decision:
        decision = self.policy.decide(order, network)
        (self.logged if self.policy.is_logged(order, network) else self.others).append(order.number)
        if not self.policy.is_logged(order, network):
            assert self.policy.otherwise is not None
            assert decision == self.policy.otherwise.decide(order, network)
        return decision


def test_orders_that_the_log_lacks_are_decided_by_the_other_policy(recorded, tmp_path) -> None:
    _, log = recorded
    write_log(tmp_path / "log.jsonl", [one for one in log if one.request.order.order_number % 10])
    parameters = {"kind": "replay", "log": str(tmp_path / "log.jsonl"), "otherwise": {"kind": "fewest_splits"}}
    witness = Witness(replay_policy(parameters))

    lived(tmp_path / "again", witness)

    assert witness.policy.otherwise == FewestSplits()
    assert {number for number in witness.others if number % 10 == 0} == set(range(0, max(witness.others) + 1, 10))
    assert not any(number % 10 == 0 for number in witness.logged)
    assert len(witness.logged) > 300


def test_a_logged_decision_is_known_again_from_its_picture(recorded, tmp_path) -> None:
    _, log = recorded
    write_log(tmp_path / "log.jsonl", log[:200])
    policy, shelves = replay_policy({"log": str(tmp_path / "log.jsonl")}), model().shelves

    views = [SnapshotView(shelves.book, shelves.packer, one.request.snapshot) for one in log]
    found = [policy.is_logged(order_from(one.request.order), view) for one, view in zip(log, views, strict=True)]

    known = {one.request.order.order_number for one in log[:200]}
    others = [one.request.order.order_number not in known for one in log]
    assert all(found[:200])
    assert not any(is_logged for is_logged, other in zip(found, others, strict=True) if other)
    assert sum(others) > 200


def test_the_policy_is_a_value_that_workers_can_be_sent(recorded, tmp_path) -> None:
    _, log = recorded
    write_log(tmp_path / "log.jsonl", log)
    write_log(tmp_path / "shorter.jsonl", log[:-1])
    policy, shorter = (replay_policy({"log": str(tmp_path / name)}) for name in ("log.jsonl", "shorter.jsonl"))

    copy = pickle.loads(pickle.dumps(policy))  # noqa: S301  (our own bytes)

    assert copy == policy
    assert hash(copy) == hash(policy)
    assert shorter != policy
    assert f"{len(log)} decisions" in repr(policy)


def test_a_log_that_has_changed_is_read_again(recorded, tmp_path) -> None:
    _, log = recorded
    write_log(tmp_path / "log.jsonl", log[:1])
    before = replay_policy({"log": str(tmp_path / "log.jsonl")})
    write_log(tmp_path / "log.jsonl", log[:2])

    after = replay_policy({"log": str(tmp_path / "log.jsonl")})

    assert (before.decisions.decisions, after.decisions.decisions) == (1, 2)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({}, r"routing\.log: nothing\n  expected: a decision log, JSON Lines\n  to mend:  name it, such as routing"),
        ({"log": 7}, r"routing\.log: 7\n"),
        ({"log": "nowhere.jsonl"}, r"routing\.log: no file 'nowhere\.jsonl'\n  expected: a decision log under"),
        (
            {"log": "log.jsonl", "lgo": 1},
            r"routing\.lgo: lgo = 1\n  expected: .* replay\n  to mend:  did you mean 'log'",
        ),
        ({"log": "log.jsonl", "zz": 1}, "known: log, otherwise"),
        ({"log": "log.jsonl", "otherwise": "min_cost"}, r"routing\.otherwise: 'min_cost'\n  expected: kind and param"),
        ({"log": "log.jsonl", "otherwise": {"kind": "mincost"}}, r"routing\.otherwise\.kind: .*\n.*\n.*'min_cost'"),
        ({"log": "log.jsonl", "otherwise": {"kind": "shadow_price"}}, "shadow_price, which learns"),
        ({"log": "log.jsonl", "otherwise": {"kind": "replay"}}, r"routing\.otherwise: a replay"),
        ({"log": "broken.jsonl"}, r"broken\.jsonl, line 1: .*\n  expected: \{request, decision\}"),
    ],
)
def test_what_is_wrong_with_the_parameters_is_said(parameters, message: str, tmp_path, monkeypatch) -> None:
    write_files(tmp_path, {"log.jsonl": "", "broken.jsonl": "{}"})
    monkeypatch.chdir(tmp_path)

    with pytest.raises(ConfigurationError, match=message):
        replay_policy({"kind": "replay", **parameters})


def test_everything_wrong_is_said_at_once() -> None:
    with pytest.raises(ConfigurationError) as caught:
        replay_policy({"otherwise": 3, "lgo": 1})

    assert [one.where for one in caught.value.problems] == ["routing.lgo", "routing.otherwise", "routing.log"]


def test_only_a_replay_reads_a_log_and_only_where_it_is(tmp_path, monkeypatch) -> None:
    write_files(tmp_path, {"log.jsonl": ""})
    monkeypatch.chdir(tmp_path)

    assert log_of({"kind": "replay", "log": "log.jsonl"}) == Path("log.jsonl")
    assert log_of({"kind": "min_cost", "log": "log.jsonl"}) is None
    assert [log_of({"kind": "replay", "log": log}) for log in (None, "nowhere.jsonl", "")] == [None, None, None]
