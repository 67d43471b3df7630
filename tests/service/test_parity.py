"""The same code, however it is asked: 1,000 requests of a simulated day, changed by chance, are decided alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from random import Random

import msgspec
import pytest

from tests.service.recorded_day import asked, by_chance, model
from tests.service.serving import Caller
from twin.policies.contract import (
    DecisionMessage,
    DecisionRequest,
    canonical,
    decision_from,
    decision_message,
    order_from,
)  # fmt: skip
from twin.policies.routing import kinds, load
from twin.policies.routing.explain import explain
from twin.policies.routing.roles import RoutingPolicy
from twin.policies.routing.validate import validate
from twin.policies.snapshot import SnapshotView
from twin.service.app import create_app
from twin.service.messages import DecisionBatch, PictureMessage, RequestBatch

MIB = 1024 * 1024
POLICY = "min_cost"


@cache
def requests() -> tuple[DecisionRequest, ...]:
    """1,000 requests, every one by a picture of its own."""
    luck = Random(20250908)  # noqa: S311  (chance, not a secret)
    return tuple(by_chance(request, luck) for request in asked()[:1_000])


@cache
def in_process() -> tuple[bytes, ...]:
    """What the policy decides where it is just called."""
    return tuple(canonical(decided(request, load({"kind": POLICY}))) for request in requests())


@cache
def one_by_one() -> tuple[bytes, ...]:
    """What the service decides over HTTP."""
    return tuple(
        answer.content for answer in a_service().ask_all(("POST", "/v1/decisions", request) for request in requests())
    )


def decided(request: DecisionRequest, policy: RoutingPolicy) -> DecisionMessage:
    """Call a policy as any program would."""
    order, view = order_from(request.order), view_of(request)
    decision = policy.decide(order, view)
    validate(order, decision, view)
    if request.explain == "off":
        return decision_message(decision)
    return decision_message(decision, explain(order, decision, view, policy, request.explain))


def view_of(request: DecisionRequest) -> SnapshotView:
    shelves = model().shelves
    return SnapshotView(shelves.book, shelves.packer, request.snapshot)


def a_service(kind: str = POLICY) -> Caller:
    """A service for the network of the recorded days."""
    return Caller(create_app(load({"kind": kind}), kind, model().network), {})


def in_batches(every: Sequence[DecisionRequest]) -> Iterator[RequestBatch]:
    """Put as many requests into a batch as the limits allow."""
    batch: list[DecisionRequest] = []
    size = 20
    for request in every:
        needed = len(canonical(request)) + 1
        if batch and (len(batch) == 500 or size + needed > MIB):
            yield RequestBatch(tuple(batch))
            batch, size = [], 20
        batch.append(request)
        size += needed
    yield RequestBatch(tuple(batch))


def test_the_requests_are_a_thousand_different_ones_of_every_kind() -> None:
    statuses = [msgspec.json.decode(answer)["status"] for answer in in_process()]

    assert len({canonical(request) for request in requests()}) == 1_000
    assert min(statuses.count(status) for status in ("FULL", "PARTIAL", "UNFILLABLE")) >= 10


def test_one_by_one_over_http_is_the_same_as_in_process() -> None:
    assert one_by_one() == in_process()


def test_in_batches_over_http_is_the_same_as_in_process() -> None:
    batches = list(in_batches(requests()))

    answers = a_service().ask_all(("POST", "/v1/decisions:batch", batch) for batch in batches)

    told = [msgspec.json.decode(answer.content, type=DecisionBatch) for answer in answers]
    assert tuple(canonical(decision) for batch in told for decision in batch.decisions) == in_process()
    assert [answer.content for answer in answers] == [canonical(batch) for batch in told]


def test_by_stored_pictures_is_the_same_as_in_process() -> None:
    questions = []
    for number, request in enumerate(requests()[:200]):
        named = msgspec.structs.replace(request, snapshot=None, snapshot_id="now")
        questions += [
            ("PUT", "/v1/snapshots/now", PictureMessage(number, request.snapshot)),
            ("POST", "/v1/decisions", named),
        ]

    answers = a_service().ask_all(questions)

    assert tuple(answer.content for answer in answers[1::2]) == in_process()[:200]


def test_replayed_from_a_recording_it_is_the_same_as_in_process(tmp_path: Path) -> None:
    file = tmp_path / "recording.jsonl"
    file.write_bytes(b"".join(answer + b"\n" for answer in one_by_one()))

    replayed = []
    for line, request in zip(file.read_bytes().splitlines(), requests(), strict=True):
        message, order = msgspec.json.decode(line, type=DecisionMessage), order_from(request.order)
        decision = decision_from(message, order, view_of(request))
        again = decision_message(decision)
        replayed.append(canonical(msgspec.structs.replace(again, explanation=message.explanation)))

    assert tuple(replayed) == in_process()


@pytest.mark.parametrize("kind", [kind for kind in kinds() if kind != POLICY])
def test_every_policy_is_the_same_over_http(kind: str) -> None:
    service, some = a_service(kind), requests()[:40]
    expected = [canonical(decided(request, load({"kind": kind}))) for request in some]

    single = service.ask_all(("POST", "/v1/decisions", request) for request in some)
    together = service.ask("POST", "/v1/decisions:batch", RequestBatch(some))

    assert [answer.content for answer in single] == expected
    assert together.content == b'{"decisions":[' + b",".join(expected) + b"]}"
