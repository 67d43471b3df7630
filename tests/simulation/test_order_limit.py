"""Daily limits that can be raised with notice."""

from __future__ import annotations

from math import inf
from pathlib import Path

import pytest

from tests.factories import a_model, a_network, a_node, an_order, run
from twin.domain.nodes import MoreOrders
from twin.simulation.order_limit import OrderLimit


def limits(taken: list[float], **said: object) -> list[float]:
    """Return the limit of each day after one on which so many orders were taken."""
    limit = OrderLimit(a_node(orders_per_day=10, **said))
    found = []
    for orders in taken:
        limit.end_day(orders)
        found.append(limit.today)
    return found


def test_a_limit_stays_where_no_contract_says_more() -> None:
    assert limits([10, 10]) == [10, 10]


def test_a_node_without_a_limit_takes_any_number() -> None:
    assert OrderLimit(a_node()).today == inf


@pytest.mark.parametrize(
    ("notice_days", "expected"), [(0, [14, 18, 20, 20, 20]), (1, [10, 14, 14, 18, 18]), (3, [10, 10, 10, 14, 14])]
)
def test_a_limit_that_is_used_up_rises_after_the_notice_one_request_at_a_time(notice_days, expected) -> None:
    more = MoreOrders(step=4, most=20, notice_days=notice_days)

    assert limits([10, 99, 99, 99, 99], more_orders=more) == expected


def test_more_is_asked_for_only_after_a_day_that_used_enough() -> None:
    more = MoreOrders(step=4, most=20, notice_days=0, from_use=0.9)

    assert limits([8, 9, 12, 13], more_orders=more) == [10, 14, 14, 18]


def test_orders_go_to_a_node_again_once_its_limit_is_higher(tmp_path: Path) -> None:
    node = a_node(orders_per_day=1, more_orders=MoreOrders(step=1, most=2, notice_days=0))
    orders = [an_order(9.0), an_order(10.0), an_order(33.0), an_order(34.0), an_order(35.0)]

    tables = run(a_model(a_network([node]), orders, patience_hours=5.0), tmp_path)

    raised = tables.events[tables.events["kind"] == "order_limit_raised"]
    assert raised[["at", "units"]].to_numpy().tolist() == [[24.0, 2]]
    assert tables.orders.sort_values("order")["status"].tolist() == [
        "delivered", "cancelled", "delivered", "delivered", "cancelled",
    ]  # fmt: skip
