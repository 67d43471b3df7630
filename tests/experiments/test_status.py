"""How far a study is: done, failed, written by somebody, and how long the rest may take."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.experiments.test_runner import a_run, raise_an_error
from tests.experiments.test_study import a_design
from twin.assemble import build
from twin.domain.errors import UsageError
from twin.experiments.lock import only_writer
from twin.experiments.replication import replicate
from twin.experiments.status import DesignStatus, statuses, write_plan
from twin.experiments.study import run_replications
from twin.report.status_text import duration, status_text


def test_a_finished_study_is_complete(tmp_path: Path) -> None:
    run_replications(tmp_path / "s", [a_design(tmp_path)], build, 0, new=False)

    assert status_text(statuses(tmp_path)) == f"{tmp_path / 's'}: complete\n  both  2 of 2 done"


def test_what_failed_is_told_with_the_command_that_shows_it(tmp_path: Path) -> None:
    design, _ = a_run(tmp_path / "s", raise_an_error, 0)

    assert status_text(statuses(tmp_path / "s")) == (
        f"{tmp_path / 's'}: INCOMPLETE\n  both  2 of 3 done; 1 failed\n"
        f"  failed: both, replication 1, seed {design.config.study.seed}: ZeroDivisionError: half of nothing\n"
        "  see it:   twin run scenario=tutorial --only 1"
    )


def test_who_writes_and_how_long_the_rest_may_take_is_told(tmp_path: Path) -> None:
    design = a_design(tmp_path, overrides=["study.replications=5"])
    write_plan(tmp_path / "s", design, workers=2)
    replicate(tmp_path / "s", design, 0, build)

    with only_writer(tmp_path / "s", ["both"]):
        ((found,),) = [status.designs for status in statuses(tmp_path / "s")]

    assert (found.done, found.missing, found.workers) == (1, 4, 2)
    assert found.writer is not None
    assert found.seconds is not None
    assert found.seconds_left == pytest.approx(4 * found.seconds / 2)


def test_nobody_at_it_means_no_time_left() -> None:
    assert DesignStatus("both", 5, 1, (), None, 2, 10.0).seconds_left is None
    assert DesignStatus("both", 5, 0, (), "process 1", 2, None).seconds_left is None


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.2, "1 s"), (59.0, "59 s"), (90.0, "2 min"), (7000.0, "117 min"), (9000.0, "2.5 h")]
)
def test_a_duration_is_as_rough_as_anybody_can_know_it(seconds: float, said: str) -> None:
    assert duration(seconds) == said


def test_a_folder_without_studies_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no study\n  expected: a folder such as results/tutorial"):
        statuses(tmp_path)
