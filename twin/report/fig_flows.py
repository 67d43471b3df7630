"""Section 1: from which node each area is served, one map per design on one scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from twin.report import maps, palette
from twin.report.labels import CHARACTER_PX, Box, Mark, place
from twin.report.study import Design, Study
from twin.report.template import (
    HIDDEN_AXIS,
    MARGIN_PX,
    NARROW_PX,
    WIDE_PX,
    Canvas,
    bold,
    gray,
    label,
    on_paper,
    packed,
    plain,
)
from twin.report.words import city, whole_percent

LEAST_SHARE = 0.00012
LINE_WIDTHS_PX = (0.5, 1.1, 2.1, 3.4)
TITLE_PX, ROW_GAP_PX = 26, 14
MILES_PER_KM = 1 / 1.609344
MOST_LABELS = 14
READABLE = (1, 2, 3, 5, 8, 10)


@dataclass(frozen=True, slots=True)
class FlowFrames:
    """What the flow maps draw: flows with projected ends, the share of each node, and the width classes."""

    designs: tuple[Design, ...]
    recommended: str
    flows: pd.DataFrame
    nodes: pd.DataFrame
    edges: tuple[float, float, float]
    mean_miles: dict[str, float]


def flow_frames(study: Study, flows: pd.DataFrame, drawn: Sequence[Design], recommended: str) -> FlowFrames:
    """Join flows with their places, drop those too small to see, and class the others by volume."""
    total = flows.groupby("design")["per_day"].transform("sum")
    table = flows.assign(share=flows["per_day"] / total)
    miles = table["share"] * table["distance_km"] * MILES_PER_KM
    mean_miles = {str(name): float(value) for name, value in miles.groupby(table["design"]).sum().items()}
    nodes = table.groupby(["design", "node"], as_index=False)[["per_day", "share"]].sum()
    nodes = nodes.merge(_sites(drawn), on=["design", "node"])
    names = [design.name for design in drawn]
    table = table[(table["share"] >= LEAST_SHARE) & table["design"].isin(names)]
    ends = _placed(study).rename(columns={"zip3": "destination"})
    table = table.merge(ends, on="destination").merge(
        nodes[["design", "node", "kind", "node_x", "node_y"]], on=["design", "node"]
    )
    top = float(table["per_day"].quantile(0.998)) if len(table) else 1.0
    edges = tuple(_round_count(top * part) for part in (0.06, 0.25, 0.6))
    table["width_class"] = np.searchsorted(np.array(edges), table["per_day"])
    return FlowFrames(tuple(drawn), recommended, table, nodes, (edges[0], edges[1], edges[2]), mean_miles)


def _sites(drawn: Sequence[Design]) -> pd.DataFrame:
    rows = [
        (design.name, site.name, site.label, site.kind, site.longitude, site.latitude)
        for design in drawn
        for site in design.open_nodes()
    ]
    sites = pd.DataFrame(rows, columns=["design", "node", "label", "kind", "longitude", "latitude"])
    x, y = maps.project(sites["longitude"], sites["latitude"])
    return sites.assign(node_x=np.rint(x).astype(int), node_y=np.rint(y).astype(int))


def _placed(study: Study) -> pd.DataFrame:
    """Project the ZIP3 areas of the contiguous states; insets have their own scale, so no line may lead there."""
    places = study.places
    lon, lat = places["longitude"].to_numpy(), places["latitude"].to_numpy()
    x, y = maps.project(lon, lat)
    kept = maps.in_view(x, y) & ~maps.in_alaska(lon, lat) & ~maps.in_hawaii(lon, lat)
    ends = pd.DataFrame({"zip3": places["zip3"], "x": np.rint(x).astype(int), "y": np.rint(y).astype(int)})
    return ends[kept]


def _round_count(value: float) -> float:
    """Round a number of orders so that it reads well in the key."""
    if value <= 0:
        return 0.0
    step = 10.0 ** np.floor(np.log10(value))
    return float(f"{min(READABLE, key=lambda figure: abs(figure * step - value)) * step:.1g}")


def fig_flows(frames: FlowFrames, *, narrow: bool) -> go.Figure:
    """Draw one map per design: straight lines from node to ZIP3, width by volume, node area by orders."""
    columns = 1 if narrow or len(frames.designs) == 1 else 2
    rows = -(-len(frames.designs) // columns)
    inner = NARROW_PX if narrow else WIDE_PX
    panel_width = inner * (1.0 if narrow else 0.475)
    panel_height = panel_width * _map_ratio()
    height = rows * (panel_height + TITLE_PX) + (rows - 1) * ROW_GAP_PX
    canvas = Canvas(round(height + 2 * MARGIN_PX), narrow=narrow, top_px=MARGIN_PX)
    canvas.margins(l=0, r=0)
    for index, design in enumerate(frames.designs):
        row, column = divmod(index, columns)
        top = 1 - row * (panel_height + TITLE_PX + ROW_GAP_PX) / height
        left = column * (1 - panel_width / inner)
        _axes(canvas, index, (left, left + panel_width / inner), top, (panel_height, TITLE_PX, height))
        _panel(canvas, frames, design, index, panel_width)
        canvas.write(on_paper(_title(frames, design, panel_width), left, top, yanchor="top", font_size=13))
    return canvas.figure()


def _map_ratio() -> float:
    across, up = maps.VIEW_X_KM, maps.VIEW_Y_KM
    return (up[1] - up[0]) / (across[1] - across[0])


def _axes(
    canvas: Canvas,
    index: int,
    domain: tuple[float, float],
    top: float,
    heights: tuple[float, float, float],
) -> None:
    panel, title, whole = heights
    suffix = str(index + 1) if index else ""
    bottom = max(0.0, top - (panel + title) / whole)
    across = {**HIDDEN_AXIS, "domain": domain, "range": maps.VIEW_X_KM, "constrain": "domain"}
    up = {**HIDDEN_AXIS, "domain": (bottom, top - title / whole), "range": maps.VIEW_Y_KM}
    up |= {"scaleanchor": f"x{suffix}", "constrain": "domain", "anchor": f"x{suffix}"}
    across["anchor"] = f"y{suffix}"
    canvas.set(**{f"xaxis{suffix}": across, f"yaxis{suffix}": up})


def outline_traces(axis: str) -> list[go.Scatter]:
    """Return the borders of the states and the coast as two line traces."""
    found = maps.outlines()
    styles = (("shared", palette.STATE_BORDER, 0.7), ("coast", palette.COAST, 0.9))
    return [
        go.Scatter(
            x=packed(found[name][0]),
            y=packed(found[name][1]),
            xaxis=f"x{axis}",
            yaxis=f"y{axis}",
            mode="lines",
            line={"color": color, "width": width},
            hoverinfo="skip",
        )
        for name, color, width in styles
    ]


def _panel(canvas: Canvas, frames: FlowFrames, design: Design, index: int, panel_width: float) -> None:
    axis = str(index + 1) if index else ""
    canvas.draw(*outline_traces(axis))
    flows = frames.flows[frames.flows["design"] == design.name]
    kinds = [kind for kind in palette.NODE_MARKS if kind in set(flows["kind"])]
    for kind in kinds:
        for width_class, width in enumerate(LINE_WIDTHS_PX):
            chosen = flows[(flows["kind"] == kind) & (flows["width_class"] == width_class)]
            if len(chosen):
                canvas.draw(_lines(chosen, kind, width, axis))
    nodes = frames.nodes[frames.nodes["design"] == design.name].sort_values("share", ascending=False)
    for kind in kinds:
        canvas.draw(_node_marks(nodes[nodes["kind"] == kind], kind, panel_width, axis))
    _labels(canvas, nodes, panel_width, axis)


def _lines(flows: pd.DataFrame, kind: str, width: float, axis: str) -> go.Scatter:
    """Draw lines of one width as a single trace, with a gap after each."""
    mark = palette.NODE_MARKS[kind]
    gaps = np.full(len(flows), np.nan)
    xs, ys = (packed(np.column_stack([flows[f"node_{side}"], flows[side], gaps]).ravel()) for side in "xy")
    line = {"color": mark.color, "width": width}
    return go.Scatter(
        x=xs,
        y=ys,
        mode="lines",
        xaxis=f"x{axis}",
        yaxis=f"y{axis}",
        line=line,
        opacity=mark.flow_opacity,
        hoverinfo="skip",
    )


def _diameter(share: float, panel_width: float) -> float:
    return max(6.5, 28 * sqrt(share)) * (0.8 if panel_width < WIDE_PX / 3 else 1)


def _node_marks(nodes: pd.DataFrame, kind: str, panel_width: float, axis: str) -> go.Scatter:
    mark = palette.NODE_MARKS[kind]
    texts = [
        f"{plain(label)}: {per_day:,.0f} orders a day, {share:.1%}"
        for label, per_day, share in zip(nodes["label"], nodes["per_day"], nodes["share"], strict=True)
    ]
    marker: dict[str, Any] = {
        "symbol": mark.symbol,
        "color": mark.color,
        "opacity": 1,
        "size": [round(_diameter(share, panel_width), 1) for share in nodes["share"]],
        "line": {"color": palette.PAPER, "width": 1.4},
    }
    return go.Scatter(
        x=nodes["node_x"].tolist(),
        y=nodes["node_y"].tolist(),
        mode="markers",
        marker=marker,
        xaxis=f"x{axis}",
        yaxis=f"y{axis}",
        text=texts,
        hovertemplate="%{text}<extra></extra>",
    )


def _labels(canvas: Canvas, nodes: pd.DataFrame, panel_width: float, axis: str) -> None:
    """Name the nodes with their share of orders, largest first; stores have no room for names."""
    named = nodes[nodes["kind"] != "store"].head(MOST_LABELS)
    scale = panel_width / (maps.VIEW_X_KM[1] - maps.VIEW_X_KM[0])
    shares = [whole_percent(share) for share in named["share"]]
    marks = [
        Mark(
            (x - maps.VIEW_X_KM[0]) * scale,
            (y - maps.VIEW_Y_KM[0]) * scale,
            _diameter(share, panel_width) / 2,
            f"{city(name)} {text}",
        )
        for x, y, share, name, text in zip(
            named["node_x"], named["node_y"], named["share"], named["label"], shares, strict=True
        )
    ]
    panel = Box(0, 0, panel_width, panel_width * _map_ratio())
    points = zip(named["label"], named["node_x"], named["node_y"], strict=True)
    for (name, x, y), spot, text in zip(points, place(marks, panel), shares, strict=True):
        if spot is not None:
            canvas.write(
                {
                    **label(f"{plain(city(name))} <b>{text}</b>", x, y),
                    "xref": f"x{axis}",
                    "yref": f"y{axis}",
                    "xshift": round(spot.right, 1),
                    "yshift": round(spot.up, 1),
                    "xanchor": "center",
                    "font": {"size": 12, "color": palette.INK},
                    "bgcolor": "rgba(255,255,255,.72)",
                    "borderpad": 0,
                }
            )


def _title(frames: FlowFrames, design: Design, panel_width: float) -> str:
    """Return the title of a panel, with as many facts after the name as fit."""
    miles = frames.mean_miles.get(design.name)
    facts = [node_count(design)] + ([] if miles is None else [f"{miles:,.0f} mi"])
    choices = (f"{' · '.join(facts)} to the customer", " · ".join(facts), facts[-1], "")
    room = panel_width / CHARACTER_PX - len(design.title)
    kept = next(text for text in choices if len(text) < room or not text)
    ink = palette.ACCENT if design.name == frames.recommended else palette.INK
    return f"{bold(plain(design.title), ink)}  {gray(kept)}"


def node_count(design: Design) -> str:
    """Say how many nodes of each kind a design has: 3 DCs, 24 stores."""
    counts: dict[str, int] = {}
    for site in design.open_nodes():
        counts[site.kind] = counts.get(site.kind, 0) + 1
    words = []
    for kind, mark in palette.NODE_MARKS.items():
        if kind in counts:
            words.append(f"{counts[kind]} {mark.word if counts[kind] == 1 else mark.plural}")
    return ", ".join(words)
