"""What responses do at nodes: send waiting orders from elsewhere, open nodes on standby, let people stay longer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from twin.domain.responses import Response
from twin.policies.decision import NO_DOCK
from twin.simulation.fulfillment import Fulfillment
from twin.simulation.nodes import WorkingNode
from twin.simulation.rounds import open_node
from twin.simulation.shipments import Shipment

AT_ONCE = 20  # shipments, minutes of work for most nodes


class Rerouting:
    """Has shipments that nobody has begun at nodes that are hit decided anew, the earliest promise first.

    A node is hit while it is closed, or lacks people or machines. What customers collect, or chose a window for, stays.
    After every `AT_ONCE` of them it is looked anew how long each node takes: thousands decided on by one look would all
    go where there was room before.
    """

    def __init__(self, nodes: Mapping[str, WorkingNode], fulfillment: Fulfillment) -> None:
        self._nodes, self._fulfillment = nodes, fulfillment

    def begin(self, response: Response) -> None:
        """Send from elsewhere what can be."""
        if not response.reroute:
            return
        waiting = [
            shipment
            for node in self._nodes.values()
            if node.is_hit
            for shipment in node.floor.unbegun()
            if shipment.plan.offer.pickup != NO_DOCK and not shipment.is_taken_back
        ]
        waiting.sort(key=lambda one: (one.order.promised_by, one.order.number, one.turn))
        for first in range(0, len(waiting), AT_ONCE):
            self._decide_anew(waiting[first : first + AT_ONCE])

    def end(self, response: Response) -> None:
        """Leave everything where it is."""

    def _decide_anew(self, shipments: Iterable[Shipment]) -> None:
        gone: dict[str, list[Shipment]] = {}
        for shipment in shipments:
            name = shipment.plan.offer.node
            if self._fulfillment.reconsider(shipment):
                gone.setdefault(name, []).append(shipment)
        for name, left in gone.items():
            self._nodes[name].floor.withdraw(left)
        for node in self._nodes.values():
            node.expect()


class Standby:
    """Lets nodes on standby take orders while any response asks for it; what they have by then they finish."""

    def __init__(
        self, nodes: Mapping[str, WorkingNode], refresh: Callable[[str], None], reopened: Callable[[str], None]
    ) -> None:
        self._nodes = {name: node for name, node in nodes.items() if node.node.standby and node.node.enabled}
        self._refresh, self._reopened = refresh, reopened
        self._asked: set[str] = set()

    def begin(self, response: Response) -> None:
        """Open them."""
        if not response.open_standby:
            return
        self._asked.add(response.name)
        for name, node in self._nodes.items():
            if node.floor.on_standby:
                open_node(name, node, self._refresh, self._reopened)

    def end(self, response: Response) -> None:
        """Take no more orders there."""
        if response.name in self._asked:
            self._asked.remove(response.name)
            for name, node in () if self._asked else self._nodes.items():
                node.floor.close()
                self._refresh(name)


class LongerShifts:
    """Lets shifts stay on sooner and longer than they usually would; of several responses the last to begin counts."""

    def __init__(self, nodes: Mapping[str, WorkingNode]) -> None:
        self._floors = [node.floor for node in nodes.values() if node.node.work.overtime is not None]
        self._asked: dict[str, Response] = {}

    def begin(self, response: Response) -> None:
        """Ask people to stay."""
        if response.overtime is not None:
            self._asked.pop(response.name, None)
            self._asked[response.name] = response
            self._set()

    def end(self, response: Response) -> None:
        """Let them go home as usual."""
        if self._asked.pop(response.name, None) is not None:
            self._set()

    def _set(self) -> None:
        hours = next((one.overtime for one in reversed(self._asked.values())), None)
        for floor in self._floors:
            usual = floor.node.work.overtime
            assert usual is not None, "only floors that know overtime are kept"
            floor.overtime = usual if hours is None else replace(
                usual, from_backlog_hours=hours.from_backlog_hours, most_hours=hours.most_hours
            )  # fmt: skip
