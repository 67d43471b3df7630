"""All nodes of a run that keep a shelf of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from twin.domain.orders import Lines
from twin.domain.shelf import Shelf
from twin.simulation.clock import Steps
from twin.simulation.history import History
from twin.simulation.nodes import WorkingNode
from twin.simulation.sales_floor import Change, SalesFloor
from twin.simulation.shelf_log import ShelfLog
from twin.simulation.shelf_luck import ShelfLuck
from twin.simulation.shipments import Shipment
from twin.simulation.world import Model


class Shops:
    """The sales floors by node, and their daily table where there are any."""

    def __init__(
        self, model: Model, nodes: Mapping[str, WorkingNode], history: History, luck: tuple[int, int],
        declined: Callable[[Shipment, Lines], None], change: Change,
    ) -> None:  # fmt: skip
        self._timeline = model.horizon.timeline
        self._nodes = {name: node for name, node in nodes.items() if node.node.shelf is not None and node.node.enabled}
        lucks = {
            name: ShelfLuck(node.node, model.network.products, self._timeline, *luck)
            for name, node in self._nodes.items()
        }
        self._floors = {
            name: SalesFloor(node, lucks[name], history.clock, declined, change) for name, node in self._nodes.items()
        }
        books = {name: (node.ledger, self._floors[name].shelf) for name, node in self._nodes.items()}
        self._log = ShelfLog(books, history) if books else None

    @property
    def shelves(self) -> Sequence[Shelf]:
        """What lies there, node by node."""
        return [floor.shelf for floor in self._floors.values()]

    def processes(self) -> Iterator[Steps]:
        """Return what goes on at every node, by its own clock."""
        for name, floor in self._floors.items():
            midnights = self._timeline.midnights(self._nodes[name].node.place.timezone)
            yield from floor.processes(midnights[2:])  # the first night follows the first day

    def carried(self, name: str, shipments: Sequence[Shipment]) -> None:
        """Let a truck take what was picked at a node."""
        if name in self._floors:
            for shipment in shipments:
                self._floors[name].shelf.ship(shipment.plan.lines)

    def close_day(self) -> None:
        """Write the day's row for every shelf."""
        if self._log is not None:
            self._log.close_day()
