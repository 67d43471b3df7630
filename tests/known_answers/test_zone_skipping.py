"""Zone skipping by hand: parcels from Columbus for the West go by truck to Reno, and on from there in zone 1."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import (
    CHICAGO_PLACE,
    COLUMBUS,
    RENO,
    Tables,
    a_departure,
    a_level,
    a_model,
    a_network,
    a_node,
    a_place,
    a_service,
    an_order,
    run,
)
from tests.policies.worlds import lines_of
from twin.analytics.bookings import bookings
from twin.analytics.carbon import co2e_kg_total
from twin.analytics.kpis import measure
from twin.analytics.legs import carbon_legs
from twin.analytics.tables import Tables as Measured
from twin.analytics.tables import Window
from twin.domain.geography import KM_PER_MILE, Place, great_circle_miles
from twin.domain.injection import Injection
from twin.domain.network import Network
from twin.domain.surcharges import Surcharges
from twin.policies.cartons import Packer
from twin.policies.offers import OfferBook

WINDOW = Window(0, 3)
USD_PER_LB = 0.25
MILES = great_circle_miles(COLUMBUS, RENO)
NEAR_RENO = a_place("894", RENO.timezone, latitude=39.6, longitude=-119.0, region="west")


def skipping(places: tuple[Place, ...] = (COLUMBUS, CHICAGO_PLACE, RENO, NEAR_RENO)) -> Network:
    """Columbus alone, by ground and by ground that is injected in Reno a day later."""
    ground = a_service(surcharges=Surcharges(fuel_rate=0.1, residential_usd=0.5))
    days = tuple(None if day is None else day + 1 for day in ground.typical_days)
    west = replace(ground, name="ground_via_reno", typical_days=days)
    at_hub = Injection(RENO, frozenset({"west"}), USD_PER_LB, MILES)
    departures = (a_departure(), replace(a_departure(west.name), injection=at_hub))
    return a_network(
        [a_node(departures=departures)], places=places, services=[ground, west],
        levels=[a_level(services=(ground.name, west.name))],
    )  # fmt: skip


def prices(network: Network, to: str, **quantities: int) -> dict[str, float]:
    """What each service costs to a destination."""
    parcels = Packer.of(network).pack(lines_of(**quantities))
    return {offer.service: offer.freight_usd for offer in OfferBook(network).offers(to, "standard", parcels)}


@pytest.fixture(scope="module")
def skipped(tmp_path_factory: pytest.TempPathFactory) -> tuple[Tables, Path]:
    """A mug to the West, a lamp to the West, and a mug in town."""
    orders = [an_order(9.0, "894", 200.0, mug=1), an_order(9.5, "894", 200.0, lamp=1), an_order(10.0, "432", mug=1)]
    folder = tmp_path_factory.mktemp("skipping")
    tables = run(a_model(skipping(), orders, order_days=3), folder)
    return tables, next(path.parent for path in folder.rglob("shipments.parquet"))


def test_routing_sees_the_zone_and_the_price_from_the_hub_and_the_way_there() -> None:
    network = skipping()

    # the mug is billed as 2 lb: $8 in zone 4 from Columbus, $5 in zone 1 from Reno, fuel and home delivery on either
    assert prices(network, "894", mug=1) == pytest.approx({
        "parcel_ground": 8.0 * 1.1 + 0.5, "ground_via_reno": 5.0 * 1.1 + 0.5 + 2 * USD_PER_LB
    })  # fmt: skip
    assert {(one.service, one.zone, one.transit_days) for one in OfferBook(network).ways("894", "standard")} == {
        ("parcel_ground", 4, 5), ("ground_via_reno", 1, 2)
    }  # fmt: skip


def test_other_regions_are_not_reached_by_way_of_the_hub() -> None:
    network = skipping()

    assert [*prices(network, "606", mug=1)] == ["parcel_ground"]
    assert [one.service for one in OfferBook(network).ways("606", "standard")] == ["parcel_ground"]


def test_shared_demand_is_placed_by_the_cheaper_way() -> None:
    network = skipping()
    packer = Packer.of(network)

    ((in_town, _, _, near_reno),) = OfferBook(network).cheapest_by_node(packer.pack(lines_of(mug=1)), "standard")

    assert in_town == pytest.approx(6.0)
    assert near_reno == pytest.approx(6.5)


def test_the_invoice_is_right_to_the_cent(skipped: tuple[Tables, Path]) -> None:
    shipments = skipped[0].shipments.sort_values("order")

    assert shipments["service"].tolist() == ["ground_via_reno", "ground_via_reno", "parcel_ground"]
    assert shipments["zone"].tolist() == [1, 1, 1]
    assert shipments["billable_lb"].tolist() == [2.0, 18.0, 2.0]
    # the label holds the way to the hub: 5 + 2 x 0.25, 10 + 18 x 0.25; there is fuel on the list price alone
    assert shipments["label_usd"].tolist() == pytest.approx([5.5, 14.5, 5.0])
    assert shipments["fuel_usd"].tolist() == pytest.approx([0.5, 1.0, 0.5])
    assert shipments["residential_usd"].tolist() == pytest.approx([0.5, 0.5, 0.5])


def test_routing_expected_what_was_invoiced(skipped: tuple[Tables, Path]) -> None:
    shipments = skipped[0].shipments

    paid = shipments[["label_usd", "surcharge_usd", "handling_usd", "packaging_usd"]].sum(axis=1)
    assert shipments["expected_usd"].tolist() == pytest.approx(paid.tolist(), abs=1e-5)


def test_parcels_arrive_a_day_later_than_from_a_node_at_the_hub(skipped: tuple[Tables, Path]) -> None:
    mug, _, in_town = (row for _, row in skipped[0].shipments.sort_values("order").iterrows())

    assert mug["departed_at"] == in_town["departed_at"] == 17.5
    assert (mug["delivered_at"] // 24, in_town["delivered_at"] // 24) == (2, 1)


def test_the_truck_and_the_way_on_are_legs_with_factors_of_their_own(skipped: tuple[Tables, Path]) -> None:
    network = skipping()
    measured = measure(Measured.read(skipped[1], WINDOW), WINDOW, network)

    legs = carbon_legs(measured, WINDOW, network)

    kg = 0.5 + 2.2  # a mug in its mailer, a lamp in its box
    mine = legs[legs["service"] == "ground_via_reno"].set_index("leg")
    truck_tkm, tkm = (kg / 1000 * miles * KM_PER_MILE for miles in (MILES, great_circle_miles(RENO, NEAR_RENO)))
    assert mine.loc["injection", ["factor", "unit"]].tolist() == ["inbound_truckload", "tkm"]
    assert mine.loc["injection", "co2e_kg"] == pytest.approx(truck_tkm * 1.2 * 0.08, rel=1e-5)
    assert mine.loc["linehaul", "activity"] == pytest.approx(tkm, rel=1e-4)
    assert mine.loc["linehaul", "co2e_kg"] == pytest.approx(tkm * 1.2 * 0.1, rel=1e-4)
    whole = co2e_kg_total(bookings(measured, WINDOW, network))
    assert legs["co2e_kg"].sum() == pytest.approx(whole, abs=0.001)


@given(st.floats(25, 48), st.floats(-124, -70), st.sampled_from(["west", "midwest"]), st.integers(1, 4))
def test_wherever_a_customer_lives_the_price_is_that_of_the_hub_plus_the_way(
    latitude: float, longitude: float, region: str, mugs: int
) -> None:
    customer = a_place("999", RENO.timezone, latitude=latitude, longitude=longitude, region=region)
    network = skipping((COLUMBUS, RENO, customer))
    ground = network.services["parcel_ground"]
    parcels = Packer.of(network).pack(lines_of(mug=mugs))

    found = prices(network, "999", mug=mugs).get("ground_via_reno")

    zone = network.zone_bands.zone(great_circle_miles(RENO, customer))
    labels = [ground.label_usd(zone, parcel) or 0.0 for parcel in parcels.signature]
    pounds = sum(ground.billable_lb(parcel) for parcel in parcels.signature)
    expected = sum(labels) * 1.1 + 0.5 * len(labels) + pounds * USD_PER_LB
    assert found == (pytest.approx(expected) if region == "west" else None)
