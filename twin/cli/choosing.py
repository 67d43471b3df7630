"""Commands that choose: the best of many designs, and whether to go ahead with one."""

from __future__ import annotations

import json
import shlex
import sys
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


@app.command()
def pilot(jobs: Jobs, overrides: Overrides = None, *, new: New = False) -> None:
    """Try a change against the network of today: GO, NO-GO or INCONCLUSIVE by thresholds written before the run."""
    from twin.assemble import build
    from twin.config import parse
    from twin.experiments.files import write_text
    from twin.experiments.pilot import PILOT, TODAY, judged, keep_terms, named, new_nodes, refuse_if_no_pilot
    from twin.experiments.pilot_watch import refuse_unknown_kills, watched
    from twin.experiments.results import replications_of
    from twin.experiments.study import run_study, study_folder
    from twin.hydra_glue import compose
    from twin.report.build import build_report
    from twin.report.pilot_memo import pilot_memo
    from twin.report.pilot_page import pilot_page
    from twin.report.pilot_words import PilotAnswer

    tried = compose(overrides or [], design=PILOT)
    terms = refuse_if_no_pilot(parse(tried.values, tried.origin))
    refuse_unknown_kills(terms)
    today = compose([*(overrides or []), *terms.incumbent], design=TODAY)
    designs, networks = checked_designs([today, tried], jobs)
    designs = [named(design, tried.scenario or PILOT) for design in designs]
    folder, nodes = study_folder(designs), new_nodes(*networks)
    digest = keep_terms(folder, designs, new=new)
    command = " ".join(["twin", *map(shlex.quote, sys.argv[1:])])
    run_study(designs, build, jobs, new=new, command=command, networks=networks)
    build_report(folder)
    verdict = judged(folder, designs, networks)
    watch, kills = watched(folder, designs, replications_of(folder, designs), nodes)
    study = designs[1].config.study
    answer = PilotAnswer(study.question, terms, digest, verdict, watch, kills, study.alpha, command)
    write_text(folder / "pilot.json", json.dumps(asdict(verdict) | {"terms_sha256": digest}, indent=1) + "\n")
    write_text(folder / "pilot.md", pilot_memo(answer))
    write_text(folder / "pilot.html", pilot_page(answer))
    typer.echo(pilot_memo(answer))
    typer.echo(f"Pages: {folder / 'pilot.html'}, {folder / 'report.html'}")
