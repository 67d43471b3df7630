"""How production's order management works around the routing policy: when it decides, what it sees, what it is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from twin.domain.orders import Lines
from twin.domain.stock import StockLedger

Commit = Literal["at_order", "at_run", "at_release"]
"""When an order gets its node: at once; at the next run; or at once, but changed at every run until its release."""
StockEffect = Literal["none", "emptied", "corrected", "withheld"]
"""What a rejection does to the books of the node: nothing; nothing is left of the product; the units asked for are
written off; they stay in the books and are not promised again."""

NOT_FOUND, TOO_MUCH_WORK = "NOT_FOUND", "TOO_MUCH_WORK"


@dataclass(frozen=True, slots=True)
class RejectionReason:
    """Why a node sends a shipment back when the goods are not found, how often, and what that does to its books."""

    name: str
    share: float
    effect: StockEffect

    def __post_init__(self) -> None:
        if not 0 < self.share <= 1:
            raise ValueError(f"rejection {self.name!r}: share must lie above 0 and not above 1, got {self.share}")


@dataclass(frozen=True, slots=True)
class OrderManagement:
    """The order management of a design; as it stands here, orders are routed at once on live stock.

    Runs come every `run_every_hours`, counted from midnight. With `at_release` an order stays open to change for
    `hold_hours` at most, less where its pickup would be missed. With `stock_lag_hours` above 0 the policy sees each
    node's stock as it was sent at the last full interval, its own reservations since only if `sees_own_reservations`.
    Abandoned carts hold the lines of an order like the one beside it for `cart_hold_hours`.
    """

    commit: Commit = "at_order"
    run_every_hours: float = 0.25
    hold_hours: float = 6.0
    stock_lag_hours: float = 0.0
    sees_own_reservations: bool = True
    cart_hold_hours: float = 0.0
    abandoned_carts_per_order: float = 0.0
    rejections: tuple[RejectionReason, ...] = ()

    @property
    def is_direct(self) -> bool:
        """Whether orders go straight to the policy."""
        return self.commit == "at_order" and not self.holds_carts

    @property
    def holds_carts(self) -> bool:
        """Whether carts hold stock that nobody has bought."""
        return self.cart_hold_hours > 0 and self.abandoned_carts_per_order > 0

    def rejection(self, luck: float) -> RejectionReason | None:
        """Return the reason that a fresh uniform picks, None where none are told apart."""
        for reason in self.rejections:
            if luck < reason.share:
                return reason
            luck -= reason.share
        return self.rejections[-1] if self.rejections else None


def apply(effect: StockEffect, lines: Lines, ledger: StockLedger) -> None:
    """Change the books of a node that sent some lines back; their reservation is gone already."""
    for line in lines:
        if effect == "emptied":
            ledger.write_off(line.sku, ledger.on_hand[line.sku])
        elif effect == "corrected":
            ledger.write_off(line.sku, line.quantity)
        elif effect == "withheld":
            ledger.withhold(line.sku, line.quantity)


class AggregateBook:
    """Units sold or held in carts that no node has reserved yet, by SKU.

    Shops sell against the sum of all nodes; which node ships is found later. So more can be sold than any one node,
    or the nodes of one run, can ship: oversold.
    """

    def __init__(self) -> None:
        self.units: dict[str, int] = {}

    def take(self, lines: Lines) -> None:
        """Enter what was sold or put into a cart."""
        for line in lines:
            self.units[line.sku] = self.units.get(line.sku, 0) + line.quantity

    def give_back(self, lines: Lines) -> None:
        """Strike out what a node has reserved now, or a cart no longer holds."""
        for line in lines:
            self.units[line.sku] -= line.quantity

    def leaves(self, lines: Lines, available: Mapping[str, int]) -> bool:
        """Answer whether the units available at all nodes cover some lines beside what is sold and held."""
        return all(available[line.sku] - self.units.get(line.sku, 0) >= line.quantity for line in lines)
