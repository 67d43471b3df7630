"""What routing policies leave to gain, as a table for the terminal."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from twin.experiments.gap import BOUND
from twin.experiments.gap_summary import Rung, in_order
from twin.experiments.intervals import Interval

HEADER = ("", "$ an order", "against the incumbent", "units not sold", "of the gap closed")


def table(found: Sequence[Rung], replications: int) -> str:
    """Return a verdict for each candidate and a row for each policy, the dearest first and the bound at the end."""
    incumbent = found[0]
    candidates = [rung for rung in found[1:] if rung.name != BOUND]
    rows = [HEADER, *(_row(rung) for rung in in_order(found))]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADER))]
    lines = ["  ".join(_set(cell, width, column) for column, (cell, width) in enumerate(zip(row, widths, strict=True)))
             for row in rows]  # fmt: skip
    level = next(100 * rung.difference_interval.level for rung in found if rung.difference_interval is not None)
    return "\n".join([
        *(_verdict(rung, incumbent) for rung in candidates), "", *(line.rstrip() for line in lines), "",
        f"Means of {replications} replications with {level:.3g} % intervals, which hold together in each column.",
        f"{BOUND} knows every order beforehand and may ship halves: no policy can cost less.",
    ])  # fmt: skip


def _verdict(rung: Rung, incumbent: Rung) -> str:
    assert rung.difference_interval is not None
    if not rung.difference_interval.excludes_zero:
        return f"NOT DECIDED: whether {rung.name} costs more or less than {incumbent.name}; add replications."
    if rung.difference_interval.low > 0:
        return f"{rung.name} costs more than {incumbent.name}: {_usd(rung.difference_usd)} an order."
    if rung.closed_interval is None:
        usd = _usd(rung.difference_usd)
        return f"{rung.name} costs less than {incumbent.name}: {usd} an order; of what gap, the runs do not tell."
    share = f"{_percent(rung.closed)} of the gap to perfect foresight ({_span(rung.closed_interval, _percent)})"
    return f"{rung.name} closes {share}: {_usd(rung.difference_usd)} an order against {incumbent.name}."


def _row(rung: Rung) -> tuple[str, ...]:
    dollars = f"{rung.usd_per_order:.2f}"
    if rung.difference_interval is None:
        return (rung.name, dollars, "incumbent", f"{100 * rung.lost_share:.2f} %", "")
    difference = f"{_usd(rung.difference_usd)} ({_span(rung.difference_interval, _usd)})"
    closed = (
        "" if rung.closed_interval is None else f"{_percent(rung.closed)} ({_span(rung.closed_interval, _percent)})"
    )
    return (rung.name, dollars, difference, _lost(rung), closed)


def _lost(rung: Rung) -> str:
    """Say how much more or less is not sold, where the interval tells."""
    share = f"{100 * rung.lost_share:.2f} %"
    if rung.lost_interval is None or rung.lost_difference is None or not rung.lost_interval.excludes_zero:
        return share
    return f"{share} ({100 * rung.lost_difference:+.2f} points)"


def _set(cell: str, width: int, column: int) -> str:
    return cell.ljust(width) if column == 0 else cell.rjust(width)


def _span(interval: Interval, form: Callable[[float], str]) -> str:
    return f"{form(interval.low)} to {form(interval.high)}"


def _usd(value: float | None) -> str:
    assert value is not None
    return f"{'-' if value < 0 else '+'}${abs(value):.2f}"


def _percent(value: float | None) -> str:
    assert value is not None
    return f"{100 * value:.1f} %"
