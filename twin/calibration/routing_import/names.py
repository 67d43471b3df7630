"""What the nodes of the twin are called: a facility's own name, unless a table says otherwise."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from twin.calibration.routing_import.reading import Reader
from twin.config.fields import name_from
from twin.domain.errors import ConfigurationError, Problem

COLUMNS = ["facility", "node"]
FIRST_ROW = 2


@dataclass(frozen=True, slots=True)
class Names:
    """The node, group or kind of nodes that each facility or facility group of an export is called here."""

    nodes: Mapping[str, str] = field(default_factory=dict)

    def all_of(self, reader: Reader, key: str) -> list[str]:
        """Return what the facilities under a key are called here, each once."""
        return list(dict.fromkeys(self.called(reader, key, facility) for facility in reader.texts(key)))

    def one_of(self, reader: Reader, key: str) -> str:
        """Return what the facility under a key is called here; a facility without a name is malformed."""
        facility = reader.text(key)
        if not facility:
            reader.problem(key, "the name of a facility", "name it in the export")
            return ""
        return self.called(reader, key, facility)

    def called(self, reader: Reader, key: str, facility: str) -> str:
        """Return what a facility is called here."""
        name = self.nodes.get(facility, facility)
        try:
            return name_from(name)
        except ValueError as error:
            reader.problem(key, f"for {facility!r} {error}", "give it a node's name in the table --facilities")
            return ""


def read_names(file: Path | None) -> Names:
    """Read a table with the columns facility and node."""
    if file is None:
        return Names()
    try:
        rows = list(csv.reader(file.read_text("utf-8-sig").splitlines(), strict=True))
    except (OSError, ValueError, csv.Error) as error:
        raise ConfigurationError([_problem(file, str(error), "mend the file")]) from None
    if not rows or [cell.strip() for cell in rows[0]] != COLUMNS:
        found = f"the columns {', '.join(rows[0])}" if rows else "an empty file"
        raise ConfigurationError([_problem(file, found, "name the two columns so in the first row")])
    nodes: dict[str, str] = {}
    problems = []
    for number, row in enumerate(rows[1:], FIRST_ROW):
        cells = [cell.strip() for cell in row]
        if len(cells) == len(COLUMNS) and all(cells) and cells[0] not in nodes:
            nodes[cells[0]] = cells[1]
        elif any(cells):
            cure = "each facility once, with one node"
            problems.append(_problem(file, f"row {number}: {', '.join(cells)}", cure))
    if problems:
        raise ConfigurationError(problems)
    return Names(nodes)


def _problem(file: Path, found: str, cure: str) -> Problem:
    return Problem(file.name, found, "a CSV table with the columns facility,node", cure)
