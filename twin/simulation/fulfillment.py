"""An order's way from its placing to a node: decide, check, reserve, hand over; again where a node declines."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import final

from msgspec import structs

from twin.domain.orders import Lines, Order, OrderLine, part_of, units_of
from twin.domain.stock import StockLedger
from twin.policies.decision import Decision, PlannedShipment
from twin.policies.routing.fewest_splits import FewestSplits
from twin.policies.routing.roles import BatchPolicy, RoutingPolicy
from twin.policies.routing.validate import validate, validate_batch
from twin.policies.view import Without
from twin.simulation.backorders import Backorders
from twin.simulation.history import FirstLook, History
from twin.simulation.live_view import LiveView
from twin.simulation.nodes import WorkingNode
from twin.simulation.order_management import NOT_FOUND, TOO_MUCH_WORK, OrderManagement, apply
from twin.simulation.shipments import Shipment

GOLDEN = 0.6180339887498949  # turns an order's luck into a fresh value for each further shipment and attempt
NOBODY: frozenset[str] = frozenset()
FEWEST_OF_A_SPLIT = 2


@dataclass(slots=True)
class Routed:
    """A first decision whose goods are reserved where they were there, and not handed over yet."""

    order: Order
    decision: Decision
    look: FirstLook
    reserved: list[bool]


@final
class Fulfillment:
    """Routes orders by the policy and gives their shipments to the nodes."""

    def __init__(
        self, policy: RoutingPolicy, management: OrderManagement, view: LiveView, nodes: Mapping[str, WorkingNode],
        backorders: Backorders, history: History,
    ) -> None:  # fmt: skip
        self.use(policy)
        self._view = view
        self._nodes = nodes
        self._backorders = backorders
        self._history = history
        backorders.retry = self.try_again
        backorders.available = view.available_to_promise
        backorders.home_of = self._home_of
        self.ordered_units = self.units_in_nodes = 0
        self._management = management
        self.levels: Mapping[str, str] = {}

    def use(self, policy: RoutingPolicy) -> None:
        """Route by a policy from now on."""
        self._policy = policy
        self._decide = policy.decide

    def place(self, order: Order) -> None:
        """Count a new order and route it at once."""
        self.count(order)
        self.route(order)

    def place_late(self, orders: Sequence[Order]) -> None:
        """Count and route orders that have waited since they were placed."""
        for order in orders:
            self.count(order)
        for routed in self.decide_all(orders):
            self.start(routed)

    def count(self, order: Order) -> None:
        """Enter a new order in the books."""
        self.ordered_units += units_of(order.lines) if len(order.lines) > 1 else order.lines[0].quantity

    def route(self, order: Order) -> None:
        """Decide on an order for the first time, and carry the decision out."""
        decision = self._decide(order, self._view)
        validate(order, decision, self._view)
        if decision.unfilled or len(decision.shipments) != 1:
            self.start(self._routed(order, decision))
        else:  # most orders: one node, everything
            (plan,) = decision.shipments
            if self._reserve(plan):
                self._hand_over(order, plan, 0, NOBODY, 1)
            else:
                self._oversold(order, plan, NOBODY, 1)

    def decide_all(self, orders: Sequence[Order]) -> list[Routed]:
        """Decide on orders, together if the policy can, and reserve their goods; nothing goes to a node yet."""
        if orders and isinstance(self._policy, BatchPolicy):
            decisions = self._policy.decide_batch(orders, self._view)
            validate_batch(orders, decisions, self._view)
            looks = [self._look(order, one) for order, one in zip(orders, decisions, strict=True)]
            return [
                Routed(order, one, look, self._reserve_all(one))
                for order, one, look in zip(orders, decisions, looks, strict=True)
            ]
        return [self._routed(order, self._decide(order, self._view)) for order in orders]

    def turn_away(self, order: Order) -> None:
        """Let an order wait that the stock of all nodes together does not cover."""
        self.start(self._routed(order, Decision(order.number, (), order.lines)))

    def freed(self, skus: Collection[str]) -> None:
        """Try the orders that wait for products which nobody holds any more."""
        if self._backorders.units:
            for node in self._nodes:
                there = [sku for sku in skus if self._view.available_to_promise(node, sku)]
                self._backorders.arrived(node, there)

    def release(self, decision: Decision) -> None:
        """Give back what was reserved for a decision that is taken anew."""
        for plan in decision.shipments:
            self._release(plan)

    def start(self, routed: Routed) -> None:
        """Note the first decision on an order and hand its shipments over."""
        self._history.note_first_decision(routed.order, routed.decision, routed.look)
        self._carry_out(routed.order, routed.decision, routed.reserved, NOBODY, 1)

    def try_again(self, order: Order) -> bool:
        """Route what waited for stock; answer whether anything of it could be sent."""
        decision = self._decide(order, self._view)
        validate(order, decision, self._view)
        if not decision.shipments:
            return False
        self._carry_out(order, decision, self._reserve_all(decision), NOBODY, self._history.note_attempt(order))
        return True

    def send_anew(self, order: Order, lines: Lines) -> None:
        """Route lines of an order again that left and never arrived whole; they are ordered once more."""
        part = part_of(order, lines)
        self.count(part)
        decision = self._decide(part, self._view)
        validate(part, decision, self._view)
        self._carry_out(part, decision, self._reserve_all(decision), NOBODY, self._history.note_attempt(order))

    def _carry_out(
        self, order: Order, decision: Decision, reserved: Sequence[bool], excluded: frozenset[str], attempt: int
    ) -> None:
        if decision.unfilled:
            self._backorders.wait(order, decision.unfilled)
        for turn, (plan, is_there) in enumerate(zip(decision.shipments, reserved, strict=True), start=attempt - 1):
            if is_there:
                self._hand_over(order, plan, turn, excluded, attempt)
            else:
                self._oversold(order, plan, excluded, attempt)

    def _hand_over(
        self, order: Order, plan: PlannedShipment, turn: int, excluded: frozenset[str], attempt: int
    ) -> None:
        """Give a shipment to its node, or route it anew where the node declines."""
        node = self._nodes[plan.offer.node]
        luck = (order.found_luck + turn * GOLDEN) % 1.0 if turn else order.found_luck
        if node.declines(luck):
            self._declined(order, plan, luck, excluded, attempt)
            return
        self.units_in_nodes += plan.parcels.units
        departs_at, first_choice = self._view.expectation(order, plan)
        node.first.admit(Shipment(order, plan, self._view.now_hours, departs_at, first_choice, turn, excluded))

    def _declined(
        self, order: Order, plan: PlannedShipment, luck: float, excluded: frozenset[str], attempt: int
    ) -> None:
        """Take a shipment back that a node does not accept, and route it elsewhere."""
        name = plan.offer.node
        self._release(plan)
        reason = self._reject(name, plan.lines, luck) if self._nodes[name].has_room() else TOO_MUCH_WORK
        self._history.event("declined", name, order.number, units_of(plan.lines), reason=reason)
        self._reroute(order, plan.lines, excluded | {name}, attempt + 1)

    def left(self, name: str, shipments: Iterable[Shipment]) -> None:  # noqa: ARG002  (as all who follow)
        """Let shipments leave their node."""
        for shipment in shipments:
            self.units_in_nodes -= shipment.plan.parcels.units

    def take_back(self, shipment: Shipment) -> None:
        """Take a shipment back that has not left; its goods are promised to nobody."""
        self.units_in_nodes -= shipment.plan.parcels.units
        self._release(shipment.plan)
        shipment.take_back()

    def route_anew(self, shipments: Iterable[Shipment]) -> None:
        """Route the lines of shipments that were taken back, the earliest promise first, to wherever they are."""
        for one in sorted(shipments, key=lambda one: (one.order.promised_by, one.order.number, one.turn)):
            self._reroute(one.order, one.plan.lines, one.asked, one.turn + 2)

    def reconsider(self, shipment: Shipment) -> bool:
        """Decide anew on a shipment that nobody has begun; answer whether other nodes send all of it now.

        It stays where it is if the policy says so, or if others have not all of it.
        """
        order, plan = shipment.order, shipment.plan
        part = self.expedited(order if plan.lines is order.lines else part_of(order, plan.lines))
        self._release(plan)
        view = Without(self._view, shipment.asked)
        decision = self._decide(part, view)
        validate(part, decision, view)
        if decision.unfilled or any(one.offer.node == plan.offer.node for one in decision.shipments):
            self._reserve(plan)
            return False
        self.units_in_nodes -= plan.parcels.units
        shipment.take_back()
        self._history.event("rerouted", decision.shipments[0].offer.node, order.number, units_of(plan.lines))
        asked, attempt = shipment.asked | {plan.offer.node}, self._history.note_attempt(order)
        self._carry_out(part, decision, self._reserve_all(decision), asked, attempt)
        return True

    def expedited(self, order: Order) -> Order:
        """Return an order as it may be sent now: by the services of another level while a response says so."""
        level = self.levels.get(order.service_level)
        return order if level is None else structs.replace(order, service_level=level)

    def not_found(self, shipment: Shipment, missing: Lines) -> None:
        """Take a shipment back whose picker looked in vain for some lines, and route it elsewhere."""
        order, plan, name = shipment.order, shipment.plan, shipment.plan.offer.node
        self.take_back(shipment)
        reason = self._reject(name, missing, (order.found_luck + shipment.turn * GOLDEN) % 1.0)
        self._history.event("declined", name, order.number, units_of(plan.lines), reason=reason)
        self._reroute(order, plan.lines, shipment.asked | {name}, shipment.turn + 2)

    def _reject(self, name: str, missing: Lines, luck: float) -> str:
        """Say why goods are not found, and change the books of their node as that asks."""
        node = self._nodes[name]
        found = self._management.rejection(node.luck_of_reason(luck))
        if found is None:
            return NOT_FOUND
        apply(found.effect, missing, node.ledger)
        return found.name

    def _oversold(self, order: Order, plan: PlannedShipment, excluded: frozenset[str], attempt: int) -> None:
        """Route a shipment elsewhere whose goods were in the policy's picture and no longer at the node."""
        name = plan.offer.node
        self._history.event("oversold", name, order.number, units_of(plan.lines))
        self._reroute(order, plan.lines, excluded | {name}, attempt + 1)

    def _reroute(self, order: Order, lines: Lines, excluded: frozenset[str], attempt: int) -> None:
        """Route lines that a node declined, without the nodes already asked."""
        part = self.expedited(order if lines is order.lines else part_of(order, lines))
        view = Without(self._view, excluded)
        decision = self._decide(part, view)
        validate(part, decision, view)
        self._history.note_attempt(order)
        if decision.shipments:
            self._history.event("rerouted", decision.shipments[0].offer.node, order.number, units_of(lines))
        self._carry_out(part, decision, self._reserve_all(decision), excluded, attempt)

    def _home_of(self, order: Order, line: OrderLine) -> StockLedger | None:
        """Return the books of the node that is to restock a line: the cheapest that keeps it and has a supplier."""
        for offer in self._view.offers(order.destination, order.service_level, self._view.parcels((line,))):
            node = self._nodes[offer.node]
            if node.node.supply is not None and line.sku in node.ledger.opening:
                return node.ledger
        return None

    def _routed(self, order: Order, decision: Decision) -> Routed:
        validate(order, decision, self._view)
        look = self._look(order, decision)
        return Routed(order, decision, look, self._reserve_all(decision))

    def _look(self, order: Order, decision: Decision) -> FirstLook:
        """Say what else the network could have done; to be asked before anything is reserved."""
        shipments = len(decision.shipments)
        if shipments == 1 and not decision.unfilled:
            return FirstLook(single_node_possible=True, avoidable_split=False)
        single = any(self._view.can_fill(node, order.lines) for node in self._nodes)
        avoidable = False
        if shipments > 1 and not decision.unfilled and (single or shipments > FEWEST_OF_A_SPLIT):
            fewest = FewestSplits(max_shipments=shipments - 1).decide(order, self._view)
            avoidable = not fewest.unfilled
        return FirstLook(single, avoidable)

    def _reserve_all(self, decision: Decision) -> list[bool]:
        """Reserve the goods of each shipment, all before any is handed over; answer where they were really there."""
        return [self._reserve(plan) for plan in decision.shipments]

    def _reserve(self, plan: PlannedShipment) -> bool:
        node = self._nodes[plan.offer.node]
        if not node.reserve(plan.lines):
            return False
        if node.orders_left < 1:
            self._view.refresh(plan.offer.node)
        return True

    def _release(self, plan: PlannedShipment) -> None:
        node = self._nodes[plan.offer.node]
        was_full = node.orders_left < 1
        node.release(plan.lines)
        if was_full:
            self._view.refresh(plan.offer.node)
