"""What happens to shelves whatever anybody orders: wrong records, goods that vanish, customers in the shop."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, pairwise
from math import ceil, floor

import numpy as np

from twin.domain.calendars import Timeline
from twin.domain.nodes import FulfillmentNode
from twin.domain.products import Product
from twin.domain.shelf import ShelfTerms
from twin.simulation.days import Floats
from twin.simulation.distributions import quantiles
from twin.simulation.streams import stream

HOURS_PER_DAY = 24


@dataclass(frozen=True, slots=True)
class Visit:
    """What the customers in a shop want within an hour, as at its middle."""

    at: float
    wanted: Mapping[str, int]


class ShelfLuck:
    """The luck of one node's shelf in one replication, by product.

    Every product of the catalogue draws, also those that the node does not carry: another assortment moves no luck.
    """

    def __init__(
        self, node: FulfillmentNode, products: Mapping[str, Product], timeline: Timeline, seed: int, replication: int
    ) -> None:
        assert node.shelf is not None, "only nodes with a shelf have its luck"
        self._node, self._terms, self._products = node, node.shelf, products
        self._timeline, self._seed, self._replication = timeline, seed, replication

    def opening_errors(self, booked: Mapping[str, int]) -> dict[str, int]:
        """Draw by how many units the books have too many of each product; no more than they have at all."""
        terms: ShelfTerms = self._terms
        luck = self._stream("shelf-record")
        is_wrong = luck.random(len(self._products)) >= terms.book_accuracy
        is_phantom = luck.random(len(self._products)) < terms.phantom_share
        off_by = quantiles(terms.wrong_by, luck.random(len(self._products)))
        return {
            sku: min(booked[sku], int(units)) if phantom else -int(units)
            for sku, wrong, phantom, units in zip(self._products, is_wrong, is_phantom, off_by, strict=True)
            if wrong and sku in booked
        }

    def losses(self) -> Iterator[dict[str, float]]:
        """Yield for each night a uniform by product, which decides whether the fraction of a unit vanishes."""
        luck = self._stream("shrinkage")
        while True:
            yield dict(zip(self._products, luck.random(len(self._products)).tolist(), strict=True))

    def visits(self) -> Iterator[Visit]:
        """Yield what customers want in every hour in which the node is open, products in proportion to popularity."""
        carried = [sku for sku in self._products if sku in self._node.assortment]
        popularity = np.cumsum([self._products[sku].popularity for sku in carried])
        open_hours = self._open_hours()
        if not open_hours.sum() or not carried or popularity[-1] <= 0:
            return
        walk_ins_per_day = self._terms.walk_in_units_per_day / self._terms.units_per_walk_in.mean
        rates = open_hours * walk_ins_per_day * self._timeline.days / open_hours.sum()
        for day, hourly in enumerate(rates.reshape(-1, HOURS_PER_DAY)):
            luck = self._stream("walk-in", str(day))
            counts = luck.poisson(hourly)
            chosen = np.searchsorted(popularity, luck.random(counts.sum()) * popularity[-1], side="right")
            units = quantiles(self._terms.units_per_walk_in, luck.random(counts.sum()))
            ends = np.cumsum(counts)[:-1]
            for hour, codes, each in zip(count(), np.split(chosen, ends), np.split(units, ends), strict=False):
                if len(codes):
                    wanted = Counter[str]()
                    for code, number in zip(codes.tolist(), each.tolist(), strict=True):
                        wanted[carried[code]] += int(number)
                    yield Visit(day * HOURS_PER_DAY + hour + 0.5, dict(sorted(wanted.items())))

    def _open_hours(self) -> Floats:
        """Return for each hour of the run how much of it the shop is open."""
        hours = np.zeros(self._timeline.days * HOURS_PER_DAY)
        end = float(len(hours))
        staffing: Sequence[tuple[float, float]] = self._node.calendar.staffing(self._timeline)
        for (opens, rate), (closes, _) in pairwise([*staffing, (end, 0.0)]):
            for hour in range(max(0, floor(opens)), min(len(hours), ceil(closes))) if rate > 0 else ():
                hours[hour] += min(closes, hour + 1) - max(opens, hour)
        return hours

    def _stream(self, *purpose: str) -> np.random.Generator:
        return stream(self._seed, self._replication, *purpose, self._node.name)
