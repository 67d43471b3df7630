"""The books: sums of every source by every combination of members."""

from __future__ import annotations

from dataclasses import replace
from math import nan

import pandas as pd
import pytest

from tests.analytics.factories import a_network, a_shipment, an_order, books
from twin.analytics.bookings import added_up, mean_unit_weight_kg

MEMBERS = {"node": ["reno", "boise"], "service": ["air", "ground"]}


def test_columns_are_added_up_over_the_combinations_that_occur() -> None:
    table = pd.DataFrame(
        {
            "node": pd.Categorical(["boise", "reno", "boise", "boise"]),
            "service": pd.Categorical(["air", "air", "ground", "air"]),
            "usd": [1.0, 2.0, 4.0, nan],
        }
    )

    found = added_up(table, MEMBERS, {"usd": table["usd"], "rows": table["node"].notna()})

    assert found.astype({"node": str, "service": str}).to_numpy().tolist() == [
        ["reno", "air", 2.0, 1.0],
        ["boise", "air", 1.0, 2.0],
        ["boise", "ground", 4.0, 1.0],
    ]


def test_what_belongs_to_no_member_keeps_its_sum() -> None:
    table = pd.DataFrame({"node": pd.Categorical(["elsewhere", None]), "usd": [1.0, 2.0]})

    found = added_up(table, {"node": ["reno"]}, {"usd": table["usd"]})

    assert found["node"].isna().tolist() == [True]
    assert found["usd"].tolist() == [3.0]


def test_nothing_adds_up_to_no_rows() -> None:
    table = pd.DataFrame({"node": pd.Categorical([]), "usd": pd.Series([], dtype="float64")})

    assert len(added_up(table, {"node": []}, {"usd": table["usd"]})) == 0


def test_two_shipments_of_a_node_for_one_order_count_as_one_order() -> None:
    table = books(
        orders=[an_order(1), an_order(2)],
        shipments=[a_shipment(1), a_shipment(1), a_shipment(2), a_shipment(2, node="reno", delivered_at=nan)],
    )

    found = table.dropna(subset="orders_from_node").set_index("node")["orders_from_node"]
    assert found.to_dict() == {"columbus": 2.0, "reno": 0.0}


def test_a_unit_weighs_the_mean_of_the_products_by_popularity() -> None:
    assert mean_unit_weight_kg(a_network()) == pytest.approx((3 * 1.0 + 1 * 3.0) / 4)
    assert mean_unit_weight_kg(replace(a_network(), products={})) == 0.0
