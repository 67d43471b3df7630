"""Commands about how orders are routed: shadow mode, one order explained, policies looked at, a policy served."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from twin.cli.app import Overrides, Policy, app, policy_app
from twin.domain.errors import UsageError


@app.command("shadow")
def shadow_log(
    log: Annotated[
        Path, typer.Argument(metavar="LOG.jsonl", help="A line of JSON for each decision.", show_default=False)
    ],
    overrides: Overrides = None,
    *,
    policy: Policy = None,
    rolling: Annotated[
        bool, typer.Option("--rolling/--no-rolling", help="Also replay what would have followed from our decisions.")
    ] = True,
) -> None:
    """Hold a routing policy against production's decision log: whether it decides alike, and what would follow."""
    from twin.assemble.check import checked
    from twin.calibration.shadow_files import folder_name, shadow, write_shadow
    from twin.hydra_glue import compose
    from twin.policies.conformance import Shelf
    from twin.report.shadow_page import shadow_page
    from twin.report.shadow_text import shadow_text

    config, model = checked(compose([*(overrides or []), *([f"routing={policy}"] if policy else [])]))
    name = policy or str(config.routing["kind"])
    shelf = Shelf(model.shelves.book, model.shelves.packer)
    found = shadow(log, model.routing, name, shelf, roll=rolling)
    folder = Path("results", "shadow", folder_name(log, name, config))
    write_shadow(found, folder, shadow_page(found, model.routing, shelf))
    typer.echo(shadow_text(found, str(folder)))


@app.command()
def explain(
    number: Annotated[int, typer.Argument(help="An order of the run, counted from 0.", show_default=False)],
    overrides: Overrides = None,
    *,
    to: Annotated[
        Path | None,
        typer.Option("--to", metavar="FILE", help="The page.", show_default="results/explain/order-NUMBER.html"),
    ] = None,
) -> None:
    """Say why an order was routed as it was: stock, work and costs of every node, the plan, and why not each other."""
    from twin.assemble.check import checked
    from twin.experiments.files import write_text
    from twin.experiments.stories import tell_order
    from twin.hydra_glue import compose
    from twin.report.story_page import story_page
    from twin.report.story_text import story_text

    composition = compose(overrides or [])
    config, model = checked(composition)
    told = tell_order(model, number, config.study.seed)
    page = to or Path("results", "explain", f"order-{number}.html")
    write_text(page, story_page(told, config.study.title))
    typer.echo(story_text(told))
    typer.echo(f"\nPage: {page}")


@policy_app.command("check")
def policy_check(
    name: Annotated[str, typer.Argument(help="A part of conf/routing, such as min_cost or one of your own.")],
    overrides: Overrides = None,
    *,
    orders: Annotated[int, typer.Option(min=1, help="How many decisions to look at.")] = 1000,
) -> None:
    """Hold a routing policy against the rules of routing, on orders of a simulated run."""
    from twin.assemble.check import checked
    from twin.experiments.policy_check import check_policy
    from twin.hydra_glue import compose
    from twin.report.policy_check import table

    composition = compose([*(overrides or []), f"routing={name}"])
    _, model = checked(composition)
    found = check_policy(model, orders, composition.values["study"]["seed"])
    typer.echo(table(name, found))
    if not found.passed:
        sys.exit(UsageError.exit_code)


@policy_app.command("log")
def policy_log(
    file: Annotated[
        Path, typer.Argument(help="The log to write: a line of JSON for each decision.", show_default=False)
    ],
    overrides: Overrides = None,
    *,
    orders: Annotated[
        int | None, typer.Option(min=1, help="How many decisions to write.", show_default="all of the run")
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace a file that is there already.")] = False,
) -> None:
    """Write the decisions of a simulated run, warm-up included, as production would log its own."""
    from twin.assemble.check import checked
    from twin.experiments.decision_log import write_own_log
    from twin.hydra_glue import compose

    composition = compose(overrides or [])
    _, model = checked(composition)
    written = write_own_log(model, file, composition.values["study"]["seed"], orders, overwrite=overwrite)
    typer.echo(f"{written:,} decisions of a simulated run in {file}")


@app.command()
def serve(  # noqa: PLR0913  (each is a word of the command line)
    overrides: Overrides = None,
    *,
    policy: Policy = None,
    host: Annotated[
        str, typer.Option("--host", help="Where to listen; beyond this machine only with keys.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="0 takes any that is free.")] = 8350,
    keys: Annotated[
        Path | None,
        typer.Option("--keys", metavar="FILE", help="API keys as owner:sha256, a line each; also in TWIN_API_KEYS."),
    ] = None,
    audit_log: Annotated[
        Path | None, typer.Option("--audit-log", metavar="FILE", help="Append a line of JSON for each decision.")
    ] = None,
    allow_host: Annotated[
        list[str] | None, typer.Option("--allow-host", metavar="NAME", help="A name by which callers know the service.")
    ] = None,
    allow_origin: Annotated[
        list[str] | None, typer.Option("--allow-origin", metavar="ORIGIN", help="A web page that may ask the service.")
    ] = None,
) -> None:
    """Decide orders for other programs, over HTTP, by the same code as in the simulation."""
    from twin.assemble.check import checked
    from twin.hydra_glue import compose
    from twin.policies.routing.roles import LearningPolicy
    from twin.service.keys import read_keys
    from twin.service.serve import serve as serve_decisions
    from twin.service.settings import Settings

    settings = Settings(
        host, port, read_keys(os.environ, keys), tuple(allow_host or ()), tuple(allow_origin or ()), audit_log
    )
    config, model = checked(compose([*(overrides or []), *([f"routing={policy}"] if policy else [])]))
    name = policy or str(config.routing["kind"])
    if isinstance(model.routing, LearningPolicy):
        raise UsageError(
            f"the policy {name} learns from a forecast of the whole network, which the service does not have; "
            "serve one that decides by the picture alone, such as min_cost"
        )
    serve_decisions(model, name, settings, typer.echo)
