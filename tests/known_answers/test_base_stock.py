"""A node that reviews its stock every day and orders up to a level, against the formulas for Poisson demand.

The review is at 5:00, goods arrive 0.9 or 2.9 days later, and orders that find no stock wait for them. The level covers
the demand of a lead time and a day, also where three trucks are on the road at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.factories import Tables, a_calendar, a_model, a_network, a_node, a_product, a_shape, a_stage, a_supply, run
from tests.known_answers.measuring import measured, poisson_beyond, poisson_loss

UNITS_PER_DAY = 10.0
ORDER_DAYS, WARMUP_DAYS, REPLICATIONS = 45, 8, 20  # ends before the clocks change


@dataclass(frozen=True)
class BaseStock:
    """A node's lead time and level, and the tables of its runs."""

    lead_days: float
    level: int
    runs: list[Tables]

    @property
    def first_arrival(self) -> float:
        """When the first truck comes."""
        return 5.0 + 24 * self.lead_days


@pytest.fixture(scope="module", params=[(0.9, 19), (0.9, 23), (2.9, 36), (2.9, 42)], ids=str)
def base_stock(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> BaseStock:
    """Run a node with one product at an order-up-to level."""
    lead_days, level = request.param
    stages = (a_stage("pack", 5, 0.2),)
    node = a_node(calendar=a_calendar(), stages=stages, supply=a_supply(24 * lead_days))
    model = a_model(
        a_network([node], products=[a_product()]),
        shape=a_shape(UNITS_PER_DAY),
        stock=level,
        levels={"columbus": {"mug": level}},
        order_days=ORDER_DAYS,
        runout_days=8,
    )
    folder = tmp_path_factory.mktemp("base_stock")
    return BaseStock(lead_days, level, [run(model, folder, 9, replication) for replication in range(REPLICATIONS)])


def fill_rate(tables: Tables, counted_from: float) -> float:
    """Return the share of units that were on the shelf when they were asked for."""
    orders = tables.orders[tables.orders["placed_at"] > counted_from]
    return float(orders["first_pass_units"].sum() / orders["units"].sum())


def short_cycles(tables: Tables) -> float:
    """Return the share of cycles, from one arrival to the next, at whose end nothing was left."""
    days = tables.stock[tables.stock["day"].between(WARMUP_DAYS, ORDER_DAYS - 1)]
    return float(days["short_cycles"].sum() / days["cycles"].sum())


def test_the_fill_rate_is_the_poisson_formulas(base_stock: BaseStock) -> None:
    counted_from = base_stock.first_arrival + 24 * (WARMUP_DAYS - 1)

    fill = measured([fill_rate(tables, counted_from) for tables in base_stock.runs])

    # Just after an arrival level - D(lead) is left, just before the next level - D(lead + 1 day).
    level, lead = base_stock.level, UNITS_PER_DAY * base_stock.lead_days
    short = poisson_loss(lead + UNITS_PER_DAY, level) - poisson_loss(lead, level)
    assert fill.agrees_with(1 - short / UNITS_PER_DAY)


def test_nothing_is_left_in_as_many_cycles_as_demand_reaches_the_level(base_stock: BaseStock) -> None:
    out = measured([short_cycles(tables) for tables in base_stock.runs])

    reaches = poisson_beyond(UNITS_PER_DAY * (base_stock.lead_days + 1), base_stock.level - 1)
    assert abs(out.mean - reaches) <= 3 * out.standard_error
    assert out.standard_error < 0.05


def test_every_order_that_waits_is_filled(base_stock: BaseStock) -> None:
    assert all((tables.orders["status"] == "delivered").all() for tables in base_stock.runs)


def test_what_waits_is_on_the_books_of_the_node_that_restocks_it(base_stock: BaseStock) -> None:
    for tables in base_stock.runs:
        placed = tables.orders.groupby(tables.orders["placed_at"] // 24)["units"].sum()
        asked = tables.stock.set_index("day")["asked_units"]
        assert asked.sum() == placed.sum()
        assert tables.stock["backordered_units"].max() > 0
        assert tables.stock["backordered_units"].iloc[-1] == 0
