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
from dataclasses import dataclass, field
from itertools import zip_longest

from msgspec import structs

from twin.calibration.decision_log import LoggedDecision
from twin.calibration.imagined_stock import ImaginedStock
from twin.calibration.plan_figures import ReadPlan, figures, read_plan, units_by_sku
from twin.calibration.shadow import Question, compared, decide, question, refuse_pupils
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
    ours, at a node that has declined it by then are taken back where they fit into what is asked again. Products of
    which the new picture says nothing wait.
    """

    def __init__(self, policy: RoutingPolicy, shelf: Shelf) -> None:
        refuse_pupils(policy)
        self._policy, self._shelf = policy, shelf
        self._stock = ImaginedStock()
        self._orders: dict[int, _OrderSoFar] = {}

    def replay(self, log: Iterable[LoggedDecision]) -> Iterator[Compared]:
        """Yield each logged decision with something left to decide for us, production's plan beside ours."""
        for line, logged in enumerate(log, start=1):
            asked = question(line, logged, self._shelf)
            so_far = self._so_far(asked)
            production = read_plan(logged.decision, asked.order, asked.view)
            mine = self._left_to_us(asked, so_far)
            if mine is not None:
                ours = decide(self._policy, mine)
                yield compared(mine, logged.decision, production, ours)
                placed = [_Placed(one.offer.node, units_by_sku(one.lines), one) for one in ours.shipments]
                so_far.ours += placed
                self._stock.ours_took(_taken(placed))
            placed = _placed(logged.decision, production)
            so_far.production += placed
            self._stock.production_took(_taken(placed))

    def totals(self) -> list[OrderTotals]:
        """Return what every order came to so far, in the order they came."""
        return [
            OrderTotals(number, _figures(one.production, one.promised_by), _figures(one.ours, one.promised_by))
            for number, one in self._orders.items()
        ]

    def _so_far(self, asked: Question) -> _OrderSoFar:
        """Return what became of an order by now: declined shipments taken back, what is asked among the wanted."""
        so_far = self._orders.setdefault(asked.order.number, _OrderSoFar(asked.order.promised_by))
        declined = {node for node in asked.view.nodes if _has_declined(node, asked)}
        again = units_by_sku(asked.order.lines)
        so_far.production, back = _take_back(so_far.production, declined, again)
        self._stock.production_took(_taken(back), sign=-1)
        so_far.ours, back = _take_back(so_far.ours, declined, again)
        self._stock.ours_took(_taken(back), sign=-1)
        _refuse_if_planned_anew(asked, so_far, again)
        so_far.wanted |= _total(so_far.production) + again
        return so_far

    def _left_to_us(self, asked: Question, so_far: _OrderSoFar) -> Question | None:
        """Return the question as it would have been asked of us, or None where nothing of it is left."""
        self._stock.notice(asked.view.snapshot)
        left = so_far.wanted - _total(so_far.ours)
        lines = _open_lines(asked, left)
        if not lines:
            return None
        order = structs.replace(asked.request.order, lines=lines)
        picture = self._stock.imagined(asked.view.snapshot)
        request = structs.replace(asked.request, order=order, snapshot=picture)
        return Question(asked.line, request, order_from(order), self._shelf.view(picture))


def _refuse_if_planned_anew(asked: Question, so_far: _OrderSoFar, again: Counter[str]) -> None:
    """Refuse an order that comes again although it was placed: nobody can tell which of its plans were carried out."""
    placed = _total(so_far.production)
    twice = [sku for sku, units in again.items() if placed[sku] and placed[sku] + units > so_far.wanted[sku]]
    if twice:
        raise ConfigurationError([
            Problem(
                f"decision log, line {asked.line}: order {asked.order.number}",
                f"{', '.join(twice)} decided on again, with no node having declined it",
                "an order that comes again only for what was declined or not filled",
                "orders that are planned anew until they are released cannot be followed; "
                "--no-rolling compares each decision by itself",
            )
        ])  # fmt: skip


def _has_declined(node: str, asked: Question) -> bool:
    return asked.view.closed_because(node) is Reason.PREVIOUSLY_REJECTED


def _take_back(
    placed: Sequence[_Placed], declined: Collection[str], again: Counter[str]
) -> tuple[list[_Placed], list[_Placed]]:
    """Part what stays placed from what nodes declined: whole shipments, while they fit into what is asked again."""
    kept, back, rest = list[_Placed](), list[_Placed](), Counter(again)
    for one in placed:
        if one.node in declined and one.units <= rest:
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
