"""The laws that hold in every run, each a function that fails if its law is broken."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from tests.factories import Tables
from twin.simulation.world import Model

MONEY = ["label_usd", "surcharge_usd", "handling_usd", "packaging_usd", "late_credit_usd", "lost_goods_usd",
         "claimed_usd"]  # fmt: skip
FLOAT_TOLERANCE = 1e-9


def check_laws(model: Model, tables: Tables) -> None:
    """Check every law on a run that had time to finish."""
    units_are_conserved(model.opening_stock, tables)
    returns_come_from_shipments(tables)
    returns_go_one_way(model, tables)
    every_order_ends_once(tables)
    shipments_add_up_to_orders(tables)
    causes_come_before_effects(model, tables)
    stations_are_conserved(model, tables)
    overtime_is_part_of_the_hours(tables)
    credits_are_given_once(model, tables)
    numbers_are_numbers(tables)


def units_are_conserved(opening: Mapping[str, Mapping[str, int]], tables: Tables) -> None:
    """Opening + received + restocked - shipped - transferred - destroyed = on hand, at every midnight.

    What shipped left with a shipment. What is on the shelf again at the very midnight may count for either day.
    """
    for node, stock in tables.stock.groupby("node"):
        had = sum(opening.get(str(node), {}).values())
        balance = had + stock["received_units"].cumsum() - stock["shipped_units"].cumsum()
        balance += [restocked_before(tables, str(node), 24.0 * (day + 1)) for day in stock["day"]]
        for kind in ("transfer_sent", "destroyed"):
            balance -= [gone_before(kind, tables, str(node), 24.0 * (day + 1)) for day in stock["day"]]
        at_midnight = [restocked_at(tables, str(node), 24.0 * (day + 1)) for day in stock["day"]]
        assert (balance - stock["on_hand_units"]).between(0, at_midnight).all()
        assert (stock["reserved_units"] <= stock["on_hand_units"]).all()
        assert (stock["reserved_units"] >= 0).all()
        assert (stock["in_transit_units"] >= 0).all()
        left = tables.shipments.loc[tables.shipments["node"] == node, "units"].sum()
        assert stock["shipped_units"].sum() == left


def gone_before(kind: str, tables: Tables, node: str, instant: float) -> int:
    """Count the units of a node that events of a kind took by an instant."""
    events = tables.events
    gone = (events["kind"] == kind) & (events["subject"] == node) & (events["at"] <= instant)
    return int(events.loc[gone, "units"].sum())


def restocked_before(tables: Tables, node: str, instant: float) -> int:
    """Count the units that customers sent back to a node and that were on its shelf again by an instant."""
    returns = tables.returns
    if returns.empty:
        return 0
    there = (returns["node"] == node) & (returns["restocked_at"] <= instant)
    return int(returns.loc[there, "units"].sum())


def restocked_at(tables: Tables, node: str, instant: float) -> int:
    """Count the units that were on the shelf of a node again at the very instant."""
    returns = tables.returns
    if returns.empty:
        return 0
    return int(returns.loc[(returns["node"] == node) & (returns["restocked_at"] == instant), "units"].sum())


def returns_come_from_shipments(tables: Tables) -> None:
    """A line comes back once at most, from the node that shipped it, and never more of an order than was shipped."""
    returns = tables.returns
    if returns.empty:
        return
    shipped = tables.shipments.groupby(["order", "node"])["units"].sum()
    back = returns.groupby(["order", "origin"])["units"].sum()
    assert not returns.duplicated(["order", "origin", "sku", "units", "requested_at"]).any()
    assert (back <= shipped.reindex(back.index)).all()
    delivered_at = tables.shipments.groupby(["order", "node"])["delivered_at"].min()
    asked = returns.groupby(["order", "origin"])["requested_at"].min()
    assert (asked >= delivered_at.reindex(asked.index) + 24 - FLOAT_TOLERANCE).all()


def returns_go_one_way(model: Model, tables: Tables) -> None:
    """Asked for, received, inspected and restocked, in this order; what is written off is never on the shelf again."""
    returns = tables.returns
    if returns.empty:
        return
    for before, after in pairwise(["requested_at", "received_at", "inspected_at", "restocked_at"]):
        later = returns[returns[after].notna()]
        assert (later[before] <= later[after] + FLOAT_TOLERANCE).all()
    lost = returns["grade"].isin(["liquidate", "scrap"])
    assert returns.loc[lost, "restocked_at"].isna().all()
    assert (returns["written_off_usd"] > 0).tolist() == lost.tolist()
    assert all(model.network.nodes[node].takes_returns for node in returns["node"].unique())
    money = returns[["refund_usd", "label_usd", "handling_usd", "written_off_usd", "recovered_usd", "co2e_kg"]]
    assert (money.to_numpy() >= 0).all()
    assert (returns["recovered_usd"] <= returns["written_off_usd"]).all()


def every_order_ends_once(tables: Tables) -> None:
    """Every unit of an order is shipped or cancelled, never both; then the order is delivered or cancelled."""
    orders, events = tables.orders, tables.events
    cancelled = events[events["kind"] == "cancelled"].groupby("order")["units"].sum()
    gone = orders["order"].map(cancelled).fillna(0)
    assert orders["order"].is_unique
    assert (orders["units_shipped"] + gone == orders["units"]).all()
    assert (orders["status"] == np.where(gone > 0, "cancelled", "delivered")).all()
    assert (orders["cancelled_at"].notna() == (gone > 0)).all()
    assert (orders["delivered_at"].notna() == (orders["units_shipped"] > 0)).all()


def shipments_add_up_to_orders(tables: Tables) -> None:
    """Each order's units, shipments and packages, and its last departure and arrival, are those of its shipments."""
    orders = tables.orders.set_index("order")
    by_order = tables.shipments.groupby("order")
    sums = by_order[["units", "packages"]].sum().reindex(orders.index, fill_value=0)
    assert sums["units"].tolist() == orders["units_shipped"].tolist()
    assert sums["packages"].tolist() == orders["packages"].tolist()
    assert by_order.size().reindex(orders.index, fill_value=0).tolist() == orders["shipments"].tolist()
    assert by_order["node"].nunique().reindex(orders.index, fill_value=0).tolist() == orders["nodes"].tolist()
    last = by_order[["departed_at", "delivered_at"]].max().reindex(orders.index)
    pd.testing.assert_series_equal(last["departed_at"], orders["shipped_at"], check_names=False)
    pd.testing.assert_series_equal(last["delivered_at"], orders["delivered_at"], check_names=False)


def causes_come_before_effects(model: Model, tables: Tables) -> None:
    """Placed, routed, started, packed, departed and delivered, in this order; work fits in between.

    In zones several people work on a shipment at a time.
    """
    shipments = tables.shipments
    placed_at = shipments["order"].map(tables.orders.set_index("order")["placed_at"])
    later = ["routed_at", "started_at", "packed_at", "departed_at", "delivered_at"]
    for before, after in pairwise([placed_at, *(shipments[name] for name in later)]):
        assert (before <= after + FLOAT_TOLERANCE).all()
    hands = shipments["node"].map(
        {name: max(s.zones for s in node.stages) for name, node in model.network.nodes.items()}
    )
    done_by = shipments["started_at"] + shipments["work_hours"] / hands
    assert (done_by <= shipments["packed_at"] + FLOAT_TOLERANCE).all()


def stations_are_conserved(model: Model, tables: Tables) -> None:
    """All that enters a stage leaves it, and every hour of the stages' work is in a shipment's hours.

    Every shipment passes every stage: once where no check sends it back and no zones part it.
    """
    places = tables.nodes[tables.nodes["stage"] != "put_away"]
    done = places.groupby(["node", "stage"])[["admitted", "finished", "busy_hours"]].sum()
    shipments = tables.shipments.groupby("node").size()
    assert done["admitted"].tolist() == done["finished"].tolist()
    assert done["busy_hours"].sum() == pytest.approx(tables.shipments["work_hours"].sum())
    for name, node in model.network.nodes.items():
        passed = int(shipments.get(name, 0))
        once = not any(stage.rework for stage in node.stages)
        for stage in node.stages:
            if stage.zones == 1:
                finished = int(done.loc[(name, stage.name), "finished"])
                assert finished == passed if once else finished >= passed


def overtime_is_part_of_the_hours(tables: Tables) -> None:
    """Nobody is on overtime who is not there, in any hour."""
    assert (tables.nodes["overtime_hours"] <= tables.nodes["open_hours"] + FLOAT_TOLERANCE).all()


def credits_are_given_once(model: Model, tables: Tables) -> None:
    """A late order is credited by its service level exactly once, any other not at all."""
    shipments = tables.shipments
    late = shipments[shipments["delivered_at"] > shipments["promised_by"]]["order"].unique()
    credit = {name: level.late_credit_usd for name, level in model.network.service_levels.items()}
    given = shipments.groupby("order")["late_credit_usd"].sum()
    due = tables.orders.set_index("order")["service_level"].map(credit).loc[given.index]
    assert given.tolist() == pytest.approx((due * given.index.isin(late)).tolist())


def numbers_are_numbers(tables: Tables) -> None:
    """No amount is infinite or missing, and none is negative."""
    for table in (tables.shipments, tables.nodes, tables.stock):
        numbers = table.select_dtypes("number").to_numpy(dtype=float)
        assert np.isfinite(numbers).all()
        assert (numbers >= 0).all()


def total_usd(model: Model, tables: Tables) -> float:
    """Return the whole bill: shipments, shifts, buildings, storage, interest on stock and inbound freight."""
    total = float(tables.shipments[MONEY].to_numpy().sum())
    for name, node in model.network.nodes.items():
        costs = node.costs
        stock = tables.stock[tables.stock["node"] == name]
        wage_usd = costs.wage_usd_per_hour if costs.labor_paid == "staffed" else 0.0
        total += wage_usd * tables.nodes.loc[tables.nodes["node"] == name, "open_hours"].sum()
        total += costs.fixed_usd_per_day * len(stock)
        total += costs.storage_usd_per_unit_day * stock["mean_on_hand_units"].sum()
        total += costs.holding_rate_per_year / 365 * stock["mean_on_hand_usd"].sum()
        total += costs.inbound_usd_per_unit * stock["received_units"].sum()
    return total
