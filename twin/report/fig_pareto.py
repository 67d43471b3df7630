"""Section 8: all designs on two measures at once, with boxes instead of points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from twin.report import palette
from twin.report.labels import CHARACTER_PX, Box
from twin.report.pareto import ParetoFrames, Standing
from twin.report.study import Study
from twin.report.template import MARGIN_PX, NARROW_PX, VALUE_AXIS, WIDE_PX, Canvas, bold, gray, label, on_paper, plain
from twin.report.units import SHARE, axis_format, axis_unit, shown
from twin.report.words import broken, short

HEIGHT_PX, TOP_PX, BOTTOM_PX, LEFT_PX = 400, 34, 44, 52
LINE_PX = 16.5
BESIDE_PX = 5


@dataclass(frozen=True, slots=True)
class _Scale:
    """How values become pixels, for placing labels."""

    across: tuple[float, float]
    up: tuple[float, float]
    width: float
    height: float

    def x(self, value: float) -> float:
        """Return pixels from the left."""
        return (value - self.across[0]) / (self.across[1] - self.across[0]) * self.width

    def y(self, value: float) -> float:
        """Return pixels from the bottom."""
        return (value - self.up[0]) / (self.up[1] - self.up[0]) * self.height


@dataclass(frozen=True, slots=True)
class ParetoDrawing:
    """What is drawn: the standings, which designs are named, and a line to add to each name."""

    study: Study
    frames: ParetoFrames
    named: tuple[str, ...]
    recommended: str
    notes: Mapping[str, str]

    def title(self, design: str) -> str:
        """Return the title of a design."""
        return self.study.design(design).title

    def ink(self, design: str, otherwise: str) -> str:
        """Return the accent for the recommended design."""
        return palette.ACCENT if design == self.recommended else otherwise


def fig_pareto(drawing: ParetoDrawing, *, narrow: bool) -> go.Figure:
    """Draw a box per design, the baseline as a star; designs that are not named are light gray.

    A name that would lie over another one is left out, that of the recommended design last of all.
    """
    frames = drawing.frames
    height = HEIGHT_PX + (40 if narrow else 0)
    canvas = Canvas(height, narrow=narrow, top_px=TOP_PX)
    canvas.margins(l=LEFT_PX, b=BOTTOM_PX)
    scale = _scale(frames, NARROW_PX if narrow else WIDE_PX, height, narrow=narrow)
    canvas.set(**_axes(frames, scale, narrow=narrow))
    title = f"{bold(plain(frames.up.title))} {gray(axis_unit(frames.up.unit))}"
    canvas.write(on_paper(title, 0, 1, yanchor="bottom", yshift=10))
    boxes: list[Box] = []
    for standing in sorted(frames.standings, key=lambda found: found.design in drawing.named):
        _box(canvas, drawing, standing)
        boxes.append(_pixels(frames, standing, scale))
    names: list[Box] = []
    for name in sorted(drawing.named, key=lambda one: one not in {drawing.recommended, drawing.study.baseline}):
        standing = next(found for found in frames.standings if found.design == name)
        lines = _lines(drawing, standing, narrow=narrow)
        spot = _free_side(_pixels(frames, standing, scale), _size(lines), (boxes, names), scale)
        if spot is not None:
            names.append(spot)
            _label(canvas, drawing, standing, lines, (scale, spot))
    return canvas.figure()


def _axes(frames: ParetoFrames, scale: _Scale, *, narrow: bool) -> dict[str, Any]:
    unit = axis_unit(frames.across.unit)
    across = {
        **VALUE_AXIS,
        "nticks": 5 if narrow else 9,
        "range": scale.across,
        "tickformat": axis_format(frames.across.unit),
        "title": {
            "text": plain(f"{frames.across.title}, {unit}"),
            "font": {"size": 13, "color": palette.INK_3},
        },
    }
    up = {
        "range": scale.up,
        "tickformat": axis_format(frames.up.unit),
        "ticksuffix": "%" if frames.up.unit == SHARE else "",
        "showgrid": True,
        "nticks": 7,
        "automargin": False,
    }
    return {"xaxis": across, "yaxis": up}


def _scale(frames: ParetoFrames, width: float, height: float, *, narrow: bool) -> _Scale:
    sides = []
    for measure, values in (
        (frames.across, [(found.across, found.half_across) for found in frames.standings]),
        (frames.up, [(found.up, found.half_up) for found in frames.standings]),
    ):
        low = shown(min(value - half for value, half in values), measure.unit)
        high = shown(max(value + half for value, half in values), measure.unit)
        sides.append((low, high, (high - low) or abs(high) * 0.1 or 1.0))
    (left, right, wide), (bottom, top, tall) = sides
    room = 0.42 if narrow else 0.16
    across = (left - room * wide, right + room * wide)
    up = (bottom - 0.14 * tall, top + 0.14 * tall)
    return _Scale(across, up, width - LEFT_PX - MARGIN_PX, height - TOP_PX - BOTTOM_PX)


def _corners(frames: ParetoFrames, standing: Standing) -> tuple[float, float, float, float]:
    """Return left, right, bottom and top of a design's box, as shown on the axes."""
    across, up = frames.across.unit, frames.up.unit
    return (
        shown(standing.across - standing.half_across, across),
        shown(standing.across + standing.half_across, across),
        shown(standing.up - standing.half_up, up),
        shown(standing.up + standing.half_up, up),
    )


def _pixels(frames: ParetoFrames, standing: Standing, scale: _Scale) -> Box:
    left, right, bottom, top = _corners(frames, standing)
    return Box(
        scale.x(left) - BESIDE_PX, scale.y(bottom) - BESIDE_PX, scale.x(right) + BESIDE_PX, scale.y(top) + BESIDE_PX
    )


def _box(canvas: Canvas, drawing: ParetoDrawing, standing: Standing) -> None:
    design, frames = standing.design, drawing.frames
    left, right, bottom, top = _corners(frames, standing)
    strong, chosen = design in drawing.named, design == drawing.recommended
    fill = palette.ACCENT_FILL if chosen else palette.OTHER_FILL if strong else palette.GRID
    canvas.shape("rect", x0=left, x1=right, y0=bottom, y1=top, fillcolor=fill, layer="below")
    is_baseline = design == drawing.study.baseline
    canvas.draw(
        go.Scatter(
            x=[shown(standing.across, frames.across.unit)],
            y=[shown(standing.up, frames.up.unit)],
            mode="markers",
            marker={
                "symbol": "star" if is_baseline else "circle",
                "size": 12 if is_baseline else 8 if strong else 5,
                "color": drawing.ink(design, palette.INK_2 if strong else palette.OTHER),
                "opacity": 1,
            },
            hovertemplate=f"{plain(drawing.title(design))}<extra></extra>",
        )
    )


def _lines(drawing: ParetoDrawing, standing: Standing, *, narrow: bool) -> list[tuple[str, bool]]:
    """Return the lines beside a box, and which of them are the name."""
    title = drawing.title(standing.design)
    names = broken(short(title, 18) if narrow else title, 22)
    baseline = "baseline, " if standing.design == drawing.study.baseline else ""
    more = [drawing.notes.get(standing.design, ""), f"{baseline}front {standing.front_rate:.0%}"]
    return [(line, True) for line in names] + [(line, False) for line in more if line]


def _size(lines: Sequence[tuple[str, bool]]) -> tuple[float, float]:
    return CHARACTER_PX * max(len(line) for line, _ in lines), LINE_PX * len(lines)


def _label(
    canvas: Canvas,
    drawing: ParetoDrawing,
    standing: Standing,
    lines: Sequence[tuple[str, bool]],
    place: tuple[_Scale, Box],
) -> None:
    """Name a design in the free place beside its box."""
    scale, spot = place
    box = _pixels(drawing.frames, standing, scale)
    color = drawing.ink(standing.design, palette.INK)
    parts = [f'<b style="color:{color}">{plain(line)}</b>' if strong else plain(line) for line, strong in lines]
    side = "left" if spot.left >= box.right else "right" if spot.right <= box.left else "center"
    x = {"left": spot.left, "right": spot.right, "center": (spot.left + spot.right) / 2}[side]
    y = (spot.bottom + spot.top) / 2
    words = label(
        "<br>".join(parts),
        scale.across[0] + x / scale.width * (scale.across[1] - scale.across[0]),
        scale.up[0] + y / scale.height * (scale.up[1] - scale.up[0]),
        font={"size": 12.5, "color": drawing.ink(standing.design, palette.INK_2)},
    )
    canvas.write({**words, "xanchor": side, "align": side, "xref": "x", "yref": "y"})


def _free_side(
    box: Box, size: tuple[float, float], taken: tuple[Sequence[Box], Sequence[Box]], scale: _Scale
) -> Box | None:
    """Return the first side of a box where a name covers nothing, or at least none of the names that are there.

    None where every place lies over another name, or so far away that nobody would know whose name it is. `taken` are
    the boxes, and the names so far.
    """
    boxes, names = taken
    panel = Box(0, 0, scale.width, scale.height)
    sides = _sides(box, size)
    below = [_moved_into(sides[0], panel, down) for down in np.arange(0, scale.height, LINE_PX)]
    inside = [place for place in [*sides, *below] if place.inside(panel) and _gap(place, box) <= LINE_PX]
    readable = [place for place in inside if not any(place.overlaps(name) for name in names)]
    free = [place for place in readable if not any(place.overlaps(other) for other in boxes if other != box)]
    return next(iter([*free, *readable]), None)


def _gap(one: Box, other: Box) -> float:
    """Return how far two boxes are apart, across or up, whichever is more; nothing where they touch."""
    across = max(one.left - other.right, other.left - one.right, 0.0)
    return max(across, one.bottom - other.top, other.bottom - one.top)


def _sides(box: Box, size: tuple[float, float]) -> list[Box]:
    """Return the places beside, over and under a box, the best first."""
    width, height = size
    x, y = (box.left + box.right) / 2, (box.bottom + box.top) / 2
    beside = [(y + shift * height, y + (1 + shift) * height) for shift in (-0.5, -0.1, -0.9)]
    return [
        *(Box(box.right + 4, low, box.right + 4 + width, high) for low, high in beside),
        *(Box(box.left - 4 - width, low, box.left - 4, high) for low, high in beside),
        Box(x - width / 2, box.top + 3, x + width / 2, box.top + 3 + height),
        Box(x - width / 2, box.bottom - 3 - height, x + width / 2, box.bottom - 3),
    ]


def _moved_into(box: Box, panel: Box, down: float) -> Box:
    """Move a label that has no place beside its box so far that it stays on the page, and on by some pixels."""
    right = min(0.0, panel.right - box.right) + max(0.0, panel.left - box.left)
    up = panel.top - box.top - down
    return Box(box.left + right, box.bottom + up, box.right + right, box.top + up)
