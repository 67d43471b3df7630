"""Reads tables as text and parses them by schema, so that ZIP `02134` and region `NA` survive."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from twin.domain.errors import ConfigurationError, Problem
from twin.paths import find_table, shown

Parser = Callable[[str], Any]


@dataclass(slots=True)
class Findings:
    """Problems found so far; raised together, so that a person mends them in one go."""

    problems: list[Problem] = field(default_factory=list)

    def add(self, where: str, found: str, expected: str, cure: str) -> None:
        """Note one problem."""
        self.problems.append(Problem(where, found, expected, cure))

    def refuse(self) -> None:
        """Raise `ConfigurationError` if anything was found."""
        if self.problems:
            raise ConfigurationError(self.problems)


@dataclass(frozen=True, slots=True)
class Row:
    """One parsed row and where it stands."""

    where: str
    values: Mapping[str, Any]

    def __getitem__(self, column: str) -> Any:  # noqa: ANN401  (as the column's parser made it)
        """Return the value of a column."""
        return self.values[column]


def text(value: str) -> str:
    """Take any word, blanks included."""
    return value


def name(value: str) -> str:
    """Take a word that is not blank."""
    if not value:
        raise ValueError("a word, not blank")
    return value


def zip3(value: str) -> str:
    """Take three digits."""
    if len(value) != 3 or not value.isdigit():  # noqa: PLR2004  (a ZIP3)
        raise ValueError("three digits, such as '021'")
    return value


def number(value: str) -> float:
    """Take a finite number."""
    try:
        parsed = float(value)
    except ValueError:
        raise ValueError("a number") from None
    if not isfinite(parsed):
        raise ValueError("a finite number")
    return parsed


def not_negative(value: str) -> float:
    """Take a finite number that is zero or more."""
    parsed = number(value)
    if parsed < 0:
        raise ValueError("a number that is not negative")
    return parsed


def positive(value: str) -> float:
    """Take a finite number above zero."""
    parsed = number(value)
    if parsed <= 0:
        raise ValueError("a number above zero")
    return parsed


def whole(value: str) -> int:
    """Take a whole number."""
    parsed = number(value)
    if parsed != int(parsed):
        raise ValueError("a whole number")
    return int(parsed)


def truth(value: str) -> bool:
    """Take true or false."""
    if value.lower() not in ("true", "false"):
        raise ValueError("true or false")
    return value.lower() == "true"


def read(table: str, columns: Mapping[str, Parser], findings: Findings, key: Iterable[str] = ()) -> list[Row]:
    """Read a CSV or Parquet table; bad cells, missing columns and repeated keys go to `findings`.

    A row with a bad cell is left out. Columns the schema does not name are ignored.
    """
    path = find_table(table)
    found, rows = _cells(path), []
    header, records = found
    for missing in [column for column in columns if column not in header]:
        findings.add(shown(path), f"no column {missing!r}", f"columns {', '.join(columns)}", "add the column")
    if not set(columns) <= set(header):
        return []
    for line, record in enumerate(records, start=2):
        row = _parsed(f"{shown(path)}, row {line}", dict(zip(header, record, strict=False)), columns, findings)
        if row is not None:
            rows.append(row)
    _refuse_repeats(rows, tuple(key), findings)
    return rows


def _cells(path: Path) -> tuple[list[str], list[list[str]]]:
    if path.suffix == ".parquet":
        table = pq.read_table(path)
        columns = [[("" if value is None else str(value)) for value in column.to_pylist()] for column in table]
        return table.column_names, [list(row) for row in zip(*columns, strict=True)]
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.reader(file))
    return (rows[0], rows[1:]) if rows else ([], [])


def _parsed(where: str, cells: Mapping[str, str], columns: Mapping[str, Parser], findings: Findings) -> Row | None:
    values, good = {}, True
    for column, parser in columns.items():
        cell = cells.get(column, "").strip()
        try:
            values[column] = parser(cell)
        except ValueError as error:
            findings.add(where, f"{column} = {cell!r}", str(error), f"mend the {column} of this row")
            good = False
    return Row(where, values) if good else None


def _refuse_repeats(rows: list[Row], key: tuple[str, ...], findings: Findings) -> None:
    if not key:
        return
    seen: dict[tuple[Any, ...], str] = {}
    for row in rows:
        mine = tuple(row[column] for column in key)
        if mine in seen:
            what = ", ".join(f"{column} {value!r}" for column, value in zip(key, mine, strict=True))
            findings.add(row.where, f"{what} again", f"once (first in {seen[mine]})", "remove one of the two rows")
        seen.setdefault(mine, row.where)
