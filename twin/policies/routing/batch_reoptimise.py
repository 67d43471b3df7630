"""After Xu, Allgor and Graves (2009): all orders that wait for release are assigned anew, together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from twin.domain.orders import Lines, Order, units_of, without
from twin.policies.decision import Decision, PlannedShipment
from twin.policies.promised import Promised
from twin.policies.routing.search import (
    Plan,
    cheapest_from,
    cheapest_plan,
    cheapest_whole,
    decision_usd,
    refuse_bad_terms,
)
from twin.policies.routing.walk import fillable
from twin.policies.view import NetworkView, Without

if TYPE_CHECKING:
    from scipy.optimize import LinearConstraint  # loaded only where a batch is solved

BETTER_BY_USD = 0.01  # less is a tie, and ties keep the assignment one by one
TIE_USD = 1e-6  # of equal plans the first by node is taken, and where only one order can have it, the first order
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Assignment:
    """Who ships what of many orders.

    Within each solve no other choice among the plans looked at costs less by more than `gap_usd`, where a unit left
    behind counts as more than all of them could cost. `saved_usd` is what it costs less than deciding one by one.
    """

    decisions: tuple[Decision, ...]
    gap_usd: float
    saved_usd: float


@dataclass(frozen=True, slots=True)
class BatchReoptimise:
    """Assign many orders at once so that carriage, handling, boxes, lateness and splits cost least together.

    Each order has candidate plans: what each node could send, alone or followed by others for the rest, and a line sent
    apart; the best `plans_per_order` of them. A mixed-integer program picks one for each order within stock and order
    limits; fewer units left behind beat any cost. One by one as `min_cost` decides is always among the choices and is
    kept unless another is cheaper by a cent.

    The paper minimizes the number of shipments, by exchanges between orders already promised; here what they cost is
    minimized. At most `max_orders_per_solve` are solved together, those after them with what is left, and a solve ends
    at a gap of `mip_gap` or after `max_branches` branches. The clock must not decide, or results would depend on the
    machine: these limits bind long before `time_limit_seconds`, which is for emergencies alone.
    """

    plans_per_order: int = 20
    max_orders_per_solve: int = 100
    max_branches: int = 200
    mip_gap: float = 0.0
    time_limit_seconds: float = 600.0
    late_usd: float = 25.0
    late_usd_per_day: float = 2.0
    split_usd: float = 0.75
    max_shipments: int = 3
    search_parts: int = 12
    allow_partial: bool = True
    min_on_time_probability: float | None = None

    def __post_init__(self) -> None:
        refuse_bad_terms(self)
        if min(self.plans_per_order, self.max_orders_per_solve, self.max_branches) < 1:
            raise ValueError("plans_per_order, max_orders_per_solve and max_branches must be at least 1")
        if not 0 <= self.mip_gap < 1 or self.time_limit_seconds <= 0:
            raise ValueError(
                "mip_gap must be at least 0 and below 1, and time_limit_seconds above 0, "
                f"got {self.mip_gap} and {self.time_limit_seconds}"
            )

    def decide(self, order: Order, network: NetworkView) -> Decision:
        """Return the plan for one order, as for a batch of one."""
        return self.assign([order], network).decisions[0]

    def decide_batch(self, orders: Sequence[Order], network: NetworkView) -> Sequence[Decision]:
        """Return one plan for each order; together they promise no unit twice."""
        return self.assign(orders, network).decisions

    def assign(self, orders: Sequence[Order], network: NetworkView) -> Assignment:
        """Return one plan for each order, how far from the best they may be, and what they save."""
        promised, plans, gap_usd = Promised(network, frozenset()), list[Plan](), 0.0
        for start in range(0, len(orders), self.max_orders_per_solve):
            found, gap = self._solve(orders[start : start + self.max_orders_per_solve], promised)
            plans += found
            gap_usd += gap
            for plan in found:
                promised.promise(plan.shipments)
        one_by_one = self._one_by_one(orders, Promised(network, frozenset()))
        plans = plans if _better(plans, one_by_one) else one_by_one
        decisions = [
            Decision(order.number, plan.shipments, plan.rest) for order, plan in zip(orders, plans, strict=True)
        ]
        return Assignment(tuple(decisions), gap_usd, _worth(one_by_one)[1] - _worth(plans)[1])

    def _one_by_one(self, orders: Sequence[Order], promised: Promised) -> list[Plan]:
        """Return what `min_cost` would do with one order after the other."""
        plans = []
        for order in orders:
            decision = cheapest_plan(order, promised, self)
            plans.append(self._plan(order, decision.shipments, decision.unfilled))
            promised.promise(plans[-1].shipments)
        return plans

    def _solve(self, orders: Sequence[Order], promised: Promised) -> tuple[list[Plan], float]:
        """Return the best choice of plans for some orders, one by one where that is as good, and the gap."""
        one_by_one = self._one_by_one(orders, promised.copy())
        choices = [
            _distinct([*self._plans(order, promised), plan])
            for order, plan in zip(orders, one_by_one, strict=True)
        ]  # fmt: skip
        program = Selection(choices, promised)
        chosen, bound_usd = program.solve(self.mip_gap, self.max_branches, self.time_limit_seconds)
        plans = chosen if chosen is not None and _better(chosen, one_by_one) else one_by_one
        return plans, max(0.0, program.objective_usd(plans) - bound_usd)

    def _plan(self, order: Order, shipments: tuple[PlannedShipment, ...], rest: Lines) -> Plan:
        return Plan(units_of(rest), decision_usd(order, Decision(order.number, shipments), self), shipments, rest)

    def _plans(self, order: Order, network: NetworkView) -> list[Plan]:
        """Return the candidate plans of an order, the best first, and to send nothing."""
        found = [*self._in_turn(order, network), *self._one_line_apart(order, network)]
        if not self.allow_partial:
            found = [plan for plan in found if not plan.rest]
        return [*_distinct(found)[: self.plans_per_order], self._plan(order, (), order.lines)]

    def _in_turn(self, order: Order, network: NetworkView) -> Iterator[Plan]:
        """Yield what nodes could send one after the other, each all it has of what remains."""
        open_plans = [self._plan(order, (), order.lines)]
        for _ in range(self.max_shipments):
            longer = [plan for before in open_plans for plan in self._with_one_more(order, before, network)]
            yield from longer
            open_plans = _distinct([plan for plan in longer if plan.rest])[: self.search_parts]

    def _with_one_more(self, order: Order, before: Plan, network: NetworkView) -> Iterator[Plan]:
        used = {shipment.offer.node for shipment in before.shipments}
        for node in sorted(network.nodes):
            part = fillable(node, before.rest, network) if node not in used else ()
            shipment = cheapest_from(node, part, order, network, self) if part else None
            if shipment is not None:
                yield self._plan(order, (*before.shipments, shipment), without(before.rest, part))

    def _one_line_apart(self, order: Order, network: NetworkView) -> Iterator[Plan]:
        """Yield how each node that has everything could leave one line to the cheapest other node."""
        if len(order.lines) == 1 or self.max_shipments == 1:
            return
        for node in sorted(network.nodes):
            if network.can_fill(node, order.lines):
                for line in order.lines:
                    part = without(order.lines, (line,))
                    most = cheapest_from(node, part, order, network, self)
                    apart = cheapest_whole(order, (line,), Without(network, frozenset((node,))), self)
                    if most is not None and apart is not None:
                        yield self._plan(order, (most, apart), ())


def _worth(plans: Sequence[Plan]) -> tuple[int, float]:
    return sum(plan.units_left for plan in plans), sum(plan.cost_usd for plan in plans)


def _better(plans: Sequence[Plan], others: Sequence[Plan]) -> bool:
    """Answer whether some plans leave fewer units behind, or as many and cost less by a cent."""
    (left, cost), (others_left, others_cost) = _worth(plans), _worth(others)
    return left < others_left or (left == others_left and cost <= others_cost - BETTER_BY_USD)


def _distinct(plans: Sequence[Plan]) -> list[Plan]:
    """Return the plans that differ, fewest units behind first, then the cheapest, then by nodes."""
    found: dict[object, Plan] = {}
    for plan in plans:
        found.setdefault(tuple(sorted(_who_sends_what(plan))), plan)
    return [found[key] for key in sorted(found, key=lambda key: (found[key].units_left, found[key].cost_usd, key))]


def _who_sends_what(plan: Plan) -> Iterator[tuple[str, str, tuple[tuple[str, int], ...]]]:
    for shipment in plan.shipments:
        lines = tuple([(line.sku, line.quantity) for line in shipment.lines])
        yield shipment.offer.node, shipment.offer.service, lines


@dataclass(frozen=True, slots=True)
class Selection:
    """The program that picks one of each order's plans, within the stock and the order limits of a network."""

    choices: Sequence[Sequence[Plan]]
    network: NetworkView

    def objective_usd(self, plans: Sequence[Plan]) -> float:
        """Return what some plans cost, units left behind included."""
        left, cost = _worth(plans)
        return cost + left * self.unit_usd

    @property
    def unit_usd(self) -> float:
        """What a unit left behind counts: more than any choice could save."""
        return 1.0 + sum(max(plan.cost_usd for plan in plans) for plans in self.choices)

    def solve(self, gap: float, branches: int, seconds: float) -> tuple[list[Plan] | None, float]:
        """Return the best choice, None where the limits came first, and what no choice can cost less than."""
        from scipy.optimize import Bounds, milp

        plans = [plan for choice in self.choices for plan in choice]
        found = milp(
            self._costs(), integrality=np.ones(len(plans), dtype=np.int64), bounds=Bounds(0, 1),
            constraints=self._constraints(plans),
            options={"mip_rel_gap": gap, "node_limit": branches, "time_limit": seconds},
        )  # fmt: skip
        bound_usd = -np.inf if found.mip_dual_bound is None else float(found.mip_dual_bound)
        if found.x is None:
            return None, bound_usd
        return [plan for plan, share in zip(plans, found.x, strict=True) if round(share)], bound_usd

    def _costs(self) -> Floats:
        """Return what each plan costs, with a trifle for its rank that breaks ties."""
        unit_usd, orders = self.unit_usd, len(self.choices)
        return np.array([
            plan.cost_usd + plan.units_left * unit_usd + TIE_USD * rank * (2 * orders - turn)
            for turn, choice in enumerate(self.choices)
            for rank, plan in enumerate(choice)
        ])  # fmt: skip

    def _constraints(self, plans: Sequence[Plan]) -> list[LinearConstraint]:
        """Return that each order gets one plan, and that no node gives units or takes orders beyond its limit."""
        from scipy.optimize import LinearConstraint

        order_of = [turn for turn, choice in enumerate(self.choices) for _ in choice]
        once = _sparse([(turn, column, 1) for column, turn in enumerate(order_of)], len(self.choices), len(plans))
        constraints = [LinearConstraint(once, 1, 1)]
        rows: dict[tuple[str, str | None], int] = {}
        entries = [
            (rows.setdefault(what, len(rows)), column, count)
            for column, plan in enumerate(plans)
            for what, count in _takes(plan)
        ]
        if rows:
            left = [_left(node, sku, self.network) for node, sku in rows]
            constraints.append(LinearConstraint(_sparse(entries, len(rows), len(plans)), ub=np.array(left)))
        return constraints


def _takes(plan: Plan) -> Iterator[tuple[tuple[str, str | None], int]]:
    """Yield what a plan takes: of each node one order (no SKU) and some units."""
    for shipment in plan.shipments:
        yield (shipment.offer.node, None), 1
        for line in shipment.lines:
            yield (shipment.offer.node, line.sku), line.quantity


def _left(node: str, sku: str | None, network: NetworkView) -> float:
    return network.orders_left(node) if sku is None else float(network.available_to_promise(node, sku))


def _sparse(entries: Sequence[tuple[int, int, int]], rows: int, columns: int) -> Any:  # noqa: ANN401  (a sparse matrix)
    from scipy.sparse import csr_array

    row, column, count = np.array(entries).T
    return csr_array((count.astype(np.float64), (row, column)), shape=(rows, columns))
