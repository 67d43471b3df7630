"""After the sourcing strategies of Fluent Order Management and the fences and ratings of fulfillmenttools."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Literal

from msgspec import Struct

from twin.domain.orders import Order, units_of
from twin.policies.decision import Decision, Reason
from twin.policies.routing.choices import (
    INFINITE,
    CommitUnit,
    StockBasis,
    Threshold,
    Tie,
    Unlocated,
    located,
    passes,
    stock_of,
    tie_order,
)
from twin.policies.routing.names import ChannelNames, NodeNames, RegionNames, ServiceLevelNames
from twin.policies.routing.scoring import Budget, hours_behind, ratings
from twin.policies.routing.services import shipment_from
from twin.policies.routing.walk import all_or_nothing, fillable, share_of
from twin.policies.view import NetworkView


class Groups(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="groups"):
    """Only nodes of some groups, and none of others."""

    any_of: NodeNames = ()
    none_of: NodeNames = ()

    def keeps_out(self, node: str, order: Order, network: NetworkView) -> Reason | None:  # noqa: ARG002  (as all fences)
        """Return why the fence keeps a node out, or None."""
        found = network.nodes[node]
        inside = (not self.any_of or found.is_in(self.any_of)) and not found.is_in(self.none_of)
        return None if inside else Reason.OUTSIDE_GROUP


class MaxMiles(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="max_miles"):
    """Only nodes within some miles of the customer; an unknown distance is too far."""

    miles: float
    threshold: Threshold = "at_least"

    def __post_init__(self) -> None:
        if not (isfinite(self.miles) and self.miles >= 0):
            raise ValueError(f"miles must be finite and not negative, got {self.miles}")

    def keeps_out(self, node: str, order: Order, network: NetworkView) -> Reason | None:
        """Return why the fence keeps a node out, or None."""
        near = passes(self.miles, network.miles(node, order.destination), self.threshold)
        return None if near else Reason.BEYOND_MAX_DISTANCE


class MinStock(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="min_stock"):
    """Only nodes with some units of each product of the order that they have anything of."""

    units: int
    threshold: Threshold = "at_least"
    basis: StockBasis = "available_to_promise"

    def __post_init__(self) -> None:
        if self.units < 0:
            raise ValueError(f"units must not be negative, got {self.units}")

    def keeps_out(self, node: str, order: Order, network: NetworkView) -> Reason | None:
        """Return why the fence keeps a node out, or None."""
        for line in order.lines:
            stock = stock_of(self.basis, node, line.sku, network)
            if stock and not passes(stock, self.units, self.threshold):
                return Reason.BELOW_MIN_STOCK
        return None


class Channels(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="channels"):
    """Nodes of some groups, or all, serve only some channels."""

    allowed: ChannelNames
    groups: NodeNames = ()

    def keeps_out(self, node: str, order: Order, network: NetworkView) -> Reason | None:
        """Return why the fence keeps a node out, or None."""
        meant = not self.groups or network.nodes[node].is_in(self.groups)
        return Reason.CHANNEL_NOT_ALLOWED if meant and order.channel not in self.allowed else None


class OnTime(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="on_time"):
    """Only nodes that deliver what they have of the order by its promise."""

    def keeps_out(self, node: str, order: Order, network: NetworkView) -> Reason | None:
        """Return why the fence keeps a node out, or None."""
        shipment = share_of(node, order.lines, order, network)
        late = shipment is None or shipment.arrives_at > order.promised_by
        return Reason.CANNOT_MEET_PROMISE if late else None


Fence = Groups | MaxMiles | MinStock | Channels | OnTime
Measure = Literal["distance", "missing", "priority", "cost", "lateness", "arrival", "backlog"]
EXCLUDED = {
    "distance": Reason.BEYOND_MAX_DISTANCE,
    "missing": Reason.BELOW_MIN_STOCK,
    "priority": Reason.OUTSIDE_GROUP,
    "cost": Reason.MARGIN_FLOOR,
    "lateness": Reason.CANNOT_MEET_PROMISE,
    "arrival": Reason.CANNOT_MEET_PROMISE,
    "backlog": Reason.ORDER_LIMIT,
}


class Criterion(Struct, frozen=True, forbid_unknown_fields=True):
    """One measure of a node, of which less is better; the best candidate gets 1 and the worst 0.

    `distance` in miles; `missing`, the share of the order's units that the node does not have; `priority`, its number;
    `cost`, the dollars of sending the whole order; `lateness`, its hours beyond the promise; `arrival`, its hours from
    order to doorstep; `backlog`, the hours of work before it. Edges of `bands` make all values between two of them
    equal. A node beyond `exclude_beyond` is no candidate (the original's rating of -1). A value at an edge or at that
    limit is within it, unless `threshold` is `more_than`.
    """

    by: Measure
    bands: tuple[float, ...] = ()
    exclude_beyond: float | None = None
    weight: float = 1.0
    threshold: Threshold = "at_least"
    basis: StockBasis = "available_to_promise"

    def __post_init__(self) -> None:
        if self.by not in EXCLUDED:
            raise ValueError(f"by must be one of {', '.join(EXCLUDED)}, got {self.by!r}")
        if self.exclude_beyond is not None and not isfinite(self.exclude_beyond):
            raise ValueError(f"exclude_beyond must be finite, got {self.exclude_beyond}")
        if list(self.bands) != sorted(set(self.bands)) or not all(map(isfinite, self.bands)):
            raise ValueError(f"bands must rise and be finite, got {list(self.bands)}")
        if not (isfinite(self.weight) and self.weight > 0):
            raise ValueError(f"weight must be finite and above zero, got {self.weight}")

    def value(self, node: str, order: Order, network: NetworkView) -> float:
        """Return the measure of a node; infinite where it is not known."""
        if self.by == "missing":
            wanted = units_of(order.lines)
            stock = [(line.quantity, stock_of(self.basis, node, line.sku, network)) for line in order.lines]
            return sum(quantity - max(0, min(quantity, units)) for quantity, units in stock) / wanted
        return MEASURES[self.by](node, order, network)

    def excludes(self, value: float) -> bool:
        """Answer whether a node with this value is no candidate."""
        return self.exclude_beyond is not None and not passes(self.exclude_beyond, value, self.threshold)

    def banded(self, value: float) -> float:
        """Return the number of the band a value lies in; an unknown value lies beyond all bands."""
        if not self.bands or value == INFINITE:
            return value
        return float(sum(not passes(edge, value, self.threshold) for edge in self.bands))


def _cost_usd(node: str, order: Order, network: NetworkView) -> float:
    shipment = shipment_from(node, order.lines, order, network)
    return INFINITE if shipment is None else shipment.offer.cost_usd


def _arrival_hours(node: str, order: Order, network: NetworkView) -> float:
    shipment = shipment_from(node, order.lines, order, network)
    return INFINITE if shipment is None else shipment.arrives_at - order.placed_at


MEASURES: dict[str, Callable[[str, Order, NetworkView], float]] = {
    "distance": lambda node, order, network: network.miles(node, order.destination),
    "priority": lambda node, _, network: network.nodes[node].priority,
    "cost": _cost_usd,
    "lateness": lambda node, order, network: max(
        0.0, _arrival_hours(node, order, network) - (order.promised_by - order.placed_at)
    ),
    "arrival": _arrival_hours,
    "backlog": lambda node, _, network: hours_behind(node, network),
}


class Strategy(Struct, frozen=True, forbid_unknown_fields=True):
    """One way to choose: for which orders, between which nodes, by which criteria, in how many parcels.

    Empty `channels`, `service_levels` or `regions` mean all. With `combine: in_turn` the first criterion ranks and
    each further one breaks ties; with `weighted` the ratings are weighed and added up. `max_split` n allows n + 1
    shipments.
    """

    name: str
    channels: ChannelNames = ()
    service_levels: ServiceLevelNames = ()
    regions: RegionNames = ()
    fences: tuple[Fence, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    combine: Literal["in_turn", "weighted"] = "in_turn"
    max_split: int | None = None

    def __post_init__(self) -> None:
        if self.max_split is not None and self.max_split < 0:
            raise ValueError(f"strategy {self.name!r}: max_split must not be negative, got {self.max_split}")

    def is_for(self, order: Order, network: NetworkView) -> bool:
        """Answer whether the strategy is meant for an order."""
        asked = (
            (order.channel, self.channels),
            (order.service_level, self.service_levels),
            (network.region(order.destination), self.regions),
        )
        return all(not meant or value in meant for value, meant in asked)

    def keeps_out(self, node: str, order: Order, network: NetworkView) -> Reason | None:
        """Return which fence or criterion keeps a node out, the first of them, or None."""
        for fence in self.fences:
            reason = fence.keeps_out(node, order, network)
            if reason is not None:
                return reason
        for criterion in self.criteria:
            if criterion.exclude_beyond is not None and criterion.excludes(criterion.value(node, order, network)):
                return EXCLUDED[criterion.by]
        return None

    def ranked(self, candidates: Sequence[str], order: Order, network: NetworkView) -> list[str]:
        """Rank candidates by their ratings, the best first; equals stay as they are."""
        rated = [
            (
                criterion.weight,
                ratings({node: criterion.banded(criterion.value(node, order, network)) for node in candidates}),
            )
            for criterion in self.criteria
        ]

        def score(node: str) -> tuple[float, ...]:
            if self.combine == "weighted":
                return (-sum(weight * rating[node] for weight, rating in rated),)
            return tuple(-rating[node] for _, rating in rated)

        return sorted(candidates, key=score)


STRATEGIES = (
    Strategy(
        "one_node",
        fences=(OnTime(),),
        criteria=(
            Criterion("distance", bands=(150.0, 600.0)),
            Criterion("backlog", bands=(8.0, 24.0)),
            Criterion("cost"),
        ),
        max_split=0,
    ),
    Strategy("few_nodes", fences=(OnTime(),), criteria=(Criterion("missing"), Criterion("distance")), max_split=2),
)
FALLBACKS = (Strategy("any_node", criteria=(Criterion("missing"), Criterion("lateness"), Criterion("cost"))),)


@dataclass(frozen=True, slots=True)
class CriteriaRank:
    """Try strategies in turn, then fallbacks: the first that can send the whole order does.

    Within a strategy fences keep nodes out, criteria rank those that remain and have something of the order, and the
    nodes ship in that order, each what it has of what remains. Nodes are passed over only for the sake of the limit
    on splits, and for that combinations of the best `search_nodes` are tried; the original does not say how it goes
    about that. Where no strategy can send all of it, the one that sends most does: the original's fallback does,
    whatever it can send. Ratings follow the original's guide, where 1 is best, not its release notes, where the
    lowest is.
    """

    strategies: tuple[Strategy, ...] = STRATEGIES
    fallbacks: tuple[Strategy, ...] = FALLBACKS
    search_nodes: int = 10
    allow_partial: bool = True
    unit: CommitUnit = "unit"
    ties: Tie = "priority"
    unlocated: Unlocated = "last"

    def __post_init__(self) -> None:
        Budget(self.search_nodes, None, self.unit)
        names = [strategy.name for strategy in (*self.strategies, *self.fallbacks)]
        if not names or len(set(names)) < len(names):
            raise ValueError(f"strategies and fallbacks need at least one name and each only once, got {names}")

    def decide(self, order: Order, network: NetworkView) -> Decision:
        """Return the plan of the first strategy that sends everything, else the fullest plan of all."""
        _, plan = self._decided(order, network)
        return all_or_nothing(order, plan, allow_partial=self.allow_partial)

    def why_not(self, node: str, order: Order, network: NetworkView) -> Reason | None:
        """Return which fence, criterion or limit of the strategy that decided keeps a node out."""
        if node not in located(network.nodes, order, network, self.unlocated):
            return Reason.BEYOND_MAX_DISTANCE
        if not fillable(node, order.lines, network, self.unit):
            return Reason.GROUP_SPLIT_FORBIDDEN
        strategy, plan = self._decided(order, network)
        if strategy is None:
            return Reason.OUTSIDE_GROUP
        reason, budget = strategy.keeps_out(node, order, network), self._budget(strategy)
        if reason is not None or not plan.unfilled or len(plan.shipments) != budget.max_shipments:
            return reason
        return budget.why_not(node, self._ranking(strategy, order, network), plan, order, network)

    def _decided(self, order: Order, network: NetworkView) -> tuple[Strategy | None, Decision]:
        """Return the strategy that decides and its plan; None where no strategy is meant for the order."""
        decided, best = None, Decision(order.number, (), order.lines)
        for strategy, plan in self._tried(order, network):
            if decided is None or units_of(plan.unfilled) < units_of(best.unfilled):
                decided, best = strategy, plan
            if not best.unfilled:
                break
        return decided, best

    def _tried(self, order: Order, network: NetworkView) -> Iterator[tuple[Strategy, Decision]]:
        for strategy in (*self.strategies, *self.fallbacks):
            if strategy.is_for(order, network):
                ranking = self._ranking(strategy, order, network)
                yield strategy, self._budget(strategy).keeping_to(ranking, order, network)

    def _ranking(self, strategy: Strategy, order: Order, network: NetworkView) -> list[str]:
        candidates = [
            node
            for node in located(tie_order(self.ties, order, network), order, network, self.unlocated)
            if fillable(node, order.lines, network, self.unit) and strategy.keeps_out(node, order, network) is None
        ]
        return strategy.ranked(candidates, order, network)

    def _budget(self, strategy: Strategy) -> Budget:
        most = None if strategy.max_split is None else strategy.max_split + 1
        return Budget(self.search_nodes, most, self.unit)
