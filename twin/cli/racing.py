"""What commands that race designs have in common: the best of many, and the winner once more with fresh seeds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from twin.cli.asking import report_on

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twin.domain.network import Network
    from twin.experiments.replication import Design
    from twin.experiments.selection import Selection


def raced(designs: Sequence[Design], networks: Sequence[Network], jobs: int, *, new: bool) -> Selection:
    """Select the best of some designs, the first of which is the baseline; write and say how it went."""
    from twin.assemble import build
    from twin.experiments.files import write_json
    from twin.experiments.results import primary_of
    from twin.experiments.selection import fresh, select
    from twin.experiments.study import run_study, study_folder
    from twin.report.selection_text import selection_text

    folder = study_folder(designs)
    found = select(folder, designs, build, jobs, new=new)
    write_json(folder / "selection.json", found)
    typer.echo(selection_text(found, primary_of(designs[0].config.study)))
    pair = found.to_confirm()
    if pair is None:
        return found
    places = [[one.name for one in designs].index(name) for name in pair]
    runs = found.runs_of(pair)
    again = fresh(folder, [designs[place] for place in places], runs)
    typer.echo(f"\nOnce more with fresh seeds, since luck helped to choose it: {runs} runs of {' and '.join(pair)}\n")
    confirmed = run_study(again, build, jobs, new=new, command="", networks=[networks[place] for place in places])
    report_on(confirmed)
    return found
