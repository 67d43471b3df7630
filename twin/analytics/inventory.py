"""Inventory: how long stock lies, and whether it lies where it is needed."""

from __future__ import annotations

from math import nan, sqrt

import pandas as pd

from twin.analytics.sums import Result, ratio, total

DAYS_PER_YEAR = 365.0


def inventory_turns(stock: pd.DataFrame, by: str | None = None) -> Result:
    """Cost of the goods shipped in a year over mean inventory at cost [1/year; turns]."""
    shipped_usd = total(stock, stock["shipped_cost_usd"], by)
    return DAYS_PER_YEAR * ratio(shipped_usd, total(stock, stock["mean_on_hand_usd"], by))


def days_of_supply(stock: pd.DataFrame, by: str | None = None) -> Result:
    """Mean units on hand over the mean units shipped in a day [d; dos, SCOR AM.2.2]."""
    return ratio(total(stock, stock["mean_on_hand_units"], by), total(stock, stock["shipped_units"], by))


def stock_imbalance(stock: pd.DataFrame) -> float:
    """Spread (CV) of days of supply over nodes, weighted by units shipped [ratio; imbalance]."""
    sums = stock.groupby("node", observed=True)[["mean_on_hand_units", "shipped_units"]].sum()
    sums = sums[sums["shipped_units"] > 0].astype("float64")
    weight = sums["shipped_units"] / sums["shipped_units"].sum()
    cover = sums["mean_on_hand_units"] / sums["shipped_units"]
    middle = float((weight * cover).sum())
    return sqrt((weight * (cover - middle) ** 2).sum()) / middle if middle else nan
