"""What commands that simulate have in common: from words to checked designs, and from a study to its report."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from twin.domain.errors import ConfigurationError, Problem, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twin.domain.network import Network
    from twin.experiments.replication import Design
    from twin.hydra_glue import Composition


def compositions_of(overrides: Sequence[str] | None) -> list[Composition]:
    """Compose every design that some overrides name."""
    from twin.hydra_glue import compose, typed_designs

    return [compose(typed, design=name) for name, typed in typed_designs(overrides or []).items()]


def command_of(composition: Composition) -> str:
    """Return the command that runs one design alone."""
    return " ".join(["twin run", *map(shlex.quote, composition.overrides)])


def checked_designs(compositions: Sequence[Composition], jobs: int = 1) -> tuple[list[Design], list[Network]]:
    """Look at the configuration and the tables of every design before anything runs; refuse all problems at once."""
    from twin.assemble.check import checked
    from twin.experiments.replication import Design

    designs: list[Design] = []
    networks: list[Network] = []
    problems: list[Problem] = []
    for one in compositions:
        try:
            config, model = checked(one)
        except ConfigurationError as error:
            problems += error.problems
        else:
            if jobs > 1 and getattr(model.routing, "needs_one_worker", False):
                raise UsageError(
                    f"the routing service of {one.design} remembers what it was asked, so its orders must come one "
                    f"after another; found --jobs {jobs}, use --jobs 1"
                )
            designs.append(Design(one.design, config, command_of(one)))
            networks.append(model.network)
    if problems:
        raise ConfigurationError(dict.fromkeys(problems))
    return designs, networks


def report_on(study: Path) -> None:
    """Write the report of a study, and print the head of its memo."""
    from twin.report.build import build_report

    report = build_report(study)
    memo = report.with_name("memo.md").read_text("utf-8")
    typer.echo(memo.partition("\n## ")[0].removeprefix("# "))
    typer.echo(f"Report: {report}")
