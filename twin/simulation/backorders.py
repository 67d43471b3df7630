"""Orders that wait for stock, in the order they came, until it arrives or patience ends."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from twin.domain.orders import Lines, Order, part_of, units_of
from twin.simulation.clock import Clock
from twin.simulation.history import History


@dataclass(slots=True, eq=False)
class Waiting:
    """The part of an order that nobody can fill."""

    order: Order
    done: bool = False


class Backorders:
    """The queue of the unfillable; `units` is the book of what is backordered."""

    def __init__(
        self, unfilled: Literal["backorder", "cancel"], patience_hours: float, clock: Clock, history: History
    ) -> None:
        self.units = 0
        self.retry: Callable[[Order], bool] = _never
        self._cancels = unfilled == "cancel"
        self._patience_hours = patience_hours
        self._clock, self._history = clock, history
        self._by_sku: dict[str, dict[int, Waiting]] = {}
        self._sequence = 0

    def wait(self, order: Order, lines: Lines) -> None:
        """Put lines in the queue, or cancel them where orders do not wait or have waited long enough."""
        units = units_of(lines)
        gives_up_at = order.placed_at + self._patience_hours
        if self._cancels or gives_up_at <= self._clock.now_hours:
            self._history.cancel(order, units)
            return
        self._history.event("backordered", "", order.number, units)
        waiting = Waiting(order if lines is order.lines else part_of(order, lines))
        self.units += units
        self._sequence += 1
        for line in lines:
            self._by_sku.setdefault(line.sku, {})[self._sequence] = waiting
        self._clock.at(gives_up_at, self._give_up, (self._sequence, waiting))

    def arrived(self, skus: Iterable[str]) -> None:
        """Try all orders that wait for one of these products, the longest waiting first."""
        hopeful: dict[int, Waiting] = {}
        for sku in skus:
            hopeful.update(self._by_sku.get(sku, {}))
        for sequence in sorted(hopeful):
            waiting = hopeful[sequence]
            self._forget(sequence, waiting)
            if not self.retry(waiting.order):
                self._remember(sequence, waiting)

    def try_all(self) -> None:
        """Try all orders that wait, because a node takes orders again."""
        if self.units:
            self.arrived(list(self._by_sku))

    def _give_up(self, entry: tuple[int, Waiting]) -> None:
        sequence, waiting = entry
        if not waiting.done:
            self._forget(sequence, waiting)
            self._history.cancel(waiting.order, units_of(waiting.order.lines))

    def _forget(self, sequence: int, waiting: Waiting) -> None:
        waiting.done = True
        self.units -= units_of(waiting.order.lines)
        for line in waiting.order.lines:
            del self._by_sku[line.sku][sequence]

    def _remember(self, sequence: int, waiting: Waiting) -> None:
        waiting.done = False
        self.units += units_of(waiting.order.lines)
        for line in waiting.order.lines:
            self._by_sku[line.sku][sequence] = waiting


def _never(order: Order) -> bool:  # noqa: ARG001  (stands in until the fulfillment takes over)
    return False
