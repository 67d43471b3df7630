#!/usr/bin/env python3
"""Write rates.csv: our own price cards for a generic parcel carrier and a same-day courier.

Parcel price of a package of w lb to zone z:

    p(z, w) = base + per_lb * zone_factor(z) ** slope * w ** 0.815

*Shape.* The constants of `ground` are a least-squares fit (in logarithms, 1 to 20 lb) to 70 % of the USPS
Ground Advantage retail prices of 2025-10-05, held to that table's ratio of zone 8 to zone 1: 1.37 at 1 lb,
3.0 at 20 lb (table: 1.99 at 5 lb and 2.44 at 10 lb; here 2.06 and 2.51). Exponent and zone factors are
shared by all services.

*Level.* Shippers with a contract pay about 25-35 % below retail for light parcels; ground is 24-35 % below
from 1 to 20 lb. Above 20 lb that retail table jumps by 40 % and more; we keep the smooth curve, so heavy
parcels are about half.

*Other services.* `economy` (handed over for the last mile) is 12-15 % below ground. `two_day` averages 2.2
times and `overnight` 4 times ground at 2 lb; both flatten the zones (slope 0.7 and 0.6), as an aircraft
costs much the same to load for any distance. These ratios are assumptions, as is the courier: a flat 7.99
USD plus 0.16 USD for each mile of a typical run in the band (zone 1: 12 miles, zone 2: 100), plus 0.15 USD
for each lb above 10.

The prices leave out fuel and residential surcharges; services.csv holds them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from csv_table import target_folder, write_table

WEIGHT_EXPONENT = 0.815
ZONE_FACTOR = {1: 1.00, 2: 1.05, 3: 1.19, 4: 1.47, 5: 2.06, 6: 2.69, 7: 3.48, 8: 4.45}
WEIGHTS_LB = (*range(1, 21), *range(25, 71, 5), 100, 150)

COURIER_BASE_USD = 7.99
COURIER_USD_PER_MILE = 0.16
COURIER_MILES = {1: 12, 2: 100}
COURIER_USD_PER_LB = 0.15
COURIER_FREE_LB = 10
COURIER_MAX_LB = 50


@dataclass(frozen=True, slots=True)
class ParcelCard:
    """The few numbers that make the price card of one parcel service."""

    service: str
    base_usd: float
    per_lb_usd: float
    zone_slope: float
    max_weight_lb: int

    def price_usd(self, zone: int, weight_lb: int) -> float:
        """Price a package before fuel and surcharges."""
        weight_usd = self.per_lb_usd * math.pow(weight_lb, WEIGHT_EXPONENT)
        return self.base_usd + weight_usd * math.pow(ZONE_FACTOR[zone], self.zone_slope)


PARCEL_CARDS = (
    ParcelCard("economy", base_usd=5.00, per_lb_usd=0.62, zone_slope=1.0, max_weight_lb=70),
    ParcelCard("ground", base_usd=5.88, per_lb_usd=0.70, zone_slope=1.0, max_weight_lb=150),
    ParcelCard("two_day", base_usd=12.80, per_lb_usd=2.00, zone_slope=0.7, max_weight_lb=150),
    ParcelCard("overnight", base_usd=23.50, per_lb_usd=3.80, zone_slope=0.6, max_weight_lb=150),
)


def courier_price_usd(zone: int, weight_lb: int) -> float:
    """Price a same-day run: flat, plus the miles of the band, plus the pounds above the free weight."""
    miles_usd = COURIER_USD_PER_MILE * COURIER_MILES[zone]
    return COURIER_BASE_USD + miles_usd + COURIER_USD_PER_LB * max(0, weight_lb - COURIER_FREE_LB)


def rate_rows() -> Iterator[tuple[str, ...]]:
    """Yield every row of the table: parcel services first, then the courier."""
    for card in PARCEL_CARDS:
        for zone in ZONE_FACTOR:
            for weight_lb in WEIGHTS_LB:
                if weight_lb <= card.max_weight_lb:
                    price_usd = card.price_usd(zone, weight_lb)
                    yield "parcel", card.service, str(zone), str(weight_lb), f"{price_usd:.2f}"
    for zone in COURIER_MILES:
        for weight_lb in WEIGHTS_LB:
            if COURIER_FREE_LB <= weight_lb <= COURIER_MAX_LB:
                price_usd = courier_price_usd(zone, weight_lb)
                yield "courier", "same_day", str(zone), str(weight_lb), f"{price_usd:.2f}"


def main() -> None:
    """Write the price cards."""
    header = ("carrier", "service", "zone", "weight_to_lb", "price_usd")
    write_table(target_folder() / "rates.csv", header, rate_rows())


if __name__ == "__main__":
    main()
