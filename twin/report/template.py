"""The plotly template of every figure, and the few marks that many of them share."""

from __future__ import annotations

from html import escape
from typing import Any

import plotly.graph_objects as go

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
            "shapedefaults": {"line": {"width": 0}},
        }
    )


def blank_figure(height_px: int, *, narrow: bool, top_px: int = 28) -> go.Figure:
    """Return an empty figure of the page's look and of one of its two widths."""
    figure = go.Figure()
    width = NARROW_PX if narrow else WIDE_PX
    figure.update_layout(template=report_template(), width=width, height=height_px, margin_t=top_px)
    return figure


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
