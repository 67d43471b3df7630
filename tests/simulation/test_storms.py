"""A storm that passes: nodes under it stand still, parcels to customers under it come late, and these order less."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.factories import a_disruption, a_model, a_shape, an_order, run
from tests.simulation.test_demand import demand_of
from twin.domain.disruptions import Disruption
from twin.domain.effects import Closed
from twin.domain.storms import Track
from twin.simulation.disruption_draws import DisruptionPlan

OVER_COLUMBUS = Track((0.0,), (39.96,), (-83.0,), 150.0)


def a_storm(starts_at: float, hours: float, **special: Any) -> DisruptionPlan:
    return a_disruption("storm", starts_at, hours, scope="storm", targets=(), **{"track": OVER_COLUMBUS, **special})


def test_a_node_under_the_storm_is_closed_and_another_is_not(tmp_path: Path) -> None:
    orders = [an_order(9.0), an_order(11.0), an_order(17.0)]

    tables = run(a_model(orders=orders, disruptions=[a_storm(10.0, 6.0, effects=(Closed(),))]), tmp_path)

    assert tables.shipments.sort_values("order")["node"].tolist() == ["columbus", "reno", "columbus"]


def test_people_stay_away_while_the_center_is_near(tmp_path: Path) -> None:
    passing = Track((0.0, 12.0), (39.96, 39.96), (-83.0, -100.0), 150.0)

    tables = run(a_model(orders=[an_order(9.0)], disruptions=[a_storm(30.0, 12.0, track=passing)]), tmp_path)

    stations = tables.nodes.loc[(tables.nodes["node"] == "columbus") & (tables.nodes["at"] >= 30.0), "stations"]
    whole = int(stations.max())
    assert whole > 0
    assert stations.iloc[0] == 0  # the center is here
    assert stations.iloc[4] == whole  # and 300 miles to the west


def test_parcels_to_customers_under_the_storm_come_late(tmp_path: Path) -> None:
    orders = [an_order(9.0, to="432"), an_order(9.0, to="895")]

    def arrivals(delay_days: int) -> list[float]:
        folder = tmp_path / str(delay_days)
        folder.mkdir()
        storm = a_storm(0.0, 48.0, delay_days=delay_days, effects=(Closed(),))
        shipments = run(a_model(orders=orders, disruptions=[storm]), folder).shipments.sort_values("order")
        assert shipments["node"].tolist() == ["reno", "reno"]
        found: list[float] = shipments["delivered_at"].tolist()
        return found

    under, far = arrivals(0)
    assert arrivals(2) == [under + 48.0, far]


def test_customers_under_the_storm_order_less_by_the_mean_of_their_region() -> None:
    storm = Disruption("storm", "storm", (), 10.0, 20.0, 1.0, demand_factor=0.0, track=OVER_COLUMBUS)

    rates = demand_of(a_shape(240.0), events=[storm]).rates(0).sum(axis=1)

    # two thirds of the people live in the Midwest, half of these under the center, the others too far away in Chicago
    assert rates[9] == pytest.approx([20 / 3, 10 / 3])
    assert rates[12] == pytest.approx([10 / 3, 10 / 3])
    assert rates[20] == pytest.approx([20 / 3, 10 / 3])
