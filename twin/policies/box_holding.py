"""Whether a carton holds some items: volume, weight and sides, air around fragile goods, and a place for each."""

from __future__ import annotations

from collections.abc import Sequence

from twin.domain.cartons import Carton
from twin.domain.products import Product
from twin.policies.box_fit import MOST_CUT, MOST_TRIALS, Sides, fit, stand_in_a_row

MAX_FILL_RATE = 0.85  # of a carton's volume; extreme points hardly ever fill more, and beyond their limit it decides
PADDING_RATE = 0.3  # of a carton's volume, kept free around fragile goods
MEMO_LIMIT = 50_000  # pairs of products never stop coming: a memo starts anew at this many

Items = tuple[Product, ...]


def needs(items: Items) -> tuple[float, float, float, float, float]:
    """Return what a carton must offer, whatever way items lie: volume, weight, and the sides of each of them."""
    length, width, height = items[0].dimensions_cm
    volume_cm3 = weight_kg = 0.0
    for item in items:
        volume_cm3 += item.volume_cm3
        weight_kg += item.weight_kg
        if item is not items[0]:
            long, wide, high = item.dimensions_cm
            length, width, height = max(length, long), max(width, wide), max(height, high)
    if items[0].packing == "fragile":
        volume_cm3 /= 1 - PADDING_RATE
    return volume_cm3, weight_kg, length, width, height


class Holding:
    """Finds out whether items, largest first, fit a carton that meets their `needs`, and remembers it."""

    def __init__(self) -> None:
        self._held: dict[tuple[object, ...], bool] = {}

    def holds(self, carton: Carton, items: Items) -> bool:
        """Answer whether items that a carton has the volume and the sides for fit it side by side."""
        if len(items) == 1:
            return True
        sides = [item.dimensions_cm for item in items]
        if stand_in_a_row(sides, carton.dimensions_cm):
            return True
        if len(items) == 2:  # noqa: PLR2004  (two items fit in a row or not at all)
            return False
        key = (carton.carton_id, *sides)
        found = self._held.get(key)
        if found is None:
            if len(self._held) >= MEMO_LIMIT:
                self._held.clear()
            found = self._held[key] = self._measure(carton, items, sides)
        return found

    def _measure(self, carton: Carton, items: Items, sides: Sequence[Sides]) -> bool:
        """Find places for items; up to `MOST_CUT` they must fit without any of them too.

        Without the last, the smallest, that is asked first: where the large ones do not fit it saves the rest.
        """
        if len(items) <= MOST_CUT and not self.holds(carton, items[:-1]):
            return False
        has_air = sum([item.volume_cm3 for item in items]) <= MAX_FILL_RATE * carton.volume_cm3
        found = fit(sides, carton.dimensions_cm, MOST_TRIALS if has_air else 0)
        if found.fits is None:  # nobody knows, but there is air
            return True
        if not found.fits or found.by_cuts or len(items) > MOST_CUT:
            return found.fits
        return all(self.holds(carton, (*items[:left], *items[left + 1 :])) for left in range(len(items) - 1))
