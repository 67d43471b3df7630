"""Section 7: work waiting at each node, small multiples on one scale, events shaded."""

from __future__ import annotations

from math import ceil, isnan

import numpy as np
import plotly.graph_objects as go

from twin.report import palette
from twin.report.backlog import BacklogFrames, NodeBacklog
from twin.report.template import MARGIN_PX, NARROW_PX, WIDE_PX, Canvas, bold, gray, label, on_paper, plain

TITLE_PX, TICKS_PX, TALLEST_PX, LOWEST_PX = 24, 24, 150, 44
NOTEWORTHY_HOURS = 3.0
HEADROOM, HEADROOM_FOR_WORDS = 1.06, 1.3


def fig_backlog(frames: BacklogFrames, *, narrow: bool) -> go.Figure:
    """Draw the mean and P10 to P90 of waiting work for each node; a row is as tall as its longest backlog."""
    columns = 2 if narrow else 4
    rows = [frames.nodes[start : start + columns] for start in range(0, len(frames.nodes), columns)]
    room = HEADROOM_FOR_WORDS if frames.events else HEADROOM
    tops = [max(_step(frames), max(float(node.high.max()) for node in row) * room) for row in rows]
    scale = TALLEST_PX / max(tops)
    heights = [max(LOWEST_PX, top * scale) for top in tops]
    whole = sum(heights) + len(rows) * (TITLE_PX + TICKS_PX)
    canvas = Canvas(round(whole + 2 * MARGIN_PX), narrow=narrow, top_px=MARGIN_PX)
    canvas.margins(l=MARGIN_PX + 30)
    y = 1.0
    for number, (row, height) in enumerate(zip(rows, heights, strict=True)):
        bottom = y - (TITLE_PX + height) / whole
        for column, node in enumerate(row):
            index = number * columns + column
            domain = _across(column, columns)
            _axes(canvas, index, domain, (bottom, bottom + height / whole), frames, height / scale, narrow=narrow)
            _panel(canvas, frames, node, index, narrow=narrow)
            title = f"{bold(plain(node.label))} {gray(_used(node))}"
            canvas.write(on_paper(title, domain[0], bottom + height / whole, yanchor="bottom", yshift=3))
        y = bottom - TICKS_PX / whole
    return canvas.figure()


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
    canvas: Canvas,
    index: int,
    across: tuple[float, float],
    up: tuple[float, float],
    frames: BacklogFrames,
    top_hours: float,
    *,
    narrow: bool,
) -> None:
    suffix = str(index + 1) if index else ""
    days = frames.measured_days
    step = 7 if days > 10 else 2
    ticks = list(range(0, days + (0 if narrow else 1), step))
    grid = _step(frames)
    values = [round(grid * number, 3) for number in range(int(top_hours / grid) + 1)]
    texts = [f"{value:g}" for value in values]
    texts[-1] += " h"
    canvas.set(
        **{
            f"xaxis{suffix}": {
                "domain": across,
                "anchor": f"y{suffix}",
                "range": [0, days],
                "tickvals": ticks,
                "ticktext": [f"day {ticks[0]}", *(str(day) for day in ticks[1:])],
                "ticks": "outside",
                "ticklen": 5,
                "tickcolor": "rgba(0,0,0,0)",
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


def _panel(canvas: Canvas, frames: BacklogFrames, node: NodeBacklog, index: int, *, narrow: bool) -> None:
    suffix = str(index + 1) if index else ""
    for event in frames.events:
        starts, ends = ((instant - frames.starts_at) / 24 for instant in (event.starts_at, event.ends_at))
        canvas.shape("rect", x0=max(0.0, starts),
            x1=min(float(frames.measured_days), ends),
            y0=0,
            y1=1,
            xref=f"x{suffix}",
            yref=f"y{suffix} domain",
            fillcolor=palette.EVENT_BAND,
            layer="below",
        )
    canvas.draw(*_curves(node, suffix))
    if frames.events:
        _event_words(canvas, frames, node, index, narrow=narrow)
    elif not index:
        peak = int(node.mean.argmax())
        words = label("P10–P90", float(node.days[peak]), float(node.high[peak]), xref="x", yref="y", yanchor="bottom")
        canvas.write({**words, "xanchor": "center", "font": {"size": 12, "color": palette.ACCENT}})


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


def _event_words(
    canvas: Canvas, frames: BacklogFrames, node: NodeBacklog, index: int, *, narrow: bool
) -> None:
    """Name the event once; write peak and recovery where a node was hit."""
    suffix = str(index + 1) if index else ""
    event = frames.events[0]
    start = (event.starts_at - frames.starts_at) / 24
    if not index:
        name = plain(event.event_id.replace("_", " "))
        font = {"size": 12, "color": palette.RUST}
        where = {"xref": f"x{suffix}", "yref": f"y{suffix} domain"}
        canvas.write(label(name, max(0.0, start), 1, yanchor="top", xshift=2, font=font, **where))
    if isnan(node.recovered_after_days) or node.peak_hours < NOTEWORTHY_HOURS:
        return
    where = {"xref": f"x{suffix}", "yref": f"y{suffix}"}
    font = {"size": 12, "color": palette.INK}
    peak = int(node.mean.argmax())
    text = f"peak <b>{node.peak_hours:.0f} h</b>"
    canvas.write(
        label(text, float(node.days[peak]), float(node.high[peak]), xshift=3, yshift=9, font=font, **where)
    )
    _recovery(canvas, frames, node, start + node.recovered_after_days, where, narrow=narrow)


def _recovery(
    canvas: Canvas,
    frames: BacklogFrames,
    node: NodeBacklog,
    day: float,
    where: dict[str, str],
    *,
    narrow: bool,
) -> None:
    """Mark the day a node has recovered; the words stand right of the mark, or left of it above the curve."""
    days = frames.measured_days
    needed = days * (0.62 if narrow else 0.34)
    on_right = day + needed <= days
    before = node.high[(node.days >= (day if on_right else day - needed)) & (node.days <= day + needed)]
    top = float(before.max()) + 0.06 * float(node.high.max())
    line = {"color": palette.INK, "width": 1}
    canvas.shape("line", x0=day, x1=day, y0=0, y1=top, line=line, **where)
    text = f"recovered<br>after <b>{node.recovered_after_days:.0f} d</b>"
    words = label(text, day, top, yanchor="bottom", font={"size": 12, "color": palette.INK}, **where)
    side = "left" if on_right else "right"
    canvas.write({**words, "xanchor": side, "align": side, "xshift": -2 if on_right else 2})
