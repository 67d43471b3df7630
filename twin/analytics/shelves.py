"""Shelves: how right the books are, and what customers of the shop take. They count the measured days themselves."""

from __future__ import annotations

import pandas as pd

from twin.analytics.sums import Result, ratio, total


def book_accuracy_rate(shelves: pd.DataFrame, by: str | None = None) -> Result:
    """Share of a node's stock records that are right, mean of all midnights [rate; accuracy]."""
    wrong = total(shelves, shelves["skus_wrong"], by)
    return 1.0 - ratio(wrong, total(shelves, shelves["skus"], by))


def phantom_rate(shelves: pd.DataFrame, by: str | None = None) -> Result:
    """Units that the books have and the shelf has not, by unit in the books, at midnight [rate; phantom]."""
    return ratio(total(shelves, shelves["phantom_units"], by), total(shelves, shelves["booked_units"], by))


def walk_in_units_per_day(shelves: pd.DataFrame, by: str | None = None) -> Result:
    """Units that customers took from the shelf of a shop themselves, in a day [units/d; ours]."""
    return total(shelves, shelves["walk_in_units"], by) / max(1, shelves["day"].nunique())


def walk_in_lost_rate(shelves: pd.DataFrame, by: str | None = None) -> Result:
    """Share of the units wanted in shops that did not lie there [rate; ours]."""
    lost, sold = (total(shelves, shelves[name], by) for name in ("walk_in_lost_units", "walk_in_units"))
    return ratio(lost, lost + sold)
