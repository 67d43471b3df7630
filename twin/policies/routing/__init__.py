"""Routing policies: which node ships which lines of an order, and by which service.

Each policy is one file named after its kind. A policy is a frozen dataclass of parameters with
`decide(order, network) -> Decision`; it reads no clock, draws no random numbers and changes nothing.
"""

from twin.policies.routing.catalogue import kinds, load
from twin.policies.routing.roles import RoutingPolicy

__all__ = ["RoutingPolicy", "kinds", "load"]
