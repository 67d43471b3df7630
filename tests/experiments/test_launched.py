"""Launchers: the same replications to the last byte, whoever lives through them, whatever dies in the middle."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.experiments.test_runner import FAULTY, THREE, faulty, kill_oneself, raise_an_error, tables, twin, whole
from tests.experiments.test_study import CHECKOUT, TINY, a_design, two_designs
from twin.assemble import build
from twin.domain.errors import MachineError, UsageError
from twin.experiments import launched
from twin.experiments.launched import Launcher, live_share
from twin.experiments.manifest import fingerprint
from twin.experiments.replication import finished
from twin.experiments.study import run_replications
from twin.experiments.workers import Task
from twin.hydra_glue import compose, sweep_points

ONE_OR_BOTH = {"both": [], "one": ["network.nodes.reno.enabled=false"]}
LONGER = ["demand.orders_per_day=3000", "study.measured_days=7", "study.replications=4"]


def a_launcher(folder: Path, words: Sequence[str], workers: int, overrides: Sequence[str] = ()) -> Launcher:
    """Return a launcher for the designs of `two_designs`."""
    common = ["scenario=tutorial", *TINY, f"study.folder={folder}", *overrides]
    return Launcher(words, workers, {name: sweep_points([*common, *own])[0] for name, own in ONE_OR_BOTH.items()})


def kill_the_job_once(marker: Path) -> None:
    """Kill the process that a launcher started, whose child lives through the replication."""
    if not marker.exists():
        marker.touch()
        os.kill(os.getppid(), signal.SIGKILL)
        time.sleep(600)


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return the tables that our own workers leave."""
    folder = tmp_path_factory.mktemp("own")
    run_replications(folder, two_designs(folder), build, 0, new=False)
    return tables(folder)


@pytest.mark.parametrize("name", ["basic", "joblib", "submitit_local"])
def test_a_launcher_leaves_what_our_own_workers_leave(tmp_path: Path, expected: dict[str, str], name: str) -> None:
    if name.startswith("submitit"):
        pytest.importorskip("hydra_plugins.hydra_submitit_launcher")
    jobs = a_launcher(tmp_path, [f"hydra/launcher={name}"], 2)

    assert run_replications(tmp_path, two_designs(tmp_path), build, jobs, new=False) == []

    assert tables(tmp_path) == expected


@pytest.mark.parametrize(
    ("workers", "numbers", "shares"),
    [
        (1, [3, 2], [[0, 1, 2], [0, 1]]),
        (3, [3, 2], [[0, 1, 2], [0, 1]]),
        (4, [3, 2], [[0, 2], [1], [0], [1]]),
        (40, [3, 2], [[0], [1], [2], [0], [1]]),
        (2, [3], [[0, 2], [1]]),
    ],
)
def test_a_design_is_a_job_or_several_where_there_are_more_workers_than_designs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workers: int, numbers: list[int], shares: list[list[int]]
) -> None:
    found: list[list[int]] = []

    def launch(jobs: Sequence[Any], *_: object) -> list[Any]:
        found.extend([int(number) for number in job.told["share"]] for job in jobs)
        return []

    monkeypatch.setattr(launched, "launch", launch)
    designs = two_designs(tmp_path)[: len(numbers)]
    tasks = [Task(design, number) for design, count in zip(designs, numbers, strict=True) for number in range(count)]

    with pytest.raises(MachineError):
        list(a_launcher(tmp_path, ["hydra/launcher=joblib"], workers).live_through(tmp_path, tasks, build))

    assert found == shares * 2  # nobody did them, so they were launched again


def test_what_fails_in_a_job_comes_back_and_the_others_finish(tmp_path: Path) -> None:
    design = a_design(tmp_path, overrides=THREE)
    jobs = a_launcher(tmp_path, ["hydra/launcher=joblib"], 2, THREE)

    (failure,) = run_replications(tmp_path, [design], partial(faulty, raise_an_error), jobs, new=False)

    assert (failure.replication, failure.reason) == (FAULTY, "error")
    assert failure.message == "ZeroDivisionError: half of nothing"
    assert "raise_an_error" in failure.traceback
    assert [finished(tmp_path, design, number) for number in range(3)] == [True, False, True]


def test_jobs_keep_the_limits_of_the_study(tmp_path: Path) -> None:
    """A process that kills itself takes neither the job nor the launcher along."""
    jobs = a_launcher(tmp_path, ["hydra/launcher=basic"], 1, THREE)

    failures = run_replications(
        tmp_path, [a_design(tmp_path, overrides=THREE)], partial(faulty, kill_oneself), jobs, new=False
    )

    assert [(one.replication, one.reason) for one in failures] == [(FAULTY, "killed")]


def test_what_a_killed_job_leaves_open_is_launched_once_more(tmp_path: Path) -> None:
    design = a_design(tmp_path, overrides=THREE)
    jobs = a_launcher(tmp_path, ["hydra/launcher=joblib"], 2, THREE)
    fault = partial(kill_the_job_once, tmp_path / "killed")

    assert run_replications(tmp_path, [design], partial(faulty, fault), jobs, new=False) == []

    assert (tmp_path / "killed").exists()
    assert all(finished(tmp_path, design, number) for number in range(3))


def test_a_launcher_that_gets_nowhere_is_one_error_of_the_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def launch(*_: object) -> list[Any]:
        raise ConnectionError("nobody there")

    monkeypatch.setattr(launched, "launch", launch)
    told = (
        r"^hydra/launcher=ray_cluster: ray_cluster gave up: ConnectionError: nobody there\n  expected: a launcher that"
    )

    with pytest.raises(MachineError, match=told):
        run_replications(
            tmp_path, [a_design(tmp_path)], build, a_launcher(tmp_path, ["hydra/launcher=ray_cluster"], 1), new=False
        )


def test_what_is_lost_twice_has_failed_and_is_told_apart_from_what_came(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The launcher finishes one replication, then dies; and dies again."""
    design, turns = a_design(tmp_path, overrides=THREE), iter([1, 2])

    def launch(*_: object) -> list[Any]:
        number = next(turns)
        list(launched.live_through(tmp_path, [Task(design, number)], build, 0, design.config.study.limits))
        raise ConnectionError("gone")

    monkeypatch.setattr(launched, "launch", launch)
    jobs = a_launcher(tmp_path, ["hydra/launcher=ray"], 1, THREE)

    (failure,) = run_replications(tmp_path, [design], build, jobs, new=False)

    assert (failure.replication, failure.reason) == (0, "killed")
    assert failure.message == "ray gave up: ConnectionError: gone"


def test_a_worker_with_another_twin_or_other_files_is_refused(tmp_path: Path) -> None:
    design = a_design(tmp_path)
    told: dict[str, Any] = {
        "design": "both", "command": "", "folder": str(tmp_path), "standing": str(tmp_path), "code": "another",
        "share": {"0": "other"},
    }  # fmt: skip
    values = compose([*TINY, f"study.folder={tmp_path}"], "tutorial").values

    with pytest.raises(UsageError, match=f"^{os.uname().nodename}: another version of the twin than where the study"):
        live_share(build, values, told)
    with pytest.raises(UsageError, match="other tables or files than where the study was started"):
        live_share(build, values, told | {"code": launched.code_sha256()})
    assert live_share(build, values, told | {"share": {"0": fingerprint(design.config, 0)}}) == []
    assert finished(tmp_path, design, 0)


def test_a_failure_that_a_user_can_mend_stops_a_launched_study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def launch(*_: object) -> list[Any]:
        raise UsageError("no such table")

    monkeypatch.setattr(launched, "launch", launch)

    with pytest.raises(UsageError, match="no such table"):
        run_replications(tmp_path, [a_design(tmp_path)], build, a_launcher(tmp_path, [], 1), new=False)


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Start a Ray cluster of two machines, as far as Ray can tell, with a worker process each; return its address."""
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    monkeypatch.syspath_prepend(CHECKOUT)
    cluster_utils = pytest.importorskip("ray.cluster_utils", exc_type=ImportError)
    both = cluster_utils.Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    both.add_node(num_cpus=1)
    yield both.address
    both.shutdown()


@pytest.mark.slow
def test_a_ray_cluster_loses_a_worker_in_the_middle_and_nothing_else(tmp_path: Path, cluster: str) -> None:
    """Kill the process of a Ray worker whose child lives through a replication."""
    words = ["sweep", "scenario=tutorial", *TINY[:-1], *LONGER, "routing.late_usd=5,10", "study.name=s"]
    ray = ["hydra/launcher=ray_cluster", f"hydra.launcher.ray.init.address={cluster}", "-j", "2"]
    expected = whole(tmp_path / "own", [*words, "-j", "2"])

    process = twin(tmp_path, *words, *ray)
    killed = _kill_a_parent(tmp_path / "results")
    _, said = process.communicate(timeout=300)

    assert process.returncode == 0, said
    assert killed
    assert {f"results/{name}": digest for name, digest in tables(tmp_path / "results").items()} == expected


def _kill_a_parent(folder: Path) -> int:
    """Kill the parent of the first process that is making a replication."""
    until = time.monotonic() + 120
    while time.monotonic() < until:
        for made in folder.rglob(".rep-*.part"):
            stat = Path(f"/proc/{made.name.split('.')[2]}/stat")
            if stat.exists():
                parent = int(stat.read_text().rpartition(")")[2].split()[1])
                assert b"ray::" in Path(f"/proc/{parent}/cmdline").read_bytes()
                os.kill(parent, signal.SIGKILL)
                return parent
        time.sleep(0.05)
    raise AssertionError("nothing was made in two minutes")
