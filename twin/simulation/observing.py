"""Hourly and daily looks at the network, for the tables of nodes and stock."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from twin.domain.network import Network
from twin.domain.products import CM3_PER_M3
from twin.domain.stock import StockLedger
from twin.simulation.clock import Clock
from twin.simulation.floor import Workplace
from twin.simulation.history import History
from twin.simulation.nodes import WorkingNode
from twin.simulation.receiving import Truckload
from twin.simulation.tables import words

HOURS_PER_DAY = 24.0
SINCE_BEGINNING = 5  # of what `counts` gives
BOOKS = ("on_hand", "available", "reserved", "in_transit", "backordered", "received", "shipped")


class StationLog:
    """Writes what each stage did in the last hour."""

    def __init__(self, nodes: Mapping[str, WorkingNode], clock: Clock, history: History) -> None:
        self._stages: list[tuple[str, Workplace]] = [
            (name, place) for name, node in nodes.items() for place in node.floor.workplaces
        ]
        self._nodes = list(nodes)
        self._names = sorted({stage.name for _, stage in self._stages})
        self._clock, self._history = clock, history
        self._node_codes = np.array([self._nodes.index(name) for name, _ in self._stages])
        self._stage_codes = np.array([self._names.index(stage.name) for _, stage in self._stages])
        self._before = np.zeros((SINCE_BEGINNING, len(self._stages)))
        self._hours: list[tuple[float, np.ndarray]] = []

    def look(self) -> None:
        """Count the last hour."""
        now = np.array([stage.counts() for _, stage in self._stages], dtype=np.float64).T
        counted = now.copy()
        counted[:SINCE_BEGINNING] -= self._before
        self._before = now[:SINCE_BEGINNING]
        self._hours.append((self._clock.now_hours, counted))

    def write(self) -> None:
        """Hand the hours since the last time to the history."""
        if not self._hours:
            return
        hours = len(self._hours)
        open_hours, overtime, busy, admitted, finished, staffed, waiting, work = np.concatenate(
            [row for _, row in self._hours], axis=1
        )
        self._history.rows("nodes", {
            "at": np.repeat([at for at, _ in self._hours], len(self._stages)),
            "node": words(np.tile(self._node_codes, hours), self._nodes),
            "stage": words(np.tile(self._stage_codes, hours), self._names),
            "stations": staffed.astype(np.int64), "open_hours": open_hours,
            "overtime_hours": overtime, "busy_hours": busy,
            "waiting": waiting.astype(np.int64), "waiting_hours": work,
            "admitted": admitted.astype(np.int64), "finished": finished.astype(np.int64),
        })  # fmt: skip
        self._hours = []


class StockLog:
    """Keeps the time-weighted stock of each node and writes it at midnight.

    `touch`, `gain` or `take_in` is called right after a node's stock changed; between two of them the stock on hand is
    constant.
    """

    def __init__(self, ledgers: Mapping[str, StockLedger], network: Network, clock: Clock, history: History) -> None:
        self._ledgers, self._clock, self._history = ledgers, clock, history
        self._costs = {
            name: np.array([network.products[sku].unit_cost_usd for sku in ledger.opening], dtype=np.float64)
            for name, ledger in ledgers.items()
        }
        self._volumes_m3 = {
            name: np.array([network.products[sku].volume_cm3 / CM3_PER_M3 for sku in ledger.opening], dtype=np.float64)
            for name, ledger in ledgers.items()
        }
        self._unit_costs = {sku: product.unit_cost_usd for sku, product in network.products.items()}
        self._names = list(ledgers)
        self._since = dict.fromkeys(ledgers, 0.0)
        self._held: dict[str, tuple[float, float]] = {name: self._now(name) for name in ledgers}
        self._area = dict.fromkeys(ledgers, (0.0, 0.0))
        self._yesterday = {name: _books(ledger) for name, ledger in ledgers.items()}
        self._day = 0

    def touch(self, node: str) -> None:
        """Add the stock since the last change to the integral, and look at the books anew."""
        self._integrate(node)
        self._held[node] = self._now(node)

    def gain(self, node: str, sku: str, units: int) -> None:
        """Add units of one product."""
        self.take_in(node, [(sku, units)])

    def take_in(self, node: str, load: Truckload) -> None:
        """Add units of some products; to add up the whole books takes 70 us, too long for every trip to the shelf."""
        self._integrate(node)
        held_units, held_usd = self._held[node]
        for sku, units in load:
            held_units += units
            held_usd += units * self._unit_costs[sku]
        self._held[node] = held_units, held_usd

    def close_day(self) -> None:
        """Write the day's row for every node."""
        rows = [self._row(name) for name in self._names]
        columns = {key: np.array([row[key] for row in rows]) for key in rows[0]} if rows else {}
        if rows:
            days = np.full(len(rows), self._day)
            self._history.rows("stock", {"day": days, "node": words(range(len(rows)), self._names), **columns})
        self._day += 1

    def _row(self, name: str) -> dict[str, float]:
        self.touch(name)
        before, now = self._yesterday[name], _books(self._ledgers[name])
        self._yesterday[name] = now
        units, value = self._held[name]
        (unit_hours, value_hours), self._area[name] = self._area[name], (0.0, 0.0)
        shipped = now["shipped"] - before["shipped"]
        return {
            "on_hand_units": int(units), "on_hand_usd": value,
            "on_hand_m3": float(now["on_hand"] @ self._volumes_m3[name]),
            "mean_on_hand_units": unit_hours / HOURS_PER_DAY, "mean_on_hand_usd": value_hours / HOURS_PER_DAY,
            "reserved_units": int(now["reserved"].sum()), "in_transit_units": int(now["in_transit"].sum()),
            "skus": len(shipped), "skus_out": int((now["on_hand"] == 0).sum()),
            "received_units": int((now["received"] - before["received"]).sum()),
            "shipped_units": int(shipped.sum()), "shipped_cost_usd": float(shipped @ self._costs[name]),
            "backordered_units": int(now["backordered"].sum()), **_asked(before, now), **self._cycles(name),
        }  # fmt: skip

    def _cycles(self, name: str) -> dict[str, int]:
        """Return how many cycles of replenishment ended today, and start counting anew."""
        ledger = self._ledgers[name]
        counted = {"cycles": ledger.cycles, "short_cycles": ledger.short_cycles}
        ledger.cycles = ledger.short_cycles = 0
        return counted

    def _integrate(self, node: str) -> None:
        now = self._clock.now_hours
        hours = now - self._since[node]
        units, value = self._held[node]
        area_units, area_value = self._area[node]
        self._area[node] = (area_units + units * hours, area_value + value * hours)
        self._since[node] = now

    def _now(self, node: str) -> tuple[float, float]:
        on_hand = _column(self._ledgers[node].on_hand)
        return float(on_hand.sum()), float(on_hand @ self._costs[node])


def _books(ledger: StockLedger) -> dict[str, np.ndarray]:
    """Return the books of a node as columns, all with the SKUs in one order."""
    return {name: _column(getattr(ledger, name)) for name in BOOKS}


def _asked(before: Mapping[str, np.ndarray], now: Mapping[str, np.ndarray]) -> dict[str, int]:
    """Return how many units and products were asked for in a day, and of how many of these nothing is available.

    What was asked is shipped, promised or owed by now. What customers gave up, or another node sent, is taken off what
    was asked of the product that day.
    """
    today = sum(now[name] - before[name] for name in ("shipped", "reserved", "backordered"))
    wanted = (today > 0) | (now["backordered"] > 0)
    short = wanted & (now["available"] <= 0)
    return {
        "asked_units": int(np.clip(today, 0, None).sum()), "skus_asked": int(wanted.sum()),
        "skus_short": int(short.sum()),
    }  # fmt: skip


def _column(units: Mapping[str, int]) -> np.ndarray:
    return np.fromiter(units.values(), dtype=np.float64, count=len(units))
