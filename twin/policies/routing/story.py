"""One routing decision told node by node: what each could have sent, what that would have cost, and why it was not it.

The story is data. It repeats what the decision was made on and adds nothing that was not known then, so production can
tell it from a logged picture just as the twin does from a simulated one.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, isfinite

from twin.domain.orders import Lines, Order
from twin.policies.decision import Decision, Offer, PlannedShipment, Reason
from twin.policies.routing.explain import explain
from twin.policies.routing.roles import RoutingPolicy
from twin.policies.routing.search import lateness_usd
from twin.policies.routing.walk import fillable
from twin.policies.view import NetworkView


@dataclass(frozen=True, slots=True)
class Stock:
    """One line of the order at one node: how much is wanted, can be promised now, and is there by the books."""

    sku: str
    wanted: int
    available: int
    on_hand: int


@dataclass(frozen=True, slots=True)
class Way:
    """One way to send some lines from a node, in dollars by cost term.

    `late_usd` is what the policy charges itself for arriving after the promise, nothing where it has no such term.
    """

    node: str
    service: str
    lines: Lines
    freight_usd: float
    handling_usd: float
    packaging_usd: float
    late_usd: float
    arrives_at: float
    late_hours: float

    @property
    def total_usd(self) -> float:
        """All terms together."""
        return self.freight_usd + self.handling_usd + self.packaging_usd + self.late_usd


@dataclass(frozen=True, slots=True)
class NodeStory:
    """What one node could have done for the order.

    `way` sends what the node can fill or, where that is nothing, would send the whole order if it had it. `whole` sends
    the whole order, had or not. Both are none where no service goes. `reason` is none for a node of the plan.
    """

    node: str
    label: str
    miles: float
    closed_because: Reason | None
    stock: tuple[Stock, ...]
    backlog_hours: float
    orders_left: float
    can_send: Lines
    way: Way | None
    whole: Way | None
    reason: Reason | None
    words: str

    @property
    def chosen(self) -> bool:
        """Whether the node is in the plan."""
        return self.reason is None


@dataclass(frozen=True, slots=True)
class Story:
    """A decision on one order: the plan, and every node, chosen ones first, then the cheapest.

    `split_usd` is what the policy charges itself for each shipment after the first; `charges_late` and `charges_splits`
    say whether it has such terms at all.
    """

    order: Order
    now_hours: float
    plan: tuple[Way, ...]
    unfilled: Lines
    nodes: tuple[NodeStory, ...]
    split_usd: float = 0.0
    charges_late: bool = False
    charges_splits: bool = False

    @property
    def splits_usd(self) -> float:
        """What the policy charges itself for splitting the order as it did."""
        return self.split_usd * max(0, len(self.plan) - 1)

    @property
    def total_usd(self) -> float:
        """What the plan costs by all terms of the policy that are known."""
        return sum(way.total_usd for way in self.plan) + self.splits_usd

    @property
    def can_send_all(self) -> tuple[NodeStory, ...]:
        """The nodes that had every unit to promise and a service that goes there, cheapest first."""
        able = [one for one in self.nodes if one.can_send == self.order.lines and one.whole is not None]
        return tuple(sorted(able, key=_by_whole_cost))

    @property
    def cheapest_for_all(self) -> NodeStory | None:
        """The node from which the whole order would be cheapest, had it everything; none where no service goes."""
        return min((one for one in self.nodes if one.whole is not None), key=_by_whole_cost, default=None)

    def of(self, node: str) -> NodeStory:
        """Return the story of one node."""
        return next(one for one in self.nodes if one.node == node)


@dataclass(frozen=True, slots=True)
class _LateTerms:
    """What a policy charges for lateness: nothing unless it says so."""

    late_usd: float
    late_usd_per_day: float


def story(order: Order, decision: Decision, network: NetworkView, policy: RoutingPolicy) -> Story:
    """Tell a decision; `network` must be as it was when the policy decided."""
    late = _LateTerms(_term(policy, "late_usd") or 0.0, _term(policy, "late_usd_per_day") or 0.0)
    why = explain(order, decision, network, policy, "full")
    plan = tuple(_planned(shipment, order, late) for shipment in decision.shipments)
    nodes = [
        _node_story(node, order, network, late, (why.rejected.get(node), why.details.get(node, "")))
        for node in sorted(network.nodes)
    ]
    return Story(
        order,
        network.now_hours,
        plan,
        decision.unfilled,
        tuple(sorted(nodes, key=_chosen_then_cheapest)),
        _term(policy, "split_usd") or 0.0,
        _term(policy, "late_usd") is not None or _term(policy, "late_usd_per_day") is not None,
        _term(policy, "split_usd") is not None,
    )


def _term(policy: RoutingPolicy, name: str) -> float | None:
    """Return a cost term of a policy in dollars, None where it has no such term."""
    value = getattr(policy, name, None)
    return float(value) if isinstance(value, int | float) else None


def _node_story(
    node: str, order: Order, network: NetworkView, late: _LateTerms, why: tuple[Reason | None, str]
) -> NodeStory:
    can_send = fillable(node, order.lines, network)
    whole = _best_way(node, order.lines, order, network, late)
    way = whole if can_send in ((), order.lines) else _best_way(node, can_send, order, network, late)
    reason, words = why
    return NodeStory(
        node=node,
        label=network.nodes[node].label or node,
        miles=network.miles(node, order.destination),
        closed_because=network.closed_because(node),
        stock=tuple(
            Stock(
                line.sku, line.quantity, network.available_to_promise(node, line.sku), network.on_hand(node, line.sku)
            )
            for line in order.lines
        ),
        backlog_hours=network.backlog_hours(node),
        orders_left=network.orders_left(node),
        can_send=can_send,
        way=way,
        whole=whole,
        reason=reason,
        words=words,
    )


def _best_way(node: str, lines: Lines, order: Order, network: NetworkView, late: _LateTerms) -> Way | None:
    """Return the way a node would send some lines.

    Where lateness has a price that is the cheapest with it. Where it has none, the cheapest that keeps the promise,
    else the one that arrives first: as `shipment_from` chooses for policies that do not price.
    """
    parcels = network.parcels(lines)
    ways = [
        _way(offer, lines, parcels.packaging_usd, network.arrives_at(offer), order, late)
        for offer in network.offers(order.destination, order.service_level, parcels)
        if offer.node == node
    ]
    priced = late.late_usd or late.late_usd_per_day
    return min(ways, key=_by_total if priced else _by_promise, default=None)


def _by_total(way: Way) -> tuple[float | str, ...]:
    return (way.total_usd, way.service)


def _by_promise(way: Way) -> tuple[float | str, ...]:
    return (way.late_hours, way.total_usd, way.service) if way.late_hours > 0 else (0.0, way.total_usd, way.service)


def _planned(shipment: PlannedShipment, order: Order, late: _LateTerms) -> Way:
    return _way(shipment.offer, shipment.lines, shipment.parcels.packaging_usd, shipment.arrives_at, order, late)


def _way(offer: Offer, lines: Lines, packaging_usd: float, arrives_at: float, order: Order, late: _LateTerms) -> Way:
    late_hours = arrives_at - order.promised_by
    return Way(
        offer.node,
        offer.service,
        lines,
        offer.freight_usd,
        offer.cost_usd - offer.freight_usd,
        packaging_usd,
        _late_usd(late_hours, late),
        arrives_at,
        late_hours,
    )


def _late_usd(late_hours: float, late: _LateTerms) -> float:
    """Return what lateness costs; what never arrives costs without end only where each day costs."""
    if late_hours <= 0:
        return 0.0
    if isfinite(late_hours):
        return lateness_usd(late_hours, late)
    return inf if late.late_usd_per_day else late.late_usd


def _by_whole_cost(one: NodeStory) -> tuple[float, str]:
    return (inf if one.whole is None else one.whole.total_usd, one.node)


def _chosen_then_cheapest(one: NodeStory) -> tuple[bool, bool, float, str]:
    """Order nodes as they are read: the plan, those that could send all of it, the others; the cheapest first.

    Ways of parts are cheaper than of everything, so only ways of everything are held against each other.
    """
    usd, node = _by_whole_cost(one)
    return (not one.chosen, one.whole is None, usd, node)
