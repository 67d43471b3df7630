"""Local delivery in a run: windows that fill up, and vans that leave when they begin."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from twin.domain.local_delivery import LOCAL_DELIVERY, LocalDeliveryTerms
from twin.domain.orders import Order
from twin.policies.decision import NO_DOCK, Offer, PlannedShipment
from twin.policies.view import NetworkView
from twin.simulation.history import History
from twin.simulation.nodes import WorkingNode
from twin.simulation.shipments import Shipment
from twin.simulation.tables import words
from twin.simulation.wishes import NearStores
from twin.simulation.world import Model

WINDOW = "window"
VAN_LUCK = (WINDOW,)


class Vans:
    """Orders that a store's own van brings; `left` hears of each when its van leaves."""

    def __init__(
        self, terms: LocalDeliveryTerms, model: Model, nodes: Mapping[str, WorkingNode], history: History,
        left: Callable[[Shipment, float], None],
    ) -> None:  # fmt: skip
        self._terms, self._book, self._history, self._left = terms, model.shelves.book, history, left
        self._clock = history.clock
        stores = {name: node for name, node in nodes.items() if node.node.delivers_locally and node.node.enabled}
        self._stores = stores
        self._near = NearStores(stores, self._book, terms.max_miles)
        self._starts = {name: _starts(terms, model, node) for name, node in stores.items()}
        self._taken: Counter[tuple[str, float]] = Counter()
        self._chosen: dict[int, tuple[str, float]] = {}
        self._rows: list[tuple[int, str, float, float, float]] = []
        for node in stores.values():
            node.van = self._packed
        history.keep_local_deliveries()

    def plan(self, order: Order, network: NetworkView) -> PlannedShipment | None:
        """Plan for the first window that has room, of the nearest store that has all of an order."""
        if self._luck(order.number) >= self._terms.share:
            return None
        before = self._chosen.pop(order.number, None)
        if before is not None:  # decided anew
            self._taken[before] -= 1
        for name in self._near.with_all_of(order, network):
            starts_at = self._first_window(name)
            if starts_at is not None:
                self._taken[name, starts_at] += 1
                self._chosen[order.number] = (name, starts_at)
                return self._plan_for(name, order, network, starts_at)
        return None

    def close_day(self) -> None:
        """Write what has left."""
        if self._rows:
            order, node, starts_at, ends_at, departed_at = zip(*self._rows, strict=True)
            nodes = sorted(set(node))
            self._history.rows("local_deliveries", {
                "order": np.array(order), "node": words([nodes.index(name) for name in node], nodes),
                "window_starts_at": np.array(starts_at), "window_ends_at": np.array(ends_at),
                "departed_at": np.array(departed_at),
            })  # fmt: skip
        self._rows = []

    def _first_window(self, name: str) -> float | None:
        """Return when the first window begins that can still be chosen; None where none is left."""
        starts = self._starts[name]
        for starts_at in starts[bisect_left(starts, self._clock.now_hours + self._terms.lead_hours) :]:
            if self._taken[name, starts_at] < self._terms.orders_per_window:
                return starts_at
        return None

    def _plan_for(self, name: str, order: Order, network: NetworkView, starts_at: float) -> PlannedShipment:
        parcels, usd = network.parcels(order.lines).packed_at(name), self._terms.stop_usd
        handling_usd = self._book.handling_usd(network.nodes[name], parcels.lines, parcels.units)
        zone = self._book.zone(name, order.destination)
        offer = Offer(name, LOCAL_DELIVERY, zone, usd + handling_usd, usd, 0, NO_DOCK, 0)
        return PlannedShipment(offer, order.lines, parcels, starts_at)

    def _packed(self, shipment: Shipment) -> None:
        """Let a packed order leave when its window begins, or with the next van if that has left."""
        starts = self._starts[shipment.plan.offer.node]
        self._wait(shipment, bisect_left(starts, max(self._clock.now_hours, shipment.planned_departure_at)))

    def _wait(self, shipment: Shipment, van: int) -> None:
        """Let an order leave with a van of the run, if there is one so late."""
        starts = self._starts[shipment.plan.offer.node]
        if van < len(starts):
            self._clock.at(starts[van], self._leave, shipment)

    def _leave(self, shipment: Shipment) -> None:
        if shipment.is_taken_back:
            return
        now, starts_at = self._clock.now_hours, shipment.planned_departure_at
        if self._stores[shipment.plan.offer.node].is_shut:
            self._wait(shipment, bisect_right(self._starts[shipment.plan.offer.node], now))
            return
        del self._chosen[shipment.order.number]
        self._rows.append((
            shipment.order.number, shipment.plan.offer.node, starts_at, starts_at + self._terms.window_hours, now,
        ))  # fmt: skip
        self._left(shipment, now)

    def _luck(self, order: int) -> float:
        page, row = self._history.pages.page_of(order)
        return float(page.luck[WINDOW][row])


def _starts(terms: LocalDeliveryTerms, model: Model, node: WorkingNode) -> Sequence[float]:
    """Return when each window of the run begins at a store, on the days it works."""
    timeline, place = model.horizon.timeline, node.node.place
    days = [timeline.date(day) for day in range(timeline.days)]
    calendar = node.node.calendar
    return [
        instant
        for day in days
        if day not in calendar.closed_on
        for start in terms.starts
        if calendar.works_at(day.weekday(), start)
        for instant in (timeline.at(day, start, place.timezone),)
        if instant >= 0
    ]
