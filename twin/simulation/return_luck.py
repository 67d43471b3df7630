"""Which orders send something back, and why: drawn for a day at once from one uniform of each order.

The uniform of a line that comes back lies below its rate. Divided by the rate it is a fresh uniform, which chooses the
reason; what is left of it within the reason's share is fresh again, and so on. So one number tells everything, and no
answer leans on another: turning it by the golden ratio, as for shipments, would not do here, since all of these numbers
begin in the same short stretch below the rate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from twin.domain.network import Network
from twin.domain.returns import GRADES, Grade, ReturnReason, ReturnTerms
from twin.simulation.days import Floats, Integers, Names
from twin.simulation.distributions import quantiles
from twin.simulation.invoices import GOLDEN
from twin.simulation.pages import OrderPage

RETURN = "return"  # the purpose whose luck orders carry where returns are on
SOONEST_HOURS = 24.0  # nobody sends back what came less than a day ago
LARGEST = 1.0 - 2.0**-53


@dataclass(frozen=True, slots=True)
class DrawnReturn:
    """What the luck of an order says of one of its lines that comes back."""

    reason: ReturnReason
    grade: Grade
    drops_off: bool
    delay_hours: float


class ReturnLuck:
    """Draws the returns of a day."""

    def __init__(self, terms: ReturnTerms, network: Network, names: Names) -> None:
        self._terms = terms
        categories = [network.products[sku].category for sku in names.skus]
        self._skus = names.skus
        self._rates = np.array([[terms.rate_of(of, channel) for channel in names.channels] for of in categories])
        self._drop_off = np.array([terms.drop_off.share_of(channel) for channel in names.channels])

    def of(self, page: OrderPage) -> dict[int, dict[str, DrawnReturn]]:
        """Return, for each order of a day that sends anything back, the products that come back."""
        day = page.day
        rows = np.repeat(np.arange(day.orders), np.diff(day.line_starts))
        turn = np.arange(len(rows)) - day.line_starts[rows]
        luck = (page.luck[RETURN][rows] + GOLDEN * turn) % 1.0
        rates = self._rates[day.sku, day.channel[rows]]
        back = np.flatnonzero(luck < rates)
        drawn = self._drawn(luck[back] / rates[back], day.channel[rows[back]])
        found: dict[int, dict[str, DrawnReturn]] = {}
        numbers, skus = (rows[back] + day.first_number).tolist(), day.sku[back].tolist()
        for number, sku, one in zip(numbers, skus, drawn, strict=True):
            found.setdefault(number, {})[self._skus[sku]] = one
        return found

    def _drawn(self, luck: Floats, channel: Integers) -> Sequence[DrawnReturn]:
        """Answer reason, grade, way and delay one after the other, each from what the one before left of the luck."""
        reasons = self._terms.reasons
        reason, luck = _chosen(luck, [one.share for one in reasons])
        grade, hours, drops_off = np.empty(len(luck), dtype=np.int64), np.empty(len(luck)), np.empty(len(luck), bool)
        for code, one in enumerate(reasons):
            mine = np.flatnonzero(reason == code)
            grade[mine], left = _chosen(luck[mine], one.grades)
            share = self._drop_off[channel[mine]]
            drops_off[mine] = left < share
            size, start = np.where(left < share, share, 1.0 - share), np.where(left < share, 0.0, share)
            hours[mine] = quantiles(one.delay_hours, np.clip((left - start) / size, 0.0, LARGEST))
        hours = np.maximum(hours, SOONEST_HOURS)
        columns = zip(reason.tolist(), grade.tolist(), drops_off.tolist(), hours.tolist(), strict=True)
        return [DrawnReturn(reasons[why], GRADES[what], by, after) for why, what, by, after in columns]


def _chosen(luck: Floats, shares: Sequence[float]) -> tuple[Integers, Floats]:
    """Return which of some shares each uniform falls in, and the fresh uniform that it is within that share."""
    ends = np.cumsum(shares)
    ends /= ends[-1]
    code = np.minimum(np.searchsorted(ends, luck, side="right"), len(ends) - 1)
    starts = np.concatenate(([0.0], ends[:-1]))
    return code, np.clip((luck - starts[code]) / (ends - starts)[code], 0.0, LARGEST)
