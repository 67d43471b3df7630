"""Section 7: work waiting at each node, small multiples on one scale, events shaded."""

from __future__ import annotations

from dataclasses import dataclass
from math import isinf, isnan
from typing import Any

import numpy as np
import plotly.graph_objects as go

from twin.report import palette
from twin.report.backlog import BacklogFrames, NodeBacklog
from twin.report.template import MARGIN_PX, Canvas, bold, gray, label, on_paper, packed, plain
from twin.report.words import city, short

TITLE_PX, TICKS_PX, TALLEST_PX, LOWEST_PX, LEFT_PX = 24, 26, 150, 44, 38
WIDE_COLUMNS, NARROW_COLUMNS = 4, 2
GAP_RATE = {1: 0.0, NARROW_COLUMNS: 0.1, WIDE_COLUMNS: 0.05}
NOTEWORTHY_HOURS = 3.0
EDGE = 0.2
WORDS_RATE = {1: 0.24, NARROW_COLUMNS: 0.5, WIDE_COLUMNS: 0.34}
"""The part of a panel that the words about recovery take, by panels side by side."""
HEADROOM, HEADROOM_FOR_WORDS = 1.12, 1.3
GRID_STEPS_HOURS = (0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500)
MOST_GRID_LINES = 4
WEEK_DAYS, SHORT_STUDY_DAYS = 7, 10
NARROW_NAME = 13


@dataclass(frozen=True, slots=True)
class _Panel:
    """The place of one node: its axes, its shares of the figure, and the top of its scale."""

    node: NodeBacklog
    suffix: str
    across: tuple[float, float]
    up: tuple[float, float]
    top_hours: float
    columns: int

    @property
    def on(self) -> dict[str, Any]:
        """The axes that marks and words refer to."""
        return {"xref": f"x{self.suffix}", "yref": f"y{self.suffix}"}


def fig_backlog(frames: BacklogFrames, *, narrow: bool) -> go.Figure:
    """Draw the mean and P10 to P90 of waiting work; a row is as tall as its longest backlog."""
    panels, whole = _panels(frames, narrow=narrow)
    canvas = Canvas(round(whole + 2 * MARGIN_PX), narrow=narrow, top_px=MARGIN_PX)
    canvas.margins(l=LEFT_PX)
    for panel in panels:
        _axes(canvas, panel, frames, narrow=narrow)
        _spans(canvas, panel, frames)
        canvas.draw(*_curves(panel, recommended=frames.recommended))
        canvas.write(
            on_paper(_title(panel.node, narrow=narrow), panel.across[0], panel.up[1], yanchor="bottom", yshift=3)
        )
        if _was_hit(panel.node, frames):
            _recovery(canvas, panel, frames)
    _name_the_first(canvas, panels[0], frames)
    return canvas.figure()


def _was_hit(node: NodeBacklog, frames: BacklogFrames) -> bool:
    """Answer whether a node fell behind noteworthily in an event and has caught up since."""
    return bool(frames.events) and not isnan(node.recovered_after_days) and node.peak_hours >= NOTEWORTHY_HOURS


def _panels(frames: BacklogFrames, *, narrow: bool) -> tuple[list[_Panel], float]:
    """Return the panels and the height of the figure: equal hours are equally many pixels everywhere."""
    rows = _rows(frames, narrow=narrow)
    room = HEADROOM_FOR_WORDS if frames.events else HEADROOM
    tops = [max(_step(frames), room * max(float(node.high.max()) for node in row)) for row in rows]
    px_per_hour = TALLEST_PX / max(tops)
    heights = [max(LOWEST_PX, top * px_per_hour) for top in tops]
    whole = sum(heights) + len(rows) * (TITLE_PX + TICKS_PX)
    panels: list[_Panel] = []
    top = whole
    for row, height in zip(rows, heights, strict=True):
        columns = 1 if len(row) == 1 and narrow and _was_hit(row[0], frames) else _columns(narrow=narrow)
        for column, node in enumerate(row):
            suffix = str(len(panels) + 1) if panels else ""
            up = ((top - TITLE_PX - height) / whole, (top - TITLE_PX) / whole)
            across = _across(column, columns)
            panels.append(_Panel(node, suffix, across, (max(0.0, up[0]), up[1]), height / px_per_hour, columns))
        top -= TITLE_PX + height + TICKS_PX
    return panels, whole


def _columns(*, narrow: bool) -> int:
    return NARROW_COLUMNS if narrow else WIDE_COLUMNS


def _rows(frames: BacklogFrames, *, narrow: bool) -> list[tuple[NodeBacklog, ...]]:
    """Put nodes side by side; on a narrow page a node that was hit needs a row of its own for its words."""
    columns = _columns(narrow=narrow)
    alone = sum(_was_hit(node, frames) for node in frames.drawn) if narrow else 0
    others = frames.drawn[alone:]
    shared = [others[start : start + columns] for start in range(0, len(others), columns)]
    return [(node,) for node in frames.drawn[:alone]] + shared


def _title(node: NodeBacklog, *, narrow: bool) -> str:
    """Return the node's name and how full the node is."""
    name = short(city(node.label), NARROW_NAME) if narrow else node.label
    used = "" if isnan(node.utilization) else f"{node.utilization:.0%} used"
    return f"{bold(plain(name))} {gray(used)}"


def _across(column: int, columns: int) -> tuple[float, float]:
    gap = GAP_RATE[columns]
    width = (1 - gap * (columns - 1)) / columns
    left = column * (width + gap)
    return left, min(1.0, left + width)


def _step(frames: BacklogFrames) -> float:
    """Return the distance of grid lines: a few up to the highest mark of all panels."""
    highest = max(float(node.high.max()) for node in frames.nodes)
    wide_enough = (float(step) for step in GRID_STEPS_HOURS if highest / step <= MOST_GRID_LINES)
    return next(wide_enough, highest / MOST_GRID_LINES)


def _axes(canvas: Canvas, panel: _Panel, frames: BacklogFrames, *, narrow: bool) -> None:
    days = frames.measured_days
    step = WEEK_DAYS if days > SHORT_STUDY_DAYS else 2
    ticks = list(range(0, days + (0 if narrow else 1), step))
    grid = _step(frames)
    values = [round(grid * number, 3) for number in range(int(panel.top_hours / grid) + 1)]
    texts = [f"{value:g}" for value in values]
    texts[-1] += " h"
    across = {
        "domain": panel.across,
        "anchor": f"y{panel.suffix}",
        "range": [0, days],
        "tickvals": ticks,
        "ticktext": [f"day {ticks[0]}", *(str(day) for day in ticks[1:])],
        "ticks": "outside",
        "ticklen": 5,
        "tickcolor": "rgba(0,0,0,0)",
        "automargin": False,
    }
    up = {
        "domain": panel.up,
        "anchor": f"x{panel.suffix}",
        "range": [0, panel.top_hours],
        "tickvals": values,
        "ticktext": texts,
        "showgrid": True,
        "showticklabels": panel.across[0] == 0,
        "automargin": False,
    }
    canvas.set(**{f"xaxis{panel.suffix}": across, f"yaxis{panel.suffix}": up})


def _spans(canvas: Canvas, panel: _Panel, frames: BacklogFrames) -> None:
    for event in frames.events:
        starts, ends = ((instant - frames.starts_at) / 24 for instant in (event.starts_at, event.ends_at))
        canvas.shape(
            "rect",
            x0=max(0.0, starts),
            x1=min(float(frames.measured_days), ends),
            y0=0,
            y1=1,
            xref=f"x{panel.suffix}",
            yref=f"y{panel.suffix} domain",
            fillcolor=palette.EVENT_BAND,
            layer="below",
        )


def _curves(panel: _Panel, *, recommended: bool) -> tuple[go.Scatter, go.Scatter]:
    node = panel.node
    days = node.days
    line, band = (palette.ACCENT, palette.ACCENT_BAND) if recommended else (palette.BASELINE, palette.OTHER_FILL)
    axes = {"xaxis": f"x{panel.suffix}", "yaxis": f"y{panel.suffix}", "mode": "lines"}
    spread = go.Scatter(
        x=packed(np.concatenate([days, days[::-1]])),
        y=packed(np.concatenate([node.high, node.low[::-1]])),
        line={"width": 0},
        fill="toself",
        fillcolor=band,
        hoverinfo="skip",
        **axes,
    )
    mean = go.Scatter(
        x=packed(days),
        y=packed(node.mean),
        line={"color": line, "width": 1.6},
        hovertemplate="day %{x:.1f}: %{y:.1f} h<extra></extra>",
        **axes,
    )
    return spread, mean


def _name_the_first(canvas: Canvas, panel: _Panel, frames: BacklogFrames) -> None:
    """Name what is drawn once: the event where there is one, else the band."""
    if frames.events:
        event = frames.events[0]
        start = max(0.0, (event.starts_at - frames.starts_at) / 24)
        font = {"size": 12, "color": palette.RUST}
        where: dict[str, Any] = {"xref": f"x{panel.suffix}", "yref": f"y{panel.suffix} domain", "xshift": 2}
        canvas.write(label(plain(event.words), start, 1, yanchor="top", font=font, **where))
        return
    peak = int(panel.node.mean.argmax())
    spot = (float(panel.node.days[peak]), float(panel.node.high[peak]))
    font = {"size": 12, "color": palette.INK_2}
    place = spot[0] / frames.measured_days
    side = "left" if place < EDGE else "right" if place > 1 - EDGE else "center"
    canvas.write({**label("P10 to P90", *spot, font=font, yshift=8, **panel.on), "xanchor": side})


def _recovery(canvas: Canvas, panel: _Panel, frames: BacklogFrames) -> None:
    """Write the peak, and mark the day of recovery; the words stand right of the mark, or at the panel's edge."""
    node = panel.node
    font = {"size": 12, "color": palette.INK}
    peak = int(node.mean.argmax())
    spot = (float(node.days[peak]), float(node.high[peak]))
    canvas.write(label(f"peak <b>{node.peak_hours:.0f} h</b>", *spot, xshift=3, yshift=9, font=font, **panel.on))
    if isinf(node.recovered_after_days):
        return
    days = frames.measured_days
    day = (frames.events[0].starts_at - frames.starts_at) / 24 + node.recovered_after_days
    needed = days * WORDS_RATE[panel.columns]
    on_right = day + needed <= days
    near = (node.days >= (day if on_right else days - needed)) & (node.days <= day + needed)
    top = float(node.high[near].max()) + 0.06 * float(node.high.max())
    canvas.shape("line", x0=day, x1=day, y0=0, y1=top, line={"color": palette.INK, "width": 1}, **panel.on)
    side = "left" if on_right else "right"
    text = f"recovered<br>after <b>{node.recovered_after_days:.0f} d</b>"
    words = label(text, day if on_right else days, top, yanchor="bottom", font=font, **panel.on)
    canvas.write({**words, "xanchor": side, "align": side})
