"""After Acimovic and Graves (2015): the cheapest plan once every unit of stock is charged what it is worth later."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal, Self, get_args

from twin.domain.orders import Lines, Order, units_of
from twin.policies.decision import Decision, PlannedShipment, Reason
from twin.policies.forecast import Forecast
from twin.policies.forecast_program import DECIMALS, ForecastProgram
from twin.policies.routing.choices import Threshold, passes
from twin.policies.routing.roles import LEARNED
from twin.policies.routing.search import ExtraCost, Splits, cheapest_plan, decision_usd, refuse_bad_terms, shipment_usd
from twin.policies.routing.services import shipment_from
from twin.policies.routing.walk import fillable
from twin.policies.stock_prices import Flows, Prices
from twin.policies.view import NetworkView

Score = Literal["dual", "primal"]
MarginRule = Literal["off", "unserved", "margin"]
OUTWEIGHS_USD = 1e6  # a unit from a node that the plan does not send it from: more than any cost of an order


@dataclass(frozen=True, slots=True)
class ShadowPrice:
    """Take the cheapest plan as `min_cost` does, with the price of the stock it uses added to what it costs.

    Every `refresh_days` a transportation program serves the forecast demand from the stock at hand; the dual of a
    node's stock of a product is its price. Products are reckoned one by one and forecast units travel alone. Unlike in
    the paper, the price is the mean over `demand_draws` draws of demand (0: the expected demand itself), because the
    dual of one path swings with it; it is at most `price_cap`; and a unit that somebody can ship is shipped whatever
    the prices, unless `margin_rule` keeps it. Forecasts hold no promises, so the program does not charge for lateness;
    the decision does.

    With `score: primal` the node that the program sends most of the order's units from goes first, after Arlotto,
    Keskin and Wei (2025), and only then the cheaper one; products over which nodes do not compete have no say.

    A `margin_rule` lets an order wait that costs more than it is worth, prices included: `unserved` says it is worth
    `unserved_usd` a unit, `margin` its price less its goods. An order that costs as much as it is worth ships, unless
    `threshold` is `more_than`. Of plans that cost the same, prices included, the one cheaper today is taken.
    """

    refresh_days: float = 1.0
    demand_draws: int = 5
    clusters: int = 16
    draw_seed: int = 0
    unserved_usd: float = 50.0
    units_per_order: float = 1.4
    price_cap: float | None = None
    score: Score = "dual"
    margin_rule: MarginRule = "off"
    threshold: Threshold = "at_least"
    late_usd: float = 25.0
    late_usd_per_day: float = 2.0
    split_usd: float = 0.75
    max_shipments: int = 3
    search_parts: int = 12
    allow_partial: bool = True
    min_on_time_probability: float | None = None
    splits: Splits = "where_needed"
    prices: Prices = field(default=Prices(), metadata=LEARNED, repr=False)
    flows: Flows = field(default=Flows(), metadata=LEARNED, repr=False)

    def __post_init__(self) -> None:
        refuse_bad_terms(self)
        self._program()
        if self.refresh_days <= 0:
            raise ValueError(f"refresh_days must be above 0, got {self.refresh_days}")
        if self.price_cap is not None and self.price_cap < 0:
            raise ValueError(f"price_cap must not be negative, got {self.price_cap}")
        for name, known in (("score", Score), ("margin_rule", MarginRule), ("threshold", Threshold),
                            ("splits", Splits)):  # fmt: skip
            if getattr(self, name) not in get_args(known):
                raise ValueError(f"{name} must be one of {', '.join(get_args(known))}, got {getattr(self, name)!r}")

    def refresh(self, network: NetworkView, forecast: Forecast) -> Self:
        """Return the same policy with the prices of the stock available now."""
        prices, flows = self._program().solve(network, forecast)
        prices = prices if self.price_cap is None else prices.capped(self.price_cap)
        return replace(self, prices=prices, flows=flows if self.score == "primal" else Flows())

    def decide(self, order: Order, network: NetworkView) -> Decision:
        """Return the plan that costs least with the price of its stock, or none where a rule finds it not worth it."""
        decision = cheapest_plan(order, network, self, self._extra_usd(order), self.splits)
        if self.margin_rule == "off" or not decision.shipments:
            return decision
        cost = decision_usd(order, decision, self)
        return decision if self._pays(decision.shipments, cost, network) else Decision(order.number, (), order.lines)

    def why_not(self, node: str, order: Order, network: NetworkView) -> Reason | None:
        """Return MARGIN_FLOOR where what a node could send would cost more than it is worth."""
        if self.margin_rule == "off":
            return None
        lines = fillable(node, order.lines, network)
        shipment = shipment_from(node, lines, order, network) if lines else None
        if shipment is None or self._pays((shipment,), shipment_usd(order, shipment, self), network):
            return None
        return Reason.MARGIN_FLOOR

    def _program(self) -> ForecastProgram:
        return ForecastProgram(
            self.clusters, self.demand_draws, self.draw_seed, self.unserved_usd, self.units_per_order
        )

    def _extra_usd(self, order: Order) -> ExtraCost | None:
        if self.score == "dual":
            return self.prices.above_lowest_usd if self.prices.rows else None
        shares = [(line.sku, self.flows.shares(line.sku, order.destination)) for line in order.lines]
        known = {sku: by_node for sku, by_node in shares if by_node}

        def astray_usd(node: str, lines: Lines) -> float:
            units = sum(line.quantity * (1.0 - known[line.sku].get(node, 0.0)) for line in lines if line.sku in known)
            return OUTWEIGHS_USD * units

        return astray_usd if known else None

    def _pays(self, shipments: tuple[PlannedShipment, ...], cost_usd: float, network: NetworkView) -> bool:
        """Answer whether what ships is worth its cost and the price of its stock."""
        worth = -cost_usd
        for shipment in shipments:
            worth -= self.prices.usd(shipment.offer.node, shipment.lines)
            worth += self._worth_usd(shipment.lines, network)
        return passes(round(worth, DECIMALS), 0.0, self.threshold)

    def _worth_usd(self, lines: Lines, network: NetworkView) -> float:
        if self.margin_rule == "unserved":
            return units_of(lines) * self.unserved_usd
        products = ((line.quantity, network.products[line.sku]) for line in lines)
        return sum(units * (product.price_usd - product.unit_cost_usd) for units, product in products)
