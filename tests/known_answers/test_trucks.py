"""How long parcels wait for a truck that comes once a day."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.factories import (
    DAILY,
    Tables,
    a_calendar,
    a_departure,
    a_model,
    a_network,
    a_node,
    a_service,
    a_shape,
    a_stage,
    run,
)
from tests.known_answers.measuring import replicate
from twin.simulation.arrivals import Arrivals
from twin.simulation.world import Model


def a_daily_truck(arrivals: Arrivals, orders_per_day: float, order_days: int) -> Model:
    """Return a node that works around the clock and ships at 17:00 every day."""
    node = a_node(
        calendar=a_calendar(),
        stages=(a_stage("pack", 50, 0.2),),
        departures=(a_departure(cutoff=17, weekdays=DAILY),),
    )
    network = a_network([node], services=[a_service(delivery_weekdays=DAILY)])
    return a_model(network, shape=a_shape(orders_per_day, arrivals=arrivals), order_days=order_days, runout_days=4)


def hours_packed(tables: Tables) -> list[float]:
    """Return the hours from packing to the cut-off, which is half an hour before departure."""
    hours: list[float] = (tables.shipments["departed_at"] - 0.5 - tables.shipments["packed_at"]).tolist()
    return hours


def test_parcels_packed_at_any_time_wait_half_an_interval(tmp_path: Path) -> None:
    model = a_daily_truck(Arrivals(), 40.0, 4)

    wait = replicate(model, lambda tables: sum(hours_packed(tables)) / len(tables.shipments), tmp_path, 12)

    assert wait.agrees_with(12.0)


def test_no_parcel_waits_longer_than_an_interval(tmp_path: Path) -> None:
    tables = run(a_daily_truck(Arrivals(), 40.0, 4), tmp_path)

    hours = hours_packed(tables)

    assert 0.0 <= min(hours) < 1.0
    assert 23.0 < max(hours) < 24.0


def test_hourly_parcels_wait_exactly_what_the_timetable_says(tmp_path: Path) -> None:
    tables = run(a_daily_truck(Arrivals("fixed_interval"), 24.0, 2), tmp_path)

    # Placed at 0:30, 1:30, ... and packed 0.2 h later, at 0:42, 1:42 ...: the last before 17:00 at 16:42
    # waits 0.3 h, those before it 1.3, 2.3, ... 23.3 h; each wait occurs once on each of the two days.
    assert sorted(hours_packed(tables)) == pytest.approx([hour + 0.3 for hour in range(24) for _ in range(2)])
