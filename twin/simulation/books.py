"""The books of a run: what must add up at every simulated midnight and at the end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import TypeVar

import numpy as np

from twin.domain.errors import TwinError
from twin.domain.network import Network
from twin.domain.shelf import Shelf
from twin.domain.stock import StockLedger
from twin.simulation.days import Integers
from twin.simulation.invoices import Columns
from twin.simulation.returned_lines import ReturnBill

Key = TypeVar("Key", str, int)
Pair = tuple[str, int, str, int]
"""Two accounts of the same units: the name of the one and what it says, and the other's."""

COSTS = ("label_usd", "surcharge_usd", "handling_usd", "packaging_usd", "late_credit_usd", "lost_goods_usd",
         "claimed_usd")  # fmt: skip
NO_SERVICE = -1  # what no carrier is paid
EMISSIONS = ("linehaul_co2e_kg", "last_mile_co2e_kg", "packaging_co2e_kg")


class BooksDisagree(TwinError):  # noqa: N818  (says what is wrong, as an auditor would)
    """Two accounts of the same thing differ: the run cannot be trusted and stops."""


@dataclass(slots=True)
class Accounts:
    """Running totals in whole micro-dollars and milligrams, kept by cost component, by node and by carrier."""

    network: Network
    shipped_units: int = 0
    lost_units: int = 0
    cancelled_units: int = 0
    ordered_units: int = 0
    by_component: dict[str, int] = field(default_factory=dict)
    by_node: dict[int, int] = field(default_factory=dict)
    by_service: dict[int, int] = field(default_factory=dict)
    carbon_by_component: dict[str, int] = field(default_factory=dict)
    carbon_by_node: dict[int, int] = field(default_factory=dict)

    def book(self, found: Columns) -> None:
        """Enter a batch of shipments."""
        self.shipped_units += int(found["units"].sum())
        self.lost_units += int(found["units"][found["outcome"] > 0].sum())
        _enter(self.by_component, {name: int(found[name].sum()) for name in COSTS})
        _enter(self.carbon_by_component, {name: int(found[name].sum()) for name in EMISSIONS})
        each = sum(found[name] for name in COSTS)
        _enter(self.by_node, _grouped(found["node"], each))
        _enter(self.by_service, _grouped(found["service"], each))
        _enter(self.carbon_by_node, _grouped(found["node"], sum(found[name] for name in EMISSIONS)))

    def book_returns(self, nodes: Sequence[int], service: int, bills: Sequence[ReturnBill]) -> None:
        """Enter returned lines at the nodes they go to; what liquidation brings is taken off."""
        node = np.array(nodes, dtype=np.int64)
        refund, label, handling, written_off, recovered, carbon = np.array(bills, dtype=np.int64).T
        parts = {
            "return_label_usd": label, "return_handling_usd": handling, "written_off_usd": written_off,
            "recovered_usd": -recovered, "refund_usd": refund,
        }  # fmt: skip
        each = sum(parts.values())
        labels = int(label.sum())
        _enter(self.by_component, {name: int(amounts.sum()) for name, amounts in parts.items()})
        _enter(self.by_node, _grouped(node, each))
        _enter(self.by_service, {service: labels, NO_SERVICE: int(each.sum()) - labels})
        _enter(self.carbon_by_component, {"return_co2e_kg": int(carbon.sum())})
        _enter(self.carbon_by_node, _grouped(node, carbon))

    def imbalances(self) -> Iterator[str]:
        """Name every pair of totals that differ."""
        total = sum(self.by_component.values())
        for name, split in (("nodes", self.by_node), ("services", self.by_service)):
            if sum(split.values()) != total:
                yield f"money by component {total}, by {name} {sum(split.values())} (micro-dollars)"
        carbon = sum(self.carbon_by_component.values())
        if sum(self.carbon_by_node.values()) != carbon:
            yield f"carbon by component {carbon}, by nodes {sum(self.carbon_by_node.values())} (milligrams)"


@dataclass(frozen=True, slots=True)
class Totals:
    """What the order side of the books says at one instant; units unless it says otherwise."""

    ordered: int
    shipped: int
    cancelled: int
    backordered: int
    homeless: int
    sold: int
    reserved: int
    on_road: int


def audit(
    ledgers: Mapping[str, StockLedger], accounts: Accounts, totals: Totals, instant: float, more: Iterable[Pair] = (),
    shelves: Iterable[Shelf] = (),
) -> None:  # fmt: skip
    """Raise `BooksDisagree` naming every account that does not add up.

    Every unit ordered is shipped, cancelled, waiting for stock, sold and without a node, or reserved at one; what waits
    is backordered at the node that is to restock it; what nodes expect is on a supplier's truck; on hand is opening
    plus received, restocked and found less shipped, sold and written off, SKU by SKU; money and carbon are the same
    seen from every side. `more` are pairs of accounts that others keep. No shelf holds less than nothing.
    """
    books: list[StockLedger | Shelf] = [*ledgers.values(), *shelves]
    wrong = [line for book in books for line in book.imbalances()]
    for this, units, that, others in chain(_accounts_of_units(ledgers, totals), more):
        if units != others:
            wrong.append(f"{this} {units}, {that} {others}")
    wrong.extend(accounts.imbalances())
    if wrong:
        raise BooksDisagree(f"at hour {instant:.2f} the books disagree: " + "; ".join(wrong[:20]))


def _accounts_of_units(ledgers: Mapping[str, StockLedger], totals: Totals) -> Iterator[Pair]:
    """Yield pairs of accounts of the same units, each with its name."""

    def at_nodes(book: str) -> int:
        return sum(sum(getattr(ledger, book).values()) for ledger in ledgers.values())

    settled = totals.shipped + totals.cancelled + totals.backordered + totals.sold + totals.reserved
    yield "reserved at nodes", at_nodes("reserved"), "owed to orders", totals.reserved
    yield "in transit to nodes", at_nodes("in_transit"), "on the suppliers' trucks", totals.on_road
    yield "backordered at nodes or nowhere", at_nodes("backordered") + totals.homeless, "waiting", totals.backordered
    yield "units ordered", totals.ordered, "shipped + cancelled + backordered + sold + reserved", settled
    yield "units that left the nodes", at_nodes("shipped"), "units on invoices", totals.shipped


def _enter(account: dict[Key, int], amounts: Mapping[Key, int]) -> None:
    for key, amount in amounts.items():
        account[key] = account.get(key, 0) + amount


def _grouped(codes: Integers, amounts: Integers) -> dict[int, int]:
    """Add up whole amounts by code, exactly."""
    totals = np.zeros(int(codes.max()) + 1, dtype=np.int64)
    np.add.at(totals, codes, amounts)
    return {code: int(total) for code, total in enumerate(totals) if total}
