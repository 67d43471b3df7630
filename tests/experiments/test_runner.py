"""What the runner promises, each promise with its fault: kills, hangs, full disks, bad files, writers, signals."""

from __future__ import annotations

import errno
import json
import os
import random
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.experiments.test_study import CHECKOUT, TINY, a_design
from twin.assemble import build
from twin.config import ScenarioConfig
from twin.domain.errors import MachineError, TwinError, UsageError
from twin.experiments.concluding import conclude
from twin.experiments.failures import Failure, ReplicationsFailedError
from twin.experiments.lock import only_writer, writer_of
from twin.experiments.replication import Design, finished, folder_of
from twin.experiments.results import failures_of
from twin.experiments.study import run_replications, run_study
from twin.report.build import build_report
from twin.simulation.world import Model

FAULTY = 1  # the replication that something happens to
THREE = ["study.replications=3"]


def faulty(fault: Any, config: ScenarioConfig, name: str) -> Model:
    """Build a model in one replication of which something goes wrong when its customers are drawn."""
    model = build(config, name)

    def demand(seed: int, replication: int, events: Any) -> Any:
        if replication == FAULTY:
            fault()
        return model.demand(seed, replication, events)

    return replace(model, demand=demand)


def raise_an_error() -> None:
    raise ZeroDivisionError("half of nothing")


def hang() -> None:
    time.sleep(600)


def eat_memory() -> None:
    eaten = []
    while True:
        eaten.append(bytearray(b"x") * 50_000_000)


def kill_oneself() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def kill_oneself_once(marker: Path) -> None:
    if not marker.exists():
        marker.touch()
        kill_oneself()


def fill_the_disk() -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def tables(folder: Path) -> dict[str, str]:
    """Return the sha256 of every table below a folder; manifests also say when and where, which differs."""
    return {
        str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*.parquet"))
    }


def a_run(folder: Path, fault: Any, jobs: int, *overrides: str) -> tuple[Design, list[Failure]]:
    """Run three replications, of which the second meets a fault."""
    design = replace(a_design(folder, overrides=[*THREE, *overrides]), command="twin run scenario=tutorial")
    return design, run_replications(folder, [design], partial(faulty, fault), jobs, new=False)


@pytest.mark.parametrize(
    ("fault", "jobs", "overrides", "reason", "message"),
    [
        (raise_an_error, 0, [], "error", "ZeroDivisionError: half of nothing"),
        (raise_an_error, 2, [], "error", "ZeroDivisionError: half of nothing"),
        (hang, 2, ["study.limits.minutes=0.2"], "time", "it took longer than study.limits.minutes=0.2"),
        (eat_memory, 2, ["study.limits.memory_mb=900"], "memory", "it took more than study.limits.memory_mb=900"),
        (kill_oneself, 2, [], "killed", "its process was killed twice (exit code -9)"),
    ],
)
def test_one_replication_fails_and_the_others_finish(
    tmp_path: Path, fault: Any, jobs: int, overrides: list[str], reason: str, message: str
) -> None:
    design, (failure,) = a_run(tmp_path, fault, jobs, *overrides)

    assert (failure.replication, failure.seed, failure.reason) == (FAULTY, design.config.study.seed, reason)
    assert str(failure) == (
        f"both, replication 1, seed {failure.seed}: {message}\n  see it:   twin run scenario=tutorial --only 1"
    )
    assert ("raise_an_error" in failure.traceback) == (fault is raise_an_error)
    assert [finished(tmp_path, design, number) for number in range(3)] == [True, False, True]
    assert failures_of(tmp_path, [design]) == [failure]
    assert not list(tmp_path.rglob("*.part"))


def test_a_replication_with_too_many_events_is_given_up(tmp_path: Path) -> None:
    design = a_design(tmp_path, overrides=["study.limits.events=500"])

    failures = run_replications(tmp_path, [design], build, 0, new=False)

    assert [failure.reason for failure in failures] == ["events"] * 2
    assert failures[0].message.startswith("more than study.limits.events=500 by hour ")


def test_a_worker_that_is_killed_once_is_replaced_and_nothing_is_lost(tmp_path: Path) -> None:
    design, failures = a_run(tmp_path, partial(kill_oneself_once, tmp_path / "killed"), 2)

    assert failures == []
    assert (tmp_path / "killed").exists()
    assert all(finished(tmp_path, design, number) for number in range(3))


def test_what_failed_is_tried_again_and_forgotten_when_it_is_there(tmp_path: Path) -> None:
    design, _ = a_run(tmp_path, raise_an_error, 1)

    again = run_replications(tmp_path, [design], build, 0, new=False)

    assert again == failures_of(tmp_path, [design]) == []
    assert finished(tmp_path, design, FAULTY)


@pytest.mark.parametrize(("most_failed", "is_reported"), [(0.0, False), (0.4, True)])
def test_a_study_does_without_as_many_replications_as_it_says(
    tmp_path: Path, most_failed: float, is_reported: bool
) -> None:
    design = a_design(tmp_path, overrides=[*THREE, f"study.most_failed={most_failed}"])
    faulty_build = partial(faulty, raise_an_error)

    if is_reported:
        folder = run_study([design], faulty_build, 0, new=False, command="")
        assert json.loads((folder / "study.json").read_text("utf-8"))["state"] == "partial"
    else:
        with pytest.raises(ReplicationsFailedError, match="1 of 3 replications failed; nothing is reported") as failed:
            run_study([design], faulty_build, 0, new=False, command="")
        assert failed.value.exit_code == 3


@pytest.mark.parametrize("jobs", [0, 2])
def test_a_full_disk_stops_the_study_and_says_so(tmp_path: Path, jobs: int) -> None:
    with pytest.raises(MachineError, match="the disk is full\n  expected: a folder with room") as full:
        a_run(tmp_path, fill_the_disk, jobs)

    assert full.value.exit_code == 4


@contextmanager
def mounted(place: Path, options: str) -> Iterator[Path]:
    """Mount a small file system in memory, where that is allowed."""
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)]
    if os.geteuid() != 0 or subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("only root may mount file systems")
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)  # noqa: S607  (wherever the system keeps it)


def test_a_small_disk_that_fills_up_leaves_no_half_result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(  # somebody else fills it meanwhile
        "twin.experiments.study.refuse_the_absurd", lambda *_, **__: None
    )
    with mounted(tmp_path / "small", "size=600k") as small:
        design = a_design(small, overrides=["study.replications=30"])

        with pytest.raises(MachineError, match="the disk is full"):
            run_replications(small, [design], build, 0, new=False)

        there = [number for number in range(30) if folder_of(small, design.name, number).exists()]
        assert 0 < len(there) < 30
        assert all(finished(small, design, number) for number in there)
        assert not list(small.rglob("*.part"))


def test_a_folder_that_can_only_be_read_is_refused(tmp_path: Path) -> None:
    with mounted(tmp_path / "fixed", "ro") as fixed, pytest.raises(MachineError, match="the disk can only be read"):
        run_replications(fixed / "s", [a_design(fixed)], build, 0, new=False)


def test_a_bad_file_is_found_put_aside_and_made_anew(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    design = a_design(tmp_path)
    run_replications(tmp_path, [design], build, 0, new=False)
    before, place = tables(tmp_path), folder_of(tmp_path, "both", 0)
    bad = place / "orders.parquet"
    content = bytearray(bad.read_bytes())
    content[len(content) // 2] ^= 1
    bad.write_bytes(content)

    run_replications(tmp_path, [design], build, 0, new=False)

    aside = place.with_name("bad-rep-0000")
    assert capsys.readouterr().err == (
        f"{bad} is not what was written; the replication is made anew, the old one is {aside}\n"
    )
    assert {name: digest for name, digest in tables(tmp_path).items() if "bad-" not in name} == before
    assert (aside / "orders.parquet").read_bytes() == content


def test_a_report_of_a_bad_file_is_refused(tmp_path: Path) -> None:
    folder = run_study([a_design(tmp_path)], build, 0, new=False, command="twin run ...")
    bad = folder / "both" / "rep-0001" / "kpis.parquet"
    bad.write_bytes(bad.read_bytes()[:-1] + b"?")

    with pytest.raises(TwinError, match=rf"{bad} is not what was written\n.*\n.*makes it anew: twin run \.\.\."):
        build_report(folder)


HOLD = (
    "import sys, time; from pathlib import Path; from twin.experiments.lock import only_writer\n"
    "with only_writer(Path(sys.argv[1]), ['both']): print('held', flush=True); time.sleep(600)"
)


def test_a_second_writer_is_refused_and_a_dead_one_forgotten(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()

        told = rf"both is being written by process {other.pid} on .+ since 20.+\n  expected: one writer at a time"
        with pytest.raises(UsageError, match=told):
            run_replications(tmp_path, [a_design(tmp_path)], build, 0, new=False)
        assert f"process {other.pid}" in str(writer_of(tmp_path, "both"))
        other.kill()

    assert writer_of(tmp_path, "both") is None
    with only_writer(tmp_path, ["both"]):
        pass


def test_two_designs_of_a_study_may_have_two_writers(tmp_path: Path) -> None:
    with only_writer(tmp_path, ["both"]), only_writer(tmp_path, ["one"]):
        assert writer_of(tmp_path, "other") is None


def twin(folder: Path, *words: str) -> subprocess.Popen[str]:
    """Start the command line beside us."""
    main = [sys.executable, "-c", "from twin.cli import main; main()"]
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
    return subprocess.Popen([*main, *words], cwd=folder, env=environment, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # fmt: skip


RUN = ["run", "scenario=tutorial", *TINY[:-1], "study.replications=6", "-j", "2"]


def whole(folder: Path, words: Sequence[str] = RUN) -> dict[str, str]:
    """Run a study to its end and return its tables."""
    folder.mkdir(exist_ok=True)
    process = twin(folder, *words)
    _, said = process.communicate(timeout=300)
    assert process.returncode == 0, said
    return tables(folder)


def test_a_study_killed_at_any_moment_goes_on_to_the_same_bytes(tmp_path: Path) -> None:
    expected = whole(tmp_path / "calm")
    place, moments = tmp_path / "killed", random.Random(7)  # noqa: S311  (no secret)
    place.mkdir()
    for _ in range(4):
        process = twin(place, *RUN)
        time.sleep(moments.uniform(2.0, 7.0))
        process.kill()
        process.communicate()

    assert whole(place) == expected


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_a_study_in_good_order(tmp_path: Path, number: signal.Signals, code: int) -> None:
    words = ["run", "scenario=tutorial", "study.replications=200", "-j", "2", "--new"]
    process = twin(tmp_path, *words)
    while not list(tmp_path.rglob("rep-*/manifest.json")):
        time.sleep(0.1)

    process.send_signal(number)
    _, said = process.communicate(timeout=30)

    assert process.returncode == code
    assert said.endswith(f"Stopped. What is finished is kept; go on with:\n  twin {shlex.join(words[:-1])}\n")
    assert not list(tmp_path.rglob("*.part"))


def test_what_is_there_of_a_study_is_reported_only_when_asked_for_and_says_so(tmp_path: Path) -> None:
    words = ["compare", "scenario=tutorial", "network.nodes.reno.enabled=true,false", *TINY[:-1], "study.name=part"]
    whole(tmp_path, [*words, "study.replications=2", "-j", "0"])
    more = [*words, "study.replications=5", "--allow-partial"]

    process = twin(tmp_path, *more)
    said, wrong = process.communicate(timeout=120)

    assert process.returncode == 0, wrong
    assert "**Partial results: not all runs are finished. Do not decide on them.**" in said
    assert len(list(tmp_path.rglob("rep-*"))) == 4
    assert "Partial results" in (tmp_path / "results" / "part" / "report.html").read_text("utf-8")


def test_nothing_to_report_on_is_said(tmp_path: Path) -> None:
    design = a_design(tmp_path)

    with pytest.raises(UsageError, match="no replication is finished in every design\n  expected: one at least"):
        conclude(tmp_path / "nothing", [design], [build(design.config, design.name).network], "")


def test_other_results_are_refused_by_the_setting_that_differs(tmp_path: Path) -> None:
    run_replications(tmp_path, [a_design(tmp_path)], build, 0, new=False)
    other = a_design(tmp_path, overrides=["study.seed=5", "routing.late_usd=9"])

    with pytest.raises(UsageError, match=r"configuration of 'both': routing\.late_usd was .+, is 9.*; study\.seed was"):
        run_replications(tmp_path, [other], build, 0, new=False)


def test_limits_and_what_may_fail_change_no_replication(tmp_path: Path) -> None:
    run_replications(tmp_path, [a_design(tmp_path)], build, 0, new=False)
    freer = a_design(tmp_path, overrides=["study.limits.minutes=5", "study.most_failed=0.5"])

    assert run_replications(tmp_path, [freer], partial(faulty, raise_an_error), 0, new=False) == []


def test_a_failed_replication_can_be_lived_through_alone(tmp_path: Path) -> None:
    process = twin(tmp_path, *RUN[:-4], "--only", "3")

    said, wrong = process.communicate(timeout=120)

    assert process.returncode == 0, wrong
    assert said.endswith("Replication 3 is in results/tutorial/tutorial/rep-0003\n")
