"""A policy behind HTTP decides as it would in process, and what it decided can be decided again without it."""

from __future__ import annotations

import gc
import json
import os
import pickle
import sqlite3
import sys
import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import FrozenInstanceError, dataclass, field, replace
from types import ModuleType
from typing import Any

import httpx
import msgspec
import pytest
from msgspec import structs

from tests.factories import COLUMBUS, RENO, a_model, a_network, an_order, run
from twin.domain.errors import ConfigurationError
from twin.domain.orders import Order, OrderLine
from twin.hydra_glue import compose
from twin.policies.cartons import Packer
from twin.policies.contract import DecisionRequest, canonical, decision_message, order_from
from twin.policies.decision import Decision, Reason
from twin.policies.offers import OfferBook
from twin.policies.routing.min_cost import MinCost
from twin.policies.routing.roles import BatchPolicy
from twin.policies.routing.ship_complete import ShipComplete
from twin.policies.snapshot import NodeState, Snapshot, SnapshotView, StockState
from twin.policies.view import Without
from twin.service import http_routing, transport
from twin.service.http_routing import HttpRouting, MarkedDecision, http_policy
from twin.service.recording import COUNTED, NotRecorded, RecordingUnusable
from twin.service.transport import NoAnswer, ServiceFailed, UnusableAnswer

URL = "http://127.0.0.1:8350"
NETWORK = a_network()
BOOK, PACKER = OfferBook(NETWORK), Packer.of(NETWORK)
ORDER = Order(7, 10.0, "web", COLUMBUS.zip3, "standard", (OrderLine("mug", 2),), 90.0, (), 0.0)
FALLBACK = ShipComplete("priority")


def a_state(mugs: int = 5, **special) -> NodeState:
    """So many mugs on the shelf, and every pickup on the doorstep at hour 50."""
    arrives_at = {"parcel_ground": {str(days): 50.0 for days in range(9)}}
    return NodeState(**{"stock": {"mug": StockState(mugs, 0, mugs)}, "arrives_at": arrives_at, **special})


def a_view(**nodes: NodeState) -> SnapshotView:
    return SnapshotView(BOOK, PACKER, Snapshot(10.0, {name: nodes.get(name, a_state()) for name in NETWORK.nodes}))


VIEW = a_view()


@dataclass
class Shop:
    """A decision service as production might run one: `min_cost` over the pictures it is sent.

    It sends nothing but `instead` where that is set, and notes what it was asked.
    """

    instead: bytes | int | Exception | None = None
    stateful: bool = False
    version: str = "1.0"
    asked: list[str] = field(default_factory=list)
    requests: list[DecisionRequest] = field(default_factory=list)
    headers: list[httpx.Headers] = field(default_factory=list)
    spoil: Callable[[DecisionRequest, bytes], bytes] = lambda request, answer: answer
    book: OfferBook = BOOK
    packer: Packer = PACKER

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.url.path)
        self.headers.append(request.headers)
        if isinstance(self.instead, Exception):
            raise self.instead
        if isinstance(self.instead, int):
            return httpx.Response(self.instead, stream=httpx.ByteStream(b""))
        headers = {"Content-Type": "application/json"}
        return httpx.Response(200, headers=headers, stream=httpx.ByteStream(self._content(request)))

    def _content(self, request: httpx.Request) -> bytes:
        if request.url.path == "/v1/policy":
            capabilities = {"batch": True, "stateful": self.stateful, "deterministic": True}
            known = {"id": "min_cost", "version": self.version, "config_hash": "c0ffee", "capabilities": capabilities}
            return json.dumps(known).encode()
        if self.instead is not None:
            return self.instead
        if request.url.path == "/v1/decisions":
            return self._decided(msgspec.json.decode(request.content, type=DecisionRequest))
        questions = msgspec.json.decode(request.content, type=dict[str, list[DecisionRequest]])["requests"]
        return b'{"decisions":[' + b",".join(self._decided(question) for question in questions) + b"]}"

    def _decided(self, question: DecisionRequest) -> bytes:
        self.requests.append(question)
        view = SnapshotView(self.book, self.packer, question.snapshot)
        return self.spoil(question, canonical(decision_message(MinCost().decide(order_from(question.order), view))))


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch):
    """Put a shop, or another one later, where every policy of the test asks; afterwards all of them hang up."""
    services: dict[Any, Any] = {}
    monkeypatch.setattr(http_routing, "_services", services)

    def put(shop: Shop) -> Shop:
        for service in services.values():
            service.close()
        monkeypatch.setattr(transport, "_guarded_transport", lambda guard, url: httpx.MockTransport(shop))
        return shop

    yield put
    for service in services.values():
        service.close()


@pytest.fixture
def shop(serve) -> Shop:
    """A shop that is open."""
    return serve(Shop())


def a_policy(**parameters: Any) -> HttpRouting:
    return HttpRouting(URL, BOOK, **{"retries": 0, **parameters})


def counted(policy: HttpRouting) -> dict[str, int]:
    """Return what was counted at all."""
    return {name: count for name, count in policy.counts().items() if count}


def test_a_service_decides_as_the_same_policy_does_in_process(shop: Shop) -> None:
    policy = a_policy()

    decision = policy.decide(ORDER, VIEW)

    assert decision == MinCost().decide(ORDER, VIEW)
    assert shop.asked == ["/v1/decisions"]
    assert counted(policy) == {"asked": 1, "answered": 1}
    assert tuple(policy.counts()) == COUNTED


def test_the_service_hears_who_declined_before_and_which_attempt_this_is(shop: Shop) -> None:
    first = a_policy().decide(ORDER, VIEW).shipments[0].offer.node

    second = a_policy().decide(ORDER, Without(VIEW, frozenset({first}))).shipments[0].offer.node

    assert [request.attempt for request in shop.requests] == [1, 2]
    assert shop.requests[1].snapshot.nodes[first].closed_because is Reason.PREVIOUSLY_REJECTED
    assert second != first
    keys = [headers["Idempotency-Key"] for headers in shop.headers]
    assert len(set(keys)) == 2


TOO_MUCH = b'{"node": "reno", "service": "parcel_ground", "lines": [{"sku": "mug", "quantity": 1000000000000}]}'
BROKEN = [
    503, 422, 307, httpx.ReadTimeout("slow"), httpx.ConnectError("refused"), b"<html>", b"{}", b"[" * 100_000,
    b'{"order_number": 8, "status": "UNFILLABLE", "shipments": [], "unfilled": [{"sku": "mug", "quantity": 2}]}',
    b'{"order_number": 7, "status": "FULL", "shipments": []}',
    b'{"order_number": 7, "status": "FULL", "shipments": [' + TOO_MUCH + b"]}",
]  # fmt: skip


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: str(broken)[:40])
def test_a_run_stops_where_the_service_gives_no_usable_answer(broken, shop: Shop) -> None:
    shop.instead = broken
    policy = a_policy()

    with pytest.raises(ServiceFailed, match=r"(?s)\n  expected: .*\n  to mend:  "):
        policy.decide(ORDER, VIEW)

    assert counted(policy) == {"asked": 1, "failed": 1}


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: str(broken)[:40])
def test_a_named_policy_decides_instead_and_its_decision_is_marked(broken, shop: Shop) -> None:
    shop.instead = broken
    policy = a_policy(on_failure="fallback", fallback=FALLBACK)

    decision = policy.decide(ORDER, VIEW)

    expected = FALLBACK.decide(ORDER, VIEW)
    assert isinstance(decision, MarkedDecision)
    assert decision.source == "FALLBACK"
    assert (decision.order_number, decision.shipments, decision.unfilled) == (7, expected.shipments, ())
    assert counted(policy) == {"asked": 1, "failed": 1, "fell_back": 1}


def test_orders_wait_while_the_service_is_down_and_are_asked_again_later(serve) -> None:
    policy = a_policy(on_failure="queue")
    serve(Shop(httpx.ConnectError("refused")))

    assert policy.decide(ORDER, VIEW) == Decision(7, (), ORDER.lines)
    assert counted(policy) == {"asked": 1, "failed": 1, "queued": 1}
    serve(Shop())
    assert policy.decide(ORDER, VIEW) == MinCost().decide(ORDER, VIEW)


def test_a_batch_is_one_question_and_decides_as_one_by_one(shop: Shop) -> None:
    orders = [structs.replace(ORDER, number=number) for number in (1, 2)]
    policy = a_policy()

    decisions = policy.decide_batch(orders, VIEW)

    assert isinstance(policy, BatchPolicy)
    assert shop.asked == ["/v1/decisions:batch"]
    assert decisions == [MinCost().decide(order, VIEW) for order in orders]
    assert counted(policy) == {"asked": 2, "answered": 2}


def shipped(decisions: Sequence[Decision]) -> list[list[tuple[str, int]]]:
    """List for each decision which nodes ship how many units."""
    return [
        [(shipment.offer.node, sum(line.quantity for line in shipment.lines)) for shipment in decision.shipments]
        for decision in decisions
    ]


def test_what_others_of_the_batch_were_promised_is_asked_for_anew(shop: Shop) -> None:
    view = a_view(columbus=a_state(3), reno=a_state(2))
    orders = [structs.replace(ORDER, number=number) for number in (1, 2, 3)]

    decisions = a_policy().decide_batch(orders, view)

    assert shop.asked == ["/v1/decisions:batch", "/v1/decisions", "/v1/decisions"]
    assert shipped(decisions) == [[("columbus", 2)], [("reno", 2)], [("columbus", 1)]]
    assert decisions[2].unfilled == (OrderLine("mug", 1),)
    assert shop.requests[3].snapshot.nodes["columbus"].stock["mug"] == StockState(3, 2, 1)


def test_a_node_takes_no_more_orders_of_a_batch_than_it_has_left(shop: Shop) -> None:
    view = a_view(columbus=a_state(9, orders_left=1.0))
    orders = [structs.replace(ORDER, number=number) for number in (1, 2)]

    decisions = a_policy().decide_batch(orders, view)

    assert shipped(decisions) == [[("columbus", 2)], [("reno", 2)]]
    assert shop.requests[2].snapshot.nodes["columbus"].closed_because is Reason.ORDER_LIMIT
    assert shop.requests[2].attempt == 1


def test_one_bad_decision_spoils_no_other_of_its_batch(shop: Shop) -> None:
    shop.spoil = lambda request, answer: b'{"no": "decision"}' if request.order.order_number == 2 else answer
    orders = [structs.replace(ORDER, number=number) for number in (1, 2, 3)]
    policy = a_policy(on_failure="queue")

    decisions = policy.decide_batch(orders, VIEW)

    assert [bool(decision.shipments) for decision in decisions] == [True, False, True]
    assert counted(policy) == {"asked": 3, "answered": 2, "failed": 1, "queued": 1}


@pytest.mark.parametrize(
    ("broken", "found"),
    [
        (b'{"decisions": []}', "POST /v1/decisions:batch: 0 decisions\n  expected: 2, one for each order"),
        (b"[]", "POST /v1/decisions:batch: Expected `object`, got `array`"),
        (503, "503 Service Unavailable, attempt 1 of 1"),
    ],
)
def test_a_batch_that_is_not_answered_fails_for_each_of_its_orders(broken, found: str, shop: Shop) -> None:
    shop.instead = broken
    orders = [structs.replace(ORDER, number=number) for number in (1, 2)]
    policy = a_policy(on_failure="fallback", fallback=FALLBACK)

    decisions = policy.decide_batch(orders, a_view(columbus=a_state(2)))

    assert shipped(decisions) == [[("columbus", 2)], [("reno", 2)]]  # what fell back promises no unit twice either
    assert counted(policy) == {"asked": 2, "failed": 2, "fell_back": 2}
    with pytest.raises(ServiceFailed) as failure:
        a_policy().decide_batch(orders, VIEW)
    assert found in str(failure.value)


def test_a_batch_has_its_own_time_and_a_key_of_all_its_questions(shop: Shop) -> None:
    orders = [structs.replace(ORDER, number=number) for number in (1, 2)]

    a_policy(batch_seconds=4.0).decide_batch(orders, VIEW)
    a_policy(batch_seconds=4.0).decide_batch(orders[::-1], VIEW)

    assert [1000 < int(headers["X-Deadline-Ms"]) <= 4000 for headers in shop.headers] == [True, True]
    assert shop.headers[0]["Idempotency-Key"] != shop.headers[1]["Idempotency-Key"]


def test_an_empty_batch_is_not_sent(shop: Shop) -> None:
    assert a_policy().decide_batch([], VIEW) == []
    assert shop.asked == []


def test_what_was_recorded_is_decided_again_without_the_service_or_its_library(serve, tmp_path, monkeypatch) -> None:
    kept = {"recording": str(tmp_path / "ours.sqlite"), "batch_seconds": 5.0}
    serve(Shop())
    recording = a_policy(**kept, recording_mode="record")
    recorded = [recording.decide(ORDER, VIEW), *recording.decide_batch([structs.replace(ORDER, number=8)] * 2, VIEW)]
    recording.close()
    closed = serve(Shop(httpx.ConnectError("refused")))
    monkeypatch.setitem(sys.modules, "httpcore", None)

    strict = a_policy(**kept, recording_mode="strict")
    replayed = [strict.decide(ORDER, VIEW), *strict.decide_batch([structs.replace(ORDER, number=8)] * 2, VIEW)]

    assert replayed == recorded
    assert closed.asked == []
    assert counted(recording) == {"asked": 3, "answered": 3}
    assert counted(strict) == {"replayed": 3}


def test_a_strict_replay_stops_at_a_question_it_does_not_know_whatever_is_said_of_failures(serve, tmp_path) -> None:
    kept = {"recording": str(tmp_path / "ours.sqlite"), "on_failure": "queue"}
    serve(Shop())
    a_policy(**kept, recording_mode="record").decide(ORDER, VIEW)

    with pytest.raises(NotRecorded, match="no answer for order 7 as it stands, among 1"):
        a_policy(**kept, recording_mode="strict").decide(ORDER, a_view(reno=a_state(4)))


def test_a_plain_replay_asks_only_what_it_does_not_know_and_adds_it(serve, tmp_path) -> None:
    kept = {"recording": str(tmp_path / "ours.sqlite")}
    serve(Shop())
    a_policy(**kept, recording_mode="record").decide(ORDER, VIEW)
    asked = serve(Shop())
    replaying = a_policy(**kept, recording_mode="replay")

    for number in (7, 8, 8):
        replaying.decide(structs.replace(ORDER, number=number), VIEW)

    assert asked.asked == ["/v1/policy", "/v1/decisions"]
    assert counted(replaying) == {"asked": 1, "answered": 1, "replayed": 2}


def test_a_failure_is_recorded_too_so_that_a_run_with_failures_can_be_repeated(serve, tmp_path) -> None:
    kept = {"recording": str(tmp_path / "ours.sqlite"), "on_failure": "fallback", "fallback": FALLBACK}
    shop = serve(Shop())
    recording = a_policy(**kept, recording_mode="record")
    recording.decide(structs.replace(ORDER, number=6), VIEW)
    shop.instead = b"<html>"
    recorded = recording.decide(ORDER, VIEW)
    serve(Shop())
    strict = a_policy(**kept, recording_mode="strict")

    assert strict.decide(ORDER, VIEW) == recorded
    assert counted(strict) == {"replayed": 1, "fell_back": 1}
    with pytest.raises(ServiceFailed, match="order 7: JSON is malformed"):
        a_policy(**kept | {"on_failure": "stop"}, recording_mode="strict").decide(ORDER, VIEW)


@pytest.mark.parametrize("mode", ["record", "replay"])
def test_a_service_that_decides_by_another_policy_than_was_recorded_is_not_asked(mode: str, serve, tmp_path) -> None:
    kept = {"recording": str(tmp_path / "ours.sqlite"), "on_failure": "queue"}
    serve(Shop())
    a_policy(**kept, recording_mode="record").decide(ORDER, VIEW)
    newer = serve(Shop(version="2.0"))

    with pytest.raises(RecordingUnusable, match=r"version '1\.0'.*\n  expected: of policy 'min_cost', version '2\.0'"):
        a_policy(**kept, recording_mode=mode, max_bytes=99_999).decide(structs.replace(ORDER, number=8), VIEW)

    assert newer.asked == ["/v1/policy"]


def test_a_recorded_answer_that_was_tampered_with_is_a_failure(serve, tmp_path) -> None:
    path = tmp_path / "ours.sqlite"
    serve(Shop())
    a_policy(recording=str(path), recording_mode="record").decide(ORDER, VIEW)
    file = sqlite3.connect(path)
    file.execute("UPDATE decisions SET answer = '{}'")
    file.commit()
    file.close()

    with pytest.raises(UnusableAnswer, match="the recording: Object missing required field"):
        a_policy(recording=str(path), recording_mode="strict").decide(ORDER, VIEW)


def test_a_whole_run_is_repeated_from_its_recording_table_by_table(serve, tmp_path) -> None:
    """Stock runs out on the way, so every decision depends on those before."""
    moments = [(turn, place) for turn in range(60) for place in (COLUMBUS, RENO)]
    orders = [an_order(6.0 + turn / 4, to=place.zip3, mug=1 + turn % 3) for turn, place in moments]
    network = a_network()
    model = a_model(network, orders, stock=120)
    shelves = model.shelves
    kept = {"recording": str(tmp_path / "run.sqlite"), "retries": 0}
    serve(Shop(book=shelves.book, packer=shelves.packer))

    in_process = run(replace(model, routing=MinCost()), tmp_path)
    recording = HttpRouting(URL, shelves.book, **kept, recording_mode="record")
    recorded = run(replace(model, routing=recording), tmp_path)
    serve(Shop(httpx.ConnectError("refused")))
    strict = HttpRouting(URL, shelves.book, **kept, recording_mode="strict")
    replayed = run(replace(model, routing=strict), tmp_path)

    assert recorded.outcome.orders == 120
    assert strict.counts()["replayed"] == recording.counts()["asked"] >= 120
    for name in ("orders", "shipments", "nodes", "stock", "events"):
        assert getattr(recorded, name).equals(getattr(in_process, name)), name
        assert getattr(replayed, name).equals(getattr(recorded, name)), name


def test_a_run_whose_service_is_down_ends_with_every_order_waiting(serve, tmp_path) -> None:
    serve(Shop(httpx.ConnectError("refused")))
    model = a_model(a_network(), [an_order(9.0), an_order(10.0)], order_days=1)
    policy = HttpRouting(URL, model.shelves.book, retries=0, on_failure="queue")

    tables = run(replace(model, routing=policy), tmp_path)

    assert len(tables.orders) == 2
    assert len(tables.shipments) == 0
    assert policy.counts()["queued"] >= 2
    assert policy.degraded(policy.counts())


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({}, False),
        ({"asked": 1000, "answered": 999, "failed": 1, "fell_back": 1}, False),
        ({"asked": 1000, "answered": 998, "failed": 2, "fell_back": 2}, True),
        ({"asked": 1000, "answered": 998, "failed": 2, "queued": 2}, True),
        ({"replayed": 1000, "fell_back": 2}, True),
    ],
)
def test_a_run_with_more_than_one_decision_in_a_thousand_by_others_is_degraded(counts, expected: bool) -> None:
    assert HttpRouting.degraded(dict.fromkeys(COUNTED, 0) | counts) is expected


def test_a_policy_is_a_value_and_its_price_lists_and_connections_are_not_part_of_it(shop: Shop) -> None:
    policy = a_policy(on_failure="fallback", fallback=FALLBACK)
    policy.decide(ORDER, VIEW)

    elsewhere = replace(policy, book=None)

    assert policy == elsewhere
    assert hash(policy) == hash(elsewhere)
    assert policy != a_policy()
    assert pickle.loads(pickle.dumps(elsewhere)) == policy  # noqa: S301  (our own bytes)
    assert "book" not in repr(policy)
    with pytest.raises(FrozenInstanceError):
        policy.url = "http://localhost"


def test_price_lists_are_not_kept_when_their_policy_is_gone(shop: Shop) -> None:
    book = OfferBook(NETWORK)
    gone = weakref.ref(book)

    HttpRouting(URL, book).decide(ORDER, VIEW)
    del book
    gc.collect()

    assert gone() is None


def test_each_process_has_connections_and_counts_of_its_own(shop: Shop, monkeypatch) -> None:
    policy = a_policy()
    policy.decide(ORDER, VIEW)

    monkeypatch.setattr(os, "getpid", lambda: -1)

    assert counted(policy) == {}


def test_a_closed_policy_opens_again_when_it_is_asked(shop: Shop) -> None:
    policy = a_policy()
    policy.decide(ORDER, VIEW)

    policy.close()
    policy.close()
    policy.decide(ORDER, VIEW)

    assert counted(policy) == {"asked": 2, "answered": 2}


@pytest.mark.parametrize("stateful", [True, False])
def test_a_service_that_remembers_needs_one_worker(stateful: bool, serve) -> None:
    serve(Shop(stateful=stateful))

    assert a_policy().needs_one_worker is stateful


def test_nobody_remembers_anything_where_nobody_is_there(serve) -> None:
    serve(Shop(httpx.ConnectError("refused"), stateful=True))

    assert not a_policy(on_failure="queue").needs_one_worker


def test_nobody_remembers_anything_where_nobody_is_asked(serve, tmp_path) -> None:
    shop = serve(Shop(stateful=True))

    assert not a_policy(recording=str(tmp_path / "ours.sqlite"), recording_mode="strict").needs_one_worker
    assert shop.asked == []


def test_the_api_key_of_the_environment_is_sent(serve, monkeypatch) -> None:
    monkeypatch.setenv("TWIN_ROUTING_KEY", "s3cret")
    shop = serve(Shop())
    policy = a_policy(api_key_env="TWIN_ROUTING_KEY")

    policy.decide(ORDER, VIEW)

    assert shop.headers[0]["Authorization"] == "Bearer s3cret"
    assert "s3cret" not in repr(policy)


@pytest.mark.parametrize(("value", "found"), [(None, "nothing"), ("s3\r\ncret: 1", "something else")])
def test_a_missing_or_impossible_api_key_is_named_but_not_shown(value, found: str, monkeypatch) -> None:
    monkeypatch.delenv("TWIN_ROUTING_KEY", raising=False)
    if value is not None:
        monkeypatch.setenv("TWIN_ROUTING_KEY", value)

    assert refused(api_key_env="TWIN_ROUTING_KEY") == (
        f"environment variable TWIN_ROUTING_KEY: {found}\n"
        "  expected: an API key of letters, digits and signs on one line\n"
        "  to mend:  export TWIN_ROUTING_KEY=..."
    )


def test_the_shipped_part_is_understood() -> None:
    policy = http_policy(compose(["routing=http"]).values["routing"], BOOK)

    assert policy == HttpRouting(URL, fallback=MinCost())
    assert policy.book is BOOK


def test_a_configuration_becomes_a_policy_with_its_fallback(tmp_path) -> None:
    given = {
        "kind": "http", "url": "https://dom.example:8443/twin", "allowed_hosts": ["DOM.example"], "retries": 1,
        "on_failure": "fallback", "fallback": {"kind": "ship_complete", "rank_by": "priority"},
        "recording": str(tmp_path / "r.sqlite"), "recording_mode": "record",
    }  # fmt: skip

    policy = http_policy(given, BOOK)

    assert policy.fallback == FALLBACK
    assert policy.hosts == ("dom.example",)
    assert (policy.retries, policy.on_failure, policy.recording_mode) == (1, "fallback", "record")


def refused(where: str = "routing", **parameters: Any) -> str:
    with pytest.raises(ConfigurationError) as error:
        http_policy({"kind": "http", "url": URL, **parameters}, BOOK, where)
    return str(error.value)


HOSTS = "one of allowed_hosts: localhost, 127.0.0.1, ::1"
AN_URL = "http://host:port or https://host:port, at most with a path"
A_KEY_NAME = "an environment variable that begins with TWIN_, such as TWIN_ROUTING_KEY"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"url": "http://dom.example"}, f"url: host 'dom.example'\n  expected: {HOSTS}\n  to mend:  add it to allowed"),
        ({"url": "ftp://127.0.0.1"}, f"url: 'ftp://127.0.0.1'\n  expected: {AN_URL}\n  to mend:  mend the value"),
        ({"url": "http://me:s3cret@localhost"}, f"url: another text\n  expected: {AN_URL}"),
        ({"url": "http://localhost?key=s3cret"}, f"url: another text\n  expected: {AN_URL}"),
        ({"url": "http://localhost:65536"}, f"url: 'http://localhost:65536'\n  expected: {AN_URL}"),
        ({"url": "http://127.0.0.1\\@evil"}, f"url: another text\n  expected: {AN_URL}"),
        ({"url": 8350}, "url: url = 8350\n  expected: a text"),
        ({"allowed_hosts": "localhost"}, "allowed_hosts: 'localhost'\n  expected: a list of hosts\n  to mend:  write"),
        ({"allowed_hosts": [1]}, "allowed_hosts[0]: 1\n  expected: Expected `str`, got `int`"),
        ({"allowed_hosts": []}, "url: host '127.0.0.1'\n  expected: one of allowed_hosts: \n"),
        ({"single_seconds": 0}, "single_seconds: 0\n  expected: more than 0\n  to mend:  mend the value"),
        ({"breaker_seconds": -1.0}, "breaker_seconds: -1.0\n  expected: more than 0"),
        ({"retries": -1}, "retries: -1\n  expected: 0 or more\n  to mend:  mend the value"),
        ({"max_bytes": 0}, "max_bytes: 0\n  expected: 1 or more"),
        ({"breaker_failures": 0}, "breaker_failures: 0\n  expected: 1 or more"),
        ({"retries": 1.5}, "retries: retries = 1.5\n  expected: a whole number"),
        ({"total_seconds": "1"}, "total_seconds: total_seconds = '1'\n  expected: a finite number"),
        ({"on_failure": "hope"}, "on_failure: on_failure = 'hope'\n  expected: one of stop, fallback, queue"),
        ({"recording_mode": "tape"}, "recording_mode: recording_mode = 'tape'\n  expected: one of off, record,"),
        ({"recording_mode": "record"}, "recording: nothing\n  expected: a file\n  to mend:  name one"),
        ({"on_failure": "fallback"}, "fallback: nothing\n  expected: kind and parameters of a policy\n"),
        ({"fallback": "min_cost"}, "fallback: 'min_cost'\n  expected: kind and parameters of a policy, or null\n"),
        ({"fallback": {"kind": "min_cots"}}, "fallback.kind: routing policy 'min_cots'\n  expected: a known kind"),
        ({"fallback": {"kind": "min_cost", "late": 1}}, "fallback.late: late = 1\n  expected: a parameter of min_cost"),
        ({"ur": URL}, "ur: ur = 'http://127.0.0.1:8350'\n  expected: a parameter of http\n  to mend:  did you mean"),
        ({"book": "mine"}, "book: book = 'mine'\n  expected: a parameter of http"),
        ({"api_key_env": "AWS_SECRET"}, f"api_key_env: 'AWS_SECRET'\n  expected: {A_KEY_NAME}\n  to mend:  give"),
        (
            {"api_key_env": "TWIN_KEY", "url": "http://dom.example", "allowed_hosts": ["dom.example"]},
            "api_key_env: a key for http://dom.example\n  expected: https, where nobody reads along\n  to mend:  write",
        ),
        ({"api_key": "s3cret"}, "api_key: api_key = ...\n  expected: no secret\n  to mend:  put it into an env"),
        (
            {"recording": "nowhere.sqlite", "recording_mode": "strict"},
            "recording: no file 'nowhere.sqlite'\n  expected: a recording to replay\n  to mend:  make it with",
        ),
    ],
    ids=lambda value: str(value)[:50],
)  # fmt: skip
def test_what_cannot_be_is_refused_before_anything_is_asked(given: Mapping[str, Any], message: str) -> None:
    said = refused(**given)

    assert said.startswith(f"routing.{message}")
    assert "s3cret" not in said


def test_a_service_without_an_address_is_refused() -> None:
    with pytest.raises(ConfigurationError) as error:
        http_policy({"kind": "http"}, BOOK)

    assert str(error.value) == (
        "routing.url: nothing\n  expected: the address of the service\n"
        "  to mend:  name it, such as http://127.0.0.1:8350"
    )


def test_all_that_is_wrong_is_named_at_once_and_where_it_stands() -> None:
    said = refused("dom", single_seconds=-1, retries=-1, on_failure="hope", fallback={"kind": ""})
    together = refused("dom", single_seconds=-1, retries=-1, url="http://dom.example")

    assert [line for line in said.splitlines() if not line.startswith(" ") and line] == [
        "dom.fallback.kind: routing policy ''", "dom.on_failure: on_failure = 'hope'",
    ]  # fmt: skip
    assert "dom.single_seconds: -1" in together
    assert "dom.retries: -1" in together
    assert "dom.url: host 'dom.example'" in together


@dataclass(frozen=True)
class Learner:
    """A policy that is of no use before it has learned."""

    refresh_days: float = 1.0

    def decide(self, order: Order, network: object) -> Decision:
        return Decision(order.number, (), order.lines)

    def refresh(self, network: object, forecast: object) -> Learner:
        return self


def test_a_policy_that_must_learn_is_no_fallback(monkeypatch) -> None:
    module = ModuleType("our_routing")
    module.Learner = Learner
    monkeypatch.setitem(sys.modules, "our_routing", module)

    assert refused(fallback={"kind": "python:our_routing:Learner"}) == (
        "routing.fallback: python:our_routing:Learner, which learns\n  expected: a policy that needs no forecast\n"
        "  to mend:  name one that decides without learning"
    )


@pytest.mark.parametrize("wrong", [{"on_failure": "hope"}, {"recording_mode": "tape"}])
def test_nonsense_is_refused_at_birth_in_code_too(wrong: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError, match=r"'(hope|tape)'\n  expected: one of"):
        HttpRouting(URL, BOOK, **wrong)


def test_a_service_that_failed_too_often_is_spared_by_the_policy_too(serve) -> None:
    down = serve(Shop(httpx.ConnectError("refused")))
    policy = a_policy(on_failure="queue", breaker_failures=2, breaker_seconds=600.0)

    for number in range(5):
        policy.decide(structs.replace(ORDER, number=number), VIEW)

    assert len(down.asked) == 2
    assert counted(policy) == {"asked": 5, "failed": 5, "queued": 5}


def test_what_stops_a_run_says_where_and_what_to_do(serve) -> None:
    serve(Shop(httpx.ConnectError("refused")))

    with pytest.raises(NoAnswer) as failure:
        a_policy().decide(ORDER, VIEW)

    assert str(failure.value) == (
        f"{URL}/v1/decisions: no connection (refused), attempt 1 of 1\n"
        "  expected: 200 OK with JSON\n  to mend:  start it, or give it more time"
    )
