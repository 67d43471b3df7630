"""The shelf behind the books: what really lies there, which is not always what the books say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from twin.domain.counts import is_of_counts
from twin.domain.distributions import Distribution
from twin.domain.orders import Lines, OrderLine
from twin.domain.stock import StockLedger

ONE_UNIT = Distribution.of("deterministic", value=1.0)


@dataclass(frozen=True, slots=True)
class ShelfTerms:
    """How well a node knows its shelf, and who else takes goods from it.

    `book_accuracy` is the share of products whose opening record is right. The others are off by `wrong_by` units; in
    `phantom_share` of these cases less is there than the books say. Of the units on the shelf `shrinkage_per_day`
    vanish unseen. Every product is counted once in `count_every_days`, or never. The node's own customers want
    `walk_in_units_per_day`, on average over all days, open or not: each `units_per_walk_in` of one product. Those of a
    shop take what lies before them; those of a wholesaler leave what is reserved (`walk_ins_take_reserved`).
    """

    wrong_by: Distribution
    book_accuracy: float = 1.0
    phantom_share: float = 0.5
    shrinkage_per_day: float = 0.0
    count_every_days: int | None = None
    walk_in_units_per_day: float = 0.0
    units_per_walk_in: Distribution = ONE_UNIT
    walk_ins_take_reserved: bool = True

    def __post_init__(self) -> None:
        for name, spread in (("wrong_by", self.wrong_by), ("units_per_walk_in", self.units_per_walk_in)):
            if not is_of_counts(spread):
                raise ValueError(f"shelf: {name} must be of whole numbers from 1, got {spread}")


class Shelf:
    """What is really there, product by product; `ledger` is what the books say.

    `errors` are the units that the books have too many at the opening, below zero where they have too few. Later
    errors come from goods that vanish, and from goods sold in the shop that the books had reserved for orders; what
    the books write off or enter as found takes errors away. Picked goods lie there no longer, though they are on hand
    until the truck leaves.
    """

    __slots__ = ("_ledger", "_unseen", "lost_units", "picked", "sold_units", "vanished_units")

    def __init__(self, ledger: StockLedger, errors: Mapping[str, int]) -> None:
        self._ledger = ledger
        self._unseen = Counter(errors)
        self.picked: Counter[str] = Counter()
        self.sold_units = self.lost_units = self.vanished_units = 0

    def error(self, sku: str) -> int:
        """Return by how much the books have too many units of a product; below zero they have too few."""
        return self._unseen[sku] - self._ledger.written_off[sku] + self._ledger.found[sku]

    def lying(self, sku: str) -> int:
        """Return the units of a product that a picker or a customer would find."""
        return self._ledger.on_hand[sku] - self.picked[sku] - self.error(sku)

    def pick(self, lines: Lines) -> Lines:
        """Take lines from the shelf if all of them are there; return what is missing."""
        missing = tuple([
            OrderLine(line.sku, line.quantity - max(0, there))
            for line in lines
            for there in (self.lying(line.sku),)
            if there < line.quantity
        ])  # fmt: skip
        if not missing:
            for line in lines:
                self.picked[line.sku] += line.quantity
        return missing

    def ship(self, lines: Lines) -> None:
        """Let a truck take what was picked."""
        for line in lines:
            self.picked[line.sku] -= line.quantity

    def put_back(self, lines: Lines) -> None:
        """Put what was picked back on the shelf."""
        for line in lines:
            self.picked[line.sku] -= line.quantity

    def sell(self, sku: str, wanted: int, *, take_reserved: bool = True) -> int:
        """Sell units to a customer of the node, as many as lie there; return how many the till took off the books.

        Where reserved units are taken too, the books keep them, though they are gone: their picker will look in vain.
        """
        free = self._ledger.on_hand[sku] - self._ledger.reserved[sku]
        there = self.lying(sku) if take_reserved else min(self.lying(sku), free)
        sold = min(wanted, max(0, there))
        posted = min(sold, free)
        self._ledger.sell(sku, posted)
        self._unseen[sku] += sold - posted
        self.sold_units += sold
        self.lost_units += wanted - sold
        return posted

    def vanish(self, sku: str, units: int) -> None:
        """Let units disappear that nobody sees go."""
        self._unseen[sku] += units
        self.vanished_units += units

    def count(self, sku: str) -> int:
        """Set the books right, but for what they have reserved; return by how many units they changed."""
        error = self.error(sku)
        if error < 0:
            self._ledger.find(sku, -error)
        elif error > 0:
            self._ledger.write_off(sku, error)
        return self.error(sku) - error

    def imbalances(self) -> Iterator[str]:
        """Name every product of which less than nothing lies on the shelf or is picked."""
        for sku in self._ledger.opening:
            lying, picked = self.lying(sku), self.picked[sku]
            if lying < 0 or picked < 0:
                yield f"{self._ledger.node}/{sku}: {lying} on the shelf, {picked} picked"
