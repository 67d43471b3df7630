"""Volume KPIs: counts of orders, shipments and packages."""

from __future__ import annotations

from math import nan

import pytest

from tests.analytics.factories import a_shipment, an_order, books
from twin.analytics import volume


def test_orders_are_counted_by_what_became_of_them() -> None:
    table = books(
        orders=[
            an_order(1),
            an_order(2, status="cancelled"),
            an_order(3, status="cancelled", delivered_at=nan),
            an_order(4, status="open", promised_by=999.0, delivered_at=nan),
            an_order(5, status="open", delivered_at=50.0, channel="app"),
        ]
    )

    assert volume.orders_placed(table) == 5.0
    assert volume.orders_per_day(table, "channel").to_dict() == {"app": 0.5, "web": 2.0}
    assert volume.orders_delivered(table) == 2.0
    assert volume.censored_orders(table) == 1.0


def test_shipments_and_packages_count_once_they_left() -> None:
    table = books(
        orders=[an_order()],
        shipments=[a_shipment(packages=3), a_shipment(node="reno"), a_shipment(departed_at=nan)],
    )

    assert volume.shipments_per_day(table, "node").to_dict() == {"columbus": 0.5, "reno": 0.5}
    assert volume.packages_shipped(table) == 4.0


def test_parts_are_shared_among_delivered_orders() -> None:
    table = books(orders=[an_order(1), an_order(2)], shipments=[a_shipment(1), a_shipment(2)])

    assert volume.booked(table, ("label_usd", "surcharge_usd")) == 20.0
    assert volume.per_delivered_order(table, ("label_usd", "surcharge_usd")) == pytest.approx(10.0)
