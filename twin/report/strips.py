"""Small drawings inside tables: the strip of an interval, bars, node symbols and the key of line widths."""

from __future__ import annotations

from math import cos, isfinite, log10, pi, sin

from twin.report import palette
from twin.report.markup import Html, join, svg, tag
from twin.report.words import TIMES

STRIP_WIDTH, STRIP_HEIGHT = 248, 30
MIDDLE = STRIP_WIDTH / 2
BAND_HALF = 20.0
DECADE = 48.0
REACH = MIDDLE - 6
SCALE_MARKS = (1, 3, 10, 100)


def strip_place(multiple: float) -> float:
    """Return how far right of the middle a multiple of the threshold stands: linear within it, then logarithmic."""
    size = abs(multiple)
    away = BAND_HALF * size if size <= 1 else BAND_HALF + DECADE * log10(size)
    return min(REACH, away) * (1 if multiple >= 0 else -1)


def strip(estimate: float, low: float, high: float, color: str, *, hollow: bool = False) -> Html:
    """Draw an interval and its estimate, all in multiples of the threshold, right for better."""
    x, left, right = (MIDDLE + strip_place(value) for value in (estimate, low, high))
    middle = STRIP_HEIGHT / 2
    parts = [
        rect(MIDDLE - BAND_HALF, 2, 2 * BAND_HALF, STRIP_HEIGHT - 4, palette.BAND),
        line((MIDDLE, 2, MIDDLE, STRIP_HEIGHT - 2), palette.INK_3, 1),
        line((MIDDLE, middle, x, middle), color, 1.2, opacity=0.55),
        line((left, middle, right, middle), color, 5),
        _dot(x, middle, color, hollow=hollow, beyond=abs(x - MIDDLE) >= REACH),
    ]
    return svg(STRIP_WIDTH, STRIP_HEIGHT, *parts)


def strip_scale() -> Html:
    """Draw the scale under the strips."""
    marks = [_scale_mark(-size) for size in SCALE_MARKS[:0:-1]] + [_scale_mark(size) for size in SCALE_MARKS]
    return svg(STRIP_WIDTH, 16, *marks)


def _scale_mark(multiple: float) -> Html:
    """Write one multiple under its place, the outermost ones inside the drawing."""
    size = abs(multiple)
    x = MIDDLE + (strip_place(multiple) if size > 1 else 0)
    anchor, away = "middle", 0.0
    if size == SCALE_MARKS[-1]:
        anchor, away = ("end", REACH + 5) if multiple > 0 else ("start", -REACH - 5)
        x = MIDDLE + away
    words = f"{'±' if size == 1 else ''}{size:g}{TIMES}"
    return tag("text", words, x=f"{x:.1f}", y=12, text_anchor=anchor, font_size="11.5", fill=palette.INK_3)


def rect(x: float, y: float, width: float, height: float, color: str) -> Html:
    """Draw a filled rectangle."""
    return tag("rect", x=f"{x:.1f}", y=f"{y:g}", width=f"{width:.1f}", height=f"{height:g}", fill=color)


def line(ends: tuple[float, float, float, float], color: str, width: float, opacity: float = 1.0) -> Html:
    """Draw a line between two points: x, y and x, y."""
    x1, y1, x2, y2 = ends
    places = {"x1": f"{x1:.1f}", "y1": f"{y1:g}", "x2": f"{x2:.1f}", "y2": f"{y2:g}"}
    return tag("line", **places, stroke=color, stroke_width=f"{width:g}", stroke_opacity=f"{opacity:g}")


def _dot(x: float, y: float, color: str, *, hollow: bool, beyond: bool) -> Html:
    """Draw the estimate: filled where decided, hollow where not, an arrowhead where it lies off the scale."""
    if beyond:
        way = 1 if x > MIDDLE else -1
        points = f"{x - 5 * way:.1f},{y - 5:g} {x + 5 * way:.1f},{y:g} {x - 5 * way:.1f},{y + 5:g}"
        return tag("polygon", points=points, fill=color)
    fill = palette.PAPER if hollow else color
    return tag("circle", cx=f"{x:.1f}", cy=f"{y:g}", r="4.5", fill=fill, stroke=color, stroke_width="1.5")


def bar(share: float, widest_px: float, *, chosen: bool = False) -> Html:
    """Draw a plain bar of a share (0 to 1) of the widest; its value stands beside it."""
    width = max(1.0, widest_px * min(1.0, share)) if isfinite(share) and share > 0 else 0.0
    color = palette.ACCENT if chosen else palette.BAR
    return svg(widest_px, 11, rect(0, 0, width, 11, color), class_="bar-track")


def limit_bar(share: float, limit: float, widest_px: float, *, over: bool = False) -> Html:
    """Draw a bar of a share with a tick at a limit."""
    scale = (widest_px - 2) / max(1.0, share, limit)
    color = palette.RUST if over else palette.BAR
    parts = [
        rect(0, 2, share * scale, 11, color),
        rect(limit * scale, 0, 1.2, 15, palette.INK),
    ]
    return svg(widest_px, 15, *parts)


def node_symbol(kind: str, size: float = 11) -> Html:
    """Draw the symbol of a node kind in its color."""
    mark = palette.NODE_MARKS[kind]
    half = size / 2
    if mark.symbol == "circle":
        shape = tag("circle", cx=f"{half:g}", cy=f"{half:g}", r=f"{half - 0.5:g}", fill=mark.color)
    elif mark.symbol == "square":
        shape = rect(1, 1, size - 2, size - 2, mark.color)
    else:
        shape = tag("polygon", points=_corners(mark.symbol, half), fill=mark.color)
    return svg(size, size, shape)


def _corners(symbol: str, half: float) -> str:
    count, turn = {"hexagon": (6, 0.0), "triangle-up": (3, 0.0), "diamond": (4, 0.0)}[symbol]
    angles = [turn + 2 * pi * corner / count for corner in range(count)]
    return " ".join(f"{half + half * sin(angle):.1f},{half - half * cos(angle):.1f}" for angle in angles)


def width_key(widths: tuple[float, ...]) -> Html:
    """Draw one short line for each width class of the flow maps."""
    lines = [line((26 * index, 7, 26 * index + 20, 7), palette.INK_2, width) for index, width in enumerate(widths)]
    return svg(26 * len(widths), 14, *lines)


def ramp_style() -> str:
    """Return the difference scale as the style of a bar."""
    stops = ", ".join(f"{color} {share:.0%}" for share, color in palette.DIFFERENCE_SCALE)
    return f"background: linear-gradient(to right, {stops})"


def key_line(parts: list[Html]) -> Html:
    """Return the key of a figure as one line of text."""
    return tag("div", *(tag("span", part) for part in parts), class_="key")


def symbol_and_word(kind: str) -> Html:
    """Return a node symbol with what it stands for."""
    return join([node_symbol(kind), palette.NODE_MARKS[kind].title])
