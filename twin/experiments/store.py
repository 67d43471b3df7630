"""A store that machines without a common disk share: one object for each finished replication, under its key.

A key tells configuration, files, code, seed and number, so what lies under it is what would be made again. One object
is written in one step, and checked against its manifest when it is read: half of one, or a spoilt one, counts as none.
"""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile, ZipFile

from twin.domain.errors import MachineError, UsageError
from twin.experiments.files import sync
from twin.experiments.manifest import bad_files, fingerprint, read_manifest
from twin.experiments.replication import PART, Design, folder_of

if TYPE_CHECKING:
    from twin.experiments.workers import Task

AT_ONCE = 100  # objects that are asked for together
KEY_LETTERS = 16


def put(study: Path, design: Design, number: int) -> None:
    """Copy a finished replication into the study's store, if it has one; raise `MachineError` where that fails."""
    store = design.config.study.store
    if store is None:
        return
    packed = io.BytesIO()
    place = folder_of(study, design.name, number)
    with ZipFile(packed, "w") as archive:
        for path in sorted(place.iterdir()):
            archive.write(path, path.name)
    with _reached(store) as (files, root):
        files.pipe_file(f"{root}/{_object_name(study, design, number)}", packed.getvalue())


def fetch(study: Path, tasks: Sequence[Task]) -> None:
    """Copy what a store has of some replications into the study's folder; those of one study have one store."""
    store = tasks[0].design.config.study.store if tasks else None
    if store is None:
        return
    with _reached(store) as (files, root):
        files.invalidate_cache()
        there = set(files.find(f"{root}/{study.name}"))
        wanted = {f"{root}/{_object_name(study, task.design, task.replication)}": task for task in tasks}
        found = [path for path in wanted if path in there]
        for first in range(0, len(found), AT_ONCE):
            for path, content in files.cat(found[first : first + AT_ONCE]).items():
                _unpack(study, wanted[path], content)


def refuse_if_closed(study: Path, store: str | None) -> None:
    """Raise `UsageError` or `MachineError` where nothing can be written to a store."""
    if store is not None:
        with _reached(store) as (files, root):
            files.pipe_file(f"{root}/{study.name}/open.txt", b"Results of a digital twin, one object each.\n")


def _unpack(study: Path, task: Task, content: bytes) -> None:
    """Put a replication in its place in one step, if it is whole."""
    place = folder_of(study, task.design.name, task.replication)
    made = place.with_name(f".{place.name}.{os.getpid()}{PART}")
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir(parents=True)
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            archive.extractall(made)
    except BadZipFile:
        pass  # half of one, where the store does not write in one step
    manifest = read_manifest(made)
    if (
        manifest
        and manifest["fingerprint"] == fingerprint(task.design.config, task.replication)
        and not bad_files(made)
    ):
        shutil.rmtree(place, ignore_errors=True)
        made.rename(place)
        sync(place.parent)
    shutil.rmtree(made, ignore_errors=True)


def _object_name(study: Path, design: Design, number: int) -> str:
    key = fingerprint(design.config, number)[:KEY_LETTERS]
    return f"{study.name}/{design.name}/rep-{number:04d}-{key}.zip"


@contextmanager
def _reached(store: str) -> Iterator[tuple[Any, str]]:
    """Open a store's file system, and say what to do where it does not let us."""
    try:
        from fsspec.core import url_to_fs

        local = {"auto_mkdir": True} if store.startswith("file://") else {}
        yield url_to_fs(store.rstrip("/"), **local)
    except (ImportError, ValueError) as error:
        raise UsageError(
            f"study.store={store}: {error}\n  expected: an address of fsspec, such as s3://bucket/folder\n"
            "  to mend:  pip install 'twin[store]', and s3fs, gcsfs or adlfs for the store at hand"
        ) from error
    except MachineError:
        raise
    except Exception as error:  # each file system has errors of its own
        raise MachineError(
            f"study.store={store}: {type(error).__name__}: {error}\n  expected: a store that can be read and written\n"
            "  to mend:  see to address and credentials, then run the same command again; what is finished is kept"
        ) from error
