"""The OpenAPI document: the messages as they are read, with the names and limits of the network behind them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from twin.domain.network import Network
from twin.policies.contract import SCHEMA_VERSION, DecisionMessage, DecisionRequest
from twin.service import messages
from twin.service.pictures import LARGEST_NUMBER, LONGEST_DAYS
from twin.service.problems import ID_PATTERN, MEDIA_TYPE, NO_KEY, Kind, ProblemMessage
from twin.service.settings import Limits

Json = dict[str, Any]
Responses = dict[int, Json]
TYPES: tuple[type[Struct], ...] = (
    DecisionRequest, DecisionMessage, messages.RequestBatch, messages.DecisionBatch, messages.PictureMessage,
    messages.ChangeMessage, messages.PictureStatus, messages.PolicyMessage, messages.HealthMessage, ProblemMessage,
)  # fmt: skip
MOST_NAMES = 1_000  # more are not listed: the document would be larger than what it describes
KEY = "apiKey"


def described(asked: str | None, answered: str | None, refusals: Sequence[Kind]) -> Json:
    """Return what a route says of itself: the message it reads, the one it answers with, and how it may refuse."""
    found: Json = {"responses": {**_answer(answered), **_refusals(refusals)}}
    if asked is not None:
        body = {"required": True, "content": {"application/json": {"schema": _reference(asked)}}}
        found["openapi_extra"] = {"requestBody": body, "parameters": [*_HEADERS]}
    return found


def completed(document: Json, network: Network, limits: Limits, *, keys: bool) -> Json:
    """Return FastAPI's document of the routes with the messages they speak of."""
    _, schemas = msgspec.json.schema_components(TYPES, ref_template="#/components/schemas/{name}")
    components: Json = {"schemas": _narrowed(schemas, network, limits)}
    operations = [operation for methods in document["paths"].values() for operation in methods.values()]
    for operation in operations:
        for parameter in operation.get("parameters", ()):
            if parameter["in"] == "path":
                parameter["schema"] = {"type": "string", "pattern": f"^{ID_PATTERN}$"}
    if keys:
        components["securitySchemes"] = {KEY: {"type": "http", "scheme": "bearer"}}
        for operation in operations:
            if str(NO_KEY.status) in operation["responses"]:
                operation["security"] = [{KEY: []}]
    return {**document, "components": components}


_HEADERS: tuple[Json, ...] = (
    {
        "name": "Idempotency-Key", "in": "header", "required": False,
        "description": "The same key and body get the same answer again.",
        "schema": {"type": "string", "pattern": f"^{ID_PATTERN}$"},
    },
    {
        "name": "X-Deadline-Ms", "in": "header", "required": False,
        "description": "Work that could not begin so many milliseconds from now is refused.",
        "schema": {"type": "integer", "minimum": 0, "maximum": 999_999_999},
    },
)  # fmt: skip


def _reference(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def _answer(name: str | None) -> Responses:
    if name is None:
        return {204: {"description": "Done"}}
    return {200: {"description": name, "content": {"application/json": {"schema": _reference(name)}}}}


def _refusals(kinds: Sequence[Kind]) -> Responses:
    """Return the refusals by status, those of one status together."""
    titles: dict[int, list[str]] = {}
    for kind in kinds:
        titles.setdefault(kind.status, []).append(f"{kind.code}: {kind.title}.")
    content = {MEDIA_TYPE: {"schema": _reference(ProblemMessage.__name__)}}
    return {status: {"description": " ".join(words), "content": content} for status, words in titles.items()}


def _narrowed(schemas: Json, network: Network, limits: Limits) -> Json:
    """Say in the schemas what the network knows and the limits allow."""
    units = {"minimum": 1, "maximum": limits.order_units}
    number = {"minimum": 0, "maximum": LARGEST_NUMBER}
    skus, services = {"propertyNames": _one_of(network.products)}, {"propertyNames": _one_of(network.services)}
    nodes = {"propertyNames": _one_of(network.nodes)}
    of_order = {
        "order_number": number,
        "destination": _one_of(network.places),
        "service_level": _one_of(network.service_levels),
        "lines": {"minItems": 1, "maxItems": limits.order_lines, "uniqueItems": True},
    }
    version = {"type": "string", "pattern": rf"^{SCHEMA_VERSION.partition('.')[0]}(\.[0-9]+)*$"}
    _say(schemas, "OrderMessage", of_order)
    _say(schemas, "LineMessage", {"sku": _one_of(network.products), "quantity": units})
    _say(schemas, "DecisionRequest", {"attempt": {"minimum": 1, "maximum": LARGEST_NUMBER}, "schema_version": version})
    _say(schemas, "RequestBatch", {"requests": {"maxItems": limits.batch_orders}})
    _say(schemas, "Snapshot", {"nodes": {**nodes, "required": sorted(network.nodes)}})
    _say(schemas, "ChangeMessage", {"nodes": nodes, "sequence": number})
    _say(schemas, "PictureMessage", {"sequence": number})
    for name in ("NodeState", "NodeChange"):
        _say(schemas, name, {"stock": skus, "arrives_at": services})
    _name_days(schemas)
    _ask_for_one_picture(schemas["DecisionRequest"])
    return schemas


def _say(schemas: Json, name: str, of_fields: Json) -> None:
    for field, more in of_fields.items():
        schemas[name]["properties"][field] |= more


def _one_of(names: Collection[str]) -> Json:
    return {"enum": sorted(names)} if len(names) <= MOST_NAMES else {"type": "string"}


def _name_days(schemas: Json) -> None:
    """Say that transit days are written in digits."""
    days = {"propertyNames": {"pattern": f"^[0-9]{{1,{LONGEST_DAYS}}}$"}}
    schemas["NodeState"]["properties"]["arrives_at"]["additionalProperties"] |= days
    for choice in schemas["NodeChange"]["properties"]["arrives_at"]["additionalProperties"]["anyOf"]:
        if choice["type"] == "object":
            choice.update(days)


def _ask_for_one_picture(request: Json) -> None:
    """Say that a request either brings a picture or names one."""
    fields = request["properties"]
    bring, name = _reference("Snapshot"), {"type": "string", "pattern": f"^{ID_PATTERN}$"}
    nothing = {"type": "null"}
    fields["snapshot"], fields["snapshot_id"] = {"anyOf": [bring, nothing]}, {"anyOf": [name, nothing]}
    request["oneOf"] = [
        {"required": ["snapshot"], "properties": {"snapshot": bring, "snapshot_id": nothing}},
        {"required": ["snapshot_id"], "properties": {"snapshot_id": name, "snapshot": nothing}},
    ]
