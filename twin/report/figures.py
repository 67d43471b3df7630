"""Figures as the page keeps them: wide and narrow layouts, long arrays stored once, nothing a script could read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from twin.report.template import CONFIG

LONG = 40
"""Arrays of more entries than this are stored by content, so that both layouts share them."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """One figure in its two layouts."""

    wide: go.Figure
    narrow: go.Figure


def as_json(figures: Mapping[str, Drawn]) -> str:
    """Return all figures as JSON that can stand inside a script element."""
    arrays: dict[str, Any] = {}
    layouts = {
        name: {"wide": _stored(drawn.wide, arrays), "narrow": _stored(drawn.narrow, arrays)}
        for name, drawn in figures.items()
    }
    content = {"arrays": arrays, "figures": layouts, "config": CONFIG}
    text = json.dumps(content, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _stored(figure: go.Figure, arrays: dict[str, Any]) -> Any:  # noqa: ANN401  (plotly's own JSON)
    found = _shared(figure.to_plotly_json(), arrays)
    return {"data": found["data"], "layout": found["layout"]}


def _shared(value: Any, arrays: dict[str, Any]) -> Any:  # noqa: ANN401  (plotly's own JSON)
    """Replace long arrays, as lists or as plotly's packed numbers, by their name in the common store."""
    if isinstance(value, Mapping):
        if len(value.get("bdata", "")) > LONG:
            return _named(value, arrays)
        return {key: _shared(inner, arrays) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        if len(value) > LONG and not isinstance(value[0], Mapping):
            return _named(list(value), arrays)
        return [_shared(inner, arrays) for inner in value]
    return value


def _named(value: Any, arrays: dict[str, Any]) -> dict[str, str]:  # noqa: ANN401  (plotly's own JSON)
    name = hashlib.sha256(json.dumps(value).encode()).hexdigest()[:12]
    arrays[name] = value
    return {"$": name}
