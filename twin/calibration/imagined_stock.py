"""The stock as it would have been: logged pictures moved by what production took and what we would have taken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from msgspec import structs

from twin.policies.decision import Reason
from twin.policies.snapshot import NodeState, Snapshot, StockState

Taken = tuple[str, Mapping[str, int]]
"""One shipment: its node, and units by product."""


class ImaginedStock:
    """Units and orders that production took and we would not have taken, negative where it is the other way round.

    Units move what a node can promise, and the other way what is reserved there: first what is reserved, then, where
    production's goods have left the house by then, what is on hand. Nothing falls below zero.

    Orders move what a node still takes on a day. A day ends where the logged `orders_left` is higher than production's
    own decisions leave it; from then on both count anew. A node that was closed only because production had used up its
    orders is open to us while ours are not, with what is on hand and not reserved; it closes once ours are used up.
    """

    def __init__(self) -> None:
        self._units = Counter[tuple[str, str]]()
        self._orders = Counter[str]()
        self._expected: dict[str, tuple[float, float]] = {}

    def production_took(self, shipments: Iterable[Taken], sign: int = 1) -> None:
        """Count shipments that production planned; with sign -1, that it got back."""
        for node, units in shipments:
            self._take(node, units, sign)
            if node in self._expected:
                seen_at, left = self._expected[node]
                self._expected[node] = seen_at, left - sign

    def ours_took(self, shipments: Iterable[Taken], sign: int = 1) -> None:
        """Count shipments that we would have planned; with sign -1, that we would have got back."""
        for node, units in shipments:
            self._take(node, units, -sign)

    def notice(self, picture: Snapshot) -> None:
        """Look at a logged picture for nodes whose new day has begun."""
        for name, node in picture.nodes.items():
            if node.orders_left is None:
                continue
            seen_at, left = self._expected.get(name, (picture.taken_at, node.orders_left))
            if node.orders_left > left and picture.taken_at > seen_at:
                self._orders[name] = 0
            self._expected[name] = picture.taken_at, node.orders_left

    def imagined(self, picture: Snapshot) -> Snapshot:
        """Return a logged picture as it would have been."""
        return structs.replace(picture, nodes={name: self._node(name, node) for name, node in picture.nodes.items()})

    def _take(self, node: str, units: Mapping[str, int], sign: int) -> None:
        self._orders[node] += sign
        for sku, count in units.items():
            self._units[node, sku] += sign * count

    def _node(self, name: str, node: NodeState) -> NodeState:
        node = self._with_orders(name, node)
        moved = {sku: self._units[name, sku] for sku in node.stock if self._units[name, sku]}
        if not moved:
            return node
        stock = {sku: _moved(state, moved.get(sku, 0)) for sku, state in node.stock.items()}
        return structs.replace(node, stock=stock)

    def _with_orders(self, name: str, node: NodeState) -> NodeState:
        """Return the node with as many orders left as we would have left it, open or closed by that."""
        if node.orders_left is None or not self._orders[name]:
            return node
        left = max(0.0, node.orders_left + self._orders[name])
        if left < 1 and node.closed_because is None:
            return structs.replace(node, orders_left=left, closed_because=Reason.ORDER_LIMIT)
        if left >= 1 and node.closed_because is Reason.ORDER_LIMIT:
            stock = {sku: _free(state) for sku, state in node.stock.items()}
            return structs.replace(node, orders_left=left, closed_because=None, stock=stock)
        return structs.replace(node, orders_left=left)


def _moved(state: StockState, units: int) -> StockState:
    """Return a stock with some more units to promise, or less."""
    reserved = max(0, state.reserved - units)
    gone_in_the_log = max(0, units - state.reserved)
    return StockState(state.on_hand + gone_in_the_log, reserved, max(0, state.available + units))


def _free(state: StockState) -> StockState:
    return structs.replace(state, available=max(0, state.on_hand - state.reserved))
