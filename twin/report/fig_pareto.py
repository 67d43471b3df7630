"""Section 8: all designs on two measures at once, with boxes instead of points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from twin.report import palette
from twin.report.labels import Box
from twin.report.pareto import ParetoFrames, Standing
from twin.report.study import Study
from twin.report.template import MARGIN_PX, NARROW_PX, VALUE_AXIS, WIDE_PX, Canvas, bold, gray, label, on_paper, plain
from twin.report.units import SHARE, axis_format, axis_unit, shown
from twin.report.words import broken, short

HEIGHT_PX, TOP_PX, BOTTOM_PX, LEFT_PX = 400, 34, 44, 52
LINE_PX = 16.5
CHARACTER_PX = 6.8


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


def fig_pareto(
    study: Study, frames: ParetoFrames, named: Sequence[str], notes: Mapping[str, str], *, narrow: bool
) -> go.Figure:
    """Draw a box per design, the baseline as a star; designs that are not `named` are light gray."""
    width = NARROW_PX if narrow else WIDE_PX
    height = HEIGHT_PX + (40 if narrow else 0)
    canvas = Canvas(height, narrow=narrow, top_px=TOP_PX)
    scale = _scale(frames, width, height, narrow=narrow)
    ticks = {"nticks": 5 if narrow else 9}
    unit = axis_unit(frames.across.unit)
    canvas.set(
        xaxis={
            **VALUE_AXIS,
            **ticks,
            "range": scale.across,
            "tickformat": axis_format(frames.across.unit),
            "title": {"text": plain(f"{frames.across.title}, {unit}"), "font": {"size": 13, "color": palette.INK_3}},
        },
        yaxis={
            "range": scale.up,
            "tickformat": axis_format(frames.up.unit),
            "showgrid": True,
            "ticksuffix": "%" if frames.up.unit == SHARE else "",
            "nticks": 7,
            "automargin": False,
        },
    )
    canvas.margins(l=LEFT_PX, b=BOTTOM_PX)
    title = f"{bold(plain(frames.up.title))} {gray(axis_unit(frames.up.unit))}"
    canvas.write(on_paper(title, 0, 1, yanchor="bottom", yshift=10))
    taken: list[Box] = []
    for standing in sorted(frames.standings, key=lambda found: found.design in named):
        _box(canvas, study, frames, standing, strong=standing.design in named, recommended=named[-1])
        taken.append(_pixels(frames, standing, scale))
    for name in named:
        standing = next(found for found in frames.standings if found.design == name)
        _label(canvas, study, frames, standing, (scale, taken), notes.get(name, ""), named[-1], narrow=narrow)
    return canvas.figure()


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


def _pixels(frames: ParetoFrames, standing: Standing, scale: _Scale) -> Box:
    across, up = frames.across.unit, frames.up.unit
    return Box(
        scale.x(shown(standing.across - standing.half_across, across)) - 5,
        scale.y(shown(standing.up - standing.half_up, up)) - 5,
        scale.x(shown(standing.across + standing.half_across, across)) + 5,
        scale.y(shown(standing.up + standing.half_up, up)) + 5,
    )


def _box(
    canvas: Canvas, study: Study, frames: ParetoFrames, standing: Standing, *, strong: bool, recommended: str
) -> None:
    across, up = frames.across.unit, frames.up.unit
    chosen = standing.design == recommended
    color = palette.ACCENT if chosen else palette.INK_2 if strong else palette.OTHER
    canvas.shape(
        "rect",
        x0=shown(standing.across - standing.half_across, across),
        x1=shown(standing.across + standing.half_across, across),
        y0=shown(standing.up - standing.half_up, up),
        y1=shown(standing.up + standing.half_up, up),
        fillcolor=palette.ACCENT_FILL if chosen else palette.OTHER_FILL if strong else palette.GRID,
        layer="below",
    )
    is_baseline = standing.design == study.baseline
    marker = {
        "symbol": "star" if is_baseline else "circle",
        "size": 12 if is_baseline else 8 if strong else 5,
        "color": color,
        "opacity": 1,
    }
    title = plain(study.design(standing.design).title)
    canvas.draw(
        go.Scatter(
            x=[shown(standing.across, across)],
            y=[shown(standing.up, up)],
            mode="markers",
            marker=marker,
            hovertemplate=f"{title}<extra></extra>",
        )
    )


def _label(
    canvas: Canvas,
    study: Study,
    frames: ParetoFrames,
    standing: Standing,
    around: tuple[_Scale, list[Box]],
    note: str,
    recommended: str,
    *,
    narrow: bool,
) -> None:
    """Name a design beside its box, on the side where nothing else stands."""
    scale, taken = around
    title = study.design(standing.design).title
    lines = broken(short(title, 18) if narrow else title, 26)
    front = "baseline, " if standing.design == study.baseline else ""
    more = [note, f"{front}front {standing.front_rate:.0%}"]
    everything = [*lines, *(line for line in more if line)]
    box = _pixels(frames, standing, scale)
    size = (CHARACTER_PX * max(len(line) for line in everything), LINE_PX * len(everything))
    spot = _free_side(box, size, taken, scale)
    taken.append(spot)
    color = palette.ACCENT if standing.design == recommended else palette.INK
    text = "<br>".join(
        [f'<b style="color:{color}">{plain(line)}</b>' for line in lines] + [plain(line) for line in more if line]
    )
    on_right = spot.left >= box.right
    on_left = spot.right <= box.left
    anchor = "left" if on_right else "right" if on_left else "center"
    x = spot.left if on_right else spot.right if on_left else (spot.left + spot.right) / 2
    words = label(
        text,
        scale.across[0] + x / scale.width * (scale.across[1] - scale.across[0]),
        scale.up[0] + (spot.bottom + spot.top) / 2 / scale.height * (scale.up[1] - scale.up[0]),
        xref="x",
        yref="y",
        font={"size": 12.5, "color": palette.ACCENT if standing.design == recommended else palette.INK_2},
    )
    canvas.write({**words, "xanchor": anchor, "align": anchor})


def _free_side(box: Box, size: tuple[float, float], taken: Sequence[Box], scale: _Scale) -> Box:
    """Return the first side of a box where a label covers nothing; the right one if all are taken."""
    width, height = size
    middle_x, middle_y = (box.left + box.right) / 2, (box.bottom + box.top) / 2
    beside = (middle_y - height / 2, middle_y + height / 2)
    sides = (
        Box(box.right + 4, beside[0], box.right + 4 + width, beside[1]),
        Box(box.left - 4 - width, beside[0], box.left - 4, beside[1]),
        Box(middle_x - width / 2, box.top + 3, middle_x + width / 2, box.top + 3 + height),
        Box(middle_x - width / 2, box.bottom - 3 - height, middle_x + width / 2, box.bottom - 3),
    )
    panel = Box(0, 0, scale.width, scale.height)
    others = [other for other in taken if other != box]
    for side in sides:
        if side.inside(panel) and not any(side.overlaps(other) for other in others):
            return side
    return sides[0]
