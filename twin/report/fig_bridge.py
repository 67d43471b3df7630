"""Section 4: from the baseline to the recommended design, one component at a time, for cost and for carbon."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from twin.report import palette
from twin.report.labels import CHARACTER_PX
from twin.report.template import HIDDEN_AXIS, MARGIN_PX, NARROW_PX, Canvas, label, on_paper, panel_title, plain
from twin.report.words import broken, short

ROW_PX, BELOW_PX = 32, 22
NAME_RATE = 0.42
"""The names of the rows take at most this part of the width."""
VALUE_PX = 66


@dataclass(frozen=True, slots=True)
class Step:
    """The change of one component, as printed, and whether its interval leaves zero out."""

    name: str
    change: float
    text: str
    decided: bool


@dataclass(frozen=True, slots=True)
class BridgeFrames:
    """Signed changes that add up to a total with its interval, and what they are called."""

    title: str
    unit: str
    start: tuple[str, str]
    end: tuple[str, str]
    steps: tuple[Step, ...]
    total: float
    total_text: str
    low: float
    high: float
    interval_text: str
    recommended: bool

    @property
    def decided(self) -> bool:
        """Whether the interval of the total leaves zero out."""
        return self.low > 0 or self.high < 0


def fig_bridge(frames: BridgeFrames, *, narrow: bool, width_px: int = 560) -> go.Figure:
    """Draw a bridge that starts at zero: each bar begins where the last one ended, the total carries its interval."""
    rows = len(frames.steps) + 2
    width = NARROW_PX if narrow else width_px
    canvas = Canvas(rows * ROW_PX + 30 + BELOW_PX, narrow=narrow, top_px=30)
    names = _names(frames, width, narrow=narrow)
    gutter = max(CHARACTER_PX * len(line) for _, lines in names for line in lines.split("<br>")) + 14
    inner = width - gutter - 2 * MARGIN_PX
    left, right = _reach(frames, inner)
    canvas.set(
        width=width,
        xaxis={**HIDDEN_AXIS, "range": [left, right]},
        yaxis=_row_axis(names, rows, recommended=frames.recommended),
    )
    canvas.margins(l=gutter, b=BELOW_PX)
    for index in range(len(frames.steps)):
        _step(canvas, frames, index)
    _total(canvas, frames, inner / (right - left))
    ink = {"color": palette.INK, "width": 1}
    canvas.shape("line", x0=0, x1=0, y0=-0.5, y1=rows - 1.45, line=ink, layer="above")
    tight = gutter + CHARACTER_PX * len(f"{frames.title} {frames.unit}") > width
    panel_title(canvas, plain(frames.title), plain(frames.unit), narrow=narrow or tight)
    return canvas.figure()


def _names(frames: BridgeFrames, width: float, *, narrow: bool) -> list[tuple[bool, str]]:
    """Return the row names from top to bottom, and which are bold."""
    limit = round(width * NAME_RATE / CHARACTER_PX)
    ends = []
    for title, value in (frames.start, frames.end):
        name = short(title, limit - 8) if narrow else title
        ends.append("<br>".join(plain(line) for line in broken(f"{name} {value}", limit)))
    steps = [(False, plain(step.name)) for step in frames.steps]
    return [(True, ends[0]), *steps, (True, ends[1])]


def _row_axis(names: Sequence[tuple[bool, str]], rows: int, *, recommended: bool) -> dict[str, object]:
    texts = []
    for index, (strong, name) in enumerate(names):
        color = palette.ACCENT if recommended and index == rows - 1 else palette.INK
        text = f'<b style="color:{color}">{name}</b>' if strong else name
        texts.append(f"{text}  ")
    return {
        **HIDDEN_AXIS,
        "showticklabels": True,
        "automargin": False,
        "range": [-0.6, rows - 0.5],
        "tickvals": [rows - 1 - index for index in range(rows)],
        "ticktext": texts,
        "tickfont": {"size": 13, "color": palette.INK_2},
    }


def _levels(frames: BridgeFrames) -> list[float]:
    levels = [0.0]
    for step in frames.steps:
        levels.append(levels[-1] + step.change)
    return levels


def _reach(frames: BridgeFrames, inner: float) -> tuple[float, float]:
    """Return the range: all bars and the interval, and room at the right for the values written there."""
    ends = [*_levels(frames), frames.low, frames.high, 0.0]
    low, high = min(ends), max(ends)
    span = (high - low) or 1.0
    room = min(0.45, VALUE_PX / max(1.0, inner))
    return low - 0.03 * span, low + span / (1 - room)


def _step(canvas: Canvas, frames: BridgeFrames, index: int) -> None:
    step = frames.steps[index]
    y = len(frames.steps) - index
    start = _levels(frames)[index]
    end = start + step.change
    color = palette.ACCENT if step.change < 0 else palette.RUST
    if step.change:
        bar = {"base": [start], "x": [step.change], "y": [y], "orientation": "h", "width": 0.6}
        fill = color if step.decided else palette.BAR
        canvas.draw(go.Bar(**bar, marker={"color": fill, "line": {"width": 0}}, hoverinfo="skip"))
    thin = {"color": palette.AXIS, "width": 1}
    canvas.shape("line", x0=end, x1=end, y0=y - 0.7, y1=y + 0.3, line=thin, layer="below")
    font = {"size": 13, "color": color if step.change and step.decided else palette.INK_3}
    canvas.write(label(plain(step.text), max(start, end), y, xshift=6, font=font))


def _total(canvas: Canvas, frames: BridgeFrames, px_per_unit: float) -> None:
    """Draw the total with its interval; the interval is written inside the bar where it fits."""
    color = palette.INK_3 if not frames.decided else palette.ACCENT if frames.total < 0 else palette.RUST
    bar = {"x": [frames.total], "y": [0], "orientation": "h", "width": 0.6}
    canvas.draw(go.Bar(**bar, marker={"color": color, "line": {"width": 0}}, hoverinfo="skip"))
    whisker = {"color": palette.INK, "width": 2}
    canvas.draw(go.Scatter(x=[frames.low, frames.high], y=[0, 0], mode="lines", line=whisker, hoverinfo="skip"))
    for end in (frames.low, frames.high):
        canvas.shape("line", x0=end, x1=end, y0=-0.18, y1=0.18, line=whisker)
    right = max(0.0, frames.total, frames.high)
    font = {"size": 13, "color": color}
    canvas.write(label(f"<b>{plain(frames.total_text)}</b>", right, 0, xshift=6, font=font))
    free = (abs(frames.total) - (frames.high - frames.low) / 2) * px_per_unit
    if free > 6.4 * len(frames.interval_text) + 12:
        inside = 0.0 if frames.total < 0 else min(frames.low, frames.total)
        words = label(plain(frames.interval_text), inside, 0, xshift=-8, font={"size": 12, "color": palette.PAPER})
        canvas.write({**words, "xanchor": "right"})
    else:
        words = on_paper(plain(frames.interval_text), 1, 0, yanchor="top", font={"size": 12})
        canvas.write({**words, "xanchor": "right"})
