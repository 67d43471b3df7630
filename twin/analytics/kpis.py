"""The list of KPIs, and how all of them are computed for the network and its parts.

To add one, write a function of a table in its module, a line here and its row in `docs/kpis.md`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, cast

import pandas as pd

from twin.analytics import (
    capacity,
    carbon,
    costs,
    fill,
    freight,
    inventory,
    pickups,
    returns,
    routing,
    service,
    shelves,
    volume,
)
from twin.analytics.bookings import bookings, members_of
from twin.analytics.sums import Result
from twin.analytics.tables import Tables, Window, cohort
from twin.domain.network import Network

Better = Literal["lower", "higher", "neither"]
Source = Literal[
    "orders",
    "shipments",
    "nodes",
    "stock",
    "bookings",
    "returns",
    "pickups",
    "local_deliveries",
    "shelves",
    "freight",
    "storage",
]

WHOLE = ("network",)
LEVELS = ("network", "service_level")
NODES = ("network", "node")
SHIPMENTS = ("network", "node", "service")
ORDERS = ("network", "channel", "region", "service_level")
ORDERS_AND_NODES = (*NODES, "channel", "region", "service_level")
EVERYTHING = (*SHIPMENTS, "channel", "region", "service_level")
ZONES = ("network", "zone")


@dataclass(frozen=True, slots=True)
class Kpi:
    """One KPI: its function, the unit, which way is better, and the groups that have a value of their own.

    The function takes the table named by `source` and a column to group by; its docstring is the definition.
    """

    function: Callable[..., Result]
    unit: str
    better: Better
    source: Source
    groups: tuple[str, ...]

    @property
    def id(self) -> str:
        """The name it has in tables and reports: that of its function."""
        return self.function.__name__


RETURN_KPIS = (
    Kpi(returns.return_rate, "rate", "lower", "bookings", ORDERS),
    Kpi(returns.returns_cpo, "USD/order", "lower", "bookings", ORDERS_AND_NODES),
    Kpi(returns.return_label_cpo, "USD/order", "lower", "bookings", ORDERS_AND_NODES),
    Kpi(returns.return_handling_cpo, "USD/order", "lower", "bookings", ORDERS_AND_NODES),
    Kpi(returns.return_loss_cpo, "USD/order", "lower", "bookings", ORDERS_AND_NODES),
    Kpi(returns.returns_usd, "USD", "lower", "bookings", ORDERS_AND_NODES),
    Kpi(returns.refunds_per_order, "USD/order", "lower", "bookings", ORDERS_AND_NODES),
    Kpi(returns.restock_rate, "rate", "higher", "bookings", ORDERS_AND_NODES),
    Kpi(returns.return_to_shelf_days_mean, "d", "lower", "returns", ORDERS_AND_NODES),
    Kpi(returns.returns_co2e_kg_per_order, "kg/order", "lower", "bookings", ORDERS_AND_NODES),
)
"""What only a run says in which customers send goods back."""

PICKUP_KPIS = (
    Kpi(pickups.pickup_ready_rate, "rate", "higher", "pickups", ORDERS_AND_NODES),
    Kpi(pickups.pickup_ready_hours_mean, "h", "lower", "pickups", ORDERS_AND_NODES),
    Kpi(pickups.no_show_rate, "rate", "lower", "pickups", ORDERS_AND_NODES),
)
"""What only a run says in which customers collect."""

VAN_KPIS = (Kpi(pickups.window_rate, "rate", "higher", "local_deliveries", ORDERS_AND_NODES),)
"""What only a run says in which stores have vans."""

FREIGHT_KPIS = (
    Kpi(freight.freight_usd_per_unit, "USD/unit", "lower", "freight", NODES),
    Kpi(freight.pallets_per_load, "pallets/load", "neither", "freight", NODES),
)
"""What only a run says in which a lane pays by the load."""

HUB_KPIS = (
    Kpi(carbon.first_mile_co2e_kg_per_order, "kg/order", "lower", "bookings", ORDERS_AND_NODES),
    Kpi(carbon.hub_co2e_kg_per_order, "kg/order", "lower", "bookings", ORDERS_AND_NODES),
)
"""What only a run says whose parcels pass hubs."""

SHELF_KPIS = (
    Kpi(shelves.book_accuracy_rate, "rate", "higher", "shelves", NODES),
    Kpi(shelves.phantom_rate, "rate", "lower", "shelves", NODES),
    Kpi(shelves.walk_in_units_per_day, "units/d", "neither", "shelves", NODES),
    Kpi(shelves.walk_in_lost_rate, "rate", "lower", "shelves", NODES),
)
"""What only a run says in which shelves differ from the books."""

STORAGE_KPIS = (Kpi(capacity.storage_fill_p95, "rate", "neither", "storage", NODES),)
"""What only a run says in which the room on some node's shelves is limited."""

KPIS = (
    Kpi(costs.cost_per_order, "USD/order", "lower", "bookings", NODES),
    Kpi(costs.label_cpo, "USD/order", "lower", "bookings", ORDERS_AND_NODES),
    Kpi(costs.surcharge_cpo, "USD/order", "lower", "bookings", ORDERS_AND_NODES),
    Kpi(costs.labor_cpo, "USD/order", "lower", "bookings", NODES),
    Kpi(costs.packaging_cpo, "USD/order", "lower", "bookings", ORDERS_AND_NODES),
    Kpi(costs.inbound_cpo, "USD/order", "lower", "bookings", NODES),
    Kpi(costs.node_fixed_cpo, "USD/order", "lower", "bookings", NODES),
    Kpi(costs.storage_cpo, "USD/order", "lower", "bookings", NODES),
    Kpi(costs.holding_cpo, "USD/order", "lower", "bookings", NODES),
    Kpi(costs.late_credit_cpo, "USD/order", "lower", "bookings", ORDERS_AND_NODES),
    Kpi(costs.claims_cpo, "USD/order", "lower", "bookings", ORDERS_AND_NODES),
    Kpi(costs.destroyed_cpo, "USD/order", "lower", "bookings", NODES),
    Kpi(costs.cost_per_order_variable, "USD/order", "lower", "bookings", ORDERS_AND_NODES),
    Kpi(costs.shipping_cost_per_order, "USD/order", "lower", "bookings", ORDERS_AND_NODES),
    Kpi(costs.shipping_cost_per_package, "USD/package", "lower", "bookings", EVERYTHING),
    Kpi(costs.total_cost_usd, "USD", "lower", "bookings", NODES),
    Kpi(service.on_time_delivery_rate, "rate", "higher", "orders", ORDERS),
    Kpi(service.on_time_delivery_rate_scor, "rate", "higher", "orders", WHOLE),
    Kpi(service.delivered_in_full_rate, "rate", "higher", "orders", ORDERS),
    Kpi(service.delivered_in_full_rate_scor, "rate", "higher", "orders", WHOLE),
    Kpi(service.otif_rate, "rate", "higher", "orders", ORDERS),
    Kpi(service.perfect_order_rate, "rate", "higher", "orders", ORDERS),
    Kpi(service.perfect_order_rate_scor, "rate", "higher", "orders", WHOLE),
    Kpi(service.cancel_rate, "rate", "lower", "orders", ORDERS),
    Kpi(service.click_to_ship_hours_mean, "h", "lower", "orders", ORDERS),
    Kpi(service.click_to_ship_hours_p50, "h", "lower", "orders", LEVELS),
    Kpi(service.click_to_ship_hours_p90, "h", "lower", "orders", LEVELS),
    Kpi(service.click_to_ship_hours_p95, "h", "lower", "orders", LEVELS),
    Kpi(service.click_to_deliver_hours_mean, "h", "lower", "orders", ORDERS),
    Kpi(service.click_to_deliver_hours_p50, "h", "lower", "orders", ORDERS),
    Kpi(service.click_to_deliver_hours_p90, "h", "lower", "orders", ORDERS),
    Kpi(service.click_to_deliver_hours_p95, "h", "lower", "orders", ORDERS),
    Kpi(service.promise_error_hours_mean, "h", "neither", "orders", ORDERS),
    Kpi(service.promise_error_hours_p10, "h", "neither", "orders", LEVELS),
    Kpi(service.promise_error_hours_p90, "h", "lower", "orders", LEVELS),
    Kpi(service.early_by_a_day_rate, "rate", "neither", "orders", ORDERS),
    Kpi(service.late_days_mean, "d", "lower", "orders", ORDERS),
    Kpi(service.csat_proxy, "points", "higher", "orders", ORDERS),
    Kpi(service.promise_moved_rate, "rate", "lower", "bookings", ORDERS),
    Kpi(service.lost_sales_units, "units", "lower", "bookings", ORDERS),
    Kpi(service.lost_sales_usd, "USD", "lower", "bookings", ORDERS),
    Kpi(service.on_time_arrival_rate, "rate", "higher", "shipments", EVERYTHING),
    Kpi(service.on_time_ship_rate, "rate", "higher", "shipments", EVERYTHING),
    Kpi(service.transit_hours_mean, "h", "lower", "shipments", (*SHIPMENTS, "zone")),
    Kpi(service.transit_hours_p90, "h", "lower", "shipments", (*SHIPMENTS, "zone")),
    Kpi(fill.unit_fill_rate, "rate", "higher", "orders", ORDERS),
    Kpi(fill.line_fill_rate, "rate", "higher", "orders", ORDERS),
    Kpi(fill.order_fill_rate, "rate", "higher", "orders", ORDERS),
    Kpi(fill.single_node_fill_rate, "rate", "higher", "orders", ORDERS),
    Kpi(fill.ready_rate, "rate", "higher", "stock", NODES),
    Kpi(fill.cycle_service_level, "rate", "higher", "stock", NODES),
    Kpi(fill.stockout_rate, "rate", "lower", "stock", NODES),
    Kpi(fill.gamma_service_level, "rate", "higher", "stock", NODES),
    Kpi(routing.split_rate, "rate", "lower", "orders", ORDERS),
    Kpi(routing.split_rate_multi, "rate", "lower", "orders", ORDERS),
    Kpi(routing.avoidable_split_rate, "rate", "lower", "orders", ORDERS),
    Kpi(routing.packages_per_order, "packages/order", "lower", "orders", ORDERS),
    Kpi(routing.primary_rate, "rate", "higher", "orders", ORDERS),
    Kpi(routing.mean_zone, "zone", "lower", "bookings", EVERYTHING),
    Kpi(routing.zone_mix, "rate", "neither", "shipments", ZONES),
    Kpi(routing.miles_per_package, "miles", "lower", "bookings", EVERYTHING),
    Kpi(routing.decline_rate, "rate", "lower", "bookings", NODES),
    Kpi(routing.reroutes_per_order, "reroutes/order", "lower", "bookings", ORDERS),
    Kpi(routing.oversell_rate, "rate", "lower", "bookings", ORDERS),
    Kpi(routing.decision_hours_mean, "h", "lower", "orders", ORDERS),
    Kpi(routing.lost_rate, "rate", "lower", "shipments", SHIPMENTS),
    Kpi(inventory.inventory_turns, "1/year", "higher", "stock", NODES),
    Kpi(inventory.days_of_supply, "d", "lower", "stock", NODES),
    Kpi(inventory.stock_imbalance, "ratio", "lower", "stock", WHOLE),
    Kpi(capacity.utilization, "rate", "neither", "nodes", NODES),
    Kpi(capacity.utilization_p95, "rate", "neither", "nodes", NODES),
    Kpi(capacity.backlog_hours_mean, "station-h", "lower", "nodes", NODES),
    Kpi(capacity.backlog_hours_p95, "station-h", "lower", "nodes", NODES),
    Kpi(capacity.backlog_hours_max, "station-h", "lower", "nodes", NODES),
    Kpi(capacity.queue_hours_mean, "h", "lower", "shipments", NODES),
    Kpi(capacity.queue_hours_p50, "h", "lower", "shipments", NODES),
    Kpi(capacity.queue_hours_p90, "h", "lower", "shipments", NODES),
    Kpi(capacity.missed_cutoff_rate, "rate", "lower", "shipments", SHIPMENTS),
    Kpi(capacity.units_per_labor_hour, "units/h", "higher", "bookings", NODES),
    Kpi(capacity.overtime_hours, "h", "lower", "bookings", NODES),
    Kpi(carbon.co2e_kg_per_order, "kg/order", "lower", "bookings", NODES),
    Kpi(carbon.linehaul_ground_co2e_kg_per_order, "kg/order", "lower", "bookings", ORDERS_AND_NODES),
    Kpi(carbon.linehaul_air_co2e_kg_per_order, "kg/order", "lower", "bookings", ORDERS_AND_NODES),
    Kpi(carbon.last_mile_co2e_kg_per_order, "kg/order", "lower", "bookings", ORDERS_AND_NODES),
    Kpi(carbon.packaging_co2e_kg_per_order, "kg/order", "lower", "bookings", ORDERS_AND_NODES),
    Kpi(carbon.inbound_co2e_kg_per_order, "kg/order", "lower", "bookings", NODES),
    Kpi(carbon.building_co2e_kg_per_order, "kg/order", "lower", "bookings", NODES),
    Kpi(carbon.transport_co2e_kg_per_order, "kg/order", "lower", "bookings", ORDERS_AND_NODES),
    Kpi(carbon.co2e_kg_per_package, "kg/package", "lower", "bookings", NODES),
    Kpi(carbon.gco2e_per_tkm, "g/tkm", "lower", "bookings", EVERYTHING),
    Kpi(carbon.co2e_kg_total, "kg", "lower", "bookings", NODES),
    Kpi(volume.orders_placed, "orders", "neither", "bookings", ORDERS),
    Kpi(volume.orders_per_day, "orders/d", "neither", "bookings", ORDERS),
    Kpi(volume.orders_delivered, "orders", "neither", "bookings", ORDERS_AND_NODES),
    Kpi(volume.censored_orders, "orders", "lower", "bookings", ORDERS),
    Kpi(volume.shipments_per_day, "shipments/d", "neither", "bookings", EVERYTHING),
    Kpi(volume.packages_shipped, "packages", "neither", "bookings", EVERYTHING),
    *RETURN_KPIS,
    *PICKUP_KPIS,
    *VAN_KPIS,
    *SHELF_KPIS,
    *HUB_KPIS,
    *FREIGHT_KPIS,
    *STORAGE_KPIS,
)
"""Every KPI, in the order in which they are listed."""

OPTIONAL_KPIS = {
    "returns": RETURN_KPIS, "pickups": PICKUP_KPIS, "local_deliveries": VAN_KPIS, "shelves": SHELF_KPIS,
    "freight": FREIGHT_KPIS,
}  # fmt: skip
"""The KPIs of tables that only some runs leave."""


def compute_kpis(tables: Tables, window: Window, network: Network) -> pd.DataFrame:
    """Return every KPI of a run for the network and its groups, a row each (see `docs/results.md`)."""
    return kpis_of(measure(tables, window, network), window, network)


def measure(tables: Tables, window: Window, network: Network) -> Tables:
    """Return what a study measures of a run: the cohort, at the nodes that the design has open."""
    return _of_open_nodes(cohort(tables, window), network)


def kpis_of(measured: Tables, window: Window, network: Network) -> pd.DataFrame:
    """Return every KPI of what was measured.

    A run without returns says nothing of them, nor one without other tables of theirs.
    """
    sources = {
        "orders": measured.orders,
        "shipments": measured.shipments,
        "nodes": measured.nodes,
        "stock": measured.stock,
        "bookings": bookings(measured, window, network),
    }
    unasked: list[Kpi] = [] if network.carbon.hubs else [*HUB_KPIS]
    room = room_m3(network)
    if room:
        sources["storage"] = _stored(measured.stock, room)
    else:
        unasked.extend(STORAGE_KPIS)
    for name, kpis in OPTIONAL_KPIS.items():
        table = getattr(measured, name)
        if table is None:
            unasked.extend(kpis)
        else:
            sources[name] = table
    members = members_of(measured, network) | {"zone": range(1, network.zone_bands.zones + 1)}
    rows = [
        (kpi.id, kpi.unit, group, member, value)
        for kpi in KPIS
        if kpi not in unasked
        for group in kpi.groups
        for member, value in _values(kpi, sources[kpi.source], group, members)
    ]
    return pd.DataFrame(rows, columns=["kpi", "unit", "group", "member", "value"]).astype({"value": "float64"})


def room_m3(network: Network) -> dict[str, float]:
    """Return the room on the shelves of the open nodes where it is limited."""
    inbound = {name: node.work.inbound for name, node in network.nodes.items() if node.enabled}
    return {name: one.storage_m3 for name, one in inbound.items() if one is not None and one.storage_m3 is not None}


def _stored(stock: pd.DataFrame, room: Mapping[str, float]) -> pd.DataFrame:
    """Return the days of nodes whose room is limited, with that room."""
    limited = stock[stock["node"].isin(list(room))]
    return limited.assign(storage_m3=limited["node"].astype("object").map(room).astype("float64"))


def _of_open_nodes(tables: Tables, network: Network) -> Tables:
    """Leave out the hours and stock of nodes that the design has closed: they have no part in its rates."""
    closed = [name for name, node in network.nodes.items() if not node.enabled]
    if not closed:
        return tables
    nodes, stock = tables.nodes, tables.stock
    return replace(tables, nodes=nodes[~nodes["node"].isin(closed)], stock=stock[~stock["node"].isin(closed)])


def _values(
    kpi: Kpi, table: pd.DataFrame, group: str, members: Mapping[str, Sequence[Hashable]]
) -> Iterable[tuple[str, float]]:
    """Return the KPI of each member of a group; NaN where there is nothing to measure."""
    if group == "network":
        return [("network", cast("float", kpi.function(table)))]
    found = cast("pd.Series[float]", kpi.function(table, group))
    return [(str(member), float(value)) for member, value in found.reindex(list(members[group])).items()]
