"""Cost KPIs: what belongs to an order, what to a node, and that all of it adds up."""

from __future__ import annotations

from math import isnan, nan

import pytest

from tests.analytics.factories import (
    WINDOW,
    a_day,
    a_known_network,
    a_known_run,
    a_network,
    a_shipment,
    an_hour,
    an_order,
    books,
)
from twin.analytics import costs
from twin.analytics.bookings import bookings
from twin.analytics.tables import cohort
from twin.domain.nodes import NodeCosts
from twin.domain.work import Overtime, Work


def test_parts_add_up_to_the_cost_of_an_order_exactly() -> None:
    table = bookings(cohort(a_known_run(), WINDOW), WINDOW, a_known_network())

    assert costs.cost_per_order(table) == sum(part(table) for part in costs.PARTS)
    assert costs.cost_per_order(table) == pytest.approx(costs.total_cost_usd(table) / 2)
    assert (costs.cost_per_order(table, "node") == sum(part(table, "node") for part in costs.PARTS)).all()


def test_nodes_add_up_to_the_network() -> None:
    table = bookings(cohort(a_known_run(), WINDOW), WINDOW, a_known_network())

    assert costs.total_cost_usd(table, "node").sum() == pytest.approx(costs.total_cost_usd(table))


def test_what_is_booked_on_shipments_is_shared_by_delivered_orders_alone() -> None:
    table = books(
        orders=[an_order(1), an_order(2, status="cancelled", delivered_at=nan), an_order(3, channel="app")],
        shipments=[a_shipment(1, late_credit_usd=3.0), a_shipment(2), a_shipment(3, packages=2)],
    )

    assert costs.label_cpo(table) == 3 * 8 / 2
    assert costs.surcharge_cpo(table) == 3 * 2 / 2
    assert costs.packaging_cpo(table) == 3 * 0.5 / 2
    assert costs.late_credit_cpo(table) == 3 / 2
    assert costs.shipping_cost_per_order(table) == 3 * 10 / 2
    assert costs.shipping_cost_per_package(table) == 3 * 10 / 4
    assert costs.cost_per_order_variable(table, "channel").to_dict() == {"app": 12.0, "web": 27.0}


def test_shifts_are_paid_by_the_hour_staffed_busy_or_not() -> None:
    staffed = NodeCosts(wage_usd_per_hour=20.0, labor_paid="staffed")
    worked = NodeCosts(wage_usd_per_hour=20.0, labor_paid="worked")
    table = books(
        a_network(columbus=staffed, reno=worked),
        orders=[an_order()],
        shipments=[a_shipment(handling_usd=1.5)],
        nodes=[an_hour(25.0, open_hours=3.0, busy_hours=0.0), an_hour(25.0, node="reno", open_hours=3.0)],
    )

    assert costs.labor_cpo(table) == 1.5 + 60.0


def test_stock_costs_storage_interest_and_inbound_freight() -> None:
    node = NodeCosts(storage_usd_per_unit_day=0.02, holding_rate_per_year=0.2, inbound_usd_per_unit=0.25)
    table = books(
        a_network(columbus=node),
        orders=[an_order()],
        stock=[a_day(1, mean_on_hand_usd=3650.0), a_day(2, mean_on_hand_usd=3650.0, received_units=0)],
    )

    assert costs.storage_cpo(table) == pytest.approx(2 * 100 * 0.02)
    assert costs.holding_cpo(table) == pytest.approx(2 * 2.0)
    assert costs.inbound_cpo(table) == 20 * 0.25


def test_a_node_costs_its_fixed_sum_on_every_measured_day() -> None:
    network = a_network(columbus=NodeCosts(fixed_usd_per_day=100.0), reno=NodeCosts(fixed_usd_per_day=7.0))
    table = books(network, orders=[an_order(1), an_order(2)], shipments=[a_shipment(1), a_shipment(2)])

    assert costs.node_fixed_cpo(table) == (200 + 14) / 2
    assert costs.node_fixed_cpo(table, "node").to_dict() == pytest.approx({"columbus": 100.0, "reno": nan}, nan_ok=True)


def test_overtime_is_paid_at_its_rate() -> None:
    node = NodeCosts(wage_usd_per_hour=20.0, labor_paid="staffed")
    table = books(
        a_network(columbus=node, work=Work(overtime=Overtime(1.0, 2.0, pay_rate=1.5))),
        orders=[an_order()],
        nodes=[an_hour(25.0, open_hours=3.0, overtime_hours=1.0)],
    )

    assert costs.labor_cpo(table) == 60.0 + 10.0


def test_a_bill_comes_to_the_contracts_minimum_at_least() -> None:
    days = 2 * 12 / 365  # of a month
    busy = NodeCosts(minimum_usd_per_month=30.0, storage_usd_per_unit_day=0.02)
    idle = NodeCosts(minimum_usd_per_month=3_000.0, storage_usd_per_unit_day=0.02, inbound_usd_per_unit=0.25)
    there = {"orders": [an_order()], "shipments": [a_shipment(handling_usd=1.5)], "stock": [a_day(1), a_day(2)]}

    assert costs.node_fixed_cpo(books(a_network(columbus=busy), **there)) == 0.0
    billed = 1.5 + 2 * 100 * 0.02 + 20 * 0.25
    assert costs.node_fixed_cpo(books(a_network(columbus=idle), **there)) == pytest.approx(3_000 * days - billed)


def test_without_a_delivered_order_an_order_has_no_cost_but_the_network_has() -> None:
    table = books(a_network(columbus=NodeCosts(fixed_usd_per_day=1.0)))

    assert costs.total_cost_usd(table) == 2.0
    assert isnan(costs.cost_per_order(table))
    assert isnan(costs.shipping_cost_per_package(table))
