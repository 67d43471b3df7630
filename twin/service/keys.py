"""Who asks: API keys, known only by their sha256, and how often each may ask."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest
from math import ceil
from pathlib import Path

from twin.domain.errors import ConfigurationError, Problem
from twin.service.problems import ID_PATTERN, NO_KEY, TOO_MANY, Refused

ENVIRONMENT = "TWIN_API_KEYS"
NOBODY = ""  # who asks where no keys are wanted
ENTRY = re.compile(rf"(?P<owner>{ID_PATTERN}):(?P<digest>[0-9a-fA-F]{{64}})")
HOW = (
    'make a key and its sha256 with: python -c "import hashlib, secrets; key = secrets.token_urlsafe(32); '
    'print(key, hashlib.sha256(key.encode()).hexdigest())"'
)


def read_keys(environment: Mapping[str, str], file: Path | None = None) -> dict[str, str]:
    """Return the sha256 of each API key by its owner, from `TWIN_API_KEYS` and a file.

    Entries `owner:sha256` are parted by commas or white space; in a file, `#` begins a comment. Raises
    `ConfigurationError`, which never quotes an entry: it may be a key itself.
    """
    found = _entries(environment.get(ENVIRONMENT, ""), f"environment variable {ENVIRONMENT}")
    if file is not None:
        found |= _entries(_text(file), str(file))
    return found


def _text(file: Path) -> str:
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        expected = "a text file with an entry owner:sha256 on each line"
        raise ConfigurationError([Problem(str(file), f"cannot be read: {error}", expected, HOW)]) from None
    text = "\n".join(line.partition("#")[0] for line in lines)
    if not text.strip():
        raise ConfigurationError([Problem(str(file), "no keys", "an entry owner:sha256 on each line", HOW)])
    return text


def _entries(text: str, where: str) -> dict[str, str]:
    matches = [ENTRY.fullmatch(entry) for entry in re.split(r"[,\s]+", text.strip()) if entry]
    problems = [
        Problem(f"{where}, entry {number}", "something else", "owner:sha256, the digest in 64 hex digits", HOW)
        for number, match in enumerate(matches, 1)
        if match is None
    ]
    if problems:
        raise ConfigurationError(problems)
    return {match["owner"]: match["digest"].lower() for match in matches if match is not None}


class ApiKeys:
    """Tells who asks by the key they show; with no keys at all, everybody is nobody in particular."""

    def __init__(self, digests: Mapping[str, str]) -> None:
        self._digests = dict(digests)

    def owner(self, authorization: str) -> str:
        """Return who shows a key in an `Authorization` header, or refuse them."""
        if not self._digests:
            return NOBODY
        scheme, _, key = authorization.partition(" ")
        digest = sha256(key.strip().encode("utf-8", "surrogateescape")).hexdigest()
        found = None
        for owner, known in self._digests.items():  # all of them: how long it takes tells nothing
            if compare_digest(digest, known):
                found = owner
        if found is None or scheme.lower() != "bearer":
            said = "a key that nobody has" if authorization else "nothing"
            problem = Problem("header Authorization", said, "Bearer and an API key", "ask who runs the service for one")
            raise Refused(NO_KEY, problem, headers={"WWW-Authenticate": "Bearer"})
        return found


@dataclass(slots=True)
class Allowance:
    """How many requests somebody may still make, as of an instant."""

    left: float
    at: float


class RateLimit:
    """Lets every owner of a key make a burst of requests, and then so many a second."""

    def __init__(self, per_second: float, burst: int, clock: Callable[[], float]) -> None:
        self._per_second, self._burst, self._clock = per_second, burst, clock
        self._allowances: dict[str, Allowance] = {}

    def count(self, owner: str) -> None:
        """Count a request of somebody, or refuse it and say when to come back."""
        now = self._clock()
        allowance = self._allowances.setdefault(owner, Allowance(self._burst, now))
        allowance.left = min(self._burst, allowance.left + (now - allowance.at) * self._per_second)
        allowance.at = now
        if allowance.left < 1:
            seconds = ceil((1 - allowance.left) / self._per_second)
            found = f"more than {self._per_second:g} requests a second"
            problem = Problem(f"API key of {owner!r}", found, "fewer", f"wait {seconds} s, or ask in batches")
            raise Refused(TOO_MANY, problem, headers={"Retry-After": str(seconds)})
        allowance.left -= 1
