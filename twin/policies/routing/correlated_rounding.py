"""After Jasin and Sinha (2015): a program on the forecast says where orders go, and a random number of each picks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from math import log
from typing import Literal, Self, get_args

from twin.domain.orders import Lines, Order, OrderLine
from twin.policies.decision import Decision, PlannedShipment
from twin.policies.forecast import Forecast
from twin.policies.forecast_program import ForecastProgram
from twin.policies.routing.roles import LEARNED
from twin.policies.routing.search import cheapest_plan, refuse_bad_terms
from twin.policies.routing.services import shipment_from
from twin.policies.stock_prices import Flows
from twin.policies.view import NetworkView

Rounding = Literal["one_number", "dilated_clocks"]
Together = Literal["order", "line"]
Pick = Callable[[Mapping[str, float]], str]
"""Choose a node by its share."""


@dataclass(frozen=True, slots=True)
class CorrelatedRounding:
    """Send each order from the node that its random number picks, with the shares that a program on the forecast gives.

    Every `refresh_days` a transportation program says which share of each product's customers each node is to serve.
    The numbers are a pure function of `seed` and the order's number, the same for all its lines, so that lines with
    equal shares travel together. `rounding` says how: `one_number` lays the shares side by side, nodes in order of
    name, and takes the one the number falls into (a simple scheme in place of the paper's intricate one);
    `dilated_clocks` lets each node open at a random time, which a line sees the earlier the larger the node's share,
    and takes the first to open, after Ma (2023).

    In the papers each line is picked for, by a program that knows orders of several products and pays their boxes once.
    A forecast knows single units, so with `unit: order`, the default, the shares of an order are the mean of its units'
    and one node is picked for all; `unit: line` does as the papers do. Products over which nodes do not compete have no
    shares; they go along. Where a picked node lacks something, or nothing was picked, the cheapest plan is taken:
    nobody goes without whom somebody can serve.
    """

    refresh_days: float = 1.0
    rounding: Rounding = "one_number"
    unit: Together = "order"
    seed: int = 0
    clusters: int = 16
    unserved_usd: float = 50.0
    units_per_order: float = 1.4
    late_usd: float = 25.0
    late_usd_per_day: float = 2.0
    split_usd: float = 0.75
    max_shipments: int = 3
    search_parts: int = 12
    allow_partial: bool = True
    min_on_time_probability: float | None = None
    flows: Flows = field(default=Flows(), metadata=LEARNED, repr=False)

    def __post_init__(self) -> None:
        refuse_bad_terms(self)
        self._program()
        if self.refresh_days <= 0:
            raise ValueError(f"refresh_days must be above 0, got {self.refresh_days}")
        for name, known in (("rounding", Rounding), ("unit", Together)):
            if getattr(self, name) not in get_args(known):
                raise ValueError(f"{name} must be one of {', '.join(get_args(known))}, got {getattr(self, name)!r}")

    def refresh(self, network: NetworkView, forecast: Forecast) -> Self:
        """Return the same policy with the shares for the stock available now."""
        _, flows = self._program().solve(network, forecast)
        return replace(self, flows=flows)

    def decide(self, order: Order, network: NetworkView) -> Decision:
        """Return the plan that the order's number picks, or the cheapest one where that cannot be."""
        shipments = self._shipments(order, network)
        return Decision(order.number, shipments) if shipments else cheapest_plan(order, network, self)

    def _program(self) -> ForecastProgram:
        return ForecastProgram(self.clusters, 0, self.seed, self.unserved_usd, self.units_per_order)

    def _shipments(self, order: Order, network: NetworkView) -> tuple[PlannedShipment, ...]:
        """Return what the picked nodes send, empty unless that is the whole order."""
        shares = {line.sku: self.flows.shares(line.sku, order.destination) for line in order.lines}
        known = {sku: by_node for sku, by_node in shares.items() if by_node}
        if not known:
            return ()
        pick = self._pick(order)
        if self.unit == "order":
            parts = {pick(_mean_shares(order.lines, known)): order.lines}
        else:
            parts = _parts(order.lines, {sku: pick(by_node) for sku, by_node in known.items()}, network)
        if len(parts) > self.max_shipments or not all(network.can_fill(node, part) for node, part in parts.items()):
            return ()
        found = [shipment_from(node, part, order, network) for node, part in parts.items()]
        shipments = tuple([shipment for shipment in found if shipment is not None])
        return shipments if len(shipments) == len(found) else ()

    def _pick(self, order: Order) -> Pick:
        if self.rounding == "one_number":
            number = uniform(self.seed, order.number)
            return lambda shares: _side_by_side(shares, number)
        return lambda shares: min(
            shares, key=lambda node: (-log(uniform(self.seed, order.number, node)) / shares[node], node)
        )


def uniform(seed: int, *name: int | str) -> float:
    """Return a random number above 0 and below 1 that depends on nothing but its arguments."""
    key = "/".join(map(str, (seed, *name)))
    bits = int.from_bytes(sha256(key.encode()).digest()[:8], "big") >> 11
    return (bits + 0.5) / (1 << 53)


def _side_by_side(shares: Mapping[str, float], number: float) -> str:
    """Return the node whose share, laid beside the others in order of name, holds the number."""
    nodes, left = sorted(shares), number * sum(shares.values())
    for node in nodes:
        left -= shares[node]
        if left < 0:
            return node
    return nodes[-1]  # the sum was rounded up


def _mean_shares(lines: Lines, known: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """Return the shares of an order: the mean over its units, those without shares left out."""
    total: dict[str, float] = {}
    for line in lines:
        for node, share in known.get(line.sku, {}).items():
            total[node] = total.get(node, 0.0) + line.quantity * share
    return total


def _parts(lines: Lines, picked: Mapping[str, str], network: NetworkView) -> dict[str, Lines]:
    """Return what each picked node is to send; lines without a pick go along with the first node that has them."""
    nodes = list(dict.fromkeys(picked[line.sku] for line in lines if line.sku in picked))
    parts: dict[str, Lines] = dict.fromkeys(nodes, ())
    for line in lines:
        node = picked.get(line.sku) or _first_with(line, nodes, network)
        parts[node] = (*parts[node], line)
    return parts


def _first_with(line: OrderLine, nodes: Sequence[str], network: NetworkView) -> str:
    """Return the first node that has a line; where none has, the first, and the cheapest plan will be taken."""
    return next((node for node in nodes if network.can_fill(node, (line,))), nodes[0])
