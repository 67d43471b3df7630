"""After HotWax Commerce's single-facility assignment: one node takes everything or the order waits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

from twin.domain.orders import Order
from twin.policies.decision import Decision
from twin.policies.routing.services import shipment_from
from twin.policies.routing.walk import by_distance, by_priority
from twin.policies.view import NetworkView

RankBy = Literal["cost", "distance", "priority"]


@dataclass(frozen=True, slots=True)
class ShipComplete:
    """Take the first node, by cost, distance or priority, that has every unit; ship nothing if none has."""

    rank_by: RankBy = "cost"

    def __post_init__(self) -> None:
        if self.rank_by not in get_args(RankBy):
            raise ValueError(f"rank_by must be one of {', '.join(get_args(RankBy))}, got {self.rank_by!r}")

    def decide(self, order: Order, network: NetworkView) -> Decision:
        """Ship from one node or not at all."""
        for node in self._ranking(order, network):
            if network.can_fill(node, order.lines):
                shipment = shipment_from(node, order.lines, order, network)
                if shipment is not None:
                    return Decision(order.number, (shipment,))
        return Decision(order.number, (), order.lines)

    def _ranking(self, order: Order, network: NetworkView) -> Iterable[str]:
        if self.rank_by == "priority":
            return by_priority(order, network)
        if self.rank_by == "distance":
            return by_distance(order, network)
        offers = network.offers(order.destination, order.service_level, network.parcels(order.lines))
        return dict.fromkeys(offer.node for offer in offers)
