"""Which nodes to open: a facility location problem for each number of them, solved exactly, then the next best.

Mixed-integer program (Daskin, Network and Discrete Location, 2013, ch. 7; solved by HiGHS through scipy):
minimise sum_j f_j y_j + sum_gj d_g c_gj x_gj with sum_j x_gj = 1, x_gj <= y_j, sum_g d_g x_gj <= m_j y_j, where y_j is
whether node j is open and x_gj the share of the orders of group g that it ships.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from twin.config.siting import SitingConfig
from twin.domain.errors import UsageError
from twin.experiments.screening import Screen

Floats = npt.NDArray[np.float64]
MIP_GAP = 1e-6
"""Sets of nodes are ranked by costs that may lie close together."""


@dataclass(frozen=True, slots=True)
class Siting:
    """One set of open nodes and what it should be like by the screening.

    It costs `usd_per_order`, and `late_usd` more are charged for lateness, which counts for who is best.
    `orders_per_day` are by node, and `quick` is the share of orders that get there in the days of `siting.reach`.
    """

    nodes: tuple[str, ...]
    usd_per_order: float
    late_usd: float
    orders_per_day: tuple[float, ...]
    quick: float

    @property
    def charged_usd(self) -> float:
        """What sets of nodes are ranked by: cost and lateness of an order."""
        return self.usd_per_order + self.late_usd


@dataclass(frozen=True, slots=True)
class Shortlist:
    """The best set of each number of nodes, by number, and those that are worth a simulation, the cheapest first.

    Half of these are the best of all, the rest the best of other numbers of nodes: the screening knows nothing of
    safety stock and queues, so it may be wrong about how many. `left_out` is the share of orders that no candidate
    ships whole; they count nowhere.
    """

    by_number: tuple[Siting, ...]
    chosen: tuple[Siting, ...]
    left_out: float


def shortlist(screen: Screen, siting: SitingConfig) -> Shortlist:
    """Return the best sets of nodes of each number, and which of all to simulate.

    Raises `UsageError` for names that are no candidates, and where no set meets the demands on it.
    """
    _refuse_unknown(screen, siting)
    problem = _Problem(screen, siting)
    numbers = range(max(siting.fewest, len(siting.always)), min(siting.most, len(screen.nodes)) + 1)
    by_number = [found for number in numbers if (found := problem.solved(number, number)) is not None]
    if not by_number:
        raise UsageError(_why_none(screen, siting))
    chosen: list[Siting] = []
    while len(chosen) < ceil(siting.short_list / 2) and (found := problem.solved(numbers[0], numbers[-1], chosen)):
        chosen.append(found)
    others = [one for one in by_number if len(one.nodes) not in {len(two.nodes) for two in chosen}]
    chosen += sorted(others, key=lambda one: one.charged_usd)[: siting.short_list - len(chosen)]
    return Shortlist(tuple(by_number), tuple(sorted(chosen, key=lambda one: one.charged_usd)), problem.left_out)


def _refuse_unknown(screen: Screen, siting: SitingConfig) -> None:
    for key, names in (("today", siting.today), ("always", siting.always)):
        for name in names:
            if name not in screen.nodes:
                why = screen.useless.get(name, "no open node of the network")
                raise UsageError(
                    f"siting.{key}: {name}, {why}\n  expected: some of {', '.join(screen.nodes)}\n"
                    "  to mend:  name others, or add it to the network"
                )


def _why_none(screen: Screen, siting: SitingConfig) -> str:
    quickest = np.where(np.isfinite(screen.usd), screen.quick, 0).max(axis=1, initial=0) @ screen.orders
    said = f"no set of {siting.fewest} to {siting.most} of {len(screen.nodes)} nodes ships all orders"
    if siting.reach is None:
        return f"{said}\n  expected: room for them\n  to mend:  more candidates, higher siting.most"
    return (
        f"{said}, {siting.reach.share:.0%} of them in {siting.reach.days} days\n"
        f"  expected: a share that can be had; with all nodes open it is {quickest / screen.orders.sum():.0%} at most\n"
        "  to mend:  a lower siting.reach.share, more candidates, higher siting.most"
    )


class _Problem:
    """The program, whose rows stay the same but for the number of nodes and the sets that are found already.

    Variables are first whether each node is open, then the shares, group by group, where a node ships at all.
    """

    def __init__(self, screen: Screen, siting: SitingConfig) -> None:
        served = np.isfinite(screen.usd).any(axis=1)
        self.left_out = float(screen.orders[~served].sum() / screen.orders.sum())
        self._screen, self._siting = screen, siting
        self._orders, usd = screen.orders[served], screen.usd[served]
        self._group, self._node = np.nonzero(np.isfinite(usd))
        self._total = float(self._orders.sum())
        self._daily = self._orders[self._group]
        self._late = self._daily * screen.late_usd[served][self._group, self._node]
        self._quick = self._daily * screen.quick[served][self._group, self._node]
        self._cost = np.concatenate([screen.open_usd, self._daily * usd[self._group, self._node]])
        self._rows = list(self._standing_rows())

    def solved(self, fewest: int, most: int, without: Iterable[Siting] = ()) -> Siting | None:
        """Return the cheapest set of so many nodes that is none of some others; None where there is none."""
        nodes = len(self._screen.nodes)
        rows = [*self._rows, self._row([(slice(0, nodes), 1.0)], fewest, most)]
        for other in without:
            inside = np.array([1.0 if name in other.nodes else -1.0 for name in self._screen.nodes])
            rows.append(self._row([(slice(0, nodes), inside)], -np.inf, len(other.nodes) - 1))
        always = [1.0 if name in self._siting.always else 0.0 for name in self._screen.nodes]
        low = np.concatenate([always, np.zeros(len(self._group))])
        whole = np.concatenate([np.ones(nodes), np.zeros(len(self._group))])
        found = milp(self._cost, integrality=whole, bounds=Bounds(low, np.ones(len(low))), constraints=rows,
                     options={"mip_rel_gap": MIP_GAP})  # fmt: skip
        return None if found.x is None else self._siting_of(found.x)

    def _siting_of(self, solution: Floats) -> Siting:
        count = len(self._screen.nodes)
        is_open = solution[:count].round() == 1
        shares = solution[count:]
        late = float(shares @ self._late) / self._total
        return Siting(
            tuple([name for name, chosen in zip(self._screen.nodes, is_open, strict=True) if chosen]),
            float(self._cost @ solution) / self._total - late,
            late,
            tuple(np.bincount(self._node, shares * self._daily, minlength=count)[is_open].tolist()),
            float(shares @ self._quick) / self._total,
        )

    def _standing_rows(self) -> Iterator[LinearConstraint]:
        screen, pairs, nodes = self._screen, len(self._group), len(self._screen.nodes)
        places, ones = np.arange(pairs), np.ones(pairs)
        columns = nodes + places
        yield self._matrix(self._group, columns, ones, len(self._orders), 1, 1)
        yield self._matrix(
            np.concatenate([places, places]), np.concatenate([columns, self._node]),
            np.concatenate([ones, -ones]), pairs, -np.inf, 0,
        )  # fmt: skip
        limited = np.flatnonzero(np.isfinite(screen.most_orders))
        for node in limited.tolist():
            mine = np.flatnonzero(self._node == node)
            yield self._row([(nodes + mine, self._daily[mine]), (node, -screen.most_orders[node])], -np.inf, 0)
        for name, source in screen.source.items():
            if source in screen.nodes:
                yield self._row([(screen.nodes.index(name), 1.0), (screen.nodes.index(source), -1.0)], -np.inf, 0)
        if self._siting.reach is not None:
            yield self._row([(slice(nodes, None), self._quick)], self._siting.reach.share * self._total, np.inf)

    def _row(self, parts: Sequence[tuple[Any, Any]], low: float, high: float) -> LinearConstraint:
        row = np.zeros(len(self._cost))
        for places, weights in parts:
            row[places] = weights
        return LinearConstraint(csr_array(row[None, :]), low, high)

    def _matrix(
        self, rows: npt.NDArray[np.int64], columns: npt.NDArray[np.int64], values: Floats, count: int,
        low: float, high: float,
    ) -> LinearConstraint:  # fmt: skip
        return LinearConstraint(csr_array((values, (rows, columns)), shape=(count, len(self._cost))), low, high)
