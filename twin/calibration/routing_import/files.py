"""Opening an export: JSON, XML or CSV becomes one tree of objects and lists, or the file is refused."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn
from xml.parsers import expat

from twin.domain.errors import ConfigurationError, Problem

LARGEST = 5_000_000
"""No routing configuration has more bytes; a larger file is something else."""
DEEPEST = 30
TEXT = "#text"
Tree = dict[str, object]


def open_export(file: Path, forms: Sequence[str], list_key: str, columns: Sequence[str] = ()) -> Tree:
    """Return what an export holds; a list becomes an object with that list under one key.

    Of a table the known columns make the list; every other column stands for itself.

    Raises `ConfigurationError` where the file cannot be read or is of another form.
    """
    form = file.suffix.lower()
    if form not in forms:
        _refuse(file, f"a file that ends in {form!r}", f"a file that ends in {' or '.join(forms)}", "rename it")
    text = _text(file)
    if form == ".csv":
        rows = _rows(file, text)
        unknown = [column for column in (rows[0] if rows else {}) if column not in columns]
        besides: Tree = {f"column {column}": [row.pop(column) for row in rows] for column in unknown}
        return {**besides, list_key: rows}
    if form == ".xml":
        return _Elements(file).tree(text)
    tree = _json(file, text)
    if isinstance(tree, list):
        return {list_key: tree}
    if not isinstance(tree, dict):
        _refuse(file, json.dumps(tree)[:80], "an object or a list", "export the file again")
    return tree


def _text(file: Path) -> str:
    try:
        size = file.stat().st_size
        if size > LARGEST:
            _refuse(file, f"{size} bytes", f"at most {LARGEST} bytes", "export the routing configuration only")
        return file.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        _refuse(file, f"bytes that are no text ({error.reason})", "a text in UTF-8", "save the file as UTF-8")
    except OSError as error:
        _refuse(file, error.strerror or str(error), "a file that can be read", "check its name and permissions")


def _json(file: Path, text: str) -> object:
    def no_duplicates(pairs: list[tuple[str, object]]) -> Tree:
        keys = [key for key, _ in pairs]
        twice = next((key for number, key in enumerate(keys) if key in keys[:number]), None)
        if twice is not None:
            raise ValueError(f"the key {twice!r} twice in one object")
        return dict(pairs)

    def no_constants(name: str) -> NoReturn:
        raise ValueError(f"{name}, which is no JSON")

    try:
        tree = json.loads(text, object_pairs_hook=no_duplicates, parse_constant=no_constants)
    except RecursionError:
        _refuse(file, "objects in objects without end", f"at most {DEEPEST} levels", "export the file again")
    except ValueError as error:
        _refuse(file, str(error), "JSON, each key once in an object", "mend the file, or export it again")
    if _depth(tree) > DEEPEST:
        _refuse(file, f"{_depth(tree)} levels of objects", f"at most {DEEPEST} levels", "export the file again")
    return tree


def _depth(tree: object) -> int:
    """Return how many levels of objects and lists a tree has; walks level by level, so that no depth is too deep."""
    depth, level = 0, [tree]
    while level := [one for one in level if isinstance(one, dict | list)]:
        depth += 1
        level = [inner for one in level for inner in (one.values() if isinstance(one, dict) else one)]
    return depth


def _rows(file: Path, text: str) -> list[Tree]:
    """Return the rows of a table; every cell is a text."""
    try:
        header, *rows = csv.reader(text.splitlines(), strict=True)
    except (ValueError, csv.Error):
        _refuse(file, "no table", "CSV with the names of the columns in its first row", "export the file again")
    columns = [cell.strip() for cell in header]
    if len(set(columns)) < len(columns):
        _refuse(file, f"the columns {', '.join(columns)}", "each column once", "rename or drop one")
    for number, row in enumerate(rows, 2):
        if row and len(row) != len(columns):
            _refuse(file, f"row {number} has {len(row)} cells", f"{len(columns)}, one for each column", "mend the row")
    return [dict(zip(columns, (cell.strip() for cell in row), strict=True)) for row in rows if row]


class _Elements:
    """Builds a tree from XML: attributes by name, elements as lists by name, entities and document types refused."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._open: list[Tree] = [{}]

    def tree(self, text: str) -> Tree:
        """Return the tree of a text, its root element in a list under its name."""
        parser = expat.ParserCreate()
        parser.StartDoctypeDeclHandler = self._refuse_document_type
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        try:
            parser.Parse(text, True)
        except expat.ExpatError as error:
            _refuse(self._file, str(error), "XML", "mend the file, or export it again")
        return self._open[0]

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) > DEEPEST:
            _refuse(self._file, "elements in elements without end", f"at most {DEEPEST} levels", "export it again")
        siblings = self._open[-1].setdefault(name, [])
        if not isinstance(siblings, list):
            _refuse(self._file, f"{name} as an attribute and an element", "one of them", "export the file again")
        element: Tree = dict(attributes)
        siblings.append(element)
        self._open.append(element)

    def _end(self, name: str) -> None:  # noqa: ARG002  (expat gives it)
        self._open.pop()

    def _characters(self, text: str) -> None:
        if text.strip():
            element = self._open[-1]
            element[TEXT] = f"{element.get(TEXT, '')}{text}"

    def _refuse_document_type(self, *_: object) -> None:
        _refuse(self._file, "a document type", "XML without DOCTYPE and entities", "take the DOCTYPE out of the file")


def _refuse(file: Path, found: str, expected: str, cure: str) -> NoReturn:
    raise ConfigurationError([Problem(file.name, found, expected, cure)])
