"""The daily table of shelves: what the books say, what is there, and what customers of the shop took."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from twin.domain.shelf import Shelf
from twin.domain.stock import StockLedger
from twin.simulation.history import History
from twin.simulation.tables import words


class ShelfLog:
    """Writes a row for every shelf at midnight."""

    def __init__(self, shelves: Mapping[str, tuple[StockLedger, Shelf]], history: History) -> None:
        self._shelves, self._history = shelves, history
        self._yesterday = {name: _counts(*both) for name, both in shelves.items()}
        self._day = 0
        history.keep_shelves()

    def close_day(self) -> None:
        """Write the day's row for every shelf."""
        rows = [self._row(name, *both) for name, both in self._shelves.items()]
        columns = {key: np.array([row[key] for row in rows]) for key in rows[0]}
        names = words(range(len(rows)), list(self._shelves))
        self._history.rows("shelves", {"day": np.full(len(rows), self._day), "node": names, **columns})
        self._day += 1

    def _row(self, name: str, ledger: StockLedger, shelf: Shelf) -> dict[str, int]:
        before, now = self._yesterday[name], _counts(ledger, shelf)
        self._yesterday[name] = now
        errors = np.array([shelf.error(sku) for sku in ledger.opening], dtype=np.int64)
        return {
            "shelf_units": ledger.units() - int(errors.sum()),
            "booked_units": ledger.units(),
            "phantom_units": int(errors[errors > 0].sum()), "hidden_units": -int(errors[errors < 0].sum()),
            "skus": len(errors), "skus_wrong": int(np.count_nonzero(errors)),
            **{key: now[key] - before[key] for key in now},
        }  # fmt: skip


def _counts(ledger: StockLedger, shelf: Shelf) -> dict[str, int]:
    """Return what has happened since the beginning."""
    return {
        "walk_in_units": shelf.sold_units, "walk_in_lost_units": shelf.lost_units,
        "vanished_units": shelf.vanished_units, "till_units": sum(ledger.sold.values()),
        "written_off_units": sum(ledger.written_off.values()), "found_units": sum(ledger.found.values()),
    }  # fmt: skip
