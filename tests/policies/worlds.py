"""A network written down by hand, for routing policies to decide in: stock, ways to ship, and who is closed.

`SnapshotView` is the plainest view there can be. The twin's live view and a production system's own must answer alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import inf

from tests.factories import COLUMBUS, PRODUCTS, a_node
from twin.domain.cartons import Parcels
from twin.domain.nodes import FulfillmentNode, NodeKind
from twin.domain.orders import Lines, Order, OrderLine, units_of
from twin.domain.products import Product
from twin.policies.decision import Decision, Offer, Reason

HERE = "432"
STANDARD = "standard"


@dataclass(frozen=True, slots=True)
class Way:
    """How one node ships by one service: $5 and no more, on the doorstep after 24 hours."""

    node: str
    usd: float = 5.0
    arrives_at: float = 24.0
    service: str = "parcel_ground"
    usd_per_unit: float = 0.0


@dataclass(frozen=True)
class SnapshotView:
    """The answers of a network that stands still; a node without ways cannot ship anything.

    Every shipment costs one box. `most_units` is what the services take at once. `promised` units are on the shelf
    besides the stock, reserved for others.
    """

    ways: tuple[Way, ...]
    stock: Mapping[str, Mapping[str, int]]
    closed: Mapping[str, Reason] = field(default_factory=dict)
    priorities: Mapping[str, int] = field(default_factory=dict)
    miles_to: Mapping[str, float] = field(default_factory=dict)
    box_usd: float = 0.0
    most_units: float = inf
    kinds: Mapping[str, NodeKind] = field(default_factory=dict)
    groups: Mapping[str, frozenset[str]] = field(default_factory=dict)
    promised: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    backlogs: Mapping[str, float] = field(default_factory=dict)

    @property
    def now_hours(self) -> float:
        """It is midnight of the first day."""
        return 0.0

    @cached_property
    def nodes(self) -> Mapping[str, FulfillmentNode]:
        """Every node that has stock or a way to ship, in order of name."""
        names = sorted({*self.stock, *self.priorities, *(way.node for way in self.ways)})
        return {
            name: a_node(
                name,
                COLUMBUS,
                priority=self.priorities.get(name, 1),
                kind=self.kinds.get(name, "dc"),
                groups=self.groups.get(name, frozenset()),
            )
            for name in names
        }

    @property
    def products(self) -> Mapping[str, Product]:
        """A mug, a lamp and a book."""
        return {product.sku: product for product in PRODUCTS}

    def region(self, destination: str) -> str:
        """Everybody lives in the midwest."""
        return COLUMBUS.region

    def miles(self, node: str, destination: str) -> float:
        """Return what was written down, or 100 miles."""
        return self.miles_to.get(node, 100.0)

    def parcels(self, lines: Lines) -> Parcels:
        """Put everything into one box."""
        units = units_of(lines)
        return Parcels(
            key=units,
            signature=(),
            weight_kg=0.0,
            packaging_usd=self.box_usd,
            packaging_co2e_kg=0.0,
            lines=len(lines),
            units=units,
        )

    def offers(self, destination: str, service_level: str, parcels: Parcels) -> tuple[Offer, ...]:
        """Return every way, cheapest first, ties by node and service."""
        if parcels.units > self.most_units:
            return ()
        offers = [
            Offer(way.node, way.service, 1, way.usd + way.usd_per_unit * parcels.units, 0.0, 0, pickup, 1)
            for pickup, way in enumerate(self.ways)
        ]
        return tuple(sorted(offers, key=lambda offer: (offer.cost_usd, offer.node, offer.service)))

    def arrives_at(self, offer: Offer) -> float:
        """Return when the way arrives."""
        return self.ways[offer.pickup].arrives_at

    def can_fill(self, node: str, lines: Lines) -> bool:
        """Answer whether the node is open and has every unit."""
        return all(self.available_to_promise(node, line.sku) >= line.quantity for line in lines)

    def available_to_promise(self, node: str, sku: str) -> int:
        """Return the stock of an open node."""
        return 0 if node in self.closed else self.stock.get(node, {}).get(sku, 0)

    def on_hand(self, node: str, sku: str) -> int:
        """Return stock and promised units, of closed nodes too."""
        return self.stock.get(node, {}).get(sku, 0) + self.reserved(node, sku)

    def reserved(self, node: str, sku: str) -> int:
        """Return what was promised to others."""
        return self.promised.get(node, {}).get(sku, 0)

    def unreserved(self, sku: str) -> dict[str, int]:
        """Return what is there and not promised, of every node."""
        return {node: self.on_hand(node, sku) - self.reserved(node, sku) for node in self.nodes}

    def closed_because(self, node: str) -> Reason | None:
        """Return why the node is closed."""
        return self.closed.get(node)

    def backlog_hours(self, node: str) -> float:
        """Return what was written down, or nothing to do."""
        return self.backlogs.get(node, 0.0)

    def orders_left(self, node: str) -> float:
        """Nobody has a limit."""
        return 0.0 if node in self.closed else inf


def lines_of(**quantities: int) -> Lines:
    """Order lines by SKU."""
    return tuple(OrderLine(sku, quantity) for sku, quantity in quantities.items())


def an_order(promised_by: float = 48.0, **quantities: int) -> Order:
    """Order number 7 of some products, due after two days."""
    return Order(7, 0.0, "web", HERE, STANDARD, lines_of(**quantities), promised_by, (), 0.0)


def ways_from(*nodes: str, **special: float) -> tuple[Way, ...]:
    """One way from each of some nodes, all alike."""
    return tuple(Way(node, **special) for node in nodes)


def what(lines: Iterable[OrderLine]) -> dict[str, int]:
    """Units by SKU."""
    return {line.sku: line.quantity for line in lines}


def who_ships_what(decision: Decision) -> dict[str, dict[str, int]]:
    """Units by node and SKU."""
    return {shipment.offer.node: what(shipment.lines) for shipment in decision.shipments}
