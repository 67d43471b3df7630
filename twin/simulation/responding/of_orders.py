"""What responses do to orders: promise them later, send them faster, split them further."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from msgspec import structs

from twin.domain.orders import Order
from twin.domain.responses import Response
from twin.simulation.fulfillment import Fulfillment
from twin.simulation.history import History

HOURS_PER_DAY = 24.0


class Reception:
    """Takes new orders while responses promise later or send faster, and hands them on.

    An order keeps the promise it was given; its page hears of it, so that it is judged by that promise.
    """

    def __init__(self, place: Callable[[Order], None], fulfillment: Fulfillment, history: History) -> None:
        self._place, self._fulfillment, self._history = place, fulfillment, history
        self._asked: dict[str, Response] = {}
        self._later_hours = 0.0

    def place(self, order: Order) -> None:
        """Take an order."""
        if self._later_hours:
            order = structs.replace(order, promised_by=order.promised_by + self._later_hours)
            page, row = self._history.pages.page_of(order.number)
            page.day.promised_by[row] = order.promised_by
            self._history.event("promised_later", "", order.number)
        self._place(self._fulfillment.expedited(order))

    def begin(self, response: Response) -> None:
        """Promise and send by a response."""
        if response.promise_days or response.expedite:
            self._asked[response.name] = response
            self._set()

    def end(self, response: Response) -> None:
        """Promise and send as before."""
        if self._asked.pop(response.name, None) is not None:
            self._set()

    def _set(self) -> None:
        asked = self._asked.values()
        self._later_hours = max([one.promise_days for one in asked], default=0) * HOURS_PER_DAY
        self._fulfillment.levels = ChainMap(*[dict(one.expedite) for one in asked])


class Splitting:
    """Lets the policy split orders further; `allow` hears of the most shipments, None for what it does itself."""

    def __init__(self, allow: Callable[[int | None], None]) -> None:
        self._allow = allow
        self._asked: dict[str, int] = {}

    def begin(self, response: Response) -> None:
        """Allow as many as a response does."""
        if response.max_shipments is not None:
            self._asked[response.name] = response.max_shipments
            self._allow(max(self._asked.values()))

    def end(self, response: Response) -> None:
        """Allow as many as before."""
        if self._asked.pop(response.name, None) is not None:
            self._allow(max(self._asked.values(), default=None))


def allowing(policy: Any, shipments: int | None) -> Any:  # noqa: ANN401  (a policy that the configuration was checked for)
    """Return a policy that may split orders into so many shipments, if its own limit is lower."""
    if shipments is None or policy.max_shipments is None or policy.max_shipments >= shipments:
        return policy
    return replace(policy, max_shipments=shipments)
