"""All suppliers of a run: who refills whom, and what the books and the waiting orders hear of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from twin.simulation.backorders import Backorders
from twin.simulation.clock import Steps
from twin.simulation.disrupting.supply import Held
from twin.simulation.freight import FreightClerk
from twin.simulation.history import History
from twin.simulation.nodes import WorkingNode
from twin.simulation.observing import StockLog
from twin.simulation.receiving import Truckload
from twin.simulation.replenishing import ORDERED, TRANSFERRED, Supplier, review_instants
from twin.simulation.world import Model


class Supplies:
    """The supplier of every node that has one; `held` says how long disruptions hold a truck up."""

    def __init__(
        self, nodes: Mapping[str, WorkingNode], freight: FreightClerk, history: History, stock: StockLog,
        backorders: Backorders, held: Held,
    ) -> None:  # fmt: skip
        self._nodes, self._freight, self._history = nodes, freight, history
        self._stock, self._backorders, self._held = stock, backorders, held
        self._suppliers: list[Supplier] = []

    @property
    def units_on_road(self) -> int:
        """What has left a supplier and is not on the shelf."""
        return sum(supplier.units_on_road for supplier in self._suppliers)

    def processes(self, model: Model, seed: int, replication: int) -> Iterator[Steps]:
        """Return the reviews of all nodes."""
        policies = [(0.0, model.replenishment), *model.restocking]
        for node in self._nodes.values():
            supply = node.node.supply
            if supply is not None and node.node.enabled:
                source = self._nodes.get(supply.supplier)
                supplier = Supplier(node, policies, self._history.clock, self._truck, self._shelved, source)
                supplier.held = self._held
                self._suppliers.append(supplier)
                zone = node.node.place.timezone
                instants = review_instants(model.horizon.timeline, zone, model.review_days, model.review_hour)
                yield supplier.reviews(instants, seed, replication)

    def _truck(self, name: str, kind: str, load: Truckload, distance_km: float) -> None:
        """Note and bill what a supplier sent, what it brought, and what a node sent on."""
        if kind == ORDERED:
            self._freight.sent(name, load)
        if kind == TRANSFERRED:
            self._stock.touch(name)
        units = sum(count for _, count in load)
        self._history.event(kind, name, units=units, distance_km=distance_km)

    def _shelved(self, name: str, load: Truckload) -> None:
        """Let orders that wait for it have what is on the shelf now."""
        self._stock.take_in(name, load)
        self._backorders.arrived(name, (sku for sku, _ in load))
