"""What section 7 draws: work waiting at each node through the measured days, its spread, and recovery."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, nan

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from twin.report.study import Design, Event, Study
from twin.report.words import HOURS_PER_DAY

MOST_PANELS = 12
RECOVERED_WITHIN_HOURS = 1.0

Curve = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class NodeBacklog:
    """The hours of work waiting at one node, by hour: mean and P10 to P90 over replications."""

    name: str
    label: str
    days: Curve
    mean: Curve
    low: Curve
    high: Curve
    utilization: float
    recovered_after_days: float

    @property
    def peak_hours(self) -> float:
        """The highest mean backlog."""
        return float(self.mean.max())


@dataclass(frozen=True, slots=True)
class BacklogFrames:
    """The nodes of one design, the longest backlog first, and the disruptions of its days."""

    design: Design
    nodes: tuple[NodeBacklog, ...]
    events: tuple[Event, ...]
    starts_at: float
    measured_days: int
    runs: int
    recommended: bool

    @property
    def drawn(self) -> tuple[NodeBacklog, ...]:
        """The nodes that get a panel."""
        return self.nodes[:MOST_PANELS]


def backlog_frames(
    study: Study, design: Design, rows: pd.DataFrame, utilization: dict[str, float], *, recommended: bool
) -> BacklogFrames:
    """Summarize hourly backlogs over replications, the node with the longest backlog first."""
    window = study.window
    events = tuple(
        event for event in study.disruptions if event.starts_at < window.ends_at and event.ends_at > window.starts_at
    )
    nodes = []
    for site in design.open_nodes():
        mine = rows[rows["node"] == site.name]
        if len(mine):
            by_hour = mine.pivot_table(index="at", columns="replication", values="hours").sort_index()
            used = utilization.get(site.name, nan)
            nodes.append(_node(site.name, site.label, by_hour, used, (window.starts_at, events)))
    nodes.sort(key=lambda node: (-node.peak_hours, node.name))
    return BacklogFrames(
        design=design,
        nodes=tuple(nodes),
        events=events,
        starts_at=window.starts_at,
        measured_days=study.measured_days,
        runs=int(rows["replication"].nunique()),
        recommended=recommended,
    )


def _node(
    name: str, label: str, by_hour: pd.DataFrame, used: float, when: tuple[float, tuple[Event, ...]]
) -> NodeBacklog:
    starts_at, events = when
    at = by_hour.index.to_numpy(dtype=float)
    values = by_hour.to_numpy(dtype=float)
    mean = np.nanmean(values, axis=1)
    return NodeBacklog(
        name=name,
        label=label,
        days=(at - starts_at) / HOURS_PER_DAY,
        mean=mean,
        low=np.nanquantile(values, 0.1, axis=1),
        high=np.nanquantile(values, 0.9, axis=1),
        utilization=used,
        recovered_after_days=_recovered_after_days(at, mean, events),
    )


def _recovered_after_days(at: Curve, mean: Curve, events: tuple[Event, ...]) -> float:
    """Return days from the first event's start until the daily mean is, and stays, within an hour of before.

    Infinite where it does not recover in the measured days; NaN where there is no event, no day before it, or no
    rise after it.
    """
    if not events:
        return nan
    start = min(event.starts_at for event in events)
    before = mean[at <= start]
    if len(before) < HOURS_PER_DAY:
        return nan
    usual = float(before[-HOURS_PER_DAY * (len(before) // HOURS_PER_DAY) :].mean())
    after = mean[at > start]
    daily = after[: HOURS_PER_DAY * (len(after) // HOURS_PER_DAY)].reshape(-1, HOURS_PER_DAY).mean(axis=1)
    above = np.flatnonzero(daily > usual + RECOVERED_WITHIN_HOURS)
    if not len(above):
        return nan
    if above[-1] == len(daily) - 1:
        return inf
    return float(above[-1] + 1)
