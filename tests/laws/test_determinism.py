"""The same seed gives the same bytes; what is drawn before the clock starts does not depend on the network."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from tests.factories import (
    TABLES,
    a_disruption,
    a_model,
    a_network,
    a_node,
    a_service,
    a_shape,
    a_stage,
    modelled,
    run,
)
from tests.reference import floor_cases, shared_cases
from twin.simulation.run import simulate
from twin.simulation.world import Model

ROOT = Path(__file__).parents[2]
PRINT_DIGESTS = """
from pathlib import Path
from tempfile import TemporaryDirectory
from tests.laws.test_determinism import digests
with TemporaryDirectory() as folder:
    print(*digests(Path(folder)), sep="\\n")
"""


def digests(folder: Path) -> list[str]:
    """Return the sha256 of every table of a small run, and of its world."""
    outcome = simulate(floor_cases.everything(), folder, 17, 3)
    files = [sha256((folder / f"{name}.parquet").read_bytes()).hexdigest() for name in TABLES]
    return [*files, outcome.exogenous_sha256]


def digests_elsewhere(**environment: str) -> list[str]:
    """Return the same from another process."""
    found = subprocess.run(
        [sys.executable, "-c", PRINT_DIGESTS], env={**os.environ, **environment}, cwd=ROOT, capture_output=True,
        text=True, check=True,
    )  # fmt: skip
    return found.stdout.split()


def test_another_process_with_another_hash_seed_or_time_zone_writes_the_same_bytes(tmp_path: Path) -> None:
    here = digests(tmp_path)

    assert digests_elsewhere(PYTHONHASHSEED="0", TZ="UTC") == here
    assert digests_elsewhere(PYTHONHASHSEED="1", TZ="Asia/Tokyo", LC_ALL="C") == here


def world_of(model: Model, folder: Path, seed: int = 1, replication: int = 0) -> str:
    """Return the fingerprint of the world a model meets."""
    return run(model, folder, seed, replication).outcome.exogenous_sha256


def test_two_networks_meet_the_same_customers(tmp_path: Path) -> None:
    work = shared_cases.exponential(0.3)
    small = a_network([a_node("dallas", stages=(a_stage("sort", 1, work),))], services=[a_service(factor=3.0)])

    assert world_of(a_model(small), tmp_path) == world_of(a_model(), tmp_path)


def test_two_networks_give_each_order_the_same_luck(tmp_path: Path) -> None:
    one = a_network([a_node(stages=(a_stage("pack", 50, shared_cases.lognormal(0.4)),))])
    two = a_network(
        [a_node(stages=(a_stage("pick", 50, shared_cases.exponential(0.9)), *one.nodes["columbus"].stages))]
    )

    of_one = run(a_model(one), tmp_path).shipments.set_index("order")["work_hours"]
    model_of_two = a_model(two)
    of_two = run(model_of_two, tmp_path).shipments.set_index("order")

    # the hours of packing are those of the network without picking, the rest is picking
    picking = of_two["work_hours"] - of_one.loc[of_two.index]
    assert (picking > 0).all()
    assert picking.mean() == pytest.approx(0.9, abs=3 * 0.9 / len(picking) ** 0.5)


@pytest.mark.parametrize(("seed", "replication"), [(2, 0), (1, 1)])
def test_another_seed_or_replication_is_another_world(seed: int, replication: int, tmp_path: Path) -> None:
    assert world_of(a_model(), tmp_path, seed, replication) != world_of(a_model(), tmp_path)


def test_more_orders_or_another_disruption_are_another_world(tmp_path: Path) -> None:
    usual = world_of(a_model(), tmp_path)

    assert world_of(a_model(shape=a_shape(101.0)), tmp_path) != usual
    assert world_of(a_model(disruptions=[a_disruption()]), tmp_path) != usual


def test_replications_do_not_depend_on_those_before(tmp_path: Path) -> None:
    model = a_model()
    in_a_row = [world_of(model, tmp_path, 1, replication) for replication in range(3)]

    assert world_of(a_model(), tmp_path, 1, 2) == in_a_row[2]
    assert len(set(in_a_row)) == 3


def test_fixed_luck_keeps_the_work_of_the_first_replication(tmp_path: Path) -> None:
    network = a_network([a_node(stages=(a_stage("pack", 50, shared_cases.lognormal(0.4)),))])
    model = replace(a_model(network), fixed_luck=True)
    always_the_same = modelled(a_shape(), network, model.horizon.timeline)(1, 0, ())
    model = replace(model, demand=lambda seed, replication, events: always_the_same)

    first, second = run(model, tmp_path, 1, 0).shipments, run(model, tmp_path, 1, 1).shipments

    assert second["work_hours"].tolist() == first["work_hours"].tolist()
    resampled = run(replace(model, fixed_luck=False), tmp_path, 1, 1).shipments
    assert resampled["work_hours"].tolist() != first["work_hours"].tolist()
