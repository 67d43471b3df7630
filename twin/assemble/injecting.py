"""Zone skipping: departures that inject their parcels at a hub are services of their own, priced from the hub."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from twin.assemble.rows import Findings
from twin.config.network import InjectionConfig, NetworkConfig
from twin.domain.carriers import CarrierService
from twin.domain.geography import Place, great_circle_miles
from twin.domain.injection import Injection
from twin.domain.service_levels import ServiceLevel

Services = Mapping[str, CarrierService]


def injected_services(config: NetworkConfig, services: Services, findings: Findings) -> dict[str, CarrierService]:
    """Return the services that departures make by injecting the parcels of another one, some days later."""
    found: dict[str, CarrierService] = {}
    for key, name, given in _injections(config):
        base = services.get(given.service)
        if base is None or base.transit_hours is not None:
            wrong = f"service {given.service!r}" + (", which delivers the same day" if base is not None else "")
            slow = [one.name for one in services.values() if one.transit_hours is None]
            findings.add_key(f"{key}.service", wrong, f"one of {', '.join(slow)}", "name a service that counts days")
            continue
        days = tuple(None if typical is None else typical + given.extra_days for typical in base.typical_days)
        made = replace(base, name=name, typical_days=days)
        if name in services or found.setdefault(name, made) != made:
            findings.add_key(
                key, f"{name!r}, which is another service too", "a name of its own for each service and its days",
                "rename the departure",
            )  # fmt: skip
    return found


def with_injected(
    levels: Mapping[str, ServiceLevel], config: NetworkConfig, services: Services
) -> dict[str, ServiceLevel]:
    """Return the choices at checkout: who may have a service may have its parcels injected."""
    bases = {name: given.service for _, name, given in _injections(config) if name in services}
    return {
        label: replace(level, services=(*level.services, *(name for name in bases if bases[name] in level.services)))
        for label, level in levels.items()
    }


def injection(
    given: InjectionConfig | None, key: str, place: Place, places: Mapping[str, Place], findings: Findings
) -> Injection | None:
    """Return where a departure injects; what does not exist goes to `findings`."""
    if given is None:
        return None
    regions = sorted({one.region for one in places.values()})
    for region in sorted({*given.regions} - {*regions}):
        findings.add_key(f"{key}.regions", repr(region), f"one of {', '.join(regions)}", "name a region of the places")
    hub = places.get(given.at)
    if hub is None:
        findings.add_key(f"{key}.at", repr(given.at), "a ZIP3 of the places", "use one that exists")
        return None
    return Injection(hub, frozenset(given.regions), given.usd_per_lb, great_circle_miles(place, hub))


def _injections(config: NetworkConfig) -> Iterator[tuple[str, str, InjectionConfig]]:
    """Yield every departure that injects: its key, its name and how."""
    for node, one in sorted(config.nodes.items()):
        for name, departure in sorted(one.departures.items()):
            if departure.inject is not None:
                yield f"network.nodes.{node}.departures.{name}.inject", name, departure.inject
