"""The shop around a shelf: customers who take goods, goods that vanish, counts by night, and the node's pickers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import floor

from twin.domain.orders import Lines
from twin.domain.shelf import Shelf
from twin.simulation.clock import Clock, Steps
from twin.simulation.nodes import WorkingNode
from twin.simulation.shelf_luck import ShelfLuck, Visit
from twin.simulation.shipments import Shipment

Change = Callable[[str, str, int], None]
"""Hears of the units by which the books of a node change for a product."""


class SalesFloor:
    """What happens at one node with a shelf besides the work on orders.

    `declined` hears of shipments for which goods are missing, `change` of every change of the books.
    """

    def __init__(
        self, node: WorkingNode, luck: ShelfLuck, clock: Clock, declined: Callable[[Shipment, Lines], None],
        change: Change,
    ) -> None:  # fmt: skip
        assert node.node.shelf is not None, "only nodes with a shelf have a sales floor"
        self.shelf = Shelf(node.ledger, luck.opening_errors(node.ledger.opening))
        self._node, self._terms, self._luck, self._clock = node, node.node.shelf, luck, clock
        self._declined, self._change = declined, change
        self._skus = sorted(node.ledger.opening)
        node.shelf = self.shelf
        node.floor.finds = self._finds

    def processes(self, midnights: Sequence[float]) -> Iterable[Steps]:
        """Return what goes on: nights, and customers where there are any."""
        yield self._nights(midnights)
        if self._terms.walk_in_units_per_day:
            yield self._days(self._luck.visits())

    def _finds(self, shipment: Shipment) -> bool:
        """Let a picker take the goods of a shipment; answer whether all were there, or are no longer wanted."""
        if shipment.is_taken_back:
            return True
        missing = self.shelf.pick(shipment.plan.lines)
        if missing:
            self._declined(shipment, missing)
        return not missing

    def _days(self, visits: Iterable[Visit]) -> Steps:
        """Let customers take what they want and find; a shop that is shut by a disruption sells nothing."""
        take_reserved = self._terms.walk_ins_take_reserved
        for visit in visits:
            yield self._clock.until(visit.at)
            is_open = not self._node.is_shut
            for sku, wanted in visit.wanted.items():
                if is_open and sku not in self._node.ledger.recalled:
                    self._tell(sku, -self.shelf.sell(sku, wanted, take_reserved=take_reserved))
                else:
                    self.shelf.lost_units += wanted

    def _nights(self, midnights: Sequence[float]) -> Steps:
        """Every night some goods are gone, and some products are counted, all of them in turn."""
        every = self._terms.count_every_days
        for night, (midnight, luck) in enumerate(zip(midnights, self._luck.losses(), strict=False)):
            yield self._clock.until(midnight)
            if self._terms.shrinkage_per_day:
                self._lose(luck)
            for sku in self._skus[night % every :: every] if every else ():
                self._tell(sku, self.shelf.count(sku))

    def _lose(self, luck: Mapping[str, float]) -> None:
        for sku in self._skus:
            units = floor(max(0, self.shelf.lying(sku)) * self._terms.shrinkage_per_day + luck[sku])
            if units:
                self.shelf.vanish(sku, units)

    def _tell(self, sku: str, units: int) -> None:
        if units:
            self._change(self._node.node.name, sku, units)
