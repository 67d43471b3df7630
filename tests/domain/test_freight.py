"""Freight by the load: pallets, trucks and what they cost, worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import a_product
from twin.domain.freight import FreightBill, FreightTerms, Load, PalletRates

RATES = PalletRates((250.0, 1000.0), (1, 4, 12), ((180.0, 108.0, 81.0), (360.0, 216.0, 162.0)))
TERMS = FreightTerms(
    pallet_rates=RATES, usd_per_mile=2.42, least_usd=600.0, pallet_m3=1.6, pallet_kg=767.0, truck_pallets=26,
    truck_kg=19_958.0, road_factor=1.2,
)  # fmt: skip


@pytest.mark.parametrize(
    ("pallets", "miles", "usd"),
    [
        (1, 250.0, 180.0),
        (1, 250.1, 360.0),
        (4, 100.0, 4 * 108.0),
        (5, 100.0, 5 * 81.0),
        (12, 400.0, 12 * 162.0),
        (29, 400.0, 24 * 162.0 + 5 * 162.0),  # two consignments of twelve, and one of five
        (25, 400.0, 24 * 162.0 + 360.0),
        (1, 9999.0, 360.0),  # the last band takes all that is farther
    ],
)
def test_pallets_cost_what_their_band_and_their_number_say(pallets: int, miles: float, usd: float) -> None:
    assert RATES.price_usd(pallets, miles) == pytest.approx(usd)


def test_a_load_takes_as_few_pallets_as_volume_and_weight_allow() -> None:
    bulky = a_product("bulky", weight_kg=1.0, dimensions_cm=(50.0, 40.0, 40.0))  # 0.08 m3, 20 on a pallet
    dense = a_product("dense", weight_kg=76.7, dimensions_cm=(10.0, 10.0, 10.0))  # 10 on a pallet
    products = {product.sku: product for product in (bulky, dense)}

    assert TERMS.load([("bulky", 20)], products) == Load(20, 1, 20.0)
    assert TERMS.load([("bulky", 21)], products).pallets == 2
    assert TERMS.load([("dense", 30)], products) == Load(30, 3, pytest.approx(2301.0))
    assert TERMS.load([("bulky", 40), ("dense", 10)], products).pallets == 3  # 2.00625 pallets by volume


@pytest.mark.parametrize(
    ("pallets", "weight_kg", "trucks"),
    [(26, 10_000.0, 1), (27, 10_000.0, 2), (26, 19_958.0, 1), (20, 20_000.0, 2), (60, 10_000.0, 3)],
)
def test_a_truck_is_full_by_pallets_or_by_weight(pallets: int, weight_kg: float, trucks: int) -> None:
    assert TERMS.bill("truckload", Load(1, pallets, weight_kg), 500.0).trucks == trucks


def test_a_truck_costs_its_miles_of_road_and_at_least_its_minimum() -> None:
    load = Load(100, 10, 5000.0)

    # 500 miles x 1.2 x 2.42 are 1,452.00; 200 miles come to 580.80 and the minimum holds
    assert TERMS.bill("truckload", load, 500.0) == FreightBill("truckload", 1, 1452.0)
    assert TERMS.bill("truckload", load, 200.0) == FreightBill("truckload", 1, 600.0)


@pytest.mark.parametrize(
    ("pallets", "bill"),
    [
        (5, FreightBill("ltl", 0, 810.0)),  # 5 x 162, where a truck costs 1,452
        (9, FreightBill("truckload", 1, 1452.0)),  # 9 x 162 are 1,458
    ],
)
def test_the_cheaper_way_is_taken_load_by_load(pallets: int, bill: FreightBill) -> None:
    assert TERMS.bill("auto", Load(1, pallets, 100.0), 500.0) == bill


def test_of_two_equal_prices_the_truck_is_taken() -> None:
    terms = replace(TERMS, usd_per_mile=1.35)  # 600 miles of road at 1.35 are 810

    assert terms.bill("auto", Load(1, 5, 100.0), 500.0).mode == "truckload"


@given(st.integers(1, 200), st.floats(1, 100_000), st.floats(0, 3000))
def test_the_cheaper_way_never_costs_more_than_either(pallets: int, weight_kg: float, miles: float) -> None:
    load = Load(1, pallets, weight_kg)
    bills = [TERMS.bill(choice, load, miles).freight_usd for choice in ("ltl", "truckload")]

    assert TERMS.bill("auto", load, miles).freight_usd == min(bills)
