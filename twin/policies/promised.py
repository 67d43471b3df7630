"""The network less what was decided a moment ago."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from twin.domain.orders import Lines
from twin.policies.decision import PlannedShipment, Reason
from twin.policies.view import Without


@dataclass(frozen=True, slots=True)
class Promised(Without):
    """A view on the same network once some planned shipments are on their way: for those who decide several orders."""

    units: dict[tuple[str, str], int] = field(default_factory=dict)
    orders: dict[str, int] = field(default_factory=dict)

    def promise(self, shipments: Iterable[PlannedShipment]) -> None:
        """Count what some shipments take as promised."""
        for shipment in shipments:
            node = shipment.offer.node
            self.orders[node] = self.orders.get(node, 0) + 1
            for line in shipment.lines:
                self.units[node, line.sku] = self.units.get((node, line.sku), 0) + line.quantity

    def copy(self) -> Promised:
        """Return the same view, to be carried on separately."""
        return Promised(self.view, self.excluded, dict(self.units), dict(self.orders))

    def can_fill(self, node: str, lines: Lines) -> bool:
        """Answer whether a node takes orders and has every unit of the lines to promise."""
        return all(self.available_to_promise(node, line.sku) >= line.quantity for line in lines)

    def available_to_promise(self, node: str, sku: str) -> int:
        """Return the units of a product that a node can still promise."""
        if self.orders_left(node) < 1:
            return 0
        return self.view.available_to_promise(node, sku) - self.units.get((node, sku), 0)

    def reserved(self, node: str, sku: str) -> int:
        """Return the units of a product at a node that are promised to orders."""
        return self.view.reserved(node, sku) + self.units.get((node, sku), 0)

    def unreserved(self, sku: str) -> dict[str, int]:
        """Return the units of a product on hand and not promised, of every node."""
        return {node: units - self.units.get((node, sku), 0) for node, units in self.view.unreserved(sku).items()}

    def closed_because(self, node: str) -> Reason | None:
        """Return why a node takes no orders now, or None where it does."""
        return self.view.closed_because(node) or (Reason.ORDER_LIMIT if self.orders_left(node) < 1 else None)

    def orders_left(self, node: str) -> float:
        """Return how many more orders a node takes today."""
        return self.view.orders_left(node) - self.orders.get(node, 0)
