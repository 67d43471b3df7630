"""Sums, ratios and quantiles: one number, or one for each member of the column `by`.

Groups are counted off with `bincount` on the codes of a category. On four million rows that takes half the
time and memory of a groupby, and a run is summed up some three hundred times.
"""

from __future__ import annotations

from math import nan
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Result: TypeAlias = "float | pd.Series[float]"


def total(table: pd.DataFrame, values: pd.Series[Any], by: str | None = None) -> Result:
    """Add up what is known of some values, in 64 bits whatever their type."""
    numbers = values.to_numpy()
    if by is None:
        return float(np.nansum(numbers, dtype="float64"))
    codes, members = _codes(table, by)
    known = codes >= 0
    if numbers.dtype == bool:
        return _series(np.bincount(codes[known & numbers], minlength=len(members)), members)
    if numbers.dtype.kind == "f":
        known &= ~np.isnan(numbers)
    if not known.all():
        codes, numbers = codes[known], numbers[known]
    return _series(np.bincount(codes, weights=numbers, minlength=len(members)), members)


def ratio(numerator: Result, denominator: Result) -> Result:
    """Divide; NaN where there is nothing to divide by."""
    whole = denominator.where(denominator != 0) if isinstance(denominator, pd.Series) else denominator or nan
    return numerator / whole


def share(table: pd.DataFrame, part: pd.Series[bool], whole: pd.Series[bool], by: str | None = None) -> Result:
    """Return the share of the rows of `whole` that are in `part` too."""
    return ratio(total(table, part & whole, by), total(table, whole, by))


def mean(table: pd.DataFrame, values: pd.Series[Any], by: str | None = None) -> Result:
    """Return the mean of the known values."""
    return ratio(total(table, values, by), total(table, values.notna(), by))


def quantile(table: pd.DataFrame, values: pd.Series[Any], rate: float, by: str | None = None) -> Result:
    """Return the value that a share `rate` of the known values do not exceed, interpolated in between."""
    numbers = values.to_numpy(dtype="float64")
    known = ~np.isnan(numbers)
    if by is None:
        return _quantile(numbers[known], rate)
    codes, members = _codes(table, by)
    groups = np.where(known, codes, -1)
    ends = np.bincount(groups + 1, minlength=len(members) + 1).cumsum()
    _, *parts = np.split(numbers[np.argsort(groups, kind="stable")], ends[:-1])
    return _series(np.array([_quantile(part, rate) for part in parts]), members)


def highest(table: pd.DataFrame, values: pd.Series[Any], by: str | None = None) -> Result:
    """Return the highest value."""
    return quantile(table, values, 1.0, by)


def _quantile(numbers: NDArray[np.float64], rate: float) -> float:
    """Return a quantile of numbers that nobody needs in their order any more."""
    return float(np.quantile(numbers, rate, overwrite_input=True)) if len(numbers) else nan


def _codes(table: pd.DataFrame, by: str) -> tuple[NDArray[np.integer[Any]], pd.Index[Any]]:
    """Return the members of a column of names, and for each row the place of its member, or -1."""
    names = pd.Categorical(table[by])
    return names.codes, names.categories


def _series(numbers: NDArray[Any], members: pd.Index[Any]) -> pd.Series[float]:
    return pd.Series(numbers, index=members, dtype="float64")
