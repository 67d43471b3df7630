"""What can be asked of the service, and how an answer comes about."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import msgspec

from twin.domain.extras import needs
from twin.service import problems
from twin.service.answers import Answer, Place
from twin.service.asking import Call, body_of
from twin.service.desk import Desk
from twin.service.messages import HealthMessage
from twin.service.problems import Kind, refuse_unless_id
from twin.service.settings import Limits
from twin.service.worker import Worker

with needs("service"):
    from fastapi import Request, Response

JSON = "application/json"
A_NAME = "path, snapshot id"
EVERYWHERE = (problems.FOREIGN_HOST,)
ADMITTED = (*EVERYWHERE, problems.BAD_HEADER, problems.NO_KEY, problems.TOO_MANY, problems.FAILED)
NAMED = (*ADMITTED, problems.DEADLINE_PASSED, problems.OVERLOADED, problems.NOT_FOUND, problems.CONTRACT)
READ = (
    *NAMED, problems.FOREIGN_ORIGIN, problems.MALFORMED, problems.TOO_SLOW, problems.TOO_LARGE, problems.NOT_JSON,
    problems.KEY_REUSED,
)  # fmt: skip
DECIDED = (*READ, problems.NO_AUDIT)
STORED = (*READ, problems.STALE_SNAPSHOT, problems.PICTURES_FULL)


@dataclass(frozen=True, slots=True)
class Route:
    """One thing that can be asked: what it reads and answers, and how it may refuse."""

    method: str
    path: str
    call: Callable[..., object]
    asked: str | None
    answered: str | None
    refusals: tuple[Kind, ...]


class Service:
    """Hands what is asked to the desk, by way of the worker, and what was asked before to nobody."""

    def __init__(self, desk: Desk, worker: Worker, limits: Limits) -> None:
        self._desk, self._worker, self._limits = desk, worker, limits

    async def decide(self, request: Request) -> Response:
        """Decide one order."""
        owner = _call(request).owner
        return await self._answer(request, self._limits.request_bytes, lambda body: self._desk.decide(body, owner))

    async def decide_batch(self, request: Request) -> Response:
        """Decide many orders."""
        owner = _call(request).owner
        return await self._answer(request, self._limits.batch_bytes, lambda body: self._desk.decide_batch(body, owner))

    async def put_snapshot(self, request: Request, snapshot_id: str) -> Response:
        """Store a whole picture of the network."""
        refuse_unless_id(snapshot_id, A_NAME)
        work = partial(self._desk.put_picture, snapshot_id)
        return await self._answer(request, self._limits.picture_bytes, work)

    async def patch_snapshot(self, request: Request, snapshot_id: str) -> Response:
        """Bring a picture of the network up to date."""
        refuse_unless_id(snapshot_id, A_NAME)
        work = partial(self._desk.change_picture, snapshot_id)
        return await self._answer(request, self._limits.request_bytes, work)

    async def get_snapshot(self, request: Request, snapshot_id: str) -> Response:
        """Tell how far a picture of the network is, and how old."""
        refuse_unless_id(snapshot_id, A_NAME)
        return await self._told(request, partial(self._desk.picture_status, snapshot_id))

    async def delete_snapshot(self, request: Request, snapshot_id: str) -> Response:
        """Forget a picture of the network."""
        refuse_unless_id(snapshot_id, A_NAME)
        await self._told(request, partial(self._desk.delete_picture, snapshot_id))
        return Response(status_code=204)

    async def policy(self) -> Response:
        """Tell which policy decides; that never changes, so nobody waits for it."""
        return Response(self._desk.policy, media_type=JSON)

    async def health(self) -> Response:
        """Tell that the service is there."""
        return Response(msgspec.json.encode(HealthMessage()), media_type=JSON)

    async def _told(self, request: Request, work: Callable[[], bytes]) -> Response:
        content = await self._worker.do(work, _call(request).deadline)
        return Response(content, media_type=JSON)

    async def _answer(self, request: Request, most_bytes: int, work: Callable[[bytes], bytes]) -> Response:
        """Read the body and do the work, or give the answer that the same key and body got before."""
        call = _call(request)
        body = await body_of(request, most_bytes, self._limits.read_seconds)
        answer = await self._worker.do(lambda: self._once(request, call, body, work), call.deadline)
        again = {"Idempotency-Replayed": "true"} if answer.again else None
        return Response(answer.content, media_type=JSON, headers=again)

    def _once(self, request: Request, call: Call, body: bytes, work: Callable[[bytes], bytes]) -> Answer:
        if call.idempotency_key is None:
            return Answer(work(body), again=False, body_sha256="")
        place = Place(call.owner, f"{request.method} {request.url.path}", call.idempotency_key)
        return self._desk.answers.once(place, body, lambda: work(body))


def routes_of(service: Service) -> Iterator[Route]:
    """Yield everything that can be asked, which takes a key."""
    decisions, snapshot = "/v1/decisions", "/v1/snapshots/{snapshot_id}"
    yield Route("POST", decisions, service.decide, "DecisionRequest", "DecisionMessage", DECIDED)
    yield Route("POST", f"{decisions}:batch", service.decide_batch, "RequestBatch", "DecisionBatch", DECIDED)
    yield Route("PUT", snapshot, service.put_snapshot, "PictureMessage", "PictureStatus", STORED)
    yield Route("PATCH", snapshot, service.patch_snapshot, "ChangeMessage", "PictureStatus", STORED)
    yield Route("GET", snapshot, service.get_snapshot, None, "PictureStatus", NAMED)
    yield Route("DELETE", snapshot, service.delete_snapshot, None, None, (*NAMED, problems.FOREIGN_ORIGIN))
    yield Route("GET", "/v1/policy", service.policy, None, "PolicyMessage", ADMITTED)


def _call(request: Request) -> Call:
    """Return who calls, as the admission noted."""
    call = request.state.call
    assert isinstance(call, Call), "nobody comes here without admission"
    return call
