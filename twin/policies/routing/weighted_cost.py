"""After IBM Sterling Intelligent Promising (Fulfillment Optimizer): everything that matters, in money and weighed."""

from __future__ import annotations

from dataclasses import dataclass, fields
from math import isfinite
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict

from twin.domain.orders import Lines, Order, units_of
from twin.policies.decision import Decision, PlannedShipment, Reason
from twin.policies.routing.choices import CommitUnit, StockBasis, Tie, Unlocated, located, stock_of, tie_order
from twin.policies.routing.scoring import Budget, StockLevel, hours_behind, level_of
from twin.policies.routing.walk import all_or_nothing, fillable, share_of
from twin.policies.view import NetworkView

HOURS_PER_DAY = 24.0
KM_PER_MILE = 1.609344
KG_PER_TONNE = 1000.0
AIR_SERVICES = ("parcel_two_day", "parcel_overnight", "usps_priority_mail", "usps_priority_express")


class Weights(Struct, frozen=True, forbid_unknown_fields=True):
    """How much each kind of cost counts: 1 for what it is, 0 for nothing."""

    shipping: float = 1.0
    processing: float = 1.0
    capacity: float = 1.0
    stockout: float = 1.0
    markdown: float = 1.0
    transit: float = 1.0
    carbon: float = 1.0

    def __post_init__(self) -> None:
        wrong = {name: weight for name, weight in asdict(self).items() if not (isfinite(weight) and weight >= 0)}
        if wrong:
            raise ValueError(f"weights must be finite and not negative, got {wrong}")


BALANCED = Weights()


@dataclass(frozen=True, slots=True)
class WeightedCost:
    """Take the plan with the lowest weighted sum of costs, of what is shipped and of what that leads to.

    Per shipment: shipping (freight and boxes) + processing (handling) + capacity + stock-out - markdown + transit +
    carbon, each in dollars times its weight, and the price of arriving late. One node is sought first, sets of nodes
    only where none has all of the order; of sets the `search_nodes` with the lowest cost per unit are members.

    - Capacity, as the original's node-balancing values: up to `balance_usd` as the backlog nears
      `backlog_limit_hours`, `overload_usd_per_day` beyond it; and `last_order_usd` over the orders a node takes today.
    - Stock-out: the share of a node's stock that a line takes is the chance, times `missed_sale_rate`, that its margin
      is missed there later. The original predicts it from demand, which no policy sees when it decides.
    - Markdown: a unit taken from beyond the level of `excess` saves `markdown_rate` of its price. Predicted, too.
    - Transit: `transit_usd_per_day` from order to doorstep.
    - Carbon, which the original does not have: miles x weight x a factor by mode, at `carbon_usd_per_tonne`.

    The original keeps late nodes out; here they pay. Its node performance is left out: it is not documented.
    """

    weights: Weights = BALANCED
    backlog_limit_hours: float = 24.0
    balance_usd: float = 0.2
    overload_usd_per_day: float = 3.0
    last_order_usd: float = 0.2
    missed_sale_rate: float = 0.1
    excess: tuple[StockLevel, ...] = (StockLevel(500), StockLevel(50, velocity_classes=("C",)))
    markdown_rate: float = 0.02
    transit_usd_per_day: float = 0.1
    carbon_usd_per_tonne: float = 190.0
    ground_co2e_kg_per_tkm: float = 0.1278
    air_co2e_kg_per_tkm: float = 0.9497
    air_services: tuple[str, ...] = AIR_SERVICES
    late_usd: float = 25.0
    late_usd_per_day: float = 2.0
    max_shipments: int = 3
    search_nodes: int = 8
    allow_partial: bool = True
    unit: CommitUnit = "unit"
    basis: StockBasis = "available_to_promise"
    ties: Tie = "priority"
    unlocated: Unlocated = "last"

    def __post_init__(self) -> None:
        self._budget()
        if self.backlog_limit_hours == 0:
            raise ValueError("backlog_limit_hours must be above zero, got 0")
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, int | float) and not (isfinite(value) and value >= 0):
                raise ValueError(f"{field.name} must be finite and not negative, got {value}")

    def decide(self, order: Order, network: NetworkView) -> Decision:
        """Return the cheapest plan of those that leave the fewest units."""
        return all_or_nothing(order, self._plan(order, network), allow_partial=self.allow_partial)

    def why_not(self, node: str, order: Order, network: NetworkView) -> Reason | None:
        """Return which limit keeps a node out: an unknown distance, what stays together, parcels, or the search."""
        if node not in located(network.nodes, order, network, self.unlocated):
            return Reason.BEYOND_MAX_DISTANCE
        if not fillable(node, order.lines, network, self.unit):
            return Reason.GROUP_SPLIT_FORBIDDEN
        if self._wholes(order, network):
            return None
        return self._budget().why_not(node, self._ranking(order, network), self._plan(order, network), order, network)

    def cost_usd(self, shipment: PlannedShipment, order: Order, network: NetworkView) -> float:
        """Return the weighted cost of a shipment, late or not."""
        offer, weights = shipment.offer, self.weights
        terms = (
            (weights.shipping, offer.freight_usd + shipment.parcels.packaging_usd),
            (weights.processing, offer.cost_usd - offer.freight_usd),
            (weights.capacity, self._capacity_usd(offer.node, network)),
            (weights.stockout, self._stockout_usd(offer.node, shipment.lines, network)),
            (-weights.markdown, self._markdown_usd(offer.node, shipment.lines, network)),
            (weights.transit, self.transit_usd_per_day * (shipment.arrives_at - order.placed_at) / HOURS_PER_DAY),
            (weights.carbon, self._carbon_usd(shipment, order, network)),
        )
        late_hours = shipment.arrives_at - order.promised_by
        late_usd = self.late_usd + self.late_usd_per_day * late_hours / HOURS_PER_DAY if late_hours > 0 else 0.0
        return late_usd + sum(weight * usd for weight, usd in terms if weight)  # nothing times infinite is no number

    def _capacity_usd(self, node: str, network: NetworkView) -> float:
        hours = hours_behind(node, network)
        overload_days = max(0.0, hours - self.backlog_limit_hours) / HOURS_PER_DAY
        balance_usd = self.balance_usd * min(1.0, hours / self.backlog_limit_hours)
        last_usd = self.last_order_usd / max(1.0, network.orders_left(node))
        return balance_usd + self.overload_usd_per_day * overload_days + last_usd

    def _stockout_usd(self, node: str, lines: Lines, network: NetworkView) -> float:
        usd = 0.0
        for line in lines:
            product = network.products[line.sku]
            margin_usd = max(0.0, product.price_usd - product.unit_cost_usd) * line.quantity
            stock = max(line.quantity, stock_of(self.basis, node, line.sku, network))
            usd += self.missed_sale_rate * margin_usd * line.quantity / stock
        return usd

    def _markdown_usd(self, node: str, lines: Lines, network: NetworkView) -> float:
        """Return what is saved, so a cost that counts against the others."""
        usd = 0.0
        for line in lines:
            level = level_of(self.excess, node, line.sku, network)
            if level is not None:
                beyond = max(0, stock_of(self.basis, node, line.sku, network) - level)
                usd += self.markdown_rate * network.products[line.sku].price_usd * min(line.quantity, beyond)
        return usd

    def _carbon_usd(self, shipment: PlannedShipment, order: Order, network: NetworkView) -> float:
        offer = shipment.offer
        factor = self.air_co2e_kg_per_tkm if offer.service in self.air_services else self.ground_co2e_kg_per_tkm
        co2e_kg_per_km = shipment.parcels.weight_kg / KG_PER_TONNE * factor
        usd_per_km = co2e_kg_per_km * self.carbon_usd_per_tonne / KG_PER_TONNE
        return usd_per_km * network.miles(offer.node, order.destination) * KM_PER_MILE if usd_per_km else 0.0

    def _plan(self, order: Order, network: NetworkView) -> Decision:
        place = tie_order(self.ties, order, network).index

        def key(plan: Decision) -> tuple[Any, ...]:
            cost_usd = sum(self.cost_usd(shipment, order, network) for shipment in plan.shipments)
            return cost_usd, len(plan.shipments), [place(shipment.offer.node) for shipment in plan.shipments]

        plan = self._budget().best(self._wholes(order, network), order, network, (1,), key)
        if plan.unfilled:
            plan = self._budget().best(self._ranking(order, network), order, network, (self.max_shipments,), key)
        return plan

    def _wholes(self, order: Order, network: NetworkView) -> list[str]:
        """Return the nodes that have all of the order."""
        allowed = located(network.nodes, order, network, self.unlocated)
        return [node for node in allowed if network.can_fill(node, order.lines)]

    def _ranking(self, order: Order, network: NetworkView) -> list[str]:
        """Rank the nodes that have something of the order by what a unit of it costs from there."""
        usd_per_unit = {}
        for node in located(tie_order(self.ties, order, network), order, network, self.unlocated):
            shipment = share_of(node, order.lines, order, network, self.unit)
            if shipment is not None:
                usd_per_unit[node] = self.cost_usd(shipment, order, network) / units_of(shipment.lines)
        return sorted(usd_per_unit, key=usd_per_unit.__getitem__)

    def _budget(self) -> Budget:
        return Budget(self.search_nodes, self.max_shipments, self.unit)
