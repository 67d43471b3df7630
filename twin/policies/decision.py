"""What a routing policy answers, and the offers it chooses from."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from msgspec import Struct

from twin.domain.cartons import Parcels
from twin.domain.orders import Lines

NO_DOCK = -1
"""The `pickup` of an offer that waits for no carrier."""


class Offer(Struct, frozen=True, gc=False):
    """What it costs and how long it takes to send some parcels from a node by a service.

    Offers are shared by all orders of a zone and weight. `cost_usd` is freight and handling together; the boxes
    cost the same from everywhere (`Parcels.packaging_usd`), and what they cost more at a node with a packing standard
    of its own is in `cost_usd`. `pickup` numbers the node's dock for that service, `extras`
    the part of the freight that rules of surcharges make, 0 where it is nothing. `on_time_rates` are the probabilities
    of at most 0, 1, 2... days more than `transit_days`, the last one certainty.
    """

    node: str
    service: str
    zone: int
    cost_usd: float
    freight_usd: float
    transit_days: int
    pickup: int
    billable_lb: int
    extras: int = 0
    on_time_rates: tuple[float, ...] = (1.0,)
    co2e_kg_per_tkm: float = 0.0


class PlannedShipment(Struct, frozen=True, gc=False):
    """The lines one node is to send by one service, and when they should arrive."""

    offer: Offer
    lines: Lines
    parcels: Parcels
    arrives_at: float

    @property
    def boxes(self) -> Parcels:
        """The parcels as the node will really pack them."""
        return self.parcels.packed_at(self.offer.node)


class Decision(Struct, frozen=True, gc=False):
    """Who ships what, and what nobody can ship now."""

    order_number: int
    shipments: tuple[PlannedShipment, ...]
    unfilled: Lines = ()


class Reason(StrEnum):
    """Why a candidate node is not in the plan."""

    NODE_DISABLED = "NODE_DISABLED"
    NODE_CLOSED = "NODE_CLOSED"
    ORDER_LIMIT = "ORDER_LIMIT"
    PREVIOUSLY_REJECTED = "PREVIOUSLY_REJECTED"
    OUTSIDE_GROUP = "OUTSIDE_GROUP"
    CHANNEL_NOT_ALLOWED = "CHANNEL_NOT_ALLOWED"
    SERVICE_UNAVAILABLE = "SERVICE_UNAVAILABLE"
    BEYOND_MAX_DISTANCE = "BEYOND_MAX_DISTANCE"
    NO_STOCK = "NO_STOCK"
    BELOW_MIN_STOCK = "BELOW_MIN_STOCK"
    PROTECTED_STOCK = "PROTECTED_STOCK"
    INCOMPLETE_FOR_SINGLE = "INCOMPLETE_FOR_SINGLE"
    GROUP_SPLIT_FORBIDDEN = "GROUP_SPLIT_FORBIDDEN"
    BELOW_SPLIT_VALUE = "BELOW_SPLIT_VALUE"
    MAX_SPLITS = "MAX_SPLITS"
    MARGIN_FLOOR = "MARGIN_FLOOR"
    CANNOT_MEET_PROMISE = "CANNOT_MEET_PROMISE"
    PRUNED = "PRUNED"
    DOMINATED = "DOMINATED"


@dataclass(frozen=True, slots=True)
class Explanation:
    """Each candidate node: in the plan, or out for exactly one reason, with words where they were asked for."""

    chosen: tuple[str, ...]
    rejected: dict[str, Reason]
    details: dict[str, str] = field(default_factory=dict)
