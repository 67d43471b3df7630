"""The application that all commands belong to, and the words that several of them take."""

from __future__ import annotations

import os
from typing import Annotated

import typer

app = typer.Typer(
    help="Ask a digital twin of a fulfillment network what happens if we ship from there instead of here.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


policy_app = typer.Typer(help="Look at routing policies.", no_args_is_help=True)
app.add_typer(policy_app, name="policy")
import_app = typer.Typer(help="Bring in how production systems are set up.", no_args_is_help=True)
app.add_typer(import_app, name="import")


def _suggest(ctx: typer.Context, incomplete: str) -> list[str]:
    """Complete an override for the shell."""
    from twin.hydra_glue import completions

    return completions([*(ctx.params.get("overrides") or []), incomplete])


Overrides = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="KEY=VALUE",
        help="Parts and values, such as scenario=storm network=central_dc study.replications=20.",
        show_default=False,
        autocompletion=_suggest,
    ),
]
Jobs = Annotated[
    int,
    typer.Option(
        "--jobs",
        "-j",
        min=0,
        help="Worker processes; 0: this process does the work.",
        show_default="one per core",
        default_factory=lambda: os.cpu_count() or 1,
    ),
]
Policy = Annotated[
    str | None, typer.Option("--policy", help="A part of conf/routing.", show_default="that of the scenario")
]
Partial = Annotated[
    bool,
    typer.Option("--allow-partial", help="Report on the replications that are there, and simulate nothing."),
]
New = Annotated[bool, typer.Option("--new", help="Start over instead of keeping replications that are already there.")]
