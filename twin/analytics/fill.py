"""Fill rates: how much could the first decision fill from stock? They differ in what they count."""

from __future__ import annotations

import pandas as pd

from twin.analytics.sums import Result, ratio, share, total


def unit_fill_rate(orders: pd.DataFrame, by: str | None = None) -> Result:
    """Share of ordered units that the first decision filled from stock [rate; ufr, beta, type 2]."""
    return ratio(total(orders, orders["first_pass_units"], by), total(orders, orders["units"], by))


def line_fill_rate(orders: pd.DataFrame, by: str | None = None) -> Result:
    """Share of order lines that the first decision filled whole [rate; lfr]."""
    return ratio(total(orders, orders["first_pass_lines"], by), total(orders, orders["lines"], by))


def order_fill_rate(orders: pd.DataFrame, by: str | None = None) -> Result:
    """Share of orders that the first decision filled whole [rate; ofr]."""
    return share(orders, orders["first_pass_units"] >= orders["units"], orders["order"].notna(), by)


def single_node_fill_rate(orders: pd.DataFrame, by: str | None = None) -> Result:
    """Share of orders that one open node alone could have filled when placed [rate; fill_single_node]."""
    return share(orders, orders["single_node_possible"], orders["order"].notna(), by)


def ready_rate(stock: pd.DataFrame, by: str | None = None) -> Result:
    """Share of carried products with something on hand, over nodes and midnights [rate; ready_rate]."""
    return 1 - ratio(total(stock, stock["skus_out"], by), total(stock, stock["skus"], by))


def cycle_service_level(stock: pd.DataFrame, by: str | None = None) -> Result:
    """Share of replenishment cycles (from delivery to delivery) that end with stock left [rate; csl, alpha, type 1]."""
    return 1 - ratio(total(stock, stock["short_cycles"], by), total(stock, stock["cycles"], by))


def stockout_rate(stock: pd.DataFrame, by: str | None = None) -> Result:
    """Share of products asked of a node in a day of which nothing is available at midnight [rate; stockout_rate]."""
    return ratio(total(stock, stock["skus_short"], by), total(stock, stock["skus_asked"], by))


def gamma_service_level(stock: pd.DataFrame, by: str | None = None) -> Result:
    """One less the mean units backordered at midnight over the mean units asked for in a day [rate; gamma]."""
    return 1 - ratio(total(stock, stock["backordered_units"], by), total(stock, stock["asked_units"], by))
