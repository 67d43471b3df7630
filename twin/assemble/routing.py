"""The names in a routing policy's rules, held against its network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from twin.assemble.rows import Findings
from twin.config import ScenarioConfig
from twin.domain.network import Network
from twin.domain.nodes import NODE_KINDS
from twin.policies.routing.names import unknown_names
from twin.policies.routing.roles import RoutingPolicy


def known_names(network: Network) -> Mapping[str, Sequence[str]]:
    """Return what rules may name in a network, by kind of name."""
    products, nodes = network.products.values(), network.nodes.values()
    return {
        "nodes": sorted(network.nodes),
        "groups": sorted({*network.nodes, *NODE_KINDS, *(group for node in nodes for group in node.groups)}),
        "service_levels": list(network.service_levels),
        "regions": sorted({place.region for place in network.places.values()}),
        "categories": sorted({product.category for product in products}),
        "velocity_classes": sorted({product.velocity_class for product in products}),
    }


def check_names(routing: RoutingPolicy, config: ScenarioConfig, network: Network, findings: Findings) -> None:
    """Note every name in a policy's rules that the scenario does not have."""
    known = dict(known_names(network))
    if config.demand.kind == "model":  # a trace brings channels of its own
        known["channels"] = list(config.demand.channels)
    for place, name, kind in unknown_names(routing, known, "routing"):
        near = get_close_matches(name, known[kind], n=1)
        cure = f"did you mean {near[0]!r}?" if near else "name one that exists"
        findings.add_key(place, repr(name), f"one of {', '.join(known[kind][:20])}", cure)
