"""Reads tables as text and parses them by schema, so that ZIP `02134` and region `NA` survive."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from math import isfinite
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pyarrow.parquet as pq

from twin.domain.errors import ConfigurationError, Problem
from twin.paths import find_table, shown

SHOWN_PER_TABLE = 25  # a table in the wrong unit is wrong in every row
SHOWN_NAMES = 10
MOST_ZONES = 99

Parser = Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class Row:
    """One parsed row, the table the configuration names, and where the row stands."""

    table: str
    where: str
    values: Mapping[str, Any]

    def __getitem__(self, column: str) -> Any:  # noqa: ANN401  (as the column's parser made it)
        """Return the value of a column."""
        return self.values[column]


@dataclass(slots=True)
class Findings:
    """Problems found so far; raised together, so that a person mends them in one go.

    `origin` says which file or override set a dotted key. A table with a problem is not sound: what refers to
    it is not held against it, because mending the table may mend that too.
    """

    origin: Callable[[str], str] = str
    problems: list[Problem] = field(default_factory=list)
    _of_table: dict[str, int] = field(default_factory=dict)

    def add_key(self, key: str, found: str, expected: str, cure: str) -> None:
        """Note a problem with a value of the configuration."""
        self.problems.append(Problem(self.origin(key), f"{key}: {found}", expected, cure))

    def add_problems(self, problems: Iterable[Problem]) -> None:
        """Note problems that stand under the dotted keys they belong to."""
        self.problems += [replace(problem, where=self.origin(problem.where)) for problem in problems]

    def add_row(self, row: Row, found: str, expected: str, cure: str = "mend the row") -> None:
        """Note a problem with a row."""
        self._add(row.table, Problem(row.where, found, expected, cure))

    def add_table(self, table: str, found: str, expected: str, cure: str) -> None:
        """Note a problem with a table that could be read."""
        self._add(table, Problem(shown(find_table(table)), found, expected, cure))

    def add_unreadable(self, key: str, table: str, error: ConfigurationError) -> None:
        """Note that a table is not where the configuration says."""
        for problem in error.problems:
            self._add(table, replace(problem, where=self.origin(key), found=f"{key}: {problem.found}"))

    def is_sound(self, *tables: str) -> bool:
        """Answer whether tables have been read without a problem."""
        return not any(table in self._of_table for table in tables)

    def refuse(self) -> None:
        """Raise `ConfigurationError` if anything was found."""
        more = [
            Problem(table, f"{count - SHOWN_PER_TABLE} more problems", "none", "mend the first ones, look again")
            for table, count in self._of_table.items()
            if count > SHOWN_PER_TABLE
        ]
        if self.problems:
            raise ConfigurationError([*self.problems, *more])

    def _add(self, table: str, problem: Problem) -> None:
        """Keep a problem of a table unless it has too many already."""
        self._of_table[table] = self._of_table.get(table, 0) + 1
        if self._of_table[table] <= SHOWN_PER_TABLE:
            self.problems.append(problem)


def read(
    key: str,
    table: str,
    columns: Mapping[str, Parser],
    findings: Findings,
    unique: Sequence[str] = (),
    optional: Mapping[str, Parser] = MappingProxyType({}),
) -> list[Row]:
    """Read the CSV or Parquet table that a key of the configuration names.

    Bad cells, missing columns and rows that repeat the `unique` columns go to `findings`. A row with a bad cell
    is left out. An `optional` column that is not there is read as blank; columns no schema names are ignored.
    """
    try:
        path = find_table(table)
    except ConfigurationError as error:
        findings.add_unreadable(key, table, error)
        return []
    try:
        header, records = _cells(path)
    except (ValueError, csv.Error) as error:
        findings.add_table(table, f"cannot be read: {error}", "a CSV table in UTF-8, or Parquet", "save it anew")
        return []
    for missing in [column for column in columns if column not in header]:
        findings.add_table(table, f"no column {missing!r}", f"columns {', '.join(columns)}", "add the column")
    if not set(columns) <= set(header):
        return []
    rows, place = [], shown(path)
    for line, record in enumerate(records, start=2):
        if record:
            row = _parsed(Row(table, f"{place}, row {line}", {}), header, record, {**columns, **optional}, findings)
            rows += [row] if row is not None else []
    refuse_repeats(rows, unique, findings)
    return rows


def refuse_repeats(rows: Iterable[Row], unique: Sequence[str], findings: Findings) -> None:
    """Note every row that repeats the unique columns of an earlier one."""
    seen: dict[tuple[Any, ...], str] = {}
    for row in rows if unique else ():
        mine = tuple(row[column] for column in unique)
        if mine in seen:
            what = ", ".join(f"{column} {value!r}" for column, value in zip(unique, mine, strict=True))
            findings.add_row(row, f"{what} again", f"once (first in {seen[mine]})", "remove one of the two rows")
        seen.setdefault(mine, row.where)


def some(names: Sequence[str]) -> str:
    """List names, of many only the first."""
    rest = len(names) - SHOWN_NAMES
    return ", ".join(names[:SHOWN_NAMES]) + (f" and {rest} more" if rest > 0 else "")


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
    if len(value) != 3 or not (value.isascii() and value.isdigit()):  # noqa: PLR2004  (a ZIP3)
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


def share(value: str) -> float:
    """Take a share of a whole."""
    parsed = number(value)
    if not 0 <= parsed <= 1:
        raise ValueError("a number from 0 to 1")
    return parsed


def iso_date(value: str) -> date:
    """Take a date."""
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError("a date such as 2026-11-26") from None


def or_blank(parser: Parser, otherwise: object) -> Parser:
    """Take what a parser takes, or a blank in place of something else."""

    def taken(value: str) -> object:
        if not value:
            return otherwise
        try:
            return parser(value)
        except ValueError as error:
            raise ValueError(f"{error}, or blank") from None

    return taken


def count(value: str) -> int:
    """Take a whole number that is zero or more."""
    parsed = number(value)
    if parsed < 0 or parsed != int(parsed):
        raise ValueError("a whole number that is not negative")
    return int(parsed)


def between(low: int, high: int) -> Callable[[str], int]:
    """Take a whole number between two, both included."""

    def within(value: str) -> int:
        parsed = number(value)
        if not low <= parsed <= high or parsed != int(parsed):
            raise ValueError(f"a whole number from {low} to {high}")
        return int(parsed)

    return within


def truth(value: str) -> bool:
    """Take true or false."""
    if value.lower() not in ("true", "false"):
        raise ValueError("true or false")
    return value.lower() == "true"


def _cells(path: Path) -> tuple[list[str], list[list[str]]]:
    """Return the header and the rows of a table as text; a blank line is an empty row."""
    if path.suffix == ".parquet":
        table = pq.read_table(path)
        columns = [["" if value is None else str(value) for value in column.to_pylist()] for column in table]
        return table.column_names, [list(row) for row in zip(*columns, strict=True)]
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.reader(file))
    return (rows[0], rows[1:]) if rows else ([], [])


def _parsed(
    row: Row, header: Sequence[str], record: Sequence[str], columns: Mapping[str, Parser], findings: Findings
) -> Row | None:
    """Fill a row with parsed cells, or return None where one of them is bad."""
    if len(record) != len(header):
        findings.add_row(row, f"{len(record)} cells", f"{len(header)}, as in the header", "quote what has a comma")
        return None
    cells = dict(zip(header, record, strict=True))
    values: dict[str, Any] = {}
    for column, parser in columns.items():
        cell = cells.get(column, "").strip()
        try:
            values[column] = parser(cell)
        except ValueError as error:
            findings.add_row(row, f"{column} = {cell!r}", str(error), f"mend the {column} of this row")
    return replace(row, values=values) if len(values) == len(columns) else None
