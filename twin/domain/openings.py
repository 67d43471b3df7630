"""The opening of a new node: goods come first, the best sellers before the rest, then people and orders."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Opening:
    """When a node that is new begins, in simulated hours.

    It is refilled from `goods_at` on and takes orders from `opens_at` on. `steps` say from which instant on how many of
    its best sellers are stocked, None for all; the first begins with the goods.
    """

    goods_at: float
    opens_at: float
    steps: tuple[tuple[float, int | None], ...]

    def __post_init__(self) -> None:
        instants = [instant for instant, _ in self.steps]
        if not (0 <= self.goods_at <= self.opens_at):
            raise ValueError(f"goods come before orders, got goods at {self.goods_at} and orders at {self.opens_at} h")
        if not instants or instants[0] != self.goods_at or instants != sorted(instants):
            raise ValueError(f"steps of stock rise from the first goods on, got {self.steps}")

    def best_sellers(self, at: float) -> int | None:
        """Return how many of its best sellers are stocked at an instant, None for all."""
        stocked: int | None = 0
        for instant, count in self.steps:
            if instant <= at:
                stocked = count
        return stocked
