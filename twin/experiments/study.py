"""A whole study: every design lives through the same replications, then they are compared."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from twin.config.study import LimitsConfig
from twin.domain.network import Network
from twin.experiments.concluding import conclude
from twin.experiments.estimate import Estimate, estimate, refuse_the_absurd
from twin.experiments.failures import Failure, ReplicationsFailedError, forget, keep
from twin.experiments.files import explained
from twin.experiments.keeping import is_kept, make_room
from twin.experiments.launched import Launcher
from twin.experiments.lock import only_writer
from twin.experiments.looks import at_most, is_precise, looks_of
from twin.experiments.replication import Build, Design, clear_parts, finished, folder_of
from twin.experiments.status import write_plan
from twin.experiments.store import fetch, refuse_if_closed
from twin.experiments.workers import Task, live_through

LONGEST_NAME = 64
TOLD_FROM_SECONDS = 60.0

Jobs = int | Launcher
"""How many worker processes of this machine, none for this process itself; or a launcher with workers anywhere."""


def study_folder(designs: Sequence[Design]) -> Path:
    """Return the folder of a study: its own name, or the names of its designs."""
    config = designs[0].config.study
    name = config.name or "_vs_".join(design.name for design in designs)
    if len(name) > LONGEST_NAME:
        name = f"{name[: LONGEST_NAME - 9]}-{sha256(name.encode()).hexdigest()[:8]}"
    return Path(config.folder) / name


def run_study(
    designs: Sequence[Design],
    build: Build,
    jobs: Jobs,
    *,
    new: bool,
    command: str,
    networks: Sequence[Network] | None = None,
) -> Path:
    """Simulate what is missing of a study, compare its designs with the first one, and return its folder.

    A study that looks in between stops at the first look at which its primary differences are known well enough.
    Replications that are already there with the same configuration, files and code are kept. Raises `UsageError` where
    the folder holds results of others and `new` was not asked for, or another process writes there, and
    `ReplicationsFailedError` where more replications failed than `study.most_failed` allows. `networks` are those of
    the designs, where whoever asks has built them already; building them refuses mistakes before the first run.
    """
    folder = study_folder(designs)
    networks = networks or [build(design.config, design.name).network for design in designs]
    looks = looks_of(designs[0])
    for place, number in enumerate(looks, start=1):
        asked = [at_most(design, number) for design in designs]
        failures = run_replications(folder, asked, build, jobs, new=new and place == 1)
        refuse_if_too_many_failed(asked, failures)
        if place == len(looks) or is_precise(folder, asked):
            conclude(folder, asked, networks, command, looks[:place] if len(looks) > 1 else ())
            break
    return folder


def run_replications(folder: Path, designs: Sequence[Design], build: Build, jobs: Jobs, *, new: bool) -> list[Failure]:
    """Simulate the replications of some designs that are not in the study's folder yet, and return those that failed.

    What the study's store already has is copied from there.
    """
    workers = jobs if isinstance(jobs, int) else jobs.workers
    with explained(folder), only_writer(folder, [design.name for design in designs]):
        make_room(folder, designs, new=new)
        for design in designs:
            write_plan(folder, design, workers)
        missing = _missing(folder, designs, new=new)
        ahead = estimate(missing, workers)
        refuse_the_absurd(folder, missing, ahead, here=isinstance(jobs, int))
        if ahead.seconds > TOLD_FROM_SECONDS:
            sys.stderr.write(f"{said_ahead(ahead)}\n")
        try:
            return list(_failures(folder, missing, build, jobs))
        finally:
            for design in designs:
                clear_parts(folder, design.name)


def _missing(folder: Path, designs: Sequence[Design], *, new: bool) -> list[Task]:
    """Return the replications that are neither here nor in the study's store."""
    tasks = [Task(design, number) for design in designs for number in range(design.config.study.replications)]
    missing = [task for task in tasks if not is_kept(folder, task.design, task.replication)]
    refuse_if_closed(folder, designs[0].config.study.store if missing else None)
    fetch(folder, [] if new else missing)
    return [task for task in missing if not finished(folder, task.design, task.replication)]


def said_ahead(ahead: Estimate) -> str:
    """Say what is about to start."""
    return (
        f"{ahead.replications:,} replications, {ahead.orders:,.0f} orders, {ahead.events:,.0f} events: about "
        f"{ahead.seconds / 60:,.0f} min with {ahead.workers} workers of {ahead.memory_mb:,.0f} MB, "
        f"{ahead.disk_mb:,.0f} MB of disk"
    )


def _failures(folder: Path, tasks: Sequence[Task], build: Build, jobs: Jobs) -> Iterator[Failure]:
    """Live through some replications; keep and yield those that failed."""
    for task, failure in _with_progress(_lived(folder, tasks, build, jobs), len(tasks)):
        place = folder_of(folder, task.design.name, task.replication)
        if failure is None:
            forget(place)
        else:
            keep(place, failure)
            yield failure


def _lived(folder: Path, tasks: Sequence[Task], build: Build, jobs: Jobs) -> Iterator[tuple[Task, Failure | None]]:
    if isinstance(jobs, Launcher):
        return jobs.live_through(folder, tasks, build)
    limits = tasks[0].design.config.study.limits if tasks else LimitsConfig()
    return live_through(folder, tasks, build, jobs, limits)


def refuse_if_too_many_failed(designs: Sequence[Design], failures: Sequence[Failure]) -> None:
    """Raise where more replications failed than a study may do without, or some number failed in every design."""
    asked = sum(design.config.study.replications for design in designs)
    failed = {failure.replication for failure in failures}
    none_left = len(failed) == designs[0].config.study.replications
    if failures and (none_left or len(failures) / asked > designs[0].config.study.most_failed):
        raise ReplicationsFailedError(failures, asked, reported=False)


def _with_progress(work: Iterable[tuple[Task, Failure | None]], total: int) -> Iterable[tuple[Task, Failure | None]]:
    """Show on standard error how many replications are done; quiet where nobody watches."""
    console = Console(file=sys.stderr)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
               TextColumn("left"), TimeRemainingColumn())  # fmt: skip
    with Progress(*columns, console=console, disable=not console.is_terminal or not total) as progress:
        task = progress.add_task("Replications", total=total)
        for done in work:
            progress.advance(task)
            yield done
