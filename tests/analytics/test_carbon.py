"""Carbon KPIs: legs, packaging, inbound and buildings add up."""

from __future__ import annotations

from math import isnan

import pytest

from tests.analytics.factories import (
    WINDOW,
    a_day,
    a_known_network,
    a_known_run,
    a_network,
    a_shipment,
    an_order,
    books,
    supplied,
)
from twin.analytics import carbon
from twin.analytics.bookings import bookings
from twin.analytics.tables import cohort
from twin.domain.nodes import NodeCosts


def test_parts_add_up_to_the_carbon_of_an_order_exactly() -> None:
    table = bookings(cohort(a_known_run(), WINDOW), WINDOW, a_known_network())

    assert carbon.co2e_kg_per_order(table) == sum(part(table) for part in carbon.PARTS)
    assert carbon.co2e_kg_per_order(table) == pytest.approx(carbon.co2e_kg_total(table) / 2)
    assert carbon.co2e_kg_total(table, "node").sum() == pytest.approx(carbon.co2e_kg_total(table))


def test_linehaul_is_told_apart_by_the_mode_of_the_service_and_couriers_are_ground() -> None:
    table = books(
        orders=[an_order()],
        shipments=[
            a_shipment(linehaul_co2e_kg=1.0),
            a_shipment(linehaul_co2e_kg=2.0, service="courier/same_day"),
            a_shipment(linehaul_co2e_kg=4.0, service="parcel/two_day"),
        ],
    )

    assert carbon.linehaul_ground_co2e_kg_per_order(table) == 3.0
    assert carbon.linehaul_air_co2e_kg_per_order(table) == 4.0
    assert carbon.last_mile_co2e_kg_per_order(table) == 3 * 0.125
    assert carbon.transport_co2e_kg_per_order(table) == 7.375
    assert carbon.packaging_co2e_kg_per_order(table) == 3 * 0.0625


def test_inbound_goods_weigh_the_mean_of_the_catalogue_and_travel_by_road() -> None:
    table = books(
        supplied(a_network(), columbus=800.0),
        orders=[an_order()],
        stock=[a_day(1, shipped_units=100, received_units=500)],
    )

    # 100 units of 1.5 kg over 800 km x 1.25 are 150 tonne-kilometers at 0.08 kg
    assert carbon.inbound_co2e_kg_per_order(table) == pytest.approx(12.0)
    assert carbon.co2e_kg_total(table, "node").to_dict() == pytest.approx({"columbus": 12.0, "reno": 0.0})


def test_buildings_use_electricity_on_every_measured_day() -> None:
    network = a_network(columbus=NodeCosts(building_kwh_per_day=25.0))
    table = books(network, orders=[an_order(1), an_order(2)])

    assert carbon.building_co2e_kg_per_order(table) == pytest.approx(2 * 25 * 0.4 / 2)


def test_intensity_is_transport_over_great_circle_tonne_kilometers() -> None:
    table = books(
        orders=[an_order()],
        shipments=[
            a_shipment(weight_kg=2.0, distance_km=500.0),
            a_shipment(weight_kg=4.0, distance_km=1000.0, service="parcel/two_day"),
        ],
    )

    assert carbon.gco2e_per_tkm(table) == pytest.approx(2 * 375 / 5)
    assert carbon.gco2e_per_tkm(table, "service").loc["parcel/two_day"] == pytest.approx(375 / 4)
    assert carbon.co2e_kg_per_package(table) == pytest.approx(0.4375)


def test_without_a_shipment_there_is_no_intensity() -> None:
    assert isnan(carbon.gco2e_per_tkm(books()))
    assert isnan(carbon.co2e_kg_per_package(books()))
