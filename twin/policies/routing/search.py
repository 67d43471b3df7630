"""The search for the cheapest plan: whole from one node where that can be, else split; lateness and splits charged for.

Policies give it their own terms and, where stock is worth more than its carriage, what taking it costs besides.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from typing import Literal, Protocol

from twin.domain.orders import Lines, Order, units_of, without
from twin.policies.decision import Decision, PlannedShipment
from twin.policies.routing.rate_shopping import sure_offers
from twin.policies.routing.walk import fillable, refuse_limit_below_one
from twin.policies.view import NetworkView, Without

HOURS_PER_DAY = 24.0
TIE_USD = 1e-9  # sums of dollars that differ by less are equal

Splits = Literal["where_needed", "where_cheaper"]
"""Whether an order that one node has all of may be split because that is cheaper."""
ExtraCost = Callable[[str, Lines], float]
"""What taking some lines from a node costs besides carriage, handling and boxes; never below zero."""


class LateTerms(Protocol):
    """What a late arrival costs."""

    @property
    def late_usd(self) -> float:
        """What a late arrival costs at once."""

    @property
    def late_usd_per_day(self) -> float:
        """What each day of lateness costs besides."""


class Terms(LateTerms, Protocol):
    """What a late arrival and a further shipment cost, and how far the search goes."""

    @property
    def split_usd(self) -> float:
        """What every further shipment of an order costs."""

    @property
    def max_shipments(self) -> int:
        """How many shipments an order may go in."""

    @property
    def search_parts(self) -> int:
        """How many parts of an order are tried as its first shipment."""

    @property
    def allow_partial(self) -> bool:
        """Whether units may ship although others stay behind."""

    @property
    def min_on_time_probability(self) -> float | None:
        """The least probability of keeping the promise that a service needs, where any has it; None for no rule."""


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


def refuse_bad_terms(terms: Terms) -> None:
    """Raise ValueError for terms that no search can keep to."""
    refuse_limit_below_one(terms.max_shipments)
    if min(terms.late_usd, terms.late_usd_per_day, terms.split_usd) < 0 or terms.search_parts < 1:
        raise ValueError("late_usd, late_usd_per_day, split_usd must not be negative, search_parts at least 1")
    probability = terms.min_on_time_probability
    if probability is not None and not 0 < probability <= 1:
        raise ValueError(f"min_on_time_probability must be above 0 and at most 1, or null, got {probability}")


def cheapest_plan(
    order: Order, network: NetworkView, terms: Terms, extra_usd: ExtraCost | None = None,
    splits: Splits = "where_needed",
) -> Decision:  # fmt: skip
    """Return the cheapest whole shipment, else the cheapest split; or the cheaper of both, if splits are so allowed."""
    whole = cheapest_whole(order, order.lines, network, terms, extra_usd)
    if whole is not None and (splits == "where_needed" or units_of(order.lines) == 1):
        return Decision(order.number, (whole,))
    return cheapest_split(order, network, terms, extra_usd)


def cheapest_whole(
    order: Order, lines: Lines, network: NetworkView, terms: Terms, extra_usd: ExtraCost | None = None
) -> PlannedShipment | None:
    """Return the cheapest way to send some lines together, or None where no node can.

    Of equals the one with the lower price today is taken, then the first by name. This is the hot path: an extra cost
    is asked for only where an offer would win without it, so that the many searches without one pay nothing.
    """
    if terms.min_on_time_probability is not None:
        sure = _cheapest_sure(order, lines, network, terms.min_on_time_probability, extra_usd)
        if sure is not None:
            return sure
    parcels = network.parcels(lines)
    promised_by = order.promised_by
    best, best_cost, best_at = None, inf, 0.0
    for offer in network.offers(order.destination, order.service_level, parcels):  # cheapest first
        cost = offer.cost_usd
        if cost >= best_cost:
            break
        arrives_at = network.arrives_at(offer)
        if arrives_at > promised_by:
            cost += lateness_usd(arrives_at - promised_by, terms)
        if cost < best_cost and network.can_fill(offer.node, lines):
            if extra_usd is not None and (cost := cost + extra_usd(offer.node, lines)) > best_cost - TIE_USD:
                continue
            best, best_cost, best_at = offer, cost, arrives_at
    return None if best is None else PlannedShipment(best, lines, parcels, best_at)


def _cheapest_sure(
    order: Order, lines: Lines, network: NetworkView, probability: float, extra_usd: ExtraCost | None
) -> PlannedShipment | None:
    """Return the cheapest way to send some lines that is sure enough, or None where no node with the goods has one."""
    parcels = network.parcels(lines)
    offers = network.offers(order.destination, order.service_level, parcels)
    best, best_cost = None, inf
    for offer in sure_offers(offers, order, network, probability):  # cheapest first
        if offer.cost_usd >= best_cost:
            break
        if network.can_fill(offer.node, lines):
            cost = offer.cost_usd + (0.0 if extra_usd is None else extra_usd(offer.node, lines))
            if cost < best_cost - TIE_USD:
                best, best_cost = offer, cost
    return None if best is None else PlannedShipment(best, lines, parcels, network.arrives_at(best))


def cheapest_from(node: str, lines: Lines, order: Order, network: NetworkView, terms: Terms) -> PlannedShipment | None:
    """Return the cheapest way to send some lines from one node, lateness charged for, or None where no service goes.

    Where the node has a service that is sure enough, only such ones count.
    """
    parcels = network.parcels(lines)
    offers = [way for way in network.offers(order.destination, order.service_level, parcels) if way.node == node]
    if terms.min_on_time_probability is not None:
        offers = list(sure_offers(offers, order, network, terms.min_on_time_probability)) or offers
    found: PlannedShipment | None = None
    found_usd = inf
    for offer in offers:  # cheapest first
        if offer.cost_usd < found_usd:
            shipment = PlannedShipment(offer, lines, parcels, network.arrives_at(offer))
            cost = shipment_usd(order, shipment, terms)
            if cost < found_usd:
                found, found_usd = shipment, cost
    return found


def cheapest_split(order: Order, network: NetworkView, terms: Terms, extra_usd: ExtraCost | None = None) -> Decision:
    """Return the cheapest split of an order; units stay unfilled only where nobody can send them."""
    best = SplitSearch(order, terms, extra_usd).best(order.lines, network, terms.max_shipments)
    if best is None or (best.rest and not terms.allow_partial):
        return Decision(order.number, (), order.lines)
    return Decision(order.number, best.shipments, best.rest)


@dataclass(frozen=True, slots=True)
class SplitSearch:
    """The search for an order's cheapest split.

    It considers, for every part that some node can fill, the cheapest node for that part and the best plan for what
    remains, up to `max_shipments` deep and `search_parts` wide.
    """

    order: Order
    terms: Terms
    extra_usd: ExtraCost | None = None

    def best(self, lines: Lines, network: NetworkView, depth: int) -> Plan | None:
        """Return the best plan for some lines with at most `depth` shipments, or None if nothing can be sent."""
        best: Plan | None = None
        for part in self._parts(lines, network):
            shipment = cheapest_whole(self.order, part, network, self.terms, self.extra_usd)
            if shipment is None:
                continue
            plan = self._with_rest(shipment, without(lines, part), network, depth - 1)
            if plan.beats(best):
                best = plan
        return best

    def _with_rest(self, shipment: PlannedShipment, rest: Lines, network: NetworkView, depth: int) -> Plan:
        cost = shipment_usd(self.order, shipment, self.terms)
        if self.extra_usd is not None:
            cost += self.extra_usd(shipment.offer.node, shipment.lines)
        others = Without(network, frozenset((shipment.offer.node,)))  # what it holds is promised already
        further = self.best(rest, others, depth) if rest and depth else None
        if further is None:
            return Plan(units_of(rest), cost, (shipment,), rest)
        together = cost + self.terms.split_usd + further.cost_usd
        return Plan(further.units_left, together, (shipment, *further.shipments), further.rest)

    def _parts(self, lines: Lines, network: NetworkView) -> list[Lines]:
        """Return the distinct parts of some lines that single nodes can fill, the most units first."""
        found = {part: None for node in network.nodes if (part := fillable(node, lines, network))}
        if len(found) <= 1:
            return list(found)
        ranked = sorted(found, key=lambda part: (-units_of(part), [(line.sku, line.quantity) for line in part]))
        return ranked[: self.terms.search_parts]


def shipment_usd(order: Order, shipment: PlannedShipment, terms: Terms) -> float:
    """Return what a shipment costs: carriage, handling, boxes, and lateness."""
    late_hours = shipment.arrives_at - order.promised_by
    late_usd = lateness_usd(late_hours, terms) if late_hours > 0 else 0.0
    return shipment.offer.cost_usd + shipment.parcels.packaging_usd + late_usd


def decision_usd(order: Order, decision: Decision, terms: Terms) -> float:
    """Return what a decision costs: its shipments, and every further one as a split; nothing for what stays behind."""
    splits = max(0, len(decision.shipments) - 1)
    return sum(shipment_usd(order, shipment, terms) for shipment in decision.shipments) + splits * terms.split_usd


def lateness_usd(late_hours: float, terms: LateTerms) -> float:
    """Return what some hours of lateness cost."""
    return terms.late_usd + terms.late_usd_per_day * late_hours / HOURS_PER_DAY
