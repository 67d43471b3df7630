"""What a study will take, before it starts."""

from __future__ import annotations

from collections import namedtuple
from dataclasses import replace
from pathlib import Path

import pytest

from tests.experiments.test_study import a_design
from twin.assemble import build
from twin.domain.errors import MachineError, UsageError
from twin.experiments.estimate import estimate, refuse_the_absurd
from twin.experiments.study import run_replications, said_ahead
from twin.experiments.workers import Task

Usage = namedtuple("Usage", "total used free")


def a_task(folder: Path, *overrides: str) -> Task:
    """One replication of three days with a million orders each."""
    return Task(a_design(folder, overrides=["demand.orders_per_day=1000000", *overrides]), 0)


def test_time_goes_by_orders_and_workers_memory_by_the_largest_replication(tmp_path: Path) -> None:
    one, two = estimate([a_task(tmp_path)], 8), estimate([a_task(tmp_path)] * 4, 2)

    assert (one.orders, one.workers, two.orders, two.workers) == (3e6, 1, 12e6, 2)
    assert two.seconds - 3 == pytest.approx(2 * (one.seconds - 3))
    assert one.memory_mb == two.memory_mb == pytest.approx(500 + 3e6 * 260 / 1e6)
    assert said_ahead(two) == (
        "4 replications, 12,000,000 orders, 30,000,000 events: about 7 min with 2 workers of 1,280 MB, 1,800 MB of disk"
    )


def test_results_without_order_tables_are_small(tmp_path: Path) -> None:
    kept, not_kept = (estimate([a_task(tmp_path, f"study.order_tables={kept}")], 1) for kept in ("true", "false"))

    assert not_kept.disk_mb == pytest.approx(kept.disk_mb / 10)


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        (["study.replications=3000"], ("about 175 hours (3,000 replications, 9,000,000,000 orders)\n"
         "  expected: at most study.limits.hours=24\n"
         "  to mend:  fewer replications, days or designs, or study.limits.hours=350")),
        (["study.limits.memory_mb=1000"], ("about 1,280 MB\n  expected: at most study.limits.memory_mb=1000\n"
         "  to mend:  fewer days or orders, or study.limits.memory_mb=2560")),
        (["demand.orders_per_day=1e9", "study.limits={hours: null, memory_mb: null}"], "  to mend:  --jobs 1"),
    ],
)  # fmt: skip
def test_the_absurd_is_refused_with_its_number_before_anything_runs(
    tmp_path: Path, overrides: list[str], message: str
) -> None:
    design = a_design(tmp_path, overrides=["demand.orders_per_day=1000000", *overrides])

    with pytest.raises(UsageError) as refused:
        run_replications(tmp_path, [design], build, 1, new=False)

    assert message in str(refused.value)
    assert not list(tmp_path.rglob("rep-*"))


def test_workers_elsewhere_do_not_need_the_memory_of_this_machine(tmp_path: Path) -> None:
    tasks = [a_task(tmp_path)] * 100_000
    ahead = replace(estimate(tasks, 100_000), seconds=1.0, disk_mb=0.0)

    refuse_the_absurd(tmp_path, tasks, ahead, here=False)

    with pytest.raises(
        UsageError, match=r"100000 workers would need about .* MB\n  expected: at most the .* MB of this"
    ):
        refuse_the_absurd(tmp_path, tasks, ahead)


def test_too_little_disk_is_refused_before_anything_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage(10**9, 10**9 - 10**4, 10**4))

    with pytest.raises(MachineError, match=r"would take about 0 MB, and 0 MB are free\n  expected: twice as much room"):
        run_replications(tmp_path, [a_design(tmp_path)], build, 0, new=False)


def test_a_long_study_says_what_is_ahead(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("twin.experiments.study.TOLD_FROM_SECONDS", 1.0)

    run_replications(tmp_path, [a_design(tmp_path)], build, 0, new=False)

    assert capsys.readouterr().err.startswith("2 replications, 360 orders, 900 events: about 0 min with 1 workers of")
