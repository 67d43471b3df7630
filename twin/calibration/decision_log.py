"""Production's decision log: a line of JSON for each decision, the question with its picture and the answer."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from twin.domain.errors import ConfigurationError, Problem
from twin.policies.contract import SCHEMA_VERSION, DecisionMessage, DecisionRequest


class LoggedDecision(Struct, frozen=True):
    """One decision that production took: what it was asked, what it answered, and what came of it if that is known.

    `request.snapshot` is the picture of the network that the decision was made on, scoped to the order. Where the log
    has none, decisions can be repeated (`kind: replay`) and not compared one by one. Lines that follow each other with
    one `batch` were decided together; then their pictures are all of before the first of them.
    """

    request: DecisionRequest
    decision: DecisionMessage
    outcome: dict[str, Any] | None = None
    batch: int | None = None


NumberedDecision = tuple[int, LoggedDecision]
"""A decision with its line in the file, from 1."""


def read_log(file: Path) -> Iterator[LoggedDecision]:
    """Yield the decisions of a log in order; see `numbered_log`."""
    return (logged for _, logged in numbered_log(file))


def numbered_log(file: Path) -> Iterator[NumberedDecision]:
    """Yield the decisions of a log in order with their lines; empty lines and a byte-order mark say nothing.

    Raises `ConfigurationError` for a file that cannot be read and for the first line that is no logged decision, or one
    of another major version of the contract.
    """
    decoder = msgspec.json.Decoder(LoggedDecision)
    try:
        with file.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                text = line.removeprefix(BOM_UTF8).strip()
                if text:
                    yield number, _decoded(decoder, text, f"{file}, line {number}")
    except OSError as error:
        what = error.strerror or str(error)
        raise ConfigurationError([Problem(str(file), what, "a decision log, JSON Lines", "name a file")]) from error


def write_log(file: Path, decisions: Iterable[LoggedDecision]) -> int:
    """Write a log, all or nothing, and return how many lines it has."""
    made = file.with_name(f".{file.name}.part")
    count = 0
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        with made.open("wb") as lines:
            for one in decisions:
                lines.write(msgspec.json.encode(one, order="sorted") + b"\n")
                count += 1
        made.replace(file)
    finally:
        made.unlink(missing_ok=True)
    return count


def _decoded(decoder: msgspec.json.Decoder[LoggedDecision], line: bytes, where: str) -> LoggedDecision:
    try:
        found = decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        expected = "{request, decision} as docs/routing.md describes them"
        raise ConfigurationError([Problem(where, str(error), expected, "mend the line or take it out")]) from None
    for part, version in (("request", found.request.schema_version), ("decision", found.decision.schema_version)):
        if _major(version) != _major(SCHEMA_VERSION):
            expected, cure = f"{_major(SCHEMA_VERSION)}.x", "write the log by the contract that this version reads"
            raise ConfigurationError([Problem(f"{where}: {part}.schema_version", repr(version), expected, cure)])
    return found


def _major(version: str) -> str:
    return version.partition(".")[0]
