"""What a list of orders would have cost at least, had everything been known: a bound to hold policies against.

It is no policy: it knows orders before they are placed. The bound is a linear program that every sequence of decisions
satisfies and that may do more than any: shipments may be made by halves. So nobody's cost can be lower, as long as

- the cost is counted as here: carriage, handling and boxes, lateness, `split_usd` for every further shipment of an
  order whenever it was decided, and `unserved_usd` for every unit that never shipped;
- stock comes from nowhere but the opening and the receipts, and offers on no day cost less than those asked for here.

Order limits, shifts and closed nodes are left out, which can only lower the bound.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from math import inf, prod
from typing import Any

import numpy as np

from twin.domain.orders import Order, OrderLine, units_of
from twin.policies.decision import Offer
from twin.policies.routing.search import lateness_usd
from twin.policies.view import NetworkView

Stock = Mapping[str, Mapping[str, int]]
ArrivesAt = Callable[[Order, Offer], float]
"""The earliest that an order could arrive by an offer."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """Units of a product that a node received; from then on they could be promised."""

    received_at: float
    node: str
    sku: str
    units: int


@dataclass(frozen=True, slots=True)
class HindsightTerms:
    """What costs what; the same numbers as the policies that are held against the bound.

    An order may be decided until `patience_hours` after it was placed. An order that can be cut into more than
    `max_parts` parts is only charged, for each unit, its share of the cheapest shipment of a single unit.
    """

    late_usd: float = 25.0
    late_usd_per_day: float = 2.0
    split_usd: float = 0.75
    unserved_usd: float = 50.0
    patience_hours: float = 0.0
    max_parts: int = 63

    def __post_init__(self) -> None:
        given = (self.late_usd, self.late_usd_per_day, self.split_usd, self.unserved_usd, self.patience_hours)
        if min(given) < 0 or self.max_parts < 1:
            raise ValueError("costs and patience_hours must not be negative, max_parts at least 1")


@dataclass(frozen=True, slots=True)
class Bound:
    """The least that the orders could have cost, and the units that the cheapest way would have left unserved."""

    cost_usd: float
    unserved_units: float


def hindsight_lp(
    orders: Iterable[Order], network: NetworkView, opening: Stock, receipts: Sequence[Receipt] = (),
    terms: HindsightTerms | None = None, arrives_at: ArrivesAt | None = None,
) -> Bound:  # fmt: skip
    """Return a lower bound of what some orders cost, whoever decides.

    Each order's parts (any units of any lines) may ship from each node at what the cheapest offer costs; fractions of
    parts make up the order. An order can use opening stock and what a node received until its patience ended; what is
    not used is carried on. Lateness is charged only with `arrives_at`. An order too large for all its parts
    (`max_parts`) is charged less than any shipment costs, provided that a shipment never costs less than one of its
    units alone. Orders that are alike in all this are counted, not repeated.
    """
    terms = terms or HindsightTerms()
    program = _Program(terms, opening, receipts)
    times = sorted(receipt.received_at for receipt in receipts)
    alike = Counter(
        (*_asked(order, network, terms, arrives_at), bisect_right(times, order.placed_at + terms.patience_hours))
        for order in orders
    )
    for (wanted, ways, receipts_by_then), count in alike.items():
        program.add(wanted, ways, times[receipts_by_then - 1] if receipts_by_then else -inf, count)
    return program.solve()


Wanted = tuple[tuple[str, int], ...]
"""Units by SKU."""


@dataclass(frozen=True, slots=True)
class _Way:
    """A part of an order shipped from a node, and what it costs at least; `shipments` is 0 for a share of one."""

    node: str
    part: Wanted
    cost_usd: float
    shipments: int


def _asked(
    order: Order, network: NetworkView, terms: HindsightTerms, arrives_at: ArrivesAt | None
) -> tuple[Wanted, tuple[_Way, ...]]:
    """Return what an order wants, and its ways."""
    units: dict[str, int] = {}
    for line in order.lines:
        units[line.sku] = units.get(line.sku, 0) + line.quantity
    wanted = tuple(sorted(units.items()))
    few = prod(count + 1 for count in units.values()) - 1 <= terms.max_parts
    return wanted, tuple(
        _ways(order, wanted, network, terms, arrives_at) if few else _shares(order, wanted, network, terms)
    )


def _ways(
    order: Order, wanted: Wanted, network: NetworkView, terms: HindsightTerms, arrives_at: ArrivesAt | None
) -> Iterator[_Way]:
    """Yield every part of an order from every node."""
    for counts in product(*(range(count + 1) for _, count in wanted)):
        part = tuple([(sku, count) for (sku, _), count in zip(wanted, counts, strict=True) if count])
        if part:
            for node, cost in _cheapest(order, part, network, terms, arrives_at).items():
                yield _Way(node, part, cost, 1)


def _shares(order: Order, wanted: Wanted, network: NetworkView, terms: HindsightTerms) -> Iterator[_Way]:
    """Yield every unit of an order from every node, for its share of the cheapest shipment of a single unit."""
    least: dict[str, float] = {}
    for sku, _ in wanted:
        for node, cost in _cheapest(order, ((sku, 1),), network, terms, None).items():
            least[node] = min(cost, least.get(node, inf))
    units = units_of(order.lines)
    for node, cost in least.items():
        yield from (_Way(node, ((sku, 1),), cost / units, 0) for sku, _ in wanted)


def _cheapest(
    order: Order, part: Wanted, network: NetworkView, terms: HindsightTerms, arrives_at: ArrivesAt | None
) -> dict[str, float]:
    """Return by node the least that a part of an order costs: carriage, handling, boxes, lateness if it is known."""
    parcels = network.parcels(tuple([OrderLine(sku, count) for sku, count in part]))
    found: dict[str, float] = {}
    for offer in network.offers(order.destination, order.service_level, parcels):
        cost = offer.cost_usd + parcels.packaging_usd
        late_hours = 0.0 if arrives_at is None else arrives_at(order, offer) - order.promised_by
        if late_hours == inf:  # nothing can arrive by it any more
            continue
        if late_hours > 0:
            cost += lateness_usd(late_hours, terms)
        found[offer.node] = min(cost, found.get(offer.node, inf))
    return found


@dataclass(slots=True)
class _Rows:
    """Constraints of a program, row by row."""

    limits: list[float] = field(default_factory=list)
    entries: list[tuple[int, int, float]] = field(default_factory=list)

    def add(self, limit: float, entries: Iterable[tuple[int, float]]) -> None:
        """Add a row: the sum of some columns, each times a number, and its limit."""
        row = len(self.limits)
        self.entries += [(row, column, times) for column, times in entries]
        self.limits.append(limit)

    def matrix(self, columns: int) -> Any:  # noqa: ANN401  (a sparse matrix)
        """Return the rows as a matrix."""
        from scipy.sparse import csr_array

        at = np.array(self.entries, dtype=np.float64).reshape(-1, 3)
        where = (at[:, 0].astype(np.int64), at[:, 1].astype(np.int64))
        return csr_array((at[:, 2], where), shape=(len(self.limits), columns))


class _Program:
    """The linear program: who gets which share of which part from where, and what is carried on or left unserved."""

    def __init__(self, terms: HindsightTerms, opening: Stock, receipts: Sequence[Receipt]) -> None:
        self._terms, self._opening = terms, opening
        self._times: dict[tuple[str, str], list[float]] = {}
        self._units: dict[tuple[str, str], list[int]] = {}
        for receipt in sorted(receipts, key=lambda receipt: receipt.received_at):
            self._times.setdefault((receipt.node, receipt.sku), []).append(receipt.received_at)
            self._units.setdefault((receipt.node, receipt.sku), []).append(receipt.units)
        self._costs: list[float] = []
        self._unserved: list[int] = []
        self._served, self._at_most = _Rows(), _Rows()
        self._uses: dict[tuple[str, str], dict[int, list[tuple[int, float]]]] = {}

    def add(self, wanted: Wanted, ways: Sequence[_Way], stock_by: float, count: int) -> None:
        """Add some orders that are alike."""
        columns = [(way, self._column(way.cost_usd)) for way in ways]
        for sku, units in wanted:
            unserved = self._column(self._terms.unserved_usd)
            self._unserved.append(unserved)
            given = [(column, float(taken)) for way, column in columns for name, taken in way.part if name == sku]
            self._served.add(units * count, [*given, (unserved, 1.0)])
        shipments = [(column, 1.0) for way, column in columns if way.shipments]
        if shipments and sum(units for _, units in wanted) > 1:
            self._at_most.add(count, [*shipments, (self._column(self._terms.split_usd), -1.0)])
        for way, column in columns:
            for sku, taken in way.part:
                self._take(way.node, sku, stock_by, (column, float(taken)))

    def solve(self) -> Bound:
        """Return what the best that could have been done costs."""
        from scipy.optimize import linprog

        if not self._costs:
            return Bound(0.0, 0.0)
        for (node, sku), uses in self._uses.items():
            self._share_out(node, sku, uses)
        columns = len(self._costs)
        limits = {"A_ub": self._at_most.matrix(columns), "b_ub": self._at_most.limits} if self._at_most.limits else {}
        found = linprog(
            self._costs, **limits, A_eq=self._served.matrix(columns), b_eq=self._served.limits, method="highs"
        )
        assert found.x is not None, found.message  # to leave everybody unserved is always possible
        return Bound(float(np.dot(self._costs, found.x)), float(found.x[self._unserved].sum()))

    def _column(self, cost_usd: float) -> int:
        self._costs.append(cost_usd)
        return len(self._costs) - 1

    def _take(self, node: str, sku: str, stock_by: float, use: tuple[int, float]) -> None:
        """Note that a way uses stock, of the opening and of the receipts until then."""
        turn = bisect_right(self._times.get((node, sku), ()), stock_by)
        self._uses.setdefault((node, sku), {}).setdefault(turn, []).append(use)

    def _share_out(self, node: str, sku: str, uses: Mapping[int, list[tuple[int, float]]]) -> None:
        """Limit what is used between two receipts to what came and what was carried on."""
        carried: list[tuple[int, float]] = []
        came = [self._opening.get(node, {}).get(sku, 0), *self._units.get((node, sku), ())]
        for turn, units in enumerate(came):
            on = self._column(0.0)
            self._at_most.add(units, [*uses.get(turn, ()), *carried, (on, 1.0)])
            carried = [(on, -1.0)]
