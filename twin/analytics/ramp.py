"""How a new part of the network runs in: measures by week from its launch on."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

HOURS_PER_WEEK = 168.0
HOURS_PER_DAY = 24.0
ON_TIME, NEW_SHARE, NEW_ON_TIME, NEW_DECLINED, NEW_USED, NEW_STOCKED = (
    "on_time", "share_from_new_nodes", "on_time_from_new_nodes", "declined_by_new_nodes", "utilization_of_new_nodes",
    "stocked_at_new_nodes",
)  # fmt: skip
WATCHED = {
    ON_TIME: "orders on time, of those placed in the week",
    NEW_SHARE: "shipments that leave from new nodes, of all",
    NEW_ON_TIME: "shipments from new nodes on time",
    NEW_DECLINED: "shipments that new nodes decline, of those sent there",
    NEW_USED: "hours worked of hours staffed at new nodes",
    NEW_STOCKED: "products on the shelf at new nodes at midnight, of those they will keep",
}
"""What is watched, and what it is; each a rate."""

Weeks = NDArray[np.float64]


def weekly(folder: Path, new: Collection[str], launch_day: int, weeks: int) -> dict[str, Weeks]:
    """Return each watched rate of a replication by week from the launch on; a week without cases is no number."""
    of = _Weeks(launch_day * HOURS_PER_DAY, weeks)
    orders = pd.read_parquet(folder / "orders.parquet", columns=["placed_at", "promised_by", "delivered_at"])
    shipments = pd.read_parquet(
        folder / "shipments.parquet", columns=["order", "node", "routed_at", "delivered_at", "promised_by"]
    )
    hours = pd.read_parquet(folder / "nodes.parquet", columns=["at", "node", "open_hours", "busy_hours"])
    stock = pd.read_parquet(folder / "stock.parquet", columns=["day", "node", "skus", "skus_out"])
    events = pd.read_parquet(folder / "events.parquet", columns=["at", "kind", "subject"])
    mine = shipments[shipments["node"].isin(list(new))]
    declined = events[(events["kind"] == "declined") & events["subject"].isin(list(new))]
    staffed = hours[hours["node"].isin(list(new))]
    shelves = stock[stock["node"].isin(list(new))]
    sent = of.sums(mine["routed_at"])
    with np.errstate(invalid="ignore", divide="ignore"):  # a week without cases
        return {
            ON_TIME: of.sums(orders["placed_at"], _on_time(orders)) / of.sums(orders["placed_at"]),
            NEW_SHARE: sent / of.sums(shipments["routed_at"]),
            NEW_ON_TIME: of.sums(mine["routed_at"], _on_time(mine)) / sent,
            NEW_DECLINED: of.sums(declined["at"]) / (sent + of.sums(declined["at"])),
            NEW_USED: of.sums(staffed["at"], staffed["busy_hours"]) / of.sums(staffed["at"], staffed["open_hours"]),
            NEW_STOCKED: of.sums(shelves["day"] * HOURS_PER_DAY, shelves["skus"] - shelves["skus_out"])
            / of.sums(shelves["day"] * HOURS_PER_DAY, shelves["skus"]),
        }


def _on_time(rows: pd.DataFrame) -> pd.Series[float]:
    return (rows["delivered_at"] <= rows["promised_by"]).astype(float)


class _Weeks:
    """Sums by week from an instant on."""

    def __init__(self, starts_at: float, weeks: int) -> None:
        self._starts_at, self._weeks = starts_at, weeks

    def sums(self, at: pd.Series[float], values: pd.Series[float] | None = None) -> Weeks:
        """Return the sum of values by week, or how many there are; a week without any is no number."""
        week = np.floor((at.to_numpy(float) - self._starts_at) / HOURS_PER_WEEK).astype(np.int64)
        within = (week >= 0) & (week < self._weeks)
        weights = None if values is None else values.to_numpy(float)[within]
        found = np.bincount(week[within], weights=weights, minlength=self._weeks).astype(np.float64)
        counted = np.bincount(week[within], minlength=self._weeks)
        return np.where(counted > 0, found, 0.0 if values is None else np.nan)
