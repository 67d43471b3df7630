"""The network at one instant as plain data, and the view over it: what production routes by.

A snapshot holds what changes from minute to minute: who takes orders, stock, backlogs, pickups. What does not change
(places, rates, boxes) stays with the price lists, so the same offers come out of both. `snapshot_for` keeps only what
one order needs: about 3 kB of JSON for 13 nodes and three lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import inf, isfinite

from msgspec import Struct

from twin.domain.cartons import Parcels
from twin.domain.errors import TwinError
from twin.domain.nodes import FulfillmentNode
from twin.domain.orders import Lines, Order
from twin.domain.products import Product
from twin.policies.cartons import Packer
from twin.policies.decision import Offer, Reason
from twin.policies.offer_lists import OfferList
from twin.policies.offers import OfferBook
from twin.policies.routing.rate_shopping import later
from twin.policies.view import NetworkView


class StockState(Struct, frozen=True, forbid_unknown_fields=True):
    """The units of one product at one node: by the books, promised to orders, and still to promise."""

    on_hand: int
    reserved: int
    available: int


class NodeState(Struct, frozen=True, forbid_unknown_fields=True):
    """One node at one instant.

    `orders_left` is None without a limit. `stock` lists the products by SKU; what is missing is not there.
    `arrives_at[service][days]` is when an order placed now would arrive by a service that takes so many days in
    transit; what is missing never does.
    """

    stock: dict[str, StockState]
    arrives_at: dict[str, dict[str, float]]
    closed_because: Reason | None = None
    backlog_hours: float = 0.0
    orders_left: float | None = None


class Snapshot(Struct, frozen=True, forbid_unknown_fields=True):
    """The network at one instant, `taken_at` hours after the epoch of its clock."""

    taken_at: float
    nodes: dict[str, NodeState]


class UnknownNodes(TwinError):  # noqa: N818  (says what is wrong with the snapshot)
    """A snapshot is of another network."""


def snapshot_for(order: Order, network: NetworkView, book: OfferBook, *, delays: bool = False) -> Snapshot:
    """Return all that a policy may ask about an order, of every node; with `delays` also when late parcels arrive."""
    skus = sorted({line.sku for line in order.lines})
    arrivals = _arrivals(order, network, book, delays=delays)
    return Snapshot(
        network.now_hours, {node: _state(node, skus, arrivals.get(node, {}), network) for node in sorted(network.nodes)}
    )


def _state(node: str, skus: Iterable[str], arrives_at: dict[str, dict[str, float]], network: NetworkView) -> NodeState:
    left = network.orders_left(node)
    return NodeState(
        stock={
            sku: StockState(
                network.on_hand(node, sku), network.reserved(node, sku), network.available_to_promise(node, sku)
            )
            for sku in skus
        },
        arrives_at=arrives_at,
        closed_because=network.closed_because(node),
        backlog_hours=network.backlog_hours(node),
        orders_left=left if isfinite(left) else None,
    )


def _arrivals(
    order: Order, network: NetworkView, book: OfferBook, *, delays: bool
) -> dict[str, dict[str, dict[str, float]]]:
    """Return by node and service when something sent to the order's destination would arrive, by days in transit."""
    found: dict[str, dict[str, dict[str, float]]] = {}
    for offer in book.ways(order.destination, order.service_level):
        longest = len(book.network.services[offer.service].on_time_rates) if delays else 1
        ways = [later(offer, days) for days in range(longest)]
        arrivals = {str(way.transit_days): at for way in ways if isfinite(at := network.arrives_at(way))}
        if arrivals:
            found.setdefault(offer.node, {})[offer.service] = arrivals
    return found


@dataclass(frozen=True, slots=True)
class SnapshotView:
    """Answers policies from a snapshot and the price lists of its network."""

    book: OfferBook
    packer: Packer
    snapshot: Snapshot

    def __post_init__(self) -> None:
        missing = sorted(set(self.book.network.nodes) - set(self.snapshot.nodes))
        unknown = sorted(set(self.snapshot.nodes) - set(self.book.network.nodes))
        if missing or unknown:
            raise UnknownNodes(
                f"the snapshot is of another network than {self.book.network.name!r}: "
                f"missing {', '.join(missing) or 'nothing'}; unknown {', '.join(unknown) or 'nothing'}"
            )

    @property
    def now_hours(self) -> float:
        """When this is."""
        return self.snapshot.taken_at

    @property
    def nodes(self) -> Mapping[str, FulfillmentNode]:
        """All fulfillment nodes by name."""
        return self.book.network.nodes

    @property
    def products(self) -> Mapping[str, Product]:
        """All products by SKU."""
        return self.book.network.products

    def miles(self, node: str, destination: str) -> float:
        """Return the great-circle distance to a destination."""
        return self.book.miles(node, destination)

    def region(self, destination: str) -> str:
        """Return the region a destination lies in."""
        return self.book.network.places[destination].region

    def parcels(self, lines: Lines) -> Parcels:
        """Return the boxes that some lines are packed in."""
        return self.packer.pack(lines)

    def offers(self, destination: str, service_level: str, parcels: Parcels) -> OfferList:
        """Return every way to send some parcels, cheapest first."""
        return self.book.at(self.snapshot.taken_at).offers(destination, service_level, parcels)

    def arrives_at(self, offer: Offer) -> float:
        """Return when an order placed now would arrive by an offer."""
        return self.snapshot.nodes[offer.node].arrives_at.get(offer.service, {}).get(str(offer.transit_days), inf)

    def can_fill(self, node: str, lines: Lines) -> bool:
        """Answer whether a node takes orders and has every unit of the lines to promise."""
        return all(self.available_to_promise(node, line.sku) >= line.quantity for line in lines)

    def available_to_promise(self, node: str, sku: str) -> int:
        """Return the units of a product that a node can promise now."""
        state = self.snapshot.nodes[node]
        stock = state.stock.get(sku)
        return stock.available if stock is not None and state.closed_because is None else 0

    def on_hand(self, node: str, sku: str) -> int:
        """Return the units of a product that a node's books say are there."""
        stock = self.snapshot.nodes[node].stock.get(sku)
        return stock.on_hand if stock is not None else 0

    def reserved(self, node: str, sku: str) -> int:
        """Return the units of a product at a node that are promised to orders."""
        stock = self.snapshot.nodes[node].stock.get(sku)
        return stock.reserved if stock is not None else 0

    def unreserved(self, sku: str) -> dict[str, int]:
        """Return the units of a product on hand and not promised, of every node."""
        return {node: self.on_hand(node, sku) - self.reserved(node, sku) for node in self.nodes}

    def closed_because(self, node: str) -> Reason | None:
        """Return why a node takes no orders now, or None where it does."""
        return self.snapshot.nodes[node].closed_because

    def backlog_hours(self, node: str) -> float:
        """Return how long a node needs for the work already waiting."""
        return self.snapshot.nodes[node].backlog_hours

    def orders_left(self, node: str) -> float:
        """Return how many more orders a node takes today; infinite where it has no limit."""
        left = self.snapshot.nodes[node].orders_left
        return inf if left is None else left
