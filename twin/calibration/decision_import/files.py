"""Opening an export of decisions: a JSON list, an object with that list, or JSON Lines, read record by record."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NoReturn

from twin.calibration.routing_import.reading import LeftOut, shortly
from twin.domain.errors import ConfigurationError, Problem

LINES = (".jsonl", ".ndjson")
Record = dict[str, object]


def open_decisions(file: Path, list_key: str) -> tuple[list[tuple[str, Record]], list[LeftOut]]:
    """Return the records of an export, each with where it stands, and what stands beside the list of them.

    Raises `ConfigurationError` where the file cannot be read or is of another form.
    """
    text = _text(file)
    if file.suffix.lower() in LINES:
        lines = [(number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
        return [
            (f"line {number}", _record(file, f"line {number}", _json(file, line, number))) for number, line in lines
        ], []
    tree = _json(file, text)
    beside: list[LeftOut] = []
    if isinstance(tree, dict) and list_key in tree:
        why = "the twin does not know this key"
        beside = [LeftOut(key, shortly(value), why) for key, value in tree.items() if key != list_key]
        tree = tree[list_key]
    if not isinstance(tree, list):
        _refuse(file, "", shortly(tree), f"a list of records, or an object with one under {list_key!r}")
    return [(f"[{number}]", _record(file, f"[{number}]", one)) for number, one in enumerate(tree)], beside


def _text(file: Path) -> str:
    if file.suffix.lower() not in (".json", *LINES):
        _refuse(file, "", f"the ending {file.suffix!r}", f"one of .json, {', '.join(LINES)}", "rename the file")
    try:
        return file.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        _refuse(file, "", f"bytes that are no text ({error.reason})", "a text in UTF-8", "save the file as UTF-8")
    except OSError as error:
        _refuse(file, "", error.strerror or str(error), "a file that can be read", "check its name and permissions")


def _json(file: Path, text: str, line: int | None = None) -> object:
    try:
        return json.loads(text, object_pairs_hook=_no_duplicates, parse_constant=_no_constants)
    except (RecursionError, ValueError) as error:
        found = str(error) if isinstance(error, ValueError) else "objects in objects without end"
        _refuse(file, f"line {line}" if line else "", found, "JSON, each key once in an object")


def _no_duplicates(pairs: list[tuple[str, object]]) -> Record:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for number, key in enumerate(keys) if key in keys[:number])
        raise ValueError(f"the key {twice!r} twice in one object")
    return found


def _no_constants(name: str) -> NoReturn:
    raise ValueError(f"{name}, which is no JSON")


def _record(file: Path, where: str, value: object) -> Record:
    if not isinstance(value, dict):
        _refuse(file, where, shortly(value), "an object")
    return value


def _refuse(
    file: Path, where: str, found: str, expected: str, cure: str = "mend the file, or export it again"
) -> NoReturn:
    raise ConfigurationError([Problem(", ".join(filter(None, (file.name, where))), found, expected, cure)])
