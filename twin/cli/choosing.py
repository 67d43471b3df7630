"""Commands that choose: the best of many designs, whether to go ahead with one, and which nodes to keep."""

from __future__ import annotations

import shlex
import sys
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from twin.cli.app import Jobs, New, Overrides, app
from twin.cli.asking import checked_designs, compositions_of
from twin.cli.racing import raced

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from twin.experiments.replication import Design
    from twin.hydra_glue import Composition


@app.command()
def select(jobs: Jobs, overrides: Overrides = None, *, new: New = False) -> None:
    """Find the best of many designs with no more runs than that takes: scenario=a,b,c. The first is the baseline."""
    designs, networks = checked_designs(compositions_of(overrides), jobs)
    raced(designs, networks, jobs, new=new)


@app.command()
def pilot(jobs: Jobs, overrides: Overrides = None, *, new: New = False) -> None:
    """Try a change against the network of today: GO, NO-GO or INCONCLUSIVE by thresholds written before the run."""
    from twin.assemble import build
    from twin.config import parse
    from twin.experiments.files import write_json, write_text
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
    write_json(folder / "pilot.json", asdict(verdict) | {"terms_sha256": digest})
    write_text(folder / "pilot.md", pilot_memo(answer))
    write_text(folder / "pilot.html", pilot_page(answer))
    typer.echo(pilot_memo(answer))
    typer.echo(f"Pages: {folder / 'pilot.html'}, {folder / 'report.html'}")


@app.command()
def nodes(  # noqa: PLR0913  (each is an option of the command)
    jobs: Jobs,
    overrides: Overrides = None,
    *,
    only: Annotated[
        str | None, typer.Option("--nodes", help="Nodes that may be closed, such as boston,denver.",
                                 show_default="all that can be")
    ] = None,
    outage: Annotated[
        bool, typer.Option(help="Try each network without its largest node for a week, too.")
    ] = True,
    shapley: Annotated[
        int, typer.Option("--shapley", min=0, help="Orders of opening to sample for Shapley values; 0: none.")
    ] = 0,
    close: Annotated[int, typer.Option("--close", min=0, help="How many nodes to close one after the other.")] = 0,
    new: New = False,
) -> None:  # fmt: skip
    """Say what each node is worth: the same world without it, and whether to keep, watch or close it."""
    from twin.assemble import build
    from twin.experiments.closing import closing_path
    from twin.experiments.files import write_json, write_text
    from twin.experiments.node_value import Survey, living, removable, scorecards
    from twin.experiments.shapley import worths
    from twin.experiments.stress import refuse_if_no_stress
    from twin.experiments.study import study_folder
    from twin.report.node_cards import NodesAnswer, nodes_page, nodes_text

    leaving = _Leaving(overrides or [])
    whole = leaving.without(frozenset())
    if outage:
        refuse_if_no_stress([whole])
    found, kept = removable(whole, leaving.without, only.split(",") if only else ())
    folder = study_folder([whole]).with_name(f"{study_folder([whole]).name}-nodes")
    survey = Survey(folder, whole, leaving.without, living(folder, build, jobs, new=new))
    shared = tuple(worths(survey, found, shapley)) if shapley else ()
    answer = NodesAnswer(
        whole.config.study,
        tuple(scorecards(survey, found, leaving.disturbed if outage else None)),
        kept,
        shared,
        tuple(closing_path(survey, found, close)),
        " ".join(["twin", *map(shlex.quote, sys.argv[1:])]),
    )
    write_json(folder / "nodes.json", answer)
    write_text(folder / "nodes.html", nodes_page(answer))
    typer.echo(nodes_text(answer))
    typer.echo(f"Page: {folder / 'nodes.html'}")


class _Leaving:
    """Makes the designs that are left when nodes are taken away, each once."""

    def __init__(self, overrides: Sequence[str]) -> None:
        self._overrides = list(overrides)
        self._known: dict[frozenset[str], Design] = {}
        self._closed: dict[str, frozenset[str]] = {}
        self._whole = ""

    def without(self, closed: frozenset[str]) -> Design:
        """Return the design without some nodes."""
        from twin.experiments.node_value import name_without

        if closed not in self._known:
            made = self._made(closed, name_without(closed, self._whole))
            self._whole = self._whole or made.name
            self._known[closed] = made
            self._closed[made.name] = closed
        return self._known[closed]

    def disturbed(self, design: Design) -> Design:
        """Return a design that meets the standard outage."""
        from twin.experiments.node_value import STANDARD_OUTAGE
        from twin.experiments.stress import trial_name

        name = trial_name(design.name, STANDARD_OUTAGE)
        return self._made(self._closed[design.name], name, f"disruptions={STANDARD_OUTAGE}")

    def _made(self, closed: frozenset[str], name: str, *more: str) -> Design:
        from twin.hydra_glue import compose

        words = [*self._overrides, *(f"network.nodes.{node}.enabled=false" for node in sorted(closed)), *more]
        (design,), _ = checked_designs([compose(words, design=name)])
        return design


@app.command()
def sensitivity(
    jobs: Jobs,
    overrides: Overrides = None,
    *,
    factors: Annotated[
        str | None, typer.Option("--factors", help="Inputs of the configuration, such as demand,wages.",
                                 show_default="all that are declared")
    ] = None,
    morris: Annotated[
        int, typer.Option("--morris", min=0, help="Trajectories of a Morris screening; 0: none. Better ten.")
    ] = 0,
    new: New = False,
) -> None:  # fmt: skip
    """Say what moves the answer: each input at both ends of its range; with scenario=a,b the difference of the two."""
    from twin.assemble import build
    from twin.experiments.files import write_json, write_text
    from twin.experiments.morris import overrides_at, screened, settings_of
    from twin.experiments.node_value import living
    from twin.experiments.results import primary_of
    from twin.experiments.sensitivity import HIGH, LOW, chosen, settings_at, tornadoes
    from twin.experiments.study import study_folder
    from twin.report.tornado import SensitivityAnswer, sensitivity_page, sensitivity_text

    compositions = compositions_of(overrides)
    designs, _ = checked_designs(compositions)
    asked = chosen(designs[0].config.sensitivity, factors)
    moved = {
        (name, end): _designs_at(compositions, f"{name}-{end}", partial(settings_at, factor, x))
        for name, factor in asked.items()
        for end, x in zip((LOW, HIGH), factor.range, strict=True)
    }
    settings = settings_of(asked, morris, designs[0].config.study.seed) if morris else []
    along = [
        _designs_at(compositions, f"morris-{place}", partial(overrides_at, asked, setting))
        for place, setting in enumerate(settings)
    ]
    folder = study_folder(designs).with_name(f"{study_folder(designs).name}-sensitivity")
    everything = [*designs, *(design for level in [*moved.values(), *along] for design in level)]
    living(folder, build, jobs, new=new)(everything)
    found = tornadoes(folder, designs, asked, lambda name, end: moved[name, end])
    study, command = designs[0].config.study, " ".join(["twin", *map(shlex.quote, sys.argv[1:])])
    effects = screened(folder, along, asked, settings) if along else [[] for _ in found]
    answer = SensitivityAnswer(study, primary_of(study), asked, tuple(found), tuple(map(tuple, effects)), command)
    told = [asdict(one) | {"input_error": one.input_error, "morris": [asdict(effect) for effect in screen]}
            for one, screen in zip(found, effects, strict=True)]  # fmt: skip
    write_json(folder / "sensitivity.json", told)
    write_text(folder / "sensitivity.html", sensitivity_page(answer))
    typer.echo(sensitivity_text(answer))
    typer.echo(f"Page: {folder / 'sensitivity.html'}")


def _designs_at(
    compositions: Sequence[Composition], label: str, words_of: Callable[[Mapping[str, Any]], Sequence[str]]
) -> list[Design]:
    """Return every design with some settings, which may depend on how things stand in it."""
    from twin.hydra_glue import compose

    changed = [
        compose([*one.overrides, *words_of(one.values)], design=f"{one.design}--{label}") for one in compositions
    ]
    return checked_designs(changed)[0]
