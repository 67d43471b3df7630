"""A replay gone through once: a flat row for each decision, the worst orders whole, and who would have shipped what."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from twin.calibration.plan_figures import units_by_sku
from twin.calibration.shadow import parts
from twin.calibration.shadow_results import Compared, Difference, PlanFigures
from twin.policies.contract import DecisionMessage

WORST = 50
UNFILLED = "unfilled"
FIGURES = ("shipments", "units", "cost_usd", "late_hours")
NUMBERS = ("taken_at", "regret_usd", *(f"{who}_{what}" for who in ("production", "our") for what in FIGURES))
NO_FIGURES = PlanFigures((), (), 0, 0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Findings:
    """What a replay leaves behind.

    `worst` are the orders with the highest regret, one decision each: what production's plan costs more than ours,
    as far as costs can be compared, then those where they cannot. `confusion` counts units by the node of
    production's plan and of ours, `unfilled` where one of them ships none. `skus` and `nodes` count the decisions in
    which something else happens to them.
    """

    table: pd.DataFrame
    worst: tuple[Compared, ...]
    confusion: pd.DataFrame
    skus: Counter[str]
    nodes: Counter[str]


def collect(compared: Iterable[Compared]) -> Findings:
    """Go through a replay, and keep of most decisions one row only."""
    rows: list[dict[str, object]] = []
    worst = _Worst()
    flows, skus, nodes = Counter[tuple[str, str]](), Counter[str](), Counter[str]()
    for one in compared:
        rows.append(_flat(one))
        worst.look_at(one)
        if one.difference is not Difference.PROD_PLAN_INFEASIBLE:
            flows.update(_flows(one))
        if one.difference is not Difference.SAME:
            touched_skus, touched_nodes = _touched(one)
            skus.update(touched_skus)
            nodes.update(touched_nodes)
    confusion = pd.DataFrame(
        [(theirs, mine, units) for (theirs, mine), units in sorted(flows.items())],
        columns=["production_node", "our_node", "units"],
    )
    table = pd.DataFrame(rows)
    table = table.astype(dict.fromkeys(NUMBERS, float)) if rows else table
    return Findings(table, worst.found(), confusion, skus, nodes)


def regret_usd(one: Compared) -> float | None:
    """Return what production's plan costs more than ours; none where one cannot be carried out or fills fewer units."""
    theirs, mine = one.production_figures, one.our_figures
    comparable = one.difference is not Difference.PROD_PLAN_INFEASIBLE and theirs is not None and mine is not None
    if not comparable or theirs is None or mine is None or theirs.units != mine.units:
        return None
    return theirs.cost_usd - mine.cost_usd


class _Worst:
    """The decisions that differ with the highest regret, one of each order."""

    def __init__(self) -> None:
        self._by_order: dict[int, tuple[tuple[bool, float, int], Compared]] = {}

    def look_at(self, one: Compared) -> None:
        """Keep a decision if it is among the worst so far."""
        if one.difference is Difference.SAME:
            return
        regret = regret_usd(one)
        rank = (regret is not None, regret or 0.0, -one.line)
        number = one.request.order.order_number
        known = self._by_order.get(number)
        if known is None or rank > known[0]:
            self._by_order[number] = (rank, one)
        if len(self._by_order) > 2 * WORST:
            self._by_order = dict(heapq.nlargest(WORST, self._by_order.items(), key=lambda item: item[1][0]))

    def found(self) -> tuple[Compared, ...]:
        """Return the worst, the highest regret first."""
        best = heapq.nlargest(WORST, self._by_order.values(), key=lambda item: item[0])
        return tuple([one for _, one in best])


def _flat(one: Compared) -> dict[str, object]:
    order, picture = one.request.order, one.request.snapshot
    return {
        "line": one.line,
        "order_number": order.order_number,
        "taken_at": None if picture is None else picture.taken_at,
        "destination": order.destination,
        "service_level": order.service_level,
        "difference": str(one.difference),
        "first_key": one.first_key,
        "said": one.said,
        **_figures("production", one.production_figures),
        **_figures("our", one.our_figures),
        "regret_usd": regret_usd(one),
    }


def _figures(who: str, plan: PlanFigures | None) -> Mapping[str, object]:
    known = plan is not None
    plan = plan or NO_FIGURES
    return {
        f"{who}_nodes": ", ".join(plan.nodes),
        f"{who}_services": ", ".join(plan.services),
        f"{who}_shipments": float(plan.shipments) if known else None,
        f"{who}_units": float(plan.units) if known else None,
        f"{who}_cost_usd": plan.cost_usd if known else None,
        f"{who}_late_hours": plan.late_hours if known else None,
    }


def _touched(one: Compared) -> tuple[set[str], set[str]]:
    """Return the products and nodes of the parts that only one of two plans has."""
    only_one = set(parts(one.production)) ^ set(parts(one.ours))
    return {sku for _, units, _ in only_one for sku, _ in units}, {node for node, _, _ in only_one}


def _flows(one: Compared) -> Iterator[tuple[str, str]]:
    """Yield for each unit who ships it in production and who would for us, the same node wherever it can be."""
    theirs, mine = _units_by_node(one.production), _units_by_node(one.ours)
    for sku in sorted({*theirs, *mine}):
        left, right = theirs.get(sku, Counter()), mine.get(sku, Counter())
        both = left & right
        yield from ((node, node) for node in sorted(both.elements()))
        rest = [sorted((side - both).elements()) for side in (left, right)]
        longest = max(map(len, rest))
        yield from zip(*(side + [UNFILLED] * (longest - len(side)) for side in rest), strict=True)


def _units_by_node(decision: DecisionMessage) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {}
    for shipment in decision.shipments:
        for sku, units in units_by_sku(shipment.lines).items():
            found.setdefault(sku, Counter())[shipment.node] += units
    return found
