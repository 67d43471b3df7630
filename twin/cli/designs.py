"""Commands that simulate: one design, several, a sweep, the gap; and those that check and report."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from twin.cli.app import Jobs, New, Overrides, Partial, app
from twin.cli.asking import checked_designs, compositions_of, report_on
from twin.domain.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twin.domain.network import Network
    from twin.experiments.launched import Launcher
    from twin.experiments.replication import Design
    from twin.experiments.stress import Trial
    from twin.hydra_glue import Composition


@app.command()
def run(
    jobs: Jobs,
    overrides: Overrides = None,
    *,
    new: New = False,
    allow_partial: Partial = False,
    show_config: Annotated[
        bool, typer.Option("--show-config", help="Print the composed configuration and stop.")
    ] = False,
    only: Annotated[
        int | None, typer.Option("--only", min=0, help="Live through this one replication here, and say what happens.")
    ] = None,
) -> None:
    """Simulate one design and report on it."""
    from twin.hydra_glue import compose

    composition = compose(overrides or [])
    if show_config:
        typer.echo(composition.to_yaml(), nl=False)
    elif only is not None:
        _only(composition, only)
    else:
        _study(*checked_designs([composition], jobs), jobs, new=new, allow_partial=allow_partial)


@app.command()
def compare(jobs: Jobs, overrides: Overrides = None, *, new: New = False, allow_partial: Partial = False) -> None:
    """Compare designs that meet the same customers: scenario=a,b,c. The first is the baseline."""
    from twin.hydra_glue import split_launcher, swept_keys

    launcher, words = split_launcher(overrides or [])
    lists = swept_keys(words)
    if len(lists) != 1:
        found = f"lists for {', '.join(lists)}" if lists else "no list"
        raise UsageError(
            f"twin compare takes exactly one list, such as scenario=a,b or network=a,b; found {found}.\n"
            "For every combination of several lists use twin sweep."
        )
    compositions = compositions_of(words)
    if len(compositions) == 1:
        raise UsageError(f"twin compare needs two different designs; found only {compositions[0].design!r}")
    spread = _spread(launcher, words, jobs)
    _study(*checked_designs(compositions, jobs), spread, new=new, allow_partial=allow_partial)


@app.command()
def sweep(jobs: Jobs, overrides: Overrides = None, *, new: New = False, allow_partial: Partial = False) -> None:
    """Simulate every combination of lists and ranges: routing.late_usd=4,8 'study.seed=range(1,5)'."""
    from twin.hydra_glue import split_launcher, swept_keys

    launcher, words = split_launcher(overrides or [])
    if not swept_keys(words):
        raise UsageError(
            "twin sweep takes at least one list or range, such as study.seed=1,2 or 'study.seed=range(1,5)'"
        )
    spread = _spread(launcher, words, jobs)
    _study(*checked_designs(compositions_of(words), jobs), spread, new=new, allow_partial=allow_partial)


@app.command()
def gap(
    jobs: Jobs,
    overrides: Overrides = None,
    *,
    unserved_usd: Annotated[
        float, typer.Option("--unserved-usd", min=0, help="What a unit costs that is never sold.")
    ] = 50.0,
    new: New = False,
) -> None:
    """Say how much routing policies leave to gain: routing=incumbent,candidate,... against perfect foresight."""
    from twin.assemble import build
    from twin.experiments.gap import gap_costs, refuse_if_no_gap, terms_of
    from twin.experiments.gap_summary import rungs
    from twin.experiments.study import refuse_if_too_many_failed, run_replications, study_folder
    from twin.report.gap_text import table

    terms = terms_of(unserved_usd)
    designs, _ = checked_designs(compositions_of(overrides), jobs)
    refuse_if_no_gap(designs)
    folder = study_folder(designs)
    refuse_if_too_many_failed(designs, run_replications(folder, designs, build, jobs, new=new))
    costs = gap_costs(folder, designs, build, terms, jobs)
    costs.to_parquet(folder / "gap.parquet", index=False)
    study = designs[0].config.study
    typer.echo(table(rungs(costs, designs[0].name, study.alpha), study.replications))
    typer.echo(f"Costs by replication: {folder / 'gap.parquet'}")


@app.command()
def stress(
    jobs: Jobs,
    overrides: Overrides = None,
    *,
    events: Annotated[
        str | None, typer.Option("--events", help="Parts of conf/disruptions, such as carrier_delay,storm_northeast.",
                                 show_default="all of them")
    ] = None,
    new: New = False,
) -> None:  # fmt: skip
    """Put every design through every disruption of the library: what is lost, when it is back, what it costs."""
    from twin.analytics.resilience import Levels
    from twin.assemble import build
    from twin.experiments.files import write_text
    from twin.experiments.stress import refuse_if_no_stress, runs_ahead, stress_results
    from twin.experiments.stress_courses import courses
    from twin.experiments.stress_summary import cells
    from twin.experiments.study import refuse_if_too_many_failed, run_replications, study_folder
    from twin.report.stress_page import stress_page
    from twin.report.stress_text import stress_text

    calm, _ = checked_designs(compositions_of([*(overrides or []), "disruptions=none"]), jobs)
    refuse_if_no_stress(calm)
    trials = _trials(calm, overrides or [], events)
    designs = [*calm, *(trial.disturbed for trial in trials)]
    typer.echo(runs_ahead(calm, trials), err=True)
    folder = study_folder(calm).with_name(f"{study_folder(calm).name}-stress")
    refuse_if_too_many_failed(designs, run_replications(folder, designs, build, jobs, new=new))
    levels = Levels()
    results = stress_results(folder, trials, levels)
    results.to_parquet(folder / "stress.parquet", index=False)
    found = cells(results, calm[0].config.study.alpha)
    write_text(
        folder / "stress.html", stress_page(found, courses(folder, trials, results, levels), calm[0].config.study.title)
    )
    typer.echo(stress_text(found, f"{folder / 'stress.html'}, {folder / 'stress.parquet'}"))


@app.command()
def check(overrides: Overrides = None) -> None:
    """Look for mistakes in scenarios, parts and tables without simulating anything."""
    designs, _ = checked_designs(compositions_of(overrides))
    typer.echo(f"No problems in {', '.join(design.name for design in designs)}.")


@app.command()
def status(
    place: Annotated[
        Path, typer.Argument(exists=True, file_okay=False, help="A folder below results, or results itself.")
    ] = Path("results"),
) -> None:
    """Say how far studies are: done, failed, being written, and how long the rest may take."""
    from twin.experiments.status import statuses
    from twin.report.status_text import status_text

    typer.echo(status_text(statuses(place)))


@app.command()
def table(
    study: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="A folder below results.")],
    *,
    kpis: Annotated[
        str | None, typer.Option("--kpis", help="KPIs, such as cost_per_order,split_rate.",
                                 show_default="the measures of the study")
    ] = None,
    to: Annotated[
        Path | None, typer.Option("--to", help="A .csv or .parquet file to write.", show_default="the screen")
    ] = None,
) -> None:  # fmt: skip
    """Gather a study in one table: a row for each design, with what tells it from the others and its KPIs."""
    from twin.experiments.design_table import design_table
    from twin.report.csv_export import write_csv

    if to is not None and to.suffix not in (".csv", ".parquet"):
        raise UsageError(f"--to: {to}\n  expected: a file that ends in .csv or .parquet")
    found = design_table(study, kpis.split(",") if kpis else ())
    if to is None:
        typer.echo(found.to_string(index=False))
    elif to.suffix == ".csv":
        write_csv(found, to)
    else:
        found.to_parquet(to, index=False)


@app.command()
def report(
    study: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="A folder below results.")],
) -> None:
    """Write the report of a finished study again."""
    report_on(study)


def _only(composition: Composition, number: int) -> None:
    """Live through one replication in this process, whatever happens to it."""
    from twin.assemble import build
    from twin.experiments.files import explained
    from twin.experiments.lock import only_writer
    from twin.experiments.replication import folder_of, replicate
    from twin.experiments.study import study_folder

    (design,), _ = checked_designs([composition])
    folder = study_folder([design])
    with explained(folder), only_writer(folder, [design.name]):
        replicate(folder, design, number, build)
    typer.echo(f"Replication {number} is in {folder_of(folder, design.name, number)}")


def _trials(calm: Sequence[Design], overrides: Sequence[str], events: str | None) -> list[Trial]:
    """Return every design with every disruption, checked."""
    from dataclasses import replace

    from twin.experiments.stress import NONE, Trial, trial_name
    from twin.hydra_glue import parts_of

    known = [name for name in parts_of("disruptions") if name != NONE]
    wanted = events.split(",") if events else known
    for name in wanted:
        if name not in known:
            raise UsageError(f"--events: no disruption {name!r}\n  expected: some of {', '.join(known)}")
    trials = []
    for name in wanted:
        disturbed, _ = checked_designs(compositions_of([*overrides, f"disruptions={name}"]))
        for before, after in zip(calm, disturbed, strict=True):
            renamed = replace(after, name=trial_name(before.name, name))
            trials.append(Trial(before.name, name, before, renamed))
    return trials


def _spread(launcher: Sequence[str], words: Sequence[str], jobs: int) -> int | Launcher:
    """Say who does the work: worker processes of this machine, or those of a launcher that was asked for."""
    from twin.experiments.launched import Launcher
    from twin.hydra_glue import sweep_designs
    from twin.hydra_glue.launching import refuse_if_unknown

    if not launcher:
        return jobs
    refuse_if_unknown(launcher)
    return Launcher(launcher, jobs, sweep_designs(words))


def _study(
    designs: Sequence[Design], networks: Sequence[Network], jobs: int | Launcher, *, new: bool, allow_partial: bool
) -> None:
    from twin.assemble import build
    from twin.experiments.concluding import conclude
    from twin.experiments.failures import ReplicationsFailedError
    from twin.experiments.results import failures_of
    from twin.experiments.study import run_study, study_folder

    command = " ".join(["twin", *(shlex.quote(word) for word in sys.argv[1:] if word != "--allow-partial")])
    if allow_partial:
        folder = study_folder(designs)
        conclude(folder, designs, networks, command)
    else:
        folder = run_study(designs, build, jobs, new=new, command=command, networks=networks)
    report_on(folder)
    failures = failures_of(folder, designs)
    if failures:
        asked = sum(design.config.study.replications for design in designs)
        raise ReplicationsFailedError(failures, asked, reported=True)
