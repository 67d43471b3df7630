"""How much the service takes at once, and what it says to more."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from math import inf
from threading import Event
from typing import Any

import msgspec
import pytest

from tests.service.serving import (
    KEYS,
    Hands,
    a_picture,
    a_request,
    a_service,
    an_order,
    changed,
    with_key,
)  # fmt: skip
from twin.policies.contract import canonical
from twin.service.keys import RateLimit
from twin.service.messages import PictureMessage, RequestBatch
from twin.service.problems import Refused
from twin.service.settings import Limits
from twin.service.worker import Worker

BATCH, NOW = "/v1/decisions:batch", "/v1/snapshots/now"


async def in_chunks(*chunks: bytes) -> AsyncIterator[bytes]:
    """Send a body whose length nobody knows beforehand."""
    for chunk in chunks:
        yield chunk


async def for_ever(*chunks: bytes) -> AsyncIterator[bytes]:
    """Send some of a body, and then nothing and no end."""
    for chunk in chunks:
        yield chunk
    await asyncio.Event().wait()


def padded(size: int) -> bytes:
    """A request with spaces up to a size."""
    return canonical(a_request()).ljust(size)


def test_the_limits_are_those_that_were_agreed() -> None:
    limits = Limits()

    assert (limits.request_bytes, limits.batch_bytes) == (262_144, 1_048_576)
    assert (limits.batch_orders, limits.order_lines) == (500, 500)


def test_a_limit_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="order_lines must be above zero, got 0"):
        Limits(order_lines=0)


@pytest.mark.parametrize(("size", "status"), [(262_144, 200), (262_145, 413)])
def test_a_request_may_be_256_kb_and_no_byte_more(size: int, status: int) -> None:
    answer = a_service().decide(padded(size))

    assert answer.status_code == status


@pytest.mark.parametrize(("method", "path"), [("POST", "/v1/decisions"), ("POST", BATCH), ("PUT", NOW), ("PATCH", NOW)])
def test_a_body_that_says_it_is_too_large_is_not_read(method: str, path: str) -> None:
    service = a_service(limits={"request_bytes": 9, "batch_bytes": 9, "picture_bytes": 9})

    answer = service.ask(method, path, for_ever(), Content_Length="10")

    assert answer.status_code == 413
    assert answer.json()["detail"] == "body: 10 bytes; expected at most 9 bytes; ask in smaller parts"


def test_a_body_of_unknown_size_is_read_no_further_than_the_limit() -> None:
    answer = a_service(limits={"request_bytes": 9}).decide(for_ever(b"{    ", b"     "))

    assert answer.status_code == 413
    assert answer.json()["detail"] == "body: more; expected at most 9 bytes; ask in smaller parts"


def test_a_body_in_chunks_is_put_together() -> None:
    text = canonical(a_request())

    assert a_service().decide(in_chunks(text[:99], text[99:])).status_code == 200


def test_a_body_that_does_not_end_is_waited_for_no_longer_than_agreed() -> None:
    answer = a_service(limits={"read_seconds": 0.01}).decide(for_ever(b"{"))

    assert answer.status_code == 408
    assert answer.json()["detail"] == "body: not complete; expected all of it within 0.01 s; send it at once"


@pytest.mark.parametrize(
    ("kind", "coding", "words"),
    [
        ("text/plain", "identity", "'text/plain'"),
        ("application/x-www-form-urlencoded", "identity", "'application/x-www-form-urlencoded'"),
        ("application/json; charset=latin-1", "identity", "'application/json; charset=latin-1'"),
        ("application/json", "gzip", "'gzip' as Content-Encoding"),
    ],
)
def test_what_is_not_sent_as_plain_json_is_refused(kind: str, coding: str, words: str) -> None:
    answer = a_service().ask(
        "POST", "/v1/decisions", canonical(a_request()), Content_Type=kind, Content_Encoding=coding
    )

    assert answer.status_code == 415
    assert answer.json()["detail"] == (
        f"header Content-Type: {words}; expected application/json, not compressed; send it so"
    )


@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=utf-8", "Application/JSON"])
def test_plain_json_may_be_called_so_in_several_ways(kind: str) -> None:
    answer = a_service().ask("POST", "/v1/decisions", canonical(a_request()), Content_Type=kind)

    assert answer.status_code == 200


def test_an_order_of_too_many_lines_is_refused() -> None:
    answer = a_service(limits={"order_lines": 2}).decide(a_request(an_order(mug=1, lamp=1, book=1)))

    assert answer.status_code == 422
    assert answer.json()["detail"] == "body, order.lines: 3 lines; expected at most 2; divide the order"


@pytest.mark.parametrize(("units", "status"), [(500, 200), (501, 422)])
def test_an_order_of_too_many_units_is_refused(units: int, status: int) -> None:
    answer = a_service().decide(a_request(an_order(mug=500, book=units)))

    assert answer.status_code == status
    if status == 422:
        assert answer.json()["detail"] == "body, order.lines: 1001 units; expected at most 1000; divide the order"


def test_an_order_of_more_units_than_there_are_atoms_costs_no_time() -> None:
    assert a_service().decide(changed(a_request(), "order.lines.0.quantity", 10**18)).status_code == 422


def test_a_deadline_that_has_passed_is_answered_without_any_work() -> None:
    answer = a_service().decide(a_request(), X_Deadline_Ms="0")

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    assert answer.json()["type"] == "urn:twin:problem:DEADLINE_PASSED"
    assert answer.json()["detail"] == (
        "header X-Deadline-Ms: no time left when the turn came; expected more time; ask again"
    )


def test_a_deadline_that_is_far_away_changes_nothing() -> None:
    assert a_service().decide(a_request(), X_Deadline_Ms="60000").status_code == 200


@pytest.mark.parametrize("deadline", ["", "-1", "soon", "1.5", "1e3", "9999999999"])
def test_a_deadline_that_is_no_number_of_milliseconds_is_refused(deadline: str) -> None:
    answer = a_service().decide(a_request(), X_Deadline_Ms=deadline)

    assert answer.status_code == 400
    assert answer.json()["detail"] == (
        f"header X-Deadline-Ms: {deadline!r}; expected whole milliseconds from now; send such a number"
    )


def test_work_whose_turn_comes_after_its_deadline_is_not_begun() -> None:
    clock = Hands()
    worker = Worker(most_waiting=2, clock=clock)
    done = []

    async def one_after_the_other() -> list[Any]:
        slow = worker.do(lambda: setattr(clock, "at", clock.at + 10), deadline=clock.at + 5)
        late = worker.do(lambda: done.append("late"), deadline=clock.at + 5)
        return await asyncio.gather(slow, late, return_exceptions=True)

    _, refused = asyncio.run(one_after_the_other())
    worker.close()

    assert isinstance(refused, Refused)
    assert refused.kind.code == "DEADLINE_PASSED"
    assert done == []


def test_more_than_may_wait_is_refused_at_once() -> None:
    worker, hold = Worker(most_waiting=1), Event()

    async def three() -> list[Any]:
        first = asyncio.create_task(worker.do(hold.wait, deadline=inf))
        second = asyncio.create_task(worker.do(lambda: "in line", deadline=inf))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        hold.set()
        both = await asyncio.gather(first, second, return_exceptions=True)
        return [*both, await worker.do(lambda: "free again", deadline=inf)]

    first, refused, third = asyncio.run(three())
    worker.close()

    assert (first, third) == (True, "free again")
    assert isinstance(refused, Refused)
    assert str(refused) == "this service: 1 requests in line; expected fewer; ask again later"
    assert (refused.kind.status, refused.headers) == (503, {"Retry-After": "1"})


def test_a_key_may_make_a_burst_and_then_so_many_requests_a_second() -> None:
    clock = Hands()
    service = a_service(keys=KEYS, headers=with_key(), clock=clock, limits={"requests_per_second": 0.5, "burst": 2})
    asked = [service.ask("GET", "/v1/policy").status_code for _ in range(2)]

    refused = service.ask("GET", "/v1/policy")
    clock.at += 1.5
    still = service.ask("GET", "/v1/policy")
    clock.at += 0.5
    again = service.ask("GET", "/v1/policy")

    assert asked == [200, 200]
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "2")
    assert refused.json()["detail"] == (
        "API key of 'shop': more than 0.5 requests a second; expected fewer; wait 2 s, or ask in batches"
    )
    assert (still.status_code, still.headers["Retry-After"], again.status_code) == (429, "1", 200)


def test_a_pause_gives_no_more_than_one_burst() -> None:
    clock = Hands()
    service = a_service(keys=KEYS, headers=with_key(), clock=clock, limits={"requests_per_second": 1.0, "burst": 2})
    service.ask("GET", "/v1/policy")
    clock.at += 1_000

    statuses = [service.ask("GET", "/v1/policy").status_code for _ in range(3)]

    assert statuses == [200, 200, 429]


def test_one_key_does_not_use_up_the_allowance_of_another() -> None:
    clock = Hands()
    rate = RateLimit(1.0, 1, clock)
    rate.count("shop")

    rate.count("office")

    with pytest.raises(Refused, match="API key of 'shop'"):
        rate.count("shop")


def test_without_keys_nobody_is_counted() -> None:
    service = a_service(limits={"burst": 1})

    assert [service.ask("GET", "/v1/policy").status_code for _ in range(3)] == [200, 200, 200]


def test_the_whole_network_fits_into_a_picture() -> None:
    service = a_service()
    text = canonical(PictureMessage(1, a_picture())).ljust(8 * 1024 * 1024)

    assert service.ask("PUT", NOW, text).status_code == 200
    assert service.ask("PUT", NOW, text + b" ").status_code == 413


def test_a_batch_may_be_1_mib_and_500_orders() -> None:
    service = a_service()
    batch = RequestBatch(tuple(a_request(an_order(number)) for number in range(500)))
    text = canonical(batch)

    answer = service.ask("POST", BATCH, text.ljust(1_048_576))

    assert len(msgspec.json.decode(answer.content)["decisions"]) == 500
    assert service.ask("POST", BATCH, text.ljust(1_048_577)).status_code == 413
