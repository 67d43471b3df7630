"""What is sold."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isfinite
from typing import Literal, get_args

POUNDS_PER_KG = 2.2046226218
CUBIC_INCHES_PER_CUBIC_CM = 1 / 16.387064
CM3_PER_M3 = 1e6

Packing = Literal["together", "fragile", "alone", "own_box"]
PACKINGS: tuple[Packing, ...] = get_args(Packing)


@dataclass(frozen=True, slots=True)
class Product:
    """One stock keeping unit with what shipping and accounting need to know of it.

    `packing` says what may lie beside it: anything that ships `together`; only `fragile` goods, with padding; nothing
    (`alone`: a box for every unit); or that it ships in its `own_box`, without a carton.
    """

    sku: str
    category: str
    weight_kg: float
    dimensions_cm: tuple[float, float, float]
    unit_cost_usd: float
    price_usd: float
    popularity: float
    velocity_class: str = "A"
    tilted_to: str = ""
    packing: Packing = "together"
    volume_cm3: float = field(init=False)

    def __post_init__(self) -> None:
        numbers = (self.weight_kg, *self.dimensions_cm, self.unit_cost_usd, self.price_usd, self.popularity)
        if not all(isfinite(number) and number >= 0 for number in numbers):
            raise ValueError(f"product {self.sku!r}: every number must be finite and not negative, got {numbers}")
        if self.weight_kg == 0 or min(self.dimensions_cm) == 0:
            raise ValueError(f"product {self.sku!r}: weight and dimensions must be above zero")
        if list(self.dimensions_cm) != sorted(self.dimensions_cm, reverse=True):
            raise ValueError(f"product {self.sku!r}: dimensions must be given longest first")
        if self.packing not in PACKINGS:
            raise ValueError(
                f"product {self.sku!r}: packing must be one of {', '.join(PACKINGS)}, got {self.packing!r}"
            )
        length, width, height = self.dimensions_cm
        object.__setattr__(self, "volume_cm3", length * width * height)
