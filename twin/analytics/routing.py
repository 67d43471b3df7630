"""Routing: how many nodes and packages an order takes, how far they travel, and how often a node says no.

Rates of this page are over orders of which something was shipped: the others have no route to speak of.
"""

from __future__ import annotations

import pandas as pd

from twin.analytics.sums import Result, mean, ratio, share, total
from twin.domain.geography import KM_PER_MILE


def split_rate(orders: pd.DataFrame, by: str | None = None) -> Result:
    """Share of shipped orders that came from more than one node [rate; split_rate]."""
    return share(orders, orders["nodes"] > 1, orders["nodes"] > 0, by)


def split_rate_multi(orders: pd.DataFrame, by: str | None = None) -> Result:
    """Share of shipped orders of several lines that came from more than one node [rate; split_rate_multi]."""
    return share(orders, orders["nodes"] > 1, (orders["nodes"] > 0) & (orders["lines"] > 1), by)


def avoidable_split_rate(orders: pd.DataFrame, by: str | None = None) -> Result:
    """Share of shipped orders first split over more nodes than `fewest_splits` would [rate; avoidable_splits]."""
    return share(orders, orders["avoidable_split"], orders["nodes"] > 0, by)


def decision_hours_mean(orders: pd.DataFrame, by: str | None = None) -> Result:
    """Mean time from the placing of an order to its first decision [h; decision_hours]."""
    return mean(orders, orders["decided_at"] - orders["placed_at"], by)


def packages_per_order(orders: pd.DataFrame, by: str | None = None) -> Result:
    """Packages of a shipped order [packages/order; pkgs_per_order]."""
    return ratio(total(orders, orders["packages"], by), total(orders, orders["nodes"] > 0, by))


def primary_rate(orders: pd.DataFrame, by: str | None = None) -> Result:
    """Share of shipped orders that came whole from their cheapest node [rate; primary_rate]."""
    return share(orders, orders["first_choice"], orders["nodes"] > 0, by)


def mean_zone(bookings: pd.DataFrame, by: str | None = None) -> Result:
    """Mean carrier zone of a package [zone; avg_zone]."""
    return ratio(total(bookings, bookings["package_zones"], by), total(bookings, bookings["packages"], by))


def zone_mix(shipments: pd.DataFrame, by: str | None = None) -> Result:
    """Share of the packages that went to each carrier zone [rate; zone_mix]."""
    return ratio(total(shipments, shipments["packages"], by), total(shipments, shipments["packages"]))


def miles_per_package(bookings: pd.DataFrame, by: str | None = None) -> Result:
    """Mean great-circle distance of a package from its node to its customer [miles; miles_per_pkg]."""
    package_miles = total(bookings, bookings["package_km"] / KM_PER_MILE, by)
    return ratio(package_miles, total(bookings, bookings["packages"], by))


def decline_rate(bookings: pd.DataFrame, by: str | None = None) -> Result:
    """Share of assignments that the node sent back [rate; reject_rate]."""
    declines = total(bookings, bookings["declines"], by)
    return ratio(declines, declines + total(bookings, bookings["assignments"], by))


def reroutes_per_order(bookings: pd.DataFrame, by: str | None = None) -> Result:
    """New routes found after a node had said no, by order placed [reroutes/order; reject_rate]."""
    return ratio(total(bookings, bookings["reroutes"], by), total(bookings, bookings["orders"], by))


def oversell_rate(bookings: pd.DataFrame, by: str | None = None) -> Result:
    """Share of the units ordered that were promised and then not there [rate; oversell_rate]."""
    return ratio(total(bookings, bookings["oversold_units"], by), total(bookings, bookings["units_ordered"], by))


def lost_rate(shipments: pd.DataFrame, by: str | None = None) -> Result:
    """Share of shipments that carriers lost or damaged; their lines are sent anew [rate; lost_rate]."""
    left = shipments["departed_at"].notna()
    return share(shipments, left & shipments["delivered_at"].isna(), left, by)
