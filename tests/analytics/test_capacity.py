"""Capacity KPIs: utilization, backlog, waiting and missed pickups."""

from __future__ import annotations

from math import isnan, nan

import pytest

from tests.analytics.factories import a_day, a_shipment, an_hour, an_order, books, nodes, shipments
from twin.analytics import capacity


def test_utilization_is_over_staffed_hours_not_over_the_calendar() -> None:
    table = nodes(
        an_hour(25.0, open_hours=4.0, busy_hours=3.0),
        an_hour(26.0, open_hours=0.0, busy_hours=0.0),
        an_hour(25.0, node="reno", open_hours=1.0, busy_hours=1.0),
    )

    assert capacity.utilization(table) == 4 / 5
    assert capacity.utilization(table, "node").to_dict() == {"columbus": 0.75, "reno": 1.0}


def test_busy_hours_of_a_node_take_its_stages_together() -> None:
    table = nodes(
        an_hour(25.0, open_hours=2.0, busy_hours=2.0),
        an_hour(25.0, stage="pack", open_hours=2.0, busy_hours=0.0),
        an_hour(26.0, open_hours=0.0, busy_hours=0.5),
    )

    assert capacity.utilization_p95(table) == 0.5
    assert capacity.utilization_p95(table, "node").to_dict() == {"columbus": 0.5}


def test_a_node_that_was_never_staffed_has_no_utilization() -> None:
    assert isnan(capacity.utilization(nodes(an_hour(open_hours=0.0, busy_hours=0.0))))


def test_the_backlog_of_the_network_is_what_waits_at_the_same_time() -> None:
    table = nodes(
        an_hour(25.0, waiting_hours=4.0),
        an_hour(25.0, stage="pack", waiting_hours=1.0),
        an_hour(25.0, node="reno", waiting_hours=0.0),
        an_hour(26.0, waiting_hours=0.0),
        an_hour(26.0, node="reno", waiting_hours=3.0),
    )

    assert capacity.backlog_hours_mean(table) == 4.0
    assert capacity.backlog_hours_max(table) == 5.0
    assert capacity.backlog_hours_p95(table) == pytest.approx(3 + 0.95 * 2)
    assert capacity.backlog_hours_mean(table, "node").to_dict() == {"columbus": 2.5, "reno": 1.5}
    assert capacity.backlog_hours_max(table, "node").to_dict() == {"columbus": 5.0, "reno": 3.0}


def test_waiting_ends_with_the_first_work() -> None:
    table = shipments(*(a_shipment(routed_at=30.0, started_at=30.0 + hours) for hours in (0, 1, 5)))

    assert capacity.queue_hours_mean(table) == 2.0
    assert capacity.queue_hours_p50(table) == 1.0
    assert capacity.queue_hours_p90(table) == pytest.approx(1 + 0.8 * 4)


def test_a_pickup_is_missed_by_what_is_packed_after_it_or_never() -> None:
    table = shipments(
        a_shipment(packed_at=42.0),
        a_shipment(packed_at=42.5),
        a_shipment(packed_at=nan),
        a_shipment(packed_at=nan, censored=True),
        a_shipment(planned_departure_at=nan),
    )

    assert capacity.missed_cutoff_rate(table) == pytest.approx(2 / 3)


def test_units_per_labor_hour_compare_the_window_s_units_with_its_staff() -> None:
    table = books(
        orders=[an_order()],
        stock=[a_day(1, shipped_units=30), a_day(2, shipped_units=10), a_day(3, shipped_units=99)],
        nodes=[an_hour(25.0, open_hours=4.0), an_hour(26.0, open_hours=4.0), an_hour(24.0, open_hours=99.0)],
    )

    assert capacity.units_per_labor_hour(table) == 5.0
