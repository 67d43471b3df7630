"""What production decided, as an export says it: who ships what of an order, still in its own names and times."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

from twin.calibration.routing_import.names import Names
from twin.calibration.routing_import.reading import Reader

Units = dict[str, int]
"""Units by product."""


class Shipped(NamedTuple):
    """Units of a product that a facility is to ship, the facility as the twin calls it."""

    node: str
    sku: str
    units: int


@dataclass(frozen=True, slots=True)
class Taken:
    """One decision, or the part of it that one record holds.

    `asked` are the units the decision was about, as far as the export says; `stock` what each node had by then. `parts`
    names the part of the order that the record is about, where a later record on the same part takes its place.
    """

    where: str
    order_id: str
    shipped: tuple[Shipped, ...]
    asked: Units = field(default_factory=dict)
    decided_at: datetime | None = None
    postal: str = ""
    promised_at: datetime | None = None
    stock: Mapping[str, Units] | None = None
    part: str = ""
    outcome: Mapping[str, Any] = field(default_factory=dict)


def together(records: Sequence[Taken]) -> Taken:
    """Return the decision on an order that several records make: everything shipped, from the first of them on."""
    first = records[0]
    asked: Units = {}
    outcome: dict[str, Any] = {}
    for record in records:
        for sku, units in record.asked.items():
            asked[sku] = asked.get(sku, 0) + units
        for key, value in record.outcome.items():
            outcome.setdefault(key, []).append(value)
    return Taken(
        where=first.where,
        order_id=first.order_id,
        shipped=tuple(one for record in records for one in record.shipped),
        asked=asked,
        decided_at=min((one.decided_at for one in records if one.decided_at is not None), default=None),
        postal=next((one.postal for one in records if one.postal), ""),
        promised_at=min((one.promised_at for one in records if one.promised_at is not None), default=None),
        outcome=outcome,
    )


def node_of(names: Names, reader: Reader, *keys: str) -> str:
    """Return what the twin calls the facility under the first of some keys that names one, nothing without one."""
    texts = [reader.text(key) for key in keys]
    given = [text for text in texts if text]
    mapped = [names.nodes[text] for text in given if text in names.nodes]
    return next(iter([*mapped, *given]), "")


def units(reader: Reader, key: str) -> int:
    """Return a whole number of units, which an export may write as 2.0."""
    number = reader.number(key)
    if number != int(number) or number < 0:
        reader.problem(key, "a whole number of units from 0", "take the record out, or mend it")
        return 0
    return int(number)


def instant(reader: Reader, *keys: str, in_utc: bool = False) -> datetime | None:
    """Return the instant under the first of some keys that has one; `in_utc` lets its time zone be missing."""
    found = [(key, text) for key in keys if (text := reader.text(key))]
    for key, text in found[:1]:
        try:
            parsed = datetime.fromisoformat(text)
        except ValueError:
            parsed = None
        if parsed is not None and parsed.tzinfo is None and in_utc:
            return parsed.replace(tzinfo=UTC)
        if parsed is not None and parsed.tzinfo is not None:
            return parsed
        reader.problem(key, "an ISO date and time with its zone, such as 2026-03-02T09:30:00-05:00", "mend it")
    return None


def all_of(reader: Reader, *keys: str) -> Iterator[Reader]:
    """Yield the objects of the lists under some keys, of a list of GraphQL those under `nodes` or `edges` too."""
    for key in keys:
        if not isinstance(reader.values.get(key), dict):
            yield from reader.children(key)
            continue
        connection = reader.child(key)
        assert connection is not None, "an object is there"
        yield from connection.children("nodes")
        yield from filter(None, (edge.child("node") for edge in connection.children("edges")))
