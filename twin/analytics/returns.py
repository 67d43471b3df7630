"""Returns: how much comes back, what that costs, and how soon it can be sold again.

Costs, carbon and refunds count for the orders placed in the window, whenever their goods come back. They are booked at
the node that the goods go to.
"""

from __future__ import annotations

import pandas as pd

from twin.analytics.sums import Result, mean, ratio, total
from twin.analytics.volume import booked, per_delivered_order

COSTS = ("return_label_usd", "return_handling_usd", "return_loss_usd")


def return_rate(bookings: pd.DataFrame, by: str | None = None) -> Result:
    """Share of the units ordered and not cancelled that come back [rate; return_rate]."""
    kept_or_not = total(bookings, bookings["units_ordered"], by) - total(bookings, bookings["lost_units"], by)
    return ratio(total(bookings, bookings["units_returned"], by), kept_or_not)


def returns_usd(bookings: pd.DataFrame, by: str | None = None) -> Result:
    """Returns: labels, handling, and goods written off less what liquidation brings [USD; returns]."""
    return booked(bookings, COSTS, by)


def returns_cpo(bookings: pd.DataFrame, by: str | None = None) -> Result:
    """Returns by delivered order: exactly the sum of their parts [USD/order; part of cpo]."""
    return return_label_cpo(bookings, by) + return_handling_cpo(bookings, by) + return_loss_cpo(bookings, by)


def return_label_cpo(bookings: pd.DataFrame, by: str | None = None) -> Result:
    """Carriage of returns, by delivered order [USD/order; part of returns]."""
    return per_delivered_order(bookings, ("return_label_usd",), by)


def return_handling_cpo(bookings: pd.DataFrame, by: str | None = None) -> Result:
    """Inspection and refurbishing of returns, by delivered order [USD/order; part of returns]."""
    return per_delivered_order(bookings, ("return_handling_usd",), by)


def return_loss_cpo(bookings: pd.DataFrame, by: str | None = None) -> Result:
    """Goods written off at cost less what liquidation brings, by delivered order [USD/order; part of returns]."""
    return per_delivered_order(bookings, ("return_loss_usd",), by)


def refunds_per_order(bookings: pd.DataFrame, by: str | None = None) -> Result:
    """Money paid back to customers, by delivered order; no part of cost [USD/order; refunds]."""
    return per_delivered_order(bookings, ("refund_usd",), by)


def restock_rate(bookings: pd.DataFrame, by: str | None = None) -> Result:
    """Share of the units that come back that can be sold again, at once or refurbished [rate; restock_rate]."""
    return ratio(total(bookings, bookings["units_resold"], by), total(bookings, bookings["units_returned"], by))


def return_to_shelf_days_mean(returns: pd.DataFrame, by: str | None = None) -> Result:
    """Mean time from handing goods back to the shelf, of those there by the end of the run [d; return_to_shelf]."""
    return mean(returns, (returns["restocked_at"] - returns["requested_at"]) / 24, by)


def returns_co2e_kg_per_order(bookings: pd.DataFrame, by: str | None = None) -> Result:
    """Carriage of returns by delivered order, drop-off trips included [kg/order; part of kgco2e_per_order]."""
    return per_delivered_order(bookings, ("return_co2e_kg",), by)
