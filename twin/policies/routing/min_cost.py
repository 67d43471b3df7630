"""The default: the plan with the lowest total landed cost, splits and lateness charged for."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from twin.domain.orders import Lines, Order, units_of, without
from twin.policies.decision import Decision, PlannedShipment
from twin.policies.routing.walk import fillable, refuse_limit_below_one
from twin.policies.view import NetworkView, Without

HOURS_PER_DAY = 24.0


@dataclass(frozen=True, slots=True)
class Plan:
    """A candidate plan; fewer units left behind beats any cost."""

    units_left: int
    cost_usd: float
    shipments: tuple[PlannedShipment, ...]
    rest: Lines

    def beats(self, other: Plan | None) -> bool:
        """Answer whether this plan is the better one."""
        return other is None or (self.units_left, self.cost_usd) < (other.units_left, other.cost_usd)


@dataclass(frozen=True, slots=True)
class MinCost:
    """Take the cheapest way to keep the order whole; split it only where no node has all of it.

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

    def __post_init__(self) -> None:
        refuse_limit_below_one(self.max_shipments)
        if min(self.late_usd, self.late_usd_per_day, self.split_usd) < 0 or self.search_parts < 1:
            raise ValueError("late_usd, late_usd_per_day, split_usd must not be negative, search_parts at least 1")

    def decide(self, order: Order, network: NetworkView) -> Decision:
        """Return the cheapest whole shipment, else the cheapest split."""
        whole = self._cheapest(order, order.lines, network)
        if whole is not None:
            return Decision(order.number, (whole,))
        best = self._split(order, order.lines, network, self.max_shipments)
        if best is None or (best.rest and not self.allow_partial):
            return Decision(order.number, (), order.lines)
        return Decision(order.number, best.shipments, best.rest)

    def _cheapest(self, order: Order, lines: Lines, network: NetworkView) -> PlannedShipment | None:
        parcels = network.parcels(lines)
        promised_by = order.promised_by
        best, best_cost, best_at = None, inf, 0.0
        for offer in network.offers(order.destination, order.service_level, parcels):  # cheapest first
            cost = offer.cost_usd
            if cost >= best_cost:
                break
            arrives_at = network.arrives_at(offer)
            if arrives_at > promised_by:
                cost += self._lateness_usd(arrives_at - promised_by)
            if cost < best_cost and network.can_fill(offer.node, lines):
                best, best_cost, best_at = offer, cost, arrives_at
        return None if best is None else PlannedShipment(best, lines, parcels, best_at)

    def _split(self, order: Order, lines: Lines, network: NetworkView, depth: int) -> Plan | None:
        """Return the best plan for some lines with at most `depth` shipments, or None if nothing can be sent."""
        best: Plan | None = None
        for part in self._parts(lines, network):
            shipment = self._cheapest(order, part, network)
            if shipment is None:
                continue
            plan = self._with_rest(order, shipment, without(lines, part), network, depth - 1)
            if plan.beats(best):
                best = plan
        return best

    def _with_rest(
        self, order: Order, shipment: PlannedShipment, rest: Lines, network: NetworkView, depth: int
    ) -> Plan:
        cost = self._cost_usd(order, shipment)
        others = Without(network, frozenset((shipment.offer.node,)))  # what it holds is promised already
        further = self._split(order, rest, others, depth) if rest and depth else None
        if further is None:
            return Plan(units_of(rest), cost, (shipment,), rest)
        together = cost + self.split_usd + further.cost_usd
        return Plan(further.units_left, together, (shipment, *further.shipments), further.rest)

    def _parts(self, lines: Lines, network: NetworkView) -> list[Lines]:
        """Return the distinct parts of some lines that single nodes can fill, the most units first."""
        found = {part: None for node in network.nodes if (part := fillable(node, lines, network))}
        ranked = sorted(found, key=lambda part: (-units_of(part), [(line.sku, line.quantity) for line in part]))
        return ranked[: self.search_parts]

    def _cost_usd(self, order: Order, shipment: PlannedShipment) -> float:
        late_hours = shipment.arrives_at - order.promised_by
        late_usd = self._lateness_usd(late_hours) if late_hours > 0 else 0.0
        return shipment.offer.cost_usd + shipment.parcels.packaging_usd + late_usd

    def _lateness_usd(self, late_hours: float) -> float:
        return self.late_usd + self.late_usd_per_day * late_hours / HOURS_PER_DAY
