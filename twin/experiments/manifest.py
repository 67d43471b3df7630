"""The manifest of a replication: written last, it makes a folder a result and says where it came from."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from twin import __version__
from twin.calibration.replaying import log_of
from twin.config import ScenarioConfig
from twin.config.fields import Shape, TableName
from twin.domain.errors import ConfigurationError
from twin.experiments.files import digest, digest_once, sync, write_text
from twin.paths import find_table
from twin.policies.routing.catalogue import source_of

NAME = "manifest.json"
FREE_SETTINGS = ("replications", "looks", "folder", "name", "title", "question", "order_tables", "alpha", "measures",
                 "limits", "most_failed", "store")  # fmt: skip
"""Settings of a study that change no replication."""
OF_WHOM_ASKS = ("pilot", "sensitivity")
"""Parts of a configuration that say what is asked of replications, and change none."""
PACKAGES = ("simpy", "numpy", "pandas", "scipy", "pyarrow", "hydra-core", "pydantic")


def fingerprint(config: ScenarioConfig, replication: int) -> str:
    """Return the key of a replication: equal for equal configuration, files, seed, number and version of the twin.

    How many replications there are, where results go and which tables are kept does not change a replication.
    """
    values = config.model_dump(mode="json", by_alias=True, exclude={*OF_WHOM_ASKS})
    for key in FREE_SETTINGS:
        values["study"].pop(key)
    text = json.dumps([__version__, code_sha256(), replication, values, inputs(config)], sort_keys=True)
    return sha256(text.encode()).hexdigest()


def inputs(config: ScenarioConfig) -> dict[str, str]:
    """Return the sha256 of every file a configuration reads: tables, code and recordings of routing."""
    found = {name: _table(name) for name in sorted(set(_table_names(config)))}
    policy = str(config.routing.get("kind", ""))
    found[policy] = source_of(policy)
    if config.routing.get("recording_mode") == "strict":
        found["routing.recording"] = Path(str(config.routing["recording"]))
    found["routing.log"] = log_of(config.routing)
    return {name: digest_once(path) for name, path in found.items() if path is not None}


def write_manifest(folder: Path, facts: Mapping[str, Any]) -> None:
    """Write the manifest of a finished folder: every file with its sha256 and rows, and the facts of the run."""
    files = {}
    for path in sorted(folder.glob("*.parquet")):
        sync(path)
        files[path.name] = {"sha256": digest(path), "rows": pq.read_metadata(path).num_rows}
    write_text(folder / NAME, json.dumps({**facts, "files": files}, indent=1, sort_keys=True) + "\n")
    sync(folder)


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """Return the manifest of a replication, or None where it is not finished."""
    path = folder / NAME
    return json.loads(path.read_text("utf-8")) if path.is_file() else None


def bad_files(folder: Path) -> list[str]:
    """Return the files of a finished replication that are not what its manifest says, or not there."""
    told = (read_manifest(folder) or {}).get("files", {})
    paths = {name: folder / name for name in told}
    return [name for name, path in paths.items() if not path.is_file() or digest(path) != told[name]["sha256"]]


def _table_names(value: object) -> Iterator[str]:
    """Find the names of tables at any depth of a configuration."""
    below: Iterable[object] = ()
    if isinstance(value, TableName):
        yield str(value)
    elif isinstance(value, Shape):
        below = (field for _, field in value)
    elif isinstance(value, Mapping):
        below = value.values()
    elif isinstance(value, tuple):
        below = value
    for one in below:
        yield from _table_names(one)


def _table(name: str) -> Path | None:
    """Find a table; one that a study names and never reads need not be there."""
    try:
        return find_table(name)
    except ConfigurationError:
        return None


@lru_cache(maxsize=1)
def code_sha256() -> str:
    """Return the sha256 of the twin's own code: a replication of other code is another replication."""
    total = sha256()
    here = Path(__file__).parents[1]
    for path in sorted(here.rglob("*.py")):
        total.update(f"{path.relative_to(here)}\0{digest(path)}\n".encode())
    return total.hexdigest()


@lru_cache(maxsize=1)
def machine() -> dict[str, Any]:
    """Return the machine that a replication ran on."""
    return {"host": platform.node(), "processor": platform.machine(), "cores": os.cpu_count(), "pid": os.getpid()}


@lru_cache(maxsize=1)
def versions() -> dict[str, str]:
    """Return the versions of the twin, of Python and of the packages that numbers depend on."""
    found = {
        "twin": __version__,
        "code": code_sha256(),
        "python": platform.python_version(),
        "platform": platform.platform(),
    }
    return found | {package: version(package) for package in PACKAGES} | {"git": _git_revision()}


def _git_revision() -> str:
    """Return the revision of the checkout the twin runs from, marked where it was changed since."""
    here = Path(__file__).parent
    try:
        command = ["git", "-C", str(here), "describe", "--always", "--dirty", "--abbrev=12"]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=10).stdout.strip()  # noqa: S603  (no outside words)
    except (OSError, subprocess.SubprocessError):
        return "not a checkout"
