"""The whole model of a scenario: everything a run needs, or every reason why it cannot run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from twin.assemble.carriers import carrier_services
from twin.assemble.country import cartons, holidays, places, products, zone_bands
from twin.assemble.cross_checks import cross_check
from twin.assemble.demand import demand_shape, service_levels
from twin.assemble.disruptions import check_disruptions, disruption_plans
from twin.assemble.emissions import carbon_factors
from twin.assemble.freight import freight_terms
from twin.assemble.injecting import injected_services, with_injected
from twin.assemble.lanes import with_transfers
from twin.assemble.metro import customers_within
from twin.assemble.nodes import fulfillment_nodes
from twin.assemble.openings import check_openings, new_nodes, restocking, without_goods
from twin.assemble.order_management import order_management, safety_stock
from twin.assemble.responses import check_responses, responses
from twin.assemble.returns import check_returns, return_route, return_terms
from twin.assemble.routing import check_names
from twin.assemble.rows import Findings
from twin.assemble.stock import (
    check_opening_cover,
    expected_demand,
    forecast,
    opening_stock,
    replenishment,
    stock_table,
)
from twin.assemble.stores import local_delivery_terms, pickup_terms, with_pickup, with_vans, with_walk_ins
from twin.assemble.surcharges import delivery_areas
from twin.assemble.trace import traced_orders
from twin.calibration.replaying import replay_policy
from twin.config import ScenarioConfig
from twin.domain.calendars import Timeline
from twin.domain.disruptions import Disruption
from twin.domain.errors import ConfigurationError
from twin.domain.local_delivery import LocalDeliveryTerms
from twin.domain.network import Network
from twin.domain.pickup import PickupTerms
from twin.policies.placement import DailyUnits, Placement
from twin.policies.routing.catalogue import load
from twin.policies.routing.roles import RoutingPolicy
from twin.service.http_routing import HttpRouting, http_policy
from twin.simulation.demand import Demand, DemandShape, ModelledDemand
from twin.simulation.order_management import OrderManagement
from twin.simulation.promises import PromiseBook
from twin.simulation.trace import TracedDemand, TracedOrders
from twin.simulation.world import Horizon, Model, Shelves

HOURS_PER_DAY = 24.0


@dataclass(frozen=True, slots=True)
class _Read:
    """What the configuration and its tables say, all of it looked at and found right."""

    network: Network
    horizon: Horizon
    carrier_closed: frozenset[date]
    shape: DemandShape
    trace: TracedOrders | None
    stock: Mapping[str, Mapping[str, int]] | None
    routing: RoutingPolicy
    management: OrderManagement
    safety_stock: Mapping[str, Mapping[str, int]]
    pickup: PickupTerms | None
    local_delivery: LocalDeliveryTerms | None


def build(config: ScenarioConfig, name: str = "design", origin: Callable[[str], str] = str) -> Model:
    """Read all tables of a scenario and make its model; `origin` says where a dotted key was set.

    Raises `ConfigurationError` with every problem of the configuration and its tables at once.
    """
    read = _read(config, name, origin)
    network, shelves = read.network, Shelves.of(read.network)
    demand = expected_demand(network, read.shape, read.trace, read.horizon)
    placement = Placement(shelves.book, shelves.packer, demand)
    shipped = placement.units_per_day()

    def kept(units: DailyUnits) -> DailyUnits:
        """Return what nodes must keep to ship some units a day: for those who walk in, and for nodes they refill."""
        wanted = with_walk_ins(units, network)
        return wanted if config.replenishment.kind == "none" else with_transfers(wanted, network)

    new = new_nodes(network)
    expected = kept(placement.units_per_day(frozenset(new)))
    reorder = replenishment(config.replenishment, network, expected)
    stock = opening_stock(config.replenishment, expected, reorder.levels) if read.stock is None else read.stock
    routing, review_at = read.routing, config.replenishment.review_at
    return Model(
        network=network,
        shelves=shelves,
        horizon=read.horizon,
        routing=replace(routing, book=shelves.book) if isinstance(routing, HttpRouting) else routing,
        replenishment=reorder,
        restocking=restocking(
            network,
            lambda absent: replenishment(config.replenishment, network, kept(placement.units_per_day(absent))).levels,
        ),
        opening_stock=without_goods(stock, network) if new else stock,
        demand=_demand(network, read.horizon, read.shape, read.trace, read.carrier_closed),
        fixed_luck=config.demand.kind == "trace" and config.demand.luck == "fixed",
        disruptions=disruption_plans(config, network, shipped),
        responses=responses(config),
        holidays=read.carrier_closed,
        review_days=config.replenishment.review_days,
        review_hour=review_at.hour + review_at.minute / 60,
        unfilled=config.replenishment.unfilled,
        patience_hours=config.replenishment.patience_days * HOURS_PER_DAY,
        forecast=forecast(network, demand, config.replenishment),
        order_management=read.management,
        safety_stock=read.safety_stock,
        pickup=read.pickup,
        local_delivery=read.local_delivery,
        returns=return_terms(config.returns),
        return_route=return_route(config.returns),
        explain=config.study.explain,
        most_events=config.study.limits.events,
    )


def _read(config: ScenarioConfig, name: str, origin: Callable[[str], str]) -> _Read:
    """Read everything, look whether it fits together, and refuse it with all problems at once."""
    findings = Findings(origin)
    business_closed, carrier_closed = holidays(config.network, findings)
    horizon = _horizon(config)
    network = _network(config, name, business_closed, horizon.timeline, findings)
    shape = demand_shape(config, network.places, findings)
    trace = traced_orders(config, network, horizon, findings) if config.demand.kind == "trace" else None
    check_disruptions(config, network, findings)
    stock = stock_table(config, network, findings)
    check_opening_cover(config, findings)
    routing = _routing(config, findings)
    management = order_management(config.dom, findings)
    safety = safety_stock(config.dom, network, findings)
    if routing is not None:
        check_names(routing, config, network, findings)
    check_returns(config, network, findings)
    check_openings(network, findings, refilled=config.replenishment.kind != "none")
    cross_check(config, network, findings)
    check_responses(config, network, routing, findings)
    pickup = pickup_terms(config, network, findings)
    local_delivery = local_delivery_terms(config, network, findings)
    findings.refuse()
    assert routing is not None, "a policy that cannot be made is a finding"
    network = with_vans(with_pickup(network, pickup), local_delivery)
    return _Read(
        network, horizon, carrier_closed, shape, trace, stock, routing, management, safety, pickup, local_delivery
    )


def _network(
    config: ScenarioConfig, name: str, closed_on: frozenset[date], timeline: Timeline, findings: Findings
) -> Network:
    country = customers_within(config, places(config.network, findings), findings)
    catalogue = products(config.network, findings)
    bands = zone_bands(config.network, findings)
    areas = delivery_areas(config.carriers, findings)
    services = carrier_services(config.carriers, bands.zones, frozenset(areas.values()), timeline, findings)
    levels = service_levels(config, services, findings)
    injected = injected_services(config.network, services, findings)
    services |= injected
    return Network(
        name=name,
        nodes=fulfillment_nodes(config.network, country, catalogue, closed_on, timeline, findings),
        places=country,
        products=catalogue,
        services=services,
        service_levels=with_injected(levels, config.network, injected),
        zone_bands=bands,
        cartons=cartons("network.cartons", config.network.cartons, findings),
        carbon=carbon_factors(config, findings),
        delivery_areas=areas,
        freight=freight_terms(config, findings),
    )


def _horizon(config: ScenarioConfig) -> Horizon:
    study = config.study
    days = study.warmup_days + study.measured_days + study.cooldown_days + study.runout_days
    timeline = Timeline(study.starts_on, study.timezone, days)
    return Horizon(timeline, study.warmup_days, study.measured_days, study.cooldown_days, study.runout_days)


def _routing(config: ScenarioConfig, findings: Findings) -> RoutingPolicy | None:
    try:
        if config.routing.get("kind") == "http":
            return http_policy(config.routing, None)  # its price lists come once the network is known to be right
        if config.routing.get("kind") == "replay":
            return replay_policy(config.routing)
        return load(config.routing)
    except ConfigurationError as error:
        findings.add_problems(error.problems)
        return None


def _demand(
    network: Network,
    horizon: Horizon,
    shape: DemandShape,
    trace: TracedOrders | None,
    closed_on: frozenset[date],
) -> Callable[[int, int, Sequence[Disruption]], Demand]:
    """Return what makes the customers of a replication."""
    country = list(network.places.values())
    promises = PromiseBook(horizon.timeline, country, list(network.service_levels.values()), closed_on)
    if trace is not None:
        replayed = TracedDemand(trace, promises)
        return lambda seed, replication, events: replayed  # noqa: ARG005  (a trace is what it is)
    catalogue = list(network.products.values())
    return lambda seed, replication, events: ModelledDemand(
        shape, horizon.timeline, country, catalogue, promises, events, seed, replication
    )
