"""What a run looked like day by day."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from twin.analytics.daily import NETWORK, ON_HAND, ON_TIME, REROUTED, USED, WAITING, daily_measures

DAYS = 3


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """Three days: two orders due on the first, one kept; one on the second, kept; none on the third."""
    pd.DataFrame({
        "promised_by": [24.0 - 0.1, 20.0, 47.0], "delivered_at": [20.0, 30.0, 40.0], "status": "delivered",
    }).to_parquet(tmp_path / "orders.parquet")  # fmt: skip
    pd.DataFrame({
        "day": [0, 0, 1, 1, 2, 2], "on_hand_units": [5, 3, 4, 2, 9, 0],
    }).to_parquet(tmp_path / "stock.parquet")  # fmt: skip
    pd.DataFrame({
        "at": [1.0, 30.0, 31.0, 90.0], "kind": ["declined", "rerouted", "rerouted", "rerouted"],
    }).to_parquet(tmp_path / "events.parquet")  # fmt: skip
    pd.DataFrame({  # the last hour of day 0 ends at 24
        "at": [24.0, 24.0, 25.0, 24.0], "node": ["reno", "reno", "reno", "ohio"], "open_hours": [4.0, 0.0, 0.0, 6.0],
        "busy_hours": [1.0, 1.0, 0.0, 3.0], "waiting_hours": [12.0, 24.0, 6.0, 12.0],
    }).to_parquet(tmp_path / "nodes.parquet")  # fmt: skip
    return tmp_path


def test_service_counts_by_the_day_orders_fall_due_over_some_days(run: Path) -> None:
    one, two = (daily_measures(run, DAYS, roll)[ON_TIME, NETWORK] for roll in (1, 2))

    np.testing.assert_allclose(one, [1 / 2, 1.0, np.nan])
    np.testing.assert_allclose(two, [1 / 2, 2 / 3, 1.0])


def test_stock_is_that_of_all_nodes_at_midnight(run: Path) -> None:
    assert daily_measures(run, DAYS, 1)[ON_HAND, NETWORK].tolist() == [8, 6, 9]


def test_new_routes_are_counted_within_the_days(run: Path) -> None:
    assert daily_measures(run, DAYS, 1)[REROUTED, NETWORK].tolist() == [0, 2, 0]


def test_waiting_work_is_the_mean_over_the_hours_of_a_day_by_node(run: Path) -> None:
    found = daily_measures(run, DAYS, 1)

    assert found[WAITING, "reno"].tolist() == [36 / 24, 6 / 24, 0]
    assert found[WAITING, "ohio"].tolist() == [12 / 24, 0, 0]
    assert found[WAITING, NETWORK].tolist() == [2.0, 0.25, 0]


def test_a_day_without_staff_has_no_utilization(run: Path) -> None:
    np.testing.assert_allclose(daily_measures(run, DAYS, 1)[USED, NETWORK], [5 / 10, np.nan, np.nan])
