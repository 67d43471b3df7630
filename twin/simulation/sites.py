"""The sites of a network as a run begins: their books, the nodes at work, and the docks their parcels leave from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from twin.domain.disruptions import Disruption
from twin.domain.stock import StockLedger
from twin.simulation.clock import Clock
from twin.simulation.days import Spread
from twin.simulation.disrupting.carriers import cancel_departures
from twin.simulation.docks import Dock, timetable
from twin.simulation.nodes import WorkingNode
from twin.simulation.staffing import Roster
from twin.simulation.transit import DayBook, TransitCalendar
from twin.simulation.world import Model

Luck = tuple[int, int]
"""The seed and the number of a replication."""


class Sites:
    """Books, nodes and docks; books and nodes by name in its order, docks as the offers number them.

    The order of nodes in a table must not matter, so it is that of their names.
    """

    def __init__(self, model: Model, clock: Clock, columns: Mapping[Spread, int], luck: Luck) -> None:
        self._model, self._clock = model, clock
        self.ledgers = {
            name: StockLedger(name, model.opening_stock.get(name, {}), model.safety_stock.get(name))
            for name in sorted(model.network.nodes)
        }
        self.nodes = {name: self._node(name, columns, luck) for name in self.ledgers}
        self.docks: list[Dock] = []

    def open_docks(
        self, calendars: Mapping[str, TransitCalendar], days: DayBook, disruptions: Sequence[Disruption], luck: Luck
    ) -> None:
        """Plan all departures, and cancel those that disruptions let down."""
        for slot in self._model.shelves.book.slots:
            calendar = calendars[slot.service.name]
            times = timetable(slot.node, slot.service, self._model.horizon.timeline, calendar)
            dock = Dock(slot.node, slot.service, times)
            dock.plan_arrivals(calendar, days)
            self.nodes[slot.node.name].docks[slot.service.name] = dock
            self.docks.append(dock)
        cancel_departures(disruptions, self.docks, *luck)

    def _node(self, name: str, columns: Mapping[Spread, int], luck: Luck) -> WorkingNode:
        node = self._model.network.nodes[name]
        roster = Roster.of(node, self._model.horizon.timeline, *luck)
        return WorkingNode(node, self.ledgers[name], self._clock, columns, self._model.network.products, roster)
