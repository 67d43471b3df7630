"""The way back: which node a returned line goes to, how, and when it is there."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from math import inf

import numpy as np

from twin.domain.returns import ReturnTerms
from twin.policies.returns import ReturnRoute, store_near
from twin.simulation.returned_lines import DROP_OFF, LABEL, ReturnedLine
from twin.simulation.transit import DayBook, TransitCalendar
from twin.simulation.world import Model


class WayBack:
    """Sends returned lines to nodes by carrier, or has them dropped off at a store near the customer."""

    def __init__(self, terms: ReturnTerms, route: ReturnRoute, model: Model) -> None:
        self._terms, self._route = terms, route
        self._network, self._book = model.network, model.shelves.book
        timeline = model.horizon.timeline
        self._service = model.network.services[terms.label_service]
        self._calendar = TransitCalendar(self._service, timeline, model.holidays)
        self._days = DayBook(timeline)
        nodes = model.network.nodes.values()
        self._opens = {node.name: [starts for starts, _, _ in node.calendar.spans(timeline)] for node in nodes}
        self._keepers = {
            sku: frozenset(node.name for node in nodes if node.takes_back(sku)) for sku in model.network.products
        }
        self._nodes: dict[tuple[str, str, frozenset[str]], str] = {}
        self._of_zone: dict[str, list[float]] = {}
        self._brought: dict[tuple[int, int, str], float] = {}
        self._stores: dict[tuple[str, frozenset[str]], str | None] = {}

    def node_for(self, destination: str, sku: str, origin: str, *, drops_off: bool) -> tuple[str, str]:
        """Return the node a product goes to, and how; who has no store near sends a parcel."""
        keepers = self._keepers[sku]  # products that the same nodes keep go the same ways
        store = self._store(destination, sku, keepers) if drops_off else None
        if store is not None:
            return store, DROP_OFF
        key = (destination, origin, keepers)
        if key not in self._nodes:
            self._nodes[key] = self._route.decide(self._network, destination, sku, origin)
        return self._nodes[key], LABEL

    def arrives_at(self, line: ReturnedLine) -> float:
        """Return when a line is at its node: as a shift begins, on the day the carrier comes or after a drop-off."""
        there_at = line.requested_at
        if line.method == LABEL:
            zone = self._book.zone(line.node, line.destination)
            left_on = bisect_right(self._midnights(self._network.places[line.destination].timezone), there_at) - 1
            there_at = max(there_at, self._brought_at(left_on, zone, self._network.nodes[line.node].place.timezone))
        opens = self._opens[line.node]
        at = bisect_left(opens, there_at)
        return opens[at] if at < len(opens) else inf

    def _brought_at(self, left_on: int, zone: int, timezone: str) -> float:
        """Return the midnight that begins the day on which the carrier brings what was handed over on a day."""
        key = (left_on, zone, timezone)
        if key not in self._brought:
            transit_days = max(1, self._service.typical_days[zone - 1] or 0)
            (day,) = self._calendar.delivery_day(np.array([left_on]), np.array([transit_days]))
            self._brought[key] = self._midnights(timezone)[day]
        return self._brought[key]

    def _midnights(self, timezone: str) -> list[float]:
        if timezone not in self._of_zone:
            self._of_zone[timezone] = self._days.midnights(timezone).tolist()
        return self._of_zone[timezone]

    def _store(self, destination: str, sku: str, keepers: frozenset[str]) -> str | None:
        key = (destination, keepers)
        if key not in self._stores:
            self._stores[key] = store_near(self._network, destination, sku, self._terms.drop_off.within_miles)
        return self._stores[key]
