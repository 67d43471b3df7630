"""What was answered lately, so that who asks again with the same idempotency key gets the same answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from twin.domain.errors import Problem
from twin.service.problems import KEY_REUSED, Refused


@dataclass(frozen=True, slots=True)
class Place:
    """Where an idempotency key counts: each owner of an API key has their own, for each thing that is asked."""

    owner: str
    asked: str
    key: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The bytes of an answer, whether they were given before, and which body they answer."""

    content: bytes
    again: bool
    body_sha256: str


class Answers:
    """Keeps the latest answers, up to a number and a size; what was refused is not kept."""

    def __init__(self, most: int, most_bytes: int) -> None:
        self._most, self._most_bytes = most, most_bytes
        self._answers: dict[Place, Answer] = {}
        self._bytes = 0

    def once(self, place: Place, body: bytes, work: Callable[[], bytes]) -> Answer:
        """Return the answer that was given before, or do the work and keep what comes of it."""
        digest = sha256(body).hexdigest()
        found = self._answers.get(place)
        if found is None:
            return self._keep(place, Answer(work(), again=False, body_sha256=digest))
        if found.body_sha256 != digest:
            said = f"{place.key!r}, which came with another body before"
            problem = Problem("header Idempotency-Key", said, "a key for each body", "take a new key")
            raise Refused(KEY_REUSED, problem)
        return Answer(found.content, again=True, body_sha256=digest)

    def _keep(self, place: Place, answer: Answer) -> Answer:
        self._answers[place] = answer
        self._bytes += len(answer.content)
        while len(self._answers) > self._most or self._bytes > self._most_bytes:
            oldest = next(iter(self._answers))
            self._bytes -= len(self._answers.pop(oldest).content)
        return answer
