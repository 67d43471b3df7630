"""Local delivery: windows that fill up, and vans that leave when they begin."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pandas as pd
import pytest

from tests.factories import RENO, GivenOrder, Tables, a_disruption, a_model, a_network, a_node, an_order, tables_in
from tests.simulation.shipping import a_shipment
from tests.stores import a_store, some_shelf, some_windows
from twin.assemble.stores import with_vans
from twin.domain.effects import Closed
from twin.domain.errors import TwinError
from twin.domain.local_delivery import LocalDeliveryTerms
from twin.domain.nodes import FulfillmentNode
from twin.policies.routing.catalogue import kinds, load
from twin.simulation.order_management import OrderManagement
from twin.simulation.run import Run
from twin.simulation.world import Model

IN_CHICAGO = {"to": "606"}


def a_town(
    *orders: GivenOrder, shop: FulfillmentNode | None = None, windows: LocalDeliveryTerms | None = None, **special: Any
) -> Model:
    """Return a shop in Chicago with a van, and Reno far away."""
    terms = windows or some_windows()
    nodes = [shop or a_shop(), a_node("reno", RENO)]
    model = a_model(with_vans(a_network(nodes), terms), list(orders), **special)
    return replace(model, local_delivery=terms)


def a_shop(**special: Any) -> FulfillmentNode:
    return a_store(**{"shelf": None, "delivers_locally": True, **special})


def delivered(model: Model, folder: Path) -> tuple[Tables, pd.DataFrame]:
    """Run a model; return its tables and its local deliveries."""
    mine = Path(mkdtemp(dir=folder))
    tables = tables_in(mine, Run(model, mine, 1, 0).live())
    return tables, pd.read_parquet(mine / "local_deliveries.parquet").astype({"node": "object"})


def windows(found: pd.DataFrame) -> list[list[float]]:
    """Return the window of each order, and when its van left."""
    names = ["window_starts_at", "window_ends_at", "departed_at"]
    return found.sort_values("order")[names].to_numpy().tolist()


def test_an_order_waits_for_its_window_and_comes_in_it(tmp_path: Path) -> None:
    tables, found = delivered(a_town(an_order(11.0, **IN_CHICAGO)), tmp_path)

    assert windows(found) == [[13.0, 16.0, 13.0]]
    shipment = tables.shipments.iloc[0]
    assert (shipment["service"], shipment["packed_at"], shipment["departed_at"]) == ("store_van", 11.75, 13.0)
    assert 13.0 <= shipment["delivered_at"] <= 16.0


def test_the_lead_decides_which_window_is_the_first(tmp_path: Path) -> None:
    orders = [an_order(12.0, **IN_CHICAGO), an_order(12.01, **IN_CHICAGO), an_order(20.0, **IN_CHICAGO)]

    _, found = delivered(a_town(*orders), tmp_path)

    assert [starts_at for starts_at, _, _ in windows(found)] == [13.0, 16.0, 34.0]


def test_a_window_that_is_full_cannot_be_chosen(tmp_path: Path) -> None:
    orders = [an_order(11.0 + number / 10, **IN_CHICAGO) for number in range(5)]

    _, found = delivered(a_town(*orders, windows=some_windows(orders_per_window=2)), tmp_path)

    assert [starts_at for starts_at, _, _ in windows(found)] == [13.0, 13.0, 16.0, 16.0, 19.0]


def test_who_misses_the_van_gets_the_next_one_and_is_late(tmp_path: Path) -> None:
    slow = a_shop(stages=a_store().stages[:1])
    orders = [an_order(11.9 + number / 100, **IN_CHICAGO) for number in range(4)]

    tables, found = delivered(a_town(*orders, shop=slow), tmp_path)

    assert windows(found) == [[13.0, 16.0, 13.0], [13.0, 16.0, 13.0], [13.0, 16.0, 16.0], [13.0, 16.0, 16.0]]
    assert (tables.shipments["delivered_at"] > 16.0).sum() == 2


def test_a_stop_costs_and_emits_what_it_is_said_to(tmp_path: Path) -> None:
    model = a_town(an_order(11.0, **IN_CHICAGO), windows=some_windows(stop_usd=7.5, co2e_kg=0.4))

    tables, _ = delivered(model, tmp_path)

    money = tables.shipments[["label_usd", "surcharge_usd"]].to_numpy().tolist()
    assert money == [[7.5, 0.0]]
    assert tables.shipments[["linehaul_co2e_kg", "last_mile_co2e_kg"]].to_numpy().tolist() == [[0.0, 0.4]]


@pytest.mark.parametrize(
    "special",
    [
        {"windows": some_windows(share=0.0)},
        {"shop": a_shop(place=RENO)},
        {"windows": some_windows(lead_hours=500.0)},
        {"stock": {"loop": {"mug": 0}, "reno": {"mug": 9}}},
    ],
    ids=["nobody wants to", "no store is near", "no window is left", "no store has it"],
)
def test_an_order_is_shipped_that_no_van_can_bring(special: dict[str, Any], tmp_path: Path) -> None:
    tables, found = delivered(a_town(an_order(10.0, **IN_CHICAGO), **special), tmp_path)

    assert len(found) == 0
    assert tables.shipments["service"].tolist() == ["parcel_ground"]


def test_a_search_in_vain_gives_the_place_on_the_van_back(tmp_path: Path) -> None:
    phantom = some_shelf(book_accuracy=0.0, phantom_share=1.0)
    model = a_town(
        an_order(10.0, mug=3, **IN_CHICAGO), an_order(11.0, mug=1, **IN_CHICAGO), shop=a_shop(shelf=phantom),
        windows=some_windows(orders_per_window=1), stock={"loop": {"mug": 3}, "reno": {"mug": 9}},
    )  # fmt: skip

    tables, found = delivered(model, tmp_path)

    assert windows(found) == [[13.0, 16.0, 13.0]]
    assert tables.shipments.sort_values("order")["node"].tolist() == ["reno", "loop"]


@pytest.mark.parametrize("routing", kinds())
def test_every_policy_leaves_the_customer_the_window(routing: str, tmp_path: Path) -> None:
    orders = [an_order(10.0 + number / 7, **IN_CHICAGO) for number in range(4)]
    management = OrderManagement(commit="at_release")

    _, found = delivered(a_town(*orders, routing=load({"kind": routing}), order_management=management), tmp_path)

    assert [starts_at for starts_at, _, _ in windows(found)] == [13.0] * 4


def test_what_no_service_collects_is_named(tmp_path: Path) -> None:
    run = Run(a_model(), tmp_path, 1, 0)
    shipment = a_shipment()
    run.nodes["columbus"].docks.clear()

    with pytest.raises(TwinError, match="order 0: 'parcel_ground' does not collect at 'columbus'"):
        run.nodes["columbus"]._packed(shipment)


def test_no_van_leaves_a_shop_that_is_shut(tmp_path: Path) -> None:
    shut = a_disruption("fire", 12.0, 3.0, targets=("loop",), effects=(Closed(),))

    tables, found = delivered(a_town(an_order(11.0, **IN_CHICAGO), disruptions=[shut]), tmp_path)

    assert windows(found) == [[13.0, 16.0, 16.0]]  # the next window's van takes it
    assert tables.shipments["departed_at"].tolist() == [16.0]
