"""A node that reviews its stock every day and orders up to a level, against the formulas for Poisson demand.

The review is at 5:00, goods arrive 21.6 hours later, and orders that find no stock wait for them. What was ordered
at one review arrives before the next, so that the level covers the demand of a lead time and a day.
"""

from __future__ import annotations

import pytest

from tests.factories import Tables, a_calendar, a_model, a_network, a_node, a_product, a_shape, a_stage, a_supply, run
from tests.known_answers.measuring import measured, poisson_beyond, poisson_loss

UNITS_PER_DAY, LEAD_DAYS = 10.0, 0.9
ORDER_DAYS, WARMUP_DAYS, REPLICATIONS = 45, 5, 10  # ends before the clocks change
FIRST_ARRIVAL = 5.0 + 24 * LEAD_DAYS
COUNTED_FROM = FIRST_ARRIVAL + 24 * WARMUP_DAYS


@pytest.fixture(scope="module", params=[19, 23])
def base_stock(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[int, list[Tables]]:
    """Run a node with one product at an order-up-to level."""
    level = request.param
    stages = (a_stage("pack", 5, 0.2),)
    node = a_node(calendar=a_calendar(), stages=stages, supply=a_supply(24 * LEAD_DAYS))
    model = a_model(
        a_network([node], products=[a_product()]),
        shape=a_shape(UNITS_PER_DAY),
        stock=level,
        levels={"columbus": {"mug": level}},
        order_days=ORDER_DAYS,
        runout_days=4,
    )
    folder = tmp_path_factory.mktemp("base_stock")
    return level, [run(model, folder, 9, replication) for replication in range(REPLICATIONS)]


def fill_rate(tables: Tables) -> float:
    """Return the share of units that were on the shelf when they were asked for."""
    orders = tables.orders[tables.orders["placed_at"] > COUNTED_FROM]
    return float(orders["first_pass_units"].sum() / orders["units"].sum())


def stockout_rate(tables: Tables) -> float:
    """Return the share of cycles, from one arrival to the next, in which some order found no stock."""
    waits = tables.events[tables.events["kind"] == "backordered"]["at"]
    last = int((ORDER_DAYS * 24 - FIRST_ARRIVAL) // 24)
    cycles = ((waits - FIRST_ARRIVAL) // 24).astype(int)
    return float(cycles[cycles.between(WARMUP_DAYS, last - 1)].nunique() / (last - WARMUP_DAYS))


def test_the_fill_rate_is_the_poisson_formulas(base_stock: tuple[int, list[Tables]]) -> None:
    level, runs = base_stock

    fill = measured([fill_rate(tables) for tables in runs])

    # Just after an arrival level - D(lead) is left, just before the next level - D(lead + 1 day).
    short = poisson_loss(UNITS_PER_DAY * (LEAD_DAYS + 1), level) - poisson_loss(UNITS_PER_DAY * LEAD_DAYS, level)
    assert fill.agrees_with(1 - short / UNITS_PER_DAY)


def test_stock_runs_out_in_as_many_cycles_as_demand_exceeds_the_level(
    base_stock: tuple[int, list[Tables]],
) -> None:
    level, runs = base_stock

    out = measured([stockout_rate(tables) for tables in runs])

    beyond = poisson_beyond(UNITS_PER_DAY * (LEAD_DAYS + 1), level)
    assert abs(out.mean - beyond) <= 3 * out.standard_error
    assert out.standard_error < 0.05


def test_every_order_that_waits_is_filled_by_the_next_truck(base_stock: tuple[int, list[Tables]]) -> None:
    _, runs = base_stock

    assert all((tables.orders["status"] == "delivered").all() for tables in runs)
    assert all(tables.orders["attempts"].max() <= 2 for tables in runs)
