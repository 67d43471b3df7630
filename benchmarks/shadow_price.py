"""How long a refresh of `shadow_price` takes at 13 nodes, 900 destinations and 1,000 SKUs, and a decision with prices.

Usage: python -m benchmarks.shadow_price [--rounds 3]
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from functools import partial
from math import inf

import numpy as np

from benchmarks.networks import model
from benchmarks.timing import cpu_seconds, middle
from twin.domain.nodes import FulfillmentNode
from twin.domain.orders import Lines, Order, OrderLine
from twin.domain.products import Product
from twin.policies.decision import Offer, Reason
from twin.policies.forecast import Forecast
from twin.policies.routing.min_cost import MinCost
from twin.policies.routing.roles import RoutingPolicy
from twin.policies.routing.shadow_price import ShadowPrice
from twin.simulation.world import Model

DAYS = 7.0  # how long the stock has to last
UNITS_PER_DAY = 14_000.0
LEVELS = {"standard": 0.78, "expedited": 0.16, "next_day": 0.06}
COVERS = {"as stocked (four weeks)": (1.0,), "a week": (0.25,), "uneven": (0.0, 0.05, 0.1, 0.2, 0.5, 1.0)}
SECONDS_ALLOWED = 2.0


class StandingView:
    """The network with the stock it opens with, each shelf cut to one of some shares; nothing moves."""

    def __init__(self, built: Model, shares: tuple[float, ...]) -> None:
        self.book = built.shelves.book
        self.now_hours = 9.0
        self.nodes: Mapping[str, FulfillmentNode] = built.network.nodes
        self.products: Mapping[str, Product] = built.network.products
        self.offers = self.book.offers
        self.parcels = built.shelves.packer.pack
        random = np.random.default_rng(1)
        self._stock = {
            node: {sku: int(units * random.choice(shares)) for sku, units in sorted(stock.items())}
            for node, stock in sorted(built.opening_stock.items())
        }

    def available_to_promise(self, node: str, sku: str) -> int:
        """Return the units on the shelf."""
        return self._stock.get(node, {}).get(sku, 0)

    def can_fill(self, node: str, lines: Lines) -> bool:
        """Answer whether a node has every unit of the lines."""
        return all(self.available_to_promise(node, line.sku) >= line.quantity for line in lines)

    def on_hand(self, node: str, sku: str) -> int:
        """Return the units on the shelf."""
        return self.available_to_promise(node, sku)

    def unreserved(self, sku: str) -> Mapping[str, int]:
        """Return the units of a product at every node that has some."""
        return {node: stock[sku] for node, stock in self._stock.items() if stock.get(sku)}

    def reserved(self, _node: str, _sku: str) -> int:
        """Nothing is promised."""
        return 0

    def arrives_at(self, offer: Offer) -> float:
        """Return a day for each day of transit."""
        return self.now_hours + 24.0 * offer.transit_days

    def miles(self, node: str, destination: str) -> float:
        """Return the great-circle distance to a destination."""
        return self.book.miles(node, destination)

    def region(self, destination: str) -> str:
        """Return the region a destination lies in."""
        return self.book.network.places[destination].region

    def closed_because(self, _node: str) -> Reason | None:
        """Everybody is open."""
        return None

    def backlog_hours(self, _node: str) -> float:
        """Nobody has work waiting."""
        return 0.0

    def orders_left(self, _node: str) -> float:
        """Nobody has a limit."""
        return inf


def forecast_of(built: Model) -> Forecast:
    """Return demand by popularity and population."""
    products, places = built.network.products.values(), built.network.places.values()
    people: dict[str, float] = {}
    for place in places:
        people[place.region] = people.get(place.region, 0.0) + place.population
    popularity, everybody = sum(product.popularity for product in products), sum(people.values())
    units = {
        region: {
            product.sku: UNITS_PER_DAY * product.popularity / popularity * count / everybody for product in products
        }
        for region, count in people.items()
    }
    shares = {place.zip3: place.population / people[place.region] for place in places}
    return Forecast(units, shares, LEVELS, DAYS)


def some_orders(built: Model, count: int = 1000) -> list[Order]:
    """Return orders of one product, everywhere."""
    random = np.random.default_rng(2)
    skus, places = sorted(built.network.products), sorted(built.network.places)
    return [
        Order(
            number, 9.0, "web", str(random.choice(places)), "standard", (OrderLine(str(random.choice(skus)), 1),),
            129.0, (), 0.0,
        )
        for number in range(count)
    ]  # fmt: skip


def decision_us(policy: RoutingPolicy, orders: list[Order], view: StandingView) -> float:
    """Return the microseconds of a decision, price lists warm."""

    def decide() -> None:
        for order in orders:
            policy.decide(order, view)

    decide()
    return min(cpu_seconds(decide) for _ in range(3)) / len(orders) * 1e6


def _refresh(view: StandingView, forecast: Forecast, made: list[ShadowPrice]) -> None:
    made.append(ShadowPrice().refresh(view, forecast))


def main() -> None:
    """Refresh with ample, scarce and uneven stock, and print the seconds."""
    parser = argparse.ArgumentParser(prog="benchmarks.shadow_price")
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    built = model(13, 1)
    forecast, orders = forecast_of(built), some_orders(built)
    size = f"{len(built.network.nodes)} nodes, {len(built.network.places)} destinations, {len(built.network.products)}"
    print(f"{size} SKUs, {ShadowPrice().demand_draws} draws; allowed: {SECONDS_ALLOWED} s")
    for name, shares in COVERS.items():
        view = StandingView(built, shares)
        made: list[ShadowPrice] = []
        refresh = partial(_refresh, view, forecast, made)
        seconds = [cpu_seconds(refresh) for _ in range(rounds)]
        us = [decision_us(policy, orders, view) for policy in (MinCost(), made[-1])]
        print(f"  {name:26} refresh {middle(seconds):5.2f} s, {len(made[-1].prices.rows):6,} prices; "
              f"decision {us[1]:5.1f} us, min_cost {us[0]:5.1f} us")  # fmt: skip


if __name__ == "__main__":
    main()
