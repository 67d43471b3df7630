"""The decision contract: orders, requests and decisions as JSON, the same for files, services and production's logs.

Unknown fields are refused in what we are asked and ignored in what we are told, so that a newer service may say more
than we know. The identity of a decision is its canonical JSON: sorted keys, costs and instants to the millionth.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Literal

import msgspec
from msgspec import Struct

from twin.domain.errors import TwinError
from twin.domain.orders import Lines, Order, OrderLine
from twin.policies.decision import Decision, Explanation, PlannedShipment, Reason
from twin.policies.snapshot import Snapshot
from twin.policies.view import NetworkView

SCHEMA_VERSION = "1.0"
DIGITS = 6

Status = Literal["FULL", "PARTIAL", "UNFILLABLE"]
Source = Literal["POLICY", "FALLBACK", "RECORDING"]


class LineMessage(Struct, frozen=True, forbid_unknown_fields=True):
    """One product of an order and how many of it."""

    sku: str
    quantity: int

    def __post_init__(self) -> None:
        if self.quantity < 1:
            raise ValueError(f"quantity must be at least 1, got {self.quantity}")


class OrderMessage(Struct, frozen=True, forbid_unknown_fields=True):
    """An order as production knows it: without the luck that the twin's own orders carry."""

    order_number: int
    placed_at: float
    channel: str
    destination: str
    service_level: str
    promised_by: float
    lines: tuple[LineMessage, ...]

    def __post_init__(self) -> None:
        if not self.lines:
            raise ValueError("an order must have at least one line")


class DecisionRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """What a decision service is asked: an order, and the network as it is (or the name of a picture it has)."""

    order: OrderMessage
    snapshot: Snapshot | None = None
    snapshot_id: str | None = None
    attempt: int = 1
    explain: Literal["off", "codes", "full"] = "off"
    schema_version: str = SCHEMA_VERSION


class ShipmentMessage(Struct, frozen=True):
    """What one node ships by one service."""

    node: str
    service: str
    lines: tuple[LineMessage, ...]
    cost_usd: float = 0.0
    arrives_at: float | None = None


class ExplanationMessage(Struct, frozen=True):
    """Each candidate node: chosen, or out for exactly one reason."""

    chosen: tuple[str, ...]
    rejected: dict[str, Reason]
    details: dict[str, str] = {}


class DecisionMessage(Struct, frozen=True):
    """Who ships what, and what nobody can ship now."""

    order_number: int
    status: Status
    shipments: tuple[ShipmentMessage, ...]
    unfilled: tuple[LineMessage, ...] = ()
    explanation: ExplanationMessage | None = None
    schema_version: str = SCHEMA_VERSION


class UnknownOffer(TwinError):  # noqa: N818  (says what is wrong with a decision)
    """A decision ships by a way that the network does not have."""


def order_message(order: Order) -> OrderMessage:
    """Return an order as it is sent."""
    return OrderMessage(
        order.number, order.placed_at, order.channel, order.destination, order.service_level, order.promised_by,
        _lines_message(order.lines),
    )  # fmt: skip


def order_from(message: OrderMessage) -> Order:
    """Return the order of a message."""
    return Order(
        message.order_number, message.placed_at, message.channel, message.destination, message.service_level,
        _lines_from(message.lines), message.promised_by, (), 0.0,
    )  # fmt: skip


def decision_message(decision: Decision, explanation: Explanation | None = None) -> DecisionMessage:
    """Return a decision as it is sent, costs with packaging."""
    return DecisionMessage(
        decision.order_number,
        _status(decision),
        tuple([_shipment_message(shipment) for shipment in decision.shipments]),
        _lines_message(decision.unfilled),
        None
        if explanation is None
        else ExplanationMessage(explanation.chosen, explanation.rejected, explanation.details),
    )


def decision_from(message: DecisionMessage, order: Order, network: NetworkView) -> Decision:
    """Return the decision of a message, its shipments by the network's own offers.

    Raises `UnknownOffer` where the network has no such way to ship.
    """
    shipments = tuple([_shipment_from(shipment, order, network) for shipment in message.shipments])
    return Decision(message.order_number, shipments, _lines_from(message.unfilled))


def canonical(message: Struct) -> bytes:
    """Return the canonical JSON of a message."""
    return msgspec.json.encode(message, order="sorted")


def identity(message: Struct) -> str:
    """Return the sha256 of the canonical JSON of a message."""
    return sha256(canonical(message)).hexdigest()


def _status(decision: Decision) -> Status:
    if not decision.unfilled:
        return "FULL"
    return "PARTIAL" if decision.shipments else "UNFILLABLE"


def _shipment_message(shipment: PlannedShipment) -> ShipmentMessage:
    offer = shipment.offer
    arrives = round(shipment.arrives_at, DIGITS)
    return ShipmentMessage(
        offer.node,
        offer.service,
        _lines_message(shipment.lines),
        round(offer.cost_usd + shipment.parcels.packaging_usd, DIGITS),
        arrives if arrives < float("inf") else None,
    )


def _shipment_from(message: ShipmentMessage, order: Order, network: NetworkView) -> PlannedShipment:
    lines = _lines_from(message.lines)
    lines = order.lines if lines == order.lines else lines  # the same object: checks are quicker then
    parcels = network.parcels(lines)
    for offer in network.offers(order.destination, order.service_level, parcels):
        if offer.node == message.node and offer.service == message.service:
            return PlannedShipment(offer, lines, parcels, network.arrives_at(offer))
    raise UnknownOffer(
        f"order {order.number}: node {message.node!r} cannot send "
        f"{', '.join(f'{line.quantity} of {line.sku}' for line in lines)} to {order.destination} by {message.service!r}"
    )


def _lines_message(lines: Lines) -> tuple[LineMessage, ...]:
    return tuple([LineMessage(line.sku, line.quantity) for line in lines])


def _lines_from(lines: tuple[LineMessage, ...]) -> Lines:
    """Return order lines; a product on several of them becomes one, or each by itself would ask for the same units."""
    units: dict[str, int] = {}
    for line in lines:
        units[line.sku] = units.get(line.sku, 0) + line.quantity
    return tuple([OrderLine(sku, count) for sku, count in units.items()])
