"""Figures as the page keeps them: wide and narrow layouts, long arrays stored once, nothing a script could read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from math import isnan
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from twin.report.template import CONFIG, WIDE_PX

LONG = 40
"""Arrays of more entries than this are stored by content, so that both layouts share them."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """One figure in its two layouts."""

    wide: go.Figure
    narrow: go.Figure
    print_px: int = WIDE_PX


def as_json(figures: Mapping[str, Drawn]) -> str:
    """Return all figures as JSON that can stand inside a script element."""
    arrays: dict[str, list[Any]] = {}
    layouts = {
        name: {"wide": _stored(drawn.wide, arrays), "narrow": _stored(drawn.narrow, arrays)}
        for name, drawn in figures.items()
    }
    content = {"arrays": arrays, "figures": layouts, "config": CONFIG}
    text = json.dumps(content, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _stored(figure: go.Figure, arrays: dict[str, list[Any]]) -> Any:  # noqa: ANN401  (plotly's own JSON)
    found = _shared(figure.to_plotly_json(), arrays)
    return {"data": found["data"], "layout": found["layout"]}


def _shared(value: Any, arrays: dict[str, list[Any]]) -> Any:  # noqa: ANN401  (plotly's own JSON)
    """Replace long arrays by their name in the common store."""
    if isinstance(value, np.ndarray):
        return _shared(_listed(value), arrays)
    if isinstance(value, Mapping):
        return {key: _shared(inner, arrays) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        if len(value) > LONG and not isinstance(value[0], Mapping):
            name = hashlib.sha256(json.dumps(value).encode()).hexdigest()[:12]
            arrays[name] = list(value)
            return {"$": name}
        return [_shared(inner, arrays) for inner in value]
    return value


def _listed(values: NDArray[Any]) -> list[Any]:
    """Return an array as a list: whole numbers without a decimal point, gaps as None."""
    if values.dtype.kind != "f":
        return list(values.tolist())
    return [None if isnan(value) else int(value) if value.is_integer() else value for value in values.tolist()]
