"""Decisions with their reasons, written down as the run goes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Literal

import pandas as pd
import pytest

from tests.factories import COLUMBUS, RENO, a_model, a_network, a_node, an_order
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
