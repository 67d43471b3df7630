"""Who should serve whom until stock comes again, and what a unit of stock is worth meanwhile.

Each product is a transportation program (`transport.py`) on the demand forecast and the stock available now. Four
things keep them few and small:

- destinations that cost nearly alike from every node are put together (`clusters.py`);
- the cost to serve one is the mean over the service levels;
- products whose parcel costs the same to send share their costs;
- they are solved some at a time, because a solver's time grows faster than its program.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from math import inf

import numpy as np

from twin.domain.cartons import Parcels
from twin.domain.orders import OrderLine
from twin.policies.clusters import LONGEST_DAYS, Clusters
from twin.policies.forecast import Forecast
from twin.policies.stock_prices import Flows, Prices
from twin.policies.transport import Flags, Floats, Programs
from twin.policies.view import NetworkView

DECIMALS = 6  # of prices and shares: what lies below is the solver's tolerance
PROGRAMS_AT_ONCE = 128  # 32 at a time take a fifth longer, 256 no less (13 nodes, 16 clusters)


@dataclass(frozen=True, slots=True)
class ForecastProgram:
    """How finely a forecast is looked at, and what a unit of it costs that nobody serves.

    With `demand_draws` the answers are means over so many draws of Poisson demand, each SKU's own numbers whatever else
    is sold; without, they are those of the expected demand itself. A level that a node has no service for counts as
    unserved. Order limits count orders, each of so many units.
    """

    clusters: int = 16
    demand_draws: int = 0
    seed: int = 0
    unserved_usd: float = 50.0
    units_per_order: float = 1.4

    def __post_init__(self) -> None:
        if self.clusters < 1 or self.demand_draws < 0:
            raise ValueError(
                f"clusters must be at least 1, demand_draws not negative, got {self.clusters} and {self.demand_draws}"
            )
        if self.unserved_usd <= 0 or self.units_per_order <= 0:
            raise ValueError(
                f"unserved_usd and units_per_order must be above 0, got {self.unserved_usd} and {self.units_per_order}"
            )

    def solve(self, network: NetworkView, forecast: Forecast) -> tuple[Prices, Flows]:
        """Return the price of stock, and which node is to serve whom."""
        wanted = _wanted(network, forecast)
        if not wanted or not forecast.destinations:
            return Prices(), Flows()
        nodes = sorted(network.nodes)
        clusters = self._clusters(wanted[0][0], network, forecast)
        alike = [Alike(
            self.cost_to_serve(parcels, clusters.destinations, network, forecast),
            tuple(skus),
            np.array([[network.available_to_promise(node, sku) for node in nodes] for sku in skus], dtype=np.float64),
            np.array([clusters.units(sku, forecast) for sku in skus]),
        ) for parcels, skus in wanted]  # fmt: skip
        busy_usd = self._busy_usd(alike, network, forecast)
        prices, flows = [], []
        for some in _in_turn(alike, max(1, PROGRAMS_AT_ONCE // max(1, self.demand_draws))):
            worth, served = self._means(some, busy_usd)
            prices += some.price_rows(worth, nodes)
            flows += some.flow_rows(worth, served, nodes, clusters.destinations)
        return Prices(tuple(sorted(prices))), Flows(tuple(sorted(flows)), clusters.members)

    def cost_to_serve(
        self, parcels: Parcels, destinations: Sequence[str], network: NetworkView, forecast: Forecast
    ) -> Floats:
        """Return what some parcels cost from each node, in order of name, to each destination: the mean over levels."""
        nodes, total = sorted(network.nodes), sum(forecast.service_levels.values())
        levels = [(level, share / total) for level, share in sorted(forecast.service_levels.items()) if share > 0]
        cost = np.zeros((len(nodes), len(destinations)))
        for column, destination in enumerate(destinations):
            for level, share in levels:
                cheapest: dict[str, float] = {}
                for offer in network.offers(destination, level, parcels):  # cheapest first
                    cheapest.setdefault(offer.node, offer.cost_usd)
                    if len(cheapest) == len(nodes):
                        break
                cost[:, column] += [share * cheapest.get(node, self.unserved_usd) for node in nodes]
        return cost

    def _clusters(self, parcels: Parcels, network: NetworkView, forecast: Forecast) -> Clusters:
        destinations = sorted(forecast.destinations)
        return Clusters.of(
            self.cost_to_serve(parcels, destinations, network, forecast), network, forecast, self.clusters
        )

    def _busy_usd(self, alike: Sequence[Alike], network: NetworkView, forecast: Forecast) -> Floats:
        """Return what each node's order limit is worth a unit: nothing where its stock ends before its time does.

        Stock that a node has no time to send is worth nothing to later orders, however many would like to have it.
        """
        limits = [network.nodes[node].orders_per_day for node in sorted(network.nodes)]
        units_a_limit = self.units_per_order * min(forecast.days, LONGEST_DAYS)
        able = np.array([inf if limit is None else limit * units_a_limit for limit in limits])
        stock = np.sum([some.stock.sum(axis=0) for some in alike], axis=0)
        if not (able < stock).any():
            return np.zeros(len(limits))
        demand = np.sum([some.expected.sum(axis=0) for some in alike], axis=0)
        cost = np.sum([some.cost * some.expected.sum() for some in alike], axis=0) / demand.sum()
        enough = np.where(able < stock, able, np.where(stock > 0, demand.sum() + 1, 0))
        prices, _ = Programs(cost, enough[np.newaxis], demand[np.newaxis], self.unserved_usd).solve()
        busy: Floats = prices[0]
        return busy

    def _draws(self, sku: str, expected: Floats) -> Floats:
        """Return demand by draw and cluster; the same for a SKU whenever it is asked for."""
        if not self.demand_draws:
            return expected[np.newaxis]
        key = int.from_bytes(sha256(f"{self.seed}/{sku}".encode()).digest()[:16], "little")
        generator = np.random.Generator(np.random.Philox(key=key))
        return generator.poisson(expected, (self.demand_draws, len(expected))).astype(np.float64)

    def _means(self, alike: Alike, busy_usd: Floats) -> tuple[Floats, Floats]:
        """Return, by SKU, the mean price of each node's stock and the share of each cluster that each node serves."""
        demand = np.array([self._draws(sku, units) for sku, units in zip(alike.skus, alike.expected, strict=True)])
        skus, draws, clusters = demand.shape
        cost, stock = alike.cost + busy_usd[:, np.newaxis], np.repeat(alike.stock, draws, axis=0)
        prices, flows = Programs(cost, stock, demand.reshape(-1, clusters), self.unserved_usd).solve()
        units = demand.sum(axis=1)[:, np.newaxis, :]
        served = flows.reshape(skus, draws, len(cost), clusters).sum(axis=1)
        worth = prices.reshape(skus, draws, len(cost)).mean(axis=1)
        return worth.round(DECIMALS), (served / np.where(units > 0, units, 1.0)).round(DECIMALS)


@dataclass(frozen=True, slots=True)
class Alike:
    """Products whose parcels cost the same to send (nodes x clusters), their stock, and what is expected of them."""

    cost: Floats
    skus: tuple[str, ...]
    stock: Floats
    expected: Floats

    def price_rows(self, worth: Floats, nodes: Sequence[str]) -> list[tuple[str, str, float]]:
        """Return the prices at every node that has some, of the SKUs of which some node's stock is worth something."""
        contested: Flags = (worth.max(axis=1) > 0)[:, np.newaxis]
        where = np.argwhere(contested & (self.stock > 0)).tolist()
        return [(nodes[node], self.skus[sku], float(worth[sku, node])) for sku, node in where]

    def flow_rows(
        self, worth: Floats, served: Floats, nodes: Sequence[str], clusters: Sequence[str]
    ) -> list[tuple[str, str, str, float]]:
        """Return the shares of the SKUs of which some node's stock is worth something."""
        contested: Flags = (worth.max(axis=1) > 0)[:, np.newaxis, np.newaxis]
        where = np.argwhere((served > 0) & contested).tolist()
        return [(self.skus[sku], clusters[to], nodes[node], float(served[sku, node, to])) for sku, node, to in where]


def _wanted(network: NetworkView, forecast: Forecast) -> list[tuple[Parcels, list[str]]]:
    """Return the SKUs that somebody wants and somebody has, by parcels that cost the same to send, most units first."""
    units: dict[str, float] = {}
    for by_sku in forecast.units_per_day.values():
        for sku, per_day in by_sku.items():
            units[sku] = units.get(sku, 0.0) + per_day
    found: dict[int, tuple[Parcels, list[str]]] = {}
    for sku in sorted(units):
        known = units[sku] > 0 and sku in network.products
        if known and any(network.available_to_promise(node, sku) > 0 for node in network.nodes):
            parcels = network.parcels((OrderLine(sku, 1),))
            found.setdefault(parcels.key, (parcels, []))[1].append(sku)
    return sorted(found.values(), key=lambda alike: (-sum(units[sku] for sku in alike[1]), alike[1]))


def _in_turn(alike: Sequence[Alike], at_once: int) -> Iterator[Alike]:
    """Yield some products at a time."""
    for each in alike:
        for start in range(0, len(each.skus), at_once):
            some = slice(start, start + at_once)
            yield Alike(each.cost, each.skus[some], each.stock[some], each.expected[some])
