"""Decisions with their reasons, written down as the run goes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Literal

import pandas as pd
import pytest

from tests.factories import COLUMBUS, RENO, a_model, a_network, a_node, an_order
from twin.assemble import build
from twin.config import parse
from twin.hydra_glue import compose
from twin.policies.conformance import Recorded
from twin.simulation.run import simulate
from twin.simulation.world import Model


def two_nodes() -> Model:
    """Columbus is nearer and has one mug; Reno has plenty."""
    network = a_network([a_node("columbus", COLUMBUS), a_node("reno", RENO), a_node("closed", enabled=False)])
    stock = {"columbus": {"mug": 1}, "reno": {"mug": 9}}
    return a_model(network, [an_order(9.0), an_order(10.0)], stock=stock)


def decisions(folder: Path, detail: Literal["codes", "full"]) -> pd.DataFrame:
    simulate(replace(two_nodes(), explain=detail), folder, 1, 0)
    return pd.read_parquet(folder / "decisions.parquet").astype({"node": str, "reason": str, "detail": str})


def test_every_node_has_one_reason_at_every_decision(tmp_path: Path) -> None:
    table = decisions(tmp_path, "codes")

    assert table[["at", "order", "node", "reason"]].to_numpy().tolist() == [
        [9.0, 0, "columbus", "CHOSEN"],
        [9.0, 0, "closed", "NODE_DISABLED"],
        [9.0, 0, "reno", "CANNOT_MEET_PROMISE"],
        [10.0, 1, "reno", "CHOSEN"],
        [10.0, 1, "closed", "NODE_DISABLED"],
        [10.0, 1, "columbus", "NO_STOCK"],
    ]
    assert set(table["detail"]) == {""}


def test_full_explanations_come_with_their_numbers(tmp_path: Path) -> None:
    table = decisions(tmp_path, "full").set_index(["order", "node"])["detail"]

    assert "$" in table[0, "reno"]
    assert table[0, "columbus"] == ""


@pytest.mark.parametrize("detail", ["codes", "full"])
def test_explaining_changes_nothing_else(tmp_path: Path, detail: Literal["codes", "full"]) -> None:
    quiet, talking = tmp_path / "quiet", tmp_path / "talking"
    quiet.mkdir()
    talking.mkdir()

    simulate(two_nodes(), quiet, 1, 0)
    simulate(replace(two_nodes(), explain=detail), talking, 1, 0)

    assert not (quiet / "decisions.parquet").exists()
    for file in sorted(quiet.iterdir()):
        assert file.read_bytes() == (talking / file.name).read_bytes(), file.name


BATCHES = ("scenario=tutorial", "routing=batch_reoptimise", "dom=runs", "study.warmup_days=0", "study.measured_days=2",
           "study.cooldown_days=0", "replenishment=none", "replenishment.opening_days_of_cover=1")  # fmt: skip


def test_watching_a_policy_that_decides_many_orders_at_once_changes_nothing(tmp_path: Path) -> None:
    config = parse(compose(list(BATCHES)).values)
    model = build(config)
    cases: list[Recorded] = []
    watched = replace(model, explain="codes", record=cases.append)

    for name, each in {"quiet": model, "watched": watched}.items():
        (tmp_path / name).mkdir()
        simulate(each, tmp_path / name, config.study.seed, 0)

    for table in ("orders", "shipments"):
        quiet, seen = (pd.read_parquet(tmp_path / name / f"{table}.parquet") for name in ("quiet", "watched"))
        pd.testing.assert_frame_equal(quiet, seen)
    decided = pd.read_parquet(tmp_path / "watched" / "decisions.parquet")
    assert set(decided["order"]) == {case.request.order.order_number for case in cases}
    assert len({case.request.snapshot.taken_at for case in cases if case.request.snapshot}) < len(cases) / 2
