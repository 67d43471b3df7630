"""Which one box some items go into: the cheapest that holds them, carton and carriage together.

The service is not chosen yet when an order is packed, so carriage is reckoned by one yardstick: so much a box and so
much a billable pound, by the carriers' strictest rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import ceil, inf
from operator import le
from typing import NamedTuple

from twin.domain.carriers import CarrierService
from twin.domain.cartons import Carton, Parcel
from twin.domain.products import CUBIC_INCHES_PER_CUBIC_CM, POUNDS_PER_KG, Product
from twin.policies.box_holding import MEMO_LIMIT, Holding, Items, needs

PARCEL_USD = 7.0  # yardstick: label and surcharges of one more box, whatever it weighs
POUND_USD = 0.75  # yardstick: one more billable pound


class Box(NamedTuple):
    """A packed box and its cost by the yardstick; no carton means the item ships in its own packaging."""

    cost_usd: float
    carton: Carton | None
    items: Items


class _Size(NamedTuple):
    """A carton laid open for the search, with what it costs however light its contents and the pounds that stands for.

    Reading its values in one go instead of one by one saves a third of the search.
    """

    cost_usd: float
    billed_lb: int
    volume_cm3: float
    max_weight_kg: float
    length_cm: float
    width_cm: float
    height_cm: float
    carton: Carton


class BoxChoice:
    """Chooses the cheapest box for items that travel together, and remembers it."""

    def __init__(self, cartons: Iterable[Carton], rules: Sequence[CarrierService]) -> None:
        self._rules = rules
        self._sizes = sorted(
            (self._size(carton) for carton in cartons), key=lambda size: (size.cost_usd, size.carton.carton_id)
        )
        self.least_usd = min([PARCEL_USD + POUND_USD, *(size.cost_usd for size in self._sizes)])
        self._holds = Holding().holds
        self._alone: dict[str, Box] = {}
        self._together: dict[tuple[str, ...], Box | None] = {}

    def alone(self, item: Product) -> Box:
        """Return the box of one item, its own packaging if it needs none or fits none."""
        found = self._alone.get(item.sku)
        if found is None:
            found = None if item.packing == "own_box" else self._find((item,), inf)
            if found is None:
                billed_lb = max(self._strictest_lb(item), ceil(item.weight_kg * POUNDS_PER_KG))
                found = Box(PARCEL_USD + POUND_USD * billed_lb, None, (item,))
            self._alone[item.sku] = found
        return found

    def together(self, items: Items) -> Box | None:
        """Return the cheapest carton for several items, or None where a box for each costs no more."""
        key = tuple([item.sku for item in items])
        if key in self._together:
            return self._together[key]
        if len(self._together) >= MEMO_LIMIT:
            self._together.clear()
        found = self._together[key] = self._find(items, sum([self.alone(item).cost_usd for item in items]))
        return found

    def fits_any(self, items: Items) -> bool:
        """Answer whether some carton holds some items; the dearest is usually the largest."""
        volume_cm3, weight_kg, *sides = needs(items)
        return any(
            volume_cm3 <= size.volume_cm3
            and weight_kg <= size.max_weight_kg
            and all(map(le, sides, size.carton.dimensions_cm))
            and self._holds(size.carton, items)
            for size in reversed(self._sizes)
        )

    def _find(self, items: Items, below_usd: float) -> Box | None:
        """Return the cheapest carton that holds some items and costs less than a limit."""
        best = None
        needs_cm3, weight_kg, length, width, height = needs(items)
        for cost_usd, billed_lb, volume_cm3, max_weight_kg, long, wide, high, carton in self._sizes:
            if cost_usd >= below_usd:
                break
            if needs_cm3 <= volume_cm3 and weight_kg <= max_weight_kg and length <= long and width <= wide:
                more_lb = ceil((weight_kg + carton.tare_kg) * POUNDS_PER_KG) - billed_lb
                usd = cost_usd + POUND_USD * more_lb if more_lb > 0 else cost_usd
                if usd < below_usd and height <= high and self._holds(carton, items):
                    best, below_usd = carton, usd
        return None if best is None else Box(below_usd, best, items)

    def _size(self, carton: Carton) -> _Size:
        billed_lb = max(self._strictest_lb(carton), ceil(carton.tare_kg * POUNDS_PER_KG))
        cost_usd = PARCEL_USD + carton.cost_usd + POUND_USD * billed_lb
        return _Size(cost_usd, billed_lb, carton.volume_cm3, carton.max_weight_kg, *carton.dimensions_cm, carton)

    def _strictest_lb(self, box: Carton | Product) -> int:
        """Return the pounds an empty box is billed at by the strictest rule."""
        parcel = Parcel(1, ceil(box.volume_cm3 * CUBIC_INCHES_PER_CUBIC_CM), 0)
        return max([1, *(rule.billable_lb(parcel) for rule in self._rules)])
