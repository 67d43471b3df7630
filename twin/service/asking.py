"""Reads a request as far as HTTP goes: who asks, by when they need the answer, and the bytes of the body."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from math import inf

from twin.domain.errors import Problem
from twin.domain.extras import needs
from twin.service.keys import ApiKeys, RateLimit
from twin.service.problems import BAD_HEADER, ID_PATTERN, NOT_JSON, TOO_LARGE, TOO_SLOW, Refused, shown
from twin.service.settings import Settings

with needs("service"):
    from fastapi import Request
    from starlette.requests import ClientDisconnect

JSON = re.compile(r'application/json\s*(;\s*charset="?utf-8"?\s*)?', re.IGNORECASE)
DEADLINE, IDEMPOTENCY = "X-Deadline-Ms", "Idempotency-Key"


@dataclass(frozen=True, slots=True)
class Call:
    """Who asks, when it will be too late to begin, and the idempotency key if there is one."""

    owner: str
    deadline: float
    idempotency_key: str | None


class Admission:
    """Lets a request in that shows a key and has not used up its allowance; a dependency of the routes."""

    def __init__(self, settings: Settings, clock: Callable[[], float]) -> None:
        limits = settings.limits
        self._keys = ApiKeys(settings.keys)
        self._rate = RateLimit(limits.requests_per_second, limits.burst, clock)
        self._clock = clock

    async def __call__(self, request: Request) -> None:
        """Note who calls, or refuse them before anything of the body is read."""
        owner = self._keys.owner(request.headers.get("Authorization", ""))
        if owner:
            self._rate.count(owner)
        request.state.call = Call(owner, self._deadline(request), _idempotency_key(request))

    def _deadline(self, request: Request) -> float:
        text = request.headers.get(DEADLINE)
        if text is None:
            return inf
        if re.fullmatch("[0-9]{1,9}", text) is None:
            problem = Problem(f"header {DEADLINE}", shown(text), "whole milliseconds from now", "send such a number")
            raise Refused(BAD_HEADER, problem)
        return self._clock() + int(text) / 1000


def _idempotency_key(request: Request) -> str | None:
    key = request.headers.get(IDEMPOTENCY)
    if key is not None and re.fullmatch(ID_PATTERN, key) is None:
        expected = "at most 64 letters, digits, dots, dashes and underscores"
        raise Refused(BAD_HEADER, Problem(f"header {IDEMPOTENCY}", shown(key), expected, "send a hash in hex"))
    return key


async def body_of(request: Request, most_bytes: int, seconds: float) -> bytes:
    """Return the body of a request that is plain JSON, not too large, and arrives in time."""
    headers = request.headers
    kind, coding = headers.get("Content-Type", ""), headers.get("Content-Encoding", "identity")
    if JSON.fullmatch(kind) is None or coding.lower() != "identity":
        found = shown(kind) if JSON.fullmatch(kind) is None else f"{shown(coding)} as Content-Encoding"
        problem = Problem("header Content-Type", found, "application/json, not compressed", "send it so")
        raise Refused(NOT_JSON, problem)
    length = headers.get("Content-Length", "")
    if length.isdecimal() and int(length) > most_bytes:
        raise _too_large(f"{length} bytes", most_bytes)
    try:
        async with asyncio.timeout(seconds):
            return await _read(request, most_bytes)
    except (TimeoutError, ClientDisconnect):
        problem = Problem("body", "not complete", f"all of it within {seconds:g} s", "send it at once")
        raise Refused(TOO_SLOW, problem) from None


async def _read(request: Request, most_bytes: int) -> bytes:
    """Read chunk by chunk, and no further than the limit."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most_bytes:
            raise _too_large("more", most_bytes)
    return bytes(body)


def _too_large(found: str, most_bytes: int) -> Refused:
    return Refused(TOO_LARGE, Problem("body", found, f"at most {most_bytes} bytes", "ask in smaller parts"))
