"""What section 5 draws: shares delivered within so many days, and how far from the promise orders arrive."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from twin.report.spread import half_width
from twin.report.study import Design, Study
from twin.report.words import HOURS_PER_DAY

USUAL_DAYS = 3
TELLS_FROM, TELLS_TO = 0.25, 0.97
"""Shares beyond which a day says little: few of any design's orders have arrived, or practically all."""

Shares = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class TimeFrames:
    """Curves of the drawn designs, baseline first and the recommended one last."""

    designs: tuple[Design, ...]
    recommended: str
    baseline: str
    within: dict[str, Shares]
    half_widths: dict[str, float]
    asked_days: int
    last_day: int
    against_promise: pd.DataFrame
    late_rates: dict[str, float]

    def share(self, design: str) -> float:
        """Return the share of orders delivered within the asked number of days."""
        return float(self.within[design][self.asked_days * HOURS_PER_DAY])


def time_frames(
    study: Study,
    drawn: tuple[Design, ...],
    recommended: str,
    counts: tuple[pd.DataFrame, pd.DataFrame],
    late_rates: dict[str, float],
) -> TimeFrames:
    """Turn counts of orders by whole hours (to delivery, and from the promise) into curves."""
    to_deliver, promise = counts
    names = [design.name for design in drawn]
    within = {name: _within(to_deliver[to_deliver["design"] == name]) for name in names}
    asked = _asked_days(within, study.baseline)
    return TimeFrames(
        designs=drawn,
        recommended=recommended,
        baseline=study.baseline,
        within=within,
        half_widths={name: _half_width(to_deliver, name, asked, study.alpha) for name in names},
        asked_days=asked,
        last_day=_last_day(within),
        against_promise=promise,
        late_rates={n: late_rates[n] if n in late_rates else _late_rate(to_deliver, promise, n) for n in names},
    )


def _within(counts: pd.DataFrame) -> Shares:
    """Return the share of orders delivered within 0, 1, 2, ... hours, to 60 days; missing orders never arrive."""
    by_hour = np.zeros(60 * HOURS_PER_DAY + 1)
    arrived = counts.dropna(subset=["hours"])
    hours = arrived["hours"].astype(int).clip(0, len(by_hour) - 1)
    np.add.at(by_hour, hours.to_numpy(), arrived["orders"].to_numpy())
    return np.asarray(by_hour.cumsum() / max(1, counts["orders"].sum()), dtype=float)


def _asked_days(within: dict[str, Shares], baseline: str) -> int:
    """Return three days, or where that tells nothing the day by which the baseline has delivered about half."""
    at_usual = [shares[USUAL_DAYS * HOURS_PER_DAY] for shares in within.values()]
    if max(at_usual) > TELLS_FROM and min(at_usual) < TELLS_TO:
        return USUAL_DAYS
    by_day = within[baseline][::HOURS_PER_DAY]
    return max(1, int(np.abs(by_day - 0.5).argmin()))


def _last_day(within: dict[str, Shares]) -> int:
    """Return the day at which practically everything that arrives has arrived."""
    latest = max(int(np.searchsorted(shares, 0.995 * shares[-1])) for shares in within.values())
    return min(14, max(4, -(-latest // HOURS_PER_DAY)))


def _half_width(to_deliver: pd.DataFrame, design: str, days: int, alpha: float) -> float:
    """Return the half-width of the interval of the share delivered in time, over replications."""
    rows = to_deliver[to_deliver["design"] == design]
    in_time = rows["orders"].where(rows["hours"] <= days * HOURS_PER_DAY, 0)
    shares = in_time.groupby(rows["replication"]).sum() / rows.groupby("replication")["orders"].sum()
    return half_width(shares, 1 - alpha)


def _late_rate(to_deliver: pd.DataFrame, promise: pd.DataFrame, design: str) -> float:
    """Return the share of orders not delivered by their promise; never delivered counts as late."""
    orders = to_deliver.loc[to_deliver["design"] == design, "orders"].sum()
    mine = promise[promise["design"] == design]
    return float(1 - mine.loc[mine["hours"] < 0, "orders"].sum() / max(1, orders))


def density(promise: pd.DataFrame, design: str, hours: NDArray[np.int_]) -> Shares:
    """Return the smoothed share of a design's orders at each hour from the promise."""
    mine = promise[promise["design"] == design]
    counts = np.zeros(len(hours))
    inside = mine["hours"].between(hours[0], hours[-1])
    np.add.at(counts, mine.loc[inside, "hours"].to_numpy() - hours[0], mine.loc[inside, "orders"].to_numpy())
    reach = np.arange(-18, 19)
    kernel = np.exp(-0.5 * (reach / 6.0) ** 2)
    smooth = np.convolve(counts, kernel / kernel.sum(), mode="same")
    return np.asarray(smooth / max(1, mine["orders"].sum()), dtype=float)
