"""A stage of work is a waiting line whose mean waits are known in closed form.

One node around the clock with one stage; waits run from the routing of a shipment to the begin of its work.
"""

from __future__ import annotations

from math import exp
from pathlib import Path

import pandas as pd
import pytest

from tests.factories import Tables, a_calendar, a_model, a_network, a_node, a_shape, a_stage, always, run
from tests.known_answers.measuring import Measured, erlang_c, measured, replicate
from twin.domain.distributions import Distribution
from twin.simulation.arrivals import Arrivals
from twin.simulation.world import Model

ORDERS_PER_HOUR = 10.0
WARMUP_HOURS, ORDER_DAYS, REPLICATIONS = 24.0, 10, 10


def a_line(stations: int, work: Distribution, arrivals: str = "poisson") -> Model:
    """Return a node with one stage that never closes, at ten orders an hour."""
    stage = a_stage("pack", stations, work, queue="arrival")
    network = a_network([a_node(calendar=a_calendar(), stages=(stage,))])
    kind = Arrivals("fixed_interval") if arrivals == "fixed_interval" else Arrivals()
    shape = a_shape(24 * ORDERS_PER_HOUR, arrivals=kind)
    return a_model(network, shape=shape, order_days=ORDER_DAYS, runout_days=4, stock=100_000)


def counted(tables: Tables) -> pd.DataFrame:
    """Return the shipments routed after the warm-up."""
    return tables.shipments[tables.shipments["routed_at"] > WARMUP_HOURS]


def mean_wait_hours(tables: Tables) -> float:
    """Return the mean wait in line."""
    return float((counted(tables)["started_at"] - counted(tables)["routed_at"]).mean())


def share_that_waits(tables: Tables) -> float:
    """Return the share of shipments that do not start at once."""
    return float((counted(tables)["started_at"] > counted(tables)["routed_at"]).mean())


def utilisation(tables: Tables) -> float:
    """Return worked by staffed station-hours while orders come."""
    nodes = tables.nodes
    hours = nodes[(nodes["at"] > WARMUP_HOURS) & (nodes["at"] <= ORDER_DAYS * 24)]
    return float(hours["busy_hours"].sum() / hours["open_hours"].sum())


@pytest.fixture(scope="module")
def three_stations(tmp_path_factory: pytest.TempPathFactory) -> list[Tables]:
    """Run M/M/3 at a load of two stations."""
    model = a_line(3, Distribution.of("exponential", mean=0.2))
    folder = tmp_path_factory.mktemp("three_stations")
    return [run(model, folder, 5, replication) for replication in range(REPLICATIONS)]


def wait_of(model: Model, folder: Path) -> Measured:
    """Return the mean wait over all replications."""
    return replicate(model, mean_wait_hours, folder, REPLICATIONS)


def test_the_mean_wait_at_several_stations_is_erlangs(three_stations: list[Tables]) -> None:
    wait = measured([mean_wait_hours(tables) for tables in three_stations])

    # Wq = C(c, a) / (c mu - lambda) with c = 3, lambda = 10, mu = 5, a = 2
    assert wait.agrees_with(erlang_c(3, 2.0) / (3 * 5.0 - 10.0))


def test_the_share_that_waits_is_erlangs(three_stations: list[Tables]) -> None:
    share = measured([share_that_waits(tables) for tables in three_stations])

    assert share.agrees_with(erlang_c(3, 2.0))


def test_stations_are_busy_for_the_work_that_comes(three_stations: list[Tables]) -> None:
    busy = measured([utilisation(tables) for tables in three_stations])

    assert busy.agrees_with(2.0 / 3)


@pytest.mark.parametrize(
    ("work", "cv"),
    [
        (Distribution.of("exponential", mean=0.06), 1.0),
        (always(0.06), 0.0),
        (Distribution.of("lognormal", mean=0.06, cv=0.7), 0.7),
    ],
    ids=["M/M/1", "M/D/1", "M/G/1"],
)
def test_waits_at_one_station_are_those_of_pollaczek_and_khinchine(
    work: Distribution, cv: float, tmp_path: Path
) -> None:
    wait = wait_of(a_line(1, work), tmp_path)

    # Wq = rho E[S] (1 + cv^2) / (2 (1 - rho)) with rho = 10 x 0.06 = 0.6
    assert wait.agrees_with(0.6 * 0.06 * (1 + cv**2) / (2 * (1 - 0.6)))


def test_waits_with_arrivals_at_a_fixed_interval_are_those_of_d_m_1(tmp_path: Path) -> None:
    wait = wait_of(a_line(1, Distribution.of("exponential", mean=0.08), "fixed_interval"), tmp_path)

    # Wq = sigma E[S] / (1 - sigma), sigma the root of sigma = exp(-(1 - sigma) / rho) below 1, rho = 0.8
    sigma = 0.5
    for _ in range(200):
        sigma = exp(-(1 - sigma) / 0.8)
    assert wait.agrees_with(sigma * 0.08 / (1 - sigma))
