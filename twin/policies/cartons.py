"""Which boxes an order is packed in: the smallest that fits, else several."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import ceil

from twin.domain.carriers import CarrierService
from twin.domain.cartons import Carton, Parcel, Parcels
from twin.domain.orders import Lines
from twin.domain.products import CUBIC_INCHES_PER_CUBIC_CM, POUNDS_PER_KG, Product

CM_PER_INCH = 2.54
MAX_FILL_RATE = 0.85  # air that remains between items of different shape
MEMO_LIMIT = 50_000  # pairs of products never stop coming: the memo starts anew at this many


class Packer:
    """Packs lines into cartons and remembers what it packed.

    `Parcels.key` numbers all that a price depends on, so equal shipments share their price lists: of the boxes that
    is what each weighing rule of the carriers makes of them, or that they are too large for it.
    """

    def __init__(
        self, products: Mapping[str, Product], cartons: Sequence[Carton], services: Iterable[CarrierService]
    ) -> None:
        self._products = products
        self._rules = list({
            (s.dim_divisor, s.dim_threshold_in3, s.max_weight_lb, s.max_length_in): s for s in services
        }.values())  # fmt: skip
        self._cartons = sorted(cartons, key=lambda carton: (carton.volume_cm3, carton.carton_id))
        self._memo: dict[Lines | tuple[str, int], Parcels] = {}
        self._keys: dict[tuple[tuple[tuple[int, ...], ...], int, int], int] = {}
        self._parcels: dict[tuple[tuple[float, float, float], int], tuple[tuple[int, ...], Parcel]] = {}

    def pack(self, lines: Lines) -> Parcels:
        """Return the parcels for some lines."""
        key = (lines[0].sku, lines[0].quantity) if len(lines) == 1 else lines  # hashing a line takes 0.5 us
        found = self._memo.get(key)
        if found is None:
            if len(self._memo) >= MEMO_LIMIT:
                self._memo.clear()
            found = self._memo[key] = self._pack(lines)
        return found

    def boxes(self, items: Sequence[Product]) -> list[tuple[Carton | None, list[Product]]]:
        """Return each box with its items; no carton means the item ships in its own packaging.

        Items go in by volume, largest first. While they do not all fit one carton, the largest carton is filled
        first-fit and the rest is tried again.
        """
        rest = sorted(items, key=lambda item: (-item.volume_cm3, item.sku))
        packed: list[tuple[Carton | None, list[Product]]] = []
        while rest:
            carton = self._smallest(rest)
            if carton is not None:
                packed.append((carton, rest))
                break
            chosen, left = self._fill_largest(rest)
            if chosen:
                packed.append((self._smallest(chosen), chosen))
            else:  # the first item fits no carton at all
                packed.append((None, left[:1]))
                left = left[1:]
            rest = left
        return packed

    def _smallest(self, items: Sequence[Product]) -> Carton | None:
        """Return the smallest carton for some items: sorted side against sorted side, volume with air, and weight."""
        volume = weight = length = width = height = 0.0
        for item in items:
            long, wide, high = item.dimensions_cm
            length, width, height = max(length, long), max(width, wide), max(height, high)
            volume += item.volume_cm3
            weight += item.weight_kg
        if len(items) > 1:
            volume /= MAX_FILL_RATE
        for carton in self._cartons:
            if volume <= carton.volume_cm3 and weight <= carton.max_weight_kg:
                long, wide, high = carton.dimensions_cm
                if length <= long and width <= wide and height <= high:
                    return carton
        return None

    def _fill_largest(self, items: Sequence[Product]) -> tuple[list[Product], list[Product]]:
        chosen: list[Product] = []
        left: list[Product] = []
        for item in items:
            (chosen if self._smallest([*chosen, item]) else left).append(item)
        return chosen, left

    def _pack(self, lines: Lines) -> Parcels:
        items = [self._products[line.sku] for line in lines for _ in range(line.quantity)]
        boxes = self.boxes(items)
        made = sorted(self._parcel(carton, inside) for carton, inside in boxes)
        cartons = [carton for carton, _ in boxes if carton is not None]
        billed = tuple([billed for billed, _ in made])
        key = self._keys.setdefault((billed, len(lines), len(items)), len(self._keys))
        return Parcels(
            key=key,
            signature=tuple([parcel for _, parcel in made]),
            weight_kg=sum([item.weight_kg for item in items]) + sum([carton.tare_kg for carton in cartons]),
            packaging_usd=sum([carton.cost_usd for carton in cartons]),
            packaging_co2e_kg=sum([carton.co2e_kg for carton in cartons]),
            lines=len(lines),
            units=len(items),
        )

    def _parcel(self, carton: Carton | None, items: Sequence[Product]) -> tuple[tuple[int, ...], Parcel]:
        """Return a box as the carriers see it, behind its billable weight by each rule, 0 where it is too large."""
        box = items[0] if carton is None else carton
        weight_kg = sum([item.weight_kg for item in items]) + (0.0 if carton is None else carton.tare_kg)
        weight_lb = max(1, ceil(weight_kg * POUNDS_PER_KG))
        found = self._parcels.get((box.dimensions_cm, weight_lb))
        if found is None:
            volume_in3, longest_in = (
                ceil(box.volume_cm3 * CUBIC_INCHES_PER_CUBIC_CM),
                ceil(box.dimensions_cm[0] / CM_PER_INCH),
            )
            parcel = Parcel(weight_lb, volume_in3, longest_in)
            billed = tuple(rule.billable_lb(parcel) if rule.takes(parcel) else 0 for rule in self._rules)
            found = self._parcels[box.dimensions_cm, weight_lb] = (billed, parcel)
        return found
