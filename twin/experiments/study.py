"""A whole study: every design lives through the same replications, then they are compared."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import ClassVar

import pandas as pd
from joblib import Parallel, delayed
from joblib.externals.loky.process_executor import TerminatedWorkerError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from twin.config.study import StudyConfig
from twin.domain.errors import TwinError, UsageError
from twin.domain.network import Network
from twin.experiments.comparison import Measure, compare_designs, refuse_if_worlds_differ
from twin.experiments.files import write_text
from twin.experiments.manifest import inputs, read_manifest
from twin.experiments.replication import Build, Design, finished, folder_of, replicate
from twin.experiments.study_file import study_file
from twin.experiments.verdicts import Materiality

LONGEST_NAME = 64
DAYS = ("warmup_days", "measured_days", "cooldown_days", "runout_days")


class WorkerKilledError(TwinError):
    """The operating system killed a worker; what was finished is there, and the same command goes on."""

    exit_code: ClassVar[int] = 137  # as a shell reports a kill; 130 is an interruption


@contextmanager
def killed_workers_explained() -> Iterator[None]:
    """Say what to do when a worker process disappears."""
    try:
        yield
    except TerminatedWorkerError as error:
        raise WorkerKilledError(
            "a worker process was killed, most likely for lack of memory; finished replications are kept\n"
            "  to mend:  run the same command again, with --jobs 1 and without --new"
        ) from error


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

    Replications that are already there with the same configuration and files are kept. Raises `UsageError` where the
    folder holds results of others and `new` was not asked for. `networks` are those of the designs, where whoever asks
    has built them already; building them refuses mistakes before the first run.
    """
    folder = study_folder(designs)
    networks = networks or [build(design.config, design.name).network for design in designs]
    run_replications(folder, designs, build, jobs, new=new)
    write_text(folder / "study.json", json.dumps(study_file(folder, designs, networks, command), indent=1) + "\n")
    if len(designs) > 1:
        _compare(folder, designs)
    return folder


def run_replications(folder: Path, designs: Sequence[Design], build: Build, jobs: int, *, new: bool) -> None:
    """Simulate the replications of some designs that are not in the study's folder yet."""
    _clear(folder, designs, new=new)
    missing = [
        (design, number)
        for design in designs
        for number in range(design.config.study.replications)
        if not finished(folder, design, number)
    ]
    work = Parallel(n_jobs=min(jobs, max(1, len(missing))), return_as="generator_unordered")(
        delayed(replicate)(folder, design, number, build) for design, number in missing
    )
    with killed_workers_explained():
        for _ in _with_progress(work, len(missing)):
            pass


def kpis_of(folder: Path, designs: Sequence[Design]) -> pd.DataFrame:
    """Return the KPIs of the whole network by design and replication, as `compare_designs` takes them."""
    parts = []
    for design in designs:
        for number in range(design.config.study.replications):
            found = pd.read_parquet(folder_of(folder, design.name, number) / "kpis.parquet")
            network = found[found["group"] == "network"]
            parts.append(network[["kpi", "value"]].assign(design=design.name, replication=number))
    return pd.concat(parts, ignore_index=True)


def worlds_of(folder: Path, designs: Sequence[Design]) -> pd.DataFrame:
    """Return what each replication met: the hash of its orders, and of its orders and disruptions together."""
    rows = []
    for design in designs:
        for number in range(design.config.study.replications):
            manifest = read_manifest(folder_of(folder, design.name, number))
            if manifest is not None:
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


def _clear(folder: Path, designs: Sequence[Design], *, new: bool) -> None:
    """Make room for a study: refuse to overwrite other results unless a new start was asked for."""
    for design in designs:
        place = folder / design.name
        if new:
            shutil.rmtree(place, ignore_errors=True)
        for number in range(design.config.study.replications):
            if read_manifest(folder_of(folder, design.name, number)) and not finished(folder, design, number):
                raise UsageError(
                    f"{place} holds results {_difference(folder, design, number)}.\n"
                    "  expected: results of this configuration and these files, or an empty place\n"
                    "  to mend:  add --new to replace them, or study.name=... to keep both"
                )
    folder.mkdir(parents=True, exist_ok=True)


def _difference(folder: Path, design: Design, number: int) -> str:
    """Say in what a stored replication differs from what is asked for now."""
    manifest = read_manifest(folder_of(folder, design.name, number)) or {}
    before, now = manifest.get("inputs", {}), inputs(design.config)
    changed = [name for name, digest in now.items() if before.get(name, digest) != digest]
    return f"from before {', '.join(changed)} changed" if changed else f"of another configuration of {design.name!r}"


def _with_progress(work: Iterable[None], total: int) -> Iterable[None]:
    """Show on standard error how many replications are done; quiet where nobody watches."""
    console = Console(file=sys.stderr)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
               TextColumn("left"), TimeRemainingColumn())  # fmt: skip
    with Progress(*columns, console=console, disable=not console.is_terminal or not total) as progress:
        task = progress.add_task("Replications", total=total)
        for done in work:
            progress.advance(task)
            yield done
