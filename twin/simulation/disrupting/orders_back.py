"""Orders whose goods are taken from them, and their new decisions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from twin.simulation.fulfillment import Fulfillment
from twin.simulation.order_desk import OrderDesk
from twin.simulation.shipments import Shipment


class OrdersBack:
    """Decides anew once the books are changed: first on what was taken back, then on what no node has begun."""

    def __init__(self, fulfillment: Fulfillment, desk: OrderDesk) -> None:
        self._fulfillment, self._desk = fulfillment, desk

    @contextmanager
    def decided_anew(self) -> Iterator[list[Shipment]]:
        """Let shipments be taken back in between, to be put into the list, and route them at the end."""
        taken: list[Shipment] = []
        held = self._desk.give_back()
        yield taken
        self._fulfillment.route_anew(taken)
        self._desk.take_again(held)
