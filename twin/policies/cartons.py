"""What the lines of an order become: parcels, as the carriers weigh and measure them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import ceil
from typing import Self

from msgspec.structs import replace

from twin.domain.carriers import CarrierService
from twin.domain.cartons import Carton, PackingStandard, Parcel, Parcels
from twin.domain.network import Network
from twin.domain.orders import Lines
from twin.domain.products import CUBIC_INCHES_PER_CUBIC_CM, POUNDS_PER_KG, Product
from twin.policies.box_choice import Box, BoxChoice
from twin.policies.box_holding import MEMO_LIMIT
from twin.policies.box_sharing import BoxSharing

CM_PER_INCH = 2.54
CENTS_OF_CENTS = 4  # digits of a price that tell two apart
NO_STANDARDS: Mapping[str, PackingStandard] = {}


class Packer:
    """Packs lines into cartons and remembers what it packed.

    `Parcels.key` numbers all that a price depends on, so equal shipments share their price lists: of the boxes that
    is what each weighing and surcharging rule of the carriers makes of them, or that they are too large for it.
    `own` are the packing standards of nodes that have one, by name.
    """

    def __init__(
        self, products: Mapping[str, Product], cartons: Sequence[Carton], services: Iterable[CarrierService],
        own: Mapping[str, PackingStandard] = NO_STANDARDS,
    ) -> None:  # fmt: skip
        self._products = products
        self._rules = list({
            (s.dim_divisor, s.dim_threshold_in3, s.max_weight_lb, s.max_length_in, s.surcharges.rules): s
            for s in services
        }.values())  # fmt: skip
        self._sharing = BoxSharing(BoxChoice(cartons, self._rules))
        self._own = own
        self._own_sharing = {each: BoxSharing(BoxChoice(each.cartons, self._rules)) for each in own.values()}
        self._memo: dict[Lines | tuple[str, int], Parcels] = {}
        self._keys: dict[tuple[object, ...], int] = {}
        self._parcels: dict[tuple[tuple[float, float, float], int], tuple[tuple[int, ...], Parcel]] = {}

    @classmethod
    def of(cls, network: Network) -> Self:
        """Return the packer of a network and of its nodes."""
        return cls(network.products, network.cartons, network.services.values(), network.packing_standards)

    def pack(self, lines: Lines) -> Parcels:
        """Return the parcels for some lines."""
        key = (lines[0].sku, lines[0].quantity) if len(lines) == 1 else lines  # hashing a line takes 0.5 us
        found = self._memo.get(key)
        if found is None:
            if len(self._memo) >= MEMO_LIMIT:
                self._memo.clear()
            found = self._memo[key] = self._pack(lines)
        return found

    def boxes(self, items: Sequence[Product]) -> Sequence[Box]:
        """Return the boxes of some items."""
        return self._sharing.boxes(items)

    def _pack(self, lines: Lines) -> Parcels:
        items = self._items(lines)
        house = self._parcels_of(self._sharing.boxes(items), len(lines), len(items))
        if not self._own:
            return house
        own = {standard: self._by_standard(standard, lines) for standard in self._own_sharing}
        by_node = {node: own[standard] for node, standard in self._own.items()}
        prices = [(each.key, round(each.packaging_usd - house.packaging_usd, CENTS_OF_CENTS)) for each in own.values()]
        return replace(house, key=self._key(house.key, *prices), by_node=by_node)

    def _by_standard(self, standard: PackingStandard, lines: Lines) -> Parcels:
        sharing = self._own_sharing[standard]
        apart = [self._items(lines)] if standard.lines_together else [self._items((line,)) for line in lines]
        boxes = [box for items in apart for box in sharing.boxes(items)]
        return self._parcels_of(boxes, len(lines), sum([len(items) for items in apart]))

    def _items(self, lines: Lines) -> list[Product]:
        return [self._products[line.sku] for line in lines for _ in range(line.quantity)]

    def _key(self, *figures: object) -> int:
        return self._keys.setdefault(figures, len(self._keys))

    def _parcels_of(self, boxes: Iterable[Box], lines: int, units: int) -> Parcels:
        made = []
        total_kg = packaging_usd = packaging_co2e_kg = 0.0
        for _, carton, inside in boxes:
            weight_kg = sum([item.weight_kg for item in inside])
            if carton is not None:
                weight_kg += carton.tare_kg
                packaging_usd += carton.cost_usd
                packaging_co2e_kg += carton.co2e_kg
            total_kg += weight_kg
            made.append(self._parcel(inside[0] if carton is None else carton, weight_kg))
        made.sort()
        billed = tuple([billed for billed, _ in made])
        return Parcels(
            key=self._key(billed, lines, units),
            signature=tuple([parcel for _, parcel in made]),
            weight_kg=total_kg,
            packaging_usd=packaging_usd,
            packaging_co2e_kg=packaging_co2e_kg,
            lines=lines,
            units=units,
        )

    def _parcel(self, box: Carton | Product, weight_kg: float) -> tuple[tuple[int, ...], Parcel]:
        """Return a box as the carriers see it, behind what each rule bills it by."""
        weight_lb = max(1, ceil(weight_kg * POUNDS_PER_KG))
        found = self._parcels.get((box.dimensions_cm, weight_lb))
        if found is None:
            longest, second, third = [ceil(side / CM_PER_INCH) for side in box.dimensions_cm]
            volume_in3 = ceil(box.volume_cm3 * CUBIC_INCHES_PER_CUBIC_CM)
            parcel = Parcel(weight_lb, volume_in3, longest, second, 2 * (second + third))
            billed = tuple([figure for rule in self._rules for figure in rule.billing(parcel)])
            found = self._parcels[box.dimensions_cm, weight_lb] = (billed, parcel)
        return found
