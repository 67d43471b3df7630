"""Parcels that carriers lose or damage: decided by the order's own luck when the truck leaves, and sent once more."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from twin.domain.liability import Failure
from twin.domain.orders import Lines, Order
from twin.domain.products import Product
from twin.simulation.books import Pair
from twin.simulation.clock import Clock
from twin.simulation.docks import Dock
from twin.simulation.history import History
from twin.simulation.invoices import GOLDEN
from twin.simulation.shipments import FailedShipment, Shipment

LOSS = "loss"  # the purpose of an order's luck that this takes
UNTIL_MISSED_HOURS = 7 * 24.0  # a parcel that much overdue counts as lost


class Losses:
    """Decides which shipments never arrive whole, and has their lines sent anew.

    A lost one is missed a week after it should have come, a damaged one refused when it should have. What was sent for
    an order that had such a shipment arrives.
    """

    def __init__(
        self, products: Mapping[str, Product], history: History, resend: Callable[[Order, Lines], None]
    ) -> None:
        self._products, self._history, self._resend = products, history, resend
        self._clock: Clock = history.clock
        self._had_one: set[int] = set()
        self.units = self.units_missed = self.units_resent = 0

    def carried(self, dock: Dock, departs_at: float, shipments: Sequence[Shipment]) -> None:
        """Decide about the shipments on a truck; to be asked before the history hears of them."""
        liability = dock.service.liability
        for number, shipment in enumerate(shipments, start=self._history.next_shipment):
            failure = liability.failure(self._luck(shipment))
            if failure is None or shipment.order.number in self._had_one:
                continue
            plan = shipment.plan
            goods_usd = sum(self._products[line.sku].unit_cost_usd * line.quantity for line in plan.lines)
            claim_usd = liability.claim_usd(goods_usd, len(plan.boxes.signature))
            self._history.failed[number] = FailedShipment(failure, goods_usd, claim_usd)
            self._had_one.add(shipment.order.number)
            self.units += plan.parcels.units
            self.units_missed += plan.parcels.units
            due_at = dock.arrival_if_departed(departs_at, plan.offer.transit_days)
            noticed_at = due_at + UNTIL_MISSED_HOURS if failure == "lost" else due_at
            self._clock.at(noticed_at, self._send_anew, (failure, shipment))

    def accounts(self) -> Iterator[Pair]:
        """Yield pairs of accounts of the same units, each with its name."""
        yield "units lost on invoices", self._history.accounts.lost_units, "units carriers lost or damaged", self.units
        yield "units lost or damaged", self.units, "missed + sent anew", self.units_missed + self.units_resent

    def _luck(self, shipment: Shipment) -> float:
        page, row = self._history.pages.page_of(shipment.order.number)
        return float(page.luck[LOSS][row] + GOLDEN * shipment.turn) % 1.0

    def _send_anew(self, missed: tuple[Failure, Shipment]) -> None:
        failure, shipment = missed
        units = shipment.plan.parcels.units
        self.units_missed -= units
        self.units_resent += units
        offer = shipment.plan.offer
        self._history.event(failure, offer.node, shipment.order.number, units, reason=offer.service)
        self._resend(shipment.order, shipment.plan.lines)
