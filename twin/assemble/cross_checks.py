"""What only shows when the parts of a scenario are held side by side."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time

from twin.assemble.rows import Findings
from twin.config import ScenarioConfig
from twin.domain.network import Network
from twin.domain.nodes import FulfillmentNode

SHOWN = 10  # names listed of many


def cross_check(config: ScenarioConfig, network: Network, findings: Findings) -> None:
    """Add to `findings` what does not fit together across nodes, carriers, customers and stock."""
    for node in network.nodes.values():
        _check_departures(node, network, findings)
    _check_reach(network, findings)
    _check_prices(network, findings)
    _check_carried(network, findings)
    if config.study.measures and not any(measure.primary for measure in config.study.measures.values()):
        findings.add("study.measures", "no primary measure", "one measure with primary: true", "choose one")


def _check_departures(node: FulfillmentNode, network: Network, findings: Findings) -> None:
    """Every departure has a service that exists, and a cut-off at an hour the node works."""
    if node.enabled and not node.departures:
        findings.add(f"network.nodes.{node.name}.departures", "none", "at least one carrier departure", "add one")
    for departure in node.departures:
        where = f"network.nodes.{node.name}.departures.{departure.service}"
        if departure.service not in network.services:
            findings.add(where, f"service {departure.service!r}", f"one of {', '.join(network.services)}",
                         "name a service of the carrier tables")  # fmt: skip
        idle = [day for day in sorted(departure.weekdays) if not node.calendar.works_at(day, departure.cutoff)]
        if idle:
            findings.add(f"{where}.cutoff", f"{_clock(departure.cutoff)} on weekdays {idle} (Monday is 0)",
                         "a cut-off within working hours", "move the cut-off, or add a shift")  # fmt: skip


def _check_reach(network: Network, findings: Findings) -> None:
    """Every ZIP3 with people is reached by an enabled node at every service level."""
    reached = _reached_zones(network)
    for level in network.service_levels.values():
        out = [
            place.zip3
            for place in network.places.values()
            if place.population and not _reaches(network, reached, level.services, place.zip3)
        ]
        if out:
            findings.add(f"service level {level.name!r}", f"{len(out)} ZIP3 that no open node can reach: {_some(out)}",
                         "a service of that level from at least one node", "add a departure or a service")  # fmt: skip


def _reached_zones(network: Network) -> Mapping[str, frozenset[int]]:
    return {
        name: frozenset(zone for zone, days in enumerate(service.typical_days, start=1) if days is not None)
        for name, service in network.services.items()
    }


def _reaches(
    network: Network, reached: Mapping[str, frozenset[int]], services: tuple[str, ...], destination: str
) -> bool:
    for node in network.nodes.values():
        if not node.enabled:
            continue
        zone = network.zone_bands.zone(network.miles(node.name, destination))
        if any(d.service in services and zone in reached.get(d.service, ()) for d in node.departures):
            return True
    return False


def _check_prices(network: Network, findings: Findings) -> None:
    """Every zone a service has transit times for has prices, and the other way round."""
    for service in network.services.values():
        for zone, days in enumerate(service.typical_days, start=1):
            priced = zone <= len(service.rates.prices_usd) and bool(service.rates.prices_usd[zone - 1])
            if priced != (days is not None):
                has, lacks = ("prices", "transit time") if priced else ("a transit time", "prices")
                findings.add(f"carrier tables, service {service.name!r}, zone {zone}", f"{has} but no {lacks}",
                             "both or neither", "add the missing rows")  # fmt: skip


def _check_carried(network: Network, findings: Findings) -> None:
    """Every product is carried by an enabled node and can be shipped by some service."""
    carried: set[str] = set()
    for node in network.nodes.values():
        if node.enabled:
            carried |= node.assortment
    orphans = [sku for sku in network.products if sku not in carried]
    if orphans:
        findings.add("network.nodes.*.assortment", f"{len(orphans)} SKUs that no open node carries: {_some(orphans)}",
                     "every product at one node at least", "widen an assortment")  # fmt: skip


def _some(names: list[str]) -> str:
    rest = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {rest} more" if rest > 0 else "")


def _clock(clock: time) -> str:
    return clock.strftime("%H:%M")
