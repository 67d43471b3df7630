"""What can be kept of the results that are there, and what must not be overwritten."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from twin.domain.errors import UsageError
from twin.experiments.manifest import FREE_SETTINGS, bad_files, inputs, read_manifest
from twin.experiments.replication import Design, clear_parts, finished, folder_of

MOST_NAMED, LONGEST_VALUE = 3, 60  # settings in which results differ, and characters of a value, in a message


def make_room(folder: Path, designs: Sequence[Design], *, new: bool) -> None:
    """Make room for a study: refuse to overwrite other results unless a new start was asked for."""
    for design in designs:
        place = folder / design.name
        if new:
            shutil.rmtree(place, ignore_errors=True)
        clear_parts(folder, design.name)
        for number in range(design.config.study.replications):
            if read_manifest(folder_of(folder, design.name, number)) and not finished(folder, design, number):
                raise UsageError(
                    f"{place} holds results {_difference(folder, design, number)}.\n"
                    "  expected: results of this configuration, these files and this code, or an empty place\n"
                    "  to mend:  add --new to replace them, or study.name=... to keep both"
                )
    folder.mkdir(parents=True, exist_ok=True)


def is_kept(folder: Path, design: Design, number: int) -> bool:
    """Answer whether a replication is there and whole; one with a bad file is put aside, to be made anew."""
    place = folder_of(folder, design.name, number)
    if not finished(folder, design, number):
        return False
    bad = bad_files(place)
    if bad:
        aside = place.with_name(f"bad-{place.name}")
        shutil.rmtree(aside, ignore_errors=True)
        place.rename(aside)
        sys.stderr.write(
            f"{place / bad[0]} is not what was written; the replication is made anew, the old one is {aside}\n"
        )
    return not bad


def _difference(folder: Path, design: Design, number: int) -> str:
    """Say in what a stored replication differs from what is asked for now."""
    manifest = read_manifest(folder_of(folder, design.name, number)) or {}
    before, now = manifest.get("inputs", {}), inputs(design.config)
    changed = [name for name, digest in now.items() if before.get(name, digest) != digest]
    if changed:
        return f"from before {', '.join(changed)} changed"
    other = _other_values(manifest.get("configuration", {}), design.config.model_dump(mode="json", by_alias=True))
    if other:
        return f"of another configuration of {design.name!r}: {'; '.join(other)}"
    return "of another version of the twin"


def _other_values(before: object, now: object, key: str = "") -> list[str]:
    """Name the first settings in which two configurations differ, as `key was this, is that`."""
    if isinstance(before, dict) and isinstance(now, dict):
        keys = sorted(before.keys() | now.keys())
        below = [_other_values(before.get(one), now.get(one), f"{key}.{one}".lstrip(".")) for one in keys]
        return [words for some in below for words in some if not _is_free(words)][:MOST_NAMED]
    return [] if before == now else [f"{key} was {_short(before)}, is {_short(now)}"]


def _is_free(words: str) -> bool:
    return words.startswith(tuple(f"study.{key} " for key in FREE_SETTINGS))


def _short(value: object) -> str:
    text = json.dumps(value)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}..."
