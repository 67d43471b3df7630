"""The audit log: one line of JSON for each decision, written before the decision leaves."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from twin.domain.errors import Problem
from twin.policies.contract import DecisionMessage, DecisionRequest, identity
from twin.service.problems import NO_AUDIT, Refused

READABLE_BY_OWNER = 0o600


class AuditLine(Struct, frozen=True):
    """Who was told what about which order; of the customer only the first three digits of the ZIP code."""

    time: str
    key_id: str
    order_number: int
    zip3: str
    snapshot_id: str | None
    status: str
    decision_sha256: str


class AuditLog:
    """Appends to a file where one was asked for; what cannot be written down is not answered."""

    def __init__(self, file: Path | None, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._file, self._now = file, now

    def write(self, owner: str, requests: list[DecisionRequest], decisions: list[DecisionMessage]) -> None:
        """Write down some decisions, in one go."""
        if self._file is None:
            return
        time = self._now().isoformat(timespec="milliseconds")
        lines = [
            msgspec.json.encode(_line(time, owner, request, decision))
            for request, decision in zip(requests, decisions, strict=True)
        ]
        try:
            _append(self._file, b"".join(line + b"\n" for line in lines))
        except OSError as error:
            problem = Problem("audit log", f"cannot be written: {error.strerror}", "a file to append to", "mend that")
            raise Refused(NO_AUDIT, problem) from error


def _line(time: str, owner: str, request: DecisionRequest, decision: DecisionMessage) -> AuditLine:
    zip3 = request.order.destination[:3]
    return AuditLine(time, owner, decision.order_number, zip3, request.snapshot_id, decision.status, identity(decision))


def _append(file: Path, text: bytes) -> None:
    """Append some lines to a file only its owner may read; opened each time, so that it may be moved away."""
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, READABLE_BY_OWNER), "ab") as log:
        log.write(text)
