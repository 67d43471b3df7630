"""Which boxes an order is packed in: the smallest that fits, else several."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import ceil

from twin.domain.carriers import CarrierService
from twin.domain.cartons import Carton, Parcel, Parcels
from twin.domain.orders import Lines, units_of
from twin.domain.products import CUBIC_INCHES_PER_CUBIC_CM, POUNDS_PER_KG, Product

CM_PER_INCH = 2.54
MAX_FILL_RATE = 0.85  # air that remains between items of different shape
MEMO_LIMIT = 100_000  # pairs of products never stop coming: the memo starts anew at this many


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
        self._memo: dict[Lines, Parcels] = {}
        self._keys: dict[tuple[tuple[tuple[int, ...], ...], int, int], int] = {}

    def pack(self, lines: Lines) -> Parcels:
        """Return the parcels for some lines."""
        found = self._memo.get(lines)
        if found is None:
            if len(self._memo) >= MEMO_LIMIT:
                self._memo.clear()
            found = self._memo[lines] = self._pack(lines)
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
        volume = sum(item.volume_cm3 for item in items)
        weight = sum(item.weight_kg for item in items)
        single = len(items) == 1
        for carton in self._cartons:
            room = carton.volume_cm3 if single else carton.volume_cm3 * MAX_FILL_RATE
            if volume <= room and weight <= carton.max_weight_kg and _all_fit(items, carton):
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
        signature = tuple(sorted((_parcel(carton, inside) for carton, inside in boxes), key=_size))
        units = units_of(lines)
        cartons = [carton for carton, _ in boxes if carton is not None]
        billed = tuple(sorted(self._billed(parcel) for parcel in signature))
        key = self._keys.setdefault((billed, len(lines), units), len(self._keys))
        return Parcels(
            key=key,
            signature=signature,
            weight_kg=sum(item.weight_kg for item in items) + sum(carton.tare_kg for carton in cartons),
            packaging_usd=sum(carton.cost_usd for carton in cartons),
            packaging_co2e_kg=sum(carton.co2e_kg for carton in cartons),
            lines=len(lines),
            units=units,
        )

    def _billed(self, parcel: Parcel) -> tuple[int, ...]:
        """Return the billable weight by each rule, 0 where the parcel is too large for it."""
        return tuple(rule.billable_lb(parcel) if rule.takes(parcel) else 0 for rule in self._rules)


def _all_fit(items: Sequence[Product], carton: Carton) -> bool:
    length, width, height = carton.dimensions_cm
    for item in items:
        long, wide, high = item.dimensions_cm
        if long > length or wide > width or high > height:
            return False
    return True


def _parcel(carton: Carton | None, items: Sequence[Product]) -> Parcel:
    dimensions = items[0].dimensions_cm if carton is None else carton.dimensions_cm
    volume = items[0].volume_cm3 if carton is None else carton.volume_cm3
    weight_kg = sum(item.weight_kg for item in items) + (carton.tare_kg if carton else 0.0)
    return Parcel(
        weight_lb=max(1, ceil(weight_kg * POUNDS_PER_KG)),
        volume_in3=ceil(volume * CUBIC_INCHES_PER_CUBIC_CM),
        longest_in=ceil(dimensions[0] / CM_PER_INCH),
    )


def _size(parcel: Parcel) -> tuple[int, int, int]:
    return parcel.weight_lb, parcel.volume_in3, parcel.longest_in
