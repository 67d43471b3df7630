"""Carbon leg by leg: every leg by hand, and all of them the whole."""

from __future__ import annotations

from dataclasses import replace
from math import isnan

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.analytics.factories import (
    WINDOW,
    Row,
    a_day,
    a_known_network,
    a_known_run,
    a_network,
    a_return,
    a_service,
    a_shipment,
    an_order,
    supplied,
    tables,
)
from twin.analytics import carbon
from twin.analytics.bookings import bookings
from twin.analytics.kpis import measure
from twin.analytics.legs import COLUMNS, carbon_factors, carbon_legs
from twin.analytics.tables import Tables
from twin.domain.carbon import EmissionFactor
from twin.domain.local_delivery import BY_VAN
from twin.domain.network import Network
from twin.domain.nodes import NodeCosts
from twin.domain.pickup import BY_CUSTOMERS

GRAM = 0.001


def legs_of(run: Tables, network: Network) -> pd.DataFrame:
    """The legs of what a study measures of a run."""
    return carbon_legs(measure(run, WINDOW, network), WINDOW, network)


def total_kg(run: Tables, network: Network) -> float:
    """The carbon of the same run as the KPI has it."""
    return float(carbon.co2e_kg_total(bookings(measure(run, WINDOW, network), WINDOW, network)))


def by_leg(legs: pd.DataFrame, column: str = "co2e_kg") -> dict[str, float]:
    """Sums of a column by leg."""
    return {str(leg): float(value) for leg, value in legs.groupby("leg")[column].sum().items()}


def test_every_leg_of_the_known_run_is_what_was_worked_out_by_hand() -> None:
    legs = legs_of(a_known_run(), a_known_network())

    assert by_leg(legs) == pytest.approx({
        "first_mile": 0.5, "linehaul": 4.3125, "hub": 1.125, "last_mile": 0.5, "packaging": 0.25,
        "supply": 4.8, "building": 48.0, "return": 0.75,
    })  # fmt: skip
    assert by_leg(legs, "activity") == pytest.approx({
        "first_mile": 4, "linehaul": 13.1, "hub": 0.018, "last_mile": 4, "packaging": 4,
        "supply": 0.045 * 1000 + 0.015 * 200, "building": 120, "return": 2,
    })  # fmt: skip


def test_the_legs_of_the_known_run_add_up_to_its_carbon() -> None:
    run, network = a_known_run(), a_known_network()

    assert legs_of(run, network)["co2e_kg"].sum() == pytest.approx(total_kg(run, network), abs=GRAM)


@settings(max_examples=15)
@given(
    st.lists(
        st.fixed_dictionaries({
            "service": st.sampled_from(["parcel/ground", "parcel/two_day", "courier/same_day"]),
            "node": st.sampled_from(["columbus", "reno"]),
            "departed_at": st.floats(24, 400), "weight_kg": st.floats(0.01, 60), "distance_km": st.floats(0, 5000),
            "packages": st.integers(1, 9), "linehaul_co2e_kg": st.floats(0, 50),
            "last_mile_co2e_kg": st.floats(0, 5), "packaging_co2e_kg": st.floats(0, 5),
        }),
        max_size=20,
    ),
    st.dictionaries(st.sampled_from(["ground", "air", "courier"]), st.integers(1, 4)),
)  # fmt: skip
def test_the_legs_of_any_shipments_add_up_to_their_carbon(shipments: list[Row], hubs: dict[str, int]) -> None:
    known = a_known_network()
    network = replace(known, carbon=replace(known.carbon, hubs=hubs))
    run = tables(orders=[an_order()], shipments=[a_shipment(**shipment) for shipment in shipments])

    assert legs_of(run, network)["co2e_kg"].sum() == pytest.approx(total_kg(run, network), abs=GRAM)


def test_legs_are_told_apart_by_node_service_and_day_of_departure() -> None:
    run = tables(orders=[an_order()], shipments=[a_shipment(departed_at=42.0), a_shipment(departed_at=50.0)])

    legs = legs_of(run, a_network())

    assert list(legs.columns) == list(COLUMNS)
    linehaul = legs[legs["leg"] == "linehaul"]
    assert linehaul[["node", "service", "day", "factor", "activity", "unit", "co2e_kg"]].to_numpy().tolist() == [
        ["columbus", "parcel/ground", 1, "linehaul_ground", 1.0, "tkm", 0.25],
        ["columbus", "parcel/ground", 2, "linehaul_ground", 1.0, "tkm", 0.25],
    ]


def test_trips_of_customers_and_vans_are_legs_of_their_own() -> None:
    network = a_network()
    services = {name: a_service(name, mode) for name, mode in (("store_pickup", BY_CUSTOMERS), ("store_van", BY_VAN))}
    network = replace(network, services={**network.services, **services})
    run = tables(
        orders=[an_order()],
        shipments=[
            a_shipment(service="store_pickup", linehaul_co2e_kg=0.0, last_mile_co2e_kg=1.5),
            a_shipment(service="store_van", linehaul_co2e_kg=0.0, last_mile_co2e_kg=0.5),
        ],
        returns=[a_return(method="drop_off", co2e_kg=0.75)],
    )

    legs = legs_of(run, network).set_index("leg")

    assert legs.loc[["pickup_trip", "local_delivery", "return_trip"], "co2e_kg"].tolist() == [1.5, 0.5, 0.75]
    assert legs.loc[["pickup_trip", "local_delivery", "return_trip"], "factor"].tolist() == [
        "demand.pickup.trip_co2e_kg", "demand.local_delivery.stop_co2e_kg", "returns.drop_off.co2e_kg"
    ]  # fmt: skip
    assert "linehaul" not in legs.index


def test_goods_that_pass_a_node_have_a_leg_for_each_lane() -> None:
    network = supplied(a_network(), columbus=800.0, reno=400.0)
    reno = network.nodes["reno"]
    assert reno.supply is not None
    reno = replace(reno, supply=replace(reno.supply, supplier="columbus"))
    network = replace(network, nodes={**network.nodes, "reno": reno})
    run = tables(orders=[an_order()], stock=[a_day(1, node="reno", shipped_units=100)])

    legs = legs_of(run, network)

    # 100 units of 1.5 kg are 0.15 t: 800 km from the maker, 400 km on to Reno, each x 1.25 x 0.08 kg
    assert by_leg(legs, "activity") == pytest.approx({"supply": 120.0, "transfer": 60.0})
    assert by_leg(legs) == pytest.approx({"supply": 12.0, "transfer": 6.0})
    assert set(legs["node"]) == {"reno"}


def test_buildings_are_a_leg_on_every_measured_day_where_they_are_open() -> None:
    costs = NodeCosts(building_kwh_per_day=25.0)

    legs = legs_of(tables(), a_network(columbus=costs, reno=costs, reno_enabled=False))

    assert legs[["leg", "node", "day", "activity", "unit", "co2e_kg"]].to_numpy().tolist() == [
        ["building", "columbus", 1, 25.0, "kWh", 10.0],
        ["building", "columbus", 2, 25.0, "kWh", 10.0],
    ]


def test_what_vehicles_themselves_emit_is_known_where_the_factor_says_so() -> None:
    network = a_network()
    cited = (EmissionFactor("linehaul_ground", 0.1, "kgco2e_per_tkm", tank_to_wheel=0.08),
             EmissionFactor("last_mile_per_parcel", 0.2, "kgco2e_per_parcel"))  # fmt: skip
    network = replace(network, carbon=replace(network.carbon, factors=cited))

    legs = legs_of(tables(orders=[an_order()], shipments=[a_shipment()]), network).set_index("leg")

    assert legs.loc["linehaul", "tank_to_wheel_co2e_kg"] == pytest.approx(0.25 * 0.8)
    assert isnan(legs.loc["last_mile", "tank_to_wheel_co2e_kg"])
    assert carbon_factors(network)[["key", "road_factor"]].to_numpy().tolist() == [
        ["linehaul_ground", 1.25], ["last_mile_per_parcel", 1.0]
    ]  # fmt: skip


def test_a_run_without_anything_has_no_leg() -> None:
    assert len(legs_of(tables(), a_network())) == 0
