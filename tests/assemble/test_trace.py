"""Real orders from the tables `orders` and `order_lines`."""

from __future__ import annotations

import numpy as np
import pytest

from twin.assemble.model import build
from twin.assemble.rows import Findings
from twin.assemble.trace import traced_orders
from twin.config import parse
from twin.simulation.trace import TracedOrders

ISO = "an ISO date and time with its zone, such as 2026-03-02T09:30:00-05:00"
DAYS = "expected: an instant from 2025-09-01 to 2025-09-07, when orders come in"


@pytest.fixture
def trace(tiny):
    """The tiny scenario with real orders instead of a model."""
    tiny.set("demand.kind", "trace")
    tiny.set("demand.orders", "orders.csv")
    tiny.set("demand.order_lines", "order_lines.csv")
    return tiny


def traced(tiny) -> TracedOrders:
    config = parse(tiny.values)
    model = build(config)
    found = traced_orders(config, model.network, model.horizon, Findings())
    assert found is not None
    return found


def test_orders_stand_in_order_of_time_with_their_own_promise_or_none(trace) -> None:
    orders = traced(trace)

    assert orders.order_ids == ["A-1", "B-2"]
    # the second day at 8 in New York, and the third at 9:30 by a clock one hour behind summer time there
    assert orders.placed_at.tolist() == [24 + 8.0, 48 + 10.5]
    assert orders.promised_by[0] == 4 * 24 + 20.0
    assert np.isnan(orders.promised_by[1])
    assert [orders.names.destinations[code] for code in orders.destination] == ["432", "606"]
    assert orders.quantity.tolist() == [2, 1, 1]


def test_a_trace_makes_a_model_that_can_run(trace) -> None:
    model = trace.build()

    demand = model.demand(1, 0, ())

    assert demand.day(1, 0).orders == 1
    assert demand.day(4, 2).orders == 0
    assert model.fixed_luck is False


def test_fixed_luck_belongs_to_traces_alone(trace) -> None:
    trace.set("demand.luck", "fixed")
    assert trace.build().fixed_luck is True

    trace.set("demand.kind", "model")
    assert trace.build().fixed_luck is False


def test_expected_stock_follows_the_trace(trace) -> None:
    trace.set("replenishment", {"kind": "none"})

    # two mugs and a lamp in the Midwest and a mug in Chicago, over seven days, for fourteen days of cover
    assert trace.build().opening_stock["columbus"] == {"mug": 6, "book": 0, "lamp": 2}


@pytest.mark.parametrize("table", ["orders", "order_lines"])
def test_a_trace_needs_both_tables(trace, table: str) -> None:
    trace.set(f"demand.{table}", None)

    assert f"demand.{table}: no table\n  expected: a table of the trace" in trace.said()


@pytest.mark.parametrize(
    ("table", "column", "value", "message"),
    [
        ("orders", "placed_at", "2025-09-02 08:00", f"placed_at = '2025-09-02 08:00'\n  expected: {ISO}"),
        ("orders", "placed_at", "yesterday", f"placed_at = 'yesterday'\n  expected: {ISO}"),
        ("orders", "promise_at", "soon", f"promise_at = 'soon'\n  expected: {ISO}"),
        ("orders", "placed_at", "2025-08-31T23:59:00-04:00", f"placed_at 2025-08-31T23:59:00-04:00\n  {DAYS}"),
        ("orders", "placed_at", "2025-09-08T00:00:00-04:00", f"placed_at 2025-09-08T00:00:00-04:00\n  {DAYS}"),
        ("orders", "dest_postal", "99999", "dest_postal '99999'\n  expected: a postal code that begins with a ZIP3"),
        ("orders", "sla_class", "express", "sla_class 'express'\n  expected: one of standard"),
        ("orders", "channel", "", "channel = ''\n  expected: a word, not blank"),
        ("orders", "order_id", "C-3", "order 'C-3' without lines\n  expected: a row of order_lines.csv"),
        ("order_lines", "sku", "vase", "sku 'vase'\n  expected: a SKU of products.csv"),
        ("order_lines", "qty", "0", "qty = '0'\n  expected: a whole number from 1 to 1000000"),
        ("order_lines", "qty", "1.5", "qty = '1.5'\n  expected: a whole number from 1 to 1000000"),
    ],
)  # fmt: skip
def test_a_row_that_does_not_fit_is_named(trace, table: str, column: str, value: str, message: str) -> None:
    trace.cell(f"{table}.csv", 2, column, value)

    assert f"{table}.csv, row 2: {message}" in trace.said()


@pytest.mark.parametrize(("table", "line"), [("orders.csv", 4), ("order_lines.csv", 5)])
def test_an_order_and_a_line_come_once(trace, table: str, line: int) -> None:
    first = {"orders.csv": ["B-2", "2025-09-03T09:30:00-05:00", "60614", "web", "standard", ""],
             "order_lines.csv": ["A-1", "1", "mug", "2"]}[table]  # fmt: skip
    trace.add_row(table, *first)

    assert f"{table}, row {line}: order_id" in trace.said()
    assert f"expected: once (first in {table}, row 2)" in trace.said()


def test_a_trace_of_no_orders_is_refused(trace) -> None:
    for _ in range(2):
        trace.drop_row("orders.csv", 2)

    assert "orders.csv: no row\n  expected: at least one order" in trace.said()


def test_orders_are_not_blamed_for_a_table_of_lines_that_cannot_be_read(trace) -> None:
    trace.cell("order_lines.csv", 4, "qty", "many")  # the only line of order B-2

    assert [problem.where for problem in trace.problems()] == ["order_lines.csv, row 4"]
