"""How far a mean over replications may be off: the half-width of its interval."""

from __future__ import annotations

from math import nan

import pandas as pd

from twin.experiments.intervals import FEWEST_RUNS, mean_interval


def half_width(values: pd.Series[float], level: float) -> float:
    """Return the half-width of the Student interval of a mean; NaN where there are too few runs for one."""
    if len(values) < FEWEST_RUNS:
        return nan
    return mean_interval(values, level).half_width
