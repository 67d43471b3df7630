"""The shop around a shelf: pickers who look in vain, customers who take goods, goods that vanish, and counts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.factories import (
    RENO,
    GivenOrder,
    a_disruption,
    a_model,
    a_network,
    a_node,
    a_stage,
    a_supply,
    always,
    an_order,
    run,
)
from tests.laws.checking import MONEY
from tests.stores import a_store, live, some_shelf
from twin.domain.nodes import FulfillmentNode
from twin.domain.work import Rework
from twin.simulation.order_management import OrderManagement, RejectionReason
from twin.simulation.run import Run
from twin.simulation.world import Model

PHANTOM = {"book_accuracy": 0.0, "phantom_share": 1.0}
HIDDEN = {"book_accuracy": 0.0, "phantom_share": 0.0}
IN_CHICAGO = {"to": "606"}


def a_town(store: FulfillmentNode, *orders: GivenOrder, units: int = 2, **special: Any) -> Model:
    """Return a store with two mugs in its books, and Reno far away with many."""
    stock = {store.name: {"mug": units}, "reno": {"mug": 100}}
    return a_model(a_network([store, a_node("reno", RENO)]), list(orders), **{"stock": stock, **special})


def declined(events: pd.DataFrame) -> list[tuple[float, str, str]]:
    """Return when which node declined, and why."""
    rows = events[events["kind"] == "declined"]
    return [(round(row.at_, 9), row.subject, row.reason) for row in rows.rename(columns={"at": "at_"}).itertuples()]


def test_a_picker_who_looks_in_vain_declines_when_the_search_is_over(tmp_path: Path) -> None:
    _, events, _ = live(a_town(a_store(shelf=some_shelf(**PHANTOM)), an_order(9.0, **IN_CHICAGO)), tmp_path)

    assert declined(events) == [(9.5, "loop", "NOT_FOUND")]
    assert events.loc[events["kind"] == "rerouted", "subject"].tolist() == ["reno"]


def test_the_books_believe_in_goods_nobody_finds_until_somebody_tells_them(tmp_path: Path) -> None:
    orders = [an_order(9.0, **IN_CHICAGO), an_order(11.0, **IN_CHICAGO)]
    store = a_store(shelf=some_shelf(**PHANTOM))
    corrects = OrderManagement(rejections=(RejectionReason("GONE", 1.0, "corrected"),))
    empties = OrderManagement(rejections=(RejectionReason("GONE", 1.0, "emptied"),))

    still, events, _ = live(a_town(store, *orders), tmp_path)
    wiser, _, _ = live(a_town(store, *orders, order_management=corrects), tmp_path)
    empty, once, _ = live(a_town(store, *orders, order_management=empties), tmp_path)

    assert len(declined(events)) == 2
    assert still.ledgers["loop"].on_hand["mug"] == 2
    assert wiser.ledgers["loop"].on_hand["mug"] == 0
    assert declined(once) == [(9.5, "loop", "GONE")]
    assert empty.shops.shelves[0].error("mug") == 0


def test_only_what_is_missing_is_written_off(tmp_path: Path) -> None:
    corrects = OrderManagement(rejections=(RejectionReason("GONE", 1.0, "corrected"),))
    model = a_town(a_store(shelf=some_shelf(**PHANTOM)), an_order(9.0, mug=3, **IN_CHICAGO), units=3,
                   order_management=corrects)  # fmt: skip

    lived, _, _ = live(model, tmp_path)

    assert lived.ledgers["loop"].on_hand["mug"] == lived.shops.shelves[0].lying("mug") == 1


def test_an_order_is_not_offered_again_to_a_node_that_looked_in_vain(tmp_path: Path) -> None:
    shops = [a_store(name, shelf=some_shelf(**PHANTOM)) for name in ("loop", "mall")]
    stock = {name: {"mug": 2} for name in ("loop", "mall")}
    model = a_model(a_network(shops), [an_order(9.0, **IN_CHICAGO)], stock=stock, patience_hours=20.0)

    _, events, _ = live(model, tmp_path)

    assert declined(events) == [(9.5, "loop", "NOT_FOUND"), (10.0, "mall", "NOT_FOUND")]
    assert events["kind"].tolist()[-2:] == ["backordered", "cancelled"]


def test_hidden_goods_ship_nothing_until_a_count_finds_them(tmp_path: Path) -> None:
    store = a_store(shelf=some_shelf(**HIDDEN, count_every_days=1))
    model = a_model(a_network([store]), [an_order(9.0, **IN_CHICAGO)], stock={"loop": {"mug": 0}})

    tables = run(model, tmp_path)

    assert tables.shipments["routed_at"].tolist() == [25.0]  # midnight in Chicago, shop time
    assert tables.stock["on_hand_units"].tolist()[:3] == [0, 1, 1]
    assert tables.stock["mean_on_hand_units"].iloc[1] == pytest.approx((2 * 17 + 1 * 6) / 24)  # from 25 to 42


def test_products_are_counted_in_turn(tmp_path: Path) -> None:
    store = a_store(shelf=some_shelf(**PHANTOM, count_every_days=3))
    stock = {"loop": {"mug": 5, "lamp": 5, "book": 5}}

    _, _, shelves = live(a_model(a_network([store]), [], stock=stock), tmp_path)

    assert shelves["skus_wrong"].tolist()[:5] == [3, 2, 1, 0, 0]
    assert shelves["written_off_units"].tolist()[:5] == [0, 2, 2, 2, 0]
    assert shelves["booked_units"].tolist()[:5] == [15, 13, 11, 9, 9]


def test_goods_vanish_by_night_and_the_books_do_not_know(tmp_path: Path) -> None:
    store = a_store(shelf=some_shelf(shrinkage_per_day=0.05))

    _, _, shelves = live(a_model(a_network([store]), [], stock=200, order_days=1, runout_days=20), tmp_path)

    assert shelves["booked_units"].unique().tolist() == [600]
    assert shelves["shelf_units"].iloc[-1] == pytest.approx(600 * 0.95**20, rel=0.02)
    assert (shelves["phantom_units"] == shelves["vanished_units"].cumsum()).all()


def test_customers_of_the_shop_come_while_it_is_open_and_take_what_is_there(tmp_path: Path) -> None:
    store = a_store(shelf=some_shelf(walk_in_units_per_day=50.0))
    stock = {"loop": {"mug": 100, "lamp": 100, "book": 0}}

    lived, _, shelves = live(a_model(a_network([store]), [], stock=stock), tmp_path)

    sold, lost = shelves["walk_in_units"].sum(), shelves["walk_in_lost_units"].sum()
    assert lived.ledgers["loop"].sold["book"] == 0 < lived.ledgers["loop"].sold["lamp"] < 100
    assert sold == shelves["till_units"].sum() == 200 - shelves["booked_units"].iloc[-1]
    assert sold + lost == pytest.approx(500, rel=0.15)


@pytest.mark.parametrize(("take_reserved", "vain"), [(True, True), (False, False)])
def test_who_sells_what_is_reserved_sends_pickers_in_vain(tmp_path: Path, take_reserved: bool, vain: bool) -> None:
    case = always(12.0)
    shelf = some_shelf(walk_in_units_per_day=960.0, units_per_walk_in=case, walk_ins_take_reserved=take_reserved)
    wholesaler = a_store(shelf=shelf, stages=(a_stage("pick", 1, 6.0),), assortment=frozenset({"mug"}))
    orders = [an_order(0.25, **IN_CHICAGO), an_order(0.25, **IN_CHICAGO)]

    _, events, shelves = live(a_town(wholesaler, *orders, units=30), tmp_path)

    assert bool(declined(events)) == vain
    assert shelves["walk_in_units"].sum() == (30 if vain else 28)


def test_a_shop_that_is_shut_by_a_disruption_loses_its_customers(tmp_path: Path) -> None:
    store = a_store(shelf=some_shelf(walk_in_units_per_day=50.0))
    shut = a_disruption(starts_at=0.0, hours=240.0, targets=("loop",))

    _, _, shelves = live(a_model(a_network([store]), [], disruptions=[shut]), tmp_path)

    assert shelves["walk_in_units"].sum() == 0 < shelves["walk_in_lost_units"].sum()


def test_goods_picked_before_a_check_sends_them_back_are_not_looked_for_again(tmp_path: Path) -> None:
    stages = (a_stage("pick", 1, 0.5), a_stage("check", 1, 0.25, rework=Rework(0.9, "pick")))
    orders = [an_order(9.0 + number, **IN_CHICAGO) for number in range(5)]
    model = a_model(a_network([a_store(stages=stages)]), orders, stock={"loop": {"mug": 5}})

    lived, events, _ = live(model, tmp_path)

    assert declined(events) == []
    assert lived.ledgers["loop"].shipped["mug"] == 5


def test_a_shelf_that_is_as_the_books_say_changes_nothing(tmp_path: Path) -> None:
    store = a_store()
    orders = [an_order(9.0 + number / 3, **IN_CHICAGO) for number in range(60)]

    one = run(a_town(store, *orders, units=30), tmp_path)
    other = run(a_town(replace(store, shelf=None), *orders, units=30), tmp_path)

    pd.testing.assert_frame_equal(one.shipments, other.shipments, check_exact=True)
    pd.testing.assert_frame_equal(one.stock, other.stock, check_exact=True)
    assert one.shipments[MONEY].to_numpy().sum() > 0


def test_a_store_that_is_not_in_use_has_no_customers_and_no_table(tmp_path: Path) -> None:
    store = replace(a_store(shelf=some_shelf(walk_in_units_per_day=50.0)), enabled=False)

    Run(a_town(store, an_order(9.0)), tmp_path, 1, 0).live()

    assert not (tmp_path / "shelves.parquet").exists()


def test_what_suppliers_bring_is_on_the_shelf(tmp_path: Path) -> None:
    store = a_store(shelf=some_shelf(**PHANTOM, walk_in_units_per_day=10.0), supply=a_supply())

    _, _, shelves = live(a_model(a_network([store]), [], stock=6, levels={"loop": {"mug": 40}}), tmp_path)

    assert shelves["walk_in_units"].sum() > 3 * 4  # what lay there at the beginning
