"""Routing KPIs: splits, packages, distances and declined shipments."""

from __future__ import annotations

from dataclasses import replace
from math import isnan, nan

import pytest

from tests.analytics.factories import WINDOW, a_network, a_shipment, an_event, an_order, books, orders, tables
from twin.analytics import routing
from twin.analytics.bookings import bookings
from twin.analytics.tables import cohort

NEVER = {"nodes": 0, "packages": 0, "first_choice": False}

BOOK = orders(
    an_order(lines=1, nodes=1, packages=1),
    an_order(lines=2, nodes=1, packages=2, first_choice=False),
    an_order(lines=3, nodes=2, packages=3, first_choice=False, channel="app"),
    an_order(lines=2, status="cancelled", **NEVER),
)


def test_only_orders_that_shipped_can_be_split() -> None:
    assert routing.split_rate(BOOK) == pytest.approx(1 / 3)
    assert routing.split_rate_multi(BOOK) == 1 / 2
    assert routing.split_rate(BOOK, "channel").to_dict() == {"app": 1.0, "web": 0.0}


def test_packages_and_first_choices_are_those_of_shipped_orders() -> None:
    assert routing.packages_per_order(BOOK) == 2.0
    assert routing.primary_rate(BOOK) == pytest.approx(1 / 3)


def test_no_shipped_order_means_no_rate() -> None:
    assert isnan(routing.split_rate(orders(an_order(**NEVER))))


def test_zones_and_miles_are_weighted_by_packages_that_left() -> None:
    table = books(
        orders=[an_order()],
        shipments=[
            a_shipment(zone=2, distance_km=160.9344, packages=3),
            a_shipment(zone=6, distance_km=1609.344, node="reno"),
            a_shipment(zone=8, distance_km=9999.0, departed_at=nan),
        ],
    )

    assert routing.mean_zone(table) == 3.0
    assert routing.mean_zone(table, "node").to_dict() == {"columbus": 2.0, "reno": 6.0}
    assert routing.miles_per_package(table) == pytest.approx((3 * 100 + 1000) / 4)


def test_many_packages_in_a_far_zone_do_not_overflow() -> None:
    run = tables(orders=[an_order()], shipments=[a_shipment(zone=8, packages=100)])
    narrow = replace(run, shipments=run.shipments.astype({"zone": "int8", "packages": "int8"}))

    table = bookings(cohort(narrow, WINDOW), WINDOW, a_network())

    assert routing.mean_zone(table) == 8.0


def test_declines_are_a_share_of_all_assignments_of_a_node() -> None:
    table = books(
        orders=[an_order(1), an_order(2)],
        shipments=[a_shipment(1), a_shipment(2), a_shipment(2, node="reno")],
        events=[
            an_event("declined", subject="reno", order=1),
            an_event("rerouted", subject="columbus", order=1),
            an_event("backordered", subject="", order=2),
        ],
    )

    assert routing.decline_rate(table) == 1 / 4
    assert routing.decline_rate(table, "node").to_dict() == {"columbus": 0.0, "reno": 0.5}
    assert routing.reroutes_per_order(table) == 1 / 2


def test_the_mix_of_zones_counts_packages() -> None:
    shipments = tables(
        orders=[an_order()], shipments=[a_shipment(zone=2, packages=3), a_shipment(zone=8, packages=1)]
    ).shipments

    assert routing.zone_mix(shipments, "zone").to_dict() == {2: 0.75, 8: 0.25}
