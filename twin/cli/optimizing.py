"""The command that looks for good settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from twin.cli.app import Jobs, New, Overrides, app
from twin.cli.asking import checked_designs
from twin.cli.racing import raced

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from twin.experiments.replication import Design
    from twin.hydra_glue import Composition

AS_IT_IS = "as_it_is"
Trials = Annotated[int, typer.Option("--trials", min=1, help="How many settings to try, those there are included.")]


@app.command()
def optimize(jobs: Jobs, overrides: Overrides = None, *, trials: Trials = 40, new: New = False) -> None:
    """Look for the best settings: key=interval(low,high). The best meet the settings of today with fresh seeds."""
    from twin.assemble import build
    from twin.experiments.optimizing import Search, best
    from twin.experiments.results import primary_of
    from twin.experiments.selection import fresh
    from twin.experiments.study import study_folder
    from twin.hydra_glue import compose
    from twin.hydra_glue.searching import searched
    from twin.report.search_text import search_text, trial_text

    words, ranges = searched(overrides or [])
    today = compose(words, design=AS_IT_IS)
    if not today.values["study"].get("name"):
        words.append(f"study.name={today.scenario or 'design'}-optimized")

    def made(name: str, settings: Mapping[str, float]) -> Design:
        return checked_designs([_with(words, settings, name)], jobs)[0][0]

    asked = made(AS_IT_IS, {})
    for end in ({one.key: one.low for one in ranges}, {one.key: one.high for one in ranges}):
        made("end", end)
    folder, measure = study_folder([asked]), primary_of(asked.config.study)
    found = []
    for trial in Search(folder, asked, ranges, made, build, jobs).trials(trials, new=new):
        found.append(trial)
        typer.echo(trial_text(trial, measure))
    finalists = best(found, smaller_is_better=measure.direction == "lower")
    typer.echo(search_text(finalists, len(found)))
    compositions = [_with(words, one.settings, one.name) for one in finalists]
    designs, networks = checked_designs([_with(words, {}, AS_IT_IS), *compositions], jobs)
    raced(fresh(folder, designs, asked.config.study.replications), networks, jobs, new=new)


def _with(words: Sequence[str], settings: Mapping[str, float], name: str) -> Composition:
    from twin.experiments.optimizing import words_of
    from twin.hydra_glue import compose

    return compose([*words, *words_of(settings)], design=name)
