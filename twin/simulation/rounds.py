"""What happens at all nodes by the clock: new days, new hours, new prices, and news of the stock."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from twin.simulation.backorders import Backorders
from twin.simulation.clock import Steps
from twin.simulation.history import History
from twin.simulation.live_view import LiveView
from twin.simulation.nodes import WorkingNode
from twin.simulation.observing import StationLog
from twin.simulation.world import Model


def open_node(name: str, node: WorkingNode, refresh: Callable[[str], None], reopened: Callable[[str], None]) -> None:
    """Let a node take orders that took none: routing sees it, and orders that wait try it."""
    node.floor.open()
    node.expect()
    refresh(name)
    reopened(name)


class Rounds:
    """Brings nodes, what routing sees of them, and the orders that wait up to date at the instants for it."""

    def __init__(
        self, model: Model, nodes: Mapping[str, WorkingNode], view: LiveView, backorders: Backorders,
        history: History, stations: StationLog,
    ) -> None:  # fmt: skip
        self._model, self._nodes, self._view, self._backorders = model, nodes, view, backorders
        self._history, self._stations, self._clock = history, stations, history.clock

    def opens(self, name: str, node: WorkingNode) -> Steps:
        """Let a new node take orders from its first day on."""
        if node.node.opening is None:
            return
        if node.node.opening.opens_at > self._clock.now_hours:
            yield self._clock.until(node.node.opening.opens_at)
        self._history.event("node_opened", name)
        open_node(name, node, self._view.refresh, self._backorders.reopened)

    def new_days(self, name: str, node: WorkingNode) -> Steps:
        """Give a node its daily allowance of orders back at its own midnight."""
        if node.node.orders_per_day is None:
            return
        for midnight in self._model.horizon.timeline.midnights(node.node.place.timezone)[1:]:
            if midnight > 0:
                yield self._clock.until(midnight)
                if node.new_day():
                    self._history.event("order_limit_raised", name, units=int(node.orders_left))
                self._view.refresh(name)
                self._backorders.reopened(name)

    def seasons(self) -> Steps:
        """Make offers at the prices of a season of surcharges from its beginning to its end."""
        book = self._model.shelves.book
        for instant in book.changes_at:
            if instant > 0:
                yield self._clock.until(instant)
                self._view.price(book.at(instant))

    def hours(self) -> Steps:
        """Every hour, refresh what customers can be promised, relieve full nodes and log the stations."""
        for node in self._nodes.values():
            node.expect()
        for hour in range(1, self._model.horizon.days * 24 + 1):
            yield self._clock.until(float(hour))
            for node in self._nodes.values():
                node.expect()
            self._relieve()
            self._stations.look()

    def _relieve(self) -> None:
        """Try the orders that wait again at nodes that had too much to do and now have room."""
        for name, node in self._nodes.items():
            if node.overfull and node.has_room():
                node.overfull = False
                self._backorders.reopened(name)
            if node.receiving is not None:
                node.receiving.make_room()

    def syncs(self, name: str, node: WorkingNode, every_hours: float) -> Steps:
        """Show routing the stock of a node at full intervals only."""
        node.lag(sees_own=self._model.order_management.sees_own_reservations)
        self._view.refresh(name)
        while True:
            yield self._clock.timeout(every_hours)
            news = node.show()
            if news:
                self._backorders.arrived(name, news)
