"""Stores: the shelf behind the books, what customers of the shop take from it, and what they collect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from twin.assemble.rows import Findings
from twin.config import ScenarioConfig
from twin.config.network import NodeConfig
from twin.domain.carriers import CarrierService
from twin.domain.counts import as_counts
from twin.domain.local_delivery import LocalDeliveryTerms, van_service
from twin.domain.network import Network
from twin.domain.pickup import PickupDesk, PickupTerms, pickup_service
from twin.domain.shelf import ShelfTerms
from twin.policies.placement import DailyUnits

MINUTES_PER_HOUR, HOURS_PER_DAY = 60.0, 24.0


def shelf_terms(node: NodeConfig, where: str, findings: Findings) -> ShelfTerms | None:
    """Return what is known of a node's shelf; None where its books are right."""
    given = node.shelf
    if given is None:
        return None
    if node.found_rate < 1:
        findings.add_key(
            f"{where}.found_rate", f"{node.found_rate:g} beside a shelf", "1, since the shelf says what is found",
            "set found_rate to 1, or shelf to null",
        )  # fmt: skip
    counts = {}
    for name in ("wrong_by", "units_per_walk_in"):
        try:
            counts[name] = as_counts(getattr(given, name))
        except ValueError as fault:
            expected = "whole numbers from 1, of kind deterministic, discrete or empirical"
            findings.add_key(f"{where}.shelf.{name}", str(fault), expected, "give each number its share")
            return None
    return ShelfTerms(**{**given.model_dump(), **counts})


def pickup_desk(node: NodeConfig) -> PickupDesk | None:
    """Return where a node hands orders over to customers; None where it does not."""
    given = node.pickup
    if given is None:
        return None
    return PickupDesk(
        given.stations, given.hand_over_minutes / MINUTES_PER_HOUR, given.curbside_minutes / MINUTES_PER_HOUR
    )


def pickup_terms(config: ScenarioConfig, network: Network, findings: Findings) -> PickupTerms | None:
    """Return who collects; None where nobody does."""
    given = config.demand.pickup
    if given is None:
        return None
    if not any(node.pickup and node.enabled for node in network.nodes.values()):
        findings.add_key("demand.pickup", "no open node that hands orders over", "at least one",
                         "give a store pickup, or set demand.pickup to null")  # fmt: skip
    return PickupTerms(
        share=given.share, max_miles=given.max_miles, ready_hours=given.ready_hours,
        collect_hours=given.collect_after, hold_hours=given.hold_days * HOURS_PER_DAY,
        no_show_rate=given.no_show_rate, curbside_share=given.curbside_share,
        co2e_kg=given.trip_co2e_kg * given.dedicated_trip_rate,
    )  # fmt: skip


def local_delivery_terms(config: ScenarioConfig, network: Network, findings: Findings) -> LocalDeliveryTerms | None:
    """Return who gets a window; None where nobody does."""
    given = config.demand.local_delivery
    if given is None:
        return None
    if not any(node.delivers_locally and node.enabled for node in network.nodes.values()):
        findings.add_key("demand.local_delivery", "no open node that delivers locally", "at least one",
                         "set delivers_locally of a store, or demand.local_delivery to null")  # fmt: skip
    return LocalDeliveryTerms(
        share=given.share, max_miles=given.max_miles, starts=tuple(sorted(set(given.windows))),
        window_hours=given.window_hours, lead_hours=given.lead_hours, orders_per_window=given.orders_per_window,
        stop_usd=given.stop_usd, co2e_kg=given.stop_co2e_kg,
    )  # fmt: skip


def with_pickup(network: Network, terms: PickupTerms | None) -> Network:
    """Return a network whose customers can collect: pickup is one more service, and their trips emit carbon."""
    return network if terms is None else _with_service(network, pickup_service(network.zone_bands.zones), terms.co2e_kg)


def with_vans(network: Network, terms: LocalDeliveryTerms | None) -> Network:
    """Return a network whose stores have vans: one more service."""
    if terms is None:
        return network
    return _with_service(network, van_service(network.zone_bands.zones, terms), terms.co2e_kg)


def _with_service(network: Network, service: CarrierService, co2e_kg: float) -> Network:
    carbon = replace(
        network.carbon,
        linehaul_kg_per_tkm={**network.carbon.linehaul_kg_per_tkm, service.mode: 0.0},
        last_mile_kg_per_parcel={**network.carbon.last_mile_kg_per_parcel, service.mode: co2e_kg},
    )
    return replace(network, services={**network.services, service.name: service}, carbon=carbon)


def with_walk_ins(expected: DailyUnits, network: Network) -> DailyUnits:
    """Return the units a day that each node should lose by SKU, with what customers of its shop want."""
    return {name: {**by_sku, **_walk_ins(network, name, by_sku)} for name, by_sku in expected.items()}


def _walk_ins(network: Network, name: str, by_sku: Mapping[str, float]) -> dict[str, float]:
    """Return the sum of both by SKU, for the products that the node carries."""
    node = network.nodes[name]
    if node.shelf is None or not node.shelf.walk_in_units_per_day:
        return {}
    carried = {sku: product.popularity for sku, product in network.products.items() if sku in node.assortment}
    total = sum(carried.values()) or 1.0
    wanted = node.shelf.walk_in_units_per_day / total
    return {sku: by_sku.get(sku, 0.0) + wanted * popularity for sku, popularity in carried.items()}
