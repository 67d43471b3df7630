"""Which shipments are at their nodes: known only in runs that may have to take some of them back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from twin.simulation.history import History
from twin.simulation.nodes import WorkingNode
from twin.simulation.shipments import Shipment
from twin.simulation.stages import Entry


class Custody:
    """The shipments that have come to each node and not left it; `take_back` frees the goods of one."""

    def __init__(
        self, nodes: Mapping[str, WorkingNode], history: History, take_back: Callable[[Shipment], None]
    ) -> None:
        self._history, self._take_back = history, take_back
        self._here: dict[str, dict[int, Shipment]] = {name: {} for name in nodes}
        for name, node in nodes.items():
            node.first = Door(node.first, self._here[name])

    def left(self, name: str, shipments: Iterable[Shipment]) -> None:
        """Let shipments leave a node."""
        here = self._here[name]
        for shipment in shipments:
            here.pop(id(shipment), None)

    def holding(self, name: str, sku: str) -> list[Shipment]:
        """Return the shipments at a node with a product, the latest promise first."""
        found = [
            shipment
            for shipment in self._here[name].values()
            if not shipment.is_taken_back and any(line.sku == sku for line in shipment.plan.lines)
        ]
        return sorted(found, key=lambda one: (one.order.promised_by, one.order.number, one.turn), reverse=True)

    def take_back(self, node: WorkingNode, shipment: Shipment, reason: str) -> None:
        """Take a shipment back from its node: out of the dock, and out of what was picked from a shelf."""
        plan = shipment.plan
        if node.shelf is not None and shipment.finished:
            node.shelf.put_back(plan.lines)
        self._history.event("taken_back", plan.offer.node, shipment.order.number, plan.parcels.units, reason=reason)
        self._take_back(shipment)
        self.left(plan.offer.node, [shipment])
        dock = node.docks.get(plan.offer.service)
        if dock is not None:
            dock.packed = [one for one in dock.packed if one is not shipment]


class Door:
    """Notes what comes in to a node, and hands it on."""

    def __init__(self, entry: Entry, here: dict[int, Shipment]) -> None:
        self._entry, self._here = entry, here

    def admit(self, shipment: Shipment) -> None:
        """Take a shipment in."""
        self._here[id(shipment)] = shipment
        self._entry.admit(shipment)
