"""Service KPIs: which orders count, and as what."""

from __future__ import annotations

from math import isnan, nan

import pytest

from tests.analytics.factories import a_shipment, an_event, an_order, books, orders, shipments
from twin.analytics import service

NEVER = {"delivered_at": nan, "shipped_at": nan, "nodes": 0, "packages": 0}


def test_arrival_at_the_promise_itself_is_on_time() -> None:
    table = orders(an_order(delivered_at=96.0), an_order(delivered_at=96.0001))

    assert service.on_time_delivery_rate(table) == 0.5


def test_an_order_open_past_its_promise_is_late() -> None:
    table = orders(an_order(), an_order(status="open", **NEVER))

    assert service.on_time_delivery_rate(table) == 0.5
    assert service.delivered_in_full_rate(table) == 0.5


def test_an_open_order_with_some_packages_delivered_is_not_on_time() -> None:
    table = orders(an_order(status="open", delivered_at=50.0))

    assert service.on_time_delivery_rate(table) == 0.0
    assert isnan(service.on_time_delivery_rate_scor(table))
    assert isnan(service.click_to_deliver_hours_mean(table))


def test_a_censored_order_counts_nowhere_but_among_the_placed() -> None:
    censored = an_order(status="open", censored=True, **NEVER)
    table = orders(an_order(), censored)

    assert service.on_time_delivery_rate(table) == 1.0
    assert service.otif_rate(table) == 1.0
    assert service.csat_proxy(table) == pytest.approx(95.0)
    assert service.cancel_rate(orders(an_order(status="cancelled"), censored)) == 0.5


def test_a_cancelled_order_fails_us_and_is_left_out_by_scor() -> None:
    table = orders(an_order(), an_order(status="cancelled", **NEVER))

    assert service.on_time_delivery_rate(table) == service.delivered_in_full_rate(table) == 0.5
    assert service.on_time_delivery_rate_scor(table) == service.delivered_in_full_rate_scor(table) == 1.0
    assert service.perfect_order_rate_scor(table) == 1.0


def test_a_partly_cancelled_order_may_be_on_time_but_not_in_full() -> None:
    table = orders(an_order(status="cancelled", delivered_at=90.0))

    assert service.on_time_delivery_rate(table) == 1.0
    assert service.delivered_in_full_rate(table) == service.otif_rate(table) == 0.0
    assert service.delivered_in_full_rate_scor(table) == 0.0


def test_on_time_and_in_full_must_hold_for_the_same_order() -> None:
    late = an_order(delivered_at=97.0)
    short = an_order(status="cancelled")

    assert service.otif_rate(orders(late, short)) == 0.0
    assert service.perfect_order_rate(orders(late, short, an_order())) == pytest.approx(1 / 3)


def test_times_run_from_the_click() -> None:
    table = orders(
        *(an_order(placed_at=10.0, shipped_at=10.0 + hours, delivered_at=10.0 + 2 * hours) for hours in (10, 20, 60))
    )

    assert service.click_to_ship_hours_mean(table) == 30.0
    assert service.click_to_ship_hours_p50(table) == 20.0
    assert service.click_to_ship_hours_p90(table) == pytest.approx(20 + 0.8 * 40)
    assert service.click_to_ship_hours_p95(table) == pytest.approx(20 + 0.9 * 40)
    assert service.click_to_deliver_hours_mean(table) == 60.0
    assert service.click_to_deliver_hours_p50(table) == 40.0
    assert service.click_to_deliver_hours_p90(table) == pytest.approx(40 + 0.8 * 80)
    assert service.click_to_deliver_hours_p95(table) == pytest.approx(40 + 0.9 * 80)


def test_promise_errors_are_below_zero_when_early() -> None:
    table = orders(*(an_order(promised_by=100.0, delivered_at=at) for at in (70.0, 76.0, 94.0, 148.0)))

    assert service.promise_error_hours_mean(table) == (-30 - 24 - 6 + 48) / 4
    assert service.promise_error_hours_p10(table) == pytest.approx(-30 + 0.3 * 6)
    assert service.promise_error_hours_p90(table) == pytest.approx(-6 + 0.7 * 54)
    assert service.early_by_a_day_rate(table) == 0.25
    assert service.late_days_mean(table) == 2.0


def test_without_a_late_order_there_is_no_lateness() -> None:
    assert isnan(service.late_days_mean(orders(an_order())))


@pytest.mark.parametrize(
    ("order", "points"),
    [
        (an_order(), 95.0),
        (an_order(nodes=2), 85.0),
        (an_order(nodes=2, delivered_at=120.0), 50.0),
        (an_order(delivered_at=120.1), 20.0),
        (an_order(status="open", **NEVER), 20.0),
        (an_order(status="open", delivered_at=50.0), 20.0),
        (an_order(status="cancelled"), 10.0),
    ],
    ids=[
        "on time",
        "split",
        "late",
        "late by more than a day",
        "never came",
        "a part never came",
        "cancelled",
    ],
)
def test_satisfaction_follows_the_worst_experience(order: dict[str, object], points: float) -> None:
    assert service.csat_proxy(orders(order)) == pytest.approx(points)


def test_the_assumptions_on_satisfaction_can_be_replaced() -> None:
    harsh = service.UnhappyRates(on_time=0.5)

    assert service.csat_proxy(orders(an_order()), unhappy=harsh) == 50.0


def test_shipments_are_on_time_by_the_promise_of_their_order() -> None:
    table = shipments(
        a_shipment(delivered_at=96.0),
        a_shipment(delivered_at=97.0),
        a_shipment(delivered_at=nan),
        a_shipment(delivered_at=nan, censored=True),
    )

    assert service.on_time_arrival_rate(table) == pytest.approx(1 / 3)


def test_a_shipment_ships_on_time_with_the_pickup_it_was_planned_for() -> None:
    table = shipments(
        a_shipment(),
        a_shipment(departed_at=18.0),
        a_shipment(departed_at=66.0),
        a_shipment(departed_at=nan),
        a_shipment(departed_at=nan, censored=True),
        a_shipment(planned_departure_at=nan),
    )

    assert service.on_time_ship_rate(table) == 2 / 4


def test_transit_runs_from_pickup_to_arrival_by_service() -> None:
    table = shipments(
        a_shipment(departed_at=10.0, delivered_at=34.0),
        a_shipment(departed_at=10.0, delivered_at=58.0),
        a_shipment(departed_at=10.0, delivered_at=22.0, service="parcel/two_day"),
    )

    found = service.transit_hours_mean(table, "service")
    assert found.to_dict() == {"parcel/ground": 36.0, "parcel/two_day": 12.0}
    assert service.transit_hours_p90(table) == pytest.approx(24 + 0.8 * 24)


def test_lost_sales_are_priced_at_the_mean_unit_price_of_their_order() -> None:
    table = books(
        orders=[an_order(1, units=4, value_usd=100.0), an_order(2, units=2, value_usd=10.0, channel="app")],
        events=[
            an_event("cancelled", order=1, units=3),
            an_event("cancelled", order=2, units=1),
            an_event("backordered", order=2, units=2),
        ],
    )

    assert service.lost_sales_units(table) == 4.0
    assert service.lost_sales_usd(table, "channel").to_dict() == {"app": 5.0, "web": 75.0}
