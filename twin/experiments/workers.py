"""Worker processes that live through replications: limited, watched, and replaced when they die."""

from __future__ import annotations

import os
import resource
import signal
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from threading import Thread

from pebble import ProcessExpired, ProcessPool

from twin.config.study import LimitsConfig
from twin.domain.errors import TwinError
from twin.experiments.failures import Failure, Reason
from twin.experiments.files import explained
from twin.experiments.replication import Build, Design, replicate
from twin.experiments.store import put
from twin.simulation.limits import TooManyEventsError

SECONDS_PER_MINUTE = 60.0
LOOKS_EVERY_SECONDS = 0.2
OUT_OF_MEMORY, ORPHANED = 84, 85  # exit codes of a worker that ends itself
TRIES = 2  # of a replication whose worker was killed from outside
BYTES_PER_MB = 1e6
BYTES_PER_RSS_UNIT = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True, slots=True)
class Task:
    """One replication of one design."""

    design: Design
    replication: int

    @property
    def key(self) -> tuple[str, int]:
        """What tells it from the other tasks of its study."""
        return self.design.name, self.replication

    def failed(self, reason: Reason, message: str, told: str = "") -> Failure:
        """Return that it failed."""
        return Failure(
            self.design.name, self.replication, self.design.config.study.seed, reason, message, told,
            f"{self.design.command} --only {self.replication}" if self.design.command else "",
        )  # fmt: skip


def live_through(
    folder: Path, tasks: Sequence[Task], build: Build, workers: int, limits: LimitsConfig
) -> Iterator[tuple[Task, Failure | None]]:
    """Live through all tasks, and yield each when it is over, with why it failed if it did.

    Without workers that happens in this process, where only time and memory are not limited. Raises what the user can
    mend (`TwinError`) as soon as a task meets it, and stops the others.
    """
    if not workers or not tasks:
        for task in tasks:
            yield task, attempt(folder, task, build)
        return
    pool = ProcessPool(
        min(workers, len(tasks)), initializer=_begin, initargs=(os.getpid(), limits.memory_mb),
        context=get_context("spawn"),
    )  # fmt: skip
    try:
        yield from _supervised(pool, folder, tasks, build, limits)
    finally:
        pool.stop()  # type: ignore[no-untyped-call]  # pebble says no types here
        pool.join()


def _supervised(
    pool: ProcessPool, folder: Path, tasks: Sequence[Task], build: Build, limits: LimitsConfig
) -> Iterator[tuple[Task, Failure | None]]:
    """Hand tasks to workers; one whose worker was killed is tried once more."""
    seconds = None if limits.minutes is None else limits.minutes * SECONDS_PER_MINUTE

    def start(task: Task, tries: int = 1) -> tuple[Future[Failure | None], tuple[Task, int]]:
        return pool.schedule(attempt, (folder, task, build), timeout=seconds), (task, tries)

    running = dict([start(task) for task in tasks])
    while running:
        over, _ = wait(running, return_when=FIRST_COMPLETED)
        for future in over:
            task, tries = running.pop(future)
            failure = _outcome(future, task, limits)
            if failure is not None and failure.reason == "killed" and tries < TRIES:
                running |= [start(task, tries + 1)]
            else:
                yield task, failure


def _outcome(future: Future[Failure | None], task: Task, limits: LimitsConfig) -> Failure | None:
    try:
        return future.result()
    except TimeoutError:
        return task.failed("time", f"it took longer than study.limits.minutes={limits.minutes:g}")
    except ProcessExpired as death:
        if death.exitcode == OUT_OF_MEMORY:
            return task.failed("memory", f"it took more than study.limits.memory_mb={limits.memory_mb:g}")
        return task.failed("killed", f"its process was killed twice (exit code {death.exitcode})")


def attempt(folder: Path, task: Task, build: Build) -> Failure | None:
    """Live through one replication, and say why if it fails; errors that a user can mend go on."""
    try:
        with explained(folder):
            replicate(folder, task.design, task.replication, build)
        put(folder, task.design, task.replication)
    except TwinError:
        raise
    except TooManyEventsError as error:
        return task.failed("events", str(error))
    except MemoryError:
        return task.failed("memory", "the machine has no more memory to give", traceback.format_exc())
    except Exception as error:  # noqa: BLE001  (one replication's mistake must not take the others along)
        return task.failed("error", f"{type(error).__name__}: {error}", traceback.format_exc())
    return None


def _begin(parent: int, memory_mb: float | None) -> None:
    """Prepare a worker: interrupts are its parent's business, and somebody watches it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_watch, args=(parent, memory_mb), daemon=True).start()


def _watch(parent: int, memory_mb: float | None) -> None:
    """End this process when it takes too much memory, or when nobody is left to tell its results."""
    while True:
        if os.getppid() != parent:
            os._exit(ORPHANED)
        if memory_mb is not None and peak_mb() > memory_mb:
            os._exit(OUT_OF_MEMORY)
        time.sleep(LOOKS_EVERY_SECONDS)


def peak_mb() -> float:
    """Return the most memory that this process ever had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * BYTES_PER_RSS_UNIT / BYTES_PER_MB
