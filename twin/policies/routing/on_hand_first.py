"""After Solidus: the allocator OnHandFirst and its chain of stock splitters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Literal

from msgspec import Struct

from twin.domain.orders import Lines, Order, OrderLine
from twin.domain.products import POUNDS_PER_KG, Product
from twin.policies.decision import Decision, Reason
from twin.policies.routing.choices import CommitUnit, Threshold, Tie, passes
from twin.policies.routing.names import CategoryNames, NodeName
from twin.policies.routing.rules import Draft, apart, refuse_other_than
from twin.policies.routing.walk import by_priority, with_first
from twin.policies.view import NetworkView

Items = Sequence[Lines]  # of a package, each of which stays in one piece


class Backordered(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="backordered"):
    """Keep units on hand and units on order apart; ours are apart already, for no shipment waits for goods."""

    def split(self, items: Items, products: Mapping[str, Product]) -> Sequence[Items]:  # noqa: ARG002  (as all splitters)
        """Return the packages that a package becomes: itself."""
        return [items]


class Category(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="category"):
    """Give each product category named in `apart`, or all of them, a package of its own; the others share one.

    The original goes by shipping category, of which a new store has one.
    """

    apart: Literal["all"] | CategoryNames = ()

    def split(self, items: Items, products: Mapping[str, Product]) -> Sequence[Items]:
        """Return a package for each category, the category of the first item first."""
        packages: dict[str | None, list[Lines]] = {}
        for item in items:
            category = products[item[0].sku].category
            own = self.apart == "all" or category in self.apart
            packages.setdefault(category if own else None, []).append(item)
        return list(packages.values())


class Weight(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="weight"):
    """Divide packages of more than `max_lb` pounds; an item that is too heavy by itself stays alone.

    As in the original a package keeps its last items, as many as its weight allows, and the next package those before.
    """

    max_lb: float = 150.0
    threshold: Threshold = "more_than"

    def __post_init__(self) -> None:
        if not (isfinite(self.max_lb) and self.max_lb > 0):
            raise ValueError(f"max_lb must be finite and above zero, got {self.max_lb}")
        refuse_other_than(Threshold, threshold=self.threshold)

    def split(self, items: Items, products: Mapping[str, Product]) -> Sequence[Items]:
        """Return packages from the last item to the first, none of them too heavy unless it is one item."""
        packages: list[list[Lines]] = []
        total_lb = 0.0
        for item in reversed(items):
            weight_lb = sum(products[line.sku].weight_kg * line.quantity for line in item) * POUNDS_PER_KG
            total_lb += weight_lb
            if not packages or passes(total_lb, self.max_lb, self.threshold):
                packages.append([])
                total_lb = weight_lb
            packages[-1].insert(0, item)
        return packages


Splitter = Backordered | Category | Weight


@dataclass(frozen=True, slots=True)
class OnHandFirst:
    """Take what is on hand from node after node in order of priority; what nobody has on hand is backordered.

    `default_node` comes first, as with the original's sorter DefaultFirst. Without `backorder` an order that lacks a
    unit is refused whole, as in the original where no location takes backorders: here it waits.

    `splitters` divide, one after the other, what a node would send into packages. The original then ships several
    packages from one location. Here a node sends one shipment, so a node keeps the first package and the others go to
    the next nodes that have them; what no other node has goes along with the first package after all, for no unit is
    left behind for a splitter's sake. That a shipment is packed in several boxes is none of a splitter's business. As
    everywhere here a shipment goes by the cheapest service in time; the original takes the cheapest.
    """

    default_node: NodeName | None = None
    backorder: bool = True
    splitters: tuple[Splitter, ...] = (Category(), Backordered())
    unit: CommitUnit = "unit"
    ties: Tie = "name"

    def __post_init__(self) -> None:
        refuse_other_than(CommitUnit, unit=self.unit)
        refuse_other_than(Tie, ties=self.ties)

    def decide(self, order: Order, network: NetworkView) -> Decision:
        """Ship what is on hand, the nodes in order of priority; leave the rest unfilled."""
        draft = Draft(order, network)
        ranking = with_first(self.default_node, by_priority(order, network, self.ties))
        for node in ranking:
            if not draft.rest:
                break
            for package in self._packages(draft.share(node, draft.rest, self.unit), network.products):
                if draft.take(node, package):
                    break
        draft.walk(ranking, draft.rest, self.unit)  # what the splitters sent on in vain
        return draft.decision(allow_partial=self.backorder)

    def why_not(self, node: str, order: Order, network: NetworkView) -> Reason | None:
        """Return that a node has only a part of what stays together."""
        return apart(node, order, network, self.unit)

    def _packages(self, lines: Lines, products: Mapping[str, Product]) -> Iterable[Lines]:
        packages: list[Items] = [_items(lines, self.unit)] if lines else []
        for splitter in self.splitters:
            packages = [part for package in packages for part in splitter.split(package, products)]
        return [lines] if len(packages) == 1 else map(_lines, packages)


def _items(lines: Lines, unit: CommitUnit) -> Items:
    """Take some lines apart as far as they may be."""
    if unit == "order":
        return [lines]
    if unit == "line":
        return [(line,) for line in lines]
    units = [(line if line.quantity == 1 else OrderLine(line.sku, 1), line.quantity) for line in lines]
    return [(unit,) for unit, count in units for _ in range(count)]


def _lines(items: Items) -> Lines:
    """Put items together again, one line for each product."""
    units: dict[str, int] = {}
    for line in (line for item in items for line in item):
        units[line.sku] = units.get(line.sku, 0) + line.quantity
    return tuple(OrderLine(sku, count) for sku, count in units.items())
