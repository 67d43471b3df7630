"""Carriers, their services, price lists, transit times and timetables."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time
from itertools import accumulate
from math import inf

from twin.domain.cartons import Parcel
from twin.domain.distributions import Distribution
from twin.domain.injection import Injection
from twin.domain.liability import NO_LIABILITY, Liability
from twin.domain.surcharges import NO_EXTRAS, Extras, Surcharges, together


@dataclass(frozen=True, slots=True)
class RateCard:
    """Prices by zone and billable weight: `prices_usd[zone - 1][row]` holds up to `weights_lb[row]`.

    A zone the service does not reach has an empty row of prices.
    """

    weights_lb: tuple[float, ...]
    prices_usd: tuple[tuple[float, ...], ...]

    def __post_init__(self) -> None:
        if list(self.weights_lb) != sorted(set(self.weights_lb)):
            raise ValueError("rate card: weights must rise from row to row")
        for zone, row in enumerate(self.prices_usd, start=1):
            if row and len(row) != len(self.weights_lb):
                raise ValueError(f"rate card: zone {zone} has {len(row)} prices for {len(self.weights_lb)} weights")

    def price_usd(self, zone: int, billable_lb: float) -> float | None:
        """Return the list price, or None where the card has no price for that zone and weight."""
        row = self.prices_usd[zone - 1] if zone <= len(self.prices_usd) else ()
        at = bisect_left(self.weights_lb, billable_lb)
        return row[at] if row and at < len(self.weights_lb) else None


@dataclass(frozen=True, slots=True)
class CarrierService:
    """One product of one carrier, named `carrier/service`.

    `typical_days[zone - 1]` are business days in transit, the day of pickup not counted; None where it does not
    go. A service with `transit_hours` delivers the same day, that many hours after it left.
    """

    name: str
    carrier: str
    mode: str
    rates: RateCard
    surcharges: Surcharges
    dim_divisor: float
    dim_threshold_in3: float
    max_weight_lb: float
    max_length_in: float
    typical_days: tuple[int | None, ...]
    extra_days: Distribution
    transit_hours: Distribution | None
    delivery_weekdays: frozenset[int]
    pickup_weekdays: frozenset[int]
    liability: Liability = NO_LIABILITY

    @property
    def on_time_rates(self) -> tuple[float, ...]:
        """The probabilities of at most 0, 1, 2... days beyond the typical ones; of a spread without a list the mean."""
        late = self.extra_days
        if late.kind != "discrete":
            return (0.0,) * int(late.mean) + (1.0,)
        chances = [0.0] * (int(late.numbers("values")[-1]) + 1)
        for days, weight in zip(late.numbers("values"), late.numbers("weights"), strict=True):
            chances[int(days)] += weight
        *sums, total = accumulate(chances)
        return (*(part / total for part in sums), 1.0)

    def billable_lb(self, parcel: Parcel) -> int:
        """Return the weight a parcel is charged for: the real or the dimensional one, in whole pounds up."""
        if parcel.volume_in3 <= self.dim_threshold_in3:
            return parcel.weight_lb
        return max(parcel.weight_lb, -int(-parcel.volume_in3 // self.dim_divisor))

    def takes(self, parcel: Parcel) -> bool:
        """Answer whether a parcel is within the service's limits of weight and length."""
        return parcel.weight_lb <= self.max_weight_lb and parcel.longest_in <= self.max_length_in

    def label_usd(self, zone: int, parcel: Parcel) -> float | None:
        """Return the list price of one parcel, or None where this service does not carry it there."""
        reaches = zone <= len(self.typical_days) and self.typical_days[zone - 1] is not None
        if not reaches or not self.takes(parcel):
            return None
        return self.rates.price_usd(zone, self.billable_lb(parcel))

    def surcharge_usd(self, label_usd: float, parcels: int) -> float:
        """Return fuel and residential surcharges for parcels whose list prices add up to `label_usd`."""
        return label_usd * self.surcharges.fuel_rate + parcels * self.surcharges.residential_usd

    def carriage_usd(self, label_usd: float, parcels: int) -> float:
        """Return list prices with fuel and home delivery; infinite where the list has none."""
        return label_usd if label_usd == inf else label_usd + self.surcharge_usd(label_usd, parcels)

    def extras(self, parcels: Sequence[Parcel], area: str = "", at: float | None = None) -> Extras:
        """Return what the rules of surcharges add for some parcels to an area at an instant."""
        if not self.surcharges.rules:
            return NO_EXTRAS
        return together([self.surcharges.extras(parcel, area, at) for parcel in parcels])

    def billing(self, parcel: Parcel) -> tuple[int, ...]:
        """Return all figures of a parcel that its price depends on: equal ones cost the same; 0 where it is too large.

        These are the billable weight and, for each rule of surcharges that looks at parcels, whether it applies.
        """
        rules = [int(rule.fits(parcel)) for rule in self.surcharges.rules if rule.has_limits]
        return (self.billable_lb(parcel) if self.takes(parcel) else 0, *rules)


@dataclass(frozen=True, slots=True)
class Departure:
    """When a service collects at a node: on these weekdays, what is packed by the cut-off leaves at `departs`.

    Its truck takes at most `parcels_per_day`; the others wait for the next one. With an `injection` it goes to a hub.
    """

    service: str
    cutoff: time
    departs: time
    weekdays: frozenset[int]
    parcels_per_day: int | None = None
    injection: Injection | None = None

    def __post_init__(self) -> None:
        if self.cutoff > self.departs:
            raise ValueError(
                f"departure of {self.service!r}: cut-off {self.cutoff} is after its departure {self.departs}"
            )
        if self.parcels_per_day is not None and self.parcels_per_day < 1:
            raise ValueError(f"departure of {self.service!r}: parcels_per_day must be at least 1 or nothing")
