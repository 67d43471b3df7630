"""Where a return goes: decided by the network, the customer, the product and the node it came from alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from twin.domain.network import Network
from twin.domain.nodes import FulfillmentNode

RouteKind = Literal["origin", "nearest", "store", "center"]


@dataclass(frozen=True, slots=True)
class ReturnRoute:
    """Send parcels back to where they came from, to the nearest node or store, or all to one returns center.

    Only nodes that take returns are asked, and of these first the ones that keep the product, because only they can
    sell it again. Where the wanted node is not among them, the nearest one is taken; ties go by name.
    """

    kind: RouteKind = "origin"
    center: str | None = None

    def decide(self, network: Network, destination: str, sku: str, origin: str) -> str:
        """Return the node that a product goes to, which a customer at `destination` has from the node `origin`."""
        takes = [node for node in network.nodes.values() if node.takes_returns]
        asked = [node for node in takes if node.takes_back(sku)] or takes
        wanted = [node for node in asked if self._wants(node, origin)]
        return min(wanted or asked, key=_by_distance(network, destination)).name

    def _wants(self, node: FulfillmentNode, origin: str) -> bool:
        if self.kind == "store":
            return node.kind == "store"
        return self.kind == "nearest" or node.name == (origin if self.kind == "origin" else self.center)


def store_near(network: Network, destination: str, sku: str, within_miles: float) -> str | None:
    """Return the nearest store that takes a product back, or None where none is near enough."""
    stores = [node for node in network.nodes.values() if node.kind == "store" and node.takes_back(sku)]
    near = [node for node in stores if network.miles(node.name, destination) <= within_miles]
    return min(near, key=_by_distance(network, destination)).name if near else None


def _by_distance(network: Network, destination: str) -> Callable[[FulfillmentNode], tuple[float, str]]:
    return lambda node: (network.miles(node.name, destination), node.name)
