"""Pickup: the nearest store that has it all, ready as promised, collected while it is open, or put back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pandas as pd
import pytest

from tests.factories import (
    CHICAGO,
    CHICAGO_PLACE,
    COLUMBUS,
    Tables,
    a_calendar,
    a_disruption,
    a_place,
    always,
    an_order,
    tables_in,
)
from tests.returns import a_desk, some_terms
from tests.stores import A_COUNTER, a_pickup_model, a_store, some_pickup, some_shelf
from twin.domain.geography import Place
from twin.domain.nodes import FulfillmentNode
from twin.domain.returns import ReturnReason
from twin.policies.routing.catalogue import kinds, load
from twin.simulation.order_management import OrderManagement
from twin.simulation.run import Run
from twin.simulation.world import Model

SUBURB = a_place("600", CHICAGO, latitude=42.1, longitude=-87.9)  # 22 miles from Chicago
IN_CHICAGO = {"to": "606"}


def a_shop(name: str = "loop", **special: Any) -> FulfillmentNode:
    """Return a shop in Chicago that hands orders over, open from 9 to 18 by the shop's clock in New York."""
    return a_store(name, **{"pickup": A_COUNTER, "calendar": a_calendar((9, 18)), "shelf": None, **special})


def collected(model: Model, folder: Path) -> tuple[Tables, pd.DataFrame]:
    """Run a model; return its tables and its pickups."""
    mine = Path(mkdtemp(dir=folder))
    tables = tables_in(mine, Run(model, mine, 1, 0).live())
    return tables, pd.read_parquet(mine / "pickups.parquet").astype({"node": "object"})


def times(pickups: pd.DataFrame) -> list[tuple[float, ...]]:
    """Return when each order should have been and was ready, and was collected."""
    return pickups[["ready_by", "ready_at", "collected_at"]].round(4).to_numpy().tolist()


def test_an_order_is_picked_set_aside_and_collected(tmp_path: Path) -> None:
    tables, pickups = collected(a_pickup_model([a_shop()], an_order(10.0, **IN_CHICAGO)), tmp_path)

    assert times(pickups) == [[13.0, 10.5, 12.6003]]  # half an hour of picking, no packing; a second and 6 minutes
    shipment = tables.shipments.iloc[0]
    assert (shipment["service"], shipment["carrier"], shipment["node"]) == ("store_pickup", "store", "loop")
    assert (shipment["departed_at"], shipment["delivered_at"], shipment["planned_departure_at"]) == (10.5, 10.5, 13.0)
    assert shipment[["label_usd", "surcharge_usd", "packaging_usd"]].sum() == 0
    assert tables.orders["status"].tolist() == ["delivered"]


def test_hours_in_which_the_store_is_closed_are_not_promised_and_nobody_comes(tmp_path: Path) -> None:
    _, pickups = collected(a_pickup_model([a_shop()], an_order(17.0, **IN_CHICAGO)), tmp_path)

    assert times(pickups) == [[35.0, 17.5, 33.1003]]  # three open hours: one today, two tomorrow from 9


def test_a_customer_at_the_curb_takes_longer_and_others_wait(tmp_path: Path) -> None:
    orders = [an_order(10.0, **IN_CHICAGO), an_order(10.0, **IN_CHICAGO)]
    at_once = some_pickup(curbside_share=1.0, collect_hours=always(24.0))
    shop = a_shop(stages=(replace(a_store().stages[0], stations=2),))

    _, pickups = collected(a_pickup_model([shop], *orders, pickup=at_once), tmp_path)

    assert pickups["curbside"].all()
    assert pickups["collected_at"].round(4).tolist() == [34.8003, 35.1003]


def test_the_nearest_store_with_all_lines_is_the_customers_choice(tmp_path: Path) -> None:
    shops = [a_shop("far", place=SUBURB), a_shop("near")]
    orders = [an_order(10.0, **IN_CHICAGO), an_order(10.1, mug=1, lamp=1, **IN_CHICAGO)]
    stock = {"far": {"mug": 2, "lamp": 2}, "near": {"mug": 2, "lamp": 0}, "reno": {"mug": 9, "lamp": 9}}

    _, pickups = collected(a_pickup_model(shops, *orders, stock=stock), tmp_path)

    assert pickups.sort_values("order")["node"].tolist() == ["near", "far"]


@pytest.mark.parametrize(
    ("special", "place"),
    [
        ({"pickup": some_pickup(share=0.0)}, CHICAGO_PLACE),
        ({}, COLUMBUS),
        ({"stock": {"loop": {"mug": 0}, "reno": {"mug": 9}}}, CHICAGO_PLACE),
        ({"disruptions": [a_disruption(starts_at=0.0, hours=200.0, targets=("loop",))]}, CHICAGO_PLACE),
    ],
    ids=["nobody wants to", "no store is near", "no store has it", "no store is open"],
)
def test_an_order_is_shipped_that_cannot_be_collected(special: dict[str, Any], place: Place, tmp_path: Path) -> None:
    model = a_pickup_model([a_shop(place=place)], an_order(10.0, **IN_CHICAGO), **special)

    tables, pickups = collected(model, tmp_path)

    assert len(pickups) == 0
    assert tables.shipments["service"].tolist() == ["parcel_ground"]


def test_a_customer_whose_goods_are_not_found_is_sent_to_another_store_and_then_gets_a_parcel(tmp_path: Path) -> None:
    phantom = some_shelf(book_accuracy=0.0, phantom_share=1.0)
    stores = [a_shop("loop", shelf=phantom), a_shop("mall", place=SUBURB, shelf=phantom)]
    sound = [stores[0], replace(stores[1], shelf=None)]

    _, elsewhere = collected(a_pickup_model(sound, an_order(10.0, **IN_CHICAGO)), tmp_path)
    tables, nowhere = collected(a_pickup_model(stores, an_order(10.0, **IN_CHICAGO)), tmp_path)

    assert elsewhere[["node", "ready_by", "ready_at"]].to_numpy().tolist() == [["mall", 13.0, 11.0]]
    assert len(nowhere) == 0
    assert tables.shipments["node"].tolist() == ["reno"]
    assert tables.orders["attempts"].tolist() == [3]


def test_what_nobody_collects_is_on_the_shelf_again_and_counted(tmp_path: Path) -> None:
    nobody = some_pickup(no_show_rate=1.0)
    orders = [an_order(10.0, mug=2, **IN_CHICAGO), an_order(59.0, mug=2, **IN_CHICAGO)]
    model = a_pickup_model([a_shop()], *orders, pickup=nobody, order_days=3)

    tables, pickups = collected(model, tmp_path)

    assert pickups["restocked_at"].round(4).tolist() == [58.5, 107.5]
    assert pickups["collected_at"].isna().all()
    assert pickups["node"].tolist() == ["loop", "loop"]  # the second got what the first had left
    events = tables.events[tables.events["kind"] == "no_show"]
    assert events[["at", "subject", "units"]].to_numpy().tolist() == [[58.5, "loop", 2], [107.5, "loop", 2]]


def test_who_comes_too_late_finds_nothing(tmp_path: Path) -> None:
    slow = some_pickup(collect_hours=always(60.0))

    _, pickups = collected(a_pickup_model([a_shop()], an_order(10.0, **IN_CHICAGO), pickup=slow), tmp_path)

    assert pickups["restocked_at"].tolist() == [58.5]


def test_goods_that_nobody_collected_are_not_sent_back_too(tmp_path: Path) -> None:
    terms = some_terms(rate=1.0, reasons=(ReturnReason("FIT", 1.0, always(0.0), (1.0, 0.0, 0.0, 0.0)),))
    shop = a_shop(returns=a_desk())
    for no_show_rate in (0.0, 1.0):
        model = a_pickup_model(
            [shop], an_order(10.0, **IN_CHICAGO), pickup=some_pickup(no_show_rate=no_show_rate), runout_days=30
        )

        tables, _ = collected(replace(model, returns=terms), tmp_path)

        assert len(tables.returns) == 1 - no_show_rate


def test_a_trip_emits_what_it_is_said_to(tmp_path: Path) -> None:
    model = a_pickup_model([a_shop()], an_order(10.0, **IN_CHICAGO), pickup=some_pickup(co2e_kg=0.8))

    tables, _ = collected(model, tmp_path)

    carbon = tables.shipments[["linehaul_co2e_kg", "last_mile_co2e_kg", "packaging_co2e_kg"]]
    assert carbon.to_numpy().tolist() == [[0.0, 0.8, 0.0]]


@pytest.mark.parametrize("routing", kinds())
@pytest.mark.parametrize("commit", ["at_order", "at_run", "at_release"])
def test_every_policy_leaves_the_customer_her_choice(routing: str, commit: Any, tmp_path: Path) -> None:
    orders = [an_order(10.0 + number / 7, ("606", "895")[number % 2]) for number in range(8)]
    model = a_pickup_model(
        [a_shop()], *orders, routing=load({"kind": routing}), order_management=OrderManagement(commit=commit),
        stock={"loop": {"mug": 50}, "reno": {"mug": 100}},
    )  # fmt: skip

    tables, pickups = collected(model, tmp_path)

    assert pickups["order"].tolist() == [0, 2, 4, 6]
    assert sorted(tables.shipments["order"]) == list(range(8))


def test_orders_that_are_set_aside_at_the_end_are_written_too(tmp_path: Path) -> None:
    model = a_pickup_model([a_shop()], an_order(10.0, **IN_CHICAGO), order_days=1, runout_days=0)
    late = replace(model, pickup=some_pickup(collect_hours=always(30.0)))

    _, pickups = collected(late, tmp_path)

    assert pickups[["collected_at", "restocked_at"]].isna().all(axis=None)
    assert len(pickups) == 1
