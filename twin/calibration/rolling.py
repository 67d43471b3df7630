"""Rolling replay: what would have followed had our policy decided from the first line on.

The stock moves by the difference between what production took and what we would have taken. Everything else stays as
it was logged, because nothing says how it would have been: who ordered, what suppliers brought, what nodes could not
find, their backlogs and when parcels arrive. A shipment that we would have sent elsewhere is never declined, unless
production asks again about the same order without that node. And where production filled an order that we could not,
the log does not ask again: it stays open in our account although stock may have come.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest

from msgspec import structs

from twin.calibration.deciding import Question, decide, instants, place, refuse_pupils, together
from twin.calibration.decision_log import NumberedDecision
from twin.calibration.imagined_stock import ImaginedStock
from twin.calibration.plan_figures import ReadPlan, figures, units_by_sku
from twin.calibration.shadow import compared, question
from twin.calibration.shadow_results import Compared, PlanFigures
from twin.domain.errors import ConfigurationError, Problem
from twin.policies.conformance import Shelf
from twin.policies.contract import DecisionMessage, LineMessage, order_from
from twin.policies.decision import PlannedShipment, Reason
from twin.policies.routing.roles import RoutingPolicy


@dataclass(frozen=True, slots=True)
class OrderTotals:
    """What an order came to in the end, declined shipments left out.

    `production` is none where a plan that stands in the log could not be carried out on the logged picture.
    """

    order_number: int
    production: PlanFigures | None
    ours: PlanFigures | None


@dataclass(frozen=True, slots=True)
class _Placed:
    """What one node was given of an order; without a plan where it could not be carried out."""

    node: str
    units: Counter[str]
    plan: PlannedShipment | None


@dataclass(slots=True)
class _OrderSoFar:
    """An order as far as the log has come: what is wanted, and what production and we have placed of it."""

    promised_by: float
    wanted: Counter[str] = field(default_factory=Counter)
    production: list[_Placed] = field(default_factory=list)
    ours: list[_Placed] = field(default_factory=list)


class RollingReplay:
    """Follows a log with a stock and orders of our own.

    An order that comes again is asked of us only as far as we have not placed it. Shipments of it, production's and
    ours, are taken back where they fit into what is asked again: first those at a node that has declined it by then;
    and where production asks for more than is left of it, it plans the order anew, and whatever fits is taken back.
    That happens for all orders of one instant before the first of them is decided. Products of which the new picture
    says nothing wait.
    """

    def __init__(self, policy: RoutingPolicy, shelf: Shelf) -> None:
        refuse_pupils(policy)
        self._policy, self._shelf = policy, shelf
        self._stock = ImaginedStock()
        self._orders: dict[int, _OrderSoFar] = {}

    def replay(self, log: Iterable[NumberedDecision]) -> Iterator[Compared]:
        """Yield each logged decision with something left to decide for us, production's plan beside ours."""
        for lines in instants(log):
            asked = [question(line, logged, self._shelf) for line, logged in lines]
            for one in asked:
                self._look_back(one)
            of_a_batch = lines[0][1].batch is not None
            for group in together(self._policy, asked):
                yield from self._decide(group, production_too=not of_a_batch)
            if of_a_batch:  # its pictures are all of before its first order
                for one in asked:
                    self._production_decides(one)

    def totals(self) -> list[OrderTotals]:
        """Return what every order came to so far, in the order they came."""
        return [
            OrderTotals(number, _figures(one.production, one.promised_by), _figures(one.ours, one.promised_by))
            for number, one in self._orders.items()
        ]

    def _look_back(self, asked: Question) -> None:
        """Take back what an order plans again of itself, and count what it asks among what is wanted."""
        so_far = self._orders.setdefault(asked.order.number, _OrderSoFar(asked.order.promised_by))
        again = units_by_sku(asked.order.lines)
        self._take_back(so_far, {node for node in asked.view.nodes if _has_declined(node, asked)}, again)
        if _asked_too_much(so_far, again):
            self._take_back(so_far, asked.view.nodes, again)
        _refuse_unless_left(asked, so_far, again)
        so_far.wanted |= _total(so_far.production) + again

    def _decide(self, asked: Sequence[Question], *, production_too: bool) -> Iterator[Compared]:
        """Decide on orders that we take together; where its pictures move from order to order, so does production."""
        mine = []
        for one in asked:
            left = self._left_to_us(one)
            if left is not None:
                mine.append(left)
            if production_too:
                self._production_decides(one)
        for left, ours in zip(mine, decide(self._policy, mine, self._shelf), strict=True):
            yield compared(left, ours)
            placed = [_Placed(one.offer.node, units_by_sku(one.lines), one) for one in ours.shipments]
            self._orders[left.order.number].ours += placed
            self._stock.ours_took(_taken(placed))

    def _production_decides(self, asked: Question) -> None:
        placed = _placed(asked.message, asked.production)
        self._orders[asked.order.number].production += placed
        self._stock.production_took(_taken(placed))

    def _take_back(self, so_far: _OrderSoFar, nodes: Collection[str], again: Counter[str]) -> None:
        so_far.production, back = _parted(so_far.production, nodes, again)
        self._stock.production_took(_taken(back), sign=-1)
        so_far.ours, back = _parted(so_far.ours, nodes, again)
        self._stock.ours_took(_taken(back), sign=-1)

    def _left_to_us(self, asked: Question) -> Question | None:
        """Return the question as it would have been asked of us, or None where nothing of it is left."""
        self._stock.notice(asked.view.snapshot)
        so_far = self._orders[asked.order.number]
        lines = _open_lines(asked, so_far.wanted - _total(so_far.ours))
        if not lines:
            return None
        picture = self._stock.imagined(asked.view.snapshot)
        request = structs.replace(
            asked.request, order=structs.replace(asked.request.order, lines=lines), snapshot=picture
        )
        return replace(asked, request=request, order=order_from(request.order), view=self._shelf.view(picture))


def _asked_too_much(so_far: _OrderSoFar, again: Counter[str]) -> list[str]:
    """Return the products of which more is asked than production had left to place."""
    placed = _total(so_far.production)
    return [sku for sku, units in again.items() if placed[sku] and placed[sku] + units > so_far.wanted[sku]]


def _refuse_unless_left(asked: Question, so_far: _OrderSoFar, again: Counter[str]) -> None:
    """Refuse an order of which something placed is asked again by halves: what became of the plan nobody can tell."""
    twice = _asked_too_much(so_far, again)
    if twice:
        raise ConfigurationError([
            Problem(
                f"{place(asked.line)}: order {asked.order.number}",
                f"{', '.join(twice)} decided on again, without the rest of the shipment planned before",
                "an order that comes again with whole shipments of its earlier plan, or with what was not filled",
                "log what became of the earlier plan as an order of its own; "
                "--no-rolling compares each decision by itself",
            )
        ])  # fmt: skip


def _has_declined(node: str, asked: Question) -> bool:
    return asked.view.closed_because(node) is Reason.PREVIOUSLY_REJECTED


def _parted(
    placed: Sequence[_Placed], nodes: Collection[str], again: Counter[str]
) -> tuple[list[_Placed], list[_Placed]]:
    """Part what stays placed from what some nodes give back: whole shipments, while they fit what is asked again."""
    kept, back, rest = list[_Placed](), list[_Placed](), Counter(again)
    for one in placed:
        if one.node in nodes and one.units <= rest:
            rest -= one.units
            back.append(one)
        else:
            kept.append(one)
    return kept, back


def _open_lines(asked: Question, left: Counter[str]) -> tuple[LineMessage, ...]:
    """Return what is left of an order, as far as the picture knows it: first as it is asked now, then by name."""
    known = {sku for node in asked.view.snapshot.nodes.values() for sku in node.stock}
    message = asked.request.order.lines
    if left == units_by_sku(message):
        return message  # the very lines: they pack alike
    skus = dict.fromkeys([*(line.sku for line in message), *sorted(known & set(left))])
    return tuple([LineMessage(sku, left[sku]) for sku in skus if left[sku] > 0])


def _placed(message: DecisionMessage, read: ReadPlan) -> list[_Placed]:
    """Return what production gave to nodes, also where its plan cannot be carried out on the picture."""
    plans = () if read.decision is None or read.said else read.decision.shipments
    return [_Placed(one.node, units_by_sku(one.lines), plan) for one, plan in zip_longest(message.shipments, plans)]


def _taken(placed: Iterable[_Placed]) -> list[tuple[str, Counter[str]]]:
    return [(one.node, one.units) for one in placed]


def _total(placed: Iterable[_Placed]) -> Counter[str]:
    total = Counter[str]()
    for one in placed:
        total.update(one.units)
    return total


def _figures(placed: Sequence[_Placed], promised_by: float) -> PlanFigures | None:
    plans = [one.plan for one in placed if one.plan is not None]
    return figures(plans, promised_by) if len(plans) == len(placed) else None
