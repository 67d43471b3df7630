"""Capacity: how busy the stations are, how much work waits, and for how long."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from twin.analytics.sums import Result, highest, mean, quantile, ratio, share, total
from twin.analytics.tables import Window

SHARED_STAFF = "shared staff"


def utilization(nodes: pd.DataFrame, by: str | None = None) -> Result:
    """Hours worked over hours staffed, all stages of work together [rate; util]."""
    return ratio(total(nodes, nodes["busy_hours"], by), total(nodes, nodes["open_hours"], by))


def utilization_p95(nodes: pd.DataFrame, by: str | None = None) -> Result:
    """Utilization that 95 % of the staffed hours of a node stay within [rate; util]."""
    hours = nodes.groupby(["node", "at"], observed=True)[["busy_hours", "open_hours"]].sum().reset_index()
    staffed = hours[hours["open_hours"] > 0]
    return quantile(staffed, staffed["busy_hours"] / staffed["open_hours"], 0.95, by)


def utilization_by_stage(replication: Path, window: Window) -> dict[tuple[str, str], float]:
    """Return hours worked over hours staffed in the measured days by (node, stage), of those with any staff.

    Stages that share people have no hours of their own: all of a node's together are its shared staff.
    """
    hours = pd.read_parquet(replication / "nodes.parquet", columns=["at", "node", "stage", "open_hours", "busy_hours"])
    within = (hours["at"] > window.starts_at) & (hours["at"] <= window.ends_at)
    sums = hours[within].groupby(["node", "stage"], observed=True)[["open_hours", "busy_hours"]].sum().reset_index()
    is_alone = (sums["open_hours"] > 0) & (sums["busy_hours"] > 0)
    sums["stage"] = sums["stage"].astype(str).where(is_alone, SHARED_STAFF)
    found = sums.groupby(["node", "stage"], observed=True).sum().reset_index()
    found = found[found["open_hours"] > 0]
    keys = zip(found["node"].astype(str), found["stage"], strict=True)
    return dict(zip(keys, (found["busy_hours"] / found["open_hours"]).tolist(), strict=True))


def backlog_hours_mean(nodes: pd.DataFrame, by: str | None = None) -> Result:
    """Mean work waiting at the end of an hour, all stages together [station-h; backlog]."""
    hours = _hourly_backlog(nodes, by)
    return mean(hours, hours["waiting_hours"], by)


def backlog_hours_p95(nodes: pd.DataFrame, by: str | None = None) -> Result:
    """Work waiting that is not exceeded at the end of 95 % of hours [station-h; backlog]."""
    hours = _hourly_backlog(nodes, by)
    return quantile(hours, hours["waiting_hours"], 0.95, by)


def backlog_hours_max(nodes: pd.DataFrame, by: str | None = None) -> Result:
    """Most work that waited at the end of any hour [station-h; backlog]."""
    hours = _hourly_backlog(nodes, by)
    return highest(hours, hours["waiting_hours"], by)


def queue_hours_mean(shipments: pd.DataFrame, by: str | None = None) -> Result:
    """Mean time a shipment waits for the first work on it [h; queue_wait]."""
    return mean(shipments, _queue_hours(shipments), by)


def queue_hours_p50(shipments: pd.DataFrame, by: str | None = None) -> Result:
    """Median time a shipment waits for the first work on it [h; queue_wait]."""
    return quantile(shipments, _queue_hours(shipments), 0.5, by)


def queue_hours_p90(shipments: pd.DataFrame, by: str | None = None) -> Result:
    """Wait for the first work that 90 % of shipments stay within [h; queue_wait]."""
    return quantile(shipments, _queue_hours(shipments), 0.9, by)


def missed_cutoff_rate(shipments: pd.DataFrame, by: str | None = None) -> Result:
    """Share of due shipments packed after the pickup they were planned for [rate; missed_cutoff]."""
    ready = shipments["packed_at"] <= shipments["planned_departure_at"]
    due = shipments["packed_at"].notna() | ~shipments["censored"]
    return share(shipments, ~ready, due & shipments["planned_departure_at"].notna(), by)


def units_per_labor_hour(bookings: pd.DataFrame, by: str | None = None) -> Result:
    """Units shipped in the window over the hours staffed in it [units/h; labor_uph]."""
    return ratio(total(bookings, bookings["units_shipped"], by), total(bookings, bookings["open_hours"], by))


def overtime_hours(bookings: pd.DataFrame, by: str | None = None) -> Result:
    """Hours of people who stayed longer than their shift, in the window [h; overtime_h]."""
    return total(bookings, bookings["overtime_hours"], by)


def storage_fill_p95(storage: pd.DataFrame, by: str | None = None) -> Result:
    """Share of the room on the shelves that goods do not exceed at 95 % of midnights [rate; storage_fill]."""
    return quantile(storage, storage["on_hand_m3"] / storage["storage_m3"], 0.95, by)


def _hourly_backlog(nodes: pd.DataFrame, by: str | None) -> pd.DataFrame:
    keys = ["at"] if by is None else ["at", by]
    return nodes.groupby(keys, observed=True)[["waiting_hours"]].sum().reset_index()


def _queue_hours(shipments: pd.DataFrame) -> pd.Series[float]:
    return shipments["started_at"].astype("float64") - shipments["routed_at"]
