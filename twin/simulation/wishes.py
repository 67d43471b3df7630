"""What customers wish of stores near them: their own choice, before the policy is asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol, final

from twin.domain.orders import Order
from twin.policies.decision import Decision, PlannedShipment
from twin.policies.offers import OfferBook
from twin.policies.routing.roles import RoutingPolicy
from twin.policies.view import NetworkView
from twin.simulation.nodes import WorkingNode


class Wish(Protocol):
    """Something that some customers want of a store."""

    def plan(self, order: Order, network: NetworkView) -> PlannedShipment | None:
        """Return the plan that a customer wishes for, None where there is no wish or no store to fulfil it."""


class NearStores:
    """The stores within some miles of a destination, the nearest first.

    An order for which none would do is shipped, and stays so, also if later a store could have a part of it.
    """

    def __init__(self, stores: Mapping[str, WorkingNode], book: OfferBook, max_miles: float) -> None:
        self._stores, self._book, self._max_miles = stores, book, max_miles
        self._near: dict[str, Sequence[str]] = {}
        self._shipped: set[int] = set()

    def with_all_of(self, order: Order, network: NetworkView) -> Iterator[str]:
        """Yield those that take orders and have all of an order in their books, until one of them will do."""
        destination = order.destination
        if order.number in self._shipped:
            return
        if destination not in self._near:
            miles = sorted((self._book.miles(name, destination), name) for name in self._stores)
            self._near[destination] = [name for away, name in miles if away <= self._max_miles]
        for name in self._near[destination]:
            if network.can_fill(name, order.lines):
                yield name
        self._shipped.add(order.number)


@final
class CustomersChoice:
    """Routing in which customers come first: what they wish of a store goes there, all else by the policy."""

    def __init__(self, policy: RoutingPolicy, wishes: Sequence[Wish]) -> None:
        self._policy, self._wishes = policy, wishes

    def decide(self, order: Order, network: NetworkView) -> Decision:
        """Return the plan for an order."""
        for wish in self._wishes:
            plan = wish.plan(order, network)
            if plan is not None:
                return Decision(order.number, (plan,))
        return self._policy.decide(order, network)
