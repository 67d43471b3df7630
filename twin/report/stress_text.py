"""What stress came to, in words and as a table for the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

from twin.experiments.stress_summary import Cell, Estimate, weakest_links

HEADER = ("design", "disruption", "service lost, days", "worst day", "back after, days", "orders hit", "cost, $")


def stress_text(found: Sequence[Cell], where: str) -> str:
    """Return the weakest link of each design, and a row for each design and disruption."""
    rows = [HEADER, *(_row(cell) for cell in found)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADER))]
    table = ["  ".join(_set(cell, widths[at], at) for at, cell in enumerate(row)).rstrip() for row in rows]
    level = next((100 * cell.loss.interval.level for cell in found if cell.loss is not None), 0.0)
    notes = [
        "Service lost: days without any service that would lose as much. Back: the median of the runs that failed.",
        *([f"Means with {level:.3g} % intervals, which hold together in each column."] if level else []),
    ]
    return "\n".join([*verdicts(found), "", *table, "", *notes, f"Results: {where}"])


def verdicts(found: Sequence[Cell]) -> list[str]:
    """Return a sentence for each design: what hurts it most."""
    worst = weakest_links(found)
    said = []
    for design in dict.fromkeys(cell.design for cell in found):
        links = worst.get(design, ())
        if not links:
            said.append(f"{design}: no disruption is known to cost it service; add replications.")
        elif len(links) == 1:
            said.append(f"The weakest link of {design} is {links[0].disruption}: {lost(links[0])}.")
        else:
            others = ", ".join(cell.disruption for cell in links[1:])
            said.append(f"The weakest link of {design} is {links[0].disruption} ({lost(links[0])}) or {others}.")
    return said


def lost(cell: Cell) -> str:
    """Say how much service a disruption costs."""
    assert cell.loss is not None
    return f"{_with_interval(cell.loss, '.2f')} days of service lost"


def back(cell: Cell) -> str:
    """Say how long it took to come back."""
    if not cell.happened:
        return "did not happen"
    if not cell.failed:
        return "never failed"
    if cell.not_back == cell.failed:
        return "not by the end"
    rest = f", {cell.not_back} of {cell.failed} not by the end" if cell.not_back else ""
    return f"{cell.recovered_days:.1f}{rest}"


def amount(cell: Cell, measure: str, form: str) -> str:
    """Return a measure of a cell with its interval, a dash where it has none."""
    estimate = cell.estimates.get(measure)
    return "-" if estimate is None or not isfinite(estimate.mean) else _with_interval(estimate, form)


def _row(cell: Cell) -> tuple[str, ...]:
    return (
        cell.design, cell.disruption, amount(cell, "loss_area_days", ".2f"), amount(cell, "max_drop", ".1%"),
        back(cell), amount(cell, "orders_hit", ",.0f"), amount(cell, "event_cost_usd", "+,.0f"),
    )  # fmt: skip


def _with_interval(estimate: Estimate, form: str) -> str:
    interval = estimate.interval
    return f"{estimate.mean:{form}} ({interval.low:{form}} to {interval.high:{form}})"


def _set(cell: str, width: int, column: int) -> str:
    return cell.ljust(width) if column < 2 else cell.rjust(width)  # noqa: PLR2004  (two columns of names)
