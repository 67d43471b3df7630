"""Pages: the orders of each day and what became of them, kept while anything is open."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.factories import GivenDemand, a_model, a_network, an_order, run
from twin.simulation.days import LUCK, DayColumns
from twin.simulation.pages import OrderPage, Pages


def a_page(first_number: int = 0, orders: int = 3, day: int = 0) -> OrderPage:
    """Return the page of a day of orders of two mugs and a lamp."""
    placed = [an_order(day * 24 + 1.0 + number, mug=2, lamp=1) for number in range(orders)]
    columns = GivenDemand(placed, a_network()).day(day, first_number)
    return OrderPage.of(columns, {purpose: np.zeros(orders) for purpose in LUCK})


def ship(page: OrderPage, row: int, units: int = 3) -> None:
    """Note that some units of an order left."""
    page.units_shipped[row] += units


@pytest.fixture
def pages() -> Pages:
    """Return the pages of three days with 3, 2 and 4 orders."""
    pages = Pages()
    for day, (first, orders) in enumerate([(0, 3), (3, 2), (5, 4)]):
        pages.open(a_page(first, orders, day))
    return pages


def days_of(closed: list[OrderPage]) -> list[int]:
    """Return the days of some pages."""
    return [page.day.day for page in closed]


def test_a_new_page_expects_that_all_is_shipped_at_once_from_one_node() -> None:
    page = a_page()

    assert page.units.tolist() == page.first_pass_units.tolist() == [3, 3, 3]
    assert page.first_pass_lines.tolist() == [2, 2, 2]
    assert page.attempts.tolist() == page.first_choice.tolist() == page.single_node_possible.tolist() == [1, 1, 1]
    assert np.isnan(page.delivered_at).all()


def test_first_pass_units_change_without_the_units_ordered() -> None:
    page = a_page()

    page.first_pass_units[0] -= 2

    assert page.units.tolist() == [3, 3, 3]


@pytest.mark.parametrize(("number", "day", "row"), [(0, 0, 0), (2, 0, 2), (3, 1, 0), (4, 1, 1), (5, 2, 0), (8, 2, 3)])
def test_an_order_is_found_on_its_page(pages: Pages, number: int, day: int, row: int) -> None:
    page, found = pages.page_of(number)

    assert (page.day.day, found) == (day, row)


def test_orders_of_many_days_are_grouped_by_page(pages: Pages) -> None:
    grouped = [
        (page.day.day, positions.tolist(), rows.tolist())
        for page, positions, rows in pages.grouped(np.array([8, 0, 4, 5, 2]))
    ]

    assert grouped == [(0, [1, 4], [0, 2]), (1, [2], [1]), (2, [0, 3], [3, 0])]


def test_a_page_closes_when_all_its_units_are_shipped_or_cancelled(pages: Pages) -> None:
    page, _ = pages.page_of(0)
    ship(page, 0)
    ship(page, 1, units=1)
    ship(page, 2)
    before = pages.close()
    page.units_cancelled[1] += 2

    assert before == []
    assert days_of(pages.close()) == [0]


def test_pages_close_in_order(pages: Pages) -> None:
    second, _ = pages.page_of(3)
    ship(second, 0)
    ship(second, 1)
    early = days_of(pages.close())
    first, _ = pages.page_of(0)
    for row in range(3):
        ship(first, row)

    assert (early, days_of(pages.close())) == ([], [0, 1])
    assert [page.day.day for page in pages] == [2]


def test_all_pages_close_at_the_end(pages: Pages) -> None:
    assert days_of(pages.close(everything=True)) == [0, 1, 2]
    assert list(pages) == []


def test_nodes_of_an_order_are_counted_once_each() -> None:
    page = a_page()

    page.note_nodes(np.array([0, 1]), np.array([4, 4]))
    page.note_nodes(np.array([0, 0, 1]), np.array([5, 4, 4]))
    page.note_nodes(np.array([0]), np.array([6]))

    assert page.distinct_nodes().tolist() == [3, 1, 0]


def test_two_shipments_of_an_order_on_one_truck_count_as_one_node() -> None:
    page = a_page()

    page.note_nodes(np.array([0, 0]), np.array([2, 2]))

    assert page.distinct_nodes().tolist() == [1, 0, 0]


def test_two_nodes_on_one_batch_are_two() -> None:
    page = a_page()

    page.note_nodes(np.array([1, 1]), np.array([2, 3]))

    assert page.distinct_nodes().tolist() == [0, 2, 0]


def test_a_day_without_orders_has_no_page() -> None:
    pages = Pages()
    none: DayColumns = GivenDemand([], a_network()).day(0, 0)
    pages.open(OrderPage.of(none, {purpose: np.zeros(0) for purpose in LUCK}))
    pages.open(a_page(0, 2, day=1))

    page, row = pages.page_of(1)

    assert (page.day.day, row) == (1, 1)
    assert days_of(pages.close(everything=True)) == [1]


@pytest.mark.parametrize("instants", [[], [60.0], [9.0, 60.0], [1.0, 95.0]], ids=["none", "late", "gap", "both ends"])
def test_runs_live_through_days_without_orders(instants: list[float], tmp_path: Path) -> None:
    tables = run(a_model(orders=[an_order(instant) for instant in instants], order_days=4), tmp_path)

    assert tables.orders["placed_at"].tolist() == instants
    assert tables.orders["order"].tolist() == list(range(len(instants)))
    assert (tables.orders["status"] == "delivered").all()
