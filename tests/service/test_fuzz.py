"""What the OpenAPI document promises holds for whatever schemathesis thinks of."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
import schemathesis
import uvicorn
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from tests.service.serving import KEYS, NETWORK, Caller, Hands, with_key
from twin.policies.routing.min_cost import MinCost
from twin.service.app import create_app
from twin.service.problems import ID_PATTERN
from twin.service.serve import listen
from twin.service.settings import Limits, Settings

PATIENT = Limits(requests_per_second=1e6, burst=10**6, pictures=10**6)
APP = create_app(MinCost(), "min_cost", NETWORK, Settings(keys=KEYS, limits=PATIENT), Hands())
CONFIG = schemathesis.config.SchemathesisConfig.from_dict(
    {"seed": 8350, "checks": {"not_a_server_error": {"expected-statuses": ["2xx", "4xx", 503]}}}  # 503: a deadline of 0
)
NOT_IN_WORDS_OF_A_SCHEMA = re.compile("again; expected each product once|[0-9]+ units; expected at most")
HEADER_NOBODY_READS = "x-schemathesis-unknown-property"
keys = count()


def document() -> dict[str, Any]:
    """What the service says of itself, but for deadlines that have passed when they are sent."""
    found = Caller(APP, with_key()).ask("GET", "/openapi.json").json()
    for methods in found["paths"].values():
        for operation in methods.values():
            for parameter in operation.get("parameters", ()):
                if parameter["name"] == "X-Deadline-Ms":
                    parameter["schema"]["minimum"] = 1
    return found


schema = schemathesis.openapi.from_dict(document(), config=CONFIG)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A service that asks for a key, on a free port."""
    listener = listen("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(APP, http="h11", ws="none", log_level="warning", access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(60)


@pytest.mark.slow
@schema.parametrize()
@settings(max_examples=40, derandomize=True, suppress_health_check=list(HealthCheck))
def test_the_service_keeps_what_its_document_promises(case: schemathesis.Case, address: str) -> None:
    case.body = whole_numbers_without_a_point(case.body)
    if re.fullmatch(ID_PATTERN, case.headers.get("Idempotency-Key", "")):
        case.headers["Idempotency-Key"] = f"key-{next(keys)}"

    answer = case.call(base_url=address, headers=with_key())
    case.validate_response(answer, excluded_checks=exclusions(case, answer), headers=with_key())


def exclusions(case: schemathesis.Case, answer: schemathesis.Response) -> list[Any]:
    """Let pass what no schema can say of an order, and headers that nobody reads."""
    found: list[Any] = []
    if answer.status_code == 422 and NOT_IN_WORDS_OF_A_SCHEMA.search(answer.json()["detail"]):
        found.append(positive_data_acceptance)
    if HEADER_NOBODY_READS in case.headers:
        found.append(negative_data_rejection)
    return found


def whole_numbers_without_a_point(body: Any) -> Any:
    """Write 7.0 as 7: for a schema both are integers, for the service, as for most JSON readers, only one is."""
    if isinstance(body, dict):
        return {name: whole_numbers_without_a_point(value) for name, value in body.items()}
    if isinstance(body, list):
        return [whole_numbers_without_a_point(value) for value in body]
    return int(body) if isinstance(body, float) and body.is_integer() and abs(body) < 2**53 else body
