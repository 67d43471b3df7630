"""What the service says when it refuses: RFC 9457 problems, each with where, what was found, expected and to do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

import msgspec
from msgspec import UNSET, Struct, UnsetType

from twin.domain.errors import Problem, TwinError

MEDIA_TYPE = "application/problem+json"
ID_PATTERN = "[A-Za-z0-9][A-Za-z0-9._-]{0,63}"
SHOWN = 64  # of what was found, so that nobody gets a megabyte of their own words back


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of refusal: its code in the problem's type, its HTTP status, and a title for people."""

    code: str
    status: int
    title: str


MALFORMED = Kind("MALFORMED", 400, "The body is not JSON")
BAD_HEADER = Kind("BAD_HEADER", 400, "A header cannot be read")
NO_KEY = Kind("NO_KEY", 401, "No valid API key")
FOREIGN_ORIGIN = Kind("FOREIGN_ORIGIN", 403, "The request comes from a page of another site")
NOT_FOUND = Kind("NOT_FOUND", 404, "There is nothing of this name")
WRONG_METHOD = Kind("WRONG_METHOD", 405, "This cannot be done here")
TOO_SLOW = Kind("TOO_SLOW", 408, "The body took too long to arrive")
STALE_SNAPSHOT = Kind("STALE_SNAPSHOT", 409, "The sequence number is not the next one")
PICTURES_FULL = Kind("PICTURES_FULL", 409, "The service keeps no more pictures")
TOO_LARGE = Kind("TOO_LARGE", 413, "The body is too large")
NOT_JSON = Kind("NOT_JSON", 415, "The body must be plain JSON")
FOREIGN_HOST = Kind("FOREIGN_HOST", 421, "The service is not known by this name")
CONTRACT = Kind("CONTRACT", 422, "The request does not keep to the contract")
KEY_REUSED = Kind("KEY_REUSED", 422, "The idempotency key was used for another body")
TOO_MANY = Kind("TOO_MANY", 429, "Too many requests")
FAILED = Kind("FAILED", 500, "The service failed")
DEADLINE_PASSED = Kind("DEADLINE_PASSED", 503, "The deadline passed before the work began")
OVERLOADED = Kind("OVERLOADED", 503, "Too many requests are waiting")
NO_AUDIT = Kind("NO_AUDIT", 503, "The audit log cannot be written")


class ProblemMessage(Struct, frozen=True, omit_defaults=True):
    """Why a request was refused (RFC 9457); `expected_sequence` is said with STALE_SNAPSHOT."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    expected_sequence: int | UnsetType = UNSET


class Refused(TwinError):  # noqa: N818  (a request that is not carried out, in the words of the service)
    """A request that is not carried out, and everything that is wrong with it."""

    def __init__(
        self,
        kind: Kind,
        *problems: Problem,
        headers: Mapping[str, str] | None = None,
        expected_sequence: int | UnsetType = UNSET,
    ) -> None:
        self.kind, self.headers, self.expected_sequence = kind, dict(headers or {}), expected_sequence
        super().__init__("\n".join(map(sentence, problems)))

    def body(self, path: str) -> bytes:
        """Return the problem as it is sent to whoever asked for a path."""
        kind = self.kind
        about, instance = f"urn:twin:problem:{kind.code}", quote(path, safe="/:")
        message = ProblemMessage(about, kind.title, kind.status, str(self), instance, self.expected_sequence)
        return msgspec.json.encode(message)


def sentence(problem: Problem) -> str:
    """Say in one line where, what was found, what was expected, and what to do."""
    said = f"{problem.where}: {problem.found}; expected {problem.expected}"
    return f"{said}; {problem.cure}" if problem.cure else said


def shown(text: str) -> str:
    """Quote what was found, no more than the beginning of it."""
    return repr(text) if len(text) <= SHOWN else f"{text[:SHOWN]!r}..."


def refuse_unless_id(text: str, where: str) -> None:
    """Refuse a name that could be anything but a name, such as a path."""
    if re.fullmatch(ID_PATTERN, text) is None:
        expected = "at most 64 letters, digits, dots, dashes and underscores, a letter or digit first"
        raise Refused(CONTRACT, Problem(where, shown(text), expected, "choose another name"))
