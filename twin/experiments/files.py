"""Writing results so that a reader never meets half of one."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from functools import lru_cache
from hashlib import sha256
from math import isfinite
from pathlib import Path

from twin.domain.errors import MachineError

OF_THE_MACHINE = {
    errno.ENOSPC: "the disk is full", errno.EDQUOT: "no room is left in your share of the disk",
    errno.EROFS: "the disk can only be read", errno.EACCES: "no permission to write",
    errno.EPERM: "no permission to write", errno.EIO: "the disk does not answer",
}  # fmt: skip


@contextmanager
def explained(folder: Path) -> Iterator[None]:
    """Say what to do where the machine refuses to write, instead of ending as a bug of ours."""
    try:
        yield
    except OSError as error:
        if error.errno not in OF_THE_MACHINE:
            raise
        raise MachineError(
            f"{error.filename or folder}: {OF_THE_MACHINE[error.errno]}\n  expected: a folder with room to write to\n"
            "  to mend:  make room or set study.folder=..., then run the same command again; what is finished is kept"
        ) from error


def write_text(path: Path, text: str) -> None:
    """Write a text beside its place, sync it, then put it there in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    with temporary.open("w", encoding="utf-8", newline="\n") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(path)
    sync(path.parent)


def write_json(path: Path, value: object) -> None:
    """Write data, dataclasses among them, as JSON any program reads: a number that is not finite becomes null."""
    write_text(path, json.dumps(_plain(value), indent=1, allow_nan=False, default=str) + "\n")


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return None if isinstance(value, float) and not isfinite(value) else value


def sync(path: Path) -> None:
    """Make sure a file or folder is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def digest(path: Path) -> str:
    """Return the sha256 of a file."""
    total = sha256()
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            total.update(block)
    return total.hexdigest()


def digest_once(path: Path) -> str:
    """Return the sha256 of a file, which is read again only after it has changed."""
    state = path.stat()
    return _digest_of_state(path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=256)
def _digest_of_state(path: Path, changed_at_ns: int, size: int) -> str:  # noqa: ARG001  (what tells one state of a file from the next)
    return digest(path)
