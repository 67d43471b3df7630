"""One page per day of orders: what was drawn for them, and what became of them so far."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import inf

import numpy as np

from twin.simulation.days import DayColumns, Floats, Integers

NOT_YET = np.nan


@dataclass(slots=True)
class OrderPage:
    """A day's orders with their luck and their outcomes; a row per order.

    The outcomes start as those of an order that its first decision fills from one node, and are changed for the
    others only.
    """

    day: DayColumns
    luck: Mapping[str, Floats]
    units: Integers
    delivered_at: Floats
    shipped_at: Floats
    cancelled_at: Floats
    units_shipped: Integers
    units_cancelled: Integers
    shipments: Integers
    packages: Integers
    first_pass_units: Integers
    first_pass_lines: Integers
    attempts: Integers
    first_choice: Integers
    single_node_possible: Integers
    avoidable_split: Integers
    decided_at: Floats
    credited: Integers
    first_node: Integers
    further_nodes: dict[int, set[int]] = field(default_factory=dict)

    @classmethod
    def of(cls, day: DayColumns, luck: Mapping[str, Floats]) -> OrderPage:
        """Open the page of a day."""
        orders = day.orders
        units = np.add.reduceat(day.quantity, day.line_starts[:-1]) if orders else np.zeros(0, dtype=np.int64)

        def never() -> Floats:
            return np.full(orders, NOT_YET)

        def none() -> Integers:
            return np.zeros(orders, dtype=np.int64)

        return cls(
            day=day, luck=luck, units=units, delivered_at=never(), shipped_at=never(), cancelled_at=never(),
            units_shipped=none(), units_cancelled=none(), shipments=none(), packages=none(),
            first_pass_units=units.copy(), first_pass_lines=np.diff(day.line_starts), attempts=none() + 1,
            first_choice=none() + 1, single_node_possible=none() + 1,
            avoidable_split=none(), decided_at=day.placed_at.copy(), credited=none(), first_node=none() - 1,
        )  # fmt: skip

    def note_nodes(self, rows: Integers, nodes: Integers) -> None:
        """Remember which nodes shipped something of each order."""
        first = self.first_node[rows] < 0
        self.first_node[rows[first]] = nodes[first]
        further = nodes != self.first_node[rows]
        for row, node in zip(rows[further].tolist(), nodes[further].tolist(), strict=True):
            self.further_nodes.setdefault(row, set()).add(node)

    def distinct_nodes(self) -> Integers:
        """Count the nodes each order shipped from."""
        counts = (self.first_node >= 0).astype(np.int64)
        for row, nodes in self.further_nodes.items():
            counts[row] += len(nodes)
        return counts

    @property
    def closed(self) -> bool:
        """Whether every unit of every order was shipped or cancelled."""
        return bool((self.units_shipped + self.units_cancelled == self.units).all())


class Pages:
    """The pages of the days that still have open orders, oldest first."""

    def __init__(self) -> None:
        self._pages: dict[int, OrderPage] = {}
        self._firsts: list[int] = []

    def open(self, page: OrderPage) -> None:
        """Add the page of a new day; one without orders would share its first number with the next, so it has none."""
        if not page.day.orders:
            return
        self._pages[page.day.first_number] = page
        self._firsts.append(page.day.first_number)

    def __iter__(self) -> Iterator[OrderPage]:
        """Go through the open pages, oldest first."""
        return iter(self._pages.values())

    @property
    def oldest(self) -> float:
        """The number of the first order on an open page, infinite where no page is open."""
        return self._firsts[0] if self._firsts else inf

    def page_of(self, number: int) -> tuple[OrderPage, int]:
        """Return the page of an order and its row there."""
        at = int(np.searchsorted(self._firsts, number, side="right")) - 1
        first = self._firsts[at]
        return self._pages[first], number - first

    def grouped(self, numbers: Integers) -> Iterator[tuple[OrderPage, Integers, Integers]]:
        """Yield each page that some orders are on, with their positions in `numbers` and their rows there."""
        which = np.searchsorted(self._firsts, numbers, side="right") - 1
        for at in np.unique(which).tolist():
            positions = np.flatnonzero(which == at)
            first = self._firsts[at]
            yield self._pages[first], positions, numbers[positions] - first

    def close(self, *, everything: bool = False) -> list[OrderPage]:
        """Take out the oldest pages that are done, or all that are left."""
        done = []
        while self._firsts and (everything or self._pages[self._firsts[0]].closed):
            done.append(self._pages.pop(self._firsts.pop(0)))
        return done
