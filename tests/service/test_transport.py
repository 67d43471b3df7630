"""A service is asked politely and never waited for, read or trusted beyond what was agreed."""

from __future__ import annotations

import json
import logging
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

import httpx
import pytest

from twin.domain.extras import MissingExtra
from twin.service import transport
from twin.service.transport import (
    Call,
    ForbiddenAddress,
    Manners,
    NoAnswer,
    QuestionRefused,
    ServiceClient,
    ServiceFailed,
    UnusableAnswer,
    checked_addresses,
    retry_after,
)

URL = "http://127.0.0.1:8350"
CALL = Call("/v1/decisions", b"{}", "key-of-7", attempt_seconds=0.3, total_seconds=1.0)
JSON = {"Content-Type": "application/json"}
Handler = Callable[[httpx.Request], httpx.Response]


@dataclass
class Watch:
    """A clock that only moves when somebody sleeps or a test says so."""

    now: float = 0.0
    waits: list[float] = field(default_factory=list)

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds


@dataclass(frozen=True)
class Said:
    """One answer of a service."""

    status: int
    content: bytes = b'{"fine":true}'
    headers: tuple[tuple[str, str], ...] = tuple(JSON.items())


@dataclass
class Script:
    """A service that answers one thing after another, the last one for ever, and keeps what it was sent."""

    answers: list[Said | Exception]
    requests: list[httpx.Request] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers[min(len(self.requests), len(self.answers)) - 1]
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer.status, headers=answer.headers, stream=httpx.ByteStream(answer.content))


def said(status: int, content: bytes = b'{"fine":true}', **problem: str) -> Said:
    return Said(status, json.dumps(problem).encode() if problem else content)


def come_back(seconds: int) -> Said:
    return Said(503, headers=(("Retry-After", str(seconds)),))


def a_client(handler: Handler, watch: Watch | None = None, **manners) -> ServiceClient:
    watch = watch or Watch()
    return ServiceClient(Manners(URL, **manners), httpx.MockTransport(handler), watch.clock, watch.sleep)


def test_a_question_goes_out_as_json_with_its_key_and_deadline() -> None:
    service = Script([said(200)])

    answer = a_client(service).ask(CALL)

    (request,) = service.requests
    assert answer == b'{"fine":true}'
    assert (request.method, str(request.url), request.content) == ("POST", f"{URL}/v1/decisions", b"{}")
    assert request.headers["Content-Type"] == request.headers["Accept"] == "application/json"
    assert request.headers["Accept-Encoding"] == "identity"
    assert request.headers["Idempotency-Key"] == "key-of-7"
    assert request.headers["X-Deadline-Ms"] == "300"
    assert "Authorization" not in request.headers


def test_a_call_without_a_body_is_a_get_below_the_path_of_the_service() -> None:
    service = Script([said(200)])
    client = ServiceClient(Manners(f"{URL}/dom/"), httpx.MockTransport(service))

    client.ask(replace(CALL, path="/v1/policy", body=None))

    assert (service.requests[0].method, str(service.requests[0].url)) == ("GET", f"{URL}/dom/v1/policy")


@pytest.mark.parametrize("first", [said(503), said(429), httpx.ConnectError("refused"), httpx.ReadTimeout("slow")])
def test_what_may_pass_is_tried_again_with_the_same_key_and_body(first) -> None:
    service = Script([first, said(200)])

    assert a_client(service).ask(CALL) == b'{"fine":true}'

    once, again = service.requests
    assert once.headers["Idempotency-Key"] == again.headers["Idempotency-Key"] == "key-of-7"
    assert once.content == again.content


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (said(503), "503 Service Unavailable, attempt 3 of 3"),
        (said(429, title="Too many", detail="wait"), "429 Too Many Requests: Too many: wait, attempt 3"),
        (httpx.ConnectError("refused"), "no connection (refused), attempt 3 of 3"),
        (httpx.RemoteProtocolError(""), "no connection (RemoteProtocolError), attempt 3 of 3"),
        (httpx.ReadTimeout("slow"), "no answer within 0.3 s, attempt 3 of 3"),
    ],
)
def test_a_service_that_stays_away_is_given_up_after_the_last_retry(answer, found: str) -> None:
    service = Script([answer])

    with pytest.raises(NoAnswer) as failure:
        a_client(service).ask(replace(CALL, total_seconds=5.0))

    assert len(service.requests) == 3
    assert str(failure.value).startswith(f"{URL}/v1/decisions: {found}")
    assert "expected: 200 OK with JSON\n  to mend:  start it, or give it more time" in str(failure.value)


@pytest.mark.parametrize(
    ("status", "kind", "expected", "cure"),
    [
        (400, QuestionRefused, "200 OK with JSON", "see whether the service knows this contract"),
        (409, QuestionRefused, "200 OK with JSON", "see whether the service knows this contract"),
        (422, QuestionRefused, "200 OK with JSON", "see whether the service knows this contract"),
        (401, QuestionRefused, "200 OK with JSON", "give a valid API key by api_key_env"),
        (500, NoAnswer, "200 OK with JSON", "see the log of the service"),
        (204, UnusableAnswer, "200 OK with JSON, no redirect", "name the service itself in url"),
    ],
)
def test_what_will_not_pass_is_not_tried_again(status: int, kind, expected: str, cure: str) -> None:
    service = Script([said(status, title="No", detail="order 7: STALE_SNAPSHOT")])

    with pytest.raises(kind) as failure:
        a_client(service).ask(CALL)

    phrase = httpx.codes.get_reason_phrase(status)
    assert len(service.requests) == 1
    assert str(failure.value) == (
        f"{URL}/v1/decisions: {status} {phrase}: No: order 7: STALE_SNAPSHOT\n"
        f"  expected: {expected}\n  to mend:  {cure}"
    )


def test_a_redirect_is_not_followed() -> None:
    service = Script([Said(307, headers=(("Location", "http://127.0.0.1:1/elsewhere"),))])

    with pytest.raises(UnusableAnswer, match="307 Temporary Redirect\n  expected: 200 OK with JSON, no redirect"):
        a_client(service).ask(CALL)

    assert len(service.requests) == 1


@pytest.mark.parametrize("content", [b"no json", b"[1]", b'{"title": 3}', b"[" * 100_000])
def test_a_problem_that_cannot_be_read_is_left_out(content: bytes) -> None:
    with pytest.raises(QuestionRefused, match="422 Unprocessable Entity\n"):
        a_client(Script([said(422, content)])).ask(CALL)


def test_a_strangers_words_are_shown_on_one_line_and_not_without_end() -> None:
    service = Script([said(422, detail="first\n\x1b[31m" + 300 * "x")])

    with pytest.raises(QuestionRefused) as failure:
        a_client(service).ask(CALL)

    assert str(failure.value).splitlines()[0].endswith(f": first  [31m{'x' * 189}...")


def test_waits_are_spread_over_the_whole_span_which_doubles() -> None:
    watch = Watch()
    client = a_client(Script([said(503)]), watch, breaker_failures=1000)

    for _ in range(40):
        with pytest.raises(NoAnswer):
            client.ask(CALL)

    first, second = watch.waits[::2], watch.waits[1::2]
    assert len(first) == len(second) == 40
    assert max(first) <= transport.BACKOFF_SECONDS < max(second) <= 2 * transport.BACKOFF_SECONDS
    assert min(first) < transport.BACKOFF_SECONDS / 2
    assert len(set(watch.waits)) == 80


def test_a_service_that_says_when_to_come_back_is_asked_then() -> None:
    watch = Watch()
    service = Script([come_back(3), said(200)])

    a_client(service, watch).ask(replace(CALL, total_seconds=5.0))

    assert watch.waits == [3.0]


def test_a_service_that_wants_us_back_after_the_deadline_is_given_up_at_once() -> None:
    watch = Watch()
    service = Script([come_back(3), said(200)])

    with pytest.raises(NoAnswer, match="503 Service Unavailable, attempt 1 of 3"):
        a_client(service, watch).ask(CALL)

    assert watch.waits == []


@pytest.mark.parametrize(
    ("header", "least", "most"),
    [
        ("", 0, 0),
        ("soon", 0, 0),
        ("12", 12, 12),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0, 0),
        ("Mon, 01 Jan 99999 00:00:00 GMT", 0, 0),
    ],
)
def test_when_to_come_back_is_read_as_seconds_or_as_a_date(header: str, least: float, most: float) -> None:
    assert least <= retry_after(header) <= most


@pytest.mark.parametrize("with_zone", [True, False])
def test_a_date_to_come_back_at_is_so_many_seconds_away(with_zone: bool) -> None:
    at = datetime.now(UTC) + timedelta(days=2)

    found = retry_after(format_datetime(at, usegmt=True) if with_zone else format_datetime(at.replace(tzinfo=None)))

    assert 80_000 <= found <= 2 * 86_400


def test_all_attempts_together_end_at_the_deadline_and_say_how_much_is_left() -> None:
    watch = Watch()
    deadlines = []

    def slow(request: httpx.Request) -> httpx.Response:
        deadlines.append(int(request.headers["X-Deadline-Ms"]))
        watch.now += 0.3
        raise httpx.ReadTimeout("slow")

    with pytest.raises(NoAnswer, match="attempt 2 of 6"):
        a_client(slow, watch, retries=5).ask(replace(CALL, total_seconds=0.6))

    assert deadlines[0] == 300
    assert 0 < deadlines[1] <= 300


def test_an_answer_is_not_read_beyond_its_limit() -> None:
    sent = []

    def endless() -> Iterator[bytes]:
        for number in range(1000):
            sent.append(number)
            yield b"12345"

    with pytest.raises(UnusableAnswer) as failure:
        a_client(lambda request: httpx.Response(200, headers=JSON, content=endless()), max_bytes=12).ask(CALL)

    assert len(sent) == 3
    assert str(failure.value) == (
        f"{URL}/v1/decisions: more than 12 bytes\n  expected: a short answer\n"
        "  to mend:  see what answers there, or max_bytes"
    )


@pytest.mark.parametrize(
    ("headers", "found"),
    [
        ({"Content-Type": "text/html"}, "Content-Type text/html, Content-Encoding identity"),
        ({}, "Content-Type , Content-Encoding identity"),
        (JSON | {"Content-Encoding": "gzip"}, "Content-Type application/json, Content-Encoding gzip"),
    ],
)
def test_an_answer_that_is_not_plain_json_is_refused(headers, found: str) -> None:
    with pytest.raises(UnusableAnswer) as failure:
        a_client(lambda request: httpx.Response(200, headers=headers, content=iter([b"{}"]))).ask(CALL)

    assert str(failure.value) == (
        f"{URL}/v1/decisions: {found}\n  expected: plain application/json\n  to mend:  see what answers there"
    )


def test_a_service_that_failed_several_times_is_spared_and_then_tried_once() -> None:
    watch = Watch()
    service = Script([said(500), said(500), said(500), said(200), said(500), said(500), said(200)])
    client = a_client(service, watch, breaker_failures=2, breaker_seconds=30.0)

    def ask() -> str:
        try:
            return client.ask(CALL).decode()
        except NoAnswer as failure:
            return str(failure).partition(": ")[2].partition("\n")[0]

    assert [ask(), ask()] == ["500 Internal Server Error"] * 2
    assert ask() == "not asked, because 2 calls in a row failed"
    watch.now = 30.0
    assert ask() == "500 Internal Server Error"  # one try, and it is spared again
    assert ask() == "not asked, because 3 calls in a row failed"
    watch.now = 60.0
    assert ask() == '{"fine":true}'
    assert ask() == "500 Internal Server Error"  # it begins to count anew
    assert len(service.requests) == 5


def test_what_spares_a_service_says_for_how_long() -> None:
    client = a_client(Script([said(500)]), breaker_failures=1, breaker_seconds=29.5)
    with pytest.raises(NoAnswer):
        client.ask(CALL)

    with pytest.raises(NoAnswer) as failure:
        client.ask(CALL)

    assert str(failure.value) == (
        f"{URL}/v1/decisions: not asked, because 1 calls in a row failed\n  expected: a service that answers\n"
        "  to mend:  it is asked again in 30 s: see why it fails; breaker_failures sets how many it may"
    )


def test_a_service_that_refuses_questions_is_there_and_not_spared() -> None:
    service = Script([said(422)])
    client = a_client(service, breaker_failures=1)

    for _ in range(3):
        with pytest.raises(QuestionRefused):
            client.ask(CALL)

    assert len(service.requests) == 3


def test_an_api_key_is_sent_and_shown_nowhere(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    service = Script([said(422, title="Refused", detail="who is Bearer s3cret-key?")])
    client = a_client(service, api_key="s3cret-key")

    with pytest.raises(QuestionRefused) as failure:
        client.ask(CALL)

    assert service.requests[0].headers["Authorization"] == "Bearer s3cret-key"
    assert "who is Bearer (API key)?" in str(failure.value)
    assert "s3cret" not in f"{failure.value} {caplog.text} {service.requests[0].url} {Manners(URL, api_key='s3cret')}"


@pytest.mark.parametrize(
    ("host", "addresses"),
    [
        ("localhost", ["127.0.0.1", "::1"]),
        ("127.0.0.1", ["127.0.0.1"]),
        ("dom.example", ["10.1.2.3"]),
        ("dom.example", ["2001:db8::7"]),
    ],
)
def test_the_address_of_a_service_may_be_asked(host: str, addresses: list[str]) -> None:
    assert checked_addresses(host, addresses, (*transport.LOOPBACK_HOSTS, "dom.example")) == addresses


@pytest.mark.parametrize(
    ("host", "address", "found"),
    [
        ("dom.example", "169.254.169.254", "a link-local or metadata address"),
        ("dom.example", "fe80::1%eth0", "a link-local or metadata address"),
        ("dom.example", "fd00:ec2::254", "a link-local or metadata address"),
        ("dom.example", "100.100.100.200", "a link-local or metadata address"),
        ("dom.example", "::ffff:169.254.169.254", "a link-local or metadata address"),
        ("dom.example", "2002:a9fe:a9fe::1", "a link-local or metadata address"),
        ("dom.example", "64:ff9b::a9fe:a9fe", "a link-local or metadata address"),
        ("dom.example", "0.0.0.0", "no address of one machine"),  # noqa: S104  (nobody listens to it)
        ("dom.example", "224.0.0.1", "no address of one machine"),
        ("localhost", "10.1.2.3", "which is another machine"),
    ],
)
def test_a_name_that_leads_where_nobodys_service_is_may_not_be_asked(host: str, address: str, found: str) -> None:
    with pytest.raises(ForbiddenAddress) as refused:
        checked_addresses(host, ["127.0.0.1", address], ("localhost", "dom.example"))

    assert str(refused.value) == (
        f"host {host!r}: leads to {address}, {found}\n"
        "  expected: a service's address\n  to mend:  see where the name leads"
    )


def test_a_host_that_was_not_allowed_may_not_be_asked() -> None:
    with pytest.raises(ForbiddenAddress) as refused:
        checked_addresses("dom.example", ["10.1.2.3"], transport.LOOPBACK_HOSTS)

    assert str(refused.value) == (
        "host 'dom.example': not in allowed_hosts\n  expected: one of localhost, 127.0.0.1, ::1\n"
        "  to mend:  mend url or allowed_hosts"
    )


class Answering(BaseHTTPRequestHandler):
    """Answers every question with the headers it came with, and sets a cookie."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        seen = "|".join(f"{name}: {value}" for name, value in self.headers.items())
        content = f'"{seen}"'.encode()
        self.send_response(200)
        for name, value in {**JSON, "Content-Length": str(len(content)), "Set-Cookie": "you=known"}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def port() -> Iterator[int]:
    """A real server on this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    thread.join()
    server.server_close()


PATIENT = replace(CALL, attempt_seconds=20.0, total_seconds=60.0)


def asked(url: str, call: Call = PATIENT, times: int = 1, **manners) -> str:
    """Ask a real server over a real connection, and return its last answer."""
    with closing(ServiceClient(Manners(url, **{"connect_seconds": 10.0, **manners}))) as client:
        return [client.ask(call) for _ in range(times)][-1].decode()


def test_a_real_server_is_asked_and_leaves_no_cookie(port: int) -> None:
    answer = asked(f"http://localhost:{port}", times=2)

    assert f"Host: localhost:{port}" in answer
    assert "Idempotency-Key: key-of-7" in answer
    assert "cookie" not in answer.lower()


def test_a_proxy_in_the_environment_is_left_alone(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")

    assert "key-of-7" in asked(f"http://127.0.0.1:{port}")


def test_the_address_that_was_looked_at_is_the_one_that_is_asked(port: int, monkeypatch) -> None:
    monkeypatch.setattr(transport, "look_up", lambda host, port, seconds: ["::1", "127.0.0.1"])  # the second listens

    answer = asked(f"http://dom.example:{port}", allowed_hosts=("dom.example",))

    assert f"Host: dom.example:{port}" in answer


def test_a_name_that_leads_to_secrets_is_never_connected_to(monkeypatch) -> None:
    monkeypatch.setattr(transport, "look_up", lambda host, port, seconds: ["169.254.169.254"])

    with pytest.raises(ForbiddenAddress, match=r"leads to 169\.254\.169\.254") as refused:
        asked("http://dom.example", allowed_hosts=("dom.example",))

    assert not isinstance(refused.value, ServiceFailed)


def test_a_host_is_refused_where_it_is_connected_to_as_well() -> None:
    with pytest.raises(ForbiddenAddress, match=r"host '127\.0\.0\.1': not in allowed_hosts"):
        asked("http://127.0.0.1:9", allowed_hosts=("dom.example",))


def test_nobody_listening_is_no_connection() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        free = taken.getsockname()[1]

    with pytest.raises(NoAnswer, match=r"no connection \(.*\), attempt 1 of 1"):
        asked(f"http://127.0.0.1:{free}", retries=0)


@pytest.mark.parametrize(("host", "found"), [("[1:2]", "Invalid IPv6 address"), ("xn--", "Malformed A-label")])
def test_a_name_that_cannot_be_one_is_no_connection(host: str, found: str) -> None:
    with pytest.raises(NoAnswer, match=rf"no connection \({found}"):
        asked(f"http://{host}", retries=0)


@pytest.fixture
def never() -> Iterator[Event]:
    """What does not happen before the end of the test."""
    event = Event()
    yield event
    event.set()


def test_a_name_that_nobody_finds_in_time_is_not_waited_for(monkeypatch, never: Event) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **more: never.wait(60) and [])

    with pytest.raises(NoAnswer, match=r"no answer within 0\.05 s"):
        asked("http://dom.example", replace(PATIENT, attempt_seconds=0.05), allowed_hosts=("dom.example",), retries=0)


@pytest.mark.parametrize("error", [socket.gaierror("unknown"), UnicodeError("label too long")])
def test_a_name_that_nobody_knows_is_no_connection(error, monkeypatch) -> None:
    def unknown(*args: object, **more: object) -> list[object]:
        raise error

    monkeypatch.setattr(socket, "getaddrinfo", unknown)

    with pytest.raises(NoAnswer, match=r"no connection \(the name dom\.example is not known\)"):
        asked("http://dom.example", allowed_hosts=("dom.example",), retries=0)


def test_a_name_without_an_address_is_no_connection(monkeypatch) -> None:
    monkeypatch.setattr(transport, "look_up", lambda host, port, seconds: [])

    with pytest.raises(NoAnswer, match=r"no connection \(the name dom\.example leads nowhere\)"):
        asked("http://dom.example", allowed_hosts=("dom.example",), retries=0)


WHOLE = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 40\r\n\r\n" + b" " * 38 + b"{}"
HEADERS = WHOLE.index(b"\r\n\r\n") + 4


@pytest.fixture
def dripping(never: Event) -> Iterator[Callable[[int], int]]:
    """A server that sends the beginning of an answer at once and the rest byte by byte, each a moment later."""
    server = socket.create_server(("127.0.0.1", 0))
    threads = []

    def serve(at_once: int) -> None:
        connection, _ = server.accept()
        with connection, suppress(OSError):  # the client hangs up
            connection.recv(65_536)
            connection.sendall(WHOLE[:at_once])
            for byte in WHOLE[at_once:]:
                if never.wait(0.03):
                    return
                connection.sendall(bytes([byte]))

    def start(at_once: int) -> int:
        threads.append(Thread(target=serve, args=(at_once,)))
        threads[0].start()
        return server.getsockname()[1]

    yield start
    never.set()
    socket.create_connection(server.getsockname()).close()  # in case nobody came
    for thread in threads:
        thread.join()
    server.close()


@pytest.mark.parametrize("at_once", [0, 20, HEADERS, HEADERS + 1])
def test_an_answer_that_drips_in_is_not_waited_for(at_once: int, dripping) -> None:
    """Each byte comes in good time, all of them would take more than a second."""
    port = dripping(at_once)

    with pytest.raises(NoAnswer, match=r"no answer within 0\.2 s"):
        asked(f"http://127.0.0.1:{port}", replace(PATIENT, attempt_seconds=0.2), retries=0)


def test_a_large_question_arrives_whole(port: int) -> None:
    body = b"x" * (3 * transport.WRITTEN + 7)

    assert f"Content-Length: {len(body)}" in asked(f"http://127.0.0.1:{port}", replace(PATIENT, body=body))


def test_a_missing_part_of_the_twin_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "httpcore", None)

    with pytest.raises(MissingExtra, match=r"the part 'http' of the twin is not installed.*pip install 'twin\[http\]'"):
        ServiceClient(Manners(URL))
