"""Where orders wait between checkout and a node: until the next run, or until nothing can change them any more."""

from __future__ import annotations

from math import floor
from typing import final

from twin.domain.orders import Lines, Order, units_of
from twin.policies.decision import Decision
from twin.simulation.clock import Clock, Steps
from twin.simulation.fulfillment import Fulfillment
from twin.simulation.history import History
from twin.simulation.live_view import LiveView
from twin.simulation.order_management import AggregateBook, OrderManagement

SCATTER = 7919.0  # spreads an order's luck anew, for its carts not to share it with what its node finds


@final
class OrderDesk:
    """Sells orders against the stock of all nodes together, and gives them to the fulfillment when it is time.

    `sold_units` are sold and not yet at a node, `held_units` reserved at a node and not yet released.
    While it `is_down` no run comes.
    """

    def __init__(
        self, management: OrderManagement, fulfillment: Fulfillment, view: LiveView, history: History, clock: Clock
    ) -> None:
        self._management, self._fulfillment = management, fulfillment
        self._view, self._history, self._clock = view, history, clock
        self._book = AggregateBook()
        self._waiting: list[Order] = []
        self._held: dict[int, tuple[Order, Decision]] = {}
        self._freed: dict[str, None] = {}
        self.sold_units = self.held_units = 0
        self.is_down = False

    def place(self, order: Order) -> None:
        """Sell an order if the nodes' stock covers it; else it waits for stock like any backorder."""
        commit = self._management.commit
        self._fulfillment.count(order)
        if not self._covers(order.lines):
            self._fulfillment.turn_away(order)
        elif commit == "at_order":
            self._fulfillment.route(order)
        elif commit == "at_run":
            self._book.take(order.lines)
            self.sold_units += units_of(order.lines)
            self._waiting.append(order)
        else:
            self._route_or_hold([order], hold=True)
        self._fill_carts(order)

    def runs(self, until: float) -> Steps:
        """At every run of the day, route what was sold, plan anew what is held, and sell what carts no longer hold."""
        every, count = self._management.run_every_hours, 1
        while count * every < until:
            yield self._clock.until(count * every)
            if not self.is_down:
                self._run()
            count += 1

    def _run(self) -> None:
        if self._freed:
            self._fulfillment.freed(self._freed)
            self._freed = {}
        self._route_waiting()
        self._replan()

    def _route_waiting(self) -> None:
        """Give every order that was sold since the last run its nodes, the earliest promise first."""
        orders = sorted(self._waiting, key=lambda order: (order.promised_by, order.number))
        self._waiting = []
        for order in orders:
            self._book.give_back(order.lines)
            self.sold_units -= units_of(order.lines)
        for routed in self._fulfillment.decide_all(orders):
            if routed.decision.unfilled:  # it was sold, so somebody counts on it
                self._history.event("oversold", "", routed.order.number, units_of(routed.decision.unfilled))
            self._fulfillment.start(routed)

    def give_back(self) -> list[Order]:
        """Promise nothing any more to the orders that are not released, and return them, to be taken again at once."""
        orders = [order for order, _ in self._held.values()]
        for _, decision in self._held.values():
            self._fulfillment.release(decision)
            self.held_units -= _units_shipped(decision)
        self._held = {}
        return orders

    def take_again(self, orders: list[Order]) -> None:
        """Decide anew on orders that were given back; they stay open to change."""
        self._route_or_hold(orders, hold=True)

    def _replan(self) -> None:
        """Decide anew on all orders that are not released, and release those for which it is time."""
        self._route_or_hold(self.give_back(), hold=False)

    def _route_or_hold(self, orders: list[Order], *, hold: bool) -> None:
        """Decide on orders; keep those that can still wait, and start the others."""
        for routed in self._fulfillment.decide_all(orders):
            order, decision = routed.order, routed.decision
            reserved = all(routed.reserved) and not decision.unfilled
            if not reserved or not (hold or self._can_wait(order, decision)):
                self._fulfillment.start(routed)
            else:
                self._held[order.number] = (order, decision)
                self.held_units += _units_shipped(decision)

    def _can_wait(self, order: Order, decision: Decision) -> bool:
        """Answer whether the next run is early enough for an order's hold and for its pickups."""
        next_run = self._clock.now_hours + self._management.run_every_hours
        if order.placed_at + self._management.hold_hours < next_run:
            return False
        return all(self._view.order_by(plan.offer) >= next_run for plan in decision.shipments)

    def _covers(self, lines: Lines) -> bool:
        nodes, available = self._view.nodes, self._view.available_to_promise
        return self._book.leaves(lines, {line.sku: sum(available(node, line.sku) for node in nodes) for line in lines})

    def _fill_carts(self, order: Order) -> None:
        """Put an order's lines into the carts that are abandoned beside it, while there is stock to hold."""
        if not self._management.holds_carts:
            return
        carts = self._management.abandoned_carts_per_order
        luck = order.found_luck * SCATTER % 1.0
        for _ in range(floor(carts) + (luck < carts % 1.0)):
            if self._covers(order.lines):
                self._book.take(order.lines)
                self._clock.after(self._management.cart_hold_hours, self._empty_cart, order.lines)

    def _empty_cart(self, lines: Lines) -> None:
        """Let others have what a cart held."""
        self._book.give_back(lines)
        self._freed |= dict.fromkeys(line.sku for line in lines)


def _units_shipped(decision: Decision) -> int:
    return sum(plan.parcels.units for plan in decision.shipments)
