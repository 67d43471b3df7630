"""A small country by hand: nodes and customers in regions, prices by region, and stock that moves.

`RegionalWorld` is a view like any other; `carry_out` takes what a decision ships off the shelves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import inf

from tests.factories import COLUMBUS, PRODUCTS, a_node
from twin.domain.cartons import Parcels
from twin.domain.nodes import FulfillmentNode
from twin.domain.orders import Lines, Order, units_of
from twin.domain.products import Product
from twin.policies.decision import Decision, Offer, Reason

STANDARD = "standard"
DAY = 24.0


@dataclass(slots=True)
class RegionalWorld:
    """A network whose prices depend on where the customer lives; a destination is its region.

    `usd[node][region]` is a shipment of one unit, `usd_per_unit` each further one, `days` when it arrives after
    `now_hours` (one day unless told), `miles_to[node][region]` how far it is (its price in hundred miles unless told).
    """

    usd: Mapping[str, Mapping[str, float]]
    stock: dict[str, dict[str, int]]
    usd_per_unit: float = 1.0
    days: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    miles_to: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    skus: Sequence[str] = ("mug", "lamp", "book")
    limits: dict[str, float] = field(default_factory=dict)
    closed: Mapping[str, Reason] = field(default_factory=dict)
    box_usd: float = 0.0
    now_hours: float = 0.0

    @property
    def nodes(self) -> Mapping[str, FulfillmentNode]:
        """Every node that ships somewhere."""
        return {name: a_node(name, COLUMBUS) for name in sorted(self.usd)}

    @property
    def products(self) -> Mapping[str, Product]:
        """Mugs under many names."""
        return {sku: replace(PRODUCTS[0], sku=sku) for sku in self.skus}

    def region(self, destination: str) -> str:
        """Everybody lives where their region says; what follows a dash tells neighbors apart."""
        return destination.partition("-")[0]

    def miles(self, node: str, destination: str) -> float:
        """Return what was written down, or a hundred miles for each dollar."""
        usd = self.usd[node].get(self.region(destination), inf)
        return self.miles_to.get(node, {}).get(destination, usd * 100.0)

    def parcels(self, lines: Lines) -> Parcels:
        """Put everything into one box."""
        units = units_of(lines)
        return Parcels(units, (), 0.0, self.box_usd, 0.0, len(lines), units)

    def offers(self, destination: str, service_level: str, parcels: Parcels) -> tuple[Offer, ...]:
        """Return one offer from each node that ships to the region, cheapest first, ties by node."""
        region = self.region(destination)
        more = self.usd_per_unit * (parcels.units - 1)
        offers = [
            Offer(node, "ground", 1, usd[region] + more, 0.0, self.days.get(node, {}).get(region, 1), 0, 1)
            for node, usd in self.usd.items()
            if region in usd
        ]
        return tuple(sorted(offers, key=lambda offer: (offer.cost_usd, offer.node)))

    def arrives_at(self, offer: Offer) -> float:
        """Return whole days after now."""
        return self.now_hours + DAY * offer.transit_days

    def can_fill(self, node: str, lines: Lines) -> bool:
        """Answer whether a node has every unit."""
        return all(self.available_to_promise(node, line.sku) >= line.quantity for line in lines)

    def available_to_promise(self, node: str, sku: str) -> int:
        """Return what is on the shelf of a node that takes orders."""
        taking = node not in self.closed and self.orders_left(node) >= 1
        return self.stock.get(node, {}).get(sku, 0) if taking else 0

    def on_hand(self, node: str, sku: str) -> int:
        """Return what is on the shelf."""
        return self.stock.get(node, {}).get(sku, 0)

    def reserved(self, node: str, sku: str) -> int:
        """Nothing is promised."""
        return 0

    def unreserved(self, sku: str) -> dict[str, int]:
        """Return what is there and not promised, of every node."""
        return {node: self.on_hand(node, sku) - self.reserved(node, sku) for node in self.nodes}

    def closed_because(self, node: str) -> Reason | None:
        """Return why a node takes no orders."""
        return self.closed.get(node, Reason.ORDER_LIMIT if self.orders_left(node) < 1 else None)

    def backlog_hours(self, node: str) -> float:
        """Nobody has work waiting."""
        return 0.0

    def orders_left(self, node: str) -> float:
        """Return what was written down; no limit else."""
        return self.limits.get(node, inf)

    def carry_out(self, decision: Decision) -> None:
        """Take what is shipped off the shelves, and count the orders of nodes with a limit."""
        for shipment in decision.shipments:
            node = shipment.offer.node
            if node in self.limits:
                self.limits[node] -= 1
            for line in shipment.lines:
                self.stock[node][line.sku] -= line.quantity


def an_order(number: int, to: str, lines: Lines, placed_at: float = 0.0, promised_by: float = 72.0) -> Order:
    """An order to a region."""
    return Order(number, placed_at, "web", to, STANDARD, lines, promised_by, (), 0.0)
