"""Where labels go: beside their mark, off each other, inside the panel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

CHARACTER_PX = 7.9  # DejaVu Sans, the widest that a system may choose
LINE_PX = 17.0


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark to be named: its middle and half size in pixels (y upwards), and its text."""

    x: float
    y: float
    half: float
    text: str


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels."""

    left: float
    bottom: float
    right: float
    top: float

    def overlaps(self, other: Box) -> bool:
        """Answer whether two rectangles share some area."""
        apart = self.right <= other.left or other.right <= self.left
        return not (apart or self.top <= other.bottom or other.top <= self.bottom)

    def inside(self, other: Box) -> bool:
        """Answer whether this rectangle lies wholly in the other."""
        across = self.left >= other.left and self.right <= other.right
        return across and self.bottom >= other.bottom and self.top <= other.top


@dataclass(frozen=True, slots=True)
class Spot:
    """The middle of a placed label, as pixels from the middle of its mark."""

    right: float
    up: float


def place(marks: Sequence[Mark], panel: Box) -> list[Spot | None]:
    """Find a place for every label, the first marks first; None where it would cover another."""
    taken = [Box(m.x - m.half, m.y - m.half, m.x + m.half, m.y + m.half) for m in marks]
    spots: list[Spot | None] = []
    for mark in marks:
        spot = _first_free(mark, taken, panel)
        spots.append(spot)
        if spot is not None:
            taken.append(_box(mark, spot))
    return spots


def _box(mark: Mark, spot: Spot) -> Box:
    half = CHARACTER_PX * len(mark.text) / 2
    x, y = mark.x + spot.right, mark.y + spot.up
    return Box(x - half, y - LINE_PX / 2, x + half, y + LINE_PX / 2)


def _first_free(mark: Mark, taken: Sequence[Box], panel: Box) -> Spot | None:
    half_width = CHARACTER_PX * len(mark.text) / 2
    away, beside = mark.half + LINE_PX / 2 + 1, mark.half + half_width + 3
    choices = (
        (0, -away),
        (0, away),
        (beside, 0),
        (-beside, 0),
        (beside * 0.7, -away),
        (-beside * 0.7, -away),
        (beside * 0.7, away),
        (-beside * 0.7, away),
    )
    for right, up in choices:
        box = _box(mark, Spot(right, up))
        if box.inside(panel) and not any(box.overlaps(other) for other in taken):
            return Spot(right, up)
    return None


def spread(heights: Sequence[float], gap: float, lowest: float, highest: float) -> list[float]:
    """Move labels apart vertically so that neighbors keep `gap`, each as near to its own height as that allows."""
    order = sorted(range(len(heights)), key=lambda index: heights[index])
    placed = [heights[index] for index in order]
    for _ in range(60):
        for index in range(1, len(placed)):
            short = gap - (placed[index] - placed[index - 1])
            if short > 0:
                placed[index - 1] -= short / 2
                placed[index] += short / 2
        if placed:
            placed[0] = max(placed[0], lowest)
            placed[-1] = min(placed[-1], highest)
    result = [0.0] * len(placed)
    for position, index in enumerate(order):
        result[index] = placed[position]
    return result
