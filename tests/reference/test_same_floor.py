"""The kernel and the textbook model agree on all that happens inside the nodes, shipment by shipment."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from tests.factories import Tables, tables_in
from tests.reference import shared_cases
from tests.reference.floor_cases import CASES, HAPPENINGS
from tests.reference.test_same_outcome import HOURS_TOLERANCE, WORDS, kernel_run, sorted_rows
from tests.reference.textbook import Textbook
from tests.reference.textbook_site import SiteTextbook
from twin.simulation.run import Run
from twin.simulation.shipments import Shipment

HOURS_PER_DAY = 24.0
CUTOFF_HOURS = 0.5  # goods leave the books at the cut-off, so long before their truck
COUNTS = ["open_hours", "overtime_hours", "busy_hours", "admitted", "finished"]


@dataclass(frozen=True, slots=True)
class BothFloors:
    """One case lived through twice."""

    case: str
    tables: Tables
    ours: list[Shipment]
    textbook: SiteTextbook


@pytest.fixture(scope="module", params=list(CASES))
def both(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> BothFloors:
    """Run a case in the kernel and in the textbook model."""
    model = CASES[request.param]()
    folder = tmp_path_factory.mktemp(request.param)
    ours, outcome = kernel_run(Run(model, folder, seed=11, replication=2))
    textbook = SiteTextbook(model, seed=11, replication=2)
    textbook.run()
    return BothFloors(request.param, tables_in(folder, outcome), ours, textbook)


def rows_of_kernel(both: BothFloors) -> pd.DataFrame:
    """Return what the kernel says of every shipment."""
    table = both.tables.shipments
    return sorted_rows(both.ours, table["departed_at"].tolist(), table["delivered_at"].tolist())


def rows_of_textbook(both: BothFloors) -> pd.DataFrame:
    """Return what the textbook model says of every shipment."""
    shipments = both.textbook.shipments
    return sorted_rows(shipments, [s.departed_at for s in shipments], [s.delivered_at for s in shipments])


def counts_of_textbook(both: BothFloors) -> pd.DataFrame:
    """Return the hours of people and of work at every place, and how many jobs were done there."""
    until = both.textbook.model.horizon.days * HOURS_PER_DAY
    rows: dict[tuple[str, str], list[float]] = {}
    for name, site in both.textbook.sites.items():
        for place in site.floor.of(site.floor.places):
            rows[name, place.name] = [
                0.0,
                0.0,
                place.busy_hours,
                place.begun + len(place.line),
                place.begun - place.busy,
            ]
        for hands in site.floor.hands:
            rows[name, hands.name] = [*hands.paid_hours(until), *rows.get((name, hands.name), [0.0] * 5)[2:]]
    return pd.DataFrame.from_dict(rows, orient="index", columns=COUNTS).sort_index()


def shelf_of_textbook(both: BothFloors, node: str) -> pd.Series:
    """Return the instants at which the units on a shelf changed, and by how much."""
    left = [s for s in both.textbook.shipments if s.plan.offer.node == node]
    came = [(at, units) for name, at, units in both.textbook.shelved if name == node]
    gone = [(s.departed_at - CUTOFF_HOURS, -sum(line.quantity for line in s.plan.lines)) for s in left]
    changes = [(0.0, sum(both.textbook.model.opening_stock[node].values())), *came, *gone]
    return pd.DataFrame(changes, columns=["at", "units"]).groupby("at")["units"].sum()


def test_every_shipment_has_the_same_node_service_and_lines(both: BothFloors) -> None:
    ours, theirs = rows_of_kernel(both), rows_of_textbook(both)

    assert len(ours) > 400
    assert ours[WORDS].equals(theirs[WORDS])


def test_every_shipment_is_worked_on_leaves_and_arrives_at_the_same_time(both: BothFloors) -> None:
    ours = rows_of_kernel(both).drop(columns=WORDS).to_numpy(dtype=float)
    theirs = rows_of_textbook(both).drop(columns=WORDS).to_numpy(dtype=float)

    assert ours.shape == theirs.shape
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=HOURS_TOLERANCE)


def test_every_place_has_the_same_hours_and_jobs(both: BothFloors) -> None:
    ours = both.tables.nodes.groupby(["node", "stage"])[COUNTS].sum()
    theirs = counts_of_textbook(both)

    assert list(ours.index) == list(theirs.index)
    np.testing.assert_allclose(ours.to_numpy(dtype=float), theirs.to_numpy(), rtol=0, atol=1e-6)


def test_the_same_units_are_on_the_shelf_at_every_hour_on_average_and_at_midnight(both: BothFloors) -> None:
    for node, stock in both.tables.stock.groupby("node"):
        changes = shelf_of_textbook(both, str(node))
        midnights = (stock["day"] + 1) * HOURS_PER_DAY
        on_hand = [changes[changes.index <= midnight].sum() for midnight in midnights]
        unit_hours = [(changes * np.maximum(0.0, midnight - changes.index)).sum() for midnight in midnights]

        assert stock["on_hand_units"].tolist() == on_hand
        np.testing.assert_allclose(stock["mean_on_hand_units"].cumsum() * HOURS_PER_DAY, unit_hours, rtol=1e-9)


def test_the_same_units_of_the_same_orders_are_cancelled_after_as_many_decisions(both: BothFloors) -> None:
    events, orders = both.tables.events, both.tables.orders
    cancelled = events[events["kind"] == "cancelled"].groupby("order")["units"].sum()

    assert cancelled.to_dict() == both.textbook.cancelled
    assert dict(zip(orders["order"], orders["attempts"], strict=True)) == both.textbook.attempts


def test_the_case_has_what_it_is_there_for(both: BothFloors) -> None:
    counted = Counter(both.tables.events["kind"])
    for site in both.textbook.sites.values():
        counted += site.floor.happened
    counted["overtime hours"] = int(both.tables.nodes["overtime_hours"].sum())

    wanted = HAPPENINGS[both.case]
    assert {word: counted[word] for word, least in wanted.items() if counted[word] < least} == {}


def test_a_textbook_with_floors_is_the_textbook_where_nothing_is_special() -> None:
    model = shared_cases.backlog_with_shifts()
    plain, with_floors = Textbook(model, 3, 0), SiteTextbook(model, 3, 0)

    plain.run()
    with_floors.run()

    assert [s.finished for s in with_floors.shipments] == [s.finished for s in plain.shipments]
