"""Inventory KPIs: turns, days of supply and balance."""

from __future__ import annotations

from math import isnan

import pytest

from tests.analytics.factories import a_day, stock
from twin.analytics import inventory


def test_turns_compare_a_year_of_goods_shipped_with_mean_inventory() -> None:
    table = stock(
        a_day(1, mean_on_hand_usd=1000.0, shipped_cost_usd=30.0),
        a_day(2, mean_on_hand_usd=3000.0, shipped_cost_usd=10.0),
        a_day(1, node="reno", mean_on_hand_usd=365.0, shipped_cost_usd=2.0),
    )

    assert inventory.inventory_turns(table, "node").to_dict() == pytest.approx({"columbus": 3.65, "reno": 2.0})
    assert inventory.inventory_turns(table) == pytest.approx(365 * 42 / 4365)


def test_days_of_supply_compare_units_on_hand_with_units_shipped_in_a_day() -> None:
    table = stock(
        a_day(1, mean_on_hand_units=90.0, shipped_units=5),
        a_day(2, mean_on_hand_units=60.0, shipped_units=10),
    )

    assert inventory.days_of_supply(table) == 10.0


def test_stock_is_balanced_where_all_nodes_cover_the_same_days() -> None:
    table = stock(
        a_day(mean_on_hand_units=50.0, shipped_units=5),
        a_day(node="reno", mean_on_hand_units=20.0, shipped_units=2),
    )

    assert inventory.stock_imbalance(table) == 0.0


def test_imbalance_is_weighted_by_what_nodes_ship() -> None:
    table = stock(
        a_day(mean_on_hand_units=30.0, shipped_units=3),
        a_day(node="reno", mean_on_hand_units=20.0, shipped_units=1),
        a_day(node="idle", mean_on_hand_units=999.0, shipped_units=0),
    )

    # covers of 10 and 20 days weighted 3 to 1: mean 12.5, variance 0.75 x 2.5^2 + 0.25 x 7.5^2 = 18.75
    assert inventory.stock_imbalance(table) == pytest.approx(18.75**0.5 / 12.5)


def test_a_network_that_shipped_nothing_is_neither_in_nor_out_of_balance() -> None:
    assert isnan(inventory.stock_imbalance(stock(a_day(shipped_units=0))))
    assert isnan(inventory.days_of_supply(stock(a_day(shipped_units=0))))
