"""Asking again with the same idempotency key, and what is written down of each decision."""

from __future__ import annotations

import json
import os
from hashlib import sha256
from pathlib import Path

import pytest

from tests.service.serving import (
    KEYS,
    Caller,
    Hands,
    a_picture,
    a_request,
    a_service,
    a_state,
    an_order,
    lines_in,
    with_key,
)  # fmt: skip
from twin.service.answers import Answers, Place
from twin.service.messages import ChangeMessage, NodeChange, PictureMessage, RequestBatch

NOW = "/v1/snapshots/now"
ONCE = {"Idempotency_Key": "order-7.1"}


@pytest.fixture
def service() -> Caller:
    """A service with a picture called `now`."""
    caller = a_service(clock=Hands())
    caller.ask("PUT", NOW, PictureMessage(5, a_picture()))
    return caller


def test_the_same_key_and_body_get_the_same_answer_although_the_picture_has_changed(service: Caller) -> None:
    request = a_request(snapshot_id="now")
    first = service.decide(request, **ONCE)
    service.ask("PUT", NOW, PictureMessage(6, a_picture(columbus=a_state(0))))

    again, anew = service.decide(request, **ONCE), service.decide(request)

    assert again.content == first.content != anew.content
    assert (again.headers.get("Idempotency-Replayed"), first.headers.get("Idempotency-Replayed")) == ("true", None)


def test_the_same_key_with_another_body_is_refused(service: Caller) -> None:
    service.decide(a_request(), **ONCE)

    answer = service.decide(a_request(an_order(8)), **ONCE)

    assert answer.status_code == 422
    assert answer.json()["type"] == "urn:twin:problem:KEY_REUSED"
    assert answer.json()["detail"] == (
        "header Idempotency-Key: 'order-7.1', which came with another body before; expected a key for each body; "
        "take a new key"
    )


def test_a_change_sent_twice_is_made_once(service: Caller) -> None:
    change = ChangeMessage(6, 11.0, {"reno": NodeChange(backlog_hours=1.0)})

    answers = [service.ask("PATCH", NOW, change, **ONCE) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert service.ask("GET", NOW).json()["sequence"] == 6


def test_a_key_counts_for_what_was_asked_and_for_nothing_else(service: Caller) -> None:
    service.decide(a_request(), **ONCE)

    batch = service.ask("POST", "/v1/decisions:batch", RequestBatch((a_request(),)), **ONCE)
    picture = service.ask("PUT", "/v1/snapshots/other", PictureMessage(1, a_picture()), **ONCE)

    assert (batch.status_code, picture.status_code) == (200, 200)


def test_nobody_gets_the_answer_to_somebody_elses_key() -> None:
    office = "the key of the office"
    service = a_service(keys=KEYS | {"office": sha256(office.encode()).hexdigest()})
    service.decide(a_request(), **ONCE, **with_key())

    answer = service.decide(a_request(an_order(8)), **ONCE, **with_key(office))

    assert (answer.status_code, answer.json()["order_number"]) == (200, 8)


def test_what_was_refused_may_be_mended_under_the_same_key(service: Caller) -> None:
    refused = service.decide(a_request(an_order(sofa=1)), **ONCE)

    mended = service.decide(a_request(), **ONCE)

    assert (refused.status_code, mended.status_code) == (422, 200)


@pytest.mark.parametrize("key", ["", "a b", "a/b", "k" * 65])
def test_a_key_that_is_no_name_is_refused(service: Caller, key: str) -> None:
    answer = service.decide(a_request(), Idempotency_Key=key)

    assert answer.status_code == 400
    assert answer.json()["detail"].startswith(f"header Idempotency-Key: {key[:64]!r}")


@pytest.mark.parametrize(("most", "most_bytes"), [(2, 1_000), (99, 20)])
def test_the_oldest_answers_make_room_for_new_ones(most: int, most_bytes: int) -> None:
    answers, places = Answers(most, most_bytes), [Place("shop", "POST", f"key-{number}") for number in range(3)]
    for place in places:
        answers.once(place, b"body", lambda: b"0123456789")

    found = [answers.once(place, b"body", lambda: b"0123456789").again for place in (places[2], places[1], places[0])]

    assert found == [True, True, False]


def test_each_decision_is_written_down_without_key_or_address(tmp_path: Path) -> None:
    log = tmp_path / "audit.jsonl"
    service = a_service(keys=KEYS, headers=with_key(), audit_log=log)

    answer = service.decide(a_request())
    service.ask("POST", "/v1/decisions:batch", RequestBatch((a_request(an_order(8)), a_request(an_order(9, mug=99)))))

    first, *others = lines_in(log)
    assert first.pop("time").endswith("+00:00")
    assert first == {
        "key_id": "shop",
        "order_number": 7,
        "zip3": "432",
        "snapshot_id": None,
        "status": "FULL",
        "decision_sha256": sha256(answer.content).hexdigest(),
    }
    assert [(line["order_number"], line["status"]) for line in others] == [(8, "FULL"), (9, "PARTIAL")]


def test_only_its_owner_may_read_the_audit_log(tmp_path: Path) -> None:
    a_service(audit_log=tmp_path / "audit.jsonl").decide(a_request())

    assert oct((tmp_path / "audit.jsonl").stat().st_mode & 0o777) == "0o600"


def test_the_audit_log_goes_on_where_it_was(tmp_path: Path) -> None:
    log = tmp_path / "audit.jsonl"
    for _ in range(2):
        a_service(audit_log=log).decide(a_request())

    assert len(lines_in(log)) == 2


def test_an_answer_that_was_given_before_is_no_new_decision(tmp_path: Path) -> None:
    log = tmp_path / "audit.jsonl"
    service = a_service(audit_log=log)
    for _ in range(2):
        service.decide(a_request(), **ONCE)

    assert len(lines_in(log)) == 1


def test_a_decision_that_cannot_be_written_down_does_not_leave(tmp_path: Path) -> None:
    answer = a_service(audit_log=tmp_path / "missing" / "audit.jsonl").decide(a_request())

    assert answer.status_code == 503
    assert answer.json()["detail"] == (
        f"audit log: cannot be written: {os.strerror(2)}; expected a file to append to; mend that"
    )
    assert "shipments" not in json.dumps(answer.json())
