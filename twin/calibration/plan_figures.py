"""What a plan of production's or ours comes to by the twin's own rates, and whether it can be carried out at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from twin.calibration.shadow_results import PlanFigures
from twin.domain.orders import Order, OrderLine
from twin.policies.contract import DecisionMessage, LineMessage, UnknownOffer, decision_from
from twin.policies.decision import Decision, PlannedShipment
from twin.policies.routing.validate import IllegalDecision, validate
from twin.policies.view import NetworkView


@dataclass(frozen=True, slots=True)
class ReadPlan:
    """A decision as it was sent, read on a picture of the network.

    `decision` is none where the network has no such way to ship; `said` is why the plan cannot be carried out on this
    picture, empty where it can.
    """

    decision: Decision | None
    said: str = ""


def read_plan(message: DecisionMessage, order: Order, network: NetworkView) -> ReadPlan:
    """Return the plan of a message with the network's own offers, checked as every decision is."""
    decision = None
    try:
        _refuse_what_cannot_be_packed(message, order)
        decision = decision_from(message, order, network)
        validate(order, decision, network)
    except (UnknownOffer, IllegalDecision) as error:
        return ReadPlan(decision, str(error))
    return ReadPlan(decision)


def figures(shipments: Sequence[PlannedShipment], promised_by: float) -> PlanFigures:
    """Return what some shipments of an order come to, in order of node and service."""
    ordered = sorted(shipments, key=lambda shipment: (shipment.offer.node, shipment.offer.service))
    return PlanFigures(
        nodes=tuple([shipment.offer.node for shipment in ordered]),
        services=tuple([shipment.offer.service for shipment in ordered]),
        shipments=len(ordered),
        units=sum(shipment.parcels.units for shipment in ordered),
        cost_usd=sum(shipment.offer.cost_usd + shipment.parcels.packaging_usd for shipment in ordered),
        late_hours=max([0.0, *(shipment.arrives_at - promised_by for shipment in ordered)]),
    )


def figures_of(decision: Decision | None, order: Order) -> PlanFigures | None:
    """Return what the plan for an order comes to, none where there is no plan to price."""
    return None if decision is None else figures(decision.shipments, order.promised_by)


def units_by_sku(lines: Iterable[LineMessage | OrderLine]) -> Counter[str]:
    """Count the units of some lines by product."""
    units = Counter[str]()
    for line in lines:
        units[line.sku] += line.quantity
    return units


def _refuse_what_cannot_be_packed(message: DecisionMessage, order: Order) -> None:
    """Refuse parcels of nothing and of more than was ordered, which nobody can pack or price."""
    ordered = units_by_sku(order.lines)
    for shipment in message.shipments:
        if not shipment.lines:
            raise IllegalDecision(f"order {order.number}: node {shipment.node!r} is to ship nothing")
        for line in shipment.lines:
            if line.quantity > ordered[line.sku]:
                raise IllegalDecision(
                    f"order {order.number}: node {shipment.node!r} is to ship {line.quantity} of {line.sku}, "
                    f"ordered were {ordered[line.sku]}"
                )
