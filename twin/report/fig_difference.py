"""Section 2: who waits longer and who waits less, as a map of the change in median delivery time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from scipy import stats

from twin.report import maps, numbers, palette
from twin.report.fig_flows import outline_traces
from twin.report.study import Design, Study
from twin.report.template import HIDDEN_AXIS, MARGIN_PX, NARROW_PX, Canvas, packed, plain
from twin.report.words import HOURS_PER_DAY

MAP_PX = 800
LIMITS_HOURS = (6, 12, 24, 36, 48, 60, 72, 96)
LARGEST_CIRCLE_PX = 15.0
HALF_A_DAY = 12.0
FAR_AND_NEAR_HOURS = ((48.0, 24.0), (12.0, 6.0))


@dataclass(frozen=True, slots=True)
class Group:
    """A class of change and the share of people who live in it."""

    words: str
    people_rate: float
    color: str


@dataclass(frozen=True, slots=True)
class DifferenceFrames:
    """Change in P50 by ZIP3 for every candidate, with intervals, places on the map and people."""

    changes: pd.DataFrame
    limit_hours: float
    matters_from_hours: float
    runs: int
    alpha: float

    def of(self, candidate: str) -> pd.DataFrame:
        """Return the changes of one candidate, most populous areas first so that small circles stay visible."""
        rows = self.changes[self.changes["design"] == candidate]
        return rows.sort_values("population", ascending=False)


def difference_frames(study: Study, medians: pd.DataFrame, runs: int) -> DifferenceFrames:
    """Pair the medians of each ZIP3 by replication, and put an interval round their mean difference."""
    keys = ["destination", "replication"]
    base = medians[medians["design"] == study.baseline][[*keys, "p50_hours"]]
    pairs = medians[medians["design"] != study.baseline].merge(base, on=keys, suffixes=("", "_baseline"))
    pairs["change"] = pairs["p50_hours"] - pairs["p50_hours_baseline"]
    changes = pairs.groupby(["design", "destination"], as_index=False).agg(
        p50_hours=("p50_hours", "mean"),
        p50_hours_baseline=("p50_hours_baseline", "mean"),
        change_hours=("change", "mean"),
        spread=("change", "std"),
        runs=("change", "size"),
    )
    changes = _with_intervals(changes, study.alpha).merge(_people(study), on="destination")
    measure = study.measure("click_to_deliver_hours_p50")
    matters = measure.matters_from if measure and not measure.relative else 2.0
    return DifferenceFrames(changes, _limit(changes), matters, runs, study.alpha)


def _with_intervals(changes: pd.DataFrame, alpha: float) -> pd.DataFrame:
    """Add the interval of each change; without two paired runs there is none, and nothing is decided."""
    freedom = changes["runs"] - 1
    times = stats.t.ppf(1 - alpha / 2, freedom.clip(lower=1))
    half = (times * changes["spread"] / np.sqrt(changes["runs"])).where(freedom >= 1)
    low, high = changes["change_hours"] - half, changes["change_hours"] + half
    return changes.assign(low_hours=low, high_hours=high, decided=(low > 0) | (high < 0)).drop(columns="spread")


def _people(study: Study) -> pd.DataFrame:
    places = study.places
    x, y = maps.project(places["longitude"], places["latitude"])
    found = pd.DataFrame(
        {
            "destination": places["zip3"],
            "population": places["population"],
            "x": np.rint(x).astype(int),
            "y": np.rint(y).astype(int),
        }
    )
    return found[maps.in_view(x, y)]


def _limit(changes: pd.DataFrame) -> float:
    """Return where the color scale ends: all but the extremes fit in, the same for every candidate."""
    if changes.empty:
        return float(LIMITS_HOURS[0])
    reach = float(changes["change_hours"].abs().quantile(0.9))
    return float(next((limit for limit in LIMITS_HOURS if limit >= reach), LIMITS_HOURS[-1]))


def scale_color(share: float) -> str:
    """Return the color at a place (0 to 1) of the difference scale."""
    stops = palette.DIFFERENCE_SCALE
    share = min(1.0, max(0.0, share))
    for (low, first), (high, second) in pairwise(stops):
        if share <= high:
            part = (share - low) / (high - low)
            pairs = zip(_channels(first), _channels(second), strict=True)
            return "#" + "".join(f"{round(a + part * (b - a)):02X}" for a, b in pairs)
    return stops[-1][1]


def _channels(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def groups(frames: DifferenceFrames, candidate: str) -> list[Group]:
    """Return the share of people by class of change; a change that is not decided counts as about the same."""
    rows = frames.of(candidate)
    people = rows["population"] / rows["population"].sum()
    change = rows["change_hours"].where(rows["decided"], 0.0)
    slow, fast = FAR_AND_NEAR_HOURS
    far, near = slow if frames.limit_hours >= slow[0] else fast
    matters = frames.matters_from_hours
    classes = (
        (f"More than {_span(far)} sooner", change < -far, -0.9),
        (f"{_between(near, far)} sooner", (change >= -far) & (change < -near), -0.6),
        (f"{_between(matters, near)} sooner", (change >= -near) & (change <= -matters), -0.25),
        ("About the same", change.abs() < matters, 0.0),
        (f"{_span(matters)} or more later", change >= matters, 0.6),
    )
    return [Group(words, float(people[chosen].sum()), scale_color(0.5 + place / 2)) for words, chosen, place in classes]


def _span(hours: float) -> str:
    return f"{hours / HOURS_PER_DAY:g} d" if hours >= HOURS_PER_DAY else f"{hours:g} h"


def _between(low: float, high: float) -> str:
    if low >= HOURS_PER_DAY or high < HOURS_PER_DAY:
        unit, size = ("d", HOURS_PER_DAY) if low >= HOURS_PER_DAY else ("h", 1)
        return f"{low / size:g} to {high / size:g} {unit}"
    return f"{_span(low)} to {_span(high)}"


def shares_of_people(frames: DifferenceFrames, candidate: str) -> tuple[float, float, float]:
    """Return the shares of people who wait half a day less, any material time less, and a material time more."""
    rows = frames.of(candidate)
    people = rows["population"] / rows["population"].sum()
    change = rows["change_hours"].where(rows["decided"], 0.0)
    matters = frames.matters_from_hours
    chosen = (change <= -HALF_A_DAY, change <= -matters, change >= matters)
    return tuple(float(people[rows_of].sum()) for rows_of in chosen)  # type: ignore[return-value]


def fig_difference(frames: DifferenceFrames, candidate: Design, *, narrow: bool) -> go.Figure:
    """Draw ZIP3 circles: area for people, color for the change, hollow gray where it is not decided."""
    width = NARROW_PX if narrow else MAP_PX
    across, up = maps.VIEW_X_KM, maps.VIEW_Y_KM
    height = (width - 2 * MARGIN_PX) * (up[1] - up[0]) / (across[1] - across[0]) + 2 * MARGIN_PX
    canvas = Canvas(round(height), narrow=narrow, top_px=MARGIN_PX)
    canvas.set(
        width=width,
        xaxis={**HIDDEN_AXIS, "range": across, "constrain": "domain"},
        yaxis={**HIDDEN_AXIS, "range": up, "scaleanchor": "x", "constrain": "domain"},
    )
    canvas.draw(*outline_traces(""))
    canvas.draw(_circles(frames, candidate.name, 0.5 if narrow else 1.0))
    canvas.draw(*_nodes(candidate, 6 if narrow else 9))
    return canvas.figure()


def _circles(frames: DifferenceFrames, candidate: str, size: float) -> go.Scatter:
    rows = frames.of(candidate)
    largest = float(frames.changes["population"].max()) or 1.0
    diameters = np.maximum(2.6, LARGEST_CIRCLE_PX * size * np.sqrt(rows["population"] / largest))
    place = 0.5 + rows["change_hours"] / frames.limit_hours / 2
    colors = [scale_color(share) if yes else palette.PAPER for share, yes in zip(place, rows["decided"], strict=True)]
    edges = [palette.PAPER if yes else palette.AXIS for yes in rows["decided"]]
    return go.Scatter(
        x=packed(rows["x"]),
        y=packed(rows["y"]),
        mode="markers",
        marker={
            "color": colors,
            "opacity": 1,
            "size": [round(float(diameter), 1) for diameter in diameters],
            "line": {"color": edges, "width": 0.7 if size == 1.0 else 0.4},
        },
        text=_hover_texts(rows),
        hovertemplate="%{text}<extra></extra>",
    )


def _hover_texts(rows: pd.DataFrame) -> list[str]:
    texts = []
    for row in rows.itertuples():
        change = numbers.signed(float(str(row.change_hours)), numbers.hours)
        verdict = "" if row.decided else ", not decided"
        texts.append(f"{plain(str(row.destination))}: {change}{verdict}")
    return texts


def _nodes(design: Design, size: float) -> Sequence[go.Scatter]:
    """Draw the nodes of the chosen design as open symbols."""
    traces = []
    for kind, mark in palette.NODE_MARKS.items():
        sites = [site for site in design.open_nodes() if site.kind == kind]
        x, y = maps.project([site.longitude for site in sites], [site.latitude for site in sites])
        marker = {"symbol": mark.symbol, "color": palette.PAPER, "opacity": 1, "size": size}
        marker["line"] = {"color": mark.color, "width": 1.8}
        if sites:
            traces.append(
                go.Scatter(
                    x=np.rint(x).astype(int).tolist(),
                    y=np.rint(y).astype(int).tolist(),
                    mode="markers",
                    marker=marker,
                    text=[plain(site.label) for site in sites],
                    hovertemplate="%{text}<extra></extra>",
                )
            )
    return traces
