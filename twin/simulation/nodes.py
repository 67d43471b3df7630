"""A node at work: its daily limit, its stock, what it can promise, and its floor."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from twin.domain.errors import TwinError
from twin.domain.nodes import FulfillmentNode
from twin.domain.orders import Lines
from twin.domain.products import Product
from twin.domain.shelf import Shelf
from twin.domain.stock import StockLedger
from twin.policies.decision import Reason
from twin.simulation.clock import Clock
from twin.simulation.counter import Counter
from twin.simulation.days import Spread
from twin.simulation.docks import Dock
from twin.simulation.floor import Floor
from twin.simulation.order_limit import OrderLimit
from twin.simulation.receiving import Receiving, Shelved, Truckload
from twin.simulation.shipments import Shipment
from twin.simulation.staffing import OpenHours, Roster
from twin.simulation.stages import Stations

NOTHING: dict[str, int] = {}


class WorkingNode:
    """One node's live state; the order path is `first`, then the stages of the floor, then the dock."""

    def __init__(
        self, node: FulfillmentNode, ledger: StockLedger, clock: Clock, columns: Mapping[Spread, int],
        products: Mapping[str, Product], roster: Roster,
    ) -> None:  # fmt: skip
        self.node, self.ledger, self.clock = node, ledger, clock
        self.docks: dict[str, Dock] = {}
        self._order_limit = OrderLimit(node)
        self.orders_left = self._order_limit.today
        self.overfull = self.closed = False
        self._shown = ledger.available
        self._sees_own = True
        self._lags = self.is_frozen = False
        self._found_rate = node.found_rate
        self._waiting_cap = node.stages[0].waiting_cap
        inbound = node.work.inbound
        self.receiving = None if inbound is None else Receiving(inbound, ledger, products, clock, roster)
        self.counter = None if node.pickup is None else Counter(node.pickup, clock)
        others: list[Stations] = [] if self.receiving is None else [self.receiving.put_away]
        others += [] if self.counter is None else [self.counter]
        self.floor = Floor(node, clock, columns, roster, self._packed, others)
        self.shelf: Shelf | None = None
        self.van: Callable[[Shipment], None] = _no_van
        self.first = self.floor.first
        self.open = OpenHours(roster.staffing)
        self._work_hours = sum(stage.work_hours.mean for stage in node.stages)

    @property
    def is_shut(self) -> bool:
        """Whether a disruption has closed it, or left nobody to work there."""
        return self.closed or self.floor.capacity_rate <= 0

    @property
    def is_hit(self) -> bool:
        """Whether a disruption has closed it or taken people or machines away."""
        return self.closed or self.floor.lacks_something

    @property
    def closed_because(self) -> Reason | None:
        """Why the node takes no orders now, or None."""
        if not self.node.enabled:
            return Reason.NODE_DISABLED
        if self.is_shut or self.floor.on_standby:
            return Reason.NODE_CLOSED
        return Reason.ORDER_LIMIT if self.orders_left < 1 else None

    def promisable(self) -> dict[str, int]:
        """Return the stock routing may use: all that it is shown as available, or nothing while the node is closed."""
        return NOTHING if self.closed_because else self._shown

    def lag(self, *, sees_own: bool) -> None:
        """Show routing a copy of the stock from now on, and its own reservations only if it sees these."""
        self._shown, self._sees_own, self._lags = dict(self.ledger.available), sees_own, True

    def freeze(self, *, sees_own: bool) -> None:
        """Show routing the stock as it was shown last, until it is thawed."""
        self.is_frozen = True
        if not self._lags:
            self._shown, self._sees_own = dict(self.ledger.available), sees_own

    def thaw(self) -> list[str]:
        """Show what there is, and return the products that routing now sees and did not see before."""
        self.is_frozen = False
        news = self.show()
        if not self._lags:
            self._shown = self.ledger.available
        return news

    def show(self) -> list[str]:
        """Bring what routing is shown up to date and return the products that it now sees and did not see before."""
        if self.is_frozen:
            return []
        shown, available = self._shown, self.ledger.available
        news = [sku for sku, units in available.items() if units > 0 >= shown[sku]]
        if shown is not available:
            shown.update(available)
        return news

    def hide(self, sku: str) -> None:
        """Show routing nothing of a product any more, however old its picture is, until what there is is shown anew."""
        self._shown[sku] = min(self._shown[sku], 0)

    def reserve(self, lines: Lines) -> bool:
        """Reserve lines, of the day's orders one; answer whether they were there, which an old picture cannot know."""
        if self._shown is not self.ledger.available:
            if not self.ledger.can_fill(lines):
                return False
            self._count_own(lines, -1)
        self.ledger.reserve(lines)
        self.orders_left -= 1
        return True

    def release(self, lines: Lines) -> None:
        """Give reserved lines back, and their place among the day's orders."""
        if self._shown is not self.ledger.available:
            self._count_own(lines, 1)
        self.ledger.release(lines)
        self.orders_left = min(self.orders_left + 1, self._order_limit.today)

    def new_day(self) -> bool:
        """Give the daily allowance of orders back; answer whether it is higher from now on."""
        raised = self._order_limit.end_day(self._order_limit.today - self.orders_left)
        self.orders_left = self._order_limit.today
        return raised

    def _count_own(self, lines: Lines, sign: int) -> None:
        if self._sees_own:
            for line in lines:
                self._shown[line.sku] += sign * line.quantity

    def declines(self, luck: float) -> bool:
        """Answer whether the node sends a shipment back: the goods cannot be found, or too much work waits."""
        if self._waiting_cap is not None and not self.has_room():
            self.overfull = True
            return True
        return luck >= self._found_rate

    def luck_of_reason(self, luck: float) -> float:
        """Return a fresh uniform from the luck of a shipment that was not found."""
        if self.shelf is not None:  # there luck has not said yet what is found
            return luck
        return (luck - self._found_rate) / (1.0 - self._found_rate) if luck >= self._found_rate else 0.0

    def has_room(self) -> bool:
        """Answer whether the line at the first stage is below its cap."""
        return self._waiting_cap is None or self.floor.in_line() < self._waiting_cap

    def ready_at(self) -> float:
        """Return when an order placed now should be packed: after the backlog, in hours the node works."""
        floor = self.floor
        hands = max(1, floor.bottleneck.hands * floor.capacity_rate)
        return self.open.after(floor.begins_at(), self._work_hours + floor.backlog_hours() / hands)

    def take_in(self, load: Truckload, shelved: Shelved) -> None:
        """Let a truck come; `shelved` hears of its goods as they get on the shelf, which may be at once."""
        if self.receiving is None:
            shelved(load)
        else:
            self.receiving.arrives(load, shelved)

    def expect(self) -> None:
        """Refresh what the docks can promise."""
        now, ready_at = self.clock.now_hours, self.ready_at()
        for dock in self.docks.values():
            dock.expect(now, ready_at)

    def _packed(self, shipment: Shipment) -> None:
        dock = self.docks.get(shipment.plan.offer.service)
        if dock is not None:
            dock.packed.append(shipment)
        elif not shipment.is_taken_back:
            self.van(shipment)


def _no_van(shipment: Shipment) -> None:
    offer = shipment.plan.offer
    raise TwinError(f"order {shipment.order.number}: {offer.service!r} does not collect at {offer.node!r}")
