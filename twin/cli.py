"""The command line, and nothing else: read the words, call what does the work, say what went wrong.

Everything heavy is imported inside the commands, so that `twin --help` answers at once.
"""

from __future__ import annotations

import io
import os
import shlex
import sys
import traceback
from contextlib import redirect_stdout, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from twin import __version__
from twin.domain.errors import ConfigurationError, Problem, TwinError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from twin.domain.network import Network
    from twin.experiments.replication import Design
    from twin.hydra_glue import Composition

INTERRUPTED = 130
BUG = 1

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
        min=1,
        help="Worker processes.",
        show_default="one per core",
        default_factory=lambda: os.cpu_count() or 1,
    ),
]
Policy = Annotated[
    str | None, typer.Option("--policy", help="A part of conf/routing.", show_default="that of the scenario")
]
New = Annotated[bool, typer.Option("--new", help="Start over instead of keeping replications that are already there.")]


@app.command()
def run(
    jobs: Jobs,
    overrides: Overrides = None,
    *,
    new: New = False,
    show_config: Annotated[
        bool, typer.Option("--show-config", help="Print the composed configuration and stop.")
    ] = False,
) -> None:
    """Simulate one design and report on it."""
    from twin.hydra_glue import compose

    composition = compose(overrides or [])
    if show_config:
        typer.echo(composition.to_yaml(), nl=False)
    else:
        _study(*_checked([composition], jobs), jobs, new=new)


@app.command()
def compare(jobs: Jobs, overrides: Overrides = None, *, new: New = False) -> None:
    """Compare designs that meet the same customers: scenario=a,b,c. The first is the baseline."""
    from twin.hydra_glue import swept_keys

    lists = swept_keys(overrides or [])
    if len(lists) != 1:
        found = f"lists for {', '.join(lists)}" if lists else "no list"
        raise UsageError(
            f"twin compare takes exactly one list, such as scenario=a,b or network=a,b; found {found}.\n"
            "For every combination of several lists use twin sweep."
        )
    compositions = _compositions(overrides)
    if len(compositions) == 1:
        raise UsageError(f"twin compare needs two different designs; found only {compositions[0].design!r}")
    _study(*_checked(compositions, jobs), jobs, new=new)


@app.command()
def sweep(jobs: Jobs, overrides: Overrides = None, *, new: New = False) -> None:
    """Simulate every combination of lists and ranges: routing.late_usd=4,8 'study.seed=range(1,5)'."""
    from twin.experiments.study import killed_workers_explained, study_folder
    from twin.hydra_glue import run_multirun, sweep_designs, swept_keys

    if not swept_keys(overrides or []):
        raise UsageError(
            "twin sweep takes at least one list or range, such as study.seed=1,2 or 'study.seed=range(1,5)'"
        )
    points = sweep_designs(overrides or [])
    designs, networks = _checked(_compositions(overrides), jobs)
    folder = study_folder(designs)
    with killed_workers_explained():
        run_multirun(overrides or [], partial(run_point, folder, points, new=new), jobs, folder / ".hydra")
    _study(designs, networks, jobs, new=False)


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
    from twin.experiments.study import run_replications, study_folder
    from twin.report.gap_text import table

    terms = terms_of(unserved_usd)
    designs, _ = _checked(_compositions(overrides), jobs)
    refuse_if_no_gap(designs)
    folder = study_folder(designs)
    run_replications(folder, designs, build, jobs, new=new)
    costs = gap_costs(folder, designs, build, terms, jobs)
    costs.to_parquet(folder / "gap.parquet", index=False)
    study = designs[0].config.study
    typer.echo(table(rungs(costs, designs[0].name, study.alpha), study.replications))
    typer.echo(f"Costs by replication: {folder / 'gap.parquet'}")


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


@app.command()
def check(overrides: Overrides = None) -> None:
    """Look for mistakes in scenarios, parts and tables without simulating anything."""
    designs, _ = _checked(_compositions(overrides))
    typer.echo(f"No problems in {', '.join(design.name for design in designs)}.")


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


@app.command()
def report(
    study: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="A folder below results.")],
) -> None:
    """Write the report of a finished study again."""
    _report(study)


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


@app.command()
def version() -> None:
    """Print the version."""
    typer.echo(__version__)


def run_point(folder: Path, points: Mapping[str, Sequence[str]], point: list[str], *, new: bool) -> None:
    """Simulate one point of a sweep, checked before; this is what a worker calls."""
    from twin.assemble import build
    from twin.config import parse
    from twin.experiments.replication import Design
    from twin.experiments.study import run_replications
    from twin.hydra_glue import compose

    (name,) = [name for name, overrides in points.items() if overrides == point]
    composition = compose(point, design=name)
    run_replications(folder, [Design(name, parse(composition.values, composition.origin))], build, 1, new=new)


def main() -> None:
    """Run the command line.

    It exits with 2 for what the user can mend, 1 for a bug, 130 when interrupted, 137 when a worker was killed.
    """
    if os.environ.get("_TWIN_COMPLETE") == "complete_bash":
        _complete_in_bash()
        return
    try:
        app(prog_name="twin")
    except TwinError as error:
        typer.echo(f"{type(error).__name__}: {error}", err=True)
        sys.exit(error.exit_code)
    except SystemExit as leaving:
        if leaving.code == INTERRUPTED:
            typer.echo("Interrupted. The same command goes on where it stopped.", err=True)
        raise
    except Exception:  # noqa: BLE001  (the last resort: whatever arrives here is our mistake)
        traceback.print_exc()
        typer.echo(f"\nThis is a bug in twin {__version__}; please report it with the lines above.", err=True)
        sys.exit(BUG)


def _compositions(overrides: Sequence[str] | None) -> list[Composition]:
    from twin.hydra_glue import compose, typed_designs

    return [compose(typed, design=name) for name, typed in typed_designs(overrides or []).items()]


def _checked(compositions: Sequence[Composition], jobs: int = 1) -> tuple[list[Design], list[Network]]:
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
            designs.append(Design(one.design, config))
            networks.append(model.network)
    if problems:
        raise ConfigurationError(dict.fromkeys(problems))
    return designs, networks


def _study(designs: Sequence[Design], networks: Sequence[Network], jobs: int, *, new: bool) -> None:
    from twin.assemble import build
    from twin.experiments.study import run_study

    command = " ".join(["twin", *map(shlex.quote, sys.argv[1:])])
    _report(run_study(designs, build, jobs, new=new, command=command, networks=networks))


def _report(study: Path) -> None:
    from twin.report.build import build_report

    report = build_report(study)
    memo = report.with_name("memo.md").read_text("utf-8")
    typer.echo(memo.partition("\n## ")[0].removeprefix("# "))
    typer.echo(f"Report: {report}")


def _complete_in_bash() -> None:
    """Answer bash, which breaks `scenario=st` into three words and wants only the last of them completed."""
    words: list[str] = []
    for word in os.environ["COMP_WORDS"].split("\n")[: int(os.environ["COMP_CWORD"]) + 1]:
        if words and (word == "=" or words[-1].endswith("=")):
            words[-1] += word
        else:
            words.append(word)
    os.environ.update(COMP_WORDS="\n".join(words), COMP_CWORD=str(len(words) - 1))
    answer = io.StringIO()
    with redirect_stdout(answer), suppress(SystemExit):
        app(prog_name="twin")
    key_and_equals = words[-1][: words[-1].find("=") + 1]
    for line in answer.getvalue().splitlines():
        typer.echo(line.removeprefix(key_and_equals))
