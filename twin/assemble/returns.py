"""What customers send back, from its configuration and held against the network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import ceil, isclose

from twin.assemble.rows import Findings, some
from twin.config import ScenarioConfig
from twin.config.returns import ReturnsConfig
from twin.domain.carriers import CarrierService
from twin.domain.cartons import Parcel
from twin.domain.network import Network
from twin.domain.products import CUBIC_INCHES_PER_CUBIC_CM, POUNDS_PER_KG
from twin.domain.returns import GRADES, DropOff, ReturnReason, ReturnTerms
from twin.policies.cartons import CM_PER_INCH
from twin.policies.returns import ReturnRoute

HOURS_PER_DAY = 24.0
ROUNDING = 1e-9


def return_terms(config: ReturnsConfig) -> ReturnTerms | None:
    """Return how often goods come back and what that costs, None where nobody sends anything back."""
    if config.kind == "none" or config.label is None:
        return None
    drop_off = config.drop_off
    return ReturnTerms(
        rate=config.rate,
        rates=config.rates,
        channel_factors=config.channel_factors,
        reasons=tuple(
            ReturnReason(name, one.share, one.delay, tuple(one.grades.get(grade, 0.0) for grade in GRADES),
                         one.restocking_fee_usd)
            for name, one in config.reasons.items()
        ),
        label_service=config.label.service,
        label_price_rate=config.label.price_rate,
        drop_off=DropOff(drop_off.share, drop_off.channels, drop_off.within_miles, drop_off.co2e_kg),
        refund_rate=config.refund_rate,
        refurbish_usd=config.refurbish_usd,
        refurbish_hours=config.refurbish_days * HOURS_PER_DAY,
        recovered_rate=config.recovered_rate,
    )  # fmt: skip


def return_route(config: ReturnsConfig) -> ReturnRoute:
    """Return the policy that says where returns go."""
    return ReturnRoute(config.route.kind, config.route.center)


def check_returns(config: ScenarioConfig, network: Network, findings: Findings) -> None:
    """Note what is wrong with returns in themselves and with their names; nothing where nobody sends anything back."""
    if config.returns.kind == "none":
        return
    _check_reasons(config.returns, findings)
    if findings.is_sound(config.network.products):
        _check_names(config, network, findings)
    _check_label(config, network, findings)
    _check_route(config.returns, network, findings)


def _check_reasons(config: ReturnsConfig, findings: Findings) -> None:
    """Reasons, and the grades of each, add up to all returns."""
    shares = [("returns.reasons", [reason.share for reason in config.reasons.values()])]
    shares += [(f"returns.reasons.{name}.grades", [*one.grades.values()]) for name, one in config.reasons.items()]
    for key, parts in shares:
        if not isclose(sum(parts), 1.0, abs_tol=ROUNDING):
            findings.add_key(key, f"shares that add up to {sum(parts):g}", "1", "mend the shares")


def _check_names(config: ScenarioConfig, network: Network, findings: Findings) -> None:
    """Categories and channels exist, and no more comes back than was sent."""
    returns = config.returns
    for key, given, known in _named(config, network):
        for name in given:
            if name not in known:
                findings.add_key(f"{key}.{name}", repr(name), f"one of {', '.join(known)}", "name one that exists")
    for channel, factor in returns.channel_factors.items():
        most = max([returns.rate, *returns.rates.values()])
        if factor * most > 1:
            findings.add_key(
                f"returns.channel_factors.{channel}",
                f"{factor:g}, which makes {factor * most:g} of the highest rate, {most:g}",
                "a factor with which no more comes back than was sent",
                "lower the factor or the rate",
            )


def _named(config: ScenarioConfig, network: Network) -> Iterator[tuple[str, Mapping[str, float], Sequence[str]]]:
    """Yield each mapping by names with its key and the names that exist."""
    returns = config.returns
    yield "returns.rates", returns.rates, sorted({product.category for product in network.products.values()})
    if config.demand.kind == "model":  # a trace brings channels of its own
        yield "returns.channel_factors", returns.channel_factors, list(config.demand.channels)
        yield "returns.drop_off.channels", returns.drop_off.channels, list(config.demand.channels)


def _check_label(config: ScenarioConfig, network: Network, findings: Findings) -> None:
    """The service that brings returns counts days, goes everywhere and takes every box."""
    label, tables = config.returns.label, config.carriers
    if label is None:
        findings.add_key("returns.label", "no service", "a carrier service and its price", "set returns.label.service")
        return
    if not findings.is_sound(*tables.services, *tables.rates, *tables.transit, config.network.products):
        return
    service, key = network.services.get(label.service), "returns.label.service"
    if service is None:
        known = ", ".join(network.services)
        findings.add_key(key, repr(label.service), f"one of {known}", "name a service of the carrier tables")
    elif service.transit_hours is not None:
        found = f"{label.service!r}, which delivers on the day it collects"
        findings.add_key(key, found, "a service that counts days", "name a parcel service")
    else:
        _check_boxes(service, network, findings)


def _check_boxes(service: CarrierService, network: Network, findings: Findings) -> None:
    zones = range(1, network.zone_bands.zones + 1)
    out = [
        name
        for name, parcel in _boxes(network)
        if any(service.label_usd(zone, parcel) is None for zone in zones)
    ]  # fmt: skip
    if out:
        findings.add_key(
            "returns.label.service",
            f"{service.name!r}, which has no price in some zone for {len(out)} boxes or products: {some(out)}",
            "a service that takes every product and every full carton everywhere",
            "name another service, or add rates and transit times",
        )


def _boxes(network: Network) -> Iterator[tuple[str, Parcel]]:
    """Yield every carton as full as may be, and every product in its own packaging."""
    for carton in network.cartons:
        yield carton.carton_id, _parcel(carton.max_weight_kg + carton.tare_kg, carton.volume_cm3, carton.dimensions_cm)
    for product in network.products.values():
        yield product.sku, _parcel(product.weight_kg, product.volume_cm3, product.dimensions_cm)


def _parcel(weight_kg: float, volume_cm3: float, dimensions_cm: tuple[float, float, float]) -> Parcel:
    return Parcel(
        max(1, ceil(weight_kg * POUNDS_PER_KG)),
        ceil(volume_cm3 * CUBIC_INCHES_PER_CUBIC_CM),
        ceil(dimensions_cm[0] / CM_PER_INCH),
    )


def _check_route(config: ReturnsConfig, network: Network, findings: Findings) -> None:
    """There is a node of the wanted sort that takes returns."""
    takes = [name for name, node in network.nodes.items() if node.takes_returns]
    kind, center = config.route.kind, config.route.center
    if not takes:
        findings.add_key(
            "network.nodes", "no open node that takes returns", "at least one", "give a node returns.stations"
        )
    elif kind == "center" and center not in takes:
        found = "no center" if center is None else f"{center!r}, which takes no returns"
        found = found if center is None or center in network.nodes else f"no node {center!r}"
        findings.add_key("returns.route.center", found, f"one of {', '.join(takes)}",
                         "name one of these, or let the node take returns")  # fmt: skip
    elif kind != "center" and center is not None:
        found = f"{center!r} with returns.route.kind={kind}"
        findings.add_key("returns.route.center", found, "null", "set returns.route.kind=center or drop the center")
    elif kind == "store" and not any(network.nodes[name].kind == "store" for name in takes):
        findings.add_key("returns.route.kind", "store", f"a network with a store that takes returns, not {some(takes)}",
                         "choose origin, nearest or center")  # fmt: skip
