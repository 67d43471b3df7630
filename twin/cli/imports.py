"""Commands that bring in what production systems are set up by and what they decided."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from twin.cli.app import Overrides, import_app


@import_app.command("routing")
def import_routing(
    file: Annotated[
        Path, typer.Argument(help="An export: JSON; of msi also CSV; of sterling XML.", show_default=False)
    ],
    system: Annotated[str, typer.Option("--from", help="hotwax, shopify, spree, msi or sterling.", show_default=False)],
    to: Annotated[Path | None, typer.Option(help="The file to write.", show_default="conf/routing/FILE.yaml")] = None,
    facilities: Annotated[
        Path | None,
        typer.Option(help="A CSV table facility,node: what facilities are called here.", show_default=False),
    ] = None,
    *,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace files that are there already.")] = False,
) -> None:
    """Make a routing policy of a production system's configuration, and list what could not be carried over."""
    from twin.calibration.routing_import import import_routing, summary

    target = to or Path("conf", "routing", f"{file.stem}.yaml")
    imported = import_routing(system, file, target, facilities=facilities, overwrite=overwrite)
    typer.echo(summary(imported, target))


@import_app.command("decisions")
def import_decisions(  # noqa: PLR0913  (each is a word of the command line)
    file: Annotated[Path, typer.Argument(help="An export: JSON, or JSON Lines.", show_default=False)],
    system: Annotated[str, typer.Option("--from", help="hotwax, msi or shopify.", show_default=False)],
    to: Annotated[Path, typer.Option(help="The decision log to write, such as log.jsonl.", show_default=False)],
    overrides: Overrides = None,
    *,
    stock: Annotated[
        Path | None,
        typer.Option(help="A CSV table node,sku,units: the shelves before the first decision.", show_default=False),
    ] = None,
    facilities: Annotated[
        Path | None,
        typer.Option(help="A CSV table facility,node: what facilities are called here.", show_default=False),
    ] = None,
    service_level: Annotated[
        str | None,
        typer.Option(help="Of orders that only the export knows.", show_default="the scenario's first"),
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace files that are there already.")] = False,
) -> None:
    """Make a decision log of what a production system decided, and list what could not be carried over.

    The orders themselves come from demand=trace demand.orders=... demand.order_lines=..., which hotwax needs.
    """
    from twin.assemble.check import checked
    from twin.assemble.trace import orders_with_items
    from twin.calibration.decision_import import Sources, import_decisions, line_skus, production_orders, summary
    from twin.hydra_glue import compose

    config, model = checked(compose(overrides or []))
    known = None
    if config.demand.kind == "trace":
        trace, rows = orders_with_items(config, model)
        known = production_orders(model, trace, line_skus(rows))
    sources = Sources(known, stock, facilities, service_level)
    typer.echo(summary(import_decisions(system, file, model, sources, to, overwrite=overwrite), to))
