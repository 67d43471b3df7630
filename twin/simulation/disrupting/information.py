"""Systems that fail: stock feeds that stand still, and an order management that is down."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from twin.domain.disruptions import EVERYWHERE, Disruption
from twin.domain.effects import FeedFrozen, OrderManagementDown
from twin.domain.orders import Order
from twin.simulation.disrupting.capacity import hits
from twin.simulation.disrupting.disruptor import Moment
from twin.simulation.fulfillment import Fulfillment
from twin.simulation.nodes import WorkingNode
from twin.simulation.order_desk import OrderDesk


class StockFeeds:
    """Shows routing the stock of nodes as it was when their feed froze, until the last outage there ends."""

    def __init__(
        self, nodes: Mapping[str, WorkingNode], refresh: Callable[[str], None],
        seen: Callable[[str, Iterable[str]], None], *, sees_own: bool,
    ) -> None:  # fmt: skip
        self._nodes, self._refresh, self._seen, self._sees_own = nodes, refresh, seen, sees_own
        self._outages: Counter[str] = Counter()

    def apply(self, event: Disruption, moment: Moment) -> None:
        """Freeze feeds as an outage begins, and bring the picture up to date as it ends."""
        if event.effect(FeedFrozen) is None or moment == "changes":
            return
        for name, node in self._nodes.items():
            if event.scope in EVERYWHERE or hits(event, node):
                self._outages[name] += 1 if moment == "begins" else -1
                if self._outages[name] == 0:
                    news = node.thaw()
                    self._refresh(name)
                    self._seen(name, news)
                elif not node.is_frozen:
                    node.freeze(sees_own=self._sees_own)
                    self._refresh(name)


class Intake:
    """Hands new orders to order management; while that is down they are taken and wait.

    Once it is back they are decided on in the order they came, those for the desk at its next run. What is under way
    goes on meanwhile: a node that declines asks for another one, and goods that come go to orders that wait.
    """

    def __init__(self, fulfillment: Fulfillment, desk: OrderDesk, *, is_direct: bool) -> None:
        self._fulfillment, self._desk, self._is_direct = fulfillment, desk, is_direct
        self._place = fulfillment.place if is_direct else desk.place
        self._outages = 0
        self._waiting: list[Order] = []

    def place(self, order: Order) -> None:
        """Take an order."""
        if self._outages:
            self._waiting.append(order)
        else:
            self._place(order)

    def apply(self, event: Disruption, moment: Moment) -> None:
        """Stop as an outage begins, and catch up as the last one ends."""
        if event.effect(OrderManagementDown) is None or moment == "changes":
            return
        self._outages += 1 if moment == "begins" else -1
        self._desk.is_down = self._outages > 0
        if not self._outages:
            waiting, self._waiting = self._waiting, []
            self._catch_up(waiting)

    def _catch_up(self, orders: Iterable[Order]) -> None:
        if self._is_direct:
            self._fulfillment.place_late(list(orders))
        else:
            for order in orders:
                self._desk.place(order)
