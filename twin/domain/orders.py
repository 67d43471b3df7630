"""What customers ask for.

The values made for every order are structs: one of nine fields takes 86 ns to make, a dataclass with slots 370 ns, a
frozen one far more. `gc=False` keeps them from the garbage collector, which has nothing to find: they hold no cycles.
"""

from __future__ import annotations

from msgspec import Struct


class OrderLine(Struct, frozen=True, gc=False):
    """One product of an order and how many of it."""

    sku: str
    quantity: int

    def __post_init__(self) -> None:
        if self.quantity < 1:
            raise ValueError(f"line {self.sku!r}: quantity must be at least 1, got {self.quantity}")


Lines = tuple[OrderLine, ...]


class Order(Struct, frozen=True, gc=False):
    """One customer order with its promise and the luck it was born with.

    `work` holds the hours of its handling for a stage of mean one hour, one entry for each distinct spread of the
    network's stages; `found_luck` decides whether a node finds the goods. Its luck in transit stays in the day's page.
    """

    number: int
    placed_at: float
    channel: str
    destination: str
    service_level: str
    lines: Lines
    promised_by: float
    work: tuple[float, ...]
    found_luck: float


def units_of(lines: Lines) -> int:
    """Count the units of some lines."""
    return sum(line.quantity for line in lines)


def without(lines: Lines, taken: Lines) -> Lines:
    """Return what remains of `lines` once `taken` is gone, line order kept."""
    if taken is lines:  # most orders leave whole from one node
        return ()
    left: dict[str, int] = {}
    for line in taken:
        left[line.sku] = left.get(line.sku, 0) + line.quantity
    rest = []
    for line in lines:
        gone = min(line.quantity, left.get(line.sku, 0))
        if gone:
            left[line.sku] -= gone
        if line.quantity > gone:
            rest.append(line if not gone else OrderLine(line.sku, line.quantity - gone))
    return tuple(rest)


def part_of(order: Order, lines: Lines) -> Order:
    """Return an order for some of the lines, with the same number, promise and luck."""
    return Order(
        order.number, order.placed_at, order.channel, order.destination, order.service_level, lines,
        order.promised_by, order.work, order.found_luck,
    )  # fmt: skip
