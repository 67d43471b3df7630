"""Who orders what, when and where to: a non-homogeneous arrival process, drawn day by day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

import numpy as np

from twin.domain.calendars import Timeline
from twin.domain.counts import is_of_counts
from twin.domain.disruptions import Disruption
from twin.domain.distributions import Distribution
from twin.domain.geography import Place
from twin.domain.products import Product
from twin.simulation.arrivals import Arrivals
from twin.simulation.days import DayColumns, Floats, Integers, Names
from twin.simulation.distributions import quantiles
from twin.simulation.promises import PromiseBook
from twin.simulation.streams import stream

HOURS = 24
SURGING = ("demand", "region", "storm")  # the scopes of disruptions that change demand


class Demand(Protocol):
    """A source of orders, one day at a time."""

    names: Names

    def day(self, day: int, first_number: int) -> DayColumns:
        """Return the orders of a day, numbered from `first_number` on."""


@dataclass(frozen=True, slots=True)
class Promotion:
    """Days on which some channels and regions order a multiple of the usual; no names mean all."""

    starts_on: date
    ends_on: date
    factor: float
    channels: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DemandShape:
    """The parameters of modelled demand; shares and profiles are relative and scaled to `orders_per_day`.

    `lines` and `units` are of whole numbers, so that their means are those of what is drawn.
    """

    orders_per_day: float
    arrivals: Arrivals
    channel_shares: Mapping[str, float]
    regional_weights: Mapping[str, float]
    hour_shares: Sequence[float]
    weekday_factors: Sequence[float]
    season_factors: Sequence[float]
    promotions: Sequence[Promotion]
    lines: Distribution
    units: Distribution
    regional_tilt: float
    level_shares: Mapping[str, float]

    def __post_init__(self) -> None:
        for label, spread in (("lines", self.lines), ("units", self.units)):
            if not is_of_counts(spread):
                raise ValueError(f"{label} must be of whole numbers from 1, got {spread}")


class ModelledDemand:
    """Draws orders from a `DemandShape`; every purpose and day has a random stream of its own."""

    def __init__(  # noqa: PLR0913, PLR0917  (the world an order is born into)
        self,
        shape: DemandShape,
        timeline: Timeline,
        places: Sequence[Place],
        products: Sequence[Product],
        promises: PromiseBook,
        disruptions: Sequence[Disruption],
        seed: int,
        replication: int,
    ) -> None:
        regions = tuple(sorted({place.region for place in places}))
        self.names = Names(
            tuple(shape.channel_shares), regions, tuple(place.zip3 for place in places),
            tuple(shape.level_shares), tuple(product.sku for product in products),
        )  # fmt: skip
        self._shape, self._timeline, self._promises = shape, timeline, promises
        self._seed, self._replication = seed, replication
        self._places = {region: [p for p in places if p.region == region] for region in regions}
        self._surges = [event for event in disruptions if event.demand_factor != 1.0 and event.scope in SURGING]
        self._expected = [0.0]  # orders before each day, as far as anybody asked
        self._destinations = [_cumulative([p.population * (p.region == region) for p in places])
                              for region in regions]  # fmt: skip
        self._skus = [_cumulative([p.popularity * (shape.regional_tilt if p.tilted_to == region else 1.0)
                                   for p in products]) for region in regions]  # fmt: skip
        self._levels = _cumulative(list(shape.level_shares.values()))
        self._zones = [_main_timezone(places, region) for region in regions]
        self._shares = _cell_shares(shape, places, regions)

    def day(self, day: int, first_number: int) -> DayColumns:
        """Draw the orders of a day."""
        rates = self.rates(day)
        arrivals = self._shape.arrivals
        before = self._expected_before(day) if arrivals.kind == "fixed_interval" else 0.0
        placed_at = arrivals.instants(rates.sum(axis=(1, 2)), day, self._stream("arrivals", day), before)
        count = len(placed_at)
        hour = np.minimum((placed_at - day * HOURS).astype(np.int64), HOURS - 1)
        channel, region = self._cells(rates, hour, self._uniforms("cell", day, count))
        destination = _by_group(self._destinations, region, self._uniforms("destination", day, count))
        level = _pick(self._levels, self._uniforms("service-level", day, count))
        starts, sku, quantity = self._baskets(day, region)
        promised_by = self._promises.promised_by(placed_at, level, destination)
        return DayColumns(day, first_number, placed_at, channel, region, destination, level, promised_by,
                          starts, sku, quantity)  # fmt: skip

    def rates(self, day: int) -> Floats:
        """Return the expected orders of a day by hour, channel and region."""
        factors = np.stack([self._region_factors(day, region) for region in range(len(self.names.regions))], axis=1)
        rates = self._shape.orders_per_day * self._shares[None, :, :] * factors[:, None, :]
        today = self._timeline.date(day)
        for promotion in self._shape.promotions:
            if promotion.starts_on <= today <= promotion.ends_on:
                rates *= self._where(promotion.channels, promotion.regions, promotion.factor)
        for surge in self._surges:
            rates *= self._surge(surge, day)
        return rates

    def _expected_before(self, day: int) -> float:
        """Return the expected orders of all days before a day."""
        while len(self._expected) <= day:
            hourly = self.rates(len(self._expected) - 1).sum(axis=(1, 2))
            self._expected.append(self._expected[-1] + float(np.cumsum(hourly)[-1]))  # to the bit as arrivals add up
        return self._expected[day]

    def _region_factors(self, day: int, region: int) -> Floats:
        """Return hour share x weekday x season for each hour of the day, by the region's own clock."""
        factors = np.empty(HOURS)
        for hour in range(HOURS):
            local = self._timeline.local(day * HOURS + hour, self._zones[region])
            season = self._shape.season_factors[local.timetuple().tm_yday - 1]
            factors[hour] = self._shape.hour_shares[local.hour] * self._shape.weekday_factors[local.weekday()] * season
        return factors

    def _where(self, channels: Sequence[str], regions: Sequence[str], factor: float) -> Floats:
        """Return factors by channel and region, 1 where the factor does not apply."""
        names = self.names
        hit_channel = np.array([not channels or name in channels for name in names.channels])
        hit_region = np.array([not regions or name in regions for name in names.regions])
        return np.where(hit_channel[:, None] & hit_region[None, :], factor, 1.0)

    def _surge(self, surge: Disruption, day: int) -> Floats:
        """Return factors by hour, channel and region."""
        regions = surge.targets if surge.scope == "region" else ()
        middles = (day * HOURS + np.arange(HOURS) + 0.5).tolist()
        full = self._where((), regions, surge.demand_factor)[None, :, :]
        if surge.track is not None:
            felt = [[self._felt(surge, region, at) for region in self.names.regions] for at in middles]
            return 1.0 + np.array(felt)[:, None, :] * (full - 1.0)
        strength = np.array([surge.severity_at(at) for at in middles])
        return 1.0 + strength[:, None, None] * (full - 1.0)

    def _felt(self, storm: Disruption, region: str, instant: float) -> float:
        """Return how badly a storm bites in a region, in the mean of its people."""
        if not storm.severity_at(instant):
            return 0.0
        people = sum(place.population for place in self._places[region])
        hit = sum(place.population * storm.severity_of(place, instant) for place in self._places[region])
        return hit / people if people else 0.0

    def _cells(self, rates: Floats, hour: Integers, uniforms: Floats) -> tuple[Integers, Integers]:
        """Choose channel and region of each order in proportion to the rates of its hour."""
        regions = rates.shape[2]
        flat = rates.reshape(HOURS, -1)
        totals = flat.sum(axis=1, keepdims=True)
        cumulative = np.cumsum(flat / np.where(totals > 0, totals, 1.0), axis=1)
        cell = (uniforms[:, None] >= cumulative[hour][:, :-1]).sum(axis=1)
        return cell // regions, cell % regions

    def _baskets(self, day: int, region: Integers) -> tuple[Integers, Integers, Integers]:
        """Draw lines, products and quantities; a product drawn twice for an order becomes one line."""
        orders = len(region)
        counts = quantiles(self._shape.lines, self._uniforms("lines", day, orders)).astype(np.int64)
        order = np.repeat(np.arange(orders), counts)
        sku = _by_group(self._skus, region[order], self._uniforms("sku", day, len(order)))
        quantity = quantiles(self._shape.units, self._uniforms("units", day, len(order)))
        pairs, first = np.unique(order * len(self.names.skus) + sku, return_inverse=True)
        merged = np.bincount(first, weights=quantity, minlength=len(pairs)).astype(np.int64)
        owners, skus = np.divmod(pairs, len(self.names.skus))
        return np.searchsorted(owners, np.arange(orders + 1)), skus, merged

    def _stream(self, purpose: str, day: int) -> np.random.Generator:
        return stream(self._seed, self._replication, "demand", purpose, str(day))

    def _uniforms(self, purpose: str, day: int, count: int) -> Floats:
        return self._stream(purpose, day).random(count)


def _cumulative(weights: Sequence[float]) -> Floats:
    total = np.cumsum(np.asarray(weights, dtype=np.float64))
    return total / total[-1] if len(total) and total[-1] > 0 else total


def _pick(cumulative: Floats, uniforms: Floats) -> Integers:
    return np.minimum(np.searchsorted(cumulative, uniforms, side="right"), len(cumulative) - 1)


def _by_group(cumulatives: Sequence[Floats], group: Integers, uniforms: Floats) -> Integers:
    """Pick with the cumulative weights of each element's group."""
    found = np.empty(len(group), dtype=np.int64)
    for number, cumulative in enumerate(cumulatives):
        mine = group == number
        found[mine] = _pick(cumulative, uniforms[mine])
    return found


def _main_timezone(places: Sequence[Place], region: str) -> str:
    people: dict[str, int] = {}
    for place in places:
        if place.region == region:
            people[place.timezone] = people.get(place.timezone, 0) + place.population
    return max(sorted(people), key=lambda zone: people[zone])


def _cell_shares(shape: DemandShape, places: Sequence[Place], regions: Sequence[str]) -> Floats:
    """Return the share of all orders by channel and region."""
    people = np.array([sum(p.population for p in places if p.region == region) for region in regions], dtype=float)
    weights = people * np.array([shape.regional_weights.get(region, 1.0) for region in regions])
    channels = np.array(list(shape.channel_shares.values()))
    return np.outer(channels / channels.sum(), weights / weights.sum())
