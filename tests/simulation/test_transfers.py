"""Nodes that refill one another: what is sent, when, and what the books say of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.factories import RENO, Tables, a_model, a_network, a_node, always, an_order, run
from tests.simulation.test_backorders import a_supplied_node
from twin.domain.nodes import FulfillmentNode, Supply

FIRST_REVIEW = 8.0  # five in the morning in Reno, by the clock of New York
LEAD_HOURS = 12.0


def a_dependent(**special: Any) -> FulfillmentNode:
    """Return a node in Reno that Columbus refills in twelve hours."""
    return a_node("reno", RENO, supply=Supply("columbus", always(LEAD_HOURS), 100.0), **special)


def transferring(folder: Path, *orders: Any, source: FulfillmentNode | None = None, **special: Any) -> Tables:
    """Run two nodes, Reno with room for four mugs and none at first, Columbus with five."""
    network = a_network([source or a_node(), special.pop("reno", a_dependent())])
    stock = {"columbus": {"mug": 5, "lamp": 5, "book": 0}, "reno": {"mug": 0, "lamp": 5, "book": 0}}
    levels = {"reno": {"mug": 4}, **special.pop("levels", {})}
    return run(a_model(network, orders, stock=stock, levels=levels, **special), folder)


def happened(tables: Tables, kind: str) -> list[tuple[float, str, int]]:
    """Return when something happened, where, and to how many units."""
    found = tables.events[tables.events["kind"] == kind]
    return list(zip(found["at"].tolist(), found["subject"].astype(str).tolist(), found["units"].tolist(), strict=True))


def at_midnight(tables: Tables, node: str, column: str) -> list[int]:
    """Return a column of the daily stock of a node."""
    rows: pd.Series[int] = tables.stock[tables.stock["node"] == node].sort_values("day")[column]
    return rows.tolist()


def test_goods_leave_one_shelf_at_the_review_and_stand_on_the_other_after_the_lead_time(tmp_path: Path) -> None:
    tables = transferring(tmp_path, an_order(23.0, "895"))

    assert happened(tables, "transfer_sent") == [(FIRST_REVIEW, "columbus", 4), (FIRST_REVIEW + 24, "columbus", 1)]
    assert happened(tables, "replenishment_received")[0] == (FIRST_REVIEW + LEAD_HOURS, "reno", 4)
    assert tables.shipments["node"].tolist() == ["reno"]
    assert at_midnight(tables, "columbus", "on_hand_units")[:2] == [6, 5]
    assert at_midnight(tables, "reno", "received_units")[:2] == [4, 1]


def test_what_is_promised_to_customers_stays_and_is_asked_for_again(tmp_path: Path) -> None:
    order = an_order(1.0, mug=2)

    tables = transferring(tmp_path, order, source=a_supplied_node(), levels={"columbus": {"mug": 5}})

    # three are free; Columbus orders two at five, before Reno asks, and they come after a day
    assert happened(tables, "transfer_sent")[:2] == [(FIRST_REVIEW, "columbus", 3), (FIRST_REVIEW + 24, "columbus", 1)]


def test_a_source_with_nothing_to_give_sends_no_truck(tmp_path: Path) -> None:
    tables = transferring(tmp_path, an_order(1.0, mug=5))

    assert happened(tables, "transfer_sent") == []
    assert happened(tables, "replenishment_ordered") == []


def test_the_stock_of_the_day_counts_what_was_sent_from_then_on_no_more(tmp_path: Path) -> None:
    tables = transferring(tmp_path)

    # ten units for eight hours, six for sixteen
    mean = tables.stock[(tables.stock["node"] == "columbus") & (tables.stock["day"] == 0)]["mean_on_hand_units"]
    assert mean.tolist() == [pytest.approx((10 * 8 + 6 * 16) / 24)]


def test_a_node_that_is_switched_off_orders_nothing(tmp_path: Path) -> None:
    tables = transferring(tmp_path, reno=a_dependent(enabled=False))

    assert happened(tables, "replenishment_ordered") == []
