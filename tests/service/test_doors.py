"""Who is let in: this machine unless there are keys, by the names the service knows, and no page of another site."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

from tests.service.serving import KEY, KEYS, NETWORK, a_picture, a_request, a_service, with_key
from twin.domain.errors import UsageError
from twin.policies.routing.min_cost import MinCost
from twin.service.app import create_app
from twin.service.messages import PictureMessage
from twin.service.settings import Settings

EVERYTHING = [
    ("POST", "/v1/decisions"), ("POST", "/v1/decisions:batch"), ("PUT", "/v1/snapshots/now"),
    ("PATCH", "/v1/snapshots/now"), ("GET", "/v1/snapshots/now"), ("DELETE", "/v1/snapshots/now"),
    ("GET", "/v1/policy"), ("GET", "/openapi.json"),
]  # fmt: skip


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_this_machine_may_ask_without_keys(host: str) -> None:
    assert Settings(host=host).host == host


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.0.7", "warehouse.example", ""])  # noqa: S104
def test_others_may_ask_only_with_keys(host: str) -> None:
    with pytest.raises(UsageError) as refused:
        Settings(host=host)

    assert str(refused.value) == (
        f"--host {host}: everybody who reaches this machine could ask without an API key; expected 127.0.0.1, ::1 or "
        "localhost, or API keys in TWIN_API_KEYS or --keys FILE"
    )
    assert refused.value.exit_code == 2
    assert Settings(host=host, keys=KEYS).host == host


@pytest.mark.parametrize(("method", "path"), EVERYTHING)
@pytest.mark.parametrize(
    ("authorization", "found"),
    [
        (None, "nothing"),
        ("Bearer another-key", "a key that nobody has"),
        (f"Basic {KEY}", "a key that nobody has"),
        (f"Bearer {KEYS['shop']}", "a key that nobody has"),
        ("Bearer", "a key that nobody has"),
    ],
)
def test_nothing_is_told_and_nothing_done_without_a_key(
    method: str, path: str, authorization: str | None, found: str
) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}

    answer = a_service(keys=KEYS).ask(method, path, **headers)

    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert answer.json()["detail"] == (
        f"header Authorization: {found}; expected Bearer and an API key; ask who runs the service for one"
    )


def test_a_key_opens_the_door() -> None:
    service = a_service(keys={"office": "0" * 64, **KEYS})

    assert service.decide(a_request(), **with_key()).status_code == 200


def test_a_key_is_in_no_answer_and_in_no_log(caplog: pytest.LogCaptureFixture, tmp_path) -> None:
    caplog.set_level(logging.DEBUG)
    service = a_service(keys=KEYS, headers=with_key(), audit_log=tmp_path / "audit.jsonl", limits={"burst": 2})

    answers = [service.decide(a_request()), service.decide(b"{"), service.decide(a_request())]

    assert [answer.status_code for answer in answers] == [200, 400, 429]
    said = caplog.text + (tmp_path / "audit.jsonl").read_text() + "".join(answer.text for answer in answers)
    assert KEY not in said
    assert KEYS["shop"] not in said


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8350", "127.0.0.1:1", "[::1]:8350", "dom.example:443"])
def test_the_service_answers_to_its_names(host: str) -> None:
    service = a_service(hosts=("dom.example",))

    assert service.ask("GET", "/healthz", Host=host).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "localhost.evil.example", "evil@localhost", "localhost/evil", "[localhost]", "", "a b"],
)
@pytest.mark.parametrize("path", ["/healthz", "/v1/policy", "/nowhere"])
def test_by_any_other_name_it_is_not_known(host: str, path: str) -> None:
    answer = a_service().ask("GET", path, Host=host)

    assert answer.status_code == 421
    assert answer.json()["detail"] == (
        f"header Host: {host!r}; expected one of 127.0.0.1, localhost, ::1; start with --allow-host NAME"
    )


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])  # noqa: S104
def test_listening_on_every_address_is_no_name(host: str) -> None:
    assert Settings(host=host, keys=KEYS, hosts=("dom.example",)).names == (
        "127.0.0.1",
        "localhost",
        "::1",
        "dom.example",
    )


@pytest.mark.parametrize("hosts", [[], [b"localhost", b"localhost"]])
def test_a_request_names_the_service_exactly_once(hosts: list[bytes]) -> None:
    status, _ = raw_answer([(b"host", host) for host in hosts])

    assert status == 421


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:3000", "http://localhost.evil"])
def test_a_page_of_another_site_can_change_nothing(method: str, origin: str) -> None:
    service = a_service()
    service.ask("PUT", "/v1/snapshots/now", PictureMessage(1, a_picture()))

    answer = service.ask(method, "/v1/snapshots/now", b"{}", Origin=origin)

    assert answer.status_code == 403
    assert answer.json()["detail"] == (
        f"header Origin: {origin!r}; expected this service; start with --allow-origin ORIGIN"
    )
    assert service.ask("GET", "/v1/snapshots/now").json()["sequence"] == 1


@pytest.mark.parametrize("origin", ["http://localhost", "https://planner.example"])
def test_pages_of_the_service_itself_and_those_allowed_may_ask(origin: str) -> None:
    service = a_service(origins=("https://planner.example",))

    assert service.decide(a_request(), Origin=origin).status_code == 200


def test_a_page_of_another_site_is_never_told_that_it_may_read(caplog: pytest.LogCaptureFixture) -> None:
    answer = a_service().ask("GET", "/v1/policy", Origin="https://evil.example")

    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_who_leaves_in_the_middle_of_a_body_leaves_no_trace(caplog: pytest.LogCaptureFixture) -> None:
    headers = [(b"host", b"localhost"), (b"content-type", b"application/json")]

    status, _ = raw_answer(headers, {"type": "http.disconnect"})

    assert status == 408
    assert caplog.text == ""


def raw_answer(headers: list[tuple[bytes, bytes]], *messages: dict[str, Any]) -> tuple[int, bytes]:
    """Ask for a decision with headers that no client would send, and return status and body."""
    sent: list[dict[str, Any]] = []
    waiting = iter(messages)

    async def receive() -> dict[str, Any]:
        return next(waiting)

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http",
        "path": "/v1/decisions", "raw_path": b"/v1/decisions", "query_string": b"", "root_path": "",
        "headers": headers, "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
    }  # fmt: skip
    asyncio.run(create_app(MinCost(), "min_cost", NETWORK)(scope, receive, send))
    return sent[0]["status"], sent[1]["body"]
