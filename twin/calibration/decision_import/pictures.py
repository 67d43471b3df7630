"""The network as it stood when production decided, as far as a stock list and the twin's own timetables tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import floor
from pathlib import Path

from msgspec import structs

from twin.domain.orders import Order, OrderLine
from twin.policies.decision import Decision
from twin.policies.snapshot import NodeState, Snapshot, StockState, snapshot_for
from twin.policies.view import NetworkView
from twin.simulation.run import Run
from twin.simulation.world import Model

Stock = Mapping[str, Mapping[str, int]]
"""Units by node and product."""


class Pictures:
    """Shows the network at instant after instant, without its orders: nobody waits, every truck is on time.

    The stock begins as it is given, and what production decided is taken from it as it comes. Receipts are not known:
    on a longer log shelves look emptier than they were. Arrival times are what the twin expects of its timetables at
    the last full hour, as in a run.
    """

    def __init__(self, model: Model, stock: Stock, folder: Path) -> None:
        idle = replace(model, opening_stock=stock, disruptions=(), explain="off", record=None)
        self._run = Run(idle, folder, 0, 0)  # its processes are never started: only its clock moves
        self._book = model.shelves.book
        self._expect()

    def at(self, instant: float) -> NetworkView:
        """Return the network at an instant, now or later."""
        hour = float(floor(instant))
        if hour > self._run.clock.now_hours:
            self._move_to(hour)
            self._expect()
        self._move_to(instant)
        return self._run.view

    def picture(self, order: Order) -> Snapshot:
        """Return all that a policy may ask about an order now."""
        return snapshot_for(order, self._run.view, self._book)

    def take(self, decision: Decision) -> None:
        """Promise what a decision ships; of what is not there, as much as there is."""
        for shipment in decision.shipments:
            ledger = self._run.ledgers[shipment.offer.node]
            for line in shipment.lines:
                there = min(line.quantity, ledger.available.get(line.sku, 0))
                if there > 0:
                    ledger.reserve((OrderLine(line.sku, there),))

    def _expect(self) -> None:
        for node in self._run.nodes.values():
            node.expect()

    def _move_to(self, instant: float) -> None:
        if instant > self._run.clock.now_hours:
            self._run.clock.run_with((), _nothing, instant)


def with_stock(picture: Snapshot, stock: Stock) -> Snapshot:
    """Return a picture with the stock that production says it saw; what it does not list is not there."""
    return structs.replace(
        picture, nodes={name: _stocked(state, stock.get(name, {})) for name, state in picture.nodes.items()}
    )


def _stocked(state: NodeState, units: Mapping[str, int]) -> NodeState:
    seen = {sku: units.get(sku, 0) for sku in state.stock}
    return structs.replace(state, stock={sku: StockState(count, 0, count) for sku, count in seen.items()})


def _nothing(arrival: Order) -> None:
    """Nobody orders anything."""
