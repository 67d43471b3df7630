"""Any shops, any customers, any rejections: every unit on a shelf came from somewhere and went somewhere."""

from __future__ import annotations

from dataclasses import replace
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories import (
    CHICAGO_PLACE,
    COLUMBUS,
    Tables,
    a_level,
    a_model,
    a_network,
    a_stage,
    a_supply,
    always,
    tables_in,
)
from tests.laws.checking import every_order_ends_once, numbers_are_numbers, shipments_add_up_to_orders
from tests.laws.test_any_network import ORDER_DAYS, PLACES, POLICIES, RUNOUT_DAYS, SKUS, given_orders
from tests.stores import A_COUNTER, a_store, some_windows
from twin.assemble.stores import with_pickup, with_vans
from twin.domain.distributions import Distribution
from twin.domain.pickup import PickupTerms
from twin.domain.shelf import ShelfTerms
from twin.domain.work import Rework
from twin.policies.routing.catalogue import load
from twin.simulation.order_management import OrderManagement, RejectionReason
from twin.simulation.run import Run
from twin.simulation.world import Model

SHELVES = st.builds(
    ShelfTerms,
    wrong_by=st.just(Distribution.of("discrete", values=[1, 3], weights=[0.5, 0.5])),
    book_accuracy=st.sampled_from([0.0, 0.6, 1.0]),
    phantom_share=st.sampled_from([0.0, 0.7, 1.0]),
    shrinkage_per_day=st.sampled_from([0.0, 0.1, 1.0]),
    count_every_days=st.sampled_from([None, 1, 2]),
    walk_in_units_per_day=st.sampled_from([0.0, 3.0, 40.0]),
    units_per_walk_in=st.sampled_from([always(1.0), Distribution.of("discrete", values=[1, 6], weights=[0.5, 0.5])]),
    walk_ins_take_reserved=st.booleans(),
)
NO_PICKUPS = pd.DataFrame({name: [] for name in ("order", "node", "units", "ready_at", "collected_at", "restocked_at")})
PICKUPS = st.builds(
    PickupTerms,
    share=st.sampled_from([0.5, 1.0]),
    max_miles=st.sampled_from([10.0, 400.0]),
    ready_hours=st.just(2.0),
    collect_hours=st.sampled_from([always(0.0), always(30.0)]),
    hold_hours=st.just(40.0),
    no_show_rate=st.sampled_from([0.0, 0.3, 1.0]),
    curbside_share=st.sampled_from([0.0, 0.5]),
)
VANS = some_windows(share=0.7, max_miles=400.0, orders_per_window=2)
STAGES = st.sampled_from([
    (a_stage("pack", 1, 0.1),),
    (a_stage("pick", 1, 1.5), a_stage("pack", 2, 0.1)),
    (a_stage("pick", 2, 0.5), a_stage("check", 1, 0.25, rework=Rework(0.4, "pick"))),
])  # fmt: skip


@st.composite
def models(draw: st.DrawFn) -> Model:
    """Draw two shops, their customers and what becomes of a search in vain."""
    shops = [
        a_store(
            name,
            shelf=draw(SHELVES),
            pickup=draw(st.sampled_from([None, A_COUNTER])),
            delivers_locally=draw(st.booleans()),
            place=place,
            stages=draw(STAGES),
            supply=draw(st.sampled_from([None, a_supply()])),
        )
        for name, place in (("loop", CHICAGO_PLACE), ("mall", COLUMBUS))
    ]
    effects = draw(st.sampled_from([(), ("none",), ("emptied", "corrected"), ("withheld", "corrected")]))
    network = a_network(shops, places=PLACES, levels=[a_level(), a_level("ground_only")])
    pickup = draw(st.none() | PICKUPS)
    vans = draw(st.none() | st.just(VANS))
    model = a_model(
        with_vans(with_pickup(network, pickup), vans), draw(st.lists(given_orders(), max_size=40)),
        stock={shop.name: {sku: draw(st.sampled_from([0, 2, 5, 50])) for sku in SKUS} for shop in shops},
        levels={shop.name: dict.fromkeys(SKUS, 6) for shop in shops},
        order_days=ORDER_DAYS, runout_days=RUNOUT_DAYS, routing=load(draw(POLICIES)),
        order_management=OrderManagement(
            commit=draw(st.sampled_from(["at_order", "at_order", "at_run", "at_release"])),
            rejections=tuple([RejectionReason(effect, 1 / len(effects), effect) for effect in effects]),
        ),
    )  # fmt: skip
    return replace(model, pickup=pickup, local_delivery=vans)


@settings(max_examples=20, derandomize=True)
@given(models(), st.integers(0, 5))
def test_every_unit_of_a_shelf_is_accounted_for_whatever_happens(model: Model, seed: int) -> None:
    with TemporaryDirectory() as folder:
        run = Run(model, Path(folder), seed, 0)
        tables = tables_in(Path(folder), run.live())
        shelves = pd.read_parquet(Path(folder) / "shelves.parquet")
        pickups = pd.read_parquet(Path(folder) / "pickups.parquet") if model.pickup else NO_PICKUPS

    for name, mine in shelves.groupby("node", observed=True):
        opening = sum(model.opening_stock[str(name)].values())
        back = pickups[pickups["node"] == name]
        shelf_and_books_are_conserved(opening, mine, tables.stock[tables.stock["node"] == name], back)
    whoever_is_not_declined_is_shipped(tables)
    whoever_is_set_aside_is_collected_or_put_back(tables, pickups)
    every_order_ends_once(tables)
    shipments_add_up_to_orders(tables)
    numbers_are_numbers(tables)


def shelf_and_books_are_conserved(opening: int, shelf: pd.DataFrame, stock: pd.DataFrame, back: pd.DataFrame) -> None:
    """Both follow every unit; between them lies what is phantom less what is hidden."""
    moved = stock["received_units"].to_numpy() - stock["shipped_units"].to_numpy()
    for instant, units in zip(back["restocked_at"].dropna(), back.dropna(subset="restocked_at")["units"], strict=True):
        moved[ceil(instant / 24) - 1] += units
    there, booked = shelf["shelf_units"].to_numpy(), shelf["booked_units"].to_numpy()
    gone = (shelf["walk_in_units"] + shelf["vanished_units"]).to_numpy()
    corrected = (shelf["found_units"] - shelf["written_off_units"] - shelf["till_units"]).to_numpy()

    assert ((there[1:] - there[:-1]) == (moved - gone)[1:]).all()
    assert (booked == opening + (moved + corrected).cumsum()).all()
    assert (booked == stock["on_hand_units"].to_numpy()).all()
    assert (booked - there == (shelf["phantom_units"] - shelf["hidden_units"]).to_numpy()).all()
    assert (shelf["till_units"] <= shelf["walk_in_units"]).all()
    assert (shelf["skus_wrong"] <= shelf["skus"]).all()


def whoever_is_not_declined_is_shipped(tables: Tables) -> None:
    """All who enter a stage leave it; who is picked and not declined leaves with a truck or a customer."""
    events = tables.events
    declined = events[events["kind"] == "declined"].groupby("subject").size()
    shipped = tables.shipments.groupby("node").size()
    for node, mine in tables.nodes.groupby("node"):
        stages = mine.groupby("stage")[["admitted", "finished"]].sum()
        assert stages["admitted"].tolist() == stages["finished"].tolist()
        if "check" not in stages.index:  # which would send some back to be picked again
            picked = stages.loc["pick" if "pick" in stages.index else "pack", "finished"]
            assert picked == shipped.get(node, 0) + declined.get(node, 0)


def whoever_is_set_aside_is_collected_or_put_back(tables: Tables, pickups: pd.DataFrame) -> None:
    """Every order that is set aside ends once, after it was ready, and counts as a shipment of its node."""
    shipments = tables.shipments[tables.shipments["service"] == "store_pickup"]
    handed_over = tables.nodes.loc[tables.nodes["stage"] == "hand_over", "finished"].sum()
    assert sorted(pickups["order"]) == sorted(shipments["order"])
    assert (pickups["collected_at"].isna() != pickups["restocked_at"].isna()).all()
    assert (pickups[["collected_at", "restocked_at"]].min(axis=1) > pickups["ready_at"]).all()
    assert handed_over == pickups["collected_at"].notna().sum()
