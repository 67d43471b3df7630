"""Who should serve whom until stock comes again, and what a unit of stock is worth meanwhile.

Each product is a transportation program: serve the demand forecast from the stock available now at the lowest cost,
whoever is not served at a penalty. The dual of a node's stock is its price. Five things keep the programs small:

- the destinations with the most demand of each region stand for those that lie alike, seen from the nodes;
- the cost to serve one is the mean over the service levels (a level that a node has no service for counts as unserved);
- products whose parcel costs the same to send share their costs;
- a node whose stock covers all that could ever be asked of it has the price zero and leaves the program, and with it
  every way to serve somebody that costs as much as from there; this repeats until nothing changes (`uncontested` says
  why that loses nothing). Most products vanish here;
- what remains is solved some programs at a time, because a solver's time grows faster than its program.

Where stock and demand meet exactly, a dual is any value between what the last unit saved and what one more would save.
So each node's stock counts 1/(nodes + 1) of a unit less: no sum of stocks then equals a sum of whole units, the dual is
unique, and it is what the last unit saves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from math import inf

import numpy as np
import numpy.typing as npt

from twin.domain.cartons import Parcels
from twin.domain.orders import Lines, OrderLine
from twin.policies.forecast import Forecast
from twin.policies.view import NetworkView

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

TIE_USD = 1e-9  # costs that differ by less are equal
DECIMALS = 6  # of prices and shares: what lies below is the solver's tolerance
PROGRAMS_AT_ONCE = 128  # 20 at a time took half as long again, 300 a little longer (13 nodes, 15 clusters)
NO_PRESOLVE = {"presolve": False}  # after ours the solver's own takes longer than it saves: 2.2 s in place of 1.5
LONGEST_DAYS = 365.0  # a forecast without an end counts as one of a year
BEYOND_MILES = 25_000.0  # stands for the distance to a place that nobody knows: no way on earth is longer


@dataclass(frozen=True, slots=True)
class Prices:
    """What a unit at a node is worth to later orders: rows of node, SKU and dollars, hashable as a policy must be.

    A product without rows is worth nothing anywhere; a node without a row of a product that has some had none of it,
    and counts as the one where it is worth least.
    """

    rows: tuple[tuple[str, str, float], ...] = ()
    _lowest: dict[str, float] = field(init=False, repr=False, compare=False)
    _above: dict[str, dict[str, float]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        lowest: dict[str, float] = {}
        for _, sku, usd in self.rows:
            lowest[sku] = min(usd, lowest.get(sku, usd))
        above: dict[str, dict[str, float]] = {}
        for node, sku, usd in self.rows:
            if usd > lowest[sku]:
                above.setdefault(node, {})[sku] = usd - lowest[sku]
        object.__setattr__(self, "_lowest", lowest)
        object.__setattr__(self, "_above", above)

    def usd(self, node: str, lines: Lines) -> float:
        """Return what some lines taken from a node are worth to later orders."""
        return self.above_lowest_usd(node, lines) + sum(line.quantity * self._lowest.get(line.sku, 0) for line in lines)

    def above_lowest_usd(self, node: str, lines: Lines) -> float:
        """Return how much more some lines are worth there than where they are worth least.

        It ranks plans that ship the same units as `usd` does, and being lower it lets their search end earlier.
        """
        above = self._above.get(node)
        if above is None:
            return 0.0
        total = 0.0
        for line in lines:
            total += line.quantity * above.get(line.sku, 0.0)
        return total

    def capped(self, most_usd: float) -> Prices:
        """Return the same prices, none above a limit."""
        return Prices(tuple([(node, sku, min(usd, most_usd)) for node, sku, usd in self.rows]))


@dataclass(frozen=True, slots=True)
class Flows:
    """Which share of a destination's demand for a SKU each node is to serve; only SKUs over which nodes compete.

    Rows of SKU, cluster, node and share, and the cluster that each destination belongs to.
    """

    rows: tuple[tuple[str, str, str, float], ...] = ()
    clusters: tuple[tuple[str, str], ...] = ()
    _of: dict[tuple[str, str], dict[str, float]] = field(init=False, repr=False, compare=False)
    _cluster: dict[str, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        of_sku: dict[tuple[str, str], dict[str, float]] = {}
        for sku, cluster, node, share in self.rows:
            of_sku.setdefault((sku, cluster), {})[node] = share
        object.__setattr__(self, "_of", of_sku)
        object.__setattr__(self, "_cluster", dict(self.clusters))

    def shares(self, sku: str, destination: str) -> Mapping[str, float]:
        """Return the shares by node, nodes in order of name; none where nobody competes or nothing is known."""
        return self._of.get((sku, self._cluster.get(destination, "")), {})


@dataclass(frozen=True, slots=True)
class Clusters:
    """Destinations that stand for those around them, their regions, and their share of the region's demand."""

    destinations: tuple[str, ...]
    regions: tuple[str, ...]
    shares: tuple[float, ...]
    members: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, network: NetworkView, forecast: Forecast, per_region: int) -> Clusters:
        """Let the destinations with the most demand of each region stand for those that lie alike."""
        nodes = sorted(network.nodes)
        by_region: dict[str, list[str]] = {}
        for destination in sorted(forecast.destinations, key=lambda name: (-forecast.destinations[name], name)):
            by_region.setdefault(network.region(destination), []).append(destination)
        shares: dict[tuple[str, str], float] = {}
        members = []
        for region in sorted(by_region):
            heads, miles = by_region[region][:per_region], _miles(by_region[region], nodes, network)
            for destination, away in zip(by_region[region], miles, strict=True):
                nearest = ((miles[: len(heads)] - away) ** 2).sum(axis=1).argmin()
                head = heads[int(nearest)]
                shares[region, head] = shares.get((region, head), 0.0) + forecast.destinations[destination]
                members.append((destination, head))
        heads_of = list(shares)
        return cls(
            tuple([head for _, head in heads_of]),
            tuple([region for region, _ in heads_of]),
            tuple(shares.values()),
            tuple(sorted(members)),
        )

    def units(self, sku: str, forecast: Forecast) -> Floats:
        """Return the units of a SKU that each cluster is expected to order until stock comes again."""
        per_day = [forecast.units_per_day.get(region, {}).get(sku, 0.0) for region in self.regions]
        expected: Floats = np.array(per_day) * np.array(self.shares) * min(forecast.days, LONGEST_DAYS)
        return expected


def _miles(destinations: Sequence[str], nodes: Sequence[str], network: NetworkView) -> Floats:
    miles = [[network.miles(node, destination) for node in nodes] for destination in destinations]
    known: Floats = np.minimum(np.array(miles), BEYOND_MILES)
    return known


@dataclass(frozen=True, slots=True)
class ForecastProgram:
    """How finely a forecast is looked at, and what a unit of it costs that nobody serves.

    With `demand_draws` the answers are means over so many draws of Poisson demand, each SKU's own numbers whatever else
    is sold; without, they are those of the expected demand itself.
    """

    clusters_per_region: int = 3
    demand_draws: int = 0
    seed: int = 0
    unserved_usd: float = 50.0
    units_per_order: float = 1.4

    def __post_init__(self) -> None:
        if self.clusters_per_region < 1 or self.demand_draws < 0:
            raise ValueError(
                "clusters_per_region must be at least 1 and demand_draws not negative, "
                f"got {self.clusters_per_region} and {self.demand_draws}"
            )
        if self.unserved_usd <= 0 or self.units_per_order <= 0:
            raise ValueError(
                f"unserved_usd and units_per_order must be above 0, got {self.unserved_usd} and {self.units_per_order}"
            )

    def solve(self, network: NetworkView, forecast: Forecast) -> tuple[Prices, Flows]:
        """Return the price of stock, and which node is to serve whom."""
        nodes = sorted(network.nodes)
        clusters = Clusters.of(network, forecast, self.clusters_per_region)
        alike = [
            Alike.of(parcels, skus, network, clusters, forecast, self.unserved_usd)
            for parcels, skus in _wanted(network, forecast)
        ]  # fmt: skip
        busy_usd = self._busy_usd(alike, network, forecast)
        prices, flows = [], []
        for some in _in_turn(alike, max(1, PROGRAMS_AT_ONCE // max(1, self.demand_draws))):
            worth, served = self._means(some, busy_usd)
            prices += _price_rows(worth, some, nodes)
            flows += _flow_rows(worth, served, some.skus, clusters.destinations, nodes)
        return Prices(tuple(sorted(prices))), Flows(tuple(sorted(flows)), clusters.members)

    def _busy_usd(self, alike: Sequence[Alike], network: NetworkView, forecast: Forecast) -> Floats:
        """Return what each node's order limit is worth a unit: nothing where it cannot bind before the stock does.

        Stock that a node has no time to send is worth nothing to later orders, however many would like to have it.
        """
        nodes = sorted(network.nodes)
        if not alike or all(network.nodes[node].orders_per_day is None for node in nodes):
            return np.zeros(len(nodes))
        stock = np.sum([some.stock.sum(axis=0) for some in alike], axis=0)
        demand = np.sum([some.expected.sum(axis=0) for some in alike], axis=0)
        cost = np.sum([some.cost * some.expected.sum() for some in alike], axis=0) / demand.sum()
        limits = [network.nodes[node].orders_per_day for node in nodes]
        most = np.array(
            [
                inf if limit is None else limit * self.units_per_order * min(forecast.days, LONGEST_DAYS)
                for limit in limits
            ]
        )
        able = np.where(most < stock, most, np.where(stock > 0, demand.sum() + 1, 0))
        prices, _ = Programs(cost, able[np.newaxis], demand[np.newaxis], self.unserved_usd).solve()
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

    @classmethod
    def of(
        cls, parcels: Parcels, skus: Sequence[str], network: NetworkView, clusters: Clusters, forecast: Forecast,
        unserved_usd: float,
    ) -> Alike:  # fmt: skip
        """Ask for the costs once, and for each product's stock and demand."""
        nodes = sorted(network.nodes)
        return cls(
            cost_to_serve(parcels, network, forecast, clusters, unserved_usd),
            tuple(skus),
            np.array([[network.available_to_promise(node, sku) for node in nodes] for sku in skus], dtype=np.float64),
            np.array([clusters.units(sku, forecast) for sku in skus]),
        )


def _wanted(network: NetworkView, forecast: Forecast) -> list[tuple[Parcels, list[str]]]:
    """Return the SKUs that somebody wants and somebody has, those together whose parcels cost the same to send."""
    wanted = {sku for by_sku in forecast.units_per_day.values() for sku, units in by_sku.items() if units > 0}
    found: dict[int, tuple[Parcels, list[str]]] = {}
    for sku in sorted(wanted):
        if sku in network.products and any(network.available_to_promise(node, sku) > 0 for node in network.nodes):
            parcels = network.parcels((OrderLine(sku, 1),))
            found.setdefault(parcels.key, (parcels, []))[1].append(sku)
    return list(found.values())


def _in_turn(alike: Sequence[Alike], at_once: int) -> Iterator[Alike]:
    """Yield some products at a time."""
    for all_of_them in alike:
        for start in range(0, len(all_of_them.skus), at_once):
            some = slice(start, start + at_once)
            yield Alike(all_of_them.cost, all_of_them.skus[some], all_of_them.stock[some], all_of_them.expected[some])


def _price_rows(worth: Floats, alike: Alike, nodes: Sequence[str]) -> list[tuple[str, str, float]]:
    """Return the prices at every node that has some, of the SKUs of which some node's stock is worth something."""
    contested: Flags = (worth.max(axis=1) > 0)[:, np.newaxis]
    where = np.argwhere(contested & (alike.stock > 0)).tolist()
    return [(nodes[node], alike.skus[sku], float(worth[sku, node])) for sku, node in where]


def _flow_rows(
    worth: Floats, served: Floats, skus: Sequence[str], clusters: Sequence[str], nodes: Sequence[str]
) -> list[tuple[str, str, str, float]]:
    """Return the shares of the SKUs of which some node's stock is worth something."""
    contested: Flags = (worth.max(axis=1) > 0)[:, np.newaxis, np.newaxis]
    where = np.argwhere((served > 0) & contested).tolist()
    return [(skus[sku], clusters[to], nodes[node], float(served[sku, node, to])) for sku, node, to in where]


def cost_to_serve(
    parcels: Parcels, network: NetworkView, forecast: Forecast, clusters: Clusters, unserved_usd: float
) -> Floats:
    """Return what some parcels cost from each node, in order of name, to each cluster: the mean over service levels."""
    nodes, total = sorted(network.nodes), sum(forecast.service_levels.values())
    cost = np.zeros((len(nodes), len(clusters.destinations)))
    for column, destination in enumerate(clusters.destinations):
        for level, share in sorted(forecast.service_levels.items()):
            cheapest: dict[str, float] = {}
            for offer in network.offers(destination, level, parcels):  # cheapest first
                cheapest.setdefault(offer.node, offer.cost_usd)
                if len(cheapest) == len(nodes):
                    break
            cost[:, column] += share / total * np.array([cheapest.get(node, unserved_usd) for node in nodes])
    return cost


@dataclass(frozen=True, slots=True)
class Programs:
    """Transportation programs with the same costs (nodes x clusters): a row of stock and a row of demand for each."""

    cost: Floats
    stock: Floats
    demand: Floats
    unserved_usd: float

    def solve(self) -> tuple[Floats, Floats]:
        """Return the price of each node's stock (programs x nodes) and the flows (programs x nodes x clusters)."""
        stock = np.where(self.stock > 0, self.stock - 1 / (len(self.cost) + 1), 0.0)
        rounds = self.uncontested(stock)
        otherwise, ways = self._ways(rounds > 0, stock)
        ways &= (self.demand > 0)[:, np.newaxis, :]
        prices, flows = np.zeros(stock.shape), np.zeros(ways.shape)
        if ways.any():
            self._share_out(ways, otherwise, stock, (prices, flows))
        self._serve_the_rest(rounds, otherwise, flows)
        return prices, flows

    def uncontested(self, stock: Floats) -> npt.NDArray[np.int64]:
        """Return in which round each node was found to have stock for all that could be asked of it, 0 if never.

        Say that such nodes never run dry. Then nobody needs to be served at a cost that one of them offers too, so
        another node is only asked for what it can serve more cheaply than all of them. A node with stock for all of
        that does not run dry either, and joins them in the next round. What is best while they cannot run dry is thus
        possible although they can; so it is best, and prices that fit it, zero for these nodes, fit the whole program.
        """
        rounds = np.zeros(stock.shape, dtype=np.int64)
        for number in range(1, len(self.cost) + 1):
            _, ways = self._ways(rounds > 0, stock)
            asked = (ways * self.demand[:, np.newaxis, :]).sum(axis=2)
            more = (rounds == 0) & (stock > 0) & (stock >= asked)
            if not more.any():
                break
            rounds[more] = number
        return rounds

    def _ways(self, free: Flags, stock: Floats) -> tuple[Floats, Flags]:
        """Return the lowest cost from nodes that never run dry, and the ways from other nodes that cost less."""
        otherwise = np.where(free[:, :, np.newaxis], self.cost, self.unserved_usd).min(axis=1)
        otherwise = np.minimum(otherwise, self.unserved_usd)
        able = ~free & (stock > 0)
        return otherwise, able[:, :, np.newaxis] & (self.cost < otherwise[:, np.newaxis, :] - TIE_USD)

    def _share_out(self, ways: Flags, otherwise: Floats, stock: Floats, answer: tuple[Floats, Floats]) -> None:
        """Solve what is contested: save as much as possible against being served otherwise."""
        from scipy.optimize import linprog
        from scipy.sparse import csc_array

        program, node, cluster = np.nonzero(ways)
        saved = otherwise[program, cluster] - self.cost[node, cluster]
        shelves, shelf = np.unique(program * len(self.cost) + node, return_inverse=True)
        wishes, wish = np.unique(program * self.cost.shape[1] + cluster, return_inverse=True)
        each = np.arange(len(saved))
        rows, columns = np.concatenate([shelf, len(shelves) + wish]), np.concatenate([each, each])
        limits = csc_array((np.ones(len(rows)), (rows, columns)), shape=(len(shelves) + len(wishes), len(saved)))
        most = np.concatenate([stock.ravel()[shelves], self.demand.ravel()[wishes]])
        found = linprog(-saved, A_ub=limits, b_ub=most, method="highs-ds", options=NO_PRESOLVE)  # type: ignore[call-overload]  # stubs: dense
        assert found.status == 0, found.message  # taking nothing is possible, and nobody takes more than there is
        prices, flows = answer
        prices.ravel()[shelves] = -found.ineqlin.marginals[: len(shelves)]
        flows[program, node, cluster] = found.x

    def _serve_the_rest(self, rounds: npt.NDArray[np.int64], otherwise: Floats, flows: Floats) -> None:
        """Add what is served from nodes that never run dry; of equals the one found first, which counted on it."""
        rest = self.demand - flows.sum(axis=1)
        rest[otherwise >= self.unserved_usd] = 0.0
        cost = self.cost + rounds[:, :, np.newaxis] * TIE_USD
        cheapest = np.where(rounds[:, :, np.newaxis] > 0, cost, np.inf).argmin(axis=1)
        program, cluster = np.indices(rest.shape)
        flows[program, cheapest, cluster] += rest
