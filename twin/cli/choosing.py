"""Commands that choose: the best of many designs."""

from __future__ import annotations

import json
from dataclasses import asdict

import typer

from twin.cli.app import Jobs, New, Overrides, app
from twin.cli.asking import checked_designs, compositions_of, report_on


@app.command()
def select(jobs: Jobs, overrides: Overrides = None, *, new: New = False) -> None:
    """Find the best of many designs with no more runs than that takes: scenario=a,b,c. The first is the baseline."""
    from twin.assemble import build
    from twin.experiments.files import write_text
    from twin.experiments.results import primary_of
    from twin.experiments.selection import fresh, select
    from twin.experiments.study import run_study, study_folder
    from twin.report.selection_text import selection_text

    designs, networks = checked_designs(compositions_of(overrides), jobs)
    folder = study_folder(designs)
    found = select(folder, designs, build, jobs, new=new)
    write_text(folder / "selection.json", json.dumps(asdict(found), indent=1) + "\n")
    typer.echo(selection_text(found, primary_of(designs[0].config.study)))
    pair = found.to_confirm()
    if pair is None:
        return
    places = [[one.name for one in designs].index(name) for name in pair]
    runs = found.runs_of(pair)
    again = fresh(folder, [designs[place] for place in places], runs)
    typer.echo(f"\nOnce more with fresh seeds, since luck helped to choose it: {runs} runs of {' and '.join(pair)}\n")
    confirmed = run_study(again, build, jobs, new=new, command="", networks=[networks[place] for place in places])
    report_on(confirmed)
