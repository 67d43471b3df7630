"""Freight bills of a run, held against invoices made by hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from tests.domain.test_freight import TERMS
from tests.factories import RENO, Tables, a_model, a_network, a_node, always, an_order, run
from twin.domain.freight import FreightChoice
from twin.domain.geography import KM_PER_MILE
from twin.domain.nodes import Supply

FIRST_REVIEW = 8.0  # five in the morning in Reno, by the clock of New York


def freight_of(folder: Path) -> pd.DataFrame:
    """The bills of the only run below a folder."""
    (file,) = folder.rglob("freight.parquet")
    return pd.read_parquet(file).astype({"node": str, "supplier": str, "mode": str})


def transferring(folder: Path, choice: FreightChoice | None) -> Tables:
    """Run two nodes: Columbus has 110 lamps, of which Reno wants 105 and sells five."""
    supply = Supply("columbus", always(12.0), 500.0, choice)
    network = replace(a_network([a_node(), a_node("reno", RENO, supply=supply)]), freight=TERMS)
    stock = {"columbus": {"lamp": 110}, "reno": {"lamp": 0}}
    orders = [an_order(30.0, "895", lamp=5)]
    return run(a_model(network, orders, stock=stock, levels={"reno": {"lamp": 105}}), folder)


def test_every_load_is_billed_to_the_cent(tmp_path: Path) -> None:
    transferring(tmp_path, "auto")

    bills = freight_of(tmp_path)

    # a lamp fills 0.016 m3: 105 of them 1.68 m3 or two pallets, 5 of them one; 600 miles of road
    assert bills[["at", "units", "pallets", "mode", "trucks", "freight_usd"]].to_numpy().tolist() == [
        [FIRST_REVIEW, 105, 2, "ltl", 0, 432.0],
        [FIRST_REVIEW + 24, 5, 1, "ltl", 0, 360.0],
    ]
    assert set(zip(bills["node"], bills["supplier"], strict=True)) == {("reno", "columbus")}
    assert bills["weight_kg"].tolist() == [210.0, 10.0]
    assert bills["distance_km"].tolist() == [pytest.approx(500 * KM_PER_MILE)] * 2


def test_a_lane_of_trucks_pays_for_whole_ones(tmp_path: Path) -> None:
    transferring(tmp_path, "truckload")

    bills = freight_of(tmp_path)

    assert bills[["mode", "trucks", "freight_usd"]].to_numpy().tolist() == [["truckload", 1, 1452.0]] * 2


def test_lanes_that_are_paid_by_the_unit_leave_no_bills(tmp_path: Path) -> None:
    transferring(tmp_path, None)

    assert [*tmp_path.rglob("freight.parquet")] == []
