"""What stress came to: a cell for each design and disruption, with intervals, and the weakest link of each design."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from twin.domain.errors import UsageError
from twin.experiments.intervals import FEWEST_RUNS, Interval, mean_interval
from twin.experiments.multiplicity import bonferroni_level

MEASURES = ("loss_area_days", "max_drop", "orders_hit", "event_cost_usd")


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over replications with its interval; none where the measure has no number in some of them."""

    mean: float
    interval: Interval


@dataclass(frozen=True, slots=True)
class Cell:
    """One disruption against one design.

    `happened` is in how many of `replications` it fell into the measured days; the rest counts only these. `failed` is
    in how many of them service fell below its level, and `not_back` of those was not back by the end.
    `recovered_days` is the median of those that were back, of them all where none failed 0.
    """

    design: str
    disruption: str
    replications: int
    happened: int
    failed: int
    not_back: int
    recovered_days: float
    estimates: dict[str, Estimate]

    @property
    def loss(self) -> Estimate | None:
        """The days of service lost."""
        return self.estimates.get("loss_area_days")


def cells(results: pd.DataFrame, alpha: float) -> list[Cell]:
    """Return a cell for every design and disruption, in the order of the results.

    The intervals of one measure hold together with chance 1 - alpha, by Bonferroni over all cells. Raises `UsageError`
    where one replication gives no interval.
    """
    if results["replication"].nunique() < FEWEST_RUNS:
        raise UsageError("one replication gives no interval; set study.replications to 2 or more, better to 10")
    groups = results.groupby(["design", "disruption"], sort=False)
    level = bonferroni_level(alpha, groups.ngroups)
    return [_cell(str(design), str(disruption), rows, level) for (design, disruption), rows in groups]


def weakest_links(found: Sequence[Cell]) -> dict[str, tuple[Cell, ...]]:
    """Return for each design the disruption that costs it the most service, with all that may cost as much.

    That is told by the intervals: whatever reaches into that of the worst may be the worst. Nothing where no disruption
    is known to cost service.
    """
    worst: dict[str, tuple[Cell, ...]] = {}
    for design in dict.fromkeys(cell.design for cell in found):
        known = [(cell, cell.loss) for cell in found if cell.design == design]
        hurts = [(cell, loss) for cell, loss in known if loss is not None and loss.interval.low > 0]
        hurts.sort(key=lambda pair: -pair[1].mean)
        if hurts:
            low = hurts[0][1].interval.low
            worst[design] = tuple([cell for cell, loss in hurts if loss.interval.high >= low])
    return worst


def _cell(design: str, disruption: str, rows: pd.DataFrame, level: float) -> Cell:
    happened = rows[rows["starts_at"].notna()]
    failed = happened[np.isfinite(happened["survived_days"])]
    back = failed[np.isfinite(failed["recovered_days"])]
    return Cell(
        design, disruption, len(rows), len(happened), len(failed), len(failed) - len(back),
        float(back["recovered_days"].median()) if len(back) else 0.0,
        {name: one for name in MEASURES if (one := _estimate(happened[name], level)) is not None},
    )  # fmt: skip


def _estimate(values: pd.Series[float], level: float) -> Estimate | None:
    if len(values) < FEWEST_RUNS or values.isna().any():
        return None
    return Estimate(float(values.mean()), mean_interval(values, level))
