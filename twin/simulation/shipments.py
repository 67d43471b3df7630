"""What moves through the network."""

from __future__ import annotations

from dataclasses import dataclass

from msgspec import Struct, field
from msgspec.structs import replace

from twin.domain.liability import Failure
from twin.domain.orders import Order
from twin.policies.decision import PlannedShipment

NOBODY = ""
"""The service of a shipment that was taken back: no dock has it."""


class Shipment(Struct, gc=False):
    """Some lines of an order on their way through a node; each stage adds the instant it finished.

    `started_at` is the begin of the first work, `planned_departure_at` the pickup the policy reckoned with;
    `turn` numbers the shipments of one order, so that they do not share their luck in transit; `asked` are the nodes
    that declined it before. Work on a shipment that `is_taken_back` goes on as begun, in vain, and nobody collects it.
    """

    order: Order
    plan: PlannedShipment
    routed_at: float
    planned_departure_at: float
    first_choice: bool
    turn: int = 0
    asked: frozenset[str] = frozenset()
    started_at: float = -1.0
    work_hours: float = 0.0
    finished: list[float] = field(default_factory=list)

    @property
    def is_taken_back(self) -> bool:
        """Whether its order is no longer served by it."""
        return self.plan.offer.service == NOBODY

    def take_back(self) -> None:
        """Let nobody collect it: what its node still does with it is in vain."""
        self.plan = replace(self.plan, offer=replace(self.plan.offer, service=NOBODY))


@dataclass(frozen=True, slots=True)
class FailedShipment:
    """What became of a shipment, what its goods cost and what the carrier pays for them."""

    failure: Failure
    goods_usd: float
    claim_usd: float
