"""Costs: what an order costs, and which parts make it up.

What is booked on shipments and returns counts for the orders placed in the window, whenever they travel; staff,
buildings, stock and inbound freight count for the window's days. An order counts once it is delivered.
"""

from __future__ import annotations

import pandas as pd

from twin.analytics import returns
from twin.analytics.sums import Result, ratio, total
from twin.analytics.volume import booked, per_delivered_order

FAILURES = ("lost_goods_usd", "claimed_usd")
BOOKED_ON_SHIPMENTS = ("label_usd", "surcharge_usd", "handling_usd", "packaging_usd", "late_credit_usd", *FAILURES)
BOOKED_ON_NODES = ("staffed_usd", "inbound_usd", "node_fixed_usd", "storage_usd", "holding_usd", "destroyed_usd")


def total_cost_usd(bookings: pd.DataFrame, by: str | None = None) -> Result:
    """Everything: carriers, people, packaging, inbound, buildings, stock, credits, returns [USD; total_cost]."""
    return booked(bookings, (*BOOKED_ON_SHIPMENTS, *BOOKED_ON_NODES, *returns.COSTS), by)


def cost_per_order(bookings: pd.DataFrame, by: str | None = None) -> Result:
    """Total cost of a delivered order: exactly the sum of its parts [USD/order; cpo, SCOR CO.1.1]."""
    whole = label_cpo(bookings, by)
    for part in PARTS[1:]:
        whole = whole + part(bookings, by)
    return whole


def cost_per_order_variable(bookings: pd.DataFrame, by: str | None = None) -> Result:
    """Costs of shipments and returns, by delivered order: no shifts, inbound or stock [USD/order; cpo_var]."""
    return per_delivered_order(bookings, (*BOOKED_ON_SHIPMENTS, *returns.COSTS), by)


def shipping_cost_per_order(bookings: pd.DataFrame, by: str | None = None) -> Result:
    """Labels and surcharges of a delivered order [USD/order; ship_cpo]."""
    return per_delivered_order(bookings, ("label_usd", "surcharge_usd"), by)


def shipping_cost_per_package(bookings: pd.DataFrame, by: str | None = None) -> Result:
    """Labels and surcharges of a package [USD/package; ship_cpp]."""
    return ratio(booked(bookings, ("label_usd", "surcharge_usd"), by), total(bookings, bookings["packages"], by))


def label_cpo(bookings: pd.DataFrame, by: str | None = None) -> Result:
    """List price of carriage at the contract's rates, of a delivered order [USD/order; part of cpo]."""
    return per_delivered_order(bookings, ("label_usd",), by)


def surcharge_cpo(bookings: pd.DataFrame, by: str | None = None) -> Result:
    """Fuel, home delivery, area, size and season, of a delivered order [USD/order; part of cpo]."""
    return per_delivered_order(bookings, ("surcharge_usd",), by)


def labor_cpo(bookings: pd.DataFrame, by: str | None = None) -> Result:
    """Handling by delivered order: fees, wages of hours worked and of shifts [USD/order; part of cpo]."""
    return per_delivered_order(bookings, ("handling_usd", "staffed_usd"), by)


def packaging_cpo(bookings: pd.DataFrame, by: str | None = None) -> Result:
    """Cartons of a delivered order [USD/order; part of cpo]."""
    return per_delivered_order(bookings, ("packaging_usd",), by)


def inbound_cpo(bookings: pd.DataFrame, by: str | None = None) -> Result:
    """Inbound freight of the units shipped, by delivered order [USD/order; part of cpo]."""
    return per_delivered_order(bookings, ("inbound_usd",), by)


def node_fixed_cpo(bookings: pd.DataFrame, by: str | None = None) -> Result:
    """Fixed cost of nodes and what bills lack to their minimum, by delivered order [USD/order; part of cpo]."""
    return per_delivered_order(bookings, ("node_fixed_usd",), by)


def storage_cpo(bookings: pd.DataFrame, by: str | None = None) -> Result:
    """Storage of the mean units on hand, by delivered order [USD/order; part of cpo]."""
    return per_delivered_order(bookings, ("storage_usd",), by)


def holding_cpo(bookings: pd.DataFrame, by: str | None = None) -> Result:
    """Interest on the mean stock at cost, by delivered order [USD/order; holding_cost, part of cpo]."""
    return per_delivered_order(bookings, ("holding_usd",), by)


def late_credit_cpo(bookings: pd.DataFrame, by: str | None = None) -> Result:
    """Credits for late arrival, by delivered order [USD/order; penalty_cost, part of cpo]."""
    return per_delivered_order(bookings, ("late_credit_usd",), by)


def claims_cpo(bookings: pd.DataFrame, by: str | None = None) -> Result:
    """Goods carriers lose or damage, less what they pay for these and for lateness [USD/order; part of cpo]."""
    return per_delivered_order(bookings, FAILURES, by)


def destroyed_cpo(bookings: pd.DataFrame, by: str | None = None) -> Result:
    """Stock of ours that disruptions destroyed, at cost, by delivered order [USD/order; part of cpo]."""
    return per_delivered_order(bookings, ("destroyed_usd",), by)


PARTS = (
    label_cpo,
    surcharge_cpo,
    labor_cpo,
    packaging_cpo,
    inbound_cpo,
    node_fixed_cpo,
    storage_cpo,
    holding_cpo,
    late_credit_cpo,
    claims_cpo,
    destroyed_cpo,
    returns.returns_cpo,
)
"""The parts of `cost_per_order`, in the order in which they are added."""
