"""What disruptions do, from their configuration: the keys of effects, and which scopes each one goes with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from twin.assemble.rows import Findings
from twin.assemble.work import PUT_AWAY
from twin.config.disruptions import DisruptionConfig
from twin.config.network import NetworkConfig
from twin.domain.effects import (
    CarrierCut,
    Closed,
    Effect,
    FeedFrozen,
    MachinesDown,
    OrderManagementDown,
    PeopleAway,
    Recall,
    StockDestroyed,
    SupplierDelay,
    SupplierFailure,
)
from twin.domain.network import Network
from twin.domain.nodes import FulfillmentNode

OF_BUILDINGS = ("node", "region", "largest_node")
OF_NODES = (*OF_BUILDINGS, "storm")
OF_PRODUCTS, OF_SUPPLIERS = ("product", "category"), ("supplier", "region")
OF_SERVICES, OF_FEEDS, OF_ALL = ("service",), (*OF_BUILDINGS, "network"), ("network",)
SCOPES: Mapping[str, tuple[str, ...]] = {
    "people": OF_NODES, "closed": OF_NODES, "machines": OF_NODES, "stock_destroyed": OF_BUILDINGS,
    "recall": OF_PRODUCTS,
    "supplier_delay": OF_SUPPLIERS, "supplier_failure": OF_SUPPLIERS, "carrier_cut": OF_SERVICES,
    "stock_feed_frozen": OF_FEEDS, "dom_down": OF_ALL,
}  # fmt: skip
"""The scopes that each key of an effect goes with."""
WITHOUT_OTHERS = ("product", "category", "supplier", "network")
"""The scopes to which nothing happens but what keys of effects say."""


def effects_of(event: DisruptionConfig, config: NetworkConfig, network: Network) -> tuple[Effect, ...]:
    """Return the effects that an event names; what it names by groups stands there one by one."""
    return *_at_nodes(event), *_on_goods(event, config, network), *_on_systems(event)


def _at_nodes(event: DisruptionConfig) -> Iterator[Effect]:
    if event.people:
        yield PeopleAway()
    if event.closed:
        yield Closed()
    if event.machines is not None:
        yield MachinesDown(event.machines.stage)
    if event.stock_destroyed is not None:
        yield StockDestroyed(event.stock_destroyed.share)


def _on_goods(event: DisruptionConfig, config: NetworkConfig, network: Network) -> Iterator[Effect]:
    if event.recall is not None:
        yield Recall(_skus(event, network), event.recall.disposal)
    if event.supplier_delay is not None:
        yield SupplierDelay(_suppliers(event, config, network), event.supplier_delay.hours)
    if event.supplier_failure:
        yield SupplierFailure(_suppliers(event, config, network))


def _on_systems(event: DisruptionConfig) -> Iterator[Effect]:
    if event.carrier_cut is not None:
        yield CarrierCut(event.carrier_cut.of)
    if event.stock_feed_frozen:
        yield FeedFrozen()
    if event.dom_down:
        yield OrderManagementDown()


def check_effects(key: str, event: DisruptionConfig, network: Network, findings: Findings) -> None:
    """Every effect goes with the scope of its event, and what it names exists."""
    for effect, scopes in SCOPES.items():
        if getattr(event, effect) and event.scope not in scopes:
            findings.add_key(
                f"{key}.{effect}", f"an effect on {' or '.join(scopes)}, in an event of scope {event.scope}",
                f"scope: {' or '.join(scopes)}", f"leave it out, and add an event of scope {scopes[0]}",
            )  # fmt: skip
    fitting = [effect for effect, scopes in SCOPES.items() if event.scope in scopes]
    if event.scope in WITHOUT_OTHERS and not any(getattr(event, effect) for effect in fitting):
        found = f"an event of scope {event.scope} that does nothing"
        findings.add_key(key, found, " or ".join(fitting), "say what happens")
    if event.machines is not None and event.scope in OF_NODES:
        _check_stage(f"{key}.machines.stage", event, event.machines.stage, network, findings)
    if event.carrier_cut is not None and event.carrier_cut.of == "room":
        _check_room(f"{key}.carrier_cut.of", event, network, findings)


def _check_room(key: str, event: DisruptionConfig, network: Network, findings: Findings) -> None:
    """Only trucks that have a limit can have less room."""
    departures = [one for node in network.nodes.values() for one in node.departures if one.service in event.targets]
    if departures and all(one.parcels_per_day is None for one in departures):
        findings.add_key(
            key, f"room of {' and '.join(event.targets)}, whose trucks take whatever there is",
            "a departure with parcels_per_day", "set one, or carrier_cut: {of: departures}",
        )  # fmt: skip


def _check_stage(key: str, event: DisruptionConfig, stage: str, network: Network, findings: Findings) -> None:
    """A stage exists at every node that is named; of a region, at one node of the network at least."""
    stages = {name: _stages(node) for name, node in network.nodes.items()}
    named = [name for name in event.targets if name in stages] if event.scope == "node" else []
    lacking = next((name for name in named if stage not in stages[name]), None)
    if lacking is not None:
        known = ", ".join(stages[lacking])
        findings.add_key(key, f"{stage!r}, which {lacking!r} lacks", f"one of {known}", "name another")
    elif not named and stages and not any(stage in known for known in stages.values()):
        known = ", ".join(sorted({one for known in stages.values() for one in known}))
        findings.add_key(key, f"{stage!r}, which no node has", f"one of {known}", "name another")


def _skus(event: DisruptionConfig, network: Network) -> tuple[str, ...]:
    """Return the products that an event names, one by one or by their categories."""
    by_name = event.scope == "product"
    return tuple(sku for sku, one in network.products.items() if (sku if by_name else one.category) in event.targets)


def _suppliers(event: DisruptionConfig, config: NetworkConfig, network: Network) -> tuple[str, ...]:
    """Return the suppliers that an event names, one by one or by the regions they stand in."""
    if event.scope == "supplier":
        return event.targets
    places = network.places
    return tuple(
        name
        for name, one in config.suppliers.items()
        if one.zip3 in places and places[one.zip3].region in event.targets
    )


def _stages(node: FulfillmentNode) -> list[str]:
    """Return the names of all places of work that machines may stand at."""
    inbound = [] if node.work.inbound is None else [PUT_AWAY]
    return [stage.name for stage in node.stages] + inbound
