"""A stage of work is a waiting line whose mean waits are known in closed form.

One node around the clock with one stage; waits run from the routing of a shipment to the begin of its work.
"""

from __future__ import annotations

from math import exp
from pathlib import Path

import pandas as pd
import pytest

from tests.factories import Tables, a_calendar, a_model, a_network, a_node, a_shape, a_stage, always
from tests.known_answers.measuring import Measured, erlang_c, replicate
from twin.domain.distributions import Distribution
from twin.simulation.arrivals import Arrivals
from twin.simulation.world import Model

ORDERS_PER_HOUR = 10.0
WARMUP_HOURS, ORDER_DAYS, REPLICATIONS = 24.0, 12, 12


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


def wait_of(model: Model, folder: Path) -> Measured:
    """Return the mean wait over all replications."""
    return replicate(model, mean_wait_hours, folder, REPLICATIONS)


@pytest.mark.parametrize(("stations", "load"), [(1, 0.6), (3, 2.3)], ids=["M/M/1", "M/M/3"])
def test_waits_at_markovian_stations_are_erlangs(stations: int, load: float, tmp_path: Path) -> None:
    model = a_line(stations, Distribution.of("exponential", mean=load / ORDERS_PER_HOUR))
    spare_stations = stations - load

    wait = wait_of(model, tmp_path)

    # Wq = C(c, a) / (c mu - lambda), and c mu - lambda = lambda (c - a) / a
    assert wait.agrees_with(erlang_c(stations, load) * load / (ORDERS_PER_HOUR * spare_stations))


def test_the_share_that_waits_is_erlangs(tmp_path: Path) -> None:
    model = a_line(3, Distribution.of("exponential", mean=0.2))

    assert replicate(model, share_that_waits, tmp_path, REPLICATIONS).agrees_with(erlang_c(3, 2.0))


def test_stations_are_busy_for_the_work_that_comes(tmp_path: Path) -> None:
    model = a_line(3, Distribution.of("exponential", mean=0.2))

    assert replicate(model, utilisation, tmp_path, REPLICATIONS).agrees_with(2.0 / 3)


@pytest.mark.parametrize("cv", [0.0, 1.5], ids=["M/D/1", "M/G/1"])
def test_waits_at_one_station_are_those_of_pollaczek_and_khinchine(cv: float, tmp_path: Path) -> None:
    work = Distribution.of("lognormal", mean=0.06, cv=cv) if cv else always(0.06)

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
