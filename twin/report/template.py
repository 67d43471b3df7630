"""The plotly template of every figure, and the few marks that many of them share."""

from __future__ import annotations

from html import escape
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray

from twin.report import palette

FONT = 'Inter, "Segoe UI", system-ui, -apple-system, Roboto, "Helvetica Neue", Arial, sans-serif'
WIDE_PX = 1120
NARROW_PX = 358
MARGIN_PX = 8

CONFIG = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False, "responsive": False}

_AXIS = {
    "showgrid": False,
    "zeroline": False,
    "showline": False,
    "ticks": "",
    "fixedrange": True,
    "automargin": True,
    "gridcolor": palette.GRID,
    "tickfont": {"size": 12, "color": palette.INK_3},
}

VALUE_AXIS: dict[str, Any] = {
    "showline": True,
    "linecolor": palette.AXIS,
    "ticks": "outside",
    "ticklen": 4,
    "tickcolor": palette.AXIS,
}
"""What an axis that carries values has on top."""

HIDDEN_AXIS: dict[str, Any] = {"showticklabels": False, "automargin": False}


def report_template() -> go.layout.Template:
    """Return the look of all figures: no grid, no legend, gray ink."""
    return go.layout.Template(
        layout={
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "font": {"family": FONT, "size": 13, "color": palette.INK_2},
            "margin": {"l": MARGIN_PX, "r": MARGIN_PX, "t": MARGIN_PX, "b": MARGIN_PX, "pad": 0},
            "showlegend": False,
            "hovermode": "closest",
            "separators": ".,",
            "colorway": [palette.ACCENT, palette.BASELINE, palette.OTHER, palette.BAR],
            "xaxis": _AXIS,
            "yaxis": _AXIS,
            "hoverlabel": {
                "bgcolor": palette.PAPER,
                "bordercolor": palette.RULE,
                "font": {"family": FONT, "size": 12.5, "color": palette.INK},
            },
            "annotationdefaults": {"showarrow": False, "font": {"size": 13, "color": palette.INK_2}},
        }
    )


class Canvas:
    """A figure while it is drawn: marks and words are collected and checked by plotly once, at the end.

    Adding them to a plotly figure one by one checks and copies all earlier ones again.
    """

    def __init__(self, height_px: int, *, narrow: bool, top_px: int = 28) -> None:
        width = NARROW_PX if narrow else WIDE_PX
        self._traces: list[go.Scatter | go.Bar] = []
        self._annotations: list[dict[str, Any]] = []
        self._shapes: list[dict[str, Any]] = []
        margin = dict.fromkeys("lrb", MARGIN_PX) | {"t": top_px, "pad": 0}
        self._layout: dict[str, Any] = {"width": width, "height": height_px, "margin": margin}

    def draw(self, *traces: go.Scatter | go.Bar) -> None:
        """Add marks."""
        self._traces += traces

    def write(self, annotation: dict[str, Any]) -> None:
        """Add a text."""
        self._annotations.append(annotation)

    def shape(self, kind: str, **options: Any) -> None:  # noqa: ANN401  (plotly's own options)
        """Add a line or a rectangle that carries no data."""
        self._shapes.append({"type": kind, "line": {"width": 0}, **options})

    def set(self, **layout: Any) -> None:  # noqa: ANN401  (plotly's own options)
        """Set parts of the layout, such as an axis."""
        self._layout |= layout

    def margins(self, **pixels: float) -> None:
        """Set some margins: l, r, t, b."""
        self._layout["margin"] |= pixels

    def figure(self) -> go.Figure:
        """Return the finished figure."""
        words = {"annotations": self._annotations, "shapes": self._shapes}
        return go.Figure(data=self._traces, layout={"template": report_template(), **self._layout, **words})


def packed(values: ArrayLike) -> NDArray[np.float32]:
    """Return numbers as plotly stores them most tightly; seven figures are more than a screen shows."""
    return np.asarray(values, dtype=np.float32)


def plain(text: str) -> str:
    """Return user text so that plotly shows it letter by letter instead of reading tags in it."""
    return escape(text, quote=False)


def bold(text: str, color: str = palette.INK) -> str:
    """Return a panel title's first part."""
    return f'<b style="color:{color}">{text}</b>'


def gray(text: str) -> str:
    """Return the part of a title that steps back, such as the unit."""
    return f'<span style="color:{palette.INK_3}">{text}</span>'


def label(text: str, x: float, y: float, **more: Any) -> dict[str, Any]:  # noqa: ANN401  (plotly's own options)
    """Return an annotation without an arrow, left-aligned unless said otherwise."""
    return {"text": text, "x": x, "y": y, "xanchor": "left", "yanchor": "middle", "showarrow": False, **more}


def on_paper(text: str, x: float, y: float, **more: Any) -> dict[str, Any]:  # noqa: ANN401  (plotly's own options)
    """Return an annotation placed in shares of the figure."""
    return label(text, x, y, xref="paper", yref="paper", **more)


def panel_title(canvas: Canvas, name: str, more: str, *, narrow: bool) -> None:
    """Write the title of a figure of one panel: over its axis, or at the left edge where room is scarce."""
    text = f"{bold(name)} {gray(more)}"
    if narrow:
        title = {"text": text, "x": 0, "xref": "container", "xanchor": "left", "y": 1, "yref": "container"}
        canvas.set(title={**title, "yanchor": "top", "pad": {"l": 2, "t": 6}, "font": {"size": 13}})
    else:
        canvas.write(on_paper(text, 0, 1, yanchor="bottom", yshift=8))


def color_of(design: str, recommended: str) -> str:
    """Return the ink of a design's name: accent for the recommended one."""
    return palette.ACCENT if design == recommended else palette.INK_2


def line_of(design: str, recommended: str, baseline: str) -> dict[str, Any]:
    """Return the line of a design: the recommended one thick and in the accent, the baseline darker than others."""
    if design == recommended:
        return {"color": palette.ACCENT, "width": 2.8}
    if design == baseline:
        return {"color": palette.BASELINE, "width": 2}
    return {"color": palette.OTHER, "width": 1.4}
