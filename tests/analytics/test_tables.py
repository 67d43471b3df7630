"""Reading the tables of a run, and taking the measured part of them."""

from __future__ import annotations

from math import inf, nan
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.analytics.factories import (
    WINDOW,
    a_day,
    a_known_network,
    a_known_run,
    a_shipment,
    an_event,
    an_hour,
    an_order,
    tables,
)
from twin.analytics.kpis import compute_kpis
from twin.analytics.tables import Tables, Window, cohort
from twin.domain.errors import TwinError


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The known run as a replication leaves it, with columns nobody asks for."""
    place = tmp_path_factory.mktemp("rep-0000")
    run = a_known_run()
    for name in Tables.__slots__:
        getattr(run, name).assign(unused=1.0).to_parquet(place / f"{name}.parquet", row_group_size=2)
    return place


def test_a_window_starts_after_the_warm_up_and_leaves_its_end_out() -> None:
    window = Window(warmup_days=2, measured_days=3)

    assert (window.starts_at, window.ends_at) == (48.0, 120.0)
    assert window.holds(pd.Series([47.9, 48.0, 119.9, 120.0, nan])).tolist() == [
        False,
        True,
        True,
        False,
        False,
    ]


@pytest.mark.parametrize(("warmup_days", "measured_days"), [(-1, 5), (3, 0)])
def test_a_window_needs_days(warmup_days: int, measured_days: int) -> None:
    with pytest.raises(ValueError, match=f"at least 1 measured day, got {warmup_days} and {measured_days}"):
        Window(warmup_days, measured_days)


def test_what_was_written_is_read_and_measures_the_same(folder: Path) -> None:
    expected = compute_kpis(a_known_run(), WINDOW, a_known_network())

    pd.testing.assert_frame_equal(compute_kpis(Tables.read(folder), WINDOW, a_known_network()), expected)
    pd.testing.assert_frame_equal(compute_kpis(Tables.read(folder, WINDOW), WINDOW, a_known_network()), expected)


def test_a_window_leaves_orders_outside_of_it_on_disk(folder: Path) -> None:
    run = Tables.read(folder, WINDOW)

    assert sorted(run.orders["order"]) == [1, 2, 3, 4]
    assert run.shipments["order"].tolist() == [1, 2, 2]
    assert run.observed_until == 240.0


def test_columns_are_read_in_narrow_types(folder: Path) -> None:
    run = Tables.read(folder)

    found = run.orders.dtypes.astype(str).to_dict() | run.shipments.dtypes.astype(str).to_dict()
    assert "unused" not in found
    assert found["units"] == "int8"
    assert found["node"] == found["channel"] == "category"
    assert found["label_usd"] == found["placed_at"] == "float64"
    assert found["weight_kg"] == "float32"


def test_promises_and_arrivals_of_orders_are_read_in_full(folder: Path) -> None:
    run = Tables.read(folder)

    assert run.orders["delivered_at"].dtype == run.orders["promised_by"].dtype == "float64"
    assert run.shipments["delivered_at"].dtype == "float32"


def test_a_missing_table_says_how_to_keep_it(tmp_path: Path) -> None:
    with pytest.raises(TwinError, match=r"orders\.parquet is missing; .* study\.order_tables=true"):
        Tables.read(tmp_path)


def test_the_cohort_holds_orders_placed_in_the_window_with_their_shipments() -> None:
    placed = {1: 23.9, 2: 24.0, 3: 71.9, 4: 72.0}
    run = tables(
        orders=[an_order(number, placed_at=at) for number, at in placed.items()],
        shipments=[
            a_shipment(4),
            a_shipment(3, departed_at=100.0),
            a_shipment(2),
            a_shipment(3),
            a_shipment(1),
        ],
    )

    found = cohort(run, WINDOW)

    assert found.orders["order"].tolist() == [2, 3]
    assert found.shipments["order"].tolist() == [3, 2, 3]


def test_hours_and_days_are_those_of_the_window() -> None:
    run = tables(nodes=[an_hour(at) for at in (24.0, 25.0, 72.0, 73.0)], stock=[a_day(day) for day in (0, 1, 2, 3)])

    found = cohort(run, WINDOW)

    assert found.nodes["at"].tolist() == [25.0, 72.0]
    assert found.stock["day"].tolist() == [1, 2]


def test_events_are_those_of_measured_orders_and_those_of_no_order_in_the_window() -> None:
    run = tables(
        orders=[an_order(1), an_order(2, placed_at=3.0)],
        events=[
            an_event("cancelled", order=1, at=200.0),
            an_event("cancelled", order=2, at=30.0),
            an_event("disruption_started", order=-1, at=23.0),
            an_event("disruption_ended", order=-1, at=25.0),
        ],
    )

    found = cohort(run, WINDOW).events

    assert found["at"].tolist() == [200.0, 25.0]
    assert found["unit_price_usd"].tolist() == pytest.approx([20.0, nan], nan_ok=True)
    assert found["region"].isna().tolist() == [False, True]


def test_shipments_take_over_what_tells_their_order_apart() -> None:
    run = tables(
        orders=[an_order(7, region="west"), an_order(3, service_level="express")],
        shipments=[a_shipment(3), a_shipment(7)],
    )

    found = cohort(run, WINDOW).shipments

    assert found["region"].tolist() == ["east", "west"]
    assert found["service_level"].tolist() == ["express", "standard"]


@pytest.mark.parametrize(
    ("status", "promised_by", "censored"),
    [("open", 241.0, True), ("open", 240.0, False), ("cancelled", 241.0, False), ("delivered", 241.0, False)],
)
def test_only_open_orders_not_yet_due_are_censored(status: str, promised_by: float, *, censored: bool) -> None:
    run = tables(orders=[an_order(status=status, promised_by=promised_by)], nodes=[an_hour(240.0)])

    assert cohort(run, WINDOW).orders["censored"].tolist() == [censored]


@pytest.mark.parametrize(
    ("delivered_at", "promised_by", "censored"),
    [(nan, 241.0, True), (nan, 240.0, False), (90.0, 241.0, False)],
)
def test_only_shipments_under_way_and_not_yet_due_are_censored(
    delivered_at: float, promised_by: float, *, censored: bool
) -> None:
    run = tables(
        orders=[an_order()],
        shipments=[a_shipment(delivered_at=delivered_at, promised_by=promised_by)],
        nodes=[an_hour(240.0)],
    )

    assert cohort(run, WINDOW).shipments["censored"].tolist() == [censored]


def test_a_run_without_hours_has_seen_everything() -> None:
    assert tables(nodes=[]).observed_until == inf


def test_a_cohort_of_all_orders_is_not_copied() -> None:
    run = tables(orders=[an_order(1), an_order(2)])

    found = cohort(run, WINDOW)

    assert np.shares_memory(found.orders["placed_at"].to_numpy(), run.orders["placed_at"].to_numpy())
