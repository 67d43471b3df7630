"""Lanes: how nodes are refilled, from suppliers or from one another, and what a node needs for those behind it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from twin.assemble.rows import Findings
from twin.config.network import LaneConfig, NetworkConfig
from twin.domain.geography import Place, great_circle_miles
from twin.domain.network import Network
from twin.domain.nodes import FulfillmentNode, Supply
from twin.policies.placement import DailyUnits


def supply(lane: LaneConfig | None, config: NetworkConfig, place: Place, places: Mapping[str, Place]) -> Supply | None:
    """Return how a node at a place is refilled, None without a lane, or where its source stands nowhere."""
    source = None if lane is None else config.suppliers.get(lane.supplier) or config.nodes.get(lane.supplier)
    origin = places.get(source.zip3) if source is not None else None
    if lane is None or origin is None:
        return None
    return Supply(lane.supplier, lane.lead_time, great_circle_miles(origin, place), lane.freight)


def check_lanes(config: NetworkConfig, places: Mapping[str, Place], findings: Findings) -> None:
    """Every lane leads from a supplier or an open node to a node that exists, and none in a circle."""
    for name, supplier in config.suppliers.items():
        key = f"network.suppliers.{name}"
        if supplier.zip3 not in places and findings.is_sound(config.places):
            findings.add_key(f"{key}.zip3", repr(supplier.zip3), f"a ZIP3 of {config.places}", "use one that exists")
        if name in config.nodes:
            findings.add_key(key, "a supplier with the name of a node", "a name of its own", "rename one of the two")
    for name, lane in config.lanes.items():
        key = f"network.lanes.{name}"
        if name not in config.nodes:
            findings.add_key(
                key, f"a lane to node {name!r}", f"one of {', '.join(config.nodes)}",
                "name the lane after the node it leads to",
            )  # fmt: skip
        for found, expected, cure in _wrong_source(name, lane.supplier, config):
            findings.add_key(f"{key}.from", found, expected, cure)


def _wrong_source(name: str, source: str, config: NetworkConfig) -> Iterator[tuple[str, str, str]]:
    """Yield what is wrong with the source of a lane: what was found, what was expected, what to do."""
    known = ", ".join([*config.suppliers, *(node for node in config.nodes if node != name)])
    if source not in config.suppliers and source not in config.nodes:
        kinds = known or "a supplier, but there is none"
        yield f"supplier {source!r}", f"one of {kinds}", "add the supplier or name another"
    elif source in config.nodes and not config.nodes[source].enabled and config.nodes[name].enabled:
        yield f"node {source!r}, which is switched off", "an enabled node or a supplier", "enable it or name another"
    elif name in _behind(name, config):
        yield f"{source!r}, which gets its goods from {name!r}", "a way that begins at a supplier", "name a supplier"


def _behind(name: str, config: NetworkConfig) -> set[str]:
    """Return every source on the way to a node, as far as lanes lead."""
    found: set[str] = set()
    lane = config.lanes.get(name)
    while lane is not None and lane.supplier not in found:
        found.add(lane.supplier)
        lane = config.lanes.get(lane.supplier)
    return found


def check_refilled(lanes: Collection[str], network: Network, findings: Findings) -> None:
    """Every enabled node has a lane, without which it would run dry in silence, from a source with all its products."""
    for name, node in network.nodes.items():
        if node.enabled and name not in lanes:
            findings.add_key(
                f"network.nodes.{name}", "no lane leads to it", "a lane from a supplier or from another node",
                f"add network.lanes.{name}, or set replenishment=none",
            )  # fmt: skip
        source = _source(node, network)
        if source is not None and source.shelf is not None:
            findings.add_key(
                f"network.lanes.{name}.from", f"node {source.name!r}, whose books may be wrong",
                "a node without a shelf", "name another source, or set its shelf to null",
            )  # fmt: skip
        lacking = sorted(node.assortment - source.assortment) if source is not None and node.enabled else []
        if source is not None and lacking:
            findings.add_key(
                f"network.lanes.{name}.from",
                f"node {source.name!r}, which does not keep {len(lacking)} SKUs of {name!r}, such as {lacking[0]}",
                "a node that keeps all of them",
                "widen its assortment, narrow the other, or name another source",
            )


def with_transfers(expected: DailyUnits, network: Network) -> DailyUnits:
    """Return expected units a day by node and SKU, those of the nodes that each one refills among them."""
    total = {node: dict(by_sku) for node, by_sku in expected.items()}
    for node, by_sku in expected.items():
        source = _source(network.nodes[node], network)
        while source is not None:
            for sku, units in by_sku.items():
                total[source.name][sku] = total[source.name].get(sku, 0.0) + units
            source = _source(source, network)
    return total


def _source(node: FulfillmentNode, network: Network) -> FulfillmentNode | None:
    """Return the node that refills another one, None where a supplier does or nobody."""
    return None if node.supply is None else network.nodes.get(node.supply.supplier)
