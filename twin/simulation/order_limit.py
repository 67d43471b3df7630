"""How many orders a node takes a day, and more of them once they were asked for long enough ago."""

from __future__ import annotations

from math import inf

from twin.domain.nodes import FulfillmentNode


class OrderLimit:
    """A node's daily limit of orders, infinite where it has none.

    Where its contract knows `MoreOrders`, a day that used up most of the limit makes us ask for more, one request at a
    time; the days after the notice have it.
    """

    __slots__ = ("_days_to_wait", "_more", "today")

    def __init__(self, node: FulfillmentNode) -> None:
        self.today: float = inf if node.orders_per_day is None else node.orders_per_day
        self._more = node.more_orders
        self._days_to_wait: int | None = None

    def end_day(self, taken: float) -> bool:
        """Close a day on which so many orders were taken; answer whether the next one has a higher limit."""
        more = self._more
        if more is None:
            return False
        if self._days_to_wait is None and taken >= more.from_use * self.today and self.today < more.most:
            self._days_to_wait = more.notice_days
        if self._days_to_wait is None:
            return False
        self._days_to_wait -= 1
        if self._days_to_wait >= 0:
            return False
        self._days_to_wait = None
        self.today = min(self.today + more.step, more.most)
        return True
