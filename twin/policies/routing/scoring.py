"""What policies that score and protect have in common: levels of stock, candidate plans, rankings by cost, ratings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from math import isfinite
from typing import Any

from msgspec import Struct

from twin.domain.orders import Lines, Order, part_of, units_of, without
from twin.policies.decision import Decision, Reason
from twin.policies.routing.choices import INFINITE, CommitUnit, Tie, tie_order
from twin.policies.routing.names import NodeNames, VelocityClassNames
from twin.policies.routing.services import shipment_from
from twin.policies.routing.walk import fillable, refuse_limit_below_one, share_of, take_in_turn
from twin.policies.view import NetworkView, Without

Key = Callable[[Decision], tuple[Any, ...]]


class StockLevel(Struct, frozen=True, forbid_unknown_fields=True):
    """So many units of each product of some velocity classes at the nodes of some groups; all where none is named."""

    units: int
    velocity_classes: VelocityClassNames = ()
    groups: NodeNames = ()

    def __post_init__(self) -> None:
        if self.units < 0:
            raise ValueError(f"units of a stock level must not be negative, got {self.units}")


def level_of(levels: Sequence[StockLevel], node: str, sku: str, network: NetworkView) -> int | None:
    """Return the level for a product at a node: of those that match the last, None where none does."""
    velocity_class = network.products[sku].velocity_class
    for level in reversed(levels):
        if level.velocity_classes and velocity_class not in level.velocity_classes:
            continue
        if not level.groups or network.nodes[node].is_in(level.groups):
            return level.units
    return None


@dataclass(frozen=True, slots=True)
class Guarded(Without):
    """A view on the same network in which nodes promise no more than they may give; None sets no limit."""

    may_give: Callable[[str, str], int | None]

    def available_to_promise(self, node: str, sku: str) -> int:
        """Return the units of a product that a node can promise now and may give."""
        available = 0 if node in self.excluded else self.view.available_to_promise(node, sku)
        limit = self.may_give(node, sku) if available else None
        return available if limit is None else max(0, min(available, limit))

    def can_fill(self, node: str, lines: Lines) -> bool:
        """Answer whether a node takes orders and may give every unit of the lines."""
        if node in self.excluded or not self.view.can_fill(node, lines):
            return False
        limits = ((self.may_give(node, line.sku), line.quantity) for line in lines)
        return all(limit is None or limit >= quantity for limit, quantity in limits)


@dataclass(frozen=True, slots=True)
class Budget:
    """How far a policy looks: at every node alone, and at up to `max_shipments` of the `search_nodes` best together.

    In a set the nodes stand in the order of the ranking, and each ships what it can of what remains.
    """

    search_nodes: int
    max_shipments: int | None
    unit: CommitUnit

    def __post_init__(self) -> None:
        refuse_limit_below_one(self.max_shipments)
        if self.search_nodes < 1:
            raise ValueError(f"search_nodes must be at least 1, got {self.search_nodes}")

    def best(
        self, ranking: Sequence[str], order: Order, network: NetworkView, sizes: Iterable[int], key: Key
    ) -> Decision:
        """Return the plan that leaves the fewest units and among those has the lowest key.

        Sets of up to the first of the sizes are tried first; the next size only where none of them fills the order.
        """
        best, score = Decision(order.number, (), order.lines), None
        for size in sizes:
            left = units_of(best.unfilled)
            for plan in self._plans(ranking, order, network, size):
                leaves = units_of(plan.unfilled)
                if leaves > left:
                    continue
                mine = key(plan)
                if score is None or (leaves, mine) < (left, score):
                    best, left, score = plan, leaves, mine
            if not left:
                break
        return self._filled_up(best, ranking, order, network)

    def keeping_to(self, ranking: Sequence[str], order: Order, network: NetworkView) -> Decision:
        """Return the first plan that leaves nothing; best-ranked nodes are passed over only for the limit's sake.

        Nodes that have nothing of the order may stand in the ranking; no set is made of them.
        """
        best = take_in_turn(ranking, order, network, self.max_shipments, self.unit)
        if self.max_shipments is None or len(best.shipments) < self.max_shipments:
            return best
        for plan in self._plans(self.able(ranking, order, network), order, network, self.max_shipments):
            if not best.unfilled:
                break
            if units_of(plan.unfilled) < units_of(best.unfilled):
                best = plan
        return best

    def able(self, ranking: Iterable[str], order: Order, network: NetworkView) -> list[str]:
        """Return the nodes of a ranking that have something of an order."""
        return [node for node in ranking if fillable(node, order.lines, network, self.unit)]

    def why_not(
        self, node: str, ranking: Sequence[str], plan: Decision, order: Order, network: NetworkView
    ) -> Reason | None:
        """Return that a node could ship more but for the limit, or that no set was made with it, or None."""
        if len(plan.shipments) == self.max_shipments and fillable(node, plan.unfilled, network, self.unit):
            return Reason.MAX_SPLITS
        pruned = node in ranking[self.search_nodes :] and not network.can_fill(node, order.lines)
        return Reason.PRUNED if pruned else None

    def _plans(self, ranking: Sequence[str], order: Order, network: NetworkView, size: int) -> Iterator[Decision]:
        nothing = Decision(order.number, (), order.lines)
        near, beyond = ranking[: self.search_nodes], ranking[self.search_nodes :]
        return chain(self._with(nothing, near, order, network, size), self._with(nothing, beyond, order, network, 1))

    def _with(
        self, begun: Decision, ranking: Sequence[str], order: Order, network: NetworkView, size: int
    ) -> Iterator[Decision]:
        """Yield every plan that adds up to so many nodes to what has begun, the best-ranked first."""
        for at, node in enumerate(ranking):
            shipment = share_of(node, begun.unfilled, order, network, self.unit)
            if shipment is None:
                continue
            rest = without(begun.unfilled, shipment.lines)
            plan = Decision(order.number, (*begun.shipments, shipment), rest)
            yield plan
            if rest and size > 1:
                yield from self._with(plan, ranking[at + 1 :], order, network, size - 1)

    def _filled_up(self, plan: Decision, ranking: Sequence[str], order: Order, network: NetworkView) -> Decision:
        """Let the nodes behind the budget ship what the sets left, as far as the limit on shipments goes."""
        room = None if self.max_shipments is None else self.max_shipments - len(plan.shipments)
        if not plan.unfilled or room == 0:
            return plan
        used = [shipment.offer.node for shipment in plan.shipments]
        others = [node for node in ranking if node not in used]
        rest = take_in_turn(others, part_of(order, plan.unfilled), network, room, self.unit)
        return Decision(order.number, plan.shipments + rest.shipments, rest.unfilled)


def whole_or_split(
    ranking: Sequence[str], order: Order, network: NetworkView, max_shipments: int | None, unit: CommitUnit
) -> Decision:
    """Let the first node that can send all of an order do so; where none can, each in turn sends what it has."""
    for node in ranking:
        if network.can_fill(node, order.lines):
            shipment = shipment_from(node, order.lines, order, network)
            if shipment is not None:
                return Decision(order.number, (shipment,))
    return take_in_turn(ranking, order, network, max_shipments, unit)


def by_cost(order: Order, network: NetworkView, ties: Tie = "name") -> list[str]:
    """Rank nodes by what sending the whole order costs: those in time first, those that no service leaves last."""
    costs = {}
    for node in tie_order(ties, order, network):
        shipment = shipment_from(node, order.lines, order, network)
        late = shipment is None or shipment.arrives_at > order.promised_by
        costs[node] = (late, INFINITE if shipment is None else shipment.offer.cost_usd)
    return sorted(costs, key=costs.__getitem__)


def hours_behind(node: str, network: NetworkView) -> float:
    """Return the hours a node needs for what waits; its backlog is in station-hours of its slowest stage."""
    slowest = max(
        network.nodes[node].stages, key=lambda stage: (stage.work_hours.mean / max(1, stage.stations), stage.name)
    )
    return network.backlog_hours(node) / max(1, slowest.stations)


def ratings(values: Mapping[str, float]) -> dict[str, float]:
    """Bring values of which less is better to a scale from 0, the worst candidate, to 1, the best; equals are all 1.

    An unknown value, infinite, counts as twice as far from the best as the worst known one.
    """
    known = [value for value in values.values() if isfinite(value)]
    if not known:
        return dict.fromkeys(values, 1.0)
    best, worst = min(known), max(known)
    if len(known) < len(values):
        worst += worst - best or 1.0
    if worst == best:
        return dict.fromkeys(values, 1.0)
    return {node: (worst - min(value, worst)) / (worst - best) for node, value in values.items()}
