"""What became of a replication that did not finish: kept beside the others, so that nobody takes it for missing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import ClassVar, Literal

from twin.domain.errors import TwinError
from twin.experiments.files import write_text

Reason = Literal["error", "time", "memory", "events", "killed"]


@dataclass(frozen=True, slots=True)
class Failure:
    """Why one replication failed, and the command that lives through it again in plain sight."""

    design: str
    replication: int
    seed: int
    reason: Reason
    message: str
    traceback: str = ""
    again: str = ""

    def __str__(self) -> str:
        said = f"{self.design}, replication {self.replication}, seed {self.seed}: {self.message}"
        return f"{said}\n  see it:   {self.again}" if self.again else said


class ReplicationsFailedError(TwinError):
    """A study is over, and some of its replications are not there."""

    exit_code: ClassVar[int] = 3

    def __init__(self, failures: Sequence[Failure], replications: int, *, reported: bool) -> None:
        self.failures = tuple(failures)
        told = "the others are reported" if reported else "nothing is reported"
        head = f"{len(failures)} of {replications} replications failed; {told}, and the same command tries them again"
        super().__init__("\n".join([head, *map(str, failures)]))


def path_of(place: Path) -> Path:
    """Return where the failure of a replication is kept, by its folder."""
    return place.with_name(f"{place.name}.failed.json")


def keep(place: Path, failure: Failure) -> None:
    """Keep why a replication failed."""
    write_text(path_of(place), json.dumps(asdict(failure), indent=1) + "\n")


def forget(place: Path) -> None:
    """Forget that a replication ever failed, since it is there now or is tried again."""
    path_of(place).unlink(missing_ok=True)


def kept(place: Path) -> Failure | None:
    """Return why a replication failed, or None where it did not."""
    path = path_of(place)
    return Failure(**json.loads(path.read_text("utf-8"))) if path.is_file() else None
