"""How far a study is: what is done, what failed, who is at it, and how long the rest may take."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from twin.domain.errors import UsageError
from twin.experiments.failures import Failure, kept
from twin.experiments.files import write_text
from twin.experiments.lock import writer_of
from twin.experiments.manifest import NAME, read_manifest
from twin.experiments.replication import Design, folder_of

PLAN = "plan.json"


@dataclass(frozen=True, slots=True)
class DesignStatus:
    """How far one design of a study is; `seconds` is the mean of its finished replications, None without any."""

    name: str
    asked: int
    done: int
    failures: tuple[Failure, ...]
    writer: str | None
    workers: int
    seconds: float | None

    @property
    def missing(self) -> int:
        """Replications that are neither done nor failed."""
        return self.asked - self.done - len(self.failures)

    @property
    def seconds_left(self) -> float | None:
        """How long what is missing may take, where somebody is at it and one replication was timed."""
        if self.writer is None or self.seconds is None:
            return None
        return self.missing * self.seconds / max(1, self.workers)


@dataclass(frozen=True, slots=True)
class StudyStatus:
    """How far a study is, design by design."""

    folder: Path
    designs: tuple[DesignStatus, ...]

    @property
    def is_complete(self) -> bool:
        """Whether every replication of every design is there."""
        return all(design.done == design.asked for design in self.designs)


def write_plan(study: Path, design: Design, workers: int) -> None:
    """Write down what is asked of a design, for whoever wants to know how far it is."""
    plan = {"replications": design.config.study.replications, "workers": workers, "command": design.command}
    write_text(study / design.name / PLAN, json.dumps(plan, indent=1) + "\n")


def statuses(place: Path) -> list[StudyStatus]:
    """Return how far a study is, or all studies of a folder of studies; raise `UsageError` where there is none."""
    found = [status for status in map(_status, [place, *sorted(place.glob("*/"))]) if status.designs]
    if not found:
        raise UsageError(f"{place}: no study\n  expected: a folder such as results/tutorial, or one of such folders")
    return found


def _status(study: Path) -> StudyStatus:
    return StudyStatus(study, tuple(_designs(study)))


def _designs(study: Path) -> Iterator[DesignStatus]:
    for path in sorted(study.glob(f"*/{PLAN}")):
        plan, name = json.loads(path.read_text("utf-8")), path.parent.name
        places = [folder_of(study, name, number) for number in range(plan["replications"])]
        manifests = [read_manifest(place) for place in places if (place / NAME).is_file()]
        seconds = [one["seconds"] for one in manifests if one is not None]
        failures = [failure for place in places if (failure := kept(place)) is not None]
        yield DesignStatus(
            name, plan["replications"], len(seconds), tuple(failures), writer_of(study, name), plan["workers"],
            fmean(seconds) if seconds else None,
        )  # fmt: skip
