"""After the spillover limits of DeValve, Wei, Wu and Yuan (M&SOM 2023): local first, and only so much for others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from twin.domain.orders import Order, units_of
from twin.policies.decision import Decision, Reason
from twin.policies.routing.choices import INFINITE, CommitUnit, StockBasis, Threshold, Tie, Unlocated, stock_of
from twin.policies.routing.scoring import Guarded, StockLevel, by_cost, level_of, whole_or_split
from twin.policies.routing.services import shipment_from
from twin.policies.routing.walk import (
    all_or_nothing,
    by_distance,
    fillable,
    refuse_limit_below_one,
    take_in_turn,
)
from twin.policies.view import NetworkView

RankBy = Literal["distance", "cost"]


@dataclass(frozen=True, slots=True)
class SpilloverLimit:
    """The customer's local node ships first; others help out only with what they have beyond their protected stock.

    Local is the first node in the ranking, the nearest or by `cost` the cheapest that keeps the promise, whether it has
    stock and takes orders now or not; a node at an unknown distance is nobody's. It gives all it has. Every other node
    keeps the units of `keep` for its own customers: of the levels that match a node and a product the last counts,
    and without one nothing is kept. An order that this leaves incomplete waits or, with `release_when_unfilled`, is
    planned again as if no stock were protected.

    The paper is about single products at two layers and finds limits from demand; ours are units by velocity class,
    because no policy sees a forecast when it decides. Orders of several lines are ours: with `keep_whole` one node
    that may send everything goes before a split, the local one first.
    """

    rank_by: RankBy = "distance"
    keep: tuple[StockLevel, ...] = (StockLevel(3), StockLevel(15, velocity_classes=("A",)))
    release_when_unfilled: bool = True
    keep_whole: bool = True
    allow_partial: bool = True
    max_shipments: int | None = None
    unit: CommitUnit = "unit"
    basis: StockBasis = "available_to_promise"
    threshold: Threshold = "at_least"
    ties: Tie = "priority"
    unlocated: Unlocated = "last"

    def __post_init__(self) -> None:
        refuse_limit_below_one(self.max_shipments)
        if self.rank_by not in get_args(RankBy):
            raise ValueError(f"rank_by must be one of {', '.join(get_args(RankBy))}, got {self.rank_by!r}")

    def decide(self, order: Order, network: NetworkView) -> Decision:
        """Ship from the local node, then from what others have to spare, then perhaps from what they protect."""
        plan, _ = self._plan(order, network)
        return all_or_nothing(order, plan, allow_partial=self.allow_partial)

    def why_not(self, node: str, order: Order, network: NetworkView) -> Reason | None:
        """Return that a node keeps stock that it could ship, unless protection was given up for this order."""
        ranking = self._ranking(order, network)
        if node not in ranking:
            return Reason.BEYOND_MAX_DISTANCE
        has = fillable(node, order.lines, network, self.unit)
        if not has:
            return Reason.GROUP_SPLIT_FORBIDDEN
        if fillable(node, order.lines, self._guarded(ranking, order, network), self.unit) == has:
            return None
        _, released = self._plan(order, network)
        return None if released else Reason.PROTECTED_STOCK

    def _plan(self, order: Order, network: NetworkView) -> tuple[Decision, bool]:
        """Return the plan, and whether it uses protected stock because without that units would be left."""
        ranking = self._ranking(order, network)
        limited = self._route(ranking, order, self._guarded(ranking, order, network))
        if limited.unfilled and self.release_when_unfilled:
            released = self._route(ranking, order, network)
            if units_of(released.unfilled) < units_of(limited.unfilled):
                return released, True
        return limited, False

    def _route(self, ranking: list[str], order: Order, network: NetworkView) -> Decision:
        if self.keep_whole:
            return whole_or_split(ranking, order, network, self.max_shipments, self.unit)
        return take_in_turn(ranking, order, network, self.max_shipments, self.unit)

    def _guarded(self, ranking: list[str], order: Order, network: NetworkView) -> Guarded:
        """Return the network in which every node but the local one promises only what it has to spare."""
        local = self._local(ranking, order, network)
        more = 0 if self.threshold == "at_least" else 1

        def may_give(node: str, sku: str) -> int | None:
            level = None if node == local else level_of(self.keep, node, sku, network)
            return None if level is None else stock_of(self.basis, node, sku, network) - level - more

        return Guarded(network, frozenset(), may_give)

    def _local(self, ranking: list[str], order: Order, network: NetworkView) -> str | None:
        first = next((node for node in ranking if network.nodes[node].enabled), None)
        if first is None:
            return None
        if self.rank_by == "distance":
            return first if network.miles(first, order.destination) < INFINITE else None
        return None if shipment_from(first, order.lines, order, network) is None else first

    def _ranking(self, order: Order, network: NetworkView) -> list[str]:
        if self.rank_by == "cost":
            return by_cost(order, network, self.ties)
        return by_distance(order, network, self.ties, self.unlocated)
