"""A whole study: every design lives through the same replications, then they are compared."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path

import pandas as pd
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from twin.config.study import LimitsConfig, StudyConfig
from twin.domain.errors import UsageError
from twin.domain.network import Network
from twin.experiments.comparison import Measure, compare_designs, refuse_if_worlds_differ
from twin.experiments.estimate import Estimate, estimate, refuse_the_absurd
from twin.experiments.failures import Failure, ReplicationsFailedError, forget, keep, kept
from twin.experiments.files import explained, write_text
from twin.experiments.keeping import is_kept, make_room
from twin.experiments.lock import only_writer
from twin.experiments.manifest import read_manifest
from twin.experiments.replication import Build, Design, clear_parts, finished, folder_of
from twin.experiments.status import write_plan
from twin.experiments.study_file import study_file
from twin.experiments.verdicts import Materiality
from twin.experiments.workers import Task, live_through

LONGEST_NAME = 64
TOLD_FROM_SECONDS = 60.0
DAYS = ("warmup_days", "measured_days", "cooldown_days", "runout_days")


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
    jobs: int,
    *,
    new: bool,
    command: str,
    networks: Sequence[Network] | None = None,
) -> Path:
    """Simulate what is missing of a study, compare its designs with the first one, and return its folder.

    Replications that are already there with the same configuration, files and code are kept. Raises `UsageError` where
    the folder holds results of others and `new` was not asked for, or another process writes there, and
    `ReplicationsFailedError` where more replications failed than `study.most_failed` allows. `networks` are those of
    the designs, where whoever asks has built them already; building them refuses mistakes before the first run.
    """
    folder = study_folder(designs)
    networks = networks or [build(design.config, design.name).network for design in designs]
    failures = run_replications(folder, designs, build, jobs, new=new)
    refuse_if_too_many_failed(designs, failures)
    conclude(folder, designs, networks, command)
    return folder


def conclude(folder: Path, designs: Sequence[Design], networks: Sequence[Network], command: str) -> None:
    """Write down what was asked of a study, and compare its designs on the replications that all of them have.

    Raises `UsageError` where there is no such replication.
    """
    if not replications_of(folder, designs):
        raise UsageError(
            f"{folder}: no replication is finished in every design\n  expected: one at least\n"
            "  to mend:  the same command without --allow-partial makes what is missing"
        )
    with explained(folder):
        write_text(folder / "study.json", json.dumps(study_file(folder, designs, networks, command), indent=1) + "\n")
        if len(designs) > 1:
            _compare(folder, designs)


def run_replications(folder: Path, designs: Sequence[Design], build: Build, jobs: int, *, new: bool) -> list[Failure]:
    """Simulate the replications of some designs that are not in the study's folder yet, and return those that failed.

    `jobs` are worker processes; without any, this process does the work.
    """
    with explained(folder), only_writer(folder, [design.name for design in designs]):
        make_room(folder, designs, new=new)
        for design in designs:
            write_plan(folder, design, jobs)
        missing = [
            Task(design, number)
            for design in designs
            for number in range(design.config.study.replications)
            if not is_kept(folder, design, number)
        ]
        ahead = estimate(missing, jobs)
        refuse_the_absurd(folder, missing, ahead)
        if ahead.seconds > TOLD_FROM_SECONDS:
            sys.stderr.write(f"{said_ahead(ahead)}\n")
        try:
            return list(_failures(folder, missing, build, jobs))
        finally:
            for design in designs:
                clear_parts(folder, design.name)


def said_ahead(ahead: Estimate) -> str:
    """Say what is about to start."""
    return (
        f"{ahead.replications:,} replications, {ahead.orders:,.0f} orders, {ahead.events:,.0f} events: about "
        f"{ahead.seconds / 60:,.0f} min with {ahead.workers} workers of {ahead.memory_mb:,.0f} MB, "
        f"{ahead.disk_mb:,.0f} MB of disk"
    )


def _failures(folder: Path, tasks: Sequence[Task], build: Build, jobs: int) -> Iterator[Failure]:
    """Live through some replications; keep and yield those that failed."""
    limits = tasks[0].design.config.study.limits if tasks else LimitsConfig()
    for task, failure in _with_progress(live_through(folder, tasks, build, jobs, limits), len(tasks)):
        place = folder_of(folder, task.design.name, task.replication)
        if failure is None:
            forget(place)
        else:
            keep(place, failure)
            yield failure


def refuse_if_too_many_failed(designs: Sequence[Design], failures: Sequence[Failure]) -> None:
    """Raise where more replications failed than a study may do without, or some number failed in every design."""
    asked = sum(design.config.study.replications for design in designs)
    failed = {failure.replication for failure in failures}
    none_left = len(failed) == designs[0].config.study.replications
    if failures and (none_left or len(failures) / asked > designs[0].config.study.most_failed):
        raise ReplicationsFailedError(failures, asked, reported=False)


def replications_of(folder: Path, designs: Sequence[Design]) -> list[int]:
    """Return the replications that every design has finished, so that all are compared on the same worlds."""
    return [
        number
        for number in range(designs[0].config.study.replications)
        if all(finished(folder, design, number) for design in designs)
    ]


def failures_of(folder: Path, designs: Sequence[Design]) -> list[Failure]:
    """Return what failed of some designs and is not there yet."""
    places = [folder_of(folder, design.name, number)
              for design in designs for number in range(design.config.study.replications)]  # fmt: skip
    return [failure for place in places if (failure := kept(place)) is not None]


def kpis_of(folder: Path, designs: Sequence[Design]) -> pd.DataFrame:
    """Return the KPIs of the whole network by design and replication, as `compare_designs` takes them."""
    parts, numbers = [], replications_of(folder, designs)
    for design in designs:
        for number in numbers:
            found = pd.read_parquet(folder_of(folder, design.name, number) / "kpis.parquet")
            network = found[found["group"] == "network"]
            parts.append(network[["kpi", "value"]].assign(design=design.name, replication=number))
    return pd.concat(parts, ignore_index=True)


def worlds_of(folder: Path, designs: Sequence[Design]) -> pd.DataFrame:
    """Return what each replication met: the hash of its orders, and of its orders and disruptions together."""
    rows, numbers = [], replications_of(folder, designs)
    for design in designs:
        for number in numbers:
            manifest = read_manifest(folder_of(folder, design.name, number)) or {}
            rows.append((design.name, number, manifest["orders_sha256"], manifest["exogenous_sha256"]))
    return pd.DataFrame(rows, columns=["design", "replication", "orders_sha256", "exogenous_sha256"])


def measures_of(study: StudyConfig) -> list[Measure]:
    """Return the measures of the decision as the comparison takes them."""
    return [
        Measure(kpi, one.title, one.unit, one.better, Materiality(one.matters_from, one.relative), one.primary)
        for kpi, one in study.measures.items()
    ]


def _compare(folder: Path, designs: Sequence[Design]) -> None:
    """Write the comparison: in pairs where all designs met the same customers, by Welch where they should not have.

    Designs that ask for the same world must have met it: anything else is a mistake and refused.
    """
    study = designs[0].config.study
    worlds = worlds_of(folder, designs)
    for alike in _by_world(designs).values():
        refuse_if_worlds_differ(worlds[worlds["design"].isin(alike)])
    paired = len(worlds[["replication", "orders_sha256"]].drop_duplicates()) == worlds["replication"].nunique()
    table = compare_designs(kpis_of(folder, designs), designs[0].name, measures_of(study), study.alpha, paired=paired)
    made = folder / ".comparison.parquet.part"
    table.to_parquet(made, index=False)
    made.replace(folder / "comparison.parquet")


def _by_world(designs: Sequence[Design]) -> dict[str, list[str]]:
    """Group designs by the world they ask for: demand, disruptions, seed and days."""
    found: dict[str, list[str]] = {}
    for design in designs:
        config = design.config
        days = config.study.model_dump_json(include={"seed", "starts_on", "timezone", *DAYS})
        asked = config.demand.model_dump_json() + config.disruptions.model_dump_json() + days
        found.setdefault(asked, []).append(design.name)
    return found


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
