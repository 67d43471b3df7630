"""What a replay found, in numbers: how often the decisions agree, what the others cost, and where they differ.

Differences are ours minus production's. Cost, shipments and lateness are compared only where both plans can be carried
out and fill as many units: what is saved by shipping less is no saving.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from twin.calibration.rolling import OrderTotals
from twin.calibration.shadow_findings import FIGURES, Findings
from twin.calibration.shadow_results import Difference
from twin.domain.errors import UsageError
from twin.experiments.intervals import Interval

GATE = 0.995
FEWEST = 765
"""So many orders, all decided alike, lift the lower end of Wilson's interval to the gate: z^2 gate / (1 - gate)."""
Gate = Literal["passed", "failed", "open"]
LEVEL = 0.95
RESAMPLES = 2_000
SEED = 20_250_901
NUMBERS_AT_ONCE = 2_000_000
"""16 MB, whatever the number of orders."""
TOP = 20
FEWEST_ORDERS = 2
"""One order tells nothing of how others vary."""


@dataclass(frozen=True, slots=True)
class Share:
    """How many orders of all, with Wilson's interval."""

    count: int
    of: int
    interval: Interval

    @property
    def rate(self) -> float:
        """The share itself."""
        return self.count / self.of


@dataclass(frozen=True, slots=True)
class Change:
    """The mean of ours minus production's over comparable pairs; no interval where all are of one order."""

    mean: float
    pairs: int
    interval: Interval | None


@dataclass(frozen=True, slots=True)
class Summary:
    """One replay in numbers.

    `agreement` and `same_nodes` count orders on which all decisions agree: those on one order are no independent
    evidence. `per` is what the changes are means over: single decisions, or in a rolling replay whole orders as they
    ended.
    `changes` holds `cost_usd`, `shipments`, `late_rate` and `units`, those of which there is no comparable pair left
    out. `worst` are lines of the log, the highest regret first.
    """

    per: str
    decisions: int
    orders: int
    classes: dict[Difference, int]
    agreement: Share
    same_nodes: Share
    changes: dict[str, Change]
    first_keys: dict[str, int]
    top_skus: dict[str, int]
    top_nodes: dict[str, int]
    worst: tuple[int, ...]

    @property
    def gate(self) -> Gate:
        """Whether ours may be called the same policy as production's: the whole interval of the agreement says so."""
        found = self.agreement.interval
        if found.low >= GATE:
            return "passed"
        return "failed" if found.high < GATE else "open"


def summarize(found: Findings, totals: Sequence[OrderTotals] | None = None) -> Summary:
    """Return the numbers of a replay; with the totals of a rolling one, changes are those of whole orders.

    Raises `UsageError` where nothing was compared.
    """
    table = found.table
    if table.empty:
        raise UsageError("the decision log is empty: expected a line of JSON for each decision, see docs/routing.md")
    counts = Counter(table["difference"])
    same = table["difference"] == Difference.SAME
    same_nodes = same | (table["difference"] == Difference.SAME_NODES_OTHER_SERVICE)
    pairs = _pairs(table) if totals is None else _pairs_of_totals(totals)
    return Summary(
        per="decision" if totals is None else "order",
        decisions=len(table),
        orders=int(table["order_number"].nunique()),
        classes={one: counts[one] for one in Difference},
        agreement=_share(same, table["order_number"]),
        same_nodes=_share(same_nodes, table["order_number"]),
        changes=_changes(pairs),
        first_keys=dict(Counter(key for key in table["first_key"] if key).most_common()),
        top_skus=_top(found.skus),
        top_nodes=_top(found.nodes),
        worst=tuple([one.line for one in found.worst]),
    )


def wilson(count: int, of: int, level: float = LEVEL) -> Interval:
    """Return Wilson's interval for a share, which holds near 0 and 1 where the common one does not."""
    z = NormalDist().inv_cdf((1 + level) / 2)
    rate = count / of
    middle = rate + z * z / (2 * of)
    half = z * sqrt(rate * (1 - rate) / of + z * z / (4 * of * of))
    scale = 1 + z * z / of
    low = 0.0 if count == 0 else (middle - half) / scale
    high = 1.0 if count == of else (middle + half) / scale
    return Interval(low, high, level)


def mean_change(orders: ArrayLike, values: ArrayLike) -> Change | None:
    """Return the mean of some differences, those that are no number left out, with a percentile bootstrap interval.

    Whole orders are drawn, because several decisions on one order are no independent evidence.
    """
    pairs = pd.DataFrame({"order": orders, "value": values}).dropna()
    if pairs.empty:
        return None
    by_order = pairs.groupby("order")["value"].agg(["sum", "count"]).to_numpy(float)
    total, count = by_order.sum(axis=0)
    return Change(float(total / count), int(count), _bootstrap(by_order))


def _bootstrap(by_order: NDArray[np.float64]) -> Interval | None:
    """Draw orders again and again; equal ones are drawn together, since most differ by nothing."""
    if len(by_order) < FEWEST_ORDERS:
        return None
    kinds, times = np.unique(by_order, axis=0, return_counts=True)
    random = np.random.default_rng(SEED)
    size = max(1, min(RESAMPLES, NUMBERS_AT_ONCE // len(kinds)))
    blocks = [
        random.multinomial(len(by_order), times / times.sum(), min(size, RESAMPLES - start)) @ kinds
        for start in range(0, RESAMPLES, size)
    ]
    drawn = np.concatenate(blocks)
    low, high = np.quantile(drawn[:, 0] / drawn[:, 1], [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Interval(float(low), float(high), LEVEL)


def _share(holds: pd.Series[bool], order: pd.Series[int]) -> Share:
    """Return of how many orders it holds for every decision."""
    by_order = holds.groupby(order).all()
    count, of = int(by_order.sum()), len(by_order)
    return Share(count, of, wilson(count, of))


def _changes(pairs: pd.DataFrame) -> dict[str, Change]:
    found = {name: mean_change(pairs["order_number"], pairs[name]) for name in pairs.columns.drop("order_number")}
    return {name: change for name, change in found.items() if change is not None}


def _pairs(table: pd.DataFrame) -> pd.DataFrame:
    """Return ours minus production's by decision, no number where they cannot be compared."""
    both = table["difference"] != Difference.PROD_PLAN_INFEASIBLE
    alike = both & (table["production_units"] == table["our_units"])
    late = (table["our_late_hours"] > 0).astype(float) - (table["production_late_hours"] > 0)
    return pd.DataFrame({
        "order_number": table["order_number"],
        "cost_usd": (table["our_cost_usd"] - table["production_cost_usd"]).where(alike),
        "shipments": (table["our_shipments"] - table["production_shipments"]).where(alike),
        "late_rate": late.where(alike),
        "units": (table["our_units"] - table["production_units"]).where(both),
    })  # fmt: skip


def _pairs_of_totals(totals: Iterable[OrderTotals]) -> pd.DataFrame:
    """Return ours minus production's by order as it ended."""
    rows = [
        (
            one.order_number, Difference.SAME,
            one.production.shipments, one.production.units, one.production.cost_usd, one.production.late_hours,
            one.ours.shipments, one.ours.units, one.ours.cost_usd, one.ours.late_hours,
        )
        for one in totals
        if one.production is not None and one.ours is not None
    ]  # fmt: skip
    names = [f"{who}_{what}" for who in ("production", "our") for what in FIGURES]
    return _pairs(pd.DataFrame(rows, columns=["order_number", "difference", *names]))


def _top(counts: Counter[str]) -> dict[str, int]:
    """Return the most frequent, ties by name."""
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:TOP])
