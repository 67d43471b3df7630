"""Service: whether customers get all of it, when they were promised it, and how long it takes.

Rates count orders that are due: those still open and not yet due are censored, those open past their promise
are late. A cancelled order is never in full; what remains of it may arrive on time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from twin.analytics.sums import Result, mean, quantile, ratio, share, total

DAY_HOURS = 24.0


def arrived(orders: pd.DataFrame) -> pd.Series[bool]:
    """Mark orders of which something has arrived and nothing is awaited."""
    return (orders["status"] != "open") & orders["delivered_at"].notna()


def on_time(orders: pd.DataFrame) -> pd.Series[bool]:
    """Mark orders whose last package came by the promise."""
    return (orders["status"] != "open") & (orders["delivered_at"] <= orders["promised_by"])


def in_full(orders: pd.DataFrame) -> pd.Series[bool]:
    """Mark orders delivered with all their units."""
    return orders["status"] == "delivered"


def on_time_delivery_rate(orders: pd.DataFrame, by: str | None = None) -> Result:
    """Share of due orders whose last package arrived by the promise [rate; otd]."""
    return share(orders, on_time(orders), ~orders["censored"], by)


def on_time_delivery_rate_scor(orders: pd.DataFrame, by: str | None = None) -> Result:
    """Share of delivered orders whose last package arrived by the promise [rate; otd, SCOR RL.2.2]."""
    return share(orders, on_time(orders), arrived(orders), by)


def delivered_in_full_rate(orders: pd.DataFrame, by: str | None = None) -> Result:
    """Share of due orders delivered with all their units [rate; in_full]."""
    return share(orders, in_full(orders), ~orders["censored"], by)


def delivered_in_full_rate_scor(orders: pd.DataFrame, by: str | None = None) -> Result:
    """Share of delivered orders that came with all their units [rate; in_full, SCOR RL.2.1]."""
    return share(orders, in_full(orders), arrived(orders), by)


def otif_rate(orders: pd.DataFrame, by: str | None = None) -> Result:
    """Share of due orders delivered both on time and in full [rate; otif, SCOR RL.2.1 and RL.2.2]."""
    return share(orders, on_time(orders) & in_full(orders), ~orders["censored"], by)


def perfect_order_rate(orders: pd.DataFrame, by: str | None = None) -> Result:
    """Share of due orders on time and in full; damage and papers are not modelled [rate; perfect_order]."""
    return otif_rate(orders, by)


def perfect_order_rate_scor(orders: pd.DataFrame, by: str | None = None) -> Result:
    """Share of delivered orders that were on time and in full [rate; perfect_order, SCOR RL.1.1]."""
    return share(orders, on_time(orders) & in_full(orders), arrived(orders), by)


def cancel_rate(orders: pd.DataFrame, by: str | None = None) -> Result:
    """Share of orders of which we cancelled some unit [rate; cancel_rate]."""
    return share(orders, orders["status"] == "cancelled", orders["order"].notna(), by)


def click_to_ship_hours_mean(orders: pd.DataFrame, by: str | None = None) -> Result:
    """Mean time from order to the pickup of its last package [h; click_to_ship]."""
    return mean(orders, _click_to_ship(orders), by)


def click_to_ship_hours_p50(orders: pd.DataFrame, by: str | None = None) -> Result:
    """Median time from order to the pickup of its last package [h; click_to_ship]."""
    return quantile(orders, _click_to_ship(orders), 0.5, by)


def click_to_ship_hours_p90(orders: pd.DataFrame, by: str | None = None) -> Result:
    """Time from order to last pickup that 90 % of orders stay within [h; click_to_ship]."""
    return quantile(orders, _click_to_ship(orders), 0.9, by)


def click_to_ship_hours_p95(orders: pd.DataFrame, by: str | None = None) -> Result:
    """Time from order to last pickup that 95 % of orders stay within [h; click_to_ship]."""
    return quantile(orders, _click_to_ship(orders), 0.95, by)


def click_to_deliver_hours_mean(orders: pd.DataFrame, by: str | None = None) -> Result:
    """Mean time from order to the arrival of its last package [h; click_to_deliver, SCOR RS.1.1]."""
    return mean(orders, _click_to_deliver(orders), by)


def click_to_deliver_hours_p50(orders: pd.DataFrame, by: str | None = None) -> Result:
    """Median time from order to the arrival of its last package [h; click_to_deliver]."""
    return quantile(orders, _click_to_deliver(orders), 0.5, by)


def click_to_deliver_hours_p90(orders: pd.DataFrame, by: str | None = None) -> Result:
    """Time from order to last arrival that 90 % of orders stay within [h; click_to_deliver]."""
    return quantile(orders, _click_to_deliver(orders), 0.9, by)


def click_to_deliver_hours_p95(orders: pd.DataFrame, by: str | None = None) -> Result:
    """Time from order to last arrival that 95 % of orders stay within [h; click_to_deliver]."""
    return quantile(orders, _click_to_deliver(orders), 0.95, by)


def promise_error_hours_mean(orders: pd.DataFrame, by: str | None = None) -> Result:
    """Mean time from the promise to the last arrival, early below zero [h; promise_error]."""
    return mean(orders, _promise_error(orders), by)


def promise_error_hours_p10(orders: pd.DataFrame, by: str | None = None) -> Result:
    """Promise error that a tenth of orders stay below [h; promise_error]."""
    return quantile(orders, _promise_error(orders), 0.1, by)


def promise_error_hours_p90(orders: pd.DataFrame, by: str | None = None) -> Result:
    """Promise error that 90 % of orders stay within [h; promise_error]."""
    return quantile(orders, _promise_error(orders), 0.9, by)


def early_by_a_day_rate(orders: pd.DataFrame, by: str | None = None) -> Result:
    """Share of delivered orders that arrived more than a day before the promise [rate; promise_error]."""
    return share(orders, _promise_error(orders) < -DAY_HOURS, arrived(orders), by)


def late_days_mean(orders: pd.DataFrame, by: str | None = None) -> Result:
    """Mean lateness of the delivered orders that were late [d; days_late]."""
    late_hours = _promise_error(orders).where(lambda hours: hours > 0)
    return mean(orders, late_hours / DAY_HOURS, by)


def on_time_arrival_rate(shipments: pd.DataFrame, by: str | None = None) -> Result:
    """Share of due shipments that arrived by the promise of their order [rate; otd by shipment]."""
    return share(shipments, shipments["delivered_at"] <= shipments["promised_by"], ~shipments["censored"], by)


def on_time_ship_rate(shipments: pd.DataFrame, by: str | None = None) -> Result:
    """Share of due shipments that left with the pickup planned for them or an earlier one [rate; ots]."""
    left = shipments["departed_at"] <= shipments["planned_departure_at"]
    due = shipments["departed_at"].notna() | ~shipments["censored"]
    return share(shipments, left, due & shipments["planned_departure_at"].notna(), by)


def transit_hours_mean(shipments: pd.DataFrame, by: str | None = None) -> Result:
    """Mean time from pickup to arrival [h; transit_time]."""
    return mean(shipments, shipments["delivered_at"] - shipments["departed_at"], by)


def transit_hours_p90(shipments: pd.DataFrame, by: str | None = None) -> Result:
    """Time from pickup to arrival that 90 % of shipments stay within [h; transit_time]."""
    return quantile(shipments, shipments["delivered_at"] - shipments["departed_at"], 0.9, by)


def promise_moved_rate(bookings: pd.DataFrame, by: str | None = None) -> Result:
    """Share of the orders placed that a response promised later than usual [rate; ours]."""
    return ratio(total(bookings, bookings["promises_moved"], by), total(bookings, bookings["orders"], by))


def lost_sales_units(bookings: pd.DataFrame, by: str | None = None) -> Result:
    """Units cancelled because nobody could fill them [units; lost_sales]."""
    return total(bookings, bookings["lost_units"], by)


def lost_sales_usd(bookings: pd.DataFrame, by: str | None = None) -> Result:
    """Price of the cancelled units, each at the mean unit price of its order [USD; lost_sales]."""
    return total(bookings, bookings["lost_usd"], by)


@dataclass(frozen=True, slots=True)
class UnhappyRates:
    """Assumed share of customers who are unhappy after each kind of experience; only the worst one counts."""

    on_time: float = 0.05
    split: float = 0.15
    late: float = 0.5
    late_by_more_than_a_day: float = 0.8
    cancelled: float = 0.9


ASSUMED = UnhappyRates()


def csat_proxy(orders: pd.DataFrame, by: str | None = None, unhappy: UnhappyRates = ASSUMED) -> Result:
    """Proxy of satisfaction: 100 x (1 - assumed share of the unhappy), no survey [points; csat_proxy]."""
    very_late = ~(orders["delivered_at"] <= orders["promised_by"] + DAY_HOURS) | (orders["status"] == "open")
    kinds = [orders["status"] == "cancelled", very_late, ~on_time(orders), orders["nodes"] > 1]
    rates = [unhappy.cancelled, unhappy.late_by_more_than_a_day, unhappy.late, unhappy.split]
    expected = pd.Series(np.select(kinds, rates, unhappy.on_time), index=orders.index)
    due = ~orders["censored"]
    return 100 * (1 - ratio(total(orders, expected.where(due), by), total(orders, due, by)))


def _click_to_ship(orders: pd.DataFrame) -> pd.Series[float]:
    return (orders["shipped_at"] - orders["placed_at"]).where(orders["status"] != "open")


def _click_to_deliver(orders: pd.DataFrame) -> pd.Series[float]:
    return (orders["delivered_at"] - orders["placed_at"]).where(orders["status"] != "open")


def _promise_error(orders: pd.DataFrame) -> pd.Series[float]:
    return (orders["delivered_at"] - orders["promised_by"]).where(orders["status"] != "open")
