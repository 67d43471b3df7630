"""Our own decision log: what a routing policy decided on a simulated stretch of days, as production would log it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import msgspec

from twin.calibration.decision_log import LoggedDecision, read_log, write_log
from twin.domain.errors import ConfigurationError, Problem
from twin.policies.conformance import Recorded
from twin.simulation.run import Run
from twin.simulation.world import Model


class _Enough(Exception):  # noqa: N818  (no error: what was wanted is there)
    """As many decisions as were wanted are recorded."""


def write_own_log(model: Model, file: Path, seed: int, decisions: int | None = None, *, overwrite: bool = False) -> int:
    """Write the decisions of a simulated run with their pictures, all or nothing, and return how many there are.

    The run is the first replication from its first day, the warm-up included; each retry and re-route is a decision of
    its own. It ends after so many `decisions`, or with its last day. Orders that were decided together all have the
    picture that they were decided on.
    """
    if file.is_dir():
        raise ConfigurationError([Problem(str(file), "a folder", "a file to write", "name a file such as log.jsonl")])
    if file.exists() and not overwrite:
        problem = Problem(str(file), "a file that is there already", "a new file", "name another, or add --overwrite")
        raise ConfigurationError([problem])
    with tempfile.TemporaryDirectory() as folder:
        spool = Path(folder) / "decisions.jsonl"
        with spool.open("wb") as lines:

            def keep(case: Recorded) -> None:
                lines.write(msgspec.json.encode(logged(case)) + b"\n")

            recorded_run(model, seed, keep, decisions)
        try:
            return write_log(file, read_log(spool))
        except OSError as error:
            what = error.strerror or str(error)
            raise ConfigurationError(
                [Problem(str(file), what, "a file that can be written", "name another")]
            ) from error


def logged(case: Recorded) -> LoggedDecision:
    """Return a recorded decision as a line of a log."""
    return LoggedDecision(case.request, case.answer, batch=case.batch)


def recorded_run(model: Model, seed: int, keep: Callable[[Recorded], object], decisions: int | None = None) -> Run:
    """Simulate the first replication, hand every decision to `keep`, stop after so many, and return the run."""
    count = 0

    def counted(case: Recorded) -> None:
        nonlocal count
        keep(case)
        count += 1
        if count == decisions:
            raise _Enough

    with tempfile.TemporaryDirectory() as folder:
        run = Run(replace(model, record=counted, explain="off"), Path(folder), seed, 0)
        with suppress(_Enough):
            run.live()
    return run
