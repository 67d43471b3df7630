"""The colors and shapes of the report: gray ink, one accent for the recommended design, rust for worse."""

from __future__ import annotations

from dataclasses import dataclass

INK = "#1B2430"
INK_2 = "#434E5B"
INK_3 = "#636E7B"
PAPER = "#FFFFFF"
RULE = "#D8DDE3"
BAND = "#E6EAEE"
AXIS = "#AEB8C2"
GRID = "#EEF1F3"
BAR = "#B9C4CE"
ACCENT = "#0B5C8A"
ACCENT_BAND = "#BFD6E4"
ACCENT_FILL = "#B9D3E3"
RUST = "#B3470B"
EVENT_BAND = "#F6E6DB"
BASELINE = "#636E7B"
OTHER = "#8595A5"
OTHER_FILL = "#D2D9E0"
GHOST = "#7C8894"
STATE_BORDER = "#DDE2E7"
COAST = "#B4BEC8"

DIFFERENCE_SCALE = (
    (0.0, "#083F61"),
    (0.20, "#2C7DB0"),
    (0.38, "#A9CCE2"),
    (0.46, "#E4E7EA"),
    (0.54, "#E4E7EA"),
    (0.62, "#F0C3A3"),
    (0.80, "#CF6A2A"),
    (1.0, "#8A3304"),
)
"""Change in hours on the map, from much sooner (0) to much later (1)."""


@dataclass(frozen=True, slots=True)
class NodeMark:
    """How one kind of node is drawn, color and shape always together, and what it is called."""

    color: str
    symbol: str
    word: str
    plural: str
    title: str
    flow_opacity: float


NODE_MARKS = {
    "dc": NodeMark("#1B2430", "square", "DC", "DCs", "Distribution center", 0.3),
    "distributor": NodeMark("#00735C", "hexagon", "distributor", "distributors", "Distributor", 0.4),
    "store": NodeMark("#A97400", "circle", "store", "stores", "Store", 0.6),
    "mfc": NodeMark("#630F8A", "triangle-up", "MFC", "MFCs", "Micro-fulfillment center", 0.4),
    "3pl": NodeMark("#9B87C5", "diamond", "3PL", "3PLs", "3PL warehouse", 0.5),
}


def judged(verdict_color: str | None, *, otherwise: str = INK_2) -> str:
    """Return the color of a judged number: accent for better, rust for worse, gray for everything else."""
    return {"better": ACCENT, "worse": RUST}.get(verdict_color or "", otherwise)


def shade(share: float) -> str:
    """Return a color between almost white, for nothing, and rust, for all."""
    low, high = (252, 240, 232), tuple(int(RUST[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgb({','.join(str(round(a + (b - a) * share)) for a, b in zip(low, high, strict=True))})"
