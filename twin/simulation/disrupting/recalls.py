"""Products that are called back: nothing of them is promised, and what was promised and has not left is taken back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from twin.domain.disruptions import Disruption
from twin.domain.effects import Recall
from twin.simulation.disrupting.custody import Custody
from twin.simulation.disrupting.destruction import DESTROYED
from twin.simulation.disrupting.disruptor import Moment
from twin.simulation.disrupting.orders_back import OrdersBack
from twin.simulation.history import History
from twin.simulation.nodes import WorkingNode
from twin.simulation.shipments import Shipment

RECALLED = "recalled"
Tell = Callable[[str, str, int], None]


class Recalls:
    """Withholds products everywhere while they are recalled; of several recalls of one the last to end frees it.

    `tell` hears of changes of the books: at a node, of a product, by so many units on hand; `back_on_sale` of the
    products that can be promised at a node again.
    """

    def __init__(
        self, nodes: Mapping[str, WorkingNode], custody: Custody, orders: OrdersBack, history: History,
        tell: Tell, back_on_sale: Callable[[str, Iterable[str]], None],
    ) -> None:  # fmt: skip
        self._nodes, self._custody, self._orders, self._history = nodes, custody, orders, history
        self._tell, self._back_on_sale = tell, back_on_sale
        self._recalls: Counter[str] = Counter()

    def apply(self, event: Disruption, moment: Moment) -> None:
        """Take products from sale as a recall begins, and sell or scrap them as it ends."""
        effect = event.effect(Recall)
        if effect is None or moment == "changes":
            return
        if moment == "begins":
            fresh = [sku for sku in effect.skus if not self._recalls[sku]]
            self._recalls.update(effect.skus)
            self._begin(fresh)
        else:
            self._recalls.subtract(effect.skus)
            self._end([sku for sku in effect.skus if not self._recalls[sku]], scrap=effect.disposal == "scrap")

    def _begin(self, skus: Iterable[str]) -> None:
        with self._orders.decided_anew() as taken:
            for name, node in self._nodes.items():
                for sku in skus:
                    if sku in node.ledger.on_hand:
                        taken.extend(self._withhold(name, node, sku))

    def _withhold(self, name: str, node: WorkingNode, sku: str) -> list[Shipment]:
        """Take a product of a node from sale, and return the shipments that held it."""
        taken = self._custody.holding(name, sku)
        for shipment in taken:
            self._custody.take_back(node, shipment, RECALLED)
        units = node.ledger.recall(sku)
        node.hide(sku)
        if units > 0:
            self._history.event(RECALLED, name, units=units, reason=sku)
        return taken

    def _end(self, skus: Iterable[str], *, scrap: bool) -> None:
        for name, node in self._nodes.items():
            mine = [sku for sku in skus if sku in node.ledger.recalled]
            for sku in mine:
                if scrap:
                    self._scrap(name, node, sku)
                node.ledger.end_recall(sku)
            self._back_on_sale(name, mine)

    def _scrap(self, name: str, node: WorkingNode, sku: str) -> None:
        """Destroy all of a product that is on hand; of a shelf, what lies there."""
        units = node.ledger.on_hand[sku]
        if node.shelf is not None:
            units = min(units, max(0, node.shelf.lying(sku)))
        if units:
            node.ledger.destroy(sku, units)
            self._tell(name, sku, -units)
            self._history.event(DESTROYED, name, units=units, reason=sku)
