"""When and how much to reorder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from twin.domain.stock import StockLedger


class ReplenishmentPolicy(Protocol):
    """Anything that can decide what a node orders at its review."""

    def orders(self, ledger: StockLedger) -> Iterator[tuple[str, int]]:
        """Yield (sku, units) to order from the supplier now."""


@dataclass(frozen=True, slots=True)
class OrderUpTo:
    """Bring every product's inventory position back up to its level (periodic review, base stock).

    `levels` holds the order-up-to level by node and SKU.
    """

    levels: Mapping[str, Mapping[str, int]]

    def orders(self, ledger: StockLedger) -> Iterator[tuple[str, int]]:
        """Yield the units that are missing to each level."""
        available, in_transit, backordered = ledger.available, ledger.in_transit, ledger.backordered
        for sku, level in self.levels.get(ledger.node, {}).items():
            missing = level - available[sku] - in_transit[sku] + backordered[sku]  # `position` costs a call for each
            if missing > 0:
                yield sku, missing
