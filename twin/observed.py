"""Distributions from what was observed: the values of a column of a table stand in for the list."""

from __future__ import annotations

import csv
from collections.abc import Mapping

from twin.domain.distributions import Distribution, from_mapping
from twin.domain.errors import ConfigurationError
from twin.paths import find_table


def quantity_from(given: object, unit: str) -> Distribution:
    """Read a distribution from configuration, an empirical one also from a CSV table.

    `{kind: empirical, table: picks.csv, column: values_seconds}` takes the numbers of that column; the column is
    named as the parameter would be, so that it says its unit. Raises ValueError saying what was found.
    """
    if isinstance(given, Mapping) and given.get("kind") == "empirical" and "table" in given:
        column = str(given.get("column", "values"))
        rest = {key: value for key, value in given.items() if key not in ("table", "column")}
        return from_mapping({**rest, column: _column(str(given["table"]), column)}, unit)
    return from_mapping(given, unit)


def _column(table: str, column: str) -> list[float]:
    try:
        path = find_table(table)
    except ConfigurationError as error:
        raise ValueError(str(error)) from None
    with path.open(newline="", encoding="utf-8-sig") as stream:
        rows = csv.DictReader(stream)
        if column not in (rows.fieldnames or ()):
            raise ValueError(f"{table} has no column {column!r}, only {', '.join(rows.fieldnames or ())}")
        found = []
        for line, row in enumerate(rows, start=2):
            try:
                found.append(float(row[column]))
            except ValueError:
                raise ValueError(f"{table}, row {line}: {column} = {row[column]!r} is not a number") from None
    return found
