"""What disruptions do, from their configuration: the keys of effects, and which scopes each one goes with."""

from __future__ import annotations

from collections.abc import Mapping

from twin.assemble.rows import Findings
from twin.assemble.work import PUT_AWAY
from twin.config.disruptions import DisruptionConfig
from twin.config.network import NetworkConfig
from twin.domain.disruptions import AT_NODES
from twin.domain.effects import (
    Closed,
    Effect,
    MachinesDown,
    PeopleAway,
    Recall,
    StockDestroyed,
    SupplierDelay,
    SupplierFailure,
)
from twin.domain.network import Network
from twin.domain.nodes import FulfillmentNode

OF_PRODUCTS, OF_SUPPLIERS = ("product", "category"), ("supplier", "region")
SCOPES: Mapping[str, tuple[str, ...]] = {
    "people": AT_NODES, "closed": AT_NODES, "machines": AT_NODES, "stock_destroyed": AT_NODES, "recall": OF_PRODUCTS,
    "supplier_delay": OF_SUPPLIERS, "supplier_failure": OF_SUPPLIERS,
}  # fmt: skip
"""The scopes that each key of an effect goes with."""


def effects_of(event: DisruptionConfig, config: NetworkConfig, network: Network) -> tuple[Effect, ...]:
    """Return the effects that an event names; what it names by groups stands there one by one."""
    found: list[Effect] = []
    if event.people:
        found.append(PeopleAway())
    if event.closed:
        found.append(Closed())
    if event.machines is not None:
        found.append(MachinesDown(event.machines.stage))
    if event.stock_destroyed is not None:
        found.append(StockDestroyed(event.stock_destroyed.share))
    if event.recall is not None:
        found.append(Recall(_skus(event, network), event.recall.disposal))
    suppliers = _suppliers(event, config, network)
    if event.supplier_delay is not None:
        found.append(SupplierDelay(suppliers, event.supplier_delay.hours))
    if event.supplier_failure:
        found.append(SupplierFailure(suppliers))
    return tuple(found)


def check_effects(key: str, event: DisruptionConfig, network: Network, findings: Findings) -> None:
    """Every effect goes with the scope of its event, and what it names exists."""
    for effect, scopes in SCOPES.items():
        if getattr(event, effect) and event.scope not in scopes:
            findings.add_key(
                f"{key}.{effect}", f"an effect on {' or '.join(scopes)}, in an event of scope {event.scope}",
                f"scope: {' or '.join(scopes)}", f"leave it out, and add an event of scope {scopes[0]}",
            )  # fmt: skip
    if event.scope == "supplier" and event.supplier_delay is None and not event.supplier_failure:
        cure = "say what happens to its trucks"
        findings.add_key(key, "nothing that happens to a supplier", "supplier_delay or supplier_failure", cure)
    if event.scope in OF_PRODUCTS and event.recall is None:
        cure = "say what becomes of them: release or scrap"
        findings.add_key(f"{key}.recall", f"none, in an event of scope {event.scope}", "recall: {disposal: ...}", cure)
    if event.machines is not None and event.scope in AT_NODES:
        _check_stage(f"{key}.machines.stage", event, event.machines.stage, network, findings)


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
