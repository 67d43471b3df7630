"""The command that says where to build."""

from __future__ import annotations

import shlex
import sys
from typing import TYPE_CHECKING

import typer

from twin.cli.app import Jobs, New, Overrides, app
from twin.cli.asking import checked_designs
from twin.cli.racing import raced

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twin.experiments.siting import Siting
    from twin.hydra_glue import Composition


@app.command()
def design(jobs: Jobs, overrides: Overrides = None, *, new: New = False) -> None:
    """Say which nodes to open: screen all candidates, simulate a short list, select the best and confirm it."""
    from twin.assemble.check import checked
    from twin.experiments.files import write_text
    from twin.experiments.screening import quick_days, screen
    from twin.experiments.site_designs import TODAY, opened, refuse_if_no_baseline
    from twin.experiments.siting import shortlist
    from twin.experiments.study import study_folder
    from twin.hydra_glue import compose
    from twin.report.siting_page import SitingAnswer, siting_page, siting_text

    words = list(overrides or [])
    candidates = compose(words, design="candidates")
    config, model = checked(candidates)
    if config.study.name is None:
        words.append(f"study.name={candidates.scenario or 'design'}")
    refuse_if_no_baseline(config.siting)
    screened = screen(config, model)
    found = shortlist(screened, config.siting)
    compositions = [_built(words, one, screened.nodes) for one in found.chosen]
    today = compose([*words, *opened(config.siting.today, screened.nodes)], design=TODAY)
    designs, networks = checked_designs([today, *compositions], jobs)
    command = " ".join(["twin", *map(shlex.quote, sys.argv[1:])])
    answer = SitingAnswer(config.study, found, designs, quick_days(config.siting), screened.useless, command)
    typer.echo(siting_text(answer))
    selection = raced(designs, networks, jobs, new=new)
    page = study_folder(designs) / "design.html"
    write_text(page, siting_page(answer, selection))
    typer.echo(f"Page: {page}")


def _built(words: Sequence[str], siting: Siting, candidates: Sequence[str]) -> Composition:
    """Compose the design with some open nodes, each as large as its orders need."""
    from twin.assemble.check import checked
    from twin.experiments.site_designs import made_to_measure, name_of, opened
    from twin.hydra_glue import compose

    name = name_of(siting.nodes)
    some = [*words, *opened(siting.nodes, candidates)]
    config, model = checked(compose(some, design=name))
    return compose([*some, *made_to_measure(model, config.siting)], design=name)
