"""What happens to shelves whatever anybody orders: drawn by name, and the same in every design."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from tests.factories import (
    CHICAGO,
    PRODUCTS,
    a_calendar,
    a_product,
    a_timeline,
)
from tests.stores import a_store, some_shelf
from twin.domain.distributions import Distribution
from twin.domain.products import Product
from twin.simulation.shelf_luck import ShelfLuck

CATALOGUE = tuple([a_product(f"sku-{number:03}", popularity=1.0 + number % 3) for number in range(400)])
SKUS = frozenset(product.sku for product in CATALOGUE)


def some_luck(products: tuple[Product, ...] = CATALOGUE, seed: int = 1, days: int = 10, **shelf: Any) -> ShelfLuck:
    store = a_store(shelf=some_shelf(**shelf), assortment=SKUS, calendar=a_calendar((9, 18), timezone=CHICAGO))
    return ShelfLuck(store, {product.sku: product for product in products}, a_timeline(days), seed, 0)


def test_the_given_share_of_records_is_wrong_by_what_is_given_and_mostly_phantom() -> None:
    wrong_by = Distribution.of("discrete", values=[1, 4], weights=[0.75, 0.25])

    errors = some_luck(book_accuracy=0.65, phantom_share=0.7, wrong_by=wrong_by).opening_errors(dict.fromkeys(SKUS, 50))

    assert len(errors) == pytest.approx(0.35 * 400, rel=0.15)
    assert sum(units > 0 for units in errors.values()) == pytest.approx(0.7 * len(errors), rel=0.15)
    assert {abs(units) for units in errors.values()} == {1, 4}


def test_no_more_can_be_phantom_than_the_books_have() -> None:
    errors = some_luck(book_accuracy=0.0, phantom_share=1.0).opening_errors(dict.fromkeys(SKUS, 1))

    assert set(errors.values()) == {1}


def test_another_assortment_moves_no_record() -> None:
    luck = some_luck(book_accuracy=0.5)

    all_of_them, some = luck.opening_errors(dict.fromkeys(SKUS, 9)), luck.opening_errors({"sku-007": 9, "sku-300": 9})

    assert some == {sku: units for sku, units in all_of_them.items() if sku in ("sku-007", "sku-300")}


def test_customers_come_in_opening_hours_only_and_as_many_as_told() -> None:
    visits = list(some_luck(walk_in_units_per_day=200.0).visits())

    assert {(visit.at - 1) % 24 for visit in visits} == {hour + 0.5 for hour in range(9, 18)}  # an hour behind
    assert sum(sum(visit.wanted.values()) for visit in visits) == pytest.approx(2000, rel=0.1)


def test_customers_want_products_in_proportion_to_their_popularity() -> None:
    wanted = Counter[str]()
    for visit in some_luck(walk_in_units_per_day=3000.0).visits():
        wanted.update(visit.wanted)

    by_popularity = Counter[float]()
    for product in CATALOGUE:
        by_popularity[product.popularity] += wanted[product.sku]
    assert by_popularity[3.0] / by_popularity[1.0] == pytest.approx(3.0, rel=0.1)


def test_a_wholesalers_customers_come_seldom_and_take_cases() -> None:
    cases = Distribution.of("discrete", values=[6, 24], weights=[0.5, 0.5])

    visits = list(some_luck(walk_in_units_per_day=3000.0, units_per_walk_in=cases).visits())

    assert {units % 6 for visit in visits for units in visit.wanted.values()} == {0}
    assert sum(sum(visit.wanted.values()) for visit in visits) == pytest.approx(30_000, rel=0.05)


def test_each_replication_has_customers_of_its_own_and_always_the_same() -> None:
    one, again, other = (list(some_luck(walk_in_units_per_day=9.0, seed=seed).visits()) for seed in (1, 1, 2))

    assert one == again != other


def test_a_shop_that_never_opens_or_carries_nothing_has_no_customers() -> None:
    terms = some_shelf(walk_in_units_per_day=9.0)
    closed = a_store(shelf=terms, calendar=replace(a_calendar((9, 18)), shifts=()))
    bare = a_store(shelf=terms, assortment=frozenset())
    products = {product.sku: product for product in PRODUCTS}

    assert [list(ShelfLuck(store, products, a_timeline(), 1, 0).visits()) for store in (closed, bare)] == [[], []]
