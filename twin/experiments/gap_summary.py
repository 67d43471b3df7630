"""What routing policies leave to gain, summed up: costs, lost sales and the share of the gap closed, with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from twin.domain.errors import UsageError
from twin.experiments.gap import BOUND
from twin.experiments.intervals import FEWEST_RUNS, Interval, mean_interval, paired_difference, ratio_of_means
from twin.experiments.multiplicity import bonferroni_level


@dataclass(frozen=True, slots=True)
class Rung:
    """One policy, or the bound: dollars an order and the share of units never sold, and how both differ.

    Differences are against the incumbent, negative where they are lower. `closed` is the share of the opportunity gap,
    from the incumbent to the bound, that the policy closes; none for the incumbent and the bound, and where the runs do
    not tell that there is a gap.
    """

    name: str
    usd_per_order: float
    lost_share: float
    difference_usd: float | None = None
    difference_interval: Interval | None = None
    lost_difference: float | None = None
    lost_interval: Interval | None = None
    closed: float | None = None
    closed_interval: Interval | None = None


def rungs(costs: pd.DataFrame, incumbent: str, alpha: float) -> list[Rung]:
    """Return the incumbent, the other policies and the bound, from the rows that `gap_costs` gives.

    The intervals of one kind hold together with chance 1 - alpha, by Bonferroni over policies and bound. Raises
    `UsageError` where one replication gives no interval, one has no orders, or the incumbent leaves no gap.
    """
    per_order = _by_design(costs, costs["cost_usd"] / costs["orders"])
    lost = _by_design(costs, costs["unserved_units"] / costs["units"])
    if len(per_order) < FEWEST_RUNS:
        raise UsageError("one replication gives no interval; set study.replications to 2 or more, better to 10")
    if per_order.isna().any(axis=None):
        empty = per_order.index[per_order.isna().any(axis=1)][0]
        raise UsageError(f"replication {empty} has no orders; give demand.orders_per_day or study.measured_days more")
    others = [name for name in dict.fromkeys(costs["design"]) if name != incumbent]
    level = bonferroni_level(alpha, len(others))
    first = per_order[incumbent]
    found = [Rung(incumbent, float(first.mean()), float(lost[incumbent].mean()))]
    return found + [_rung(name, incumbent, per_order, lost, level) for name in others]


def in_order(found: Sequence[Rung]) -> list[Rung]:
    """Return the rungs from the dearest to the cheapest."""
    return sorted(found, key=lambda rung: -rung.usd_per_order)


def _rung(name: str, incumbent: str, per_order: pd.DataFrame, lost: pd.DataFrame, level: float) -> Rung:
    before, after = per_order[incumbent], per_order[name]
    dollars = paired_difference(before, after, level)
    units = paired_difference(lost[incumbent], lost[name], level)
    gap = before - per_order[BOUND]
    if gap.mean() <= 0:
        raise UsageError(f"{incumbent} costs no more than the bound: there is nothing left to gain in this world")
    told = name != BOUND and mean_interval(gap, level).excludes_zero
    closed, around = ratio_of_means(before - after, gap, level) if told else (None, None)
    return Rung(
        name, float(after.mean()), float(lost[name].mean()),
        dollars.mean, dollars.interval, units.mean, units.interval, closed, around,
    )  # fmt: skip


def _by_design(costs: pd.DataFrame, values: pd.Series) -> pd.DataFrame:
    return costs.assign(value=values).pivot(index="replication", columns="design", values="value")  # noqa: PD010  (pivot_table would average)
