"""Section 5: how soon orders arrive, and how that compares with what was promised."""

from __future__ import annotations

from math import ceil
from typing import Any

import numpy as np
import plotly.graph_objects as go

from twin.report import numbers, palette
from twin.report.labels import spread
from twin.report.template import HIDDEN_AXIS, VALUE_AXIS, Canvas, color_of, label, line_of, packed, panel_title, plain
from twin.report.times import TimeFrames, density
from twin.report.words import HOURS_PER_DAY, broken, short

SHORT_TITLE, TITLE_LINE = 12, 20
LABEL_STEP = 7.0
RIDGE_PX, NARROW_RIDGE_PX, LABEL_PX = 290, 250, 62
HALF_DAY = HOURS_PER_DAY // 2
WIDE_TICKS, NARROW_TICKS = 8, 4
ROW_STEP = 1.0
RIDGE_HEIGHT = 1.25


def fig_click_to_deliver(frames: TimeFrames, *, narrow: bool) -> go.Figure:
    """Draw the share delivered within a time for every design; labels lead from the line at the asked day."""
    canvas = Canvas(300 if narrow else 340, narrow=narrow, top_px=30)
    last = frames.last_day
    room = last * (0.78 if narrow else 0.66)
    hours = np.arange(0, last * HOURS_PER_DAY + 1, 3)
    for design in frames.designs:
        shares = frames.within[design.name][hours]
        canvas.draw(
            go.Scatter(
                x=packed(hours / HOURS_PER_DAY),
                y=packed(100 * shares),
                mode="lines",
                line=line_of(design.name, frames.recommended, frames.baseline),
                hovertemplate=f"{plain(design.title)}: %{{y:.1f}}% within %{{x:.1f}} d<extra></extra>",
            )
        )
    _asked_line(canvas, frames)
    _lead_labels(canvas, frames, narrow=narrow)
    step = ceil(last / (NARROW_TICKS if narrow else WIDE_TICKS))
    days = list(range(0, last + 1, step))
    canvas.set(
        xaxis={
            "range": [-0.02 * last, last + room],
            "tickvals": days,
            "tickangle": 0,
            "ticktext": [*(str(day) for day in days[:-1]), f"{days[-1]} days"],
        },
        yaxis={"range": [-1, 104], "tickvals": [0, 25, 50, 75, 100], "ticktext": ["0", "25", "50", "75", "100%"]},
    )
    axis = {"color": palette.AXIS, "width": 1}
    canvas.shape("line", x0=0, x1=last, y0=0, y1=0, line=axis, layer="below")
    panel_title(canvas, "Click to deliver", "share of orders delivered within", narrow=narrow)
    return canvas.figure()


def _asked_line(canvas: Canvas, frames: TimeFrames) -> None:
    day = frames.asked_days
    canvas.shape("line", x0=day, x1=day, y0=0, y1=102, line={"color": palette.INK_3, "width": 1})
    words = f"within {day} day" + ("s" if day > 1 else "")
    canvas.write(label(words, day, 5, xshift=6, font_size=12))


def _lead_labels(canvas: Canvas, frames: TimeFrames, *, narrow: bool) -> None:
    """Write each design's share at the asked day, led from its curve by a thin line."""
    shares = [100 * frames.share(design.name) for design in frames.designs]
    names = [_name_lines(design.title, narrow=narrow) for design in frames.designs]
    gap = max(len(lines) for lines in names) * (LABEL_STEP + narrow)
    heights = spread(shares, gap, 3, 99)
    day, last = frames.asked_days, frames.last_day
    end = last * 1.05
    for design, lines, share, height in zip(frames.designs, names, shares, heights, strict=True):
        color = line_of(design.name, frames.recommended, frames.baseline)["color"]
        lead = {"color": color, "width": 0.8}
        marker = {"color": color, "size": 7, "line": {"color": palette.PAPER, "width": 1.2}}
        path = {"x": [day, last, end], "y": [share, share, height], "mode": "lines"}
        canvas.draw(
            go.Scatter(**path, line=lead, hoverinfo="skip"),
            go.Scatter(x=[day], y=[share], mode="markers", marker=marker, hoverinfo="skip"),
        )
        ink = color_of(design.name, frames.recommended)
        name = "<br>".join(plain(line) for line in lines)
        strong = f"<b>{name}</b>" if design.name == frames.recommended else name
        text = f'<span style="color:{ink}"><b>{share:.0f}%</b>  {strong}</span>'
        canvas.write(label(text, end, height, xshift=3, align="left", font_size=12 if narrow else 13))


def _name_lines(title: str, *, narrow: bool) -> list[str]:
    return [short(title, SHORT_TITLE)] if narrow else broken(title, TITLE_LINE)


def fig_promise(frames: TimeFrames, *, narrow: bool) -> go.Figure:
    """Draw delivered minus promised for every design on one scale, what is late in rust."""
    rows = len(frames.designs)
    canvas = Canvas(max(200, 62 * rows + 90), narrow=narrow, top_px=30)
    early, late = _reach(frames)
    hours = np.arange(early, late + 1)
    curves = {design.name: density(frames.against_promise, design.name, hours) for design in frames.designs}
    peak = max(float(curve.max()) for curve in curves.values()) or 1.0
    for row, design in enumerate(frames.designs):
        base = ROW_STEP * (rows - 1 - row)
        heights = base + RIDGE_HEIGHT * curves[design.name] / peak * ROW_STEP * 0.8
        _ridge(canvas, hours, heights, base, line=line_of(design.name, frames.recommended, frames.baseline))
        _late_label(canvas, frames.late_rates[design.name], late, base)
    canvas.shape("line", x0=0, x1=0, y0=-0.05, y1=rows + 0.25, line={"color": palette.INK, "width": 1}, layer="above")
    canvas.set(
        xaxis=_promise_axis(early, late, NARROW_RIDGE_PX if narrow else RIDGE_PX),
        yaxis=_row_names(frames, narrow=narrow),
    )
    panel_title(canvas, "Against the promise", "delivered minus promised", narrow=True)
    return canvas.figure()


def _reach(frames: TimeFrames) -> tuple[int, int]:
    """Return the hours early and late between which 99% of all orders arrive, in whole half days."""
    table = frames.against_promise.groupby("hours")["orders"].sum().sort_index()
    share = table.cumsum() / max(1, table.sum())
    first = int(share.index[int(np.searchsorted(share.to_numpy(), 0.005))])
    last = int(share.index[min(len(share) - 1, int(np.searchsorted(share.to_numpy(), 0.995)))])
    early = 12 * (min(first, -12) // 12) - 12
    late = 12 * -(-max(last, 36) // 12) + 24
    return early, late


def _ridge(
    canvas: Canvas, hours: np.ndarray[Any, Any], heights: np.ndarray[Any, Any], base: float, *, line: dict[str, Any]
) -> None:
    """Draw one curve, its early part in a tint and its late part in rust."""
    fill = palette.ACCENT_FILL if line["color"] == palette.ACCENT else palette.OTHER_FILL
    for chosen, color in ((hours <= 0, fill), (hours >= 0, palette.RUST)):
        xs, ys = hours[chosen][::2], np.round(heights[chosen][::2], 3)
        if len(xs):
            canvas.draw(
                go.Scatter(
                    x=[*xs.tolist(), int(xs[-1]), int(xs[0])],
                    y=[*ys.tolist(), base, base],
                    mode="lines",
                    line={"width": 0},
                    fill="toself",
                    fillcolor=color,
                    hoverinfo="skip",
                )
            )
    thin = {"color": line["color"], "width": min(1.4, line["width"])}
    canvas.draw(go.Scatter(x=packed(hours[::2]), y=packed(heights[::2]), mode="lines", line=thin, hoverinfo="skip"))


def _late_label(canvas: Canvas, late_rate: float, late: int, base: float) -> None:
    text = f'<span style="color:{palette.RUST}"><b>{plain(numbers.share(late_rate))}</b> late</span>'
    canvas.write(label(text, late, base + 0.22 * ROW_STEP, xanchor="right", font_size=13))


def _promise_axis(early: int, late: int, width_px: float) -> dict[str, Any]:
    """Name the promise and whole or half days before and after it, as far apart as their names need."""
    gap = LABEL_PX * (late - early) / width_px
    first = early + HALF_DAY
    after = HOURS_PER_DAY * ceil(gap / HOURS_PER_DAY)
    ticks = {first: f"{_days(-first)} early", 0: "promise"}
    if -first >= 2 * gap:
        middle = round(first / HOURS_PER_DAY) * HALF_DAY
        ticks[middle] = _days(-middle)
    if after <= late - gap / 2:
        ticks[after] = f"{_days(after)} late"
    return {
        "range": [early, late],
        "tickvals": list(ticks),
        "ticktext": list(ticks.values()),
        "tickangle": 0,
        **VALUE_AXIS,
    }


def _days(hours: float) -> str:
    return f"{hours / 24:g} d"


def _row_names(frames: TimeFrames, *, narrow: bool) -> dict[str, Any]:
    rows = len(frames.designs)
    texts = []
    for design in frames.designs:
        title = " <br>".join(plain(line) for line in _name_lines(design.title, narrow=narrow))
        strong = f"<b>{title}</b>" if design.name == frames.recommended else title
        texts.append(f'<span style="color:{color_of(design.name, frames.recommended)}">{strong} </span>')
    return {
        **HIDDEN_AXIS,
        "range": [-0.08, rows + 0.3],
        "showticklabels": True,
        "automargin": True,
        "tickvals": [ROW_STEP * (rows - 1 - row) for row in range(rows)],
        "ticktext": texts,
        "tickfont": {"size": 13},
    }
