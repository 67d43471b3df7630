"""Asks another program over HTTP, and waits, reads and trusts no more than it was told to.

httpx's transport is used without its client: nothing is redirected, and no cookie, proxy or password file plays a part.
What a time-out of httpx does not cover (a name that is looked up for ever, an answer that drips in byte by byte) is
held to the deadline where bytes come in, in `Guard`.
"""

from __future__ import annotations

import random
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from ipaddress import IPv6Address, IPv6Network, ip_address
from math import ceil, inf
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any, cast

import msgspec

from twin import __version__
from twin.domain.errors import Problem, TwinError
from twin.domain.extras import needs

if TYPE_CHECKING:
    import httpcore
    import httpx

LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "::1")
METADATA = frozenset({"100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254"})  # besides the link-local one
TRANSLATED = IPv6Network("64:ff9b::/96")  # IPv4 addresses as IPv6-only networks write them (RFC 6052)
BACKOFF_SECONDS = 0.05  # the longest first wait before a retry; each further one doubles it
SHOWN = 200  # characters of a stranger's words that a message repeats
WRITTEN = 65_536  # bytes sent between two looks at the clock


class ServiceFailed(TwinError):  # noqa: N818  (what happened, in the words of whoever waits for a decision)
    """A service gave no answer that can be used."""


class NoAnswer(ServiceFailed):
    """A service could not be reached, was too slow, or broke down; `retry_after` is None where nothing can help."""

    def __init__(self, problem: Problem, retry_after: float | None = None) -> None:
        super().__init__(problem)
        self.problem, self.retry_after = problem, retry_after


class QuestionRefused(ServiceFailed):
    """A service is there and refuses a question."""


class UnusableAnswer(ServiceFailed):
    """A service answered with something else than what was asked for."""


class ForbiddenAddress(TwinError):  # noqa: N818  (says what is wrong with an address)
    """A host may not be asked, or leads where nobody's service is."""


@dataclass(frozen=True, slots=True)
class Manners:
    """Which service is asked, and how long, how often and how much of it is borne."""

    url: str
    allowed_hosts: tuple[str, ...] = LOOPBACK_HOSTS
    connect_seconds: float = 0.2
    retries: int = 2
    max_bytes: int = 1_000_000
    breaker_failures: int = 5
    breaker_seconds: float = 30.0
    api_key: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Call:
    """One question: what is sent where, and the time for one attempt and for all of them."""

    path: str
    body: bytes | None
    idempotency_key: str
    attempt_seconds: float
    total_seconds: float


class CircuitBreaker:
    """Spares a service that failed several times in a row, for some seconds; then one call tries it again."""

    def __init__(self, failures: int, seconds: float, clock: Callable[[], float]) -> None:
        self._limit, self._seconds, self._clock = failures, seconds, clock
        self.failures, self._open_until = 0, -inf

    @property
    def seconds_left(self) -> float:
        """How long nothing is asked yet, 0 where the service may be asked."""
        return max(0.0, self._open_until - self._clock())

    def note(self, *, failed: bool) -> None:
        """Take note of how a call ended."""
        self.failures = self.failures + 1 if failed else 0
        self._open_until = self._clock() + self._seconds if self.failures >= self._limit else -inf


class Guard:
    """Connects only to hosts and addresses that may be asked, and lets no read or write outlast the deadline.

    It is httpcore's network backend and needs not inherit from it, so that this module loads without httpx.
    """

    def __init__(self, allowed_hosts: Sequence[str], clock: Callable[[], float]) -> None:
        import httpcore

        self._allowed, self._clock, self._backend = allowed_hosts, clock, httpcore.SyncBackend()
        self.ends_at = inf

    def left(self) -> float:
        """Return the seconds until the deadline, or raise what httpx knows as a time-out."""
        import httpcore

        seconds = self.ends_at - self._clock()
        if seconds <= 0:
            raise httpcore.ReadTimeout
        return seconds

    def connect_tcp(self, host: str, port: int, timeout: float | None = None, *rest: Any, **more: Any) -> GuardedStream:  # noqa: ANN401  (whatever httpcore hands on)
        """Look a host up, refuse it unless all its addresses are in order, and connect to the first that listens."""
        import httpcore

        limit = self.left() if timeout is None else min(timeout, self.left())
        missed: Exception = httpcore.ConnectError(f"the name {host} leads nowhere")
        for address in checked_addresses(host, look_up(host, port, limit), self._allowed):
            try:
                stream = self._backend.connect_tcp(address, port, min(limit, self.left()), *rest, **more)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                missed = error
            else:
                return GuardedStream(stream, self)
        raise missed


class GuardedStream:
    """A connection whose every read and write ends at the deadline; all else is the connection's own."""

    def __init__(self, stream: httpcore.NetworkStream, guard: Guard) -> None:
        self._stream, self._guard = stream, guard

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002  (the deadline is nearer)
        """Read what there is."""
        return self._stream.read(max_bytes, self._guard.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002  (the deadline is nearer)
        """Write everything, a piece at a time."""
        for start in range(0, len(buffer), WRITTEN):
            self._stream.write(buffer[start : start + WRITTEN], self._guard.left())

    def start_tls(self, ssl_context: Any, server_hostname: str | None, timeout: float | None = None) -> GuardedStream:  # noqa: ANN401, ARG002  (whatever httpcore hands on)
        """Encrypt what follows."""
        return GuardedStream(self._stream.start_tls(ssl_context, server_hostname, self._guard.left()), self._guard)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  (any of its attributes)
        return getattr(self._stream, name)


class ServiceClient:
    """Asks one service, one question at a time; `clock`, `sleep` and `transport` are others in tests.

    The waits between retries are drawn from a generator of its own. That disturbs no simulation: simulated time stands
    still while we wait, and no draw of the simulation comes from it.
    """

    def __init__(
        self,
        manners: Manners,
        transport: httpx.BaseTransport | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._manners, self._clock, self._sleep = manners, clock, sleep
        with needs("http"):
            self._guard = Guard(manners.allowed_hosts, clock)
            self._transport = transport or _guarded_transport(self._guard, manners.url)
        self._breaker = CircuitBreaker(manners.breaker_failures, manners.breaker_seconds, clock)
        self._jitter = random.Random()  # noqa: S311  (spreads retries; no secret, and no part of a result)
        self._lock = Lock()

    def ask(self, call: Call) -> bytes:
        """Return the JSON that answers a call.

        Raises `ServiceFailed` where there is none in time, and `ForbiddenAddress` where nobody may be asked.
        """
        with self._lock:
            self._refuse_while_open(call)
            try:
                answer = self._with_retries(call)
            except ServiceFailed as failure:
                self._breaker.note(failed=isinstance(failure, NoAnswer))
                raise
            self._breaker.note(failed=False)
        return answer

    def close(self) -> None:
        """Hang up."""
        self._transport.close()

    def _refuse_while_open(self, call: Call) -> None:
        seconds = self._breaker.seconds_left
        if seconds:
            found = f"not asked, because {self._breaker.failures} calls in a row failed"
            cure = f"it is asked again in {ceil(seconds)} s: see why it fails; breaker_failures sets how many it may"
            raise NoAnswer(Problem(self._where(call), found, "a service that answers", cure))

    def _with_retries(self, call: Call) -> bytes:
        """Try until there is an answer, no attempt or no time is left; waits are drawn anew from the whole span."""
        ends_at = self._clock() + call.total_seconds
        attempt = 0
        while True:
            attempt += 1
            try:
                return self._attempt(call, ends_at)
            except NoAnswer as failure:
                if failure.retry_after is None:
                    raise
                wait = max(failure.retry_after, self._jitter.uniform(0, BACKOFF_SECONDS * 2 ** (attempt - 1)))
                if attempt > self._manners.retries or self._clock() + wait >= ends_at:
                    found = f"{failure.problem.found}, attempt {attempt} of {self._manners.retries + 1}"
                    raise NoAnswer(replace(failure.problem, found=found)) from None
            self._sleep(wait)

    def _attempt(self, call: Call, ends_at: float) -> bytes:
        """Send the question once and return its answer."""
        import httpx

        seconds = min(call.attempt_seconds, ends_at - self._clock())
        self._guard.ends_at = self._clock() + seconds
        try:
            with closing(self._transport.handle_request(self._request(call, seconds))) as response:
                content = b"".join(self._pieces(call, response))
        except httpx.TimeoutException:
            raise self._no_answer(call, f"no answer within {seconds:.2g} s") from None
        except (httpx.TransportError, httpx.InvalidURL, UnicodeError) as error:
            raise self._no_answer(call, f"no connection ({self._clean(str(error)) or type(error).__name__})") from None
        if response.status_code != HTTPStatus.OK:
            raise self._failure(call, response, content)
        self._refuse_unless_json(call, response)
        return content

    def _request(self, call: Call, seconds: float) -> httpx.Request:
        import httpx

        headers = {
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "Content-Type": "application/json",
            "User-Agent": f"twin/{__version__}",
            "Idempotency-Key": call.idempotency_key,
            "X-Deadline-Ms": str(max(1, ceil(seconds * 1000))),
        }
        if self._manners.api_key:
            headers["Authorization"] = f"Bearer {self._manners.api_key}"
        connect = min(self._manners.connect_seconds, seconds)
        times = {**dict.fromkeys(("read", "write", "pool"), seconds), "connect": connect}
        method, more = "POST" if call.body else "GET", {"timeout": times}
        return httpx.Request(method, self._where(call), headers=headers, content=call.body, extensions=more)

    def _pieces(self, call: Call, response: httpx.Response) -> Iterator[bytes]:
        """Yield an answer as it comes in, and stop where it is too long."""
        length = 0
        for piece in response.iter_raw():
            length += len(piece)
            if length > self._manners.max_bytes:
                found, cure = f"more than {self._manners.max_bytes:,} bytes", "see what answers there, or max_bytes"
                raise UnusableAnswer(Problem(self._where(call), found, "a short answer", cure))
            yield piece

    def _failure(self, call: Call, response: httpx.Response, content: bytes) -> ServiceFailed:
        """Return what a status other than 200 means."""
        status, where, expected = response.status_code, self._where(call), "200 OK with JSON"
        found = f"{status} {self._clean(response.reason_phrase)}{self._detail(content)}"
        if status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
            return self._no_answer(call, found, retry_after(response.headers.get("Retry-After", "")))
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return NoAnswer(Problem(where, found, expected, "see the log of the service"))
        if status < HTTPStatus.BAD_REQUEST:
            return UnusableAnswer(Problem(where, found, f"{expected}, no redirect", "name the service itself in url"))
        keyless = status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
        cure = "give a valid API key by api_key_env" if keyless else "see whether the service knows this contract"
        return QuestionRefused(Problem(where, found, expected, cure))

    def _refuse_unless_json(self, call: Call, response: httpx.Response) -> None:
        kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        packed = response.headers.get("Content-Encoding", "identity").lower()
        if (kind, packed) != ("application/json", "identity"):
            found, expected = self._clean(f"Content-Type {kind}, Content-Encoding {packed}"), "plain application/json"
            raise UnusableAnswer(Problem(self._where(call), found, expected, "see what answers there"))

    def _no_answer(self, call: Call, found: str, after: float = 0.0) -> NoAnswer:
        return NoAnswer(Problem(self._where(call), found, "200 OK with JSON", "start it, or give it more time"), after)

    def _detail(self, content: bytes) -> str:
        """Return what a problem (RFC 9457) says, nothing where there is none to read."""
        try:
            problem = msgspec.json.decode(content)
        except (msgspec.MsgspecError, RecursionError):
            return ""
        said = [problem.get("title"), problem.get("detail")] if isinstance(problem, dict) else []
        return "".join(f": {self._clean(words)}" for words in said if isinstance(words, str) and words)

    def _clean(self, words: str) -> str:
        """Return a stranger's words as they may be shown: short, on one line, and without our API key."""
        words = words.replace(self._manners.api_key or "\0", "(API key)")
        printable = "".join(sign if sign.isprintable() else " " for sign in words)
        return printable if len(printable) <= SHOWN else f"{printable[:SHOWN]}..."

    def _where(self, call: Call) -> str:
        return self._manners.url.rstrip("/") + call.path


def retry_after(header: str) -> float:
    """Return the seconds that a `Retry-After` header asks for, 0 where it says nothing that can be read."""
    try:
        if header.isdecimal():
            return float(header)
        at = parsedate_to_datetime(header)
    except ValueError:
        return 0.0
    return max(0.0, ((at if at.tzinfo else at.replace(tzinfo=UTC)) - datetime.now(UTC)).total_seconds())


def look_up(host: str, port: int, seconds: float) -> list[str]:
    """Return the addresses of a host; a look-up cannot be called off, so a thread of its own waits for a slow one."""
    import httpcore

    found: SimpleQueue[list[str] | Exception] = SimpleQueue()

    def look() -> None:
        try:
            entries = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found.put(list(dict.fromkeys(str(entry[4][0]) for entry in entries)))
        except (OSError, UnicodeError) as error:
            found.put(error)

    Thread(target=look, daemon=True).start()
    try:
        result = found.get(timeout=seconds)
    except Empty:
        raise httpcore.ConnectTimeout(f"the name {host} was not found in time") from None
    if isinstance(result, Exception):
        raise httpcore.ConnectError(f"the name {host} is not known")
    return result


def checked_addresses(host: str, addresses: Sequence[str], allowed_hosts: Sequence[str]) -> Sequence[str]:
    """Return the addresses of a host, or raise `ForbiddenAddress` where even one of them may not be asked.

    A name is judged by where it leads: link-local addresses and those where clouds keep their secrets are refused,
    and what calls itself this machine must be this machine.
    """
    if host.lower() not in allowed_hosts:
        expected = f"one of {', '.join(allowed_hosts)}"
        raise ForbiddenAddress(Problem(f"host {host!r}", "not in allowed_hosts", expected, "mend url or allowed_hosts"))
    for address in addresses:
        wrong = _forbidden(address)
        if wrong or (host.lower() in LOOPBACK_HOSTS and not ip_address(address).is_loopback):
            found = f"leads to {address}, {wrong or 'which is another machine'}"
            raise ForbiddenAddress(Problem(f"host {host!r}", found, "a service's address", "see where the name leads"))
    return addresses


def _forbidden(address: str) -> str:
    """Say why nobody's service is at an address, nothing where it may be."""
    ip = ip_address(address)
    if isinstance(ip, IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour
        if inner is None and ip in TRANSLATED:
            inner = ip_address(int(ip) & 0xFFFFFFFF)  # type: ignore[assignment]
        ip = inner or ip
    if ip.is_link_local or str(ip) in METADATA:
        return "a link-local or metadata address"
    return "no address of one machine" if ip.is_multicast or ip.is_unspecified else ""


def _guarded_transport(guard: Guard, url: str) -> httpx.BaseTransport:
    """Return httpx's transport with the guard below it."""
    import ssl

    import httpcore
    import httpx

    context = httpx.create_ssl_context() if url.startswith("https:") else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    transport = httpx.HTTPTransport(verify=context, trust_env=False)
    assert isinstance(transport._pool, httpcore.ConnectionPool), "another httpx would go round the guard"  # noqa: SLF001
    backend = cast("httpcore.NetworkBackend", guard)  # httpx offers no way of its own to hand over a backend
    transport._pool = httpcore.ConnectionPool(context, max_connections=1, network_backend=backend)  # noqa: SLF001
    return transport
