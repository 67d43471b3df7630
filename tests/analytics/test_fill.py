"""Fill rates: units, lines, orders, single nodes and shelves."""

from __future__ import annotations

import pytest

from tests.analytics.factories import a_day, an_order, orders, stock
from twin.analytics import fill

BOOK = orders(
    an_order(lines=2, units=10, first_pass_lines=1, first_pass_units=9, single_node_possible=False),
    an_order(lines=2, units=2, first_pass_lines=2, first_pass_units=2, single_node_possible=False),
    an_order(lines=1, units=4, first_pass_lines=1, first_pass_units=4, region="west"),
)


def test_fill_rates_differ_in_what_they_count() -> None:
    assert fill.unit_fill_rate(BOOK) == 15 / 16
    assert fill.line_fill_rate(BOOK) == 4 / 5
    assert fill.order_fill_rate(BOOK) == pytest.approx(2 / 3)
    assert fill.single_node_fill_rate(BOOK) == pytest.approx(1 / 3)


def test_fill_rates_of_a_region_are_those_of_its_orders() -> None:
    assert fill.unit_fill_rate(BOOK, "region").to_dict() == {"east": 11 / 12, "west": 1.0}
    assert fill.order_fill_rate(BOOK, "region").to_dict() == {"east": 0.5, "west": 1.0}


def test_readiness_is_the_share_of_products_on_the_shelf() -> None:
    table = stock(
        a_day(1, skus=10, skus_out=1),
        a_day(2, skus=10, skus_out=2),
        a_day(1, node="reno", skus=20, skus_out=0),
    )

    assert fill.ready_rate(table) == 1 - 3 / 40
    assert fill.ready_rate(table, "node").to_dict() == {"columbus": 1 - 3 / 20, "reno": 1.0}


def test_cycles_count_once_each_whenever_they_ended() -> None:
    quiet = a_day(2, cycles=0, short_cycles=0)
    table = stock(a_day(1, cycles=4, short_cycles=1), quiet, a_day(1, node="reno", cycles=1))

    assert fill.cycle_service_level(table) == 1 - 2 / 5
    assert fill.cycle_service_level(table, "node").to_dict() == {"columbus": 0.75, "reno": 0.0}


def test_only_products_that_were_asked_for_can_be_out_of_stock() -> None:
    table = stock(a_day(1, skus=100, skus_asked=8, skus_short=2), a_day(2, skus=100, skus_asked=2, skus_short=0))

    assert fill.stockout_rate(table) == 0.2


def test_gamma_charges_a_backorder_for_every_midnight_it_waits() -> None:
    table = stock(a_day(1, asked_units=10, backordered_units=4), a_day(2, asked_units=10, backordered_units=4))

    assert fill.gamma_service_level(table) == 1 - 8 / 20
