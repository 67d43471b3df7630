"""Runs that are hard in different ways obey every law."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import time

import numpy as np
import pandas as pd
import pytest

from tests.factories import (
    COLUMBUS,
    DAILY,
    NEW_YORK,
    RENO,
    Tables,
    a_disruption,
    a_level,
    a_model,
    a_network,
    a_node,
    a_service,
    a_shape,
    a_stage,
    a_supply,
    run,
    tables_in,
)
from tests.laws.checking import MONEY, check_laws
from tests.reference import shared_cases
from twin.domain.calendars import Shift, WorkCalendar
from twin.domain.disruptions import Disruption
from twin.domain.distributions import Distribution
from twin.domain.nodes import NodeCosts
from twin.domain.work import Stage
from twin.simulation.crews import staffed_stations
from twin.simulation.run import Run
from twin.simulation.world import Model

STATIONS = 3
HALF_CLOSED, CLOSED = ("half_closed", 28.0, 9.0, 0.5), ("closed", 53.0, 6.5, 1.0)


def disturbed() -> Model:
    """Return an overloaded node with a shrinking shift and two disruptions, and one that helps out."""
    evening = Shift(DAILY, time(15), time(21), 0.4)
    calendar = WorkCalendar(NEW_YORK, (Shift(DAILY, time(7), time(15), 1.0), evening), frozenset())
    work = Distribution.of("lognormal", mean=0.31, cv=0.8)
    costs = NodeCosts(1.0, 0.3, 0.1, wage_usd_per_hour=19.0, labor_paid="worked")
    nodes = [
        a_node("columbus", COLUMBUS, calendar=calendar, stages=(a_stage("pack", STATIONS, work),), costs=costs,
               supply=a_supply(31.0)),
        a_node("reno", RENO, stages=(a_stage("pack", STATIONS, work),)),
    ]  # fmt: skip
    disruptions = [
        a_disruption(name, start, hours, severity=severity, ramp_hours=3.0 if severity < 1 else 0.0)
        for name, start, hours, severity in (HALF_CLOSED, CLOSED)
    ]
    strike = a_disruption("strike", 30.0, 20.0, scope="service", targets=("parcel_ground",))
    delay = a_disruption("snow", 0.0, 40.0, scope="region", targets=("west",), severity=0.4, delay_days=2)
    return a_model(
        a_network(nodes, services=[a_service(), a_service("post_ground", 1.1)],
                  levels=[a_level(services=("parcel_ground", "post_ground"), promise_days=2)]),
        shape=a_shape(130.0, lines=shared_cases.LINES, units=shared_cases.UNITS),
        stock=150, levels={"columbus": {"mug": 150, "lamp": 90, "book": 90}}, order_days=4, runout_days=11,
        disruptions=[*disruptions, strike, delay],
    )  # fmt: skip


CASES = {
    case.__name__: case
    for case in (
        disturbed,
        shared_cases.backlog_with_shifts,
        shared_cases.split_orders,
        shared_cases.backorders_with_replenishment,
        shared_cases.returns_that_are_sold_again,
        shared_cases.order_limits,
    )
}


@pytest.fixture(scope="module", params=list(CASES))
def lived(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Model, Tables]:
    """Live through a case."""
    model = CASES[request.param]()
    return model, run(model, tmp_path_factory.mktemp("run"), 21)


def test_all_laws_hold(lived: tuple[Model, Tables]) -> None:
    model, tables = lived

    check_laws(model, tables)

    assert len(tables.shipments) > 250


def test_money_and_carbon_are_the_same_seen_from_every_side(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("accounts")
    a_run = Run(disturbed(), folder, 21, 0)
    tables = tables_in(folder, a_run.live())
    accounts = a_run.history.accounts

    micro = (tables.shipments[MONEY] * 1e6).round().astype("int64")

    assert {name: int(total) for name, total in micro.sum().items()} == accounts.by_component
    assert micro.sum(axis=1).groupby(tables.shipments["node"]).sum().tolist() == [
        accounts.by_node[code] for code in sorted(accounts.by_node)
    ]
    assert sum(accounts.by_service.values()) == sum(accounts.by_component.values()) > 0
    assert sum(accounts.carbon_by_node.values()) == sum(accounts.carbon_by_component.values()) > 0


def test_money_of_returns_is_the_same_seen_from_every_side(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("accounts")
    a_run = Run(shared_cases.returns_that_are_sold_again(), folder, 21, 0)
    returns = tables_in(folder, a_run.live()).returns
    accounts = a_run.history.accounts
    columns = {
        "return_label_usd": "label_usd", "return_handling_usd": "handling_usd", "written_off_usd": "written_off_usd",
        "recovered_usd": "recovered_usd", "refund_usd": "refund_usd",
    }  # fmt: skip

    micro = {book: int((returns[column] * 1e6).round().sum()) for book, column in columns.items()}

    micro["recovered_usd"] *= -1
    assert micro == {book: accounts.by_component[book] for book in columns}
    assert accounts.carbon_by_component["return_co2e_kg"] == int((returns["co2e_kg"] * 1e6).round().sum()) > 0
    assert sum(accounts.by_node.values()) == sum(accounts.by_service.values()) == sum(accounts.by_component.values())


def staffed_at(instant: float, model: Model, node: str, disruptions: Sequence[Disruption]) -> int:
    """Return how many stations a node has, by its calendar and its own disruptions."""
    staffing = model.network.nodes[node].calendar.staffing(model.horizon.timeline)
    at = bisect_right([step for step, _ in staffing], instant) - 1
    severity = max(
        (event.severity_at(np.floor(instant)) if event.ramp_hours else event.severity_at(instant)
         for event in disruptions if node in event.targets),
        default=0.0,
    )  # fmt: skip
    return staffed_stations(STATIONS, staffing[at][1] * (1 - severity))


@pytest.mark.parametrize("node", ["columbus", "reno"])
def test_work_begins_only_at_a_staffed_station(node: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    model = disturbed()
    tables = run(model, tmp_path_factory.mktemp("stations"), 21)
    mine = tables.shipments[tables.shipments["node"] == node]
    started, packed = np.sort(mine["started_at"]), np.sort(mine["packed_at"])

    for instant in started.tolist():
        busy = np.searchsorted(started, instant, "right") - np.searchsorted(packed, instant + 1e-9, "right")
        assert 0 < busy <= staffed_at(instant, model, node, tables.outcome.disruptions)


def test_a_backlog_keeps_all_staffed_stations_busy(tmp_path_factory: pytest.TempPathFactory) -> None:
    model = disturbed()
    tables = run(model, tmp_path_factory.mktemp("stations"), 21)
    hours = tables.nodes[tables.nodes["node"] == "columbus"]
    mine = tables.shipments[tables.shipments["node"] == "columbus"]
    started, packed = np.sort(mine["started_at"]), np.sort(mine["packed_at"])

    checked = 0
    for at, waiting in zip(hours["at"], hours["waiting"], strict=True):
        if waiting and at % 1 == 0:
            busy = np.searchsorted(started, at, "right") - np.searchsorted(packed, at + 1e-9, "right")
            assert busy >= staffed_at(at, model, "columbus", tables.outcome.disruptions)
            checked += 1

    assert checked > 50


def test_the_line_of_each_hour_is_those_routed_and_not_begun(lived: tuple[Model, Tables]) -> None:
    model, tables = lived
    for name, node in model.network.nodes.items():
        first = node.stages[0].name
        hours = tables.nodes[(tables.nodes["node"] == name) & (tables.nodes["stage"] == first)]
        mine = tables.shipments[tables.shipments["node"] == name]

        waiting = [((mine["routed_at"] <= at) & (mine["started_at"] > at)).sum() for at in hours["at"]]

        assert hours["waiting"].tolist() == waiting


def test_reserved_at_midnight_is_what_was_routed_and_has_not_left(lived: tuple[Model, Tables]) -> None:
    model, tables = lived
    for name in model.network.nodes:
        mine = tables.shipments[tables.shipments["node"] == name]
        stock = tables.stock[tables.stock["node"] == name]

        reserved = [
            mine["units"][(mine["routed_at"] <= midnight) & (mine["departed_at"] - 0.5 > midnight)].sum()
            for midnight in 24 * (stock["day"] + 1)
        ]

        assert stock["reserved_units"].tolist() == reserved


def test_stock_obeys_littles_law(lived: tuple[Model, Tables]) -> None:
    model, tables = lived
    end = model.horizon.days * 24
    for name, opening in model.opening_stock.items():
        mine = tables.shipments[tables.shipments["node"] == name]
        events = tables.events
        came = events[(events["subject"] == name) & (events["kind"] == "replenishment_received")]

        # every unit is on hand from its arrival, its return or the start to the cut-off, half an hour before its truck
        unit_hours = float(sum(opening.values()) * end)
        unit_hours += (came["units"] * (end - came["at"])).sum()
        if not tables.returns.empty:
            back = tables.returns[(tables.returns["node"] == name) & tables.returns["restocked_at"].notna()]
            unit_hours += (back["units"] * (end - back["restocked_at"])).sum()
        unit_hours -= (mine["units"] * (end - (mine["departed_at"] - 0.5))).sum()

        kept = tables.stock[tables.stock["node"] == name]["mean_on_hand_units"].sum() * 24
        assert kept == pytest.approx(unit_hours)


def test_a_stage_is_empty_at_the_end(lived: tuple[Model, Tables]) -> None:
    _, tables = lived
    last = tables.nodes[tables.nodes["at"] == tables.nodes["at"].max()]

    assert (last["waiting"] == 0).all()


def test_a_stage_without_stations_holds_its_shipments(tmp_path_factory: pytest.TempPathFactory) -> None:
    node = a_node(stages=(Stage("pack", 0, Distribution.of("deterministic", value=0.5)),))
    model = a_model(a_network([node]), shape=a_shape(20.0), order_days=1)

    tables = run(model, tmp_path_factory.mktemp("idle"), 1)

    assert len(tables.shipments) == 0
    assert set(tables.orders["status"]) == {"open"}
    assert pd.isna(tables.orders["delivered_at"]).all()
    assert tables.nodes["waiting"].iloc[-1] == len(tables.orders) > 0
