"""How much there was: orders, shipments, packages and units."""

from __future__ import annotations

from functools import reduce
from operator import add

import pandas as pd

from twin.analytics.sums import Result, ratio, total


def orders_placed(bookings: pd.DataFrame, by: str | None = None) -> Result:
    """Orders placed in the window [orders; cohort]."""
    return total(bookings, bookings["orders"], by)


def orders_per_day(bookings: pd.DataFrame, by: str | None = None) -> Result:
    """Orders placed in a day of the window [orders/d; cohort]."""
    return total(bookings, bookings["orders_per_day"], by)


def orders_delivered(bookings: pd.DataFrame, by: str | None = None) -> Result:
    """Orders of which all that was not cancelled has arrived, and that is something [orders; cpo]."""
    return delivered_orders(bookings, by)


def censored_orders(bookings: pd.DataFrame, by: str | None = None) -> Result:
    """Orders still open at the end of the run and not yet due, left out of rates [orders; n_censored]."""
    return total(bookings, bookings["orders_censored"], by)


def shipments_per_day(bookings: pd.DataFrame, by: str | None = None) -> Result:
    """Shipments handed to a carrier for the orders of a day [shipments/d; ours]."""
    return total(bookings, bookings["shipments_per_day"], by)


def packages_shipped(bookings: pd.DataFrame, by: str | None = None) -> Result:
    """Packages handed to a carrier [packages; ours]."""
    return total(bookings, bookings["packages"], by)


def delivered_orders(bookings: pd.DataFrame, by: str | None = None) -> Result:
    """Count delivered orders; those of a node are the orders for which something from it arrived."""
    return total(bookings, bookings["orders_from_node" if by == "node" else "orders_delivered"], by)


def booked(bookings: pd.DataFrame, columns: tuple[str, ...], by: str | None = None) -> Result:
    """Add up some columns of the books."""
    return reduce(add, (total(bookings, bookings[column], by) for column in columns))


def per_delivered_order(bookings: pd.DataFrame, columns: tuple[str, ...], by: str | None = None) -> Result:
    """Add up some columns of the books and share them among the delivered orders."""
    return ratio(booked(bookings, columns, by), delivered_orders(bookings, by))
