"""A routing policy that lives elsewhere: every decision is asked of a service by the decision contract.

What it was asked and answered can be recorded, and then the same run needs no service. Where the service fails, the run
stops, another policy decides, or orders wait: the last is the scenario "the order management system is down".
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, cast, get_args

from twin.domain.errors import ConfigurationError, Problem
from twin.domain.orders import Order
from twin.policies.contract import Source
from twin.policies.decision import Decision
from twin.policies.offers import OfferBook
from twin.policies.promised import Promised
from twin.policies.routing.catalogue import nested_values, parameter_problems, stand_in
from twin.policies.routing.roles import LEARNED, RoutingPolicy
from twin.policies.routing.validate import IllegalDecision, validate
from twin.policies.view import NetworkView
from twin.service.recording import Mode, Outcome, Question, RecordedService, Recording, Seconds
from twin.service.transport import LOOPBACK_HOSTS, Manners, ServiceClient, ServiceFailed

Reaction = Literal["stop", "fallback", "queue"]

DEGRADED_ABOVE = 0.001  # share of decisions that somebody else made
URL = re.compile(r"https?://(?P<host>[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:(?P<port>[0-9]{1,5}))?(/[A-Za-z0-9._~/-]*)?")
KEY_NAME = re.compile(r"TWIN_[A-Z0-9_]+")  # the scenario of a stranger must not send other secrets anywhere
LAST_PORT = 65_535
API_KEY = re.compile(r"[!-~]{1,4096}")
SECRET = re.compile(r"key|token|secret|password", re.IGNORECASE)


class MarkedDecision(Decision, frozen=True, gc=False):
    """A decision that the service did not make, and who made it."""

    source: Source = "FALLBACK"


@dataclass(frozen=True, slots=True)
class HttpRouting:
    """Ask a service for every decision, by the contract of `POST /v1/decisions`.

    One attempt at a decision may take `single_seconds`, all attempts at it `total_seconds`, all at a batch
    `batch_seconds`. `on_failure` says what becomes of an order that the service gives no usable answer for: the run
    stops, `fallback` decides, or the order waits. The assembler fills in `book`, the network's price lists.
    """

    url: str
    book: OfferBook | None = field(default=None, compare=False, repr=False, metadata=LEARNED)
    allowed_hosts: tuple[str, ...] = LOOPBACK_HOSTS
    connect_seconds: float = 0.2
    single_seconds: float = 0.3
    batch_seconds: float = 5.0
    total_seconds: float = 1.0
    retries: int = 2
    max_bytes: int = 1_000_000
    breaker_failures: int = 5
    breaker_seconds: float = 30.0
    on_failure: Reaction = "stop"
    fallback: RoutingPolicy | None = None
    recording: str | None = None
    recording_mode: Mode = "off"
    api_key_env: str | None = None

    def __post_init__(self) -> None:
        problems = [*_choice_mistakes(self)] or [*_number_mistakes(self), *_mistakes(self)]
        if problems:
            raise ConfigurationError(problems)

    @property
    def hosts(self) -> tuple[str, ...]:
        """The hosts that may be asked, as they are compared."""
        return tuple(host.lower().strip("[]") for host in self.allowed_hosts)

    @property
    def needs_one_worker(self) -> bool:
        """Whether the service remembers what it was asked, so that orders must reach it one after another.

        False where nobody asks it (a strict replay), and where it cannot be reached: nobody is there to remember.
        """
        if self.recording_mode == "strict":
            return False
        try:
            return self._service().policy.capabilities.stateful
        except ServiceFailed:
            return False

    def decide(self, order: Order, network: NetworkView) -> Decision:
        """Return what the service decides, or what is done where it does not."""
        (outcome,) = self._service().outcomes([self._question(order, network)], network)
        return self._settled(order, outcome, network)

    def decide_batch(self, orders: Sequence[Order], network: NetworkView) -> Sequence[Decision]:
        """Return one plan for each order; a plan for what others of the batch were promised is asked for anew.

        The pictures that go with the orders are all of one instant, so the service cannot know what it promised.
        """
        outcomes = self._service().outcomes([self._question(order, network) for order in orders], network)
        promised = Promised(network, frozenset())
        rest = cast("NetworkView", promised)
        decisions = []
        for order, outcome in zip(orders, outcomes, strict=True):
            taken = isinstance(outcome, Decision) and not is_legal(order, outcome, rest)
            decision = self.decide(order, rest) if taken else self._settled(order, outcome, rest)
            promised.promise(decision.shipments)
            decisions.append(decision)
        return decisions

    def counts(self) -> Mapping[str, int]:
        """Return how many orders were asked, answered, failed, fell back, were queued or replayed in this process."""
        return dict(self._service().counts)

    @staticmethod
    def degraded(counts: Mapping[str, int]) -> bool:
        """Answer whether so many decisions of a run were not the service's that its results speak of something else."""
        others = counts["fell_back"] + counts["queued"]
        return others > DEGRADED_ABOVE * (counts["asked"] + counts["replayed"])

    def close(self) -> None:
        """Hang up and close the recording; the next question opens them again."""
        self._service().close()

    def _service(self) -> RecordedService:
        """Return what this process keeps for this policy; a forked process has its own, and nothing is pickled."""
        key = (os.getpid(), self)
        if key not in _services:
            seconds = Seconds(self.single_seconds, self.total_seconds, self.batch_seconds)
            bare = replace(self, book=None)  # price lists are large, and services stay
            recorded = self.recording is not None and self.recording_mode != "off"
            service = RecordedService(bare._client, seconds, bare._recording if recorded else None)  # noqa: SLF001  (our own)
            _services[key[0], bare] = service
        return _services[key]

    def _client(self) -> ServiceClient:
        return ServiceClient(
            Manners(
                url=self.url, allowed_hosts=self.hosts, connect_seconds=self.connect_seconds, retries=self.retries,
                max_bytes=self.max_bytes, breaker_failures=self.breaker_failures,
                breaker_seconds=self.breaker_seconds, api_key=api_key(self.api_key_env),
            )
        )  # fmt: skip

    def _recording(self) -> Recording:
        assert self.recording is not None, "checked by whoever asks"
        return Recording(Path(self.recording), self.recording_mode)

    def _question(self, order: Order, network: NetworkView) -> Question:
        assert self.book is not None, "the assembler fills in the price lists"
        return Question.of(order, network, self.book)

    def _settled(self, order: Order, outcome: Outcome, network: NetworkView) -> Decision:
        """Return a decision whatever the outcome, unless the run is to stop."""
        if isinstance(outcome, Decision):
            return outcome
        if self.on_failure == "stop":
            raise outcome
        counts = self._service().counts
        if self.on_failure == "queue":
            counts["queued"] += 1
            return Decision(order.number, (), order.lines)
        assert self.fallback is not None, "checked at birth"
        counts["fell_back"] += 1
        decision = self.fallback.decide(order, network)
        return MarkedDecision(decision.order_number, decision.shipments, decision.unfilled)


_services: dict[tuple[int, HttpRouting], RecordedService] = {}
"""By process and policy; outside of the policies, which are values."""


def http_policy(parameters: Mapping[str, Any], book: OfferBook | None, where: str = "routing") -> HttpRouting:
    """Make the policy that a configuration of `kind: http` describes, for the network of some price lists.

    Raises `ConfigurationError` with everything that is wrong, before anything is asked.
    """
    given = {name: value for name, value in parameters.items() if name != "kind"}
    problems = [*_secrets(given, where)]
    given = {name: value for name, value in given.items() if not SECRET.search(name) or name == "api_key_env"}
    fallback = stand_in(given.pop("fallback", None), f"{where}.fallback", problems)
    if "url" not in given:
        cure = "name it, such as http://127.0.0.1:8350"
        problems.append(Problem(f"{where}.url", "nothing", "the address of the service", cure))
    problems += parameter_problems(HttpRouting, "http", given, where)
    made = nested_values(HttpRouting, given, where, problems)
    if problems:
        raise ConfigurationError(problems)
    try:
        policy = HttpRouting(**made, book=book, fallback=fallback)
    except ConfigurationError as error:
        raise ConfigurationError(
            [replace(problem, where=f"{where}.{problem.where}") for problem in error.problems]
        ) from None
    if policy.recording_mode == "strict":
        _refuse_missing(Path(str(policy.recording)), f"{where}.recording")
    else:
        api_key(policy.api_key_env)
    return policy


def api_key(name: str | None) -> str:
    """Return the API key of an environment variable, which no message ever shows; nothing where none is named."""
    if name is None:
        return ""
    key = os.environ.get(name, "")
    if API_KEY.fullmatch(key) is None:
        found = "something else" if key else "nothing"
        expected = "an API key of letters, digits and signs on one line"
        raise ConfigurationError([Problem(f"environment variable {name}", found, expected, f"export {name}=...")])
    return key


def is_legal(order: Order, decision: Decision, network: NetworkView) -> bool:
    """Answer whether the network can carry a decision out."""
    try:
        validate(order, decision, network)
    except IllegalDecision:
        return False
    return True


def _secrets(given: Mapping[str, Any], where: str) -> Iterator[Problem]:
    """Refuse what looks like a secret without showing it: a configuration is stored with every result."""
    for name in given:
        if SECRET.search(name) and name != "api_key_env":
            cure = "put it into an environment variable, and name the variable in api_key_env"
            yield Problem(f"{where}.{name}", f"{name} = ...", "no secret", cure)


def _choice_mistakes(policy: HttpRouting) -> Iterator[Problem]:
    """Yield the choices that there are not."""
    for name, known in (("on_failure", get_args(Reaction)), ("recording_mode", get_args(Mode))):
        if getattr(policy, name) not in known:
            yield Problem(name, repr(getattr(policy, name)), f"one of {', '.join(known)}", "mend the value")
    if not isinstance(policy.allowed_hosts, tuple):
        yield Problem("allowed_hosts", repr(policy.allowed_hosts), "a list of hosts", "write [host, host]")


def _number_mistakes(policy: HttpRouting) -> Iterator[Problem]:
    """Yield the numbers that make no sense."""
    for name in ("connect_seconds", "single_seconds", "batch_seconds", "total_seconds", "breaker_seconds"):
        if getattr(policy, name) <= 0:
            yield Problem(name, f"{getattr(policy, name)}", "more than 0", "mend the value")
    for name, least in (("retries", 0), ("max_bytes", 1), ("breaker_failures", 1)):
        if getattr(policy, name) < least:
            yield Problem(name, f"{getattr(policy, name)}", f"{least} or more", "mend the value")


def _mistakes(policy: HttpRouting) -> Iterator[Problem]:
    """Yield what does not go together: a host that may not be asked, a way out that is not described."""
    match = URL.fullmatch(policy.url)
    host = match["host"].strip("[]").lower() if match else ""
    if match is None or int(match["port"] or 0) > LAST_PORT:
        found = "another text" if set("@?#") & set(policy.url) else repr(policy.url)  # there may be a secret in it
        yield Problem("url", found, "http://host:port or https://host:port, at most with a path", "mend the value")
    elif host not in policy.hosts:
        cure = "add it to allowed_hosts if it may be asked"
        yield Problem("url", f"host {host!r}", f"one of allowed_hosts: {', '.join(policy.hosts)}", cure)
    if policy.on_failure == "fallback" and policy.fallback is None:
        yield Problem("fallback", "nothing", "kind and parameters of a policy", "name one, or another on_failure")
    if policy.recording_mode != "off" and policy.recording is None:
        yield Problem("recording", "nothing", "a file", "name one, or say recording_mode: off")
    if policy.api_key_env is not None:
        yield from _key_mistakes(policy.api_key_env, policy.url, host)


def _key_mistakes(name: str, url: str, host: str) -> Iterator[Problem]:
    if KEY_NAME.fullmatch(name) is None:
        expected = "an environment variable that begins with TWIN_, such as TWIN_ROUTING_KEY"
        yield Problem("api_key_env", repr(name), expected, "give the key to a variable of such a name")
    if not url.startswith("https:") and host not in LOOPBACK_HOSTS:
        yield Problem("api_key_env", f"a key for {url}", "https, where nobody reads along", "write https:// in url")


def _refuse_missing(recording: Path, where: str) -> None:
    if not recording.is_file():
        found, cure = f"no file {str(recording)!r}", "make it with recording_mode: record"
        raise ConfigurationError([Problem(where, found, "a recording to replay", cure)])
