"""Demand that really happened, replayed day by day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from twin.domain.network import Network
from twin.simulation.days import DayColumns, Floats, Integers, Names
from twin.simulation.promises import PromiseBook

HOURS_PER_DAY = 24.0


@dataclass(frozen=True, slots=True)
class TracedLine:
    """One line of a real order."""

    sku: str
    quantity: int


@dataclass(frozen=True, slots=True)
class TracedOrder:
    """One real order; without a promise of its own it gets the one its service level makes."""

    order_id: str
    placed_at: float
    channel: str
    destination: str
    service_level: str
    lines: tuple[TracedLine, ...]
    promised_by: float | None


@dataclass(frozen=True, slots=True)
class TracedOrders:
    """All orders of a trace as columns in order of time; a missing promise is nan."""

    names: Names
    order_ids: Sequence[str]
    placed_at: Floats
    channel: Integers
    region: Integers
    destination: Integers
    service_level: Integers
    promised_by: Floats
    line_starts: Integers
    sku: Integers
    quantity: Integers

    @classmethod
    def of(cls, orders: Sequence[TracedOrder], network: Network) -> TracedOrders:
        """Turn sorted orders into columns; a product on several lines of an order becomes one line."""
        names = _names(orders, network)
        rank = {sku: number for number, sku in enumerate(names.skus)}
        merged = [_merged(order.lines, rank) for order in orders]
        lines = [line for of_order in merged for line in of_order.items()]
        return cls(
            names,
            [order.order_id for order in orders],
            np.array([order.placed_at for order in orders], dtype=np.float64),
            _codes(names.channels, [order.channel for order in orders]),
            _codes(names.regions, [network.places[order.destination].region for order in orders]),
            _codes(names.destinations, [order.destination for order in orders]),
            _codes(names.service_levels, [order.service_level for order in orders]),
            np.array([order.promised_by for order in orders], dtype=np.float64),  # None becomes nan
            np.cumsum([0, *(len(of_order) for of_order in merged)]),
            _codes(names.skus, [sku for sku, _ in lines]),
            np.array([quantity for _, quantity in lines], dtype=np.int64),
        )

    @property
    def units_per_order(self) -> float:
        """Mean units of an order."""
        return float(self.quantity.sum() / max(1, len(self.placed_at)))

    def units_per_day(self, days: int) -> Mapping[str, Mapping[str, float]]:
        """Return mean units a day by region and SKU, over so many days."""
        counts = np.zeros((len(self.names.regions), len(self.names.skus)))
        region = np.repeat(self.region, np.diff(self.line_starts))
        np.add.at(counts, (region, self.sku), self.quantity)
        return {
            name: dict(zip(self.names.skus, (row / max(1, days)).tolist(), strict=True))
            for name, row in zip(self.names.regions, counts, strict=True)
        }


class TracedDemand:
    """Replays a trace: every replication meets the same orders."""

    def __init__(self, trace: TracedOrders, promises: PromiseBook) -> None:
        self.names = trace.names
        self._trace = trace
        promised = promises.promised_by(trace.placed_at, trace.service_level, trace.destination)
        self._promised_by = np.where(np.isnan(trace.promised_by), promised, trace.promised_by)

    def day(self, day: int, first_number: int) -> DayColumns:
        """Return the orders placed on a day."""
        trace = self._trace
        start, end = np.searchsorted(trace.placed_at, [day * HOURS_PER_DAY, (day + 1) * HOURS_PER_DAY]).tolist()
        first, last = trace.line_starts[start], trace.line_starts[end]
        mine = slice(start, end)
        return DayColumns(
            day, first_number, trace.placed_at[mine], trace.channel[mine], trace.region[mine],
            trace.destination[mine], trace.service_level[mine], self._promised_by[mine],
            trace.line_starts[start : end + 1] - first, trace.sku[first:last], trace.quantity[first:last],
        )  # fmt: skip


def _names(orders: Sequence[TracedOrder], network: Network) -> Names:
    channels = sorted({order.channel for order in orders})
    regions = sorted({place.region for place in network.places.values()})
    return Names(
        tuple(channels), tuple(regions), tuple(network.places), tuple(network.service_levels), tuple(network.products)
    )


def _merged(lines: Sequence[TracedLine], rank: Mapping[str, int]) -> dict[str, int]:
    """Return an order's units by product, in the catalogue's order: that of the table's rows must not matter."""
    units: dict[str, int] = {}
    for line in lines:
        units[line.sku] = units.get(line.sku, 0) + line.quantity
    return dict(sorted(units.items(), key=lambda item: rank[item[0]]))


def _codes(names: Sequence[str], words: Sequence[str]) -> Integers:
    code = {name: number for number, name in enumerate(names)}
    return np.array([code[word] for word in words], dtype=np.int64)
