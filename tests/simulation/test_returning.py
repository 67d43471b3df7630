"""What customers send back, worked out by hand to the hour and the cent.

An order for a lamp, placed on Monday at 9, leaves Columbus at 17:30 and comes on Tuesday at an hour of its luck. 48
hours later, on Thursday, it is handed to the parcel carrier. Zone 1 is a day away: it is in Columbus on Friday (from
hour 96 on) and inspected from 6:00 on, half an hour for each unit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.factories import (
    CHICAGO_PLACE,
    RENO,
    GivenOrder,
    Tables,
    a_calendar,
    a_disruption,
    a_model,
    a_network,
    a_node,
    a_service,
    an_order,
    run,
)
from tests.returns import a_desk, a_reason, some_terms
from twin.domain.nodes import FulfillmentNode, NodeCosts
from twin.domain.returns import DropOff, ReturnTerms
from twin.domain.surcharges import Surcharges
from twin.policies.returns import ReturnRoute
from twin.simulation.world import Model

PAID = NodeCosts(wage_usd_per_hour=20.0, labor_paid="worked")


def a_place_that_takes_returns(name: str = "columbus", **special: Any) -> FulfillmentNode:
    return a_node(name, **{"returns": a_desk(fee_usd=0.3), "costs": PAID, **special})


def returning(
    terms: ReturnTerms,
    nodes: Sequence[FulfillmentNode] | None = None,
    orders: Sequence[GivenOrder] | None = None,
    route: ReturnRoute | None = None,
    **special: Any,
) -> Model:
    service = a_service(surcharges=Surcharges(fuel_rate=0.1, residential_usd=0.5))
    network = a_network(nodes or [a_place_that_takes_returns()], services=[service])
    model = a_model(network, [an_order(lamp=1)] if orders is None else orders, **special)
    return replace(model, returns=terms, return_route=route or ReturnRoute())


def the_return(model: Model, folder: Path) -> tuple[pd.Series[Any], Tables]:
    tables = run(model, folder)
    assert len(tables.returns) == 1
    return tables.returns.iloc[0], tables


def on_hand(tables: Tables, node: str = "columbus") -> list[int]:
    return tables.stock.loc[tables.stock["node"] == node, "on_hand_units"].tolist()


def test_a_line_comes_back_and_is_on_the_shelf_at_the_hour_its_inspection_ends(tmp_path: Path) -> None:
    line, tables = the_return(returning(some_terms(), stock={"columbus": {"mug": 5, "lamp": 5, "book": 5}}), tmp_path)

    delivered_at = tables.orders["delivered_at"].iloc[0]
    assert 24 + 9 <= delivered_at <= 24 + 20
    assert line["requested_at"] == delivered_at + 48
    assert [line["received_at"], line["inspected_at"], line["restocked_at"]] == [96 + 6, 102.5, 102.5]
    assert on_hand(tables)[:6] == [14, 14, 14, 14, 15, 15]
    friday = tables.stock["mean_on_hand_units"].iloc[4]
    assert friday == pytest.approx((6.5 * 14 + 17.5 * 15) / 24)


def test_a_line_costs_its_label_its_inspection_and_its_refund_to_the_cent(tmp_path: Path) -> None:
    terms = some_terms(label_price_rate=0.8, refund_rate=0.9, reasons=(a_reason(restocking_fee_usd=2.5),))
    line, tables = the_return(returning(terms), tmp_path)

    # A box of 18 lb costs $10 in zone 1, and 10 % fuel; nobody delivers it to a home.
    assert line["label_usd"] == pytest.approx(10.0 * 1.1 * 0.8, abs=1e-6)
    assert line["handling_usd"] == pytest.approx(0.3 + 0.5 * 20.0, abs=1e-6)
    assert line["refund_usd"] == pytest.approx(0.9 * 40.0 - 2.5, abs=1e-6)
    assert (line["written_off_usd"], line["recovered_usd"]) == (0.0, 0.0)
    assert line["co2e_kg"] == pytest.approx(0.2)  # a round of the van; the lamp stays in Columbus
    assert [line["order"], line["units"]] == [0, 1]
    words = ["origin", "node", "sku", "reason", "method", "grade"]
    assert line[words].tolist() == ["columbus", "columbus", "lamp", "FIT", "label", "restock"]
    assert tables.orders["status"].tolist() == ["delivered"]


@pytest.mark.parametrize(
    ("grade", "restocked_at", "left", "handling", "written_off", "recovered"),
    [
        ("restock", 102.5, 15, 10.3, 0.0, 0.0),
        ("refurbish", 102.5 + 5, 15, 10.3 + 7.0, 0.0, 0.0),
        ("liquidate", None, 14, 10.3, 15.0, 0.4 * 15.0),
        ("scrap", None, 14, 10.3, 15.0, 0.0),
    ],
)  # fmt: skip
def test_each_grade_ends_on_the_shelf_or_is_written_off(
    grade: str, restocked_at: float | None, left: int, handling: float, written_off: float, recovered: float,
    tmp_path: Path,
) -> None:  # fmt: skip
    terms = some_terms(reasons=(a_reason(grade=grade),), refurbish_usd=7.0, refurbish_hours=5.0, recovered_rate=0.4)
    line, tables = the_return(returning(terms, stock={"columbus": {"mug": 5, "lamp": 5, "book": 5}}), tmp_path)

    assert line["inspected_at"] == 102.5
    assert (line["restocked_at"] == restocked_at) if restocked_at else pd.isna(line["restocked_at"])
    assert on_hand(tables)[-1] == left
    money = line[["handling_usd", "written_off_usd", "recovered_usd"]].tolist()
    assert money == pytest.approx([handling, written_off, recovered], abs=1e-6)


def test_goods_on_their_way_back_cannot_be_sold_until_they_are_on_the_shelf(tmp_path: Path) -> None:
    orders = [an_order(lamp=1), an_order(40.0, promised_by=240.0, lamp=1)]
    model = returning(
        replace(some_terms(), rates={"home": 1.0}), orders=orders, stock={"columbus": {"mug": 0, "lamp": 1, "book": 0}},
        patience_hours=200.0,
    )  # fmt: skip

    tables = run(model, tmp_path)

    second = tables.shipments[tables.shipments["order"] == 1].iloc[0]
    assert second["routed_at"] == 102.5
    assert tables.events["kind"].tolist() == ["backordered"]


NODES = [
    a_place_that_takes_returns(),
    a_place_that_takes_returns("chicago", place=CHICAGO_PLACE, kind="store"),
    a_place_that_takes_returns("reno", place=RENO),
]
ONLY_RENO = {"columbus": {"mug": 0}, "chicago": {"mug": 0}, "reno": {"mug": 9}}


@pytest.mark.parametrize(
    ("route", "goes_to"),
    [
        (ReturnRoute("origin"), "reno"),
        (ReturnRoute("nearest"), "columbus"),
        (ReturnRoute("store"), "chicago"),
        (ReturnRoute("center", "chicago"), "chicago"),
    ],
)
def test_each_route_leads_to_its_node_and_the_stock_is_there(route: ReturnRoute, goes_to: str, tmp_path: Path) -> None:
    model = returning(some_terms(), NODES, [an_order()], route, stock=ONLY_RENO, runout_days=20)

    line, tables = the_return(model, tmp_path)

    assert (line["origin"], line["node"]) == ("reno", goes_to)
    last = tables.stock[tables.stock["day"] == tables.stock["day"].max()].set_index("node")["on_hand_units"]
    assert last.to_dict() == {"columbus": 0, "chicago": 0, "reno": 8, goes_to: 9 if goes_to == "reno" else 1}


def test_who_lives_near_a_store_drops_off_without_a_label(tmp_path: Path) -> None:
    terms = replace(some_terms(), drop_off=DropOff(share=1.0, within_miles=20.0, co2e_kg=0.7))
    orders = [an_order(to="606", mug=1), an_order(to="432", mug=1)]
    model = returning(terms, NODES, orders, stock={"columbus": {"mug": 9}, "chicago": {"mug": 0}, "reno": {"mug": 0}})

    returns = run(model, tmp_path).returns.set_index("order")

    assert returns["method"].to_dict() == {0: "drop_off", 1: "label"}
    assert returns["node"].to_dict() == {0: "chicago", 1: "columbus"}
    assert returns.loc[0, ["label_usd", "co2e_kg"]].tolist() == [0.0, 0.7]
    # handed over in the shop on some day, looked at when it opens next: at 6:00 in Chicago, which is 7:00
    assert (returns.loc[0, "received_at"] - 7) % 24 == 0
    assert 0 <= returns.loc[0, "received_at"] - returns.loc[0, "requested_at"] <= 24


def test_goods_that_a_node_does_not_keep_are_liquidated_there(tmp_path: Path) -> None:
    nodes = [a_node(), a_place_that_takes_returns("reno", place=RENO, assortment=frozenset({"book"}))]
    model = returning(some_terms(), nodes, stock={"columbus": {"lamp": 5}, "reno": {"book": 5}}, runout_days=20)

    line, tables = the_return(model, tmp_path)

    assert (line["node"], line["grade"], line["written_off_usd"]) == ("reno", "liquidate", 15.0)
    assert on_hand(tables, "reno")[-1] == 5


def test_what_comes_back_after_the_end_is_booked_and_not_on_the_shelf(tmp_path: Path) -> None:
    late = some_terms(reasons=(a_reason(delay_days=40.0),))
    underway = some_terms(reasons=(a_reason(delay_days=8.0),))
    for terms in (late, underway):
        line, tables = the_return(returning(terms, stock={"columbus": {"lamp": 5}}), tmp_path)

        assert line["label_usd"] == pytest.approx(11.0, abs=1e-6)
        assert line["refund_usd"] == 40.0
        assert line[["received_at", "inspected_at", "restocked_at"]].isna().all()
        assert on_hand(tables)[-1] == 4


def test_nobody_sends_back_what_came_less_than_a_day_ago(tmp_path: Path) -> None:
    line, tables = the_return(returning(some_terms(reasons=(a_reason(delay_days=0.01),))), tmp_path)

    assert line["requested_at"] == tables.orders["delivered_at"].iloc[0] + 24


def test_lines_wait_for_an_inspector_in_the_order_they_came(tmp_path: Path) -> None:
    orders = [an_order(9.0 + hour / 10, mug=2) for hour in range(3)]
    model = returning(some_terms(), [a_place_that_takes_returns(returns=a_desk(stations=1))], orders)

    returns = run(model, tmp_path).returns.sort_values("inspected_at")

    assert returns["received_at"].tolist() == [102.0] * 3
    assert returns["inspected_at"].tolist() == [103.0, 104.0, 105.0]  # half an hour for each of two units
    assert returns["requested_at"].is_monotonic_increasing


def test_inspection_stops_with_the_shift_and_with_a_closed_node(tmp_path: Path) -> None:
    day = [a_place_that_takes_returns(returns=a_desk(stations=1), calendar=a_calendar((6, 7), (12, 18)))]
    orders = [an_order(9.0, mug=1), an_order(9.1, mug=1), an_order(9.2, mug=1)]
    storm = a_disruption("storm", 108.0, 3.0)

    returns = run(returning(some_terms(), day, orders, disruptions=[storm]), tmp_path).returns

    # Friday 6:30 and 7:00 before the shift ends at 7; the third one waits for noon, when the storm lasts until 15
    assert sorted(returns["inspected_at"]) == [102.5, 103.0, 111.5]


def test_only_what_a_channel_and_category_send_back_comes_back(tmp_path: Path) -> None:
    orders = [an_order(9.0 + number / 100, mug=1, book=1) for number in range(200)]
    model = returning(some_terms(rate=0.0, rates={"home": 0.5}, channel_factors={"web": 0.6}), orders=orders)
    products = {
        sku: replace(product, category="media" if sku == "book" else "home")
        for sku, product in model.network.products.items()
    }
    model = replace(model, network=replace(model.network, products=products))

    returns = run(model, tmp_path).returns

    assert set(returns["sku"]) == {"mug"}
    assert len(returns) / 200 == pytest.approx(0.3, abs=0.1)


def test_a_split_order_sends_each_part_back_to_where_it_came_from(tmp_path: Path) -> None:
    nodes = [a_place_that_takes_returns(), a_place_that_takes_returns("reno", place=RENO)]
    stock = {"columbus": {"lamp": 5, "book": 0}, "reno": {"lamp": 0, "book": 5}}
    model = returning(some_terms(), nodes, [an_order(promised_by=300.0, lamp=1, book=1)], stock=stock, runout_days=20)

    returns = run(model, tmp_path).returns.set_index("sku")

    assert returns["origin"].to_dict() == {"lamp": "columbus", "book": "reno"}
    assert returns["node"].to_dict() == {"lamp": "columbus", "book": "reno"}


def test_without_returns_there_is_no_table_and_nothing_changes(tmp_path: Path) -> None:
    model = returning(some_terms(), stock={"columbus": {"lamp": 5}})
    off = replace(model, returns=None)

    with_returns, without = run(model, tmp_path), run(off, tmp_path)

    assert len(without.returns) == 0
    for name in ("orders", "shipments", "nodes", "events"):
        pd.testing.assert_frame_equal(getattr(with_returns, name), getattr(without, name))
    assert with_returns.outcome.exogenous_sha256 == without.outcome.exogenous_sha256
