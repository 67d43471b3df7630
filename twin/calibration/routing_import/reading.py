"""Reading an export so that nothing in it can be dropped silently: every key is read, or it is listed as left out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import inf, isfinite
from typing import TypeVar

from twin.domain.errors import ConfigurationError, Problem

Meaning = TypeVar("Meaning")
YES_OR_NO = {"y": True, "yes": True, "true": True, "1": True, "n": False, "no": False, "false": False, "0": False}
NOT_PLAIN = ("${", "???")
"""A configuration would take these for a reference or a missing value."""
LONGEST = 160


@dataclass(frozen=True, slots=True)
class LeftOut:
    """One construct of an export that could not be carried over: where it stands, what it says, and why not."""

    where: str
    found: str
    why: str

    def __str__(self) -> str:
        return f"{self.where}: {self.found}: {self.why}"


@dataclass(slots=True)
class Notes:
    """What came up while an export was read: constructs left out, and what is malformed."""

    left_out: list[LeftOut] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    readers: list[Reader] = field(default_factory=list)

    def finish(self, file: str) -> list[LeftOut]:
        """Return what was left out, every key that nobody read included.

        Raises `ConfigurationError` for everything that is malformed in the file.
        """
        if self.problems:
            raise ConfigurationError([replace(one, where=f"{file}, {one.where}") for one in self.problems])
        unread = (one for reader in self.readers for one in reader.unread())
        return [*self.left_out, *unread]


class Reader:
    """One object of an export, which remembers the keys that were read."""

    def __init__(self, values: Mapping[str, object], where: str, notes: Notes) -> None:
        self.values, self.where, self._notes = values, where, notes
        self._read: set[str] = set()
        notes.readers.append(self)

    def at(self, key: str) -> str:
        """Say where a key stands."""
        named = key if key.isprintable() and key.isascii() else json.dumps(key)
        return f"{self.where}.{named}" if self.where else named

    def pass_over(self, *keys: str) -> None:
        """Take note of keys that only name a thing or date it, and so decide nothing; objects and lists stay unread."""
        self._read.update(key for key in keys if not isinstance(self.values.get(key), list | dict))

    def text(self, key: str, default: str = "") -> str:
        """Return a text; numbers count as texts, since exports write names either way."""
        value = self._take(key)
        if value is None:
            return default
        return self._plain(key, value)

    def texts(self, key: str) -> list[str]:
        """Return a list of texts, which an export may write as one text with commas."""
        value = self._take(key)
        if value is None:
            return []
        parts = value if isinstance(value, list) else str(value).split(",")
        texts = [self._plain(key, part).strip() for part in parts]
        return [text for text in texts if text]

    def number(self, key: str, default: float | None = None) -> float:
        """Return a finite number, which an export may write as a text."""
        value = self._take(key)
        if value is None and default is not None:
            return default
        number = _number(value)
        if number is None:
            self.problem(key, "a finite number", "write the number, or take the construct out of the export")
            return 0.0
        return number

    def flag(self, key: str, *, default: bool) -> bool:
        """Return yes or no, in any of the ways exports write it."""
        value = self._take(key)
        if value is None:
            return default
        found = YES_OR_NO.get(str(value).strip().lower())
        if found is None:
            self.problem(key, "yes or no (Y, N, true, false)", "write one of them")
            return default
        return found

    def choice(self, key: str, meanings: Mapping[str, Meaning], default: Meaning) -> Meaning:
        """Return what a value of an enumeration means; one that is not known is left out, and the default counts."""
        value = self.text(key)
        if value and value not in meanings:
            self.leave_out(key, f"not a value the twin knows ({', '.join(meanings)}); {default} is used instead")
        return meanings.get(value, default)

    def child(self, key: str) -> Reader | None:
        """Return the object under a key, None where there is none."""
        value = self._take(key)
        if value is None:
            return None
        if not isinstance(value, dict):
            self.problem(key, "an object", "export the file again")
            return None
        return Reader(value, self.at(key), self._notes)

    def children(self, *keys: str) -> list[Reader]:
        """Return the objects in the lists under some keys, none where there are no lists."""
        return [child for key in keys for child in self._children(key)]

    def leave_out(self, key: str, why: str) -> None:
        """List what stands under a key as left out."""
        self._read.add(key)
        self._notes.left_out.append(LeftOut(self.at(key), shortly(self.values.get(key)), why))

    def leave_out_all(self, why: str) -> None:
        """List this object as left out, with everything in it."""
        self._read.update(self.values)
        self._notes.left_out.append(LeftOut(self.where, shortly(self.values), why))

    def leave_out_this(self, why: str) -> None:
        """List as left out what was read of this object so far; a key that nobody reads is listed besides."""
        read = {key: value for key, value in self.values.items() if key in self._read}
        self._notes.left_out.append(LeftOut(self.where, shortly(read), why))

    def problem(self, key: str, expected: str, cure: str) -> None:
        """Take down that a value is malformed."""
        found = shortly(self.values[key]) if key in self.values else "nothing"
        self._notes.problems.append(Problem(self.at(key), found, expected, cure))

    def unread(self) -> Iterator[LeftOut]:
        """Yield every key that nobody read."""
        for key, value in self.values.items():
            if key not in self._read:
                yield LeftOut(self.at(key), shortly(value), "the twin does not know this key")

    def _take(self, key: str) -> object:
        self._read.add(key)
        value = self.values.get(key)
        return None if value == "" else value

    def _plain(self, key: str, value: object) -> str:
        """Return a value as a text that a configuration takes as it is."""
        text = str(value)
        if isinstance(value, list | dict | bool) or not text.isprintable() or any(one in text for one in NOT_PLAIN):
            self.problem(key, "a plain text, without ${ and ???, on one line", "change the name in the export")
            return ""
        return text

    def _children(self, key: str) -> Iterator[Reader]:
        value = self._take(key)
        if value is None:
            return
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            self.problem(key, "a list of objects", "export the file again")
            return
        for number, one in enumerate(value):
            yield Reader(one, f"{self.at(key)}[{number}]", self._notes)


def in_turn(readers: Sequence[Reader], *keys: str, without: float = inf) -> list[Reader]:
    """Return objects in the order of the first of some keys that each has, equals as they stand.

    `without` is the place of an object that has none of the keys: last, unless told otherwise.
    """

    def place(reader: Reader) -> float:
        places = [reader.number(key) for key in keys if reader.values.get(key) is not None]
        return places[0] if places else without

    return sorted(readers, key=place)


def shortly(value: object) -> str:
    """Write a value on one line, cut where it is long."""
    text = json.dumps(value, default=str)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 4]} ..."


def _number(value: object) -> float | None:
    """Return a value as a number; None where it is none. A whole number stays whole."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    if not isfinite(number):
        return None
    return int(number) if number.is_integer() else number
