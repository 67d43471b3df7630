"""Freight bought by the load: pallets by less-than-truckload carriers, or whole trucks by the mile."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import ceil
from typing import Literal

from twin.domain.products import CM3_PER_M3, Product

FreightMode = Literal["ltl", "truckload"]
FreightChoice = Literal["ltl", "truckload", "auto"]
"""How a lane buys its freight; `auto` takes the cheaper of the two, load by load."""


@dataclass(frozen=True, slots=True)
class Load:
    """Goods that travel together."""

    units: int
    pallets: int
    weight_kg: float


@dataclass(frozen=True, slots=True)
class FreightBill:
    """What carrying one load costs, in whole cents, and by what."""

    mode: FreightMode
    trucks: int
    freight_usd: float


@dataclass(frozen=True, slots=True)
class PalletRates:
    """Prices of a pallet: `usd_per_pallet[band][row]` holds up to `upper_miles[band]` and `most_pallets[row]`.

    The last band takes all that is farther.
    """

    upper_miles: tuple[float, ...]
    most_pallets: tuple[int, ...]
    usd_per_pallet: tuple[tuple[float, ...], ...]

    def price_usd(self, pallets: int, miles: float) -> float:
        """Return the price of some pallets; beyond the largest consignment of the table they go as several."""
        prices = self.usd_per_pallet[min(bisect_left(self.upper_miles, miles), len(self.upper_miles) - 1)]
        full, rest = divmod(pallets, self.most_pallets[-1])
        rest_usd = rest * prices[bisect_left(self.most_pallets, rest)] if rest else 0.0
        return full * self.most_pallets[-1] * prices[-1] + rest_usd


@dataclass(frozen=True, slots=True)
class FreightTerms:
    """What freight costs by the load, and what pallets and trucks hold.

    A truck costs `usd_per_mile` of road and at least `least_usd`. `replaced_usd_per_unit` is the flat price of freight
    in, which a node whose goods are bought this way pays no more. Roads are `road_factor` times the great circle.
    """

    pallet_rates: PalletRates
    usd_per_mile: float
    least_usd: float
    pallet_m3: float
    pallet_kg: float
    truck_pallets: int
    truck_kg: float
    road_factor: float
    replaced_usd_per_unit: float = 0.0

    def load(self, goods: Iterable[tuple[str, int]], products: Mapping[str, Product]) -> Load:
        """Return what some goods take up, on as few pallets as volume and weight allow."""
        units, volume_m3, weight_kg = 0, 0.0, 0.0
        for sku, count in goods:
            product = products[sku]
            units += count
            volume_m3 += count * product.volume_cm3 / CM3_PER_M3
            weight_kg += count * product.weight_kg
        return Load(units, _at_least(max(volume_m3 / self.pallet_m3, weight_kg / self.pallet_kg)), weight_kg)

    def bill(self, choice: FreightChoice, load: Load, distance_miles: float) -> FreightBill:
        """Return what a load costs over a great-circle distance; of two equal prices the truck's."""
        miles = distance_miles * self.road_factor
        trucks = _at_least(max(load.pallets / self.truck_pallets, load.weight_kg / self.truck_kg))
        whole = FreightBill("truckload", trucks, round(trucks * max(self.least_usd, self.usd_per_mile * miles), 2))
        shared = FreightBill("ltl", 0, round(self.pallet_rates.price_usd(load.pallets, miles), 2))
        if choice == "auto":
            return min(whole, shared, key=lambda bill: bill.freight_usd)
        return whole if choice == "truckload" else shared


def _at_least(share: float) -> int:
    """Return the whole number that holds a share, despite rounding in its last digits."""
    return max(1, ceil(round(share, 9)))
