"""Fulfillment nodes with their calendars, stages, docks, assortments and lanes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import TypeVar

from twin.assemble.rows import Findings
from twin.config import AssortmentConfig, LaneConfig, NetworkConfig, NodeConfig
from twin.domain.calendars import Shift, WorkCalendar
from twin.domain.carriers import Departure
from twin.domain.distributions import Distribution
from twin.domain.geography import Place, great_circle_miles
from twin.domain.nodes import FulfillmentNode, NodeCosts, Stage, Supply
from twin.domain.products import Product

Made = TypeVar("Made")


def fulfillment_nodes(
    config: NetworkConfig,
    places: Mapping[str, Place],
    products: Mapping[str, Product],
    closed_on: frozenset[date],
    findings: Findings,
) -> dict[str, FulfillmentNode]:
    """Make every node, in order of name; what does not fit goes to `findings`."""
    _check_lanes(config, findings)
    found = {}
    for name, node in sorted(config.nodes.items()):
        where = f"network.nodes.{name}"
        place = places.get(node.zip3)
        if place is None:
            findings.add(f"{where}.zip3", f"zip3 {node.zip3!r}", f"a ZIP3 of {config.places}", "use one that exists")
            continue
        found[name] = FulfillmentNode(
            name=name,
            kind=node.kind,
            place=place,
            priority=node.priority,
            calendar=_calendar(node, place, closed_on, where, findings),
            stages=_stages(node, where, findings),
            departures=_departures(node, where, findings),
            costs=NodeCosts(**node.costs.model_dump()),
            supply=_supply(config.lanes.get(name), config, place, places, findings),
            assortment=_assortment(node.assortment, products, where, findings),
            orders_per_day=node.orders_per_day,
            enabled=node.enabled,
            label=node.label or place.city,
            found_rate=node.found_rate,
        )
    if not any(node.enabled for node in found.values()):
        findings.add("network.nodes", "no enabled node", "at least one", "add a node or enable one")
    return found


def _calendar(
    node: NodeConfig, place: Place, closed_on: frozenset[date], where: str, findings: Findings
) -> WorkCalendar:
    if not node.shifts:
        findings.add(f"{where}.shifts", "no shift", "at least one", "add a shift, or disable the node")
    shifts = tuple(Shift(s.days, s.starts, s.ends, s.staffed_rate) for s in node.shifts.values())
    return WorkCalendar(place.timezone, shifts, closed_on if node.closed_on_holidays else frozenset())


def _stages(node: NodeConfig, where: str, findings: Findings) -> tuple[Stage, ...]:
    found = []
    for name, stage in node.stages.items():
        if stage.work.mean <= 0:
            findings.add(f"{where}.stages.{name}.work", f"mean {stage.work.mean} h", "a mean above zero",
                         "give the time one order takes")  # fmt: skip
            continue
        found.append(Stage(name, stage.stations, stage.work, stage.extra_line_rate, stage.extra_unit_rate,
                           stage.queue, stage.waiting_cap))  # fmt: skip
    if not found:
        findings.add(f"{where}.stages", "no stage of work", "at least one", "add one, such as pick")
        found.append(Stage("none", 0, Distribution.of("deterministic", value=1.0)))
    return tuple(found)


def _departures(node: NodeConfig, where: str, findings: Findings) -> tuple[Departure, ...]:
    found = []
    for service, departure in sorted(node.departures.items()):
        made = _try(lambda: Departure(service, departure.cutoff, departure.departs, departure.days),  # noqa: B023  (called at once)
                    f"{where}.departures.{service}", findings)  # fmt: skip
        if made is not None:
            found.append(made)
    return tuple(found)


def _supply(
    lane: LaneConfig | None, config: NetworkConfig, place: Place, places: Mapping[str, Place], findings: Findings
) -> Supply | None:
    if lane is None or lane.supplier not in config.suppliers:
        return None
    supplier_zip3 = config.suppliers[lane.supplier].zip3
    origin = places.get(supplier_zip3)
    if origin is None:
        findings.add(f"network.suppliers.{lane.supplier}.zip3", f"zip3 {supplier_zip3!r}",
                     f"a ZIP3 of {config.places}", "use one that exists")  # fmt: skip
        return None
    return Supply(lane.supplier, lane.lead_time, great_circle_miles(origin, place))


def _check_lanes(config: NetworkConfig, findings: Findings) -> None:
    for name, lane in config.lanes.items():
        if name not in config.nodes:
            findings.add(f"network.lanes.{name}", f"a lane to node {name!r}", f"one of {', '.join(config.nodes)}",
                         "name the lane after the node it leads to")  # fmt: skip
        if lane.supplier not in config.suppliers:
            known = ", ".join(config.suppliers) or "none"
            findings.add(f"network.lanes.{name}.from", f"supplier {lane.supplier!r}", f"one of {known}",
                         "add the supplier or name another")  # fmt: skip


def _assortment(
    config: AssortmentConfig, products: Mapping[str, Product], where: str, findings: Findings
) -> frozenset[str]:
    """Return the SKUs a node carries; `products` stand in order of popularity."""
    categories = {product.category for product in products.values()}
    for category in config.categories:
        if category not in categories:
            findings.add(f"{where}.assortment.categories", f"category {category!r}",
                         f"one of {', '.join(sorted(categories))}", "name a category of the catalogue")  # fmt: skip
    chosen = [p.sku for p in products.values() if not config.categories or p.category in config.categories]
    return frozenset(chosen if config.top_skus is None else chosen[: config.top_skus])


def _try(make: Callable[[], Made], where: str, findings: Findings) -> Made | None:
    try:
        return make()
    except ValueError as error:
        findings.add(where, "values that do not go together", str(error), "mend one of them")
        return None
