"""Reads what the service is sent, and refuses whatever does not keep to the contract, all problems at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import msgspec
from msgspec import Struct

from twin.domain.errors import Problem
from twin.domain.network import Network
from twin.policies.contract import SCHEMA_VERSION, DecisionRequest, LineMessage, OrderMessage
from twin.service.pictures import LARGEST_NUMBER
from twin.service.problems import CONTRACT, MALFORMED, Refused, refuse_unless_id, shown
from twin.service.settings import Limits

Message = TypeVar("Message", bound=Struct)
MOST_PROBLEMS = 5  # of one answer


class Reader(Generic[Message]):
    """Reads one kind of message from JSON."""

    def __init__(self, kind: type[Message]) -> None:
        self._name = kind.__name__
        self._decoder = msgspec.json.Decoder(kind)

    def read(self, body: bytes) -> Message:
        """Return the message of a body."""
        try:
            return self._decoder.decode(body)
        except msgspec.ValidationError as error:
            wrong, _, path = str(error).partition(" - at `$")
            where = f"body{', ' if path else ''}{path.strip('.`')}"
            expected = f"a {self._name} as GET /openapi.json describes it"
            raise Refused(CONTRACT, Problem(where, wrong, expected, "mend the request")) from None
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise Refused(MALFORMED, Problem("body", str(error), "JSON in UTF-8", "mend the request")) from None


@dataclass(frozen=True, slots=True)
class Contract:
    """What an order must keep to so that a network can be asked about it."""

    network: Network
    limits: Limits = field(default_factory=Limits)

    def refuse_unless_kept(self, request: DecisionRequest, where: str = "body") -> None:
        """Refuse a request that names what the network does not have, or asks for too much."""
        problems = [*self._of_request(request, where), *self._of_order(request.order, f"{where}, order")]
        if problems:
            raise Refused(CONTRACT, *problems[:MOST_PROBLEMS])
        if request.snapshot_id is not None:
            refuse_unless_id(request.snapshot_id, f"{where}, snapshot_id")

    def _of_request(self, request: DecisionRequest, where: str) -> Iterator[Problem]:
        if (request.snapshot is None) == (request.snapshot_id is None):
            found = "neither snapshot nor snapshot_id" if request.snapshot is None else "snapshot and snapshot_id"
            yield Problem(where, found, "one of the two", "send a picture of the network, or name one that was stored")
        if not 1 <= request.attempt <= LARGEST_NUMBER:
            yield Problem(f"{where}, attempt", f"{request.attempt}", "1 or more", "begin to count at 1")
        if request.schema_version.partition(".")[0] != SCHEMA_VERSION.partition(".")[0]:
            expected = f"{SCHEMA_VERSION}, or another version that begins alike"
            yield Problem(f"{where}, schema_version", shown(request.schema_version), expected, "ask in that version")

    def _of_order(self, order: OrderMessage, where: str) -> Iterator[Problem]:
        network = self.network
        if not 0 <= order.order_number <= LARGEST_NUMBER:
            expected = f"a number from 0 to {LARGEST_NUMBER}"
            yield Problem(f"{where}.order_number", f"{order.order_number}", expected, "number it otherwise")
        if order.destination not in network.places:
            expected = f"one of the {len(network.places)} three-digit ZIP codes of the network {network.name!r}"
            yield Problem(f"{where}.destination", shown(order.destination), expected, "send the first three digits")
        if order.service_level not in network.service_levels:
            expected = f"one of {', '.join(network.service_levels)}"
            yield Problem(f"{where}.service_level", shown(order.service_level), expected, "name one of them")
        yield from self._of_lines(order.lines, f"{where}.lines")

    def _of_lines(self, lines: tuple[LineMessage, ...], where: str) -> Iterator[Problem]:
        limits = self.limits
        if len(lines) > limits.order_lines:
            yield Problem(where, f"{len(lines)} lines", f"at most {limits.order_lines}", "divide the order")
        units = sum([line.quantity for line in lines])
        if units > limits.order_units:
            yield Problem(where, f"{units} units", f"at most {limits.order_units}", "divide the order")
        seen: set[str] = set()
        for number, line in enumerate(lines):
            here = f"{where}[{number}].sku"
            if line.sku not in self.network.products:
                expected = f"the SKU of one of the {len(self.network.products)} products of the network"
                yield Problem(here, shown(line.sku), expected, "leave the line out, or ask a network that has it")
            if line.sku in seen:
                yield Problem(here, f"{shown(line.sku)} again", "each product once", "add the quantities up")
            seen.add(line.sku)
