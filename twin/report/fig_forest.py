"""Section 3: every candidate against the baseline, one panel per measure, intervals and what is too small to matter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from twin.experiments.verdicts import Verdict
from twin.report import palette
from twin.report.judgments import Judgment
from twin.report.labels import CHARACTER_PX
from twin.report.study import Design, Measure
from twin.report.template import (
    MARGIN_PX,
    NARROW_PX,
    VALUE_AXIS,
    WIDE_PX,
    Canvas,
    bold,
    color_of,
    gray,
    label,
    on_paper,
    plain,
)
from twin.report.units import axis_format, axis_unit, shown
from twin.report.words import broken, short

TITLE_PX, TICKS_PX, ROW_GAP_PX, ROW_PX = 30, 26, 16, 44
ARROW_LINE_PX = 18
NAME_LINE = 24
NARROW_CHARACTERS = 44
UNDECIDED = {Verdict.NO_MATERIAL_DIFFERENCE: "too small", Verdict.NOT_JUDGED: "not judged"}


@dataclass(frozen=True, slots=True)
class ForestFrames:
    """The judgments of all candidates, by measure, in one order."""

    candidates: tuple[Design, ...]
    recommended: str
    panels: tuple[tuple[Measure, tuple[Judgment, ...]], ...]


def forest_frames(
    candidates: Sequence[Design], recommended: str, measures: Sequence[Measure], found: Sequence[Judgment]
) -> ForestFrames:
    """Arrange judgments by measure and candidate; a measure nobody could measure is left out."""
    by_key = {(judgment.measure.kpi, judgment.design): judgment for judgment in found if judgment.known}
    panels = []
    for measure in measures:
        row = tuple(by_key[measure.kpi, design.name] for design in candidates if (measure.kpi, design.name) in by_key)
        if row:
            panels.append((measure, row))
    return ForestFrames(tuple(candidates), recommended, tuple(panels))


@dataclass(frozen=True, slots=True)
class _Grid:
    """Where panels stand: pixels and shares of the figure."""

    columns: int
    gutter: float
    inner: float
    panel_width: float
    panel_height: float
    title_px: int
    whole: float

    @property
    def two_lines(self) -> bool:
        """Whether the titles are so long that which way is better stands on a line of its own."""
        return self.title_px > TITLE_PX

    def place(self, index: int) -> tuple[tuple[float, float], tuple[float, float]]:
        """Return the domains of a panel."""
        row, column = divmod(index, self.columns)
        gap = 0.0 if self.columns == 1 else (self.inner - self.gutter - 3 * self.panel_width) / 2
        left = self.gutter + column * (self.panel_width + gap)
        top = self.whole - row * (self.panel_height + self.title_px + TICKS_PX + ROW_GAP_PX) - self.title_px
        up = ((top - self.panel_height) / self.whole, top / self.whole)
        return (left / self.inner, min(1.0, (left + self.panel_width) / self.inner)), (max(0.0, up[0]), up[1])


def fig_forest(frames: ForestFrames, *, narrow: bool) -> go.Figure:
    """Draw one panel per measure in its own unit: band, zero line, interval and estimate of every candidate."""
    grid = _grid(frames, narrow=narrow)
    canvas = Canvas(round(grid.whole + 2 * MARGIN_PX), narrow=narrow, top_px=MARGIN_PX)
    for index, (measure, row) in enumerate(frames.panels):
        across, up = grid.place(index)
        _axes(canvas, frames, index, (across, up), row)
        _titles(canvas, measure, across, up[1], two_lines=grid.two_lines)
        _band(canvas, row[0], index)
        for judgment in row:
            _interval(canvas, frames, judgment, index, grid.panel_width, narrow=narrow)
        if not narrow and index % grid.columns == 0:
            _names(canvas, frames, index)
    return canvas.figure()


def _grid(frames: ForestFrames, *, narrow: bool) -> _Grid:
    inner = (NARROW_PX if narrow else WIDE_PX) - 2 * MARGIN_PX
    columns = 1 if narrow else 3
    longest = max(len(line) for design in frames.candidates for line in broken(design.title, NAME_LINE))
    gutter = 0.0 if narrow else CHARACTER_PX * longest + 16
    panel_width = inner if narrow else (inner - gutter - 0.1 * inner) / 3
    panel_height = ROW_PX * len(frames.candidates) + 8
    rows = -(-len(frames.panels) // columns)
    titles = max(len(f"{m.title} {axis_unit(m.unit, difference=True)} ← better") for m, _ in frames.panels)
    title_px = TITLE_PX if CHARACTER_PX * (titles + 3) < panel_width else TITLE_PX + ARROW_LINE_PX
    whole = rows * (panel_height + title_px + TICKS_PX) + (rows - 1) * ROW_GAP_PX
    return _Grid(columns, gutter, inner, panel_width, panel_height, title_px, whole)


def _height_of(frames: ForestFrames, design: str) -> int:
    names = [candidate.name for candidate in frames.candidates]
    return len(names) - 1 - names.index(design)


def _reach(row: Sequence[Judgment]) -> tuple[float, float]:
    """Return the range of a panel: all intervals, the band and the zero line, with some room."""
    unit = row[0].measure.unit
    low = min(0.0, *(min(judgment.low, -judgment.threshold) for judgment in row))
    high = max(0.0, *(max(judgment.high, judgment.threshold) for judgment in row))
    room = 0.1 * (high - low) or 1.0
    return shown(low - room, unit), shown(high + room, unit)


def _axes(
    canvas: Canvas,
    frames: ForestFrames,
    index: int,
    domains: tuple[tuple[float, float], tuple[float, float]],
    row: Sequence[Judgment],
) -> None:
    suffix = str(index + 1) if index else ""
    axis: dict[str, Any] = {
        **VALUE_AXIS,
        "domain": domains[0],
        "anchor": f"y{suffix}",
        "range": _reach(row),
        "nticks": 5,
        "tickformat": axis_format(row[0].measure.unit),
        "automargin": False,
    }
    up = {
        "domain": domains[1],
        "anchor": f"x{suffix}",
        "range": [-0.5, len(frames.candidates) - 0.28],
        "showticklabels": False,
        "automargin": False,
    }
    canvas.set(**{f"xaxis{suffix}": axis, f"yaxis{suffix}": up})


def _titles(canvas: Canvas, measure: Measure, across: tuple[float, float], top: float, *, two_lines: bool) -> None:
    title = f"{bold(plain(measure.title))} {gray(axis_unit(measure.unit, difference=True))}"
    way = gray("← better" if measure.better == "lower" else "better →")
    up = 6 + ARROW_LINE_PX * two_lines
    canvas.write(on_paper(title, across[0], top, yanchor="bottom", yshift=up, font_size=13.5))
    canvas.write(on_paper(way, across[1], top, xanchor="right", yanchor="bottom", yshift=6, font_size=12))


def _band(canvas: Canvas, judgment: Judgment, index: int) -> None:
    suffix = str(index + 1) if index else ""
    half = shown(judgment.threshold, judgment.measure.unit)
    where = {"xref": f"x{suffix}", "yref": f"y{suffix} domain", "y0": 0, "y1": 1, "layer": "below"}
    canvas.shape("rect", x0=-half, x1=half, fillcolor=palette.BAND, **where)
    canvas.shape("line", x0=0, x1=0, line={"color": palette.INK_3, "width": 1}, **where)


def _interval(
    canvas: Canvas, frames: ForestFrames, judgment: Judgment, index: int, panel_width: float, *, narrow: bool
) -> None:
    suffix = str(index + 1) if index else ""
    unit = judgment.measure.unit
    y = _height_of(frames, judgment.design)
    low, point, high = (shown(value, unit) for value in (judgment.low, judgment.difference, judgment.high))
    color = judgment.color
    axes = {"xaxis": f"x{suffix}", "yaxis": f"y{suffix}"}
    line = {"color": color, "width": 3}
    canvas.draw(go.Scatter(x=[low, high], y=[y, y], mode="lines", line=line, hoverinfo="skip", **axes))
    marker = {"size": 9, "color": color if judgment.decided else palette.PAPER, "opacity": 1}
    marker["line"] = {"color": color, "width": 1.8}
    title = next(design.title for design in frames.candidates if design.name == judgment.design)
    hover = f"{plain(title)}: {judgment.difference_text} ({judgment.interval_text})<extra></extra>"
    canvas.draw(go.Scatter(x=[point], y=[y], mode="markers", marker=marker, hovertemplate=hover, **axes))
    text, length = _words(judgment, title, narrow=narrow)
    left, right = _reach((*_row_of(frames, judgment),))
    place = (point - left) / (right - left) * panel_width
    half = CHARACTER_PX * length / 2
    shift = max(half - place, 0.0) - max(place + half - panel_width, 0.0)
    words = label(text, point, y, xref=f"x{suffix}", yref=f"y{suffix}", font={"size": 12.5, "color": color})
    canvas.write({**words, "xanchor": "center", "xshift": round(shift, 1), "yshift": 15})


def _row_of(frames: ForestFrames, judgment: Judgment) -> tuple[Judgment, ...]:
    return next(row for measure, row in frames.panels if measure.kpi == judgment.measure.kpi)


def _words(judgment: Judgment, title: str, *, narrow: bool) -> tuple[str, int]:
    """Return what stands above a point, and about how many characters that is."""
    number = judgment.difference_text + (
        "" if judgment.decided else f" {UNDECIDED.get(judgment.verdict, 'not decided')}"
    )
    if not narrow:
        return f"<b>{plain(number)}</b>", len(number)
    name = title if len(title) + len(number) < NARROW_CHARACTERS else short(title, NARROW_CHARACTERS // 2)
    return f"<b>{plain(name)}</b> {plain(number)}", len(name) + len(number) + 1


def _names(canvas: Canvas, frames: ForestFrames, index: int) -> None:
    """Write the names of the rows once, left of the first panel."""
    suffix = str(index + 1) if index else ""
    for design in frames.candidates:
        strong = design.name == frames.recommended
        text = "<br>".join(plain(line) for line in broken(design.title, NAME_LINE))
        words = label(
            f"<b>{text}</b>" if strong else text,
            0,
            _height_of(frames, design.name),
            xref=f"x{suffix} domain",
            yref=f"y{suffix}",
            xshift=-10,
            font={"size": 13, "color": color_of(design.name, frames.recommended)},
        )
        canvas.write({**words, "xanchor": "right", "align": "right"})
