"""A log written by hand: Columbus and Reno, ground and air, pictures and plans of one line each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from msgspec import structs

from tests.factories import RENO, a_departure, a_level, a_network, a_node, a_service
from twin.calibration.decision_log import LoggedDecision, NumberedDecision
from twin.policies.conformance import Shelf
from twin.policies.contract import DecisionMessage, DecisionRequest, LineMessage, OrderMessage, ShipmentMessage
from twin.policies.decision import Reason
from twin.policies.snapshot import NodeState, Snapshot, StockState
from twin.simulation.world import Shelves

GROUND, AIR = "parcel_ground", "parcel_air"
HERE = "432"
PROMISED_BY = 100.0
ARRIVES_AT = {GROUND: 90.0, AIR: 40.0}
PLENTY = {"columbus": {"mug": 9, "lamp": 9, "book": 9}, "reno": {"mug": 9, "lamp": 9, "book": 9}}


@cache
def shelf() -> Shelf:
    """Price lists on which Columbus is the cheaper and ground the cheaper still."""
    services = [a_service(GROUND), a_service(AIR, factor=3.0)]
    trucks = (a_departure(GROUND), a_departure(AIR))
    nodes = [a_node(departures=trucks), a_node("reno", RENO, departures=trucks)]
    shelves = Shelves.of(a_network(nodes, services=services, levels=[a_level(services=(GROUND, AIR))]))
    return Shelf(shelves.book, shelves.packer)


@dataclass(frozen=True)
class At:
    """A node in a picture."""

    closed: Reason | None = None
    left: float | None = None
    reserved: int = 0


def a_picture(
    stock: Mapping[str, Mapping[str, int]] = PLENTY, taken_at: float = 10.0, arrives_at: float = 0.0, **nodes: At
) -> Snapshot:
    """A picture of what can be promised; everything arrives when its service says, or `arrives_at` where given."""
    arrivals = {service: {str(days): arrives_at or at for days in range(6)} for service, at in ARRIVES_AT.items()}
    return Snapshot(
        taken_at,
        {
            name: NodeState(
                stock={
                    sku: StockState(units + at.reserved, at.reserved, 0 if at.closed else units)
                    for sku, units in stock.get(name, {}).items()
                },
                arrives_at=arrivals,
                closed_because=at.closed,
                orders_left=at.left,
            )
            for name, at in ((name, nodes.get(name, At())) for name in ("columbus", "reno"))
        },
    )


def lines(**units: int) -> tuple[LineMessage, ...]:
    """Lines by product."""
    return tuple(LineMessage(sku, count) for sku, count in units.items())


def an_order(number: int = 1, destination: str = HERE, level: str = "standard", **units: int) -> OrderMessage:
    """An order of one mug to Columbus."""
    return OrderMessage(number, 9.0, "web", destination, level, PROMISED_BY, lines(**(units or {"mug": 1})))


def ships(node: str, service: str = GROUND, **units: int) -> ShipmentMessage:
    """One mug from a node."""
    return ShipmentMessage(node, service, lines(**(units or {"mug": 1})))


def a_plan(*shipments: ShipmentMessage, number: int = 1, **unfilled: int) -> DecisionMessage:
    """A plan for order 1."""
    status = "FULL" if not unfilled else "PARTIAL" if shipments else "UNFILLABLE"
    return DecisionMessage(number, status, shipments, lines(**unfilled))


def logged(decision: DecisionMessage, picture: Snapshot | None = None, to: str = HERE, **units: int) -> LoggedDecision:
    """A line of the log: the order of the decision's number, and a picture of plenty unless told."""
    order = an_order(decision.order_number, to, **units)
    return LoggedDecision(DecisionRequest(order, picture or a_picture()), decision)


def in_batch(line: LoggedDecision, batch: int = 1) -> LoggedDecision:
    """A line that was decided together with others."""
    return structs.replace(line, batch=batch)


def numbered(*log: LoggedDecision) -> Iterator[NumberedDecision]:
    """Some lines as they stand in a file."""
    return enumerate(log, start=1)
