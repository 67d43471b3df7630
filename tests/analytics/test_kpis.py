"""The list of KPIs: each worked out by hand for one small run, in groups, and in the document."""

from __future__ import annotations

import re
from dataclasses import replace
from math import isnan
from pathlib import Path

import pandas as pd
import pytest

from tests.analytics.factories import (
    RENO_COSTS,
    WINDOW,
    a_day,
    a_known_network,
    a_known_run,
    a_network,
    an_hour,
    tables,
)
from twin.analytics.kpis import KPIS, OPTIONAL_KPIS, Kpi, compute_kpis
from twin.analytics.tables import Tables
from twin.domain.nodes import NodeCosts

DOCUMENT = Path(__file__).parents[2] / "docs" / "kpis.md"
DEFINITION = re.compile(r"(?P<definition>.+) \[(?P<unit>[^;]+); (?P<code>.+)\]\.")

BY_HAND = {
    # two orders delivered: 34 of labels, 7 of surcharges, 4 of handling, 8 hours at 10 of staff, ...
    "cost_per_order": 125.03,
    "label_cpo": 34 / 2,
    "surcharge_cpo": 7 / 2,
    "labor_cpo": (4 + 80) / 2,
    "packaging_cpo": 2 / 2,
    "inbound_cpo": (30 * 0.5 + 10 * 1.0) / 2,
    "node_fixed_cpo": (2 * 12 + 2 * 5) / 2,
    "storage_cpo": (180 * 0.01 + 80 * 0.05) / 2,
    "holding_cpo": (1800 * 0.365 / 365 + 730 * 0.73 / 365) / 2,
    "late_credit_cpo": 5 / 2,
    "claims_cpo": 0.0,
    "destroyed_cpo": 3 * 10 / 2,
    "cost_per_order_variable": (34 + 7 + 4 + 2 + 5 + 20) / 2,
    "shipping_cost_per_order": 41 / 2,
    "shipping_cost_per_package": 41 / 4,
    "total_cost_usd": 250.06,
    # three orders are due, two delivered, one on time
    "on_time_delivery_rate": 1 / 3,
    "on_time_delivery_rate_scor": 1 / 2,
    "delivered_in_full_rate": 2 / 3,
    "delivered_in_full_rate_scor": 1.0,
    "otif_rate": 1 / 3,
    "perfect_order_rate": 1 / 3,
    "perfect_order_rate_scor": 1 / 2,
    "cancel_rate": 1 / 4,
    "click_to_ship_hours_mean": (12 + 32) / 2,
    "click_to_ship_hours_p50": 22.0,
    "click_to_ship_hours_p90": 12 + 0.9 * 20,
    "click_to_ship_hours_p95": 12 + 0.95 * 20,
    "click_to_deliver_hours_mean": (60 + 44) / 2,
    "click_to_deliver_hours_p50": 52.0,
    "click_to_deliver_hours_p90": 44 + 0.9 * 16,
    "click_to_deliver_hours_p95": 44 + 0.95 * 16,
    "promise_error_hours_mean": (-6 + 6) / 2,
    "promise_error_hours_p10": -6 + 0.1 * 12,
    "promise_error_hours_p90": -6 + 0.9 * 12,
    "early_by_a_day_rate": 0.0,
    "late_days_mean": 6 / 24,
    "csat_proxy": 100 * (1 - (0.05 + 0.5 + 0.9) / 3),
    "promise_moved_rate": 1 / 4,
    "lost_sales_units": 2.0,
    "lost_sales_usd": 2 * 15.0,
    "on_time_arrival_rate": 2 / 3,
    "on_time_ship_rate": 2 / 3,
    "transit_hours_mean": (48 + 12 + 18) / 3,
    "transit_hours_p90": 18 + 0.8 * 30,
    "unit_fill_rate": 7 / 10,
    "line_fill_rate": 3 / 5,
    "order_fill_rate": 2 / 4,
    "single_node_fill_rate": 2 / 4,
    "ready_rate": 1 - 4 / 30,
    "cycle_service_level": 1 - 4 / 16,
    "stockout_rate": 4 / 20,
    "gamma_service_level": 1 - 4 / 40,
    "split_rate": 1 / 2,
    "split_rate_multi": 1.0,
    "avoidable_split_rate": 1 / 2,
    "packages_per_order": 4 / 2,
    "primary_rate": 1 / 2,
    "mean_zone": (4 + 2 * 8 + 2) / 4,
    "zone_mix": 1.0,
    "miles_per_package": (500 + 2 * 3000 + 100) / 4 / 1.609344,
    "decline_rate": 1 / 4,
    "reroutes_per_order": 1 / 4,
    "oversell_rate": 1 / 10,
    "decision_hours_mean": 2 / 4,
    "lost_rate": 0.0,
    "inventory_turns": 365 * 400 / 2530,
    "days_of_supply": 260 / 40,
    "stock_imbalance": (0.75 * 0.5**2 + 0.25 * 1.5**2) ** 0.5 / 6.5,
    "utilization": 6 / 10,
    "utilization_p95": 0.75 + 0.9 * 0.25,
    "backlog_hours_mean": (1.5 + 3.5) / 2,
    "backlog_hours_p95": 1.5 + 0.95 * 2,
    "backlog_hours_max": 3.5,
    "queue_hours_mean": (1 + 0 + 2) / 3,
    "queue_hours_p50": 1.0,
    "queue_hours_p90": 1 + 0.8 * 1,
    "missed_cutoff_rate": 1 / 3,
    "units_per_labor_hour": 40 / 10,
    "overtime_hours": 0.5,
    "co2e_kg_per_order": 28.93125 + 0.75 / 2 + 0.5 / 2 + 1.125 / 2,
    "linehaul_ground_co2e_kg_per_order": 0.3125 / 2,
    "linehaul_air_co2e_kg_per_order": 4 / 2,
    "last_mile_co2e_kg_per_order": 0.5 / 2,
    "packaging_co2e_kg_per_order": 0.25 / 2,
    "inbound_co2e_kg_per_order": (0.045 * 1000 + 0.015 * 200) * 1.25 * 0.08 / 2,
    "building_co2e_kg_per_order": (2 * 50 + 2 * 10) * 0.4 / 2,
    "transport_co2e_kg_per_order": 5.3125 / 2,
    "co2e_kg_per_package": 60.2375 / 4,
    "gco2e_per_tkm": 5312.5 / (1.0 + 12.0 + 0.1),
    "co2e_kg_total": 60.2375,
    "orders_placed": 4.0,
    "orders_per_day": 4 / 2,
    "orders_delivered": 2.0,
    "censored_orders": 1.0,
    "shipments_per_day": 3 / 2,
    "packages_shipped": 4.0,
    # two of the ten units ordered less the two cancelled; one is sold again, one written off at 10 and sold off at 3
    "return_rate": 2 / 8,
    "returns_cpo": (7 + 13) / 2,
    "return_label_cpo": (6 + 4) / 2,
    "return_handling_cpo": (1 + 2) / 2,
    "return_loss_cpo": (10 - 3) / 2,
    "returns_usd": 20.0,
    "refunds_per_order": (15 + 20) / 2,
    "restock_rate": 1 / 2,
    "return_to_shelf_days_mean": 2.0,
    "returns_co2e_kg_per_order": 0.75 / 2,
    # two loads of a hundred units; no lane of the network pays by the load, so that costs stay
    "freight_usd_per_unit": 350 / 200,
    "pallets_per_load": (3 + 1) / 2,
    # four parcels are collected at 0.125 kg; 3 kg by ground pass two hubs, 4 kg by air three, at 0.0625 kg a kg
    "first_mile_co2e_kg_per_order": 4 * 0.125 / 2,
    "hub_co2e_kg_per_order": (3 * 2 + 4 * 3) * 0.0625 / 2,
    # orders 1 and 2, placed at 30 and 34
    "pickup_ready_rate": 1 / 2,
    "pickup_ready_hours_mean": (3 + 4) / 2,
    "no_show_rate": 1 / 2,
    "window_rate": 1 / 2,
    # two midnights in Columbus with 10 products each, one in Reno with 5
    "book_accuracy_rate": 1 - 6 / 25,
    "phantom_rate": 8 / 200,
    "walk_in_units_per_day": 20 / 2,
    "walk_in_lost_rate": 5 / 25,
    # 80 and 40 of 100 cubic meters; Reno has room without limit
    "storage_fill_p95": 0.4 + 0.95 * 0.4,
}

BY_HAND_AND_NODE = {
    ("cost_per_order", "columbus"): 203.6 / 2,
    ("cost_per_order", "reno"): 46.46,
    ("total_cost_usd", "columbus"): 203.6,
    ("orders_delivered", "columbus"): 2.0,
    ("orders_delivered", "reno"): 1.0,
    ("utilization", "columbus"): 4 / 8,
    ("utilization_p95", "columbus"): 0.25 + 0.95 * 0.5,
    ("backlog_hours_max", "columbus"): 3.0,
    ("backlog_hours_mean", "reno"): 0.5,
    ("on_time_arrival_rate", "columbus"): 1 / 2,
    ("mean_zone", "columbus"): 20 / 3,
    ("decline_rate", "columbus"): 1 / 3,
    ("days_of_supply", "reno"): 8.0,
    ("co2e_kg_per_order", "reno"): 0.0625 + 0.125 + 0.0625 + 0.3 + 8.0 + 0.5 + 0.125 + 0.125,
    ("shipments_per_day", "columbus"): 1.0,
    ("queue_hours_p50", "columbus"): 0.5,
    ("returns_cpo", "reno"): 13.0,
    ("restock_rate", "columbus"): 1.0,
    ("book_accuracy_rate", "columbus"): 0.7,
    ("walk_in_units_per_day", "columbus"): 10.0,
    ("walk_in_lost_rate", "reno"): 1.0,
    ("no_show_rate", "reno"): 1.0,
    ("destroyed_cpo", "reno"): 0.0,
    ("overtime_hours", "columbus"): 0.5,
    ("pickup_ready_hours_mean", "columbus"): 3.0,
}

BY_HAND_AND_KIND_OF_ORDER = {
    ("on_time_delivery_rate", "channel", "web"): 1 / 2,
    ("on_time_delivery_rate", "channel", "app"): 0.0,
    ("click_to_deliver_hours_p50", "region", "east"): 60.0,
    ("cost_per_order_variable", "region", "west"): 40.0 + 13.0,
    ("split_rate", "service_level", "express"): 1.0,
    ("lost_sales_usd", "region", "west"): 30.0,
    ("censored_orders", "service_level", "standard"): 1.0,
    ("transit_hours_mean", "service", "parcel/ground"): 33.0,
    ("shipping_cost_per_package", "service", "parcel/two_day"): 12.0,
    ("on_time_ship_rate", "region", "west"): 1 / 2,
    ("return_rate", "channel", "app"): 1 / 4,
    ("pickup_ready_rate", "service_level", "express"): 0.0,
}

ADDS_UP = ("orders_placed", "packages_shipped", "total_cost_usd", "co2e_kg_total", "lost_sales_units")


def values(run: Tables | None = None) -> pd.Series[float]:
    """All KPIs of the known run, or of another, by name, group and member."""
    kpis = compute_kpis(run or a_known_run(), WINDOW, a_known_network())
    return kpis.set_index(["kpi", "group", "member"])["value"].sort_index()


@pytest.fixture(scope="module")
def known() -> pd.Series[float]:
    return values()


def row(kpi: Kpi) -> str:
    """The row of a KPI as it should stand in the document."""
    found = DEFINITION.fullmatch(str(kpi.function.__doc__))
    assert found, f"{kpi.id}: its docstring is not `definition [unit; code].`"
    assert found["unit"] == kpi.unit
    groups = ", ".join(kpi.groups[1:]) or "-"
    return f"| {kpi.id} | {kpi.unit} | {kpi.better} | {found['definition']} | {found['code']} | {groups} |"


def test_every_kpi_was_worked_out_by_hand() -> None:
    assert sorted(BY_HAND) == sorted(kpi.id for kpi in KPIS)


@pytest.mark.parametrize("kpi", BY_HAND)
def test_a_kpi_of_the_network_is_what_was_worked_out_by_hand(kpi: str, known: pd.Series[float]) -> None:
    assert known[kpi, "network", "network"] == pytest.approx(BY_HAND[kpi])


@pytest.mark.parametrize(("kpi", "node"), BY_HAND_AND_NODE)
def test_a_kpi_of_a_node_is_what_was_worked_out_by_hand(kpi: str, node: str, known: pd.Series[float]) -> None:
    assert known[kpi, "node", node] == pytest.approx(BY_HAND_AND_NODE[kpi, node])


@pytest.mark.parametrize("key", BY_HAND_AND_KIND_OF_ORDER)
def test_a_kpi_of_some_orders_is_what_was_worked_out_by_hand(
    key: tuple[str, str, str], known: pd.Series[float]
) -> None:
    assert known[key] == pytest.approx(BY_HAND_AND_KIND_OF_ORDER[key])


@pytest.mark.parametrize("kpi", [kpi for kpi in KPIS if kpi.id in ADDS_UP], ids=lambda kpi: kpi.id)
def test_members_add_up_to_the_network(kpi: Kpi, known: pd.Series[float]) -> None:
    sums = {group: known[kpi.id, group].sum() for group in kpi.groups[1:]}

    assert sums == pytest.approx(dict.fromkeys(sums, BY_HAND[kpi.id]))


def test_a_split_order_counts_at_each_of_its_nodes(known: pd.Series[float]) -> None:
    assert known["orders_delivered", "node"].sum() == BY_HAND["orders_delivered"] + 1


def test_the_order_of_rows_does_not_matter(known: pd.Series[float]) -> None:
    run = a_known_run()
    turned = {name: getattr(run, name).iloc[::-1].reset_index(drop=True) for name in Tables.__slots__}

    pd.testing.assert_series_equal(values(Tables(**turned)), known)


def test_words_may_be_plain_strings(known: pd.Series[float]) -> None:
    run = a_known_run()
    plain = {}
    for name in Tables.__slots__:
        table = getattr(run, name)
        plain[name] = table.astype(dict.fromkeys(table.select_dtypes("category").columns, "str"))

    pd.testing.assert_series_equal(values(Tables(**plain)), known)


@pytest.mark.parametrize(("table", "unsaid"), OPTIONAL_KPIS.items())
def test_a_run_without_a_table_says_nothing_of_it(table: str, unsaid: tuple[Kpi, ...]) -> None:
    found = values(replace(a_known_run(), **{table: None}))

    assert {kpi for kpi, _, _ in found.index} == {kpi.id for kpi in KPIS} - {kpi.id for kpi in unsaid}


def test_a_run_without_returns_costs_less() -> None:
    run = replace(a_known_run(), returns=None)

    found = values(run)

    assert found["cost_per_order", "network", "network"] == pytest.approx(115.03)
    assert found["co2e_kg_per_order", "network", "network"] == pytest.approx(28.93125 + 0.8125)


def test_every_node_service_level_and_region_of_the_network_has_its_rows() -> None:
    kpis = compute_kpis(tables(), WINDOW, a_network())

    members = kpis[kpis["group"] != "network"].groupby("group")["member"].unique()
    assert {group: list(names) for group, names in members.items()} == {
        "node": ["columbus", "reno"],
        "region": ["east", "west"],
        "service": ["parcel/ground", "parcel/two_day", "courier/same_day"],
        "service_level": ["standard", "express"],
        "zone": ["1", "2"],
    }


def test_without_demand_only_what_is_fixed_costs_money() -> None:
    network = a_network(columbus=NodeCosts(fixed_usd_per_day=3.0, building_kwh_per_day=5.0))

    kpis = compute_kpis(tables(), WINDOW, network).set_index(["kpi", "group", "member"])["value"]

    assert kpis["total_cost_usd", "network", "network"] == 6.0
    assert kpis["co2e_kg_total", "network", "network"] == pytest.approx(4.0)
    assert isnan(kpis["cost_per_order", "network", "network"])
    assert isnan(kpis["on_time_delivery_rate", "network", "network"])


def test_without_any_rows_counts_are_zero_and_the_rest_is_unknown() -> None:
    kpis = compute_kpis(tables(nodes=[]), WINDOW, a_network())

    counts = kpis[kpis["value"].notna()]
    assert set(counts["value"]) == {0.0}
    assert set(counts["unit"]) == {"USD", "h", "kg", "orders", "orders/d", "packages", "shipments/d", "units"}


def test_a_closed_node_costs_nothing_and_has_no_part_in_rates() -> None:
    run = tables(
        nodes=[an_hour(30.0), an_hour(30.0, node="reno", busy_hours=0.0)],
        stock=[a_day(1, skus_out=0), a_day(1, node="reno", skus_out=10)],
    )

    kpis = compute_kpis(run, WINDOW, a_network(reno=RENO_COSTS, reno_enabled=False))

    found = kpis.set_index(["kpi", "group", "member"])["value"].sort_index()
    assert found["total_cost_usd", "network", "network"] == found["total_cost_usd", "node", "reno"] == 0.0
    assert found["co2e_kg_total", "network", "network"] == 0.0
    assert found["utilization", "network", "network"] == 3 / 4
    assert found["ready_rate", "network", "network"] == 1.0
    assert isnan(found["utilization", "node", "reno"])


def test_the_table_has_the_columns_of_the_contract(known: pd.Series[float]) -> None:
    kpis = compute_kpis(a_known_run(), WINDOW, a_known_network())

    assert list(kpis.columns) == ["kpi", "unit", "group", "member", "value"]
    assert kpis["value"].dtype == "float64"
    assert known.index.is_unique


def test_the_document_explains_exactly_these_kpis() -> None:
    listed = [line for line in DOCUMENT.read_text(encoding="utf-8").splitlines() if re.match(r"\| [a-z]", line)]

    assert listed == [row(kpi) for kpi in KPIS]
