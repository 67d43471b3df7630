"""What a policy may ask of the network: few, big questions.

The twin answers them from its live state, production from a snapshot of its own. A node that takes no orders now
(disabled, closed, at its limit, or already asked) has nothing available, so no policy can use it by mistake.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from twin.domain.cartons import Parcels
from twin.domain.nodes import FulfillmentNode
from twin.domain.orders import Lines
from twin.domain.products import Product
from twin.policies.decision import Offer, Reason


class NetworkView(Protocol):
    """The read-only network."""

    @property
    def now_hours(self) -> float:
        """When this is: hours on the clock by which orders are placed and promised."""

    @property
    def nodes(self) -> Mapping[str, FulfillmentNode]:
        """All fulfillment nodes by name."""

    @property
    def products(self) -> Mapping[str, Product]:
        """All products by SKU."""

    def miles(self, node: str, destination: str) -> float:
        """Return the great-circle distance to a destination, infinite where a position is not known."""

    def region(self, destination: str) -> str:
        """Return the region a destination lies in, the same names as of the nodes' places."""

    def parcels(self, lines: Lines) -> Parcels:
        """Return the boxes that some lines are packed in."""

    def offers(self, destination: str, service_level: str, parcels: Parcels) -> Sequence[Offer]:
        """Return every way to send some parcels, cheapest first, ties by node and service."""

    def arrives_at(self, offer: Offer) -> float:
        """Return when an order placed now would arrive by an offer."""

    def can_fill(self, node: str, lines: Lines) -> bool:
        """Answer whether a node takes orders and has every unit of the lines to promise."""

    def available_to_promise(self, node: str, sku: str) -> int:
        """Return the units of a product that a node can promise now."""

    def on_hand(self, node: str, sku: str) -> int:
        """Return the units of a product that a node's books say are there, promised or not, open or not."""

    def reserved(self, node: str, sku: str) -> int:
        """Return the units of a product at a node that are promised to orders."""

    def unreserved(self, sku: str) -> Mapping[str, int]:
        """Return the units of a product on hand and not promised, of every node: one question for those who rank."""

    def closed_because(self, node: str) -> Reason | None:
        """Return why a node takes no orders now, or None where it does."""

    def backlog_hours(self, node: str) -> float:
        """Return the work already waiting at a node's slowest stage, in station-hours."""

    def orders_left(self, node: str) -> float:
        """Return how many more orders a node takes today; infinite where it has no limit."""


@dataclass(frozen=True, slots=True)
class Without:
    """A view on the same network in which some nodes take no orders, for those that declined before."""

    view: NetworkView
    excluded: frozenset[str]

    @property
    def now_hours(self) -> float:
        """When this is."""
        return self.view.now_hours

    @property
    def nodes(self) -> Mapping[str, FulfillmentNode]:
        """All fulfillment nodes by name."""
        return self.view.nodes

    @property
    def products(self) -> Mapping[str, Product]:
        """All products by SKU."""
        return self.view.products

    def miles(self, node: str, destination: str) -> float:
        """Return the great-circle distance to a destination."""
        return self.view.miles(node, destination)

    def region(self, destination: str) -> str:
        """Return the region a destination lies in."""
        return self.view.region(destination)

    def parcels(self, lines: Lines) -> Parcels:
        """Return the boxes that some lines are packed in."""
        return self.view.parcels(lines)

    def offers(self, destination: str, service_level: str, parcels: Parcels) -> Sequence[Offer]:
        """Return every way to send some parcels, cheapest first."""
        return self.view.offers(destination, service_level, parcels)

    def arrives_at(self, offer: Offer) -> float:
        """Return when an order placed now would arrive by an offer."""
        return self.view.arrives_at(offer)

    def can_fill(self, node: str, lines: Lines) -> bool:
        """Answer whether a node takes orders and has every unit of the lines to promise."""
        return node not in self.excluded and self.view.can_fill(node, lines)

    def available_to_promise(self, node: str, sku: str) -> int:
        """Return the units of a product that a node can promise now."""
        return 0 if node in self.excluded else self.view.available_to_promise(node, sku)

    def on_hand(self, node: str, sku: str) -> int:
        """Return the units of a product that a node's books say are there."""
        return self.view.on_hand(node, sku)

    def reserved(self, node: str, sku: str) -> int:
        """Return the units of a product at a node that are promised to orders."""
        return self.view.reserved(node, sku)

    def unreserved(self, sku: str) -> Mapping[str, int]:
        """Return the units of a product on hand and not promised, of every node."""
        return self.view.unreserved(sku)

    def closed_because(self, node: str) -> Reason | None:
        """Return why a node takes no orders now, or None where it does."""
        return Reason.PREVIOUSLY_REJECTED if node in self.excluded else self.view.closed_because(node)

    def backlog_hours(self, node: str) -> float:
        """Return how long a node needs for the work already waiting."""
        return self.view.backlog_hours(node)

    def orders_left(self, node: str) -> float:
        """Return how many more orders a node takes today."""
        return 0.0 if node in self.excluded else self.view.orders_left(node)
