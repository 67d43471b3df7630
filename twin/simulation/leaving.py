"""Goods that leave their nodes: on a truck, with the customer who collects them, in the van of a store."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from twin.domain.local_delivery import LOCAL_DELIVERY
from twin.domain.pickup import PICKUP
from twin.domain.stock import StockLedger
from twin.simulation.docks import Dock
from twin.simulation.history import History
from twin.simulation.losses import Losses
from twin.simulation.observing import StockLog
from twin.simulation.shipments import Shipment

Follower = Callable[[str, Sequence[Shipment]], None]
"""Hears of the shipments that have left a node."""


class Leaving:
    """Takes shipments out of the books of their nodes and tells everybody who follows them."""

    def __init__(self, ledgers: Mapping[str, StockLedger], stock: StockLog, history: History) -> None:
        self._ledgers, self._stock, self._history = ledgers, stock, history
        self.followers: list[Follower] = []
        self.losses: Losses | None = None

    def on_a_truck(self, dock: Dock, departs_at: float, shipments: list[Shipment]) -> None:
        """Let a truck take what is packed; one that did not come takes nothing."""
        name, service = dock.node.name, dock.service.name
        if shipments:
            self._leave(name, shipments)
            if self.losses is not None:
                self.losses.carried(dock, departs_at, shipments)
            self._history.carried(name, service, departs_at, shipments)
        if dock.packed:
            left = sum(shipment.plan.parcels.units for shipment in dock.packed)
            self._history.event("rolled_over", name, units=left, reason=service)

    def to_be_collected(self, shipment: Shipment) -> None:
        """Keep an order for its customer, who comes or does not."""
        self._hand_out(shipment, PICKUP, self._history.clock.now_hours)

    def in_a_van(self, shipment: Shipment, departs_at: float) -> None:
        """Let a store's van take an order."""
        self._hand_out(shipment, LOCAL_DELIVERY, departs_at)

    def _hand_out(self, shipment: Shipment, service: str, at: float) -> None:
        name = shipment.plan.offer.node
        self._leave(name, [shipment])
        self._history.carried(name, service, at, [shipment])

    def _leave(self, name: str, shipments: Sequence[Shipment]) -> None:
        ledger = self._ledgers[name]
        for shipment in shipments:
            ledger.ship(shipment.plan.lines)
        self._stock.touch(name)
        for follow in self.followers:
            follow(name, shipments)
