"""What the service answers: decisions, the policy behind them, its own document, and problems in words."""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec
import pytest

from tests.service.serving import (
    KEY,
    KEYS,
    NETWORK,
    Broken,
    Caller,
    Greedy,
    a_picture,
    a_request,
    a_service,
    a_state,
    a_view,
    an_order,
    changed,
    with_key,
)  # fmt: skip
from twin import __version__
from twin.policies.contract import DecisionMessage, canonical, decision_message, order_from
from twin.policies.decision import Reason
from twin.policies.offers import OfferBook
from twin.policies.routing.distance_split import DistanceSplit
from twin.policies.routing.explain import explain
from twin.policies.routing.min_cost import MinCost
from twin.policies.routing.roles import LEARNED
from twin.service import decisions
from twin.service.decisions import config_hash


@pytest.fixture
def service() -> Caller:
    return a_service()


def test_a_decision_is_the_one_that_the_policy_takes_in_process(service: Caller) -> None:
    request = a_request()
    order, view = order_from(request.order), a_view(request.snapshot)

    answer = service.decide(request)

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    assert answer.content == canonical(decision_message(MinCost().decide(order, view)))


@pytest.mark.parametrize("detail", ["codes", "full"])
def test_reasons_are_given_where_they_are_asked_for(service: Caller, detail: str) -> None:
    request = a_request(snapshot=a_picture(reno=a_state(closed_because=Reason.NODE_CLOSED)), explain=detail)
    order, view = order_from(request.order), a_view(request.snapshot)
    decision = MinCost().decide(order, view)

    told = msgspec.json.decode(service.decide(request).content, type=DecisionMessage)

    assert told == decision_message(decision, explain(order, decision, view, MinCost(), detail))
    assert told.explanation.rejected == {"reno": Reason.NODE_CLOSED}
    assert bool(told.explanation.details) == (detail == "full")


def test_the_service_tells_its_policy_and_what_it_can_do(service: Caller) -> None:
    told = service.ask("GET", "/v1/policy").json()

    assert (told["id"], told["version"]) == ("min_cost", __version__)
    assert told["capabilities"] == {"batch": False, "stateful": False, "deterministic": True}


def test_the_hash_of_a_policy_changes_with_its_parameters_only() -> None:
    hashes = [
        a_service(policy).ask("GET", "/v1/policy").json()["config_hash"]
        for policy in (MinCost(), MinCost(late_usd=25.0), MinCost(late_usd=24.0), DistanceSplit())
    ]

    assert hashes[0] == hashes[1]
    assert len(set(hashes)) == 3


@dataclass(frozen=True)
class Taught:
    """A policy with a parameter, something it learned and something it works with."""

    split_usd: float = 1.0
    prices: tuple[float, ...] = field(default=(), metadata=LEARNED)
    connection: object = field(default=None, compare=False)


def test_what_a_policy_learned_or_works_with_is_no_parameter() -> None:
    plain = config_hash(Taught())

    assert config_hash(Taught(prices=(3.0,), connection=object())) == plain
    assert config_hash(Taught(split_usd=2.0)) != plain


def test_whoever_looks_after_the_service_needs_no_key() -> None:
    answer = a_service(keys=KEYS).ask("GET", "/healthz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("order.destination", "99999", "body, order.destination: '99999'; expected one of the 3 three-digit ZIP codes"),
        ("order.service_level", "drone", "body, order.service_level: 'drone'; expected one of standard"),
        ("order.lines.0.sku", "sofa", "body, order.lines[0].sku: 'sofa'; expected the SKU of one of the 3 products"),
        ("order.lines.0.quantity", 0, "body, order.lines[0]: quantity must be at least 1, got 0; expected"),
        ("order.lines.0.quantity", "two", "body, order.lines[0].quantity: Expected `int`, got `str`; expected"),
        ("order.lines", [], "body, order: an order must have at least one line; expected"),
        ("order.order_number", -1, "body, order.order_number: -1; expected a number from 0 to 9007199254740991"),
        ("order.order_number", 2**70, "expected a number from 0 to 9007199254740991; number it otherwise"),
        ("order.colour", "red", "body, order: Object contains unknown field `colour`; expected a DecisionRequest"),
        ("attempt", 0, "body, attempt: 0; expected 1 or more"),
        ("schema_version", "2.0", "body, schema_version: '2.0'; expected 1.0, or another version that begins alike"),
        ("snapshot", None, "body: neither snapshot nor snapshot_id; expected one of the two"),
        ("snapshot_id", "now", "body: snapshot and snapshot_id; expected one of the two"),
        ("snapshot.nodes", {}, "body, snapshot.nodes: nothing of columbus, reno; expected all 2 nodes"),
        ("snapshot.nodes.sparks", {"stock": {}, "arrives_at": {}}, "'sparks'; expected one of columbus, reno"),
        ("snapshot.nodes.reno.stock.sofa", {"on_hand": 1, "reserved": 0, "available": 1}, "reno.stock: 'sofa'; "),
        ("snapshot.nodes.reno.arrives_at.pigeon", {"1": 9.0}, "reno.arrives_at: 'pigeon'; expected one of parcel"),
        ("snapshot.nodes.reno.arrives_at.parcel_ground", {"x": 9.0}, "'x'; expected a number of transit days"),
        ("snapshot.nodes.reno.closed_because", "TIRED", "Invalid enum value 'TIRED'"),
    ],
)  # fmt: skip
def test_what_does_not_keep_to_the_contract_is_named(service: Caller, path: str, value: object, words: str) -> None:
    answer = service.decide(changed(a_request(), path, value))

    assert answer.status_code == 422
    assert answer.json()["type"] == "urn:twin:problem:CONTRACT"
    assert words in answer.json()["detail"]


def test_all_that_is_wrong_with_an_order_is_said_at_once(service: Caller) -> None:
    request = a_request(an_order(sofa=1, chair=1))

    said = service.decide(request).json()["detail"].splitlines()

    assert [line.partition(";")[0] for line in said] == [
        "body, order.lines[0].sku: 'sofa'",
        "body, order.lines[1].sku: 'chair'",
    ]


def test_a_product_twice_in_an_order_is_refused_because_its_units_would_be_promised_twice(service: Caller) -> None:
    line = {"sku": "mug", "quantity": 5}

    answer = service.decide(changed(a_request(), "order.lines", [line, line]))

    assert answer.status_code == 422
    assert answer.json()["detail"] == (
        "body, order.lines[1].sku: 'mug' again; expected each product once; add the quantities up"
    )


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b'{"schema_version": "\xff"}'])
def test_what_is_no_json_is_refused(service: Caller, body: bytes) -> None:
    answer = service.decide(body)

    assert answer.status_code == 400
    assert answer.json()["title"] == "The body is not JSON"
    assert answer.json()["detail"].endswith("; expected JSON in UTF-8; mend the request")


def test_a_hundred_thousand_brackets_are_refused_like_anything_else(service: Caller) -> None:
    answer = service.decide(b'{"order":{"lines":' + b"[" * 100_000)

    assert answer.status_code == 422


def test_a_problem_says_what_it_is_where_and_how_it_may_be_mended(service: Caller) -> None:
    answer = service.ask("GET", "/v1/snapshots/now")

    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json() == {
        "type": "urn:twin:problem:NOT_FOUND",
        "title": "There is nothing of this name",
        "status": 404,
        "detail": "snapshot 'now': none of this name; expected one that was stored; PUT it first",
        "instance": "/v1/snapshots/now",
    }


def test_no_more_than_the_beginning_of_what_was_found_is_repeated(service: Caller) -> None:
    answer = service.decide(changed(a_request(), "order.destination", "4" * 9_999))

    assert f"'{'4' * 64}'..." in answer.json()["detail"]
    assert len(answer.content) < 1_000


def test_a_path_that_is_not_there_is_refused(service: Caller) -> None:
    answer = service.ask("GET", "/v2/decisions")

    assert answer.status_code == 404
    assert answer.json()["detail"] == "path: '/v2/decisions'; expected one that is there; see GET /openapi.json"


def test_a_method_that_a_path_does_not_have_is_refused_with_those_it_has(service: Caller) -> None:
    answer = service.ask("POST", "/v1/snapshots/now", b"{}")

    assert (answer.status_code, answer.headers["Allow"]) == (405, "DELETE, GET, PATCH, PUT")
    assert answer.json()["detail"] == "method: 'POST'; expected DELETE, GET, PATCH, PUT; see GET /openapi.json"


@pytest.mark.parametrize("name", ["..", "%2e%2e", "a%20b", "-a", "a" * 65, "caf%C3%A9", "a%0A"])
def test_a_picture_cannot_be_called_what_is_no_name(service: Caller, name: str) -> None:
    answer = service.ask("GET", f"/v1/snapshots/{name}")

    assert answer.status_code in (404, 422)
    if answer.status_code == 422:
        assert "expected at most 64 letters, digits, dots, dashes and underscores" in answer.json()["detail"]


def test_an_illegal_decision_does_not_leave(caplog: pytest.LogCaptureFixture) -> None:
    answer = a_service(Greedy()).decide(a_request(an_order(mug=10)))

    assert answer.status_code == 500
    assert answer.json()["detail"] == (
        "policy 'min_cost': order 7: node 'columbus' cannot ship 10 of mug: not enough stock to promise; "
        "expected a decision that the network can carry out; mend the policy"
    )
    assert "POST '/v1/decisions' failed" in caplog.text


def test_a_bug_is_a_problem_without_its_trace_for_the_caller_and_with_it_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    answer = a_service(Broken()).decide(a_request())

    assert answer.status_code == 500
    assert answer.json()["detail"] == (
        "this service: a failure of its own; expected none; the log of the service says more"
    )
    assert "the secret of the policy" in caplog.text
    assert "secret" not in answer.text


def test_price_lists_start_anew_after_many_orders_and_nobody_notices(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = a_service().decide(a_request()).content
    monkeypatch.setattr(decisions, "ORDERS_PER_BOOK", 2)
    made = []
    monkeypatch.setattr(decisions, "OfferBook", lambda network: made.append(network) or OfferBook(network))
    service = a_service()

    answers = {service.decide(a_request()).content for _ in range(4)}

    assert answers == {expected}
    assert len(made) == 3


@pytest.mark.parametrize("path", ["/openapi.json", "/v1/policy"])
def test_the_document_and_the_policy_take_a_key(path: str) -> None:
    service = a_service(keys=KEYS)

    assert service.ask("GET", path).status_code == 401
    assert service.ask("GET", path, **with_key(KEY)).status_code == 200


def test_the_document_describes_the_bodies_with_the_names_of_the_network(service: Caller) -> None:
    document = service.ask("GET", "/openapi.json").json()

    asked = document["paths"]["/v1/decisions"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert asked == {"$ref": "#/components/schemas/DecisionRequest"}
    schemas = document["components"]["schemas"]
    assert schemas["OrderMessage"]["properties"]["destination"]["enum"] == sorted(NETWORK.places)
    assert schemas["LineMessage"]["properties"]["quantity"] == {"type": "integer", "minimum": 1, "maximum": 1000}
    assert schemas["Snapshot"]["properties"]["nodes"]["required"] == ["columbus", "reno"]


def test_every_reference_of_the_document_leads_somewhere(service: Caller) -> None:
    text = service.ask("GET", "/openapi.json").text

    named = {part.partition('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert named == set(msgspec.json.decode(text)["components"]["schemas"])


def test_the_document_asks_for_a_key_only_where_one_is_needed() -> None:
    paths = a_service(keys=KEYS).ask("GET", "/openapi.json", **with_key()).json()["paths"]

    assert paths["/v1/decisions"]["post"]["security"] == [{"apiKey": []}]
    assert "security" not in paths["/healthz"]["get"]


def test_there_are_no_pages_that_load_scripts_from_elsewhere(service: Caller) -> None:
    assert {service.ask("GET", path).status_code for path in ("/docs", "/redoc")} == {404}
