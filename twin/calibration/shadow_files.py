"""Shadow mode from a log to a folder of results: both replays, their tables and numbers, all or nothing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from twin.calibration.decision_log import numbered_log
from twin.calibration.rolling import RollingReplay
from twin.calibration.shadow import one_step
from twin.calibration.shadow_findings import Findings, collect, regret_usd
from twin.calibration.shadow_summary import Summary, summarize
from twin.config import ScenarioConfig
from twin.domain.errors import ConfigurationError, Problem
from twin.experiments.files import digest, sync
from twin.experiments.manifest import fingerprint
from twin.policies.conformance import Shelf
from twin.policies.routing.roles import RoutingPolicy


@dataclass(frozen=True, slots=True)
class Replayed:
    """One replay of a log: what it found, and that in numbers."""

    found: Findings
    summary: Summary


@dataclass(frozen=True, slots=True)
class Shadowed:
    """A log against a policy: each decision by itself, and what would have followed where that was asked for."""

    log: str
    policy: str
    one_step: Replayed
    rolling: Replayed | None


def shadow(log: Path, policy: RoutingPolicy, name: str, shelf: Shelf, *, roll: bool = True) -> Shadowed:
    """Hold a policy, known by a name, against production's decision log."""
    found = collect(one_step(numbered_log(log), policy, shelf))
    step = Replayed(found, summarize(found))
    return Shadowed(str(log), name, step, _rolled(log, policy, shelf) if roll else None)


def write_shadow(shadowed: Shadowed, folder: Path, page: str) -> None:
    """Write the results into a folder, in place of what was there: the tables, two files of numbers, and the page.

    They are made in a folder beside it, so that a reader meets all of them or none.
    """
    made = folder.with_name(f".{folder.name}.part")
    try:
        shutil.rmtree(made, ignore_errors=True)
        made.mkdir(parents=True)
        for replay, one in _replays(shadowed):
            one.found.table.to_parquet(made / f"{replay}.parquet", index=False)
        _write(made / "summary.json", msgspec.json.format(_encoded(_summary(shadowed)), indent=2) + b"\n")
        _write(made / "report.html", page.encode())
        _write(made / "worst.jsonl", b"".join(_encoded(row) + b"\n" for row in _worst(shadowed)))
        shutil.rmtree(folder, ignore_errors=True)
        made.rename(folder)
        sync(folder.parent)
    except OSError as error:
        what = error.strerror or str(error)
        raise ConfigurationError([Problem(str(folder), what, "a folder that can be written", "make room")]) from error
    finally:
        shutil.rmtree(made, ignore_errors=True)


def folder_name(log: Path, policy: str, config: ScenarioConfig) -> str:
    """Return the name of the results of a log, a policy and a scenario, safe in file names.

    It ends with digits of their contents, so that no other log of that name and no other setting takes their place.
    """
    said = "".join(sign if sign.isalnum() or sign in "-_." else "-" for sign in f"{log.stem}-{policy}").lstrip(".")
    contents = sha256(f"{digest(log)}{fingerprint(config, 0)}".encode()).hexdigest()
    return f"{said}-{contents[:8]}"


def _rolled(log: Path, policy: RoutingPolicy, shelf: Shelf) -> Replayed:
    replay = RollingReplay(policy, shelf)
    found = collect(replay.replay(numbered_log(log)))
    return Replayed(found, summarize(found, replay.totals()))


def _replays(shadowed: Shadowed) -> Iterator[tuple[str, Replayed]]:
    yield "one_step", shadowed.one_step
    if shadowed.rolling is not None:
        yield "rolling", shadowed.rolling


def _summary(shadowed: Shadowed) -> dict[str, Any]:
    numbers = {
        replay: {
            **asdict(one.summary),
            "gate": one.summary.gate,
            "confusion": one.found.confusion.to_dict("records"),
        }
        for replay, one in _replays(shadowed)
    }
    return {"log": shadowed.log, "policy": shadowed.policy, **numbers}


def _worst(shadowed: Shadowed) -> Iterator[dict[str, Any]]:
    for replay, one in _replays(shadowed):
        for row in one.found.worst:
            yield {
                "replay": replay, "line": row.line, "difference": row.difference, "first_key": row.first_key,
                "said": row.said, "regret_usd": regret_usd(row), "request": row.request,
                "production": row.production, "ours": row.ours,
            }  # fmt: skip


def _encoded(value: object) -> bytes:
    return msgspec.json.encode(value, order="sorted")


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    sync(path)
