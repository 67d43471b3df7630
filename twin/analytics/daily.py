"""What a run looked like day by day: service, waiting work, use of people, stock and new routes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from twin.analytics.resilience import daily_on_time, rolled_rate

HOURS_PER_DAY = 24.0
NETWORK = ""
ON_TIME, WAITING, USED, ON_HAND, REROUTED = "on_time", "waiting_hours", "utilization", "on_hand_units", "rerouted"

Days = NDArray[np.float64]


def daily_measures(folder: Path, days: int, roll_days: int) -> dict[tuple[str, str], Days]:
    """Return the measures of one replication by (measure, node), the whole network's under no name.

    On-time orders are a rate by the day they fall due, over that day and the `roll_days` - 1 before it; waiting work is
    the mean over the hours of a day; utilization is hours worked of hours staffed; stock counts units at midnight; new
    routes are counted. A day without orders due or without staff is no number.
    """
    orders = pd.read_parquet(folder / "orders.parquet", columns=["promised_by", "delivered_at", "status"])
    stock = pd.read_parquet(folder / "stock.parquet", columns=["day", "on_hand_units"])
    events = pd.read_parquet(folder / "events.parquet", columns=["at", "kind"])
    found = _of_nodes(folder, days)
    found[ON_TIME, NETWORK] = rolled_rate(daily_on_time(orders, days), roll_days)
    found[ON_HAND, NETWORK] = _by_day(stock["day"], stock["on_hand_units"], days)
    rerouted = events.loc[events["kind"] == "rerouted", "at"]
    found[REROUTED, NETWORK] = _by_day(rerouted // HOURS_PER_DAY, np.ones(len(rerouted)), days)
    return found


def settling_series(folder: Path, days: int) -> dict[str, Days]:
    """Return the daily series of one replication that tell whether it has settled, by what they are of.

    Hours of work waiting, units on hand and on the way at midnight and, where order tables were kept, the mean hours
    to delivery of the orders placed on a day, that of the day before where there are none.
    """
    stock = pd.read_parquet(folder / "stock.parquet", columns=["day", "on_hand_units", "in_transit_units"])
    hours = pd.read_parquet(folder / "nodes.parquet", columns=["at", "waiting_hours"])
    found = {
        "work waiting": _by_day(_day_of(hours["at"]), hours["waiting_hours"], days),
        "stock on hand": _by_day(stock["day"], stock["on_hand_units"], days),
        "goods on the way": _by_day(stock["day"], stock["in_transit_units"], days),
    }
    if (folder / "orders.parquet").is_file():
        found["delivery time"] = _delivery_hours(folder, days)
    return found


def _delivery_hours(folder: Path, days: int) -> Days:
    orders = pd.read_parquet(folder / "orders.parquet", columns=["placed_at", "delivered_at"]).dropna()
    day = orders["placed_at"] // HOURS_PER_DAY
    hours = _by_day(day, orders["delivered_at"] - orders["placed_at"], days)
    count = _by_day(day, np.ones(len(orders)), days)
    means = pd.Series(np.divide(hours, count, out=np.full(days, np.nan), where=count > 0))
    return means.ffill().bfill().fillna(0.0).to_numpy(float)


def _of_nodes(folder: Path, days: int) -> dict[tuple[str, str], Days]:
    columns = ["at", "node", "open_hours", "busy_hours", "waiting_hours"]
    hours = pd.read_parquet(folder / "nodes.parquet", columns=columns)
    day = _day_of(hours["at"])
    found = {}
    for node in hours["node"].unique():
        mine = (hours["node"] == node).to_numpy()
        found[WAITING, str(node)] = _by_day(day[mine], hours["waiting_hours"][mine], days) / HOURS_PER_DAY
    found[WAITING, NETWORK] = np.sum(list(found.values()), axis=0)
    staffed, busy = (_by_day(day, hours[column], days) for column in ("open_hours", "busy_hours"))
    found[USED, NETWORK] = np.divide(busy, staffed, out=np.full(days, np.nan), where=staffed > 0)
    return found


def _day_of(at: pd.Series) -> Days:
    """Return the days that some hours lie in; an hour is named by its end."""
    day: Days = (np.ceil(at.to_numpy(float)) - 1) // HOURS_PER_DAY
    return day


def _by_day(day: pd.Series | Days, values: pd.Series | Days, days: int) -> Days:
    """Return the sum of values by day, of the days there are."""
    number, amount = np.asarray(day, dtype=np.int64), np.asarray(values, dtype=np.float64)
    within = (number >= 0) & (number < days)
    return np.bincount(number[within], weights=amount[within], minlength=days).astype(np.float64)
