"""Resilience: what an event did to the days after it, against the same world without the event.

Formulas: kpis.md 4.7 of the project's references; the resilience triangle for `loss_area`, time to survive and time to
recover with a level for each, so that a curve that trembles around one level has not failed and recovered many times.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, isfinite, nan

import numpy as np
import pandas as pd
from numpy.typing import NDArray

HOURS_PER_DAY = 24.0
MOVED_HOURS = 24.0
Days = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Levels:
    """When service has failed and when it has recovered: so far below the undisturbed world, in shares of orders.

    Both are asked of the mean of the last `roll_days` days, recovery of so many `days_running` one after the other.
    """

    failed_below: float = 0.05
    recovered_within: float = 0.01
    roll_days: int = 7
    days_running: int = 3

    def __post_init__(self) -> None:
        if not 0 <= self.recovered_within <= self.failed_below <= 1 or min(self.roll_days, self.days_running) < 1:
            raise ValueError(
                f"levels: 0 <= recovered_within <= failed_below <= 1, roll_days and days_running at least 1, got {self}"
            )


@dataclass(frozen=True, slots=True)
class Resilience:
    """How a world came through an event.

    `loss_area_days` is the service lost, in days without any; `max_drop` the worst day's loss. `survived_days` is how
    long service held from the beginning of the event, infinite where it did not fail; `recovered_days` when it was
    back, from the same instant: 0 where it did not fail, infinite where it was not back by the end.
    """

    loss_area_days: float
    max_drop: float
    survived_days: float
    recovered_days: float


def daily_on_time(orders: pd.DataFrame, days: int) -> tuple[Days, Days]:
    """Return, by the day on which orders fall due, how many do and how many of them were there in time.

    Orders count by their promise and not by when they were placed: what an event delays falls due after it began.
    Cancelled orders are not in time, those still open at the end neither.
    """
    due = (orders["promised_by"].to_numpy(float) // HOURS_PER_DAY).astype(int)
    in_time = (orders["status"] == "delivered") & (orders["delivered_at"] <= orders["promised_by"])
    within = (due >= 0) & (due < days)
    counts = np.bincount(due[within], minlength=days).astype(np.float64)
    kept = np.bincount(due[within], weights=in_time.to_numpy(float)[within], minlength=days).astype(np.float64)
    return counts, kept


def resilience(
    undisturbed: tuple[Days, Days], disturbed: tuple[Days, Days], starts_at: float, levels: Levels
) -> Resilience:
    """Compare the same days (orders due, and those in time) without and with an event that began at an instant.

    Days before the event and days without orders in either world do not count. `starts_at` in hours.
    """
    first = int(starts_at // HOURS_PER_DAY)
    loss = _rates(*undisturbed) - _rates(*disturbed)
    lost = np.nan_to_num(loss[first:])
    rolled = (rolled_rate(undisturbed, levels.roll_days) - rolled_rate(disturbed, levels.roll_days))[first:]
    failed_on = _first(rolled > levels.failed_below, 1)
    return Resilience(
        loss_area_days=float(np.maximum(0.0, lost).sum()),
        max_drop=float(max(0.0, lost.max(initial=0.0))),
        survived_days=_days_until(first, failed_on, starts_at),
        recovered_days=0.0 if not isfinite(failed_on) else _recovered(rolled, first, int(failed_on), starts_at, levels),
    )


def orders_hit(undisturbed: pd.DataFrame, disturbed: pd.DataFrame) -> float:
    """Count the orders whose delivery an event moved by more than a day, cancelled them, or let them live.

    No number where the two worlds do not have the same orders, as when the event is one of demand.
    """
    before, after = undisturbed.set_index("order"), disturbed.set_index("order")
    if len(before) != len(after) or not np.array_equal(before["placed_at"], after["placed_at"]):
        return nan
    came = before["status"].eq("delivered"), after["status"].eq("delivered")
    moved = (before["delivered_at"] - after["delivered_at"]).abs() > MOVED_HOURS
    return float(((came[0] != came[1]) | (came[0] & came[1] & moved)).sum())


def _recovered(rolled: Days, first: int, failed_on: int, starts_at: float, levels: Levels) -> float:
    back = _first(rolled[failed_on:] <= levels.recovered_within, levels.days_running)
    return _days_until(first, failed_on + back, starts_at)


def _days_until(first: int, days: float, starts_at: float) -> float:
    """Return the days from an instant to the beginning of the so manieth day after its own, which may be its own."""
    return max(0.0, first + days - starts_at / HOURS_PER_DAY)


def _first(holds: NDArray[np.bool_], running: int) -> float:
    """Return where something holds for the first time so many times running; infinite where it never does."""
    row = 0
    for at, here in enumerate(holds.tolist()):
        row = row + 1 if here else 0
        if row == running:
            return at - running + 1
    return inf


def _rates(due: Days, in_time: Days) -> Days:
    rates: Days = np.divide(in_time, due, out=np.full(len(due), nan), where=due > 0)
    return rates


def rolled_rate(days: tuple[Days, Days], roll_days: int) -> Days:
    """Return the rate over each day and those before it; without any orders in them it is no number."""
    due, in_time = (np.convolve(column, np.ones(roll_days))[: len(column)] for column in days)
    return _rates(due, in_time)
