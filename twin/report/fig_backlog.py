"""Section 7: work waiting at each node, small multiples on one scale, events shaded."""

from __future__ import annotations

from math import ceil, isnan

import numpy as np
import plotly.graph_objects as go

from twin.report import palette
from twin.report.backlog import BacklogFrames, NodeBacklog
from twin.report.template import MARGIN_PX, NARROW_PX, WIDE_PX, blank_figure, bold, gray, label, on_paper, plain

TITLE_PX, TICKS_PX, TALLEST_PX, LOWEST_PX = 24, 24, 150, 44
NOTEWORTHY_HOURS = 3.0


def fig_backlog(frames: BacklogFrames, *, narrow: bool) -> go.Figure:
    """Draw the mean and P10 to P90 of waiting work for each node; a row is as tall as its longest backlog."""
    columns = 2 if narrow else 4
    rows = [frames.nodes[start : start + columns] for start in range(0, len(frames.nodes), columns)]
    tops = [max(_step(frames), max(float(node.high.max()) for node in row) * 1.06) for row in rows]
    scale = TALLEST_PX / max(tops)
    heights = [max(LOWEST_PX, top * scale) for top in tops]
    whole = sum(heights) + len(rows) * (TITLE_PX + TICKS_PX)
    figure = blank_figure(round(whole + 2 * MARGIN_PX), narrow=narrow, top_px=MARGIN_PX)
    figure.update_layout(margin_l=MARGIN_PX + 30)
    y = 1.0
    for number, (row, height) in enumerate(zip(rows, heights, strict=True)):
        bottom = y - (TITLE_PX + height) / whole
        for column, node in enumerate(row):
            index = number * columns + column
            domain = _across(column, columns)
            _axes(figure, index, domain, (bottom, bottom + height / whole), frames, height / scale)
            _panel(figure, frames, node, index, first=index == 0)
            title = f"{bold(plain(node.label))} {gray(_used(node))}"
            figure.add_annotation(on_paper(title, domain[0], bottom + height / whole, yanchor="bottom", yshift=3))
        y = bottom - TICKS_PX / whole
    return figure


def _used(node: NodeBacklog) -> str:
    return "" if isnan(node.utilization) else f"{node.utilization:.0%} used"


def _across(column: int, columns: int) -> tuple[float, float]:
    gap = 0.05 if columns == 4 else 0.08
    width = (1 - gap * (columns - 1)) / columns
    left = column * (width + gap)
    return left, min(1.0, left + width)


def _step(frames: BacklogFrames) -> float:
    """Return the distance of grid lines: about three up to the highest mark of all panels."""
    highest = max((float(node.high.max()) for node in frames.nodes), default=1.0)
    for step in (0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500):
        if highest / step <= 4:
            return float(step)
    return float(10 ** ceil(np.log10(highest)))


def _axes(
    figure: go.Figure,
    index: int,
    across: tuple[float, float],
    up: tuple[float, float],
    frames: BacklogFrames,
    top_hours: float,
) -> None:
    suffix = str(index + 1) if index else ""
    days = frames.measured_days
    step = 7 if days > 10 else 2
    ticks = list(range(0, days + 1, step))
    grid = _step(frames)
    values = [round(grid * number, 3) for number in range(int(top_hours / grid) + 1)]
    texts = [f"{value:g}" for value in values]
    texts[-1] += " h"
    figure.update_layout(
        {
            f"xaxis{suffix}": {
                "domain": across,
                "anchor": f"y{suffix}",
                "range": [0, days],
                "tickvals": ticks,
                "ticktext": [f"day {ticks[0]}", *(str(day) for day in ticks[1:])],
                "automargin": False,
            },
            f"yaxis{suffix}": {
                "domain": up,
                "anchor": f"x{suffix}",
                "range": [0, top_hours],
                "tickvals": values,
                "ticktext": texts,
                "showgrid": True,
                "showticklabels": across[0] == 0,
                "automargin": False,
            },
        }
    )


def _panel(figure: go.Figure, frames: BacklogFrames, node: NodeBacklog, index: int, *, first: bool) -> None:
    suffix = str(index + 1) if index else ""
    for event in frames.events:
        starts, ends = ((instant - frames.starts_at) / 24 for instant in (event.starts_at, event.ends_at))
        figure.add_shape(
            type="rect",
            x0=max(0.0, starts),
            x1=min(float(frames.measured_days), ends),
            y0=0,
            y1=1,
            xref=f"x{suffix}",
            yref=f"y{suffix} domain",
            fillcolor=palette.EVENT_BAND,
            layer="below",
        )
    figure.add_traces(_curves(node, suffix))
    if frames.events:
        _event_words(figure, frames, node, suffix, first=first)
    elif first:
        peak = int(node.mean.argmax())
        words = label("P10–P90", float(node.days[peak]), float(node.high[peak]), xref="x", yref="y", yanchor="bottom")
        figure.add_annotation({**words, "xanchor": "center", "font": {"size": 12, "color": palette.ACCENT}})


def _curves(node: NodeBacklog, suffix: str) -> list[go.Scatter]:
    days = np.round(node.days, 2)
    spread = go.Scatter(
        x=[*days.tolist(), *days[::-1].tolist()],
        y=[*np.round(node.high, 2).tolist(), *np.round(node.low[::-1], 2).tolist()],
        mode="lines",
        line={"width": 0},
        fill="toself",
        fillcolor=palette.ACCENT_BAND,
        xaxis=f"x{suffix}",
        yaxis=f"y{suffix}",
        hoverinfo="skip",
    )
    mean = go.Scatter(
        x=days.tolist(),
        y=np.round(node.mean, 2).tolist(),
        mode="lines",
        line={"color": palette.ACCENT, "width": 1.6},
        xaxis=f"x{suffix}",
        yaxis=f"y{suffix}",
        hovertemplate="day %{x:.1f}: %{y:.1f} h<extra></extra>",
    )
    return [spread, mean]


def _event_words(figure: go.Figure, frames: BacklogFrames, node: NodeBacklog, suffix: str, *, first: bool) -> None:
    """Name the event once; write peak and recovery where a node was hit."""
    where = {"xref": f"x{suffix}", "yref": f"y{suffix}"}
    event = frames.events[0]
    if first:
        middle = ((event.starts_at + event.ends_at) / 2 - frames.starts_at) / 24
        name = plain(event.event_id.replace("_", " ").replace("-", " "))
        font = {"size": 12, "color": palette.RUST}
        words = label(name, middle, 1, xref=where["xref"], yref=f"y{suffix} domain", yanchor="top", font=font)
        figure.add_annotation({**words, "xanchor": "center"})
    peak = int(node.mean.argmax())
    if isnan(node.recovered_after_days) or node.peak_hours < NOTEWORTHY_HOURS:
        return
    font = {"size": 12, "color": palette.INK}
    height = float(node.high[peak])
    text = f"peak <b>{node.peak_hours:.0f} h</b>"
    figure.add_annotation(label(text, float(node.days[peak]), height, yanchor="bottom", font=font, **where))
    day = (event.starts_at - frames.starts_at) / 24 + node.recovered_after_days
    top = node.peak_hours * 0.45
    line = {"color": palette.INK, "width": 1}
    figure.add_shape(type="line", x0=day, x1=day, y0=0, y1=top, line=line, **where)
    text = f"recovered after <b>{node.recovered_after_days:.0f} d</b>"
    if day > 0.6 * frames.measured_days:
        text = text.replace(" after", "<br>after")
    figure.add_annotation(
        {**label(text, day, top, yanchor="bottom", font=font, **where), "xanchor": "center" if day < 0.8 * frames.measured_days else "right"}
    )
