"""Real orders replayed: every replication meets the same ones."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.factories import a_level, a_model, a_network, a_timeline, an_order, run
from twin.domain.network import Network
from twin.simulation.promises import PromiseBook
from twin.simulation.trace import TracedDemand, TracedLine, TracedOrder, TracedOrders


def a_traced_order(
    placed_at: float, *lines: tuple[str, int], to: str = "432", promised_by: float | None = None, channel: str = "web"
) -> TracedOrder:
    """Return a real order of one mug."""
    made = tuple(TracedLine(sku, quantity) for sku, quantity in lines or [("mug", 1)])
    return TracedOrder(f"A{placed_at:g}", placed_at, channel, to, "standard", made, promised_by)


ORDERS = [
    a_traced_order(1.0, ("mug", 2), ("lamp", 1)),
    a_traced_order(23.5, to="895", channel="shop"),
    a_traced_order(50.0, ("mug", 1), ("book", 1), ("mug", 3), promised_by=99.0),
    a_traced_order(71.0, to="606"),
]


def replayed(orders: list[TracedOrder], network: Network | None = None) -> TracedDemand:
    """Return demand that replays some orders."""
    network = network or a_network(levels=[a_level("fast"), a_level(promise_days=1)])
    levels = list(network.service_levels.values())
    promises = PromiseBook(a_timeline(), list(network.places.values()), levels, frozenset())
    return TracedDemand(TracedOrders.of(orders, network), promises)


def test_orders_come_on_their_day() -> None:
    demand = replayed(ORDERS)

    days = [demand.day(day, 0) for day in range(4)]

    assert [day.placed_at.tolist() for day in days] == [[1.0, 23.5], [], [50.0, 71.0], []]
    assert [day.orders for day in days] == [2, 0, 2, 0]


def test_words_survive() -> None:
    day = replayed(ORDERS).day(0, 100)
    names = replayed(ORDERS).names

    assert day.first_number == 100
    assert [names.channels[code] for code in day.channel] == ["web", "shop"]
    assert [names.destinations[code] for code in day.destination] == ["432", "895"]
    assert [names.regions[code] for code in day.region] == ["midwest", "west"]
    assert [names.service_levels[code] for code in day.service_level] == ["standard", "standard"]


def test_lines_of_each_day_are_its_own() -> None:
    demand = replayed(ORDERS)
    first, third = demand.day(0, 0), demand.day(2, 2)

    assert first.line_starts.tolist() == [0, 2, 3]
    assert [demand.names.skus[code] for code in first.sku] == ["mug", "lamp", "mug"]
    assert first.quantity.tolist() == [2, 1, 1]
    assert third.line_starts.tolist() == [0, 2, 3]


def test_a_product_on_two_lines_becomes_one() -> None:
    demand = replayed(ORDERS)
    day = demand.day(2, 0)

    assert [demand.names.skus[code] for code in day.sku[:2]] == ["mug", "book"]
    assert day.quantity[:2].tolist() == [4, 1]


def test_the_order_of_an_orders_lines_does_not_matter() -> None:
    turned = [replace(order, lines=order.lines[::-1]) for order in ORDERS]

    assert [replayed(turned).day(day, 0).digest() for day in range(3)] == [
        replayed(ORDERS).day(day, 0).digest() for day in range(3)
    ]


def test_a_promise_that_was_made_is_kept_in_the_replay() -> None:
    assert replayed(ORDERS).day(2, 0).promised_by[0] == 99.0


def test_an_order_without_a_promise_gets_that_of_its_level() -> None:
    # placed on Monday at 1:00 for the next day: until Tuesday midnight
    assert replayed(ORDERS).day(0, 0).promised_by[0] == 48.0


def test_units_a_day_are_counted_by_region_and_product() -> None:
    trace = TracedOrders.of(ORDERS, a_network())

    assert trace.units_per_day(4) == {
        "midwest": {"mug": (2 + 4 + 1) / 4, "lamp": 1 / 4, "book": 1 / 4},
        "west": {"mug": 1 / 4, "lamp": 0.0, "book": 0.0},
    }
    assert trace.units_per_order == 10 / 4


def test_no_orders_are_a_trace_too() -> None:
    day = replayed([]).day(0, 0)

    assert (day.orders, day.line_starts.tolist()) == (0, [0])
    assert TracedOrders.of([], a_network()).units_per_order == 0


def test_the_end_of_a_day_belongs_to_the_next() -> None:
    demand = replayed([a_traced_order(23.999), a_traced_order(24.0)])

    assert [demand.day(day, 0).orders for day in range(2)] == [1, 1]


def test_every_replication_meets_the_same_orders_with_other_luck(tmp_path: Path) -> None:
    network = a_network()
    demand = replayed(ORDERS, network)
    model = replace(a_model(network, order_days=3), demand=lambda seed, replication, events: demand)

    one, two = run(model, tmp_path, 1, 0), run(model, tmp_path, 1, 1)

    assert one.orders["placed_at"].tolist() == two.orders["placed_at"].tolist() == [1.0, 23.5, 50.0, 71.0]
    assert one.shipments["delivered_at"].tolist() != two.shipments["delivered_at"].tolist()


def test_a_trace_runs_like_the_same_orders_written_by_hand(tmp_path: Path) -> None:
    network = a_network()
    traced = [replace(order, promised_by=144.0, channel="web") for order in ORDERS]
    by_hand = [
        an_order(1.0, mug=2, lamp=1), an_order(23.5, "895"), an_order(50.0, mug=4, book=1), an_order(71.0, "606"),
    ]  # fmt: skip
    demand = replayed(traced, network)
    model = a_model(network, by_hand, order_days=3)

    one = run(model, tmp_path)
    other = run(replace(model, demand=lambda seed, replication, events: demand), tmp_path)

    assert one.shipments.equals(other.shipments)
    assert one.orders.equals(other.orders)
    assert one.outcome.exogenous_sha256 == other.outcome.exogenous_sha256


@pytest.mark.parametrize("kept", [1, 2, 3, 4])
def test_line_starts_always_fit_their_lines(kept: int) -> None:
    demand = replayed(ORDERS[:kept])

    for number in range(3):
        day = demand.day(number, 0)
        assert day.line_starts[0] == 0
        assert day.line_starts[-1] == len(day.sku) == len(day.quantity)
        assert (np.diff(day.line_starts) > 0).all()
