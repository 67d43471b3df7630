"""Fulfillment nodes with their calendars, stages, docks, assortments and lanes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from twin.assemble.country import cartons
from twin.assemble.injecting import injection
from twin.assemble.lanes import check_lanes, supply
from twin.assemble.openings import opening
from twin.assemble.rows import Findings
from twin.assemble.stores import pickup_desk, shelf_terms
from twin.assemble.work import calendar, stages, work
from twin.config.network import AssortmentConfig, NetworkConfig, NodeConfig
from twin.config.returns import ReturnsDeskConfig
from twin.domain.calendars import Timeline
from twin.domain.carriers import Departure
from twin.domain.cartons import PackingStandard
from twin.domain.geography import Place
from twin.domain.nodes import FulfillmentNode, MoreOrders, NodeCosts
from twin.domain.products import Product
from twin.domain.returns import ReturnsDesk

MINUTES_PER_HOUR = 60.0


def fulfillment_nodes(
    config: NetworkConfig,
    places: Mapping[str, Place],
    products: Mapping[str, Product],
    closed_on: frozenset[date],
    timeline: Timeline,
    findings: Findings,
) -> dict[str, FulfillmentNode]:
    """Make every node, in order of name; what does not fit goes to `findings`."""
    check_lanes(config, places, findings)
    found = {}
    for name, node in sorted(config.nodes.items()):
        where = f"network.nodes.{name}"
        place = _place(f"{where}.zip3", node.zip3, config, places, findings)
        if place is None:
            continue
        found[name] = FulfillmentNode(
            name=name,
            kind=node.kind,
            place=place,
            priority=node.priority,
            calendar=calendar(node, place, closed_on, where, findings),
            stages=stages(node, where, findings),
            departures=_departures(node, where, place, places, findings),
            costs=NodeCosts(**node.costs.model_dump()),
            supply=supply(config.lanes.get(name), config, place, places),
            assortment=_assortment(f"{where}.assortment", node.assortment, config, products, findings),
            orders_per_day=node.orders_per_day,
            more_orders=_more_orders(node, where, findings),
            enabled=node.enabled,
            standby=node.standby,
            label=node.label or place.city,
            found_rate=node.found_rate,
            groups=frozenset(node.groups),
            returns=_returns_desk(node.returns),
            work=work(node, where, findings),
            shelf=shelf_terms(node, where, findings),
            pickup=pickup_desk(node),
            delivers_locally=node.delivers_locally,
            packing_standard=_packing_standard(node, where, config, findings),
            opening=opening(node, where, timeline, findings),
        )
    if not any(node.enabled for node in config.nodes.values()):
        findings.add_key("network.nodes", "no enabled node", "at least one", "add a node or enable one")
    elif all(node.standby for node in config.nodes.values() if node.enabled):
        findings.add_key("network.nodes", "nodes on standby only", "one at least that is not", "set standby: false")
    return found


def _place(key: str, zip3: str, config: NetworkConfig, places: Mapping[str, Place], findings: Findings) -> Place | None:
    """Return a place of the table, or None where it has none of that ZIP3."""
    if zip3 not in places and findings.is_sound(config.places):
        findings.add_key(key, repr(zip3), f"a ZIP3 of {config.places}", "use one that exists")
    return places.get(zip3)


def _departures(
    node: NodeConfig, where: str, place: Place, places: Mapping[str, Place], findings: Findings
) -> tuple[Departure, ...]:
    found = []
    for service, one in sorted(node.departures.items()):
        if one.cutoff > one.departs:
            findings.add_key(
                f"{where}.departures.{service}.cutoff",
                f"{one.cutoff:%H:%M}",
                f"a time before the departure at {one.departs:%H:%M}",
                "mend one of the two",
            )
        else:
            at_hub = injection(one.inject, f"{where}.departures.{service}.inject", place, places, findings)
            found.append(Departure(service, one.cutoff, one.departs, one.days, one.parcels_per_day, at_hub))
    return tuple(found)


def _more_orders(node: NodeConfig, where: str, findings: Findings) -> MoreOrders | None:
    """Return what a contract says of more orders; it needs a limit to begin with, and one below the highest."""
    more = node.more_orders
    if more is None:
        return None
    if node.orders_per_day is None or node.orders_per_day >= more.most:
        limit = "no limit" if node.orders_per_day is None else f"a limit of {node.orders_per_day}"
        findings.add_key(
            f"{where}.more_orders", f"up to {more.most} orders a day beside {limit}",
            "an orders_per_day below that", "set orders_per_day, raise `most`, or drop more_orders",
        )  # fmt: skip
    return MoreOrders(more.step, more.most, more.notice_days, more.from_use)


def _packing_standard(
    node: NodeConfig, where: str, config: NetworkConfig, findings: Findings
) -> PackingStandard | None:
    """Return how a node packs that has a standard of its own."""
    own = node.packing_standard
    if own is None:
        return None
    if own.cartons is None:
        boxes = cartons("network.cartons", config.cartons, findings)
    else:
        boxes = cartons(f"{where}.packing_standard.cartons", own.cartons, findings)
    return PackingStandard(boxes, own.lines_together)


def _returns_desk(desk: ReturnsDeskConfig | None) -> ReturnsDesk | None:
    if desk is None:
        return None
    return ReturnsDesk(desk.stations, desk.minutes_per_unit / MINUTES_PER_HOUR, desk.fee_usd)


def _assortment(
    key: str,
    wanted: AssortmentConfig,
    config: NetworkConfig,
    products: Mapping[str, Product],
    findings: Findings,
) -> frozenset[str]:
    """Return the SKUs a node carries; `products` stand in order of popularity."""
    known = sorted({product.category for product in products.values()})
    for category in wanted.categories:
        if category not in known and findings.is_sound(config.products):
            findings.add_key(
                f"{key}.categories",
                f"category {category!r}",
                f"one of {', '.join(known)}",
                "name a category of the catalogue",
            )
    chosen = [p.sku for p in products.values() if not wanted.categories or p.category in wanted.categories]
    return frozenset(chosen if wanted.top_skus is None else chosen[: wanted.top_skus])
