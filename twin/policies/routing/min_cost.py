"""The default: the plan with the lowest total landed cost, splits and lateness charged for."""

from __future__ import annotations

from dataclasses import dataclass

from twin.domain.orders import Order
from twin.policies.decision import Decision
from twin.policies.routing.rules import refuse_other_than
from twin.policies.routing.search import Splits, cheapest_plan, refuse_bad_terms
from twin.policies.view import NetworkView


@dataclass(frozen=True, slots=True)
class MinCost:
    """Take the cheapest way to keep the order whole; split it only where no node has all of it.

    With `splits: where_cheaper` a split is also taken where it costs less than the whole order from anywhere.
    A late arrival is charged `late_usd` and `late_usd_per_day`, every further shipment `split_usd`. A split
    considers, for every part that some node can fill, the cheapest node for that part and the best plan for what
    remains, up to `max_shipments` deep and `search_parts` wide.
    """

    late_usd: float = 25.0
    late_usd_per_day: float = 2.0
    split_usd: float = 0.75
    max_shipments: int = 3
    search_parts: int = 8
    allow_partial: bool = True
    min_on_time_probability: float | None = None
    splits: Splits = "where_needed"

    def __post_init__(self) -> None:
        refuse_bad_terms(self)
        refuse_other_than(Splits, splits=self.splits)

    def decide(self, order: Order, network: NetworkView) -> Decision:
        """Return the cheapest whole shipment or split."""
        return cheapest_plan(order, network, self, splits=self.splits)
