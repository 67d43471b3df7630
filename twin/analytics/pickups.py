"""What customers wish of stores: orders they collect, and orders brought in the window they chose."""

from __future__ import annotations

import pandas as pd

from twin.analytics.sums import Result, mean, share


def pickup_ready_rate(pickups: pd.DataFrame, by: str | None = None) -> Result:
    """Share of the orders set aside for customers that were ready as promised [rate; pickup_ready]."""
    return share(pickups, pickups["ready_at"] <= pickups["ready_by"], pickups["order"].notna(), by)


def pickup_ready_hours_mean(pickups: pd.DataFrame, by: str | None = None) -> Result:
    """Mean time from placing an order to its being set aside for its customer [h; ours]."""
    return mean(pickups, pickups["ready_at"] - pickups["placed_at"], by)


def no_show_rate(pickups: pd.DataFrame, by: str | None = None) -> Result:
    """Share of the orders set aside that nobody collected and that are on the shelf again [rate; ours]."""
    return share(pickups, pickups["restocked_at"].notna(), pickups["order"].notna(), by)


def window_rate(local_deliveries: pd.DataFrame, by: str | None = None) -> Result:
    """Share of the orders a store's van took that left for the window the customer chose [rate; ours]."""
    in_time = local_deliveries["departed_at"] <= local_deliveries["window_starts_at"]
    return share(local_deliveries, in_time, local_deliveries["order"].notna(), by)
