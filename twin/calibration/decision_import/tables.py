"""Small tables beside an export: the opening stock, the products of order lines, and the numbers orders were given."""

from __future__ import annotations

import csv
from collections.abc import Collection, Mapping, Sequence
from difflib import get_close_matches
from io import StringIO
from pathlib import Path

from twin.domain.errors import ConfigurationError, Problem
from twin.domain.network import Network
from twin.experiments.files import write_text

MOST_PROBLEMS = 25
STOCK = ("node", "sku", "units")


def read_stock(file: Path, network: Network) -> dict[str, dict[str, int]]:
    """Return the units of each product at each node.

    Raises `ConfigurationError` with the rows that name no node or product, or no whole number of units.
    """
    stock: dict[str, dict[str, int]] = {}
    problems: list[Problem] = []
    for where, row in _rows(file, STOCK):
        wrong = [*_unknown(where, "node", row, network.nodes), *_unknown(where, "sku", row, network.products)]
        units = row["units"]
        if not (units.isdecimal() and units.isascii()):
            wrong.append(Problem(where, f"units {units!r}", "a whole number from 0", "mend the row"))
        elif row["sku"] in stock.get(row["node"], {}):
            wrong.append(Problem(where, f"{row['sku']!r} at {row['node']!r} again", "one row for each", "drop one"))
        else:
            stock.setdefault(row["node"], {})[row["sku"]] = int(units)
        problems += wrong
    if problems:
        raise ConfigurationError(problems[:MOST_PROBLEMS])
    return stock


def line_skus(rows: Sequence[Mapping[str, str]]) -> dict[str, dict[str, str]]:
    """Return the product of each line by `order_id` and `line_id`, of the rows of the table `order_lines`."""
    found: dict[str, dict[str, str]] = {}
    for row in rows:
        found.setdefault(row["order_id"], {})[row["line_id"]] = row["sku"]
    return found


def write_numbers(file: Path, numbers: Mapping[str, int]) -> None:
    """Write which order of production has which number in the log."""
    text = StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(("order_id", "order_number"))
    table.writerows(numbers.items())
    write_text(file, text.getvalue())


def _rows(file: Path, columns: Sequence[str]) -> list[tuple[str, dict[str, str]]]:
    """Return the rows of a table, each with where it stands."""
    expected = f"a CSV table with the columns {','.join(columns)}"
    try:
        header, *rows = csv.reader(file.read_text("utf-8-sig").splitlines(), strict=True)
    except (OSError, ValueError, csv.Error) as error:
        found = (error.strerror or str(error)) if isinstance(error, OSError) else "no table"
        raise ConfigurationError([Problem(str(file), found, expected, "mend the file")]) from None
    names = [cell.strip() for cell in header]
    if sorted(names) != sorted(columns):
        found = f"the columns {', '.join(names)}"
        raise ConfigurationError([Problem(str(file), found, expected, "name the columns so in the first row")])
    ragged = [
        Problem(f"{file}, row {number}", f"{len(row)} cells", f"{len(columns)}, one for each column", "mend the row")
        for number, row in enumerate(rows, start=2)
        if row and len(row) != len(columns)
    ]
    if ragged:
        raise ConfigurationError(ragged[:MOST_PROBLEMS])
    return [
        (f"{file}, row {number}", dict(zip(names, (cell.strip() for cell in row), strict=True)))
        for number, row in enumerate(rows, start=2)
        if row
    ]


def _unknown(where: str, column: str, row: Mapping[str, str], known: Collection[str]) -> list[Problem]:
    name = row[column]
    if name in known:
        return []
    near = get_close_matches(name, known, n=1)
    cure = f"did you mean {near[0]!r}?" if near else "name one of the network, or drop the row"
    return [Problem(where, f"{column} {name!r}", f"a {column} of the network", cure)]
