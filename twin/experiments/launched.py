"""Replications spread by a launcher of Hydra: over Ray, Slurm or joblib instead of worker processes of our own."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from multiprocessing import get_start_method, set_start_method
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from twin.config import parse
from twin.domain.errors import MachineError, TwinError, UsageError
from twin.experiments.failures import Failure
from twin.experiments.manifest import code_sha256, fingerprint
from twin.experiments.replication import Build, Design, finished
from twin.experiments.store import fetch
from twin.experiments.workers import TRIES, Task, live_through
from twin.hydra_glue.launching import Job, launch, name_of


@dataclass(frozen=True, slots=True)
class Launcher:
    """A launcher by the words that choose it, how many workers it has, and the overrides of every design it may run."""

    words: Sequence[str]
    workers: int
    points: Mapping[str, Sequence[str]]

    def live_through(self, folder: Path, tasks: Sequence[Task], build: Build) -> Iterator[tuple[Task, Failure | None]]:
        """Live through all tasks, and yield each with why it failed if it did, once all are over.

        Each design is a job, or several where there are more workers than designs. What jobs that died leave open is
        launched once more. Raises what the user can mend, and `MachineError` where no job could run.
        """
        failures: dict[tuple[str, int], Failure] = {}
        left, broke = list(tasks), "its process was killed twice"
        for _ in range(TRIES):
            if not left:
                break
            try:
                failures |= self._launched(folder, left, build)
            except TwinError:
                raise
            except Exception as error:  # noqa: BLE001  (each launcher has errors of its own for workers that died)
                broke = f"{name_of(self.words)} gave up: {type(error).__name__}: {error}"
            fetch(folder, left)
            left = [task for task in left if task.key not in failures and not _is_there(folder, task)]
        if tasks and len(left) == len(tasks):
            raise MachineError(
                f"hydra/launcher={name_of(self.words)}: {broke}\n  expected: a launcher that reaches its workers\n"
                "  to mend:  see what it says above, then run the same command again; what is finished is kept"
            )
        lost = {task.key: task.failed("killed", broke) for task in left}
        for task in tasks:
            yield task, (failures | lost).get(task.key)

    def _launched(self, folder: Path, tasks: Sequence[Task], build: Build) -> dict[tuple[str, int], Failure]:
        """Launch all tasks once, and return those that failed."""
        jobs = list(self._jobs(folder, tasks))
        found = launch(jobs, partial(live_share, build), self.words, self.workers, folder / ".hydra")
        failures = [Failure(**told) for share in found for told in share]
        return {(one.design, one.replication): one for one in failures}

    def _jobs(self, folder: Path, tasks: Sequence[Task]) -> Iterator[Job]:
        """Make jobs of the tasks: each of one design, and about as many as there are workers at least."""
        by_design: dict[str, list[Task]] = {}
        for task in tasks:
            by_design.setdefault(task.design.name, []).append(task)
        shares = max(1, self.workers // len(by_design))
        for name, alike in by_design.items():
            for first in range(min(shares, len(alike))):
                design = alike[0].design
                share = {
                    task.replication: fingerprint(design.config, task.replication) for task in alike[first::shares]
                }
                told = {
                    "design": name, "command": design.command, "folder": str(folder.absolute()),
                    "standing": str(Path.cwd()), "share": share, "code": code_sha256(),
                }  # fmt: skip
                yield Job(self.points[name], told)


def live_share(build: Build, values: Mapping[str, Any], told: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Live through some replications of one design where a launcher sent them, and return those that failed.

    They run in a process of their own, with the study's limits. Raises `UsageError` where they would not be those
    that were asked for, because the twin or a table here is another one.
    """
    if get_start_method(allow_none=True) == "loky":  # which the children of a worker of joblib would not know
        set_start_method("spawn", force=True)
    if Path(told["standing"]).is_dir():
        os.chdir(told["standing"])
    design = Design(told["design"], parse(values, lambda _: told["design"]), told["command"])
    share = {int(number): key for number, key in told["share"].items()}
    _refuse_others(design, share, told["code"])
    if design.config.study.store is None:
        return _lived(Path(told["folder"]), design, share, build)
    with TemporaryDirectory(prefix="twin-") as folder:
        return _lived(Path(folder) / Path(told["folder"]).name, design, share, build)


def _lived(folder: Path, design: Design, numbers: Mapping[int, str], build: Build) -> list[dict[str, Any]]:
    tasks = [Task(design, number) for number in numbers if not finished(folder, design, number)]
    lived = live_through(folder, tasks, build, 1, design.config.study.limits)
    return [asdict(failure) for _, failure in lived if failure is not None]


def _refuse_others(design: Design, share: Mapping[int, str], code: str) -> None:
    if all(fingerprint(design.config, number) == key for number, key in share.items()):
        return
    found = "another version of the twin" if code_sha256() != code else "other tables or files"
    raise UsageError(
        f"{os.uname().nodename}: {found} than where the study was started\n  expected: the same on every machine\n"
        "  to mend:  install the same twin there, and put the tables on a disk that all machines see"
    )


def _is_there(folder: Path, task: Task) -> bool:
    return finished(folder, task.design, task.replication)
