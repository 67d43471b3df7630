"""Stock that a fire or a flood destroys, and the orders it was promised to."""

from __future__ import annotations

from collections.abc import Mapping
from math import floor

from twin.domain.disruptions import Disruption
from twin.domain.effects import StockDestroyed
from twin.simulation.disrupting.capacity import hits
from twin.simulation.disrupting.custody import Custody
from twin.simulation.disrupting.disruptor import Moment
from twin.simulation.disrupting.orders_back import OrdersBack
from twin.simulation.history import History
from twin.simulation.nodes import WorkingNode
from twin.simulation.observing import StockLog
from twin.simulation.shipments import Shipment

DESTROYED = "destroyed"


class Destruction:
    """Writes off what is destroyed as a disruption begins."""

    def __init__(
        self, nodes: Mapping[str, WorkingNode], custody: Custody, orders: OrdersBack, stock: StockLog, history: History
    ) -> None:
        self._nodes, self._custody, self._orders = nodes, custody, orders
        self._stock, self._history = stock, history

    def apply(self, event: Disruption, moment: Moment) -> None:
        """Destroy a share of what is on hand."""
        effect = event.effect(StockDestroyed)
        if effect is None or moment != "begins":
            return
        with self._orders.decided_anew() as taken:
            for node in self._nodes.values():
                if hits(event, node):
                    taken.extend(self._destroy(node, effect.share))

    def _destroy(self, node: WorkingNode, share: float) -> list[Shipment]:
        """Destroy a share of the stock of a node, and return the shipments whose goods are gone."""
        name, ledger, taken = node.node.name, node.ledger, []
        for sku, on_hand in ledger.on_hand.items():
            units = floor(on_hand * share + 0.5)
            if node.shelf is not None:
                units = min(units, max(0, node.shelf.lying(sku)))
            if not units:
                continue
            for shipment in self._custody.holding(name, sku) if ledger.reserved[sku] > on_hand - units else ():
                if ledger.reserved[sku] > on_hand - units:
                    self._custody.take_back(node, shipment, DESTROYED)
                    taken.append(shipment)
            ledger.destroy(sku, units)
            self._history.event(DESTROYED, name, units=units, reason=sku)
        self._stock.touch(name)
        return taken
