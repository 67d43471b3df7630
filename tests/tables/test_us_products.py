"""The shipped catalogue sells, weighs and packs like a shop's."""

from __future__ import annotations

from collections import Counter, defaultdict
from statistics import mean, median, quantiles

import pytest

from tests.tables.shipped import REGIONS, read
from twin.domain.products import PACKINGS


def test_catalogue_has_a_thousand_skus_in_order_of_sales() -> None:
    rows = read("products")
    shares = [float(row["popularity"]) for row in rows]

    assert [row["sku"] for row in rows] == [f"sku-{rank:04}" for rank in range(1, 1001)]
    assert sum(shares) == pytest.approx(1, abs=1e-7)
    assert [shares[0] / share for share in shares] == pytest.approx([rank**0.9 for rank in range(1, 1001)], rel=1e-4)


def test_velocity_classes_cut_sales_at_80_and_95_percent() -> None:
    sold: dict[str, float] = defaultdict(float)
    for row in read("products"):
        sold[row["velocity_class"]] += float(row["popularity"])

    assert sold["A"] == pytest.approx(0.80, abs=0.002)
    assert sold["A"] + sold["B"] == pytest.approx(0.95, abs=0.002)


def test_catalogue_weights_have_the_known_median_and_tail() -> None:
    weights_kg = [float(row["weight_kg"]) for row in read("products")]

    assert median(weights_kg) == pytest.approx(0.8, rel=0.02)
    assert quantiles(weights_kg, n=10)[-1] == pytest.approx(7.0, rel=0.02)
    assert 0.03 <= min(weights_kg) < max(weights_kg) <= 25


def test_popular_products_are_not_heavier() -> None:
    rows = read("products")
    weights_kg = [float(row["weight_kg"]) for row in rows]

    sold_kg = sum(float(row["popularity"]) * float(row["weight_kg"]) for row in rows)

    assert sold_kg == pytest.approx(mean(weights_kg), rel=0.10)
    assert median(weights_kg[:500]) == pytest.approx(median(weights_kg[500:]), rel=0.15)


def test_products_sell_above_cost_and_have_plausible_density() -> None:
    for row in read("products"):
        litres = float(row["length_cm"]) * float(row["width_cm"]) * float(row["height_cm"]) / 1000
        assert 0 < float(row["unit_cost_usd"]) < float(row["price_usd"])
        assert 0.05 < float(row["weight_kg"]) / litres < 1.5


def test_three_products_in_ten_sell_better_in_one_region() -> None:
    tilts = Counter(row["regional_tilt"] for row in read("products"))

    assert tilts == {"": 700} | dict.fromkeys(REGIONS, 60)


def test_products_are_packed_as_is_usual_in_their_category() -> None:
    rows = read("products")
    packed = Counter((row["packing"], row["category"]) for row in rows)
    skus = Counter(row["category"] for row in rows)

    assert {row["packing"] for row in rows} == set(PACKINGS)
    assert packed["together", "apparel"] == skus["apparel"]
    assert packed["fragile", "kitchen"] / skus["kitchen"] == pytest.approx(0.25, abs=0.10)
    assert packed["alone", "electronics"] / skus["electronics"] == pytest.approx(0.04, abs=0.04)


def test_only_large_products_ship_in_their_own_box() -> None:
    litres = [
        float(row["length_cm"]) * float(row["width_cm"]) * float(row["height_cm"]) / 1000
        for row in read("products")
        if row["packing"] == "own_box"
    ]

    assert min(litres) >= 10


def test_best_sellers_are_packed_about_as_all_products_are() -> None:
    sold: dict[str, float] = defaultdict(float)
    skus: dict[str, float] = defaultdict(float)
    for row in read("products"):
        sold[row["packing"]] += float(row["popularity"])
        skus[row["packing"]] += 1 / 1000

    assert sold == pytest.approx(skus, rel=0.25)


def test_every_product_fits_a_carton_or_travels_alone() -> None:
    cartons = [([float(row[f"{side}_cm"]) for side in ("length", "width", "height")], row) for row in read("cartons")]
    alone = 0
    for row in read("products"):
        sides_cm = sorted(float(row[f"{side}_cm"]) for side in ("length", "width", "height"))
        weight_kg = float(row["weight_kg"])
        fits = any(
            weight_kg <= float(carton["max_weight_kg"]) and all(map(float.__le__, sides_cm, sorted(inside_cm)))
            for inside_cm, carton in cartons
        )
        alone += not fits
        assert fits or (weight_kg <= 68 and sides_cm[-1] <= 150)

    assert alone <= 20


def test_bigger_cartons_cost_more_money_and_carbon() -> None:
    cartons = sorted(read("cartons"), key=lambda row: float(row["tare_kg"]))

    for column in ("tare_kg", "cost_usd", "co2e_kg"):
        values = [float(row[column]) for row in cartons]
        assert values == sorted(set(values))
