"""How the items of an order are shared out among boxes: so that all boxes together cost least.

Goods of a kind share boxes: fragile ones only with each other and with air around them; some travel alone, some in
their own packaging.

Up to `MOST_SPLIT` units every way to share them out is weighed, and a box of up to `MOST_CUT` holds its items without
any of them too. Hence an order of up to `MOST_SPLIT` units never costs less by the yardstick for one item more. It
may by a part of the yardstick: a mailer costs less than the small box that is billed at fewer pounds, and no choice
between the two serves both. Larger orders fill the largest carton first; there one item more may save money.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from twin.domain.products import PACKINGS, Product
from twin.policies.box_choice import Box, BoxChoice
from twin.policies.box_holding import MEMO_LIMIT, Items

MOST_SPLIT = 4  # units, which 99 orders of 100 do not exceed; five and six take four times as long
PAIR = 2


class Plan(NamedTuple):
    """All boxes of some items, and what they cost by the yardstick."""

    cost_usd: float
    boxes: tuple[Box, ...]


class BoxSharing:
    """Shares items out among boxes at the least cost by the yardstick, and remembers what it found."""

    def __init__(self, choice: BoxChoice) -> None:
        self._choice = choice
        self._plans: dict[tuple[str, ...], Plan] = {}

    def boxes(self, items: Sequence[Product]) -> Sequence[Box]:
        """Return the boxes of some items: fragile goods by themselves, what travels alone each in its own."""
        if len(items) == 1:
            return (self._choice.alone(items[0]),)
        ordered = tuple(sorted(items, key=_largest_first))
        packings = {item.packing for item in ordered}
        if len(packings) == 1:
            return self._of_a_kind(ordered)
        found: list[Box] = []
        for packing in PACKINGS:
            if packing in packings:
                found += self._of_a_kind(tuple([item for item in ordered if item.packing == packing]))
        return found

    def _of_a_kind(self, items: Items) -> Sequence[Box]:
        """Return the boxes of items that are packed by the same rule, largest first."""
        if items[0].packing in {"alone", "own_box"}:
            return [self._choice.alone(item) for item in items]
        return self._cheapest(items).boxes if len(items) <= MOST_SPLIT else self._fill_largest(items)

    def _cheapest(self, items: Items) -> Plan:
        """Return the cheapest way to share out a few items."""
        if len(items) <= PAIR:  # together or apart: nothing to remember
            return self._together_or_apart(items)
        key = tuple([item.sku for item in items])
        found = self._plans.get(key)
        if found is None:
            if len(self._plans) >= MEMO_LIMIT:
                self._plans.clear()
            found = self._plans[key] = self._cheapest_of_several(items, self._together_or_apart(items))
        return found

    def _together_or_apart(self, items: Items) -> Plan:
        """Return one box for all items, or a box for each where that costs no more or none holds them all."""
        one = self._choice.together(items) if len(items) > 1 else self._choice.alone(items[0])
        if one is not None:
            return Plan(one.cost_usd, (one,))
        apart = tuple([self._choice.alone(item) for item in items])
        return Plan(sum([box.cost_usd for box in apart]), apart)

    def _cheapest_of_several(self, items: Items, best: Plan) -> Plan:
        """Return a cheaper plan than `best` if a part of the items shares a box.

        No box costs less than that of any one of its items alone, which rules most ways out without any geometry.
        """
        alone, together = self._choice.alone, self._choice.together
        floor_usd = {item.sku: alone(item).cost_usd for item in items}
        if max(floor_usd.values()) + self._choice.least_usd >= best.cost_usd:
            return best
        for first, rest in _halves(items):
            least_usd = max([floor_usd[item.sku] for item in rest])
            if max([floor_usd[item.sku] for item in first]) + least_usd < best.cost_usd:
                box = alone(first[0]) if len(first) == 1 else together(first)
                if box is not None and box.cost_usd + least_usd < best.cost_usd:
                    others = self._cheapest(rest)
                    if box.cost_usd + others.cost_usd < best.cost_usd:
                        best = Plan(box.cost_usd + others.cost_usd, (box, *others.boxes))
        return best

    def _fill_largest(self, items: Items) -> list[Box]:
        """Return the boxes of many items: one for all, else the largest is filled first and the rest tried again.

        Each box is the cheapest that holds what was put into it.
        """
        found: list[Box] = []
        rest = items
        while rest:
            box = self._choice.together(rest) if len(rest) > 1 else self._choice.alone(rest[0])
            if box is not None:
                return [*found, box]
            chosen: Items = rest[:1]
            left: list[Product] = []
            for item in rest[1:]:
                if self._choice.fits_any((*chosen, item)):
                    chosen = (*chosen, item)
                else:
                    left.append(item)
            found += self._together_or_apart(chosen).boxes
            rest = tuple(left)
        return found


def _halves(items: Items) -> Iterator[tuple[Items, Items]]:
    """Yield every way to part items in two, the first item in the first part; equal units are not told apart."""
    seen: set[tuple[str, ...]] = set()
    for chosen in range(2 ** (len(items) - 1) - 2, -1, -1):
        first = (items[0], *[item for place, item in enumerate(items[1:]) if chosen >> place & 1])
        skus = tuple([item.sku for item in first])
        if skus not in seen:
            seen.add(skus)
            yield first, tuple([item for place, item in enumerate(items[1:]) if not chosen >> place & 1])


def _largest_first(item: Product) -> tuple[float, str]:
    return -item.volume_cm3, item.sku
