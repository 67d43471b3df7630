"""The kernel and the textbook model agree on every shipment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

import numpy as np
import pandas as pd
import pytest

from tests.factories import Tables, a_disruption, a_model, a_network, tables_in
from tests.reference.shared_cases import CASES
from tests.reference.textbook import Textbook
from tests.reference.textbook_fire import FireTextbook
from tests.reference.textbook_parts import TextbookShipment
from tests.reference.textbook_site import textbook_run
from tests.stores import a_pickup_model, a_store
from twin.policies.replenishment import OrderUpTo
from twin.simulation.run import Outcome, Run
from twin.simulation.shipments import Shipment

HOURS_TOLERANCE = 1e-7
WORDS = ["order", "node", "service", "lines"]
HAPPENINGS = {  # what a case must contain, and how often at least
    "tutorial": {"replenishment_received": 10, "backordered": 1, "declined": 1},
    "thirteen_nodes": {"replenishment_received": 50, "declined": 50, "rerouted": 50},
    "split_orders": {"cancelled": 50},
    "fires": {"taken_back": 20, "destroyed": 6, "rerouted": 5},
    "carriers_that_lose": {"lost": 40, "damaged": 25},
    "shelves_that_lie": {"declined": 40, "rerouted": 30},
    "backorders_with_replenishment": {"replenishment_received": 10, "backordered": 300, "cancelled": 100},
    "nodes_that_refill_one_another": {"transfer_sent": 5, "replenishment_received": 12, "backordered": 50},
    "returns_that_are_sold_again": {"backordered": 100, "cancelled": 20},
    "order_limits": {"order_limit_raised": 2, "declined": 300, "rerouted": 100, "backordered": 300},
}


@dataclass(frozen=True, slots=True)
class BothOutcomes:
    """One case lived through twice: our shipments in the order of the shipments table."""

    case: str
    tables: Tables
    ours: list[Shipment]
    textbook: FireTextbook
    shelves: pd.DataFrame


@pytest.fixture(scope="module", params=list(CASES))
def both(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> BothOutcomes:
    """Run a case in the kernel and in the textbook model."""
    model = CASES[request.param]()
    folder = tmp_path_factory.mktemp(request.param)
    ours, outcome = kernel_run(Run(model, folder, seed=11, replication=2))
    textbook = FireTextbook(model, seed=11, replication=2)
    textbook.run()
    shelves = folder / "shelves.parquet"
    return BothOutcomes(request.param, tables_in(folder, outcome), ours, textbook,
                        pd.read_parquet(shelves) if shelves.exists() else pd.DataFrame())  # fmt: skip


def kernel_run(run: Run) -> tuple[list[Shipment], Outcome]:
    """Run the kernel and keep its shipments."""
    kept: list[Shipment] = []
    carried = run.history.carried

    def keep(node: str, service: str, departs_at: float, shipments: Sequence[Shipment]) -> None:
        kept.extend(shipments)
        carried(node, service, departs_at, shipments)

    run.history.carried = keep  # type: ignore[method-assign]
    return kept, run.live()


def rows_of_kernel(both: BothOutcomes) -> pd.DataFrame:
    """Return what the kernel says of every shipment."""
    table = both.tables.shipments
    return sorted_rows(both.ours, table["departed_at"].tolist(), table["delivered_at"].tolist())


def rows_of_textbook(both: BothOutcomes) -> pd.DataFrame:
    """Return what the textbook model says of every shipment."""
    shipments = both.textbook.shipments
    return sorted_rows(shipments, [s.departed_at for s in shipments], [s.delivered_at for s in shipments])


def sorted_rows(
    shipments: Sequence[Shipment | TextbookShipment], departed_at: list[float], delivered_at: list[float]
) -> pd.DataFrame:
    """Make a table of shipments, in an order that does not depend on rounding."""
    plans = [shipment.plan for shipment in shipments]
    frame = pd.DataFrame(
        {
            "order": [shipment.order.number for shipment in shipments],
            "node": [plan.offer.node for plan in plans],
            "service": [plan.offer.service for plan in plans],
            "lines": [str(plan.lines) for plan in plans],
            "routed_at": [shipment.routed_at for shipment in shipments],
            "started_at": [shipment.started_at for shipment in shipments],
            "work_hours": [shipment.work_hours for shipment in shipments],
            "departed_at": departed_at,
            "delivered_at": delivered_at,
        }
    )
    stages = pd.DataFrame(zip_longest(*[shipment.finished for shipment in shipments])).T.add_prefix("finished_")
    return frame.join(stages).sort_values(["order", "routed_at", "node", "lines"], ignore_index=True)


def test_every_shipment_has_the_same_node_service_and_lines(both: BothOutcomes) -> None:
    ours, theirs = rows_of_kernel(both), rows_of_textbook(both)

    assert len(ours) > 300
    assert ours[WORDS].equals(theirs[WORDS])


def test_every_shipment_finishes_each_stage_leaves_and_arrives_at_the_same_time(both: BothOutcomes) -> None:
    ours = rows_of_kernel(both).drop(columns=WORDS).to_numpy(dtype=float)
    theirs = rows_of_textbook(both).drop(columns=WORDS).to_numpy(dtype=float)

    assert ours.shape == theirs.shape
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=HOURS_TOLERANCE)


def test_the_same_units_of_the_same_orders_are_cancelled(both: BothOutcomes) -> None:
    events = both.tables.events
    cancelled = events[events["kind"] == "cancelled"].groupby("order")["units"].sum()

    assert cancelled.to_dict() == both.textbook.cancelled


def test_the_same_stock_is_left(both: BothOutcomes) -> None:
    last = both.tables.stock[both.tables.stock["day"] == both.tables.stock["day"].max()]

    assert dict(zip(last["node"], last["on_hand_units"], strict=True)) == {
        name: node.ledger.units() for name, node in both.textbook.nodes.items()
    }


@pytest.mark.parametrize("both", ["returns_that_are_sold_again"], indirect=True)
def test_every_return_goes_the_same_way_at_the_same_time(both: BothOutcomes) -> None:
    ours, theirs = both.tables.returns, returns_of_textbook(both.textbook)
    keys = ["order", "origin", "sku"]
    ours, theirs = (table.sort_values(keys, ignore_index=True) for table in (ours, theirs))
    words = [*keys, "node", "units", "reason", "method", "grade"]
    times = ["requested_at", "received_at", "inspected_at", "restocked_at"]

    assert ours[words].equals(theirs[words].astype(ours[words].dtypes.to_dict()))
    np.testing.assert_allclose(ours[times], theirs[times].astype(float), rtol=0, atol=HOURS_TOLERANCE)
    assert len(ours) > 150
    assert (ours["restocked_at"].notna()).sum() > 100
    assert set(ours["grade"]) == {"restock", "refurbish", "liquidate", "scrap"}
    assert set(ours["method"]) == {"label", "drop_off"}
    assert (ours["inspected_at"] > ours["received_at"] + 1).sum() > 20


@pytest.mark.parametrize("both", ["shelves_that_lie"], indirect=True)
def test_shelves_lose_and_sell_the_same_and_pickers_look_in_vain_as_often(both: BothOutcomes) -> None:
    shelves, events = both.shelves, both.tables.events
    books = [node.ledger for node in both.textbook.nodes.values()]

    assert both.textbook.in_vain == (events["kind"] == "declined").sum() > 100
    assert both.textbook.sold_units == shelves["walk_in_units"].sum() > 500
    assert both.textbook.vanished_units == shelves["vanished_units"].sum() > 30
    for column, name in (("written_off_units", "written_off"), ("found_units", "found"), ("till_units", "sold")):
        assert shelves[column].sum() == sum(sum(getattr(one, name).values()) for one in books) > 0
    lying = {name: sum(there.values()) for name, there in both.textbook.lying.items()}
    last = shelves[shelves["day"] == shelves["day"].max()].set_index("node")["shelf_units"]
    picked = {name: sum(both.textbook.in_hands(name, sku) for sku in there)
              for name, there in both.textbook.lying.items()}  # fmt: skip
    assert {name: lying[name] + picked[name] for name in lying} == last.to_dict()


@pytest.mark.parametrize("both", ["fires"], indirect=True)
def test_the_same_goods_burn(both: BothOutcomes) -> None:
    events = both.tables.events

    assert events.loc[events["kind"] == "destroyed", "units"].sum() == both.textbook.destroyed_units > 100
    assert (events["kind"] == "taken_back").sum() == len(both.textbook.burned)


def returns_of_textbook(textbook: Textbook) -> pd.DataFrame:
    """Return what the textbook model says of every line that was asked back."""
    return pd.DataFrame([
        {
            "order": one.order.number, "origin": one.origin, "node": one.node, "sku": one.line.sku,
            "units": one.line.quantity, "reason": one.reason, "method": one.method, "grade": one.grade,
            "requested_at": one.requested_at, "received_at": one.received_at, "inspected_at": one.inspected_at,
            "restocked_at": one.restocked_at,
        }
        for one in textbook.returned
    ])  # fmt: skip


def test_orders_are_decided_as_often(both: BothOutcomes) -> None:
    orders = both.tables.orders

    assert dict(zip(orders["order"], orders["attempts"], strict=True)) == both.textbook.attempts


def test_the_case_is_as_hard_as_it_should_be(both: BothOutcomes) -> None:
    counts = both.tables.events["kind"].value_counts()
    waited = (both.tables.shipments["started_at"] > both.tables.shipments["routed_at"]).mean()

    wanted = HAPPENINGS.get(both.case, {})
    assert {kind: counts[kind] >= least for kind, least in wanted.items()} == dict.fromkeys(wanted, True)
    assert waited > 0.3


def test_the_textbook_model_runs_alone_and_twice_alike() -> None:
    once, again = (textbook_run(CASES["single_station"](), seed=3) for _ in range(2))

    assert [shipment.delivered_at for shipment in once] == [shipment.delivered_at for shipment in again]
    assert len(once) > 300


def test_the_textbook_refuses_what_it_does_not_know() -> None:
    models = [a_model(a_network([a_store()]), []), a_pickup_model([])]

    for model in models:
        with pytest.raises(ValueError, match="the textbook model knows no shelves, pickup or vans"):
            Textbook(model, 1, 0)


def test_the_textbook_refuses_new_nodes() -> None:
    model = replace(a_model(orders=[]), restocking=[(0.0, OrderUpTo({}))])

    with pytest.raises(ValueError, match="the textbook model knows no new nodes: compare without them"):
        Textbook(model, 1, 0)


def test_the_textbook_refuses_disruptions() -> None:
    model = a_model(orders=[], disruptions=[a_disruption()])

    with pytest.raises(ValueError, match="the textbook model knows no disruptions: compare without them"):
        Textbook(model, 1, 0)
