"""What policies that walk by rules have in common: a plan in the making, walked line by line or rule by rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, get_args

from twin.domain.orders import Lines, Order, OrderLine, without
from twin.policies.decision import Decision, PlannedShipment, Reason
from twin.policies.routing.choices import CommitUnit, StockBasis, stock_of
from twin.policies.routing.services import shipment_from
from twin.policies.routing.walk import all_or_nothing, fillable
from twin.policies.view import NetworkView


class Draft:
    """A plan in the making: what each node is to send so far, in one shipment, and what nobody is to send yet."""

    __slots__ = ("_shipments", "network", "order", "rest")

    def __init__(self, order: Order, network: NetworkView) -> None:
        self.order, self.network = order, network
        self.rest: Lines = order.lines
        self._shipments: dict[str, PlannedShipment] = {}

    def copy(self) -> Draft:
        """Return the same draft once more, to try what may be dropped."""
        other = Draft(self.order, self.network)
        other.rest, other._shipments = self.rest, dict(self._shipments)
        return other

    def become(self, other: Draft) -> None:
        """Take over what was tried."""
        self.rest, self._shipments = other.rest, other._shipments

    def uses(self, node: str) -> bool:
        """Answer whether a node is to send something."""
        return node in self._shipments

    def sent_by(self, node: str) -> Lines:
        """Return what a node is to send so far."""
        shipment = self._shipments.get(node)
        return () if shipment is None else shipment.lines

    def stock(self, basis: StockBasis, node: str, sku: str) -> int:
        """Return the units of a product at a node; what it is to send is reserved already, but still on hand."""
        stock = stock_of(basis, node, sku, self.network)
        return stock if basis == "on_hand" else stock - _units(self.sent_by(node), sku)

    def share(self, node: str, lines: Lines, unit: CommitUnit = "unit") -> Lines:
        """Return what a node could promise of some lines, besides what it is to send."""
        if not self.uses(node):
            return fillable(node, lines, self.network, unit)
        found = []
        for line in lines:
            units = min(line.quantity, self.stock("available_to_promise", node, line.sku))
            if units == line.quantity:
                found.append(line)
            elif units > 0 and unit == "unit":
                found.append(OrderLine(line.sku, units))
        return () if unit == "order" and tuple(found) != lines else tuple(found)

    def plan(self, node: str, lines: Lines) -> PlannedShipment | None:
        """Return a node's shipment with some more lines in it, or None where no service takes all of it."""
        together = self._together(self.sent_by(node), lines) if self.uses(node) else lines
        return shipment_from(node, together, self.order, self.network)

    def take(self, node: str, lines: Lines) -> bool:
        """Let a node send some more lines in the same shipment; answer whether it can."""
        shipment = self.plan(node, lines) if lines else None
        if shipment is None:
            return False
        self._shipments[node] = shipment
        self.rest = without(self.rest, lines)
        return True

    def walk(self, ranking: Iterable[str], lines: Lines, unit: CommitUnit = "unit") -> Lines:
        """Let each node in turn send what it can of some lines; return what is left of them."""
        for node in ranking:
            if not lines:
                break
            share = self.share(node, lines, unit)
            if self.take(node, share):
                lines = without(lines, share)
        return lines

    def decision(self, *, allow_partial: bool = True) -> Decision:
        """Return the plan, nodes in the order in which they came in."""
        made = Decision(self.order.number, tuple(self._shipments.values()), self.rest)
        return all_or_nothing(self.order, made, allow_partial=allow_partial)

    def _together(self, *parts: Lines) -> Lines:
        """Add up lines, in the order in which the customer named the products."""
        units: dict[str, int] = {}
        for line in (line for lines in parts for line in lines):
            units[line.sku] = units.get(line.sku, 0) + line.quantity
        found = tuple(OrderLine(line.sku, units[line.sku]) for line in self.order.lines if line.sku in units)
        return self.order.lines if found == self.order.lines else found


def line_by_line(
    order: Order, network: NetworkView, ranking: Callable[[Lines], Sequence[str]], unit: CommitUnit
) -> Draft:
    """Walk for each line down a ranking of its own, or down one for all of them where the order stays together."""
    together = unit == "order" or len(order.lines) == 1
    parts: list[Lines] = [order.lines] if together else [(line,) for line in order.lines]
    rankings = [ranking(part) for part in parts]
    draft = _whole_parts(rankings, parts, order, network)
    if draft is not None:
        return draft
    draft = Draft(order, network)
    for ranked, part in zip(rankings, parts, strict=True):
        draft.walk(ranked, part, unit)
    return draft


def _whole_parts(
    rankings: Sequence[Sequence[str]], parts: Sequence[Lines], order: Order, network: NetworkView
) -> Draft | None:
    """Let the first node with anything of a part send it; None where one of them lacks a unit or cannot send its lines.

    So it ends for most orders, and so each node's shipment is planned once and not anew for each line.
    """
    shares: dict[str, Lines] = {}
    for ranked, part in zip(rankings, parts, strict=True):
        taker = _first_taker(ranked, part, network)
        if taker is None:
            return None
        shares[taker] = shares.get(taker, ()) + part
    if len(shares) == 1:
        shares = dict.fromkeys(shares, order.lines)  # the same object: checks are quicker then
    draft = Draft(order, network)
    return draft if all(draft.take(node, lines) for node, lines in shares.items()) else None


def _first_taker(ranking: Sequence[str], part: Lines, network: NetworkView) -> str | None:
    """Return the first node with anything of a part, None where it does not have all of it."""
    for node in ranking:
        found = fillable(node, part, network)
        if found:
            return node if found == part else None
    return None


def apart(node: str, order: Order, network: NetworkView, unit: CommitUnit) -> Reason | None:
    """Return that a node could only send a part of what stays together, or None where it can send some of it."""
    return None if fillable(node, order.lines, network, unit) else Reason.GROUP_SPLIT_FORBIDDEN


def refuse_other_than(choices: Any, **given: str) -> None:  # noqa: ANN401  (a Literal has no type of its own)
    """Raise ValueError for a parameter that is none of the choices."""
    for name, value in given.items():
        if value not in get_args(choices):
            raise ValueError(f"{name} must be one of {', '.join(get_args(choices))}, got {value!r}")


def _units(lines: Lines, sku: str) -> int:
    return sum(line.quantity for line in lines if line.sku == sku)
