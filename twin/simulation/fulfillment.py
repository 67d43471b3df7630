"""An order's way from its placing to a node: decide, check, reserve, hand over; again where a node declines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import final

from twin.domain.orders import Lines, Order, OrderLine, part_of, units_of
from twin.domain.stock import StockLedger
from twin.policies.decision import Decision, PlannedShipment
from twin.policies.routing.roles import RoutingPolicy
from twin.policies.routing.validate import validate
from twin.policies.view import Without
from twin.simulation.backorders import Backorders
from twin.simulation.clock import Clock
from twin.simulation.history import History
from twin.simulation.live_view import LiveView
from twin.simulation.nodes import WorkingNode
from twin.simulation.shipments import Shipment

GOLDEN = 0.6180339887498949  # turns an order's luck into a fresh value for each further shipment and attempt
NOBODY: frozenset[str] = frozenset()


@final
class Fulfillment:
    """Routes orders by the policy and gives their shipments to the nodes."""

    def __init__(
        self, policy: RoutingPolicy, view: LiveView, nodes: Mapping[str, WorkingNode], backorders: Backorders,
        history: History, clock: Clock,
    ) -> None:  # fmt: skip
        self._decide = policy.decide
        self._view = view
        self._nodes = nodes
        self._backorders = backorders
        self._history = history
        self._clock = clock
        backorders.retry = self.try_again
        backorders.available = view.available_to_promise
        backorders.home_of = self._home_of
        self.ordered_units = self.units_in_nodes = 0

    def place(self, order: Order) -> None:
        """Route a new order."""
        self.ordered_units += units_of(order.lines) if len(order.lines) > 1 else order.lines[0].quantity
        decision = self._decide(order, self._view)
        validate(order, decision, self._view)
        if decision.unfilled or len(decision.shipments) != 1:
            self._history.note_first_decision(order, decision, self._single_node_possible(order, decision))
            self._carry_out(order, decision, NOBODY, 1)
        else:  # most orders: one node, everything
            (plan,) = decision.shipments
            self._nodes[plan.offer.node].ledger.reserve(plan.lines)
            self._hand_over(order, plan, 0, NOBODY, 1)

    def try_again(self, order: Order) -> bool:
        """Route what waited for stock; answer whether anything of it could be sent."""
        decision = self._decide(order, self._view)
        validate(order, decision, self._view)
        if not decision.shipments:
            return False
        self._carry_out(order, decision, NOBODY, self._history.note_attempt(order))
        return True

    def _carry_out(self, order: Order, decision: Decision, excluded: frozenset[str], attempt: int) -> None:
        """Reserve the whole decision first: a node that declines must not disturb the other shipments."""
        for plan in decision.shipments:
            self._nodes[plan.offer.node].ledger.reserve(plan.lines)
        if decision.unfilled:
            self._backorders.wait(order, decision.unfilled)
        for turn, plan in enumerate(decision.shipments, start=attempt - 1):
            self._hand_over(order, plan, turn, excluded, attempt)

    def _hand_over(
        self, order: Order, plan: PlannedShipment, turn: int, excluded: frozenset[str], attempt: int
    ) -> None:
        """Give a shipment to its node, or route it anew where the node declines."""
        name = plan.offer.node
        node = self._nodes[name]
        luck = (order.found_luck + turn * GOLDEN) % 1.0 if turn else order.found_luck
        if node.declines(luck):
            node.ledger.release(plan.lines)
            self._history.event("declined", name, order.number, units_of(plan.lines))
            self._reroute(order, plan.lines, excluded | {name}, attempt + 1)
            return
        self.units_in_nodes += plan.parcels.units
        node.orders_left -= 1
        if node.orders_left < 1:
            self._view.refresh(name)
        departs_at, first_choice = self._view.expectation(order, plan)
        node.first.admit(Shipment(order, plan, self._clock.now_hours, departs_at, first_choice, turn))

    def _reroute(self, order: Order, lines: Lines, excluded: frozenset[str], attempt: int) -> None:
        """Route lines that a node declined, without the nodes already asked."""
        part = order if lines is order.lines else part_of(order, lines)
        view = Without(self._view, excluded)
        decision = self._decide(part, view)
        validate(part, decision, view)
        self._history.note_attempt(order)
        if decision.shipments:
            self._history.event("rerouted", decision.shipments[0].offer.node, order.number, units_of(lines))
        self._carry_out(part, decision, excluded, attempt)

    def _home_of(self, order: Order, line: OrderLine) -> StockLedger | None:
        """Return the books of the node that is to restock a line: the cheapest that keeps it and has a supplier."""
        for offer in self._view.offers(order.destination, order.service_level, self._view.parcels((line,))):
            node = self._nodes[offer.node]
            if node.node.supply is not None and line.sku in node.ledger.opening:
                return node.ledger
        return None

    def _single_node_possible(self, order: Order, decision: Decision) -> bool:
        if len(decision.shipments) == 1 and not decision.unfilled:
            return True
        return any(self._view.can_fill(node, order.lines) for node in self._nodes)
