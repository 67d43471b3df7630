"""Orders that wait for stock, in the order they came, until it arrives or patience ends."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from twin.domain.orders import Lines, Order, OrderLine, part_of, units_of
from twin.domain.stock import StockLedger
from twin.simulation.clock import Clock
from twin.simulation.history import History

Turn = tuple[int, int]
"""Whose turn it is: by the number of the order, then by when its part began to wait."""


@dataclass(slots=True, eq=False)
class Waiting:
    """The part of an order that nobody can fill, and the books of the node that is to restock each of its lines."""

    order: Order
    owed_by: tuple[StockLedger | None, ...]
    done: bool = False


class Backorders:
    """The queue of the unfillable.

    `units` is the book of what is backordered; of these, `homeless_units` are owed by no node.
    """

    def __init__(
        self, unfilled: Literal["backorder", "cancel"], patience_hours: float, clock: Clock, history: History
    ) -> None:
        self.units = self.homeless_units = 0
        self.retry: Callable[[Order], bool] = _never
        self.available: Callable[[str, str], int] = _nothing
        self.home_of: Callable[[Order, OrderLine], StockLedger | None] = _nowhere
        self._cancels = unfilled == "cancel"
        self._patience_hours = patience_hours
        self._clock, self._history = clock, history
        self._by_sku: dict[str, dict[Turn, Waiting]] = {}
        self._sequence = 0

    def wait(self, order: Order, lines: Lines) -> None:
        """Put lines in the queue, or cancel them where orders do not wait or have waited long enough."""
        units = units_of(lines)
        gives_up_at = order.placed_at + self._patience_hours
        if self._cancels or gives_up_at <= self._clock.now_hours:
            self._history.cancel(order, units)
            return
        self._history.event("backordered", "", order.number, units)
        part = order if lines is order.lines else part_of(order, lines)
        waiting = Waiting(part, tuple([self.home_of(order, line) for line in lines]))
        self._sequence += 1
        turn = (order.number, self._sequence)
        self._remember(turn, waiting)
        self._clock.at(gives_up_at, self._give_up, (turn, waiting))

    def arrived(self, node: str, skus: Iterable[str]) -> None:
        """Try the orders that wait for products that came to a node, the oldest order first, while they last."""
        hopeful: dict[Turn, Waiting] = {}
        for sku in skus:
            hopeful.update(self._by_sku.get(sku, {}))
        for turn in sorted(hopeful):
            waiting = hopeful[turn]
            if not any(self.available(node, line.sku) for line in waiting.order.lines):
                continue
            self._forget(turn, waiting)
            if not self.retry(waiting.order):
                self._remember(turn, waiting)

    def reopened(self, node: str) -> None:
        """Try the orders that wait, because a node takes orders again."""
        if self.units:
            self.arrived(node, list(self._by_sku))

    def _give_up(self, entry: tuple[Turn, Waiting]) -> None:
        turn, waiting = entry
        if not waiting.done:
            self._forget(turn, waiting)
            self._history.cancel(waiting.order, units_of(waiting.order.lines))

    def _forget(self, turn: Turn, waiting: Waiting) -> None:
        waiting.done = True
        self._count(waiting, -1)
        for line in waiting.order.lines:
            del self._by_sku[line.sku][turn]

    def _remember(self, turn: Turn, waiting: Waiting) -> None:
        waiting.done = False
        self._count(waiting, 1)
        for line in waiting.order.lines:
            self._by_sku.setdefault(line.sku, {})[turn] = waiting

    def _count(self, waiting: Waiting, sign: int) -> None:
        """Enter what waits in the books, or strike it out."""
        for line, ledger in zip(waiting.order.lines, waiting.owed_by, strict=True):
            units = sign * line.quantity
            self.units += units
            if ledger is None:
                self.homeless_units += units
            else:
                ledger.backordered[line.sku] += units


def _never(order: Order) -> bool:  # noqa: ARG001  (stands in until the fulfillment takes over)
    return False


def _nowhere(order: Order, line: OrderLine) -> None:  # noqa: ARG001  (as above)
    return None


def _nothing(node: str, sku: str) -> int:  # noqa: ARG001  (as above)
    return 0
