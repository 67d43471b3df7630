"""What a selection came to, in words and as a table for the terminal."""

from __future__ import annotations

from twin.experiments.comparison import Measure
from twin.experiments.selection import Selection, Standing
from twin.report import numbers
from twin.report.words import inside_measure, listed


def selection_text(found: Selection, measure: Measure) -> str:
    """Return who was selected and how sure that is, and a row for each design."""
    width = max(len(one.design) for one in found.standings)
    means = [numbers.level(one.mean, measure.unit) for one in found.standings]
    rows = [
        f"{one.design:<{width}}  {one.runs:>4} runs  {mean:>10}  {_outcome(found, one)}"
        for one, mean in zip(found.standings, means, strict=True)
    ]
    total = sum(one.runs for one in found.standings)
    longest = max(one.runs for one in found.standings) * len(found.standings)
    saved = f"{total} runs in all, where {longest} would have treated all designs alike."
    return "\n".join([_verdict(found, measure), "", *rows, "", saved])


def _verdict(found: Selection, measure: Measure) -> str:
    names, on = [one.design for one in found.left], inside_measure(measure.name)
    matters = numbers.difference(found.delta, measure.unit).lstrip("+")
    sure = f"({1 - found.alpha:.0%}, KN; differences below {matters} do not matter)"
    if found.is_spent:
        return (
            f"NOT DECIDED: {listed(names)} are too much alike on {on} for {found.left[0].runs} runs {sure}. "
            "More runs: study.replications"
        )
    if len(names) > 1:
        return f"EQUAL: {listed(names)} came to the same on {on} in every run {sure}."
    return f"SELECTED: {names[0]} is the best of {len(found.standings)} on {on} {sure}."


def _outcome(found: Selection, one: Standing) -> str:
    if not one.is_left:
        return f"out after {one.runs} runs"
    return "left" if found.winner != one.design else "selected"
