"""Imports the decisions of a production system: reads its export, places every order, writes the decision log."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from twin.calibration.decision_import.orders import KnownOrders, NotPlaced, OrderBook, numbered
from twin.calibration.decision_import.pictures import Pictures, with_stock
from twin.calibration.decision_import.placing import decided, outcome_of
from twin.calibration.decision_import.reading import SYSTEMS, System, decisions_in
from twin.calibration.decision_import.tables import MOST_PROBLEMS, read_stock, write_numbers
from twin.calibration.decision_import.taken import Taken
from twin.calibration.decision_log import LoggedDecision, write_log
from twin.calibration.routing_import.names import read_names
from twin.calibration.routing_import.reading import LeftOut
from twin.domain.errors import ConfigurationError, Problem
from twin.paths import shown
from twin.policies.contract import DecisionRequest, decision_message, order_from
from twin.simulation.world import Model

NUMBERS = re.compile(r"^line \d+|\[\d+\]")
"""What tells the same place of one record from that of another."""


@dataclass(frozen=True, slots=True)
class Sources:
    """What an export is read with.

    `orders` by production's ids, with the numbers of a trace; `stock` a table node,sku,units of the shelves before the
    first decision; `facilities` a table facility,node. `service_level` is that of orders only the export knows, the
    scenario's first unless told.
    """

    orders: KnownOrders | None = None
    stock: Path | None = None
    facilities: Path | None = None
    service_level: str | None = None


@dataclass(frozen=True, slots=True)
class ImportedDecisions:
    """What an export became: the log, the number of each order in it, and everything that was left out.

    `from_opening_stock` says that its pictures are made of a table of stock, which knows of no receipts.
    """

    log: tuple[LoggedDecision, ...]
    numbers: Mapping[str, int]
    left_out: tuple[LeftOut, ...]
    orders_left_out: int
    from_opening_stock: bool


def read_decisions(system: str, file: Path, model: Model, sources: Sources) -> ImportedDecisions:
    """Return what an export becomes in a scenario, nothing written.

    Raises `ConfigurationError` for an unknown system, a malformed file or table, or where no decision can be placed.
    """
    known = _system(system, sources)
    level = _service_level(model, sources)
    stock = None if sources.stock is None else read_stock(sources.stock, model.network)
    taken, left_out = decisions_in(file, known, read_names(sources.facilities), sources.orders or {})
    book = OrderBook(model, sources.orders, level)
    in_time, missed = _in_time(taken, book)
    numbers = numbered([one.order_id for one, _ in in_time], sources.orders)
    with tempfile.TemporaryDirectory() as folder:
        pictures = Pictures(model, stock or {}, Path(folder))
        placing = _Placing(model, book, pictures, has_stock=stock is not None)
        log = tuple(placing.log(in_time, numbers))
    missed += placing.missed
    if not log:
        raise ConfigurationError(_nothing_placed(file, missed))
    placed = {str((one.outcome or {})["order_id"]) for one in log}
    numbers = {one: number for one, number in numbers.items() if one in placed}
    return ImportedDecisions(log, numbers, (*left_out, *missed), len(missed), stock is not None)


def import_decisions(
    system: str, file: Path, model: Model, sources: Sources, target: Path, *, overwrite: bool = False
) -> ImportedDecisions:
    """Write the decisions of an export as a decision log, and beside it the number of each order.

    Raises `ConfigurationError` as `read_decisions` does, and for files that are there already.
    """
    for one in (target, numbers_file(target)):
        if one.exists() and not (overwrite and one.is_file()):
            cure = "choose another name, or say --overwrite to replace a file"
            raise ConfigurationError([Problem(shown(one), "something that is there already", "a new file", cure)])
    imported = read_decisions(system, file, model, sources)
    try:
        write_log(target, imported.log)
        write_numbers(numbers_file(target), imported.numbers)
    except OSError as error:
        expected, cure = "a folder that can be written to", "check its permissions and the space on the disk"
        raise ConfigurationError([Problem(shown(target), error.strerror or str(error), expected, cure)]) from None
    return imported


def numbers_file(target: Path) -> Path:
    """Return where the numbers of the orders of a log are written."""
    return target.with_suffix(".orders.csv")


def summary(imported: ImportedDecisions, target: Path) -> str:
    """Say what was written, what is assumed in it, and everything that was left out, equals together."""
    pictured = sum(one.request.snapshot is not None for one in imported.log)
    assumed = sum(bool((one.outcome or {}).get("service_assumed")) for one in imported.log)
    decisions = f"{_counted(len(imported.log), 'decision')} on {_counted(len(imported.numbers), 'order')}"
    lines = [
        f"Wrote {shown(target)}: {decisions}, {pictured} with a picture of the network.",
        f"Wrote {shown(numbers_file(target))}: the number of each order.",
    ]
    if imported.from_opening_stock:
        lines.append(
            "The pictures begin with the stock given, less what production decided since; receipts are not known."
        )
    if assumed:
        which = "the cheapest of the node that keeps the promise, else the fastest"
        lines.append(f"Services are assumed in {_counted(assumed, 'decision')}: {which}.")
    if imported.orders_left_out:
        lines.append(f"Decisions left out: {imported.orders_left_out}.")
    lines.append(f"Left out: {len(imported.left_out) or 'nothing'}{':' if imported.left_out else '.'}")
    return "\n".join([*lines, *(f"  {one}" for one in _alike(imported.left_out))])


class _Placing:
    """Places one decision after the other in order of time, so that each finds what those before it left."""

    def __init__(self, model: Model, book: OrderBook, pictures: Pictures, *, has_stock: bool) -> None:
        self._network, self._book, self._pictures = model.network, book, pictures
        self._has_stock = has_stock
        self.missed: list[LeftOut] = []

    def log(self, in_time: Iterable[tuple[Taken, float]], numbers: Mapping[str, int]) -> Iterator[LoggedDecision]:
        """Yield the decisions that have a place in the scenario; note the others."""
        for taken, at in in_time:
            try:
                yield self._logged(taken, at, numbers[taken.order_id])
            except NotPlaced as error:
                self.missed.append(_missed(taken, error))

    def _logged(self, taken: Taken, at: float, number: int) -> LoggedDecision:
        message = self._book.message(taken, number)
        order, view = order_from(message), self._pictures.at(at)
        decision = decided(taken, order, view, self._network)
        picture = self._pictures.picture(order) if self._has_stock or taken.stock is not None else None
        if picture is not None and taken.stock is not None:
            picture = with_stock(picture, taken.stock)
        self._pictures.take(decision)
        return LoggedDecision(DecisionRequest(message, picture), decision_message(decision), outcome_of(taken))


def _system(name: str, sources: Sources) -> System:
    """Return what is known of a system; refuse tables it does not need, and the lack of those it does."""
    if name not in SYSTEMS:
        found, expected = f"the system {name!r}", f"one of {', '.join(SYSTEMS)}"
        raise ConfigurationError([Problem("--from", found, expected, "name the system that the file comes from")])
    system = SYSTEMS[name]
    if system.needs_orders and sources.orders is None:
        cure = "add demand=trace demand.orders=... demand.order_lines=..."
        found = f"no orders, and an export of {system.title} names neither products nor destinations"
        raise ConfigurationError([Problem("demand", found, "the tables orders and order_lines", cure)])
    if system.has_stock and sources.stock is not None:
        cure = "leave --stock out"
        raise ConfigurationError([Problem("--stock", str(sources.stock), "nothing: the export has its stock", cure)])
    return system


def _service_level(model: Model, sources: Sources) -> str:
    known = list(model.network.service_levels)
    level = sources.service_level or known[0]
    if level not in known:
        cure = "name one of them"
        raise ConfigurationError([Problem("--service-level", repr(level), f"one of {', '.join(known)}", cure)])
    return level


def _in_time(taken: Iterable[Taken], book: OrderBook) -> tuple[list[tuple[Taken, float]], list[LeftOut]]:
    """Return the decisions with their instants in order of time, and those whose instant nobody knows."""
    found: list[tuple[Taken, float]] = []
    missed: list[LeftOut] = []
    for one in taken:
        try:
            found.append((one, book.decided_at(one)))
        except NotPlaced as error:
            missed.append(_missed(one, error))
    return sorted(found, key=lambda pair: pair[1]), missed


def _missed(taken: Taken, error: NotPlaced) -> LeftOut:
    return LeftOut(taken.where, f"order {taken.order_id!r}", str(error))


def _nothing_placed(file: Path, missed: list[LeftOut]) -> list[Problem]:
    """Say why a whole export has no place in the scenario."""
    expected = "at least one decision on an order of this scenario"
    if not missed:
        return [Problem(file.name, "no decision", expected, "export the decisions again")]
    cure = "name the scenario, its days and --facilities so that they fit the export"
    return [
        Problem(f"{file.name}, {one.where}", f"{one.found}: {one.why}", expected, cure)
        for one in missed[:MOST_PROBLEMS]
    ]


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _alike(left_out: Iterable[LeftOut]) -> Iterator[str]:
    """Yield what was left out, the same construct of many records once with their number."""
    alike: dict[tuple[str, str], list[LeftOut]] = {}
    for one in left_out:
        alike.setdefault((NUMBERS.sub("", one.where), one.why), []).append(one)
    for same in alike.values():
        more = len(same) - 1
        yield f"{same[0]}{f' (and {more} more)' if more else ''}"
