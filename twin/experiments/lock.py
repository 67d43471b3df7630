"""One writer at a time: whoever writes results of a design holds its lock, and a dead writer holds none."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from twin.domain.errors import UsageError
from twin.experiments.files import write_text

LOCKS = ".locks"


@contextmanager
def only_writer(study: Path, designs: Iterable[str]) -> Iterator[None]:
    """Hold the locks of some designs of a study; raise `UsageError` where another process writes one of them."""
    with ExitStack() as held:
        for design in sorted(designs):
            held.enter_context(_held(study, design))
        yield


@contextmanager
def _held(study: Path, design: str) -> Iterator[None]:
    place = study / LOCKS
    place.mkdir(parents=True, exist_ok=True)
    lock, writer = FileLock(place / f"{design}.lock"), place / f"{design}.json"
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise UsageError(
            f"{study / design} is being written by {_told(writer)}\n  expected: one writer at a time\n"
            "  to mend:  wait for it or stop it, or study.name=... to write elsewhere"
        ) from None
    try:
        me = {"pid": os.getpid(), "host": socket.gethostname(), "since": datetime.now(UTC).isoformat("T", "seconds")}
        write_text(writer, json.dumps(me))
        yield
    finally:
        writer.unlink(missing_ok=True)
        lock.release()


def writer_of(study: Path, design: str) -> str | None:
    """Say who writes results of a design now, or None where nobody does."""
    lock = FileLock(study / LOCKS / f"{design}.lock")
    if not Path(lock.lock_file).exists():
        return None
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return _told(study / LOCKS / f"{design}.json")
    lock.release()
    return None


def _told(writer: Path) -> str:
    try:
        said = json.loads(writer.read_text("utf-8"))
    except (OSError, ValueError):  # between taking the lock and saying so
        return "another process"
    return f"process {said['pid']} on {said['host']} since {said['since']}"
