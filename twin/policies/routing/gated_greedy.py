"""After the Gated Priority-based Greedy policies of Chen, Chen, Chen and Zhou (arXiv 2605.25888, 2026)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from twin.domain.orders import Order, units_of
from twin.policies.decision import Decision, Reason
from twin.policies.routing.choices import CommitUnit, StockBasis, Threshold, Tie, passes, stock_of
from twin.policies.routing.names import NodeNames
from twin.policies.routing.scoring import Guarded, StockLevel, by_cost, level_of, whole_or_split
from twin.policies.routing.walk import all_or_nothing, fillable, refuse_limit_below_one
from twin.policies.view import NetworkView, Without

OpenGates = Literal["never", "when_unfilled", "when_unfilled_or_late"]


@dataclass(frozen=True, slots=True)
class GatedGreedy:
    """Ship from the cheapest node whose gate is open; gates keep scarce front stock for the orders that need it.

    The paper's: two layers, small front nodes near customers and the others behind them; gates that protect front
    stock without any forecast; and behind the gates a greedy choice by priority.

    Ours, because the paper bounds costs in theory and this is an operation: priority is cost, nodes that keep the
    promise first. The gate of a front node is shut for a product of which it has less than the level of `gates` (the
    last that matches; the share of an opening level cannot be asked for), and with `whole_only` for every order that
    it cannot fill alone. Where no open node has all of an order it is split, the cheapest node first. `open_gates`
    says for whom shut gates open: for orders that would leave units behind, or also for those that would be late.
    """

    front: NodeNames = ("mfc", "store")
    gates: tuple[StockLevel, ...] = (StockLevel(2), StockLevel(5, velocity_classes=("A",)))
    whole_only: bool = True
    open_gates: OpenGates = "when_unfilled_or_late"
    allow_partial: bool = True
    max_shipments: int | None = None
    unit: CommitUnit = "unit"
    basis: StockBasis = "available_to_promise"
    threshold: Threshold = "at_least"
    ties: Tie = "priority"

    def __post_init__(self) -> None:
        refuse_limit_below_one(self.max_shipments)
        if self.open_gates not in get_args(OpenGates):
            raise ValueError(f"open_gates must be one of {', '.join(get_args(OpenGates))}, got {self.open_gates!r}")

    def decide(self, order: Order, network: NetworkView) -> Decision:
        """Ship through open gates, greedily by cost; open them all where that helps whom they open for."""
        plan, _ = self._plan(order, network)
        return all_or_nothing(order, plan, allow_partial=self.allow_partial)

    def why_not(self, node: str, order: Order, network: NetworkView) -> Reason | None:
        """Return that a gate protects stock of a front node or is shut to parts of orders, unless all were opened."""
        has = fillable(node, order.lines, network, self.unit)
        if not has:
            return Reason.GROUP_SPLIT_FORBIDDEN
        protected = fillable(node, order.lines, self._protected(network), self.unit) != has
        if not protected and node not in self._gated(order, network).excluded:
            return None
        _, opened = self._plan(order, network)
        if opened:
            return None
        return Reason.PROTECTED_STOCK if protected else Reason.INCOMPLETE_FOR_SINGLE

    def _plan(self, order: Order, network: NetworkView) -> tuple[Decision, bool]:
        """Return the plan, and whether shut gates were opened for it."""
        ranking = by_cost(order, network, self.ties)
        gated = whole_or_split(ranking, order, self._gated(order, network), self.max_shipments, self.unit)
        if self.open_gates != "never" and any(self._trouble(gated, order)):
            opened = whole_or_split(ranking, order, network, self.max_shipments, self.unit)
            if self._trouble(opened, order) < self._trouble(gated, order):
                return opened, True
        return gated, False

    def _trouble(self, plan: Decision, order: Order) -> tuple[int, int]:
        """Return the units a plan leaves and, where gates open for that, the units it sends late."""
        late = [sent.lines for sent in plan.shipments if sent.arrives_at > order.promised_by]
        counts = self.open_gates == "when_unfilled_or_late"
        return units_of(plan.unfilled), sum(map(units_of, late)) if counts else 0

    def _gated(self, order: Order, network: NetworkView) -> Without:
        """Return the network as an order finds it through the gates."""
        protected = self._protected(network)
        if not self.whole_only:
            return protected
        shut = (
            node
            for node in network.nodes
            if self._is_front(node, network) and not protected.can_fill(node, order.lines)
        )
        return Without(network, frozenset(shut))

    def _protected(self, network: NetworkView) -> Guarded:
        """Return the network in which front nodes promise nothing of products that they are short of."""

        def may_give(node: str, sku: str) -> int | None:
            level = level_of(self.gates, node, sku, network) if self._is_front(node, network) else None
            if level is None or passes(stock_of(self.basis, node, sku, network), level, self.threshold):
                return None
            return 0

        return Guarded(network, frozenset(), may_give)

    def _is_front(self, node: str, network: NetworkView) -> bool:
        return network.nodes[node].is_in(self.front)
