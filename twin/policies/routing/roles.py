"""What a routing policy is, and what else it may be able to do.

Only `decide` is asked of every policy. Whoever wants more asks whether a policy plays the role: `isinstance(policy,
LearningPolicy)`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, Self, runtime_checkable

from twin.domain.orders import Order
from twin.policies.decision import Decision, Reason
from twin.policies.forecast import Forecast
from twin.policies.view import NetworkView


class RoutingPolicy(Protocol):
    """Anything that can decide where an order ships from."""

    def decide(self, order: Order, network: NetworkView) -> Decision:
        """Return the plan for an order, given what the network can do now."""


@runtime_checkable
class LearningPolicy(RoutingPolicy, Protocol):
    """A policy that learns from a forecast, such as shadow prices.

    What it learned is a field of its own with `metadata=LEARNED`, which no configuration can set.
    """

    @property
    def refresh_days(self) -> float:
        """How often it wants to be refreshed."""

    def refresh(self, network: NetworkView, forecast: Forecast) -> Self:
        """Return the same policy with what it learned from the network as it is now and the demand expected."""


@runtime_checkable
class BatchPolicy(RoutingPolicy, Protocol):
    """A policy that decides better for many orders at once."""

    def decide_batch(self, orders: Sequence[Order], network: NetworkView) -> Sequence[Decision]:
        """Return one plan for each order; together they promise no unit twice."""


@runtime_checkable
class ExplainingPolicy(RoutingPolicy, Protocol):
    """A policy with rules of its own that keep nodes out."""

    def why_not(self, node: str, order: Order, network: NetworkView) -> Reason | None:
        """Return which of its own rules keeps an open node with stock out, or None where none does."""


@runtime_checkable
class RemotePolicy(RoutingPolicy, Protocol):
    """A policy that asks a service, which may fail."""

    def counts(self) -> Mapping[str, int]:
        """Return how many orders were asked, answered, failed and so on, in this process so far."""

    def degraded(self, counts: Mapping[str, int]) -> bool:
        """Answer whether so many decisions of a run were not the service's that its results speak of something else."""


LEARNED = {"learned": True}
