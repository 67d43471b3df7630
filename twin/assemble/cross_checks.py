"""What only shows when the parts of a scenario are held side by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from math import isfinite

from twin.analytics.kpis import (
    FREIGHT_KPIS,
    HUB_KPIS,
    KPIS,
    PICKUP_KPIS,
    RETURN_KPIS,
    SHELF_KPIS,
    STORAGE_KPIS,
    VAN_KPIS,
    Kpi,
    room_m3,
)
from twin.assemble.lanes import check_refilled
from twin.assemble.rows import Findings, some
from twin.config import ScenarioConfig
from twin.domain.calendars import WEEKDAYS
from twin.domain.carriers import CarrierService
from twin.domain.network import Network
from twin.domain.nodes import FulfillmentNode
from twin.domain.orders import OrderLine
from twin.policies.cartons import Packer
from twin.policies.price_tables import freight_usd


def cross_check(config: ScenarioConfig, network: Network, findings: Findings) -> None:
    """Add to `findings` what does not fit together across nodes, carriers, customers and stock.

    Parts whose own tables have problems are not held against each other: mending those comes first.
    """
    carriers, country = config.carriers, config.network
    tables = (*carriers.services, *carriers.rates, *carriers.transit)
    if findings.is_sound(*carriers.services, *carriers.rates):
        for node in network.nodes.values():
            _check_departures(node, network, findings)
    if findings.is_sound(country.zone_bands, *tables):
        _check_prices(network, findings)
    if findings.is_sound(country.zone_bands, country.places, *tables):
        _check_reach(network, findings)
    if findings.is_sound(country.products, country.places):
        _check_products(config, network, findings)
    if findings.is_sound(country.products, country.cartons, *tables):
        _check_weights(network, findings)
    if config.replenishment.kind != "none":
        check_refilled(config.network.lanes, network, findings)
    _check_measures(config, network, findings)


def _check_departures(node: FulfillmentNode, network: Network, findings: Findings) -> None:
    """Every departure has a service that collects on its days, and a cut-off at an hour the node works."""
    if node.enabled and not node.departures:
        findings.add_key(f"network.nodes.{node.name}.departures", "none", "at least one carrier departure", "add one")
    for departure in node.departures:
        key = f"network.nodes.{node.name}.departures.{departure.service}"
        service = network.services.get(departure.service)
        if service is None:
            findings.add_key(
                key,
                f"service {departure.service!r}",
                f"one of {', '.join(network.services)}",
                "name a service of the carrier tables",
            )
        elif not departure.weekdays <= service.pickup_weekdays:
            findings.add_key(
                f"{key}.days",
                f"{_days(departure.weekdays - service.pickup_weekdays)}",
                f"days on which {service.name} collects: {_days(service.pickup_weekdays)}",
                "drop the others",
            )
        idle = [day for day in departure.weekdays if not node.calendar.works_at(day, departure.cutoff)]
        if idle and node.calendar.shifts:
            findings.add_key(
                f"{key}.cutoff",
                f"{departure.cutoff:%H:%M} on {_days(idle)}",
                "a cut-off within working hours",
                "move the cut-off, or add a shift",
            )


def _check_reach(network: Network, findings: Findings) -> None:
    """Every ZIP3 with people is reached by an enabled node at every service level."""
    zones = {
        node.name: {zip3: network.zone_bands.zone(network.miles(node.name, zip3)) for zip3 in network.places}
        for node in network.nodes.values()
        if node.takes_orders
    }
    reached = {name: _zones(service) for name, service in network.services.items()}
    for level in network.service_levels.values():
        ways = [
            (zones[name], reached[departure.service])
            for name in zones
            for departure in network.nodes[name].departures
            if departure.service in level.services and departure.service in reached and departure.injection is None
        ]
        out = [
            place.zip3
            for place in network.places.values()
            if place.population and not any(of_node[place.zip3] in there for of_node, there in ways)
        ]
        if out:
            findings.add_key(
                f"demand.service_levels.{level.name}.services",
                f"{len(out)} ZIP3 that no open node can reach: {some(out)}",
                "a service of that level from at least one node",
                "add a departure or a service",
            )


def _zones(service: CarrierService) -> frozenset[int]:
    """Return the zones a service goes to."""
    return frozenset(zone for zone, days in enumerate(service.typical_days, start=1) if days is not None)


def _check_prices(network: Network, findings: Findings) -> None:
    """Every zone a service has transit times for has prices, and the other way round."""
    for service in network.services.values():
        priced = {zone for zone, row in enumerate(service.rates.prices_usd, start=1) if row}
        reached = _zones(service)
        for key, table, zones in (
            ("carriers.rates", "prices", reached - priced),
            ("carriers.transit", "transit times", priced - reached),
        ):
            if zones:
                findings.add_key(
                    key,
                    f"no {table} of {service.name} in zones {_listed(zones)}",
                    "both prices and transit times in a zone, or neither",
                    "add the rows",
                )


def _check_products(config: ScenarioConfig, network: Network, findings: Findings) -> None:
    """Every product is carried by an enabled node, and tilted to a region that exists."""
    carried: set[str] = set().union(*(node.assortment for node in network.nodes.values() if node.takes_orders))
    orphans = [sku for sku in network.products if sku not in carried]
    if orphans and len(network.nodes) == len(config.network.nodes):
        findings.add_key(
            "network.nodes",
            f"{len(orphans)} SKUs that no open node carries: {some(orphans)}",
            "every product at one node at least",
            "widen an assortment",
        )
    regions = {place.region for place in network.places.values()}
    for region in sorted({product.tilted_to for product in network.products.values()} - {"", *regions}):
        findings.add_table(
            config.network.products,
            f"regional_tilt {region!r}",
            f"one of {', '.join(sorted(regions))}, or blank",
            "mend the column",
        )


def _check_weights(network: Network, findings: Findings) -> None:
    """Every product is light and short enough for a service of every level."""
    packer = Packer.of(network)
    parcels = {sku: packer.pack((OrderLine(sku, 1),)) for sku in network.products}
    for level in network.service_levels.values():
        services = [network.services[name] for name in level.services if name in network.services]
        ways = [(service, zone) for service in services for zone in sorted(_zones(service))]
        takes = {
            one.key: any(isfinite(freight_usd(service, zone, one)) for service, zone in ways)
            for one in parcels.values()
        }
        out = [sku for sku, one in parcels.items() if not takes[one.key]]
        if out and ways:
            findings.add_key(
                f"demand.service_levels.{level.name}.services",
                f"{len(out)} SKUs too heavy, too long or without a price: {some(out)}",
                "a service of that level that takes them",
                "add a service or prices",
            )


def _check_measures(config: ScenarioConfig, network: Network, findings: Findings) -> None:
    """Every measure is a KPI, and one of them is the primary one."""
    known = [kpi.id for kpi in KPIS]
    for measure in config.study.measures:
        if measure not in known:
            near = get_close_matches(measure, known, n=1)
            findings.add_key(
                f"study.measures.{measure}",
                f"{measure!r}",
                "a KPI of docs/kpis.md",
                f"did you mean {near[0]!r}?" if near else "name another",
            )
        for kpis, found, cure in _not_modeled(config, network):
            if measure in [kpi.id for kpi in kpis]:
                findings.add_key(
                    f"study.measures.{measure}", f"a KPI of {found}", "a KPI of what is modeled",
                    f"{cure} or drop the measure",
                )  # fmt: skip
    primary = [measure for measure, said in config.study.measures.items() if said.primary]
    if config.study.measures and len(primary) != 1:
        findings.add_key(
            "study.measures",
            f"{len(primary)} primary measures",
            "one measure with primary: true",
            "choose one",
        )


def _not_modeled(config: ScenarioConfig, network: Network) -> Iterator[tuple[Sequence[Kpi], str, str]]:
    """Yield KPIs that this scenario has nothing to say of: what they are, and what would give them something."""
    if config.returns.kind == "none":
        yield RETURN_KPIS, "returns with returns=none", "set returns=us_2025"
    if config.demand.pickup is None:
        yield PICKUP_KPIS, "pickup without demand.pickup", "set demand.pickup"
    if config.demand.local_delivery is None:
        yield VAN_KPIS, "vans without demand.local_delivery", "set demand.local_delivery"
    if not any(node.shelf for node in network.nodes.values()):
        yield SHELF_KPIS, "shelves where no node has one", "give a node a shelf"
    if not network.has_freight_bills:
        yield FREIGHT_KPIS, "freight where no lane pays by the load", "set network.lanes.<node>.freight"
    if not room_m3(network):
        yield STORAGE_KPIS, "storage where room is unlimited", "set network.nodes.<node>.inbound.storage_m3"
    if not config.carbon.hubs:
        yield HUB_KPIS, "hubs without carbon.hubs", "set carbon=defra_2025_hubs"


def _days(weekdays: Iterable[int]) -> str:
    return ", ".join(WEEKDAYS[day] for day in sorted(weekdays))


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, sorted(numbers)))
