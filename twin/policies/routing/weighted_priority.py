"""After the scheduling rules of IBM Sterling Order Management: priority and distance weighed into one number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any, Literal, get_args

from twin.domain.orders import Lines, Order, units_of
from twin.policies.decision import Decision, Reason
from twin.policies.routing.choices import (
    CommitUnit,
    Threshold,
    Tie,
    Unlocated,
    distances,
    located,
    passes,
    priorities,
    tie_order,
)
from twin.policies.routing.scoring import Budget
from twin.policies.routing.walk import fillable
from twin.policies.view import NetworkView

OptimiseOn = Literal["priority", "shipments", "date"]


@dataclass(frozen=True, slots=True)
class WeightedPriority:
    """Weigh each node's priority and miles into one number P, lowest first, and rank plans by P, parcels or date.

    P = `weight_priority` x priority + `weight_distance` x miles; a weight of 0 removes the factor. `optimise_on` names
    what counts first: `priority` walks down the nodes by P, `shipments` sends the fewest parcels and breaks ties by P
    and then by the date, `date` is done earliest and breaks ties by parcels and then by P. The P of several nodes
    counts once for each unit they send, and the date is when the last parcel arrives; the original leaves both open,
    and the ties of `date`.

    Of the original's constraints, `unit: line` fills a line from a single node only and `unit: order` ships the order
    together. Our orders carry no fill quantities; instead an order waits unless the share `fill_rate` of each of its
    lines can be sent. Sets of nodes are made of the `search_nodes` lowest in P.
    """

    weight_priority: float = 100.0
    weight_distance: float = 1.0
    optimise_on: OptimiseOn = "priority"
    max_shipments: int = 4
    search_nodes: int = 12
    fill_rate: float = 0.0
    threshold: Threshold = "at_least"
    unit: CommitUnit = "unit"
    ties: Tie = "priority"
    unlocated: Unlocated = "last"

    def __post_init__(self) -> None:
        self._budget()
        weights = (self.weight_priority, self.weight_distance)
        if not all(isfinite(weight) and weight >= 0 for weight in weights):
            raise ValueError(f"weight_priority and weight_distance must be finite and not negative, got {weights}")
        if self.optimise_on not in get_args(OptimiseOn):
            raise ValueError(f"optimise_on must be one of {', '.join(get_args(OptimiseOn))}, got {self.optimise_on!r}")
        if not passes(1.0, self.fill_rate, self.threshold) or self.fill_rate < 0:
            raise ValueError(
                f"fill_rate must be a share that a whole line passes ({self.threshold}), 0 to 1, got {self.fill_rate}"
            )

    def decide(self, order: Order, network: NetworkView) -> Decision:
        """Return the plan that ranks first, or none where too little of some line can be sent."""
        plan = self._plan(order, network)
        return plan if self._is_enough(order.lines, plan.unfilled) else Decision(order.number, (), order.lines)

    def why_not(self, node: str, order: Order, network: NetworkView) -> Reason | None:
        """Return which limit keeps a node out: an unknown distance, what stays together, parcels, or the search."""
        if node not in self._allowed(order, network):
            return Reason.BEYOND_MAX_DISTANCE
        if not fillable(node, order.lines, network, self.unit):
            return Reason.GROUP_SPLIT_FORBIDDEN
        plan = self._plan(order, network)
        if not self._made_sets(plan):
            return None
        budget = self._budget()
        ranking = budget.able(self._numbers(order, network), order, network)
        return budget.why_not(node, ranking, plan, order, network)

    def _plan(self, order: Order, network: NetworkView) -> Decision:
        numbers = self._numbers(order, network)
        budget = self._budget()
        if self.optimise_on == "priority":
            return budget.keeping_to(list(numbers), order, network)
        place = tie_order(self.ties, order, network).index

        def key(plan: Decision) -> tuple[Any, ...]:
            units = {sent.offer.node: units_of(sent.lines) for sent in plan.shipments}
            number = sum(numbers[node] * count for node, count in units.items())
            date = max(sent.arrives_at for sent in plan.shipments)
            ranked = (len(units), number, date) if self.optimise_on == "shipments" else (date, len(units), number)
            return *ranked, [place(node) for node in units]

        sizes = range(1, self.max_shipments + 1) if self.optimise_on == "shipments" else (self.max_shipments,)
        return budget.best(budget.able(numbers, order, network), order, network, sizes, key)

    def _numbers(self, order: Order, network: NetworkView) -> Mapping[str, float]:
        """Return P of every node that may be used, the lowest first."""
        numbers = {node: self.weight_priority * priority for node, priority in priorities(network).items()}
        if self.weight_distance:  # nothing times an unknown distance is no number
            for node, miles in distances(order, network).items():
                numbers[node] += self.weight_distance * miles
        return {node: numbers[node] for node in sorted(self._allowed(order, network), key=numbers.__getitem__)}

    def _allowed(self, order: Order, network: NetworkView) -> list[str]:
        """Return the nodes at a known distance, or all where that does not count, equals in the order of `ties`."""
        unlocated = self.unlocated if self.weight_distance else "last"
        return located(tie_order(self.ties, order, network), order, network, unlocated)

    def _made_sets(self, plan: Decision) -> bool:
        """Answer whether a plan comes from a search among sets, not from going down the ranking."""
        if self.optimise_on == "priority":
            return bool(plan.unfilled) and len(plan.shipments) == self.max_shipments
        return self.optimise_on == "date" or bool(plan.unfilled) or len(plan.shipments) > 1

    def _is_enough(self, lines: Lines, unfilled: Lines) -> bool:
        """Answer whether the share of each product that is sent passes `fill_rate`, as one sent whole always does."""
        for sku in dict.fromkeys(line.sku for line in unfilled):
            ordered = sum(line.quantity for line in lines if line.sku == sku)
            left = sum(line.quantity for line in unfilled if line.sku == sku)
            if not passes((ordered - left) / ordered, self.fill_rate, self.threshold):
                return False
        return True

    def _budget(self) -> Budget:
        return Budget(self.search_nodes, self.max_shipments, self.unit)
