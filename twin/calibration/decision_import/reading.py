"""Reads an export of decisions record by record, so that nothing in it is dropped silently."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from twin.calibration.decision_import import hotwax, msi, shopify
from twin.calibration.decision_import.files import open_decisions
from twin.calibration.decision_import.orders import KnownOrders
from twin.calibration.decision_import.tables import MOST_PROBLEMS
from twin.calibration.decision_import.taken import Taken, together
from twin.calibration.routing_import.names import Names
from twin.calibration.routing_import.reading import LeftOut, Notes, Reader
from twin.domain.errors import ConfigurationError, Problem

Read = Callable[[Reader, Names, KnownOrders], Taken | None]


@dataclass(frozen=True, slots=True)
class System:
    """A production system: what it is called, where its export lists records, who reads one, and what it lacks.

    Where `by_order`, all records on an order make one decision; else each is one.
    """

    title: str
    list_key: str
    read: Read
    by_order: bool
    needs_orders: bool = False
    has_stock: bool = False


SYSTEMS: Mapping[str, System] = {
    "hotwax": System("HotWax Commerce", "orderTraces", hotwax.read, by_order=True, needs_orders=True),
    "msi": System("Magento multi-source inventory", "decisions", msi.read, by_order=False, has_stock=True),
    "shopify": System("Shopify", "fulfillment_orders", shopify.read, by_order=True),
}


def decisions_in(file: Path, system: System, names: Names, orders: KnownOrders) -> tuple[list[Taken], list[LeftOut]]:
    """Return the decisions that an export holds, and what could not be carried over of it.

    Raises `ConfigurationError` with what is malformed, so many of it as a person can look at.
    """
    records, left_out = open_decisions(file, system.list_key)
    found: list[Taken] = []
    problems: list[Problem] = []
    for where, values in records:
        notes = Notes()
        taken = system.read(Reader(values, where, notes), names, orders)
        if notes.problems:
            problems += [
                Problem(f"{file.name}, {one.where}", one.found, one.expected, one.cure) for one in notes.problems
            ]
            continue
        left_out += notes.finish(file.name)
        if taken is not None:
            found.append(taken)
    if problems:
        raise ConfigurationError(problems[:MOST_PROBLEMS])
    if not system.by_order:
        return found, left_out
    return _one_for_each_order(found, left_out), left_out


def _one_for_each_order(records: Iterable[Taken], left_out: list[LeftOut]) -> list[Taken]:
    """Return the decision on each order; of several records on one part of it the last counts, others are listed."""
    orders: dict[str, list[Taken]] = {}
    for record in records:
        mine = orders.setdefault(record.order_id, [])
        earlier = [one for one in mine if record.part and one.part == record.part]
        for one in earlier:
            mine.remove(one)
            found = f"item {one.part!r} of order {one.order_id!r}"
            left_out.append(LeftOut(one.where, found, f"a later run decided on it again ({record.where})"))
        mine.append(record)
    return [together(mine) for mine in orders.values()]
