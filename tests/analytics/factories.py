"""Tiny networks and tables made by hand: every factory gives an ordinary thing, and takes what is special."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from math import nan

import pandas as pd

from twin.analytics.bookings import bookings
from twin.analytics.tables import Tables, Window, cohort
from twin.domain.calendars import WorkCalendar
from twin.domain.carbon import CarbonFactors
from twin.domain.carriers import CarrierService, RateCard
from twin.domain.distributions import Distribution
from twin.domain.geography import KM_PER_MILE, Place, ZoneBands
from twin.domain.network import Network
from twin.domain.nodes import FulfillmentNode, NodeCosts, Supply
from twin.domain.products import Product
from twin.domain.service_levels import ServiceLevel
from twin.domain.surcharges import Surcharges
from twin.domain.work import AS_ALWAYS, Inbound, Stage, Work

WINDOW = Window(warmup_days=1, measured_days=2)
"""Hours 24 to 72."""

WORDS = (
    "channel",
    "region",
    "service_level",
    "status",
    "node",
    "service",
    "stage",
    "kind",
    "subject",
    "method",
    "mode",
    "grade",
    "reason",
)

ORDER = {
    "order": 1, "placed_at": 30.0, "promised_by": 96.0, "channel": "web", "region": "east",
    "service_level": "standard", "lines": 1, "units": 2, "value_usd": 40.0, "status": "delivered",
    "delivered_at": 90.0, "shipped_at": 42.0, "packages": 1, "nodes": 1, "first_pass_lines": 1,
    "first_pass_units": 2, "first_choice": True, "single_node_possible": True,
    "avoidable_split": False, "decided_at": 30.0,
}  # fmt: skip

SHIPMENT = {
    "order": 1, "node": "columbus", "service": "parcel/ground", "zone": 4, "packages": 1, "weight_kg": 2.0,
    "distance_km": 500.0, "routed_at": 30.0, "started_at": 31.0, "packed_at": 33.0,
    "planned_departure_at": 42.0, "departed_at": 42.0, "delivered_at": 90.0, "promised_by": 96.0,
    "label_usd": 8.0, "surcharge_usd": 2.0, "handling_usd": 1.5, "packaging_usd": 0.5, "late_credit_usd": 0.0,
    "lost_goods_usd": 0.0, "claimed_usd": 0.0,
    "linehaul_co2e_kg": 0.25, "last_mile_co2e_kg": 0.125, "packaging_co2e_kg": 0.0625,
}  # fmt: skip

HOUR = {
    "at": 30.0, "node": "columbus", "stage": "pick", "open_hours": 4.0, "overtime_hours": 0.0, "busy_hours": 3.0,
    "waiting_hours": 1.0,
}  # fmt: skip

DAY = {
    "day": 1, "node": "columbus", "on_hand_m3": 40.0, "mean_on_hand_units": 100.0, "mean_on_hand_usd": 1000.0,
    "skus": 10, "skus_out": 1, "received_units": 20, "shipped_units": 10, "shipped_cost_usd": 100.0,
    "backordered_units": 1, "asked_units": 10, "skus_asked": 5, "skus_short": 1, "cycles": 4, "short_cycles": 1,
}  # fmt: skip

EVENT = {"at": 30.0, "kind": "declined", "subject": "columbus", "order": 1, "units": 1, "distance_km": nan,
         "reason": ""}  # fmt: skip

RETURN = {
    "order": 1, "node": "columbus", "units": 1, "method": "label", "grade": "restock",
    "requested_at": 120.0, "restocked_at": 168.0, "refund_usd": 15.0,
    "label_usd": 6.0, "handling_usd": 1.0, "written_off_usd": 0.0, "recovered_usd": 0.0,
    "co2e_kg": 0.25,
}  # fmt: skip

SHELF = {
    "day": 1, "node": "columbus", "booked_units": 100, "phantom_units": 5, "skus": 10, "skus_wrong": 2,
    "walk_in_units": 8, "walk_in_lost_units": 2,
}  # fmt: skip

PICKUP = {
    "order": 1, "node": "columbus", "ready_by": 34.0, "ready_at": 33.0, "restocked_at": nan,
}  # fmt: skip

FREIGHT = {
    "node": "columbus", "mode": "ltl", "pallets": 1, "units": 100, "weight_kg": 150.0, "freight_usd": 200.0,
}  # fmt: skip

VAN = {"order": 1, "node": "columbus", "window_starts_at": 36.0, "departed_at": 36.0}

Row = dict[str, object]


def an_order(order: int = 1, **special: object) -> Row:
    """One order of two units, delivered on time in one package."""
    return {**ORDER, "order": order, **special}


def a_shipment(order: int = 1, **special: object) -> Row:
    """One package from Columbus by ground."""
    return {**SHIPMENT, "order": order, **special}


def an_hour(at: float = 30.0, **special: object) -> Row:
    """One hour of picking in Columbus."""
    return {**HOUR, "at": at, **special}


def a_day(day: int = 1, **special: object) -> Row:
    """One day of stock in Columbus."""
    return {**DAY, "day": day, **special}


def an_event(kind: str, **special: object) -> Row:
    """One event in Columbus."""
    return {**EVENT, "kind": kind, **special}


def a_return(order: int = 1, **special: object) -> Row:
    """One unit that is back on the shelf of Columbus two days after it was asked back."""
    return {**RETURN, "order": order, **special}


def a_shelf(day: int = 1, **special: object) -> Row:
    """One day of the shelf in Columbus."""
    return {**SHELF, "day": day, **special}


def a_pickup(order: int = 1, **special: object) -> Row:
    """One order that was ready in Columbus an hour before it was promised, and that somebody collected."""
    return {**PICKUP, "order": order, **special}


def a_freight(**special: object) -> Row:
    """One load of a pallet that was billed on its way to Columbus."""
    return {**FREIGHT, **special}


def table_of(rows: list[Row], example: Row) -> pd.DataFrame:
    """Make a table with the columns and types of an example row, also from no rows at all."""
    table = pd.DataFrame([example, *({**example, **row} for row in rows)]).iloc[1:].reset_index(drop=True)
    words = [name for name in table.columns if name in WORDS]
    return table.astype(pd.DataFrame([example]).dtypes.to_dict()).astype(dict.fromkeys(words, "category"))


def orders(*rows: Row) -> pd.DataFrame:
    """Measured orders; those that say so are censored."""
    return table_of(list(rows), {**ORDER, "censored": False})


def shipments(*rows: Row) -> pd.DataFrame:
    """Measured shipments; those that say so are censored."""
    return table_of(list(rows), {**SHIPMENT, "censored": False})


def nodes(*rows: Row) -> pd.DataFrame:
    """Hourly stations."""
    return table_of(list(rows), HOUR)


def stock(*rows: Row) -> pd.DataFrame:
    """Daily stock."""
    return table_of(list(rows), DAY)


def tables(**rows: list[Row]) -> Tables:
    """Make the tables of a run; those not given are empty, but for one hour that shows when it ended.

    Only where returns are given, goods can be sent back; likewise what stores do besides.
    """
    return Tables(
        orders=table_of(rows.get("orders", []), ORDER),
        shipments=table_of(rows.get("shipments", []), SHIPMENT),
        nodes=table_of(rows.get("nodes", [an_hour(240.0)]), HOUR),
        stock=table_of(rows.get("stock", []), DAY),
        events=table_of(rows.get("events", []), EVENT),
        returns=table_of(rows["returns"], RETURN) if "returns" in rows else None,
        pickups=table_of(rows["pickups"], PICKUP) if "pickups" in rows else None,
        local_deliveries=table_of(rows["local_deliveries"], VAN) if "local_deliveries" in rows else None,
        shelves=table_of(rows["shelves"], SHELF) if "shelves" in rows else None,
        freight=table_of(rows["freight"], FREIGHT) if "freight" in rows else None,
    )


def books(network: Network | None = None, **rows: list[Row]) -> pd.DataFrame:
    """Make the books of the orders and events of the usual window."""
    return bookings(cohort(tables(**rows), WINDOW), WINDOW, network or a_network())


def a_place(zip3: str, region: str) -> Place:
    """Somewhere in a region."""
    return Place(zip3, "OH", "Town", "America/New_York", 40.0, -83.0, 1000, region)


def a_node(name: str, costs: NodeCosts | None = None, *, enabled: bool = True) -> FulfillmentNode:
    """A node with one stage of work that costs nothing unless told."""
    return FulfillmentNode(
        name=name,
        kind="dc",
        place=a_place("432", "east"),
        priority=1,
        calendar=WorkCalendar("America/New_York", (), frozenset()),
        stages=(Stage("pick", 4, Distribution.of("deterministic", value=0.1)),),
        departures=(),
        costs=costs or NodeCosts(),
        supply=None,
        assortment=frozenset(),
        enabled=enabled,
    )


def a_service(name: str, mode: str) -> CarrierService:
    """A carrier service that goes nowhere: KPIs only ask for its mode."""
    return CarrierService(
        name=name,
        carrier=name.partition("/")[0],
        mode=mode,
        rates=RateCard((), ()),
        surcharges=Surcharges(),
        dim_divisor=139.0,
        dim_threshold_in3=0.0,
        max_weight_lb=150.0,
        max_length_in=108.0,
        typical_days=(),
        extra_days=Distribution.of("deterministic", value=0.0),
        transit_hours=None,
        delivery_weekdays=frozenset(range(5)),
        pickup_weekdays=frozenset(range(5)),
    )


def a_level(name: str) -> ServiceLevel:
    """A service level."""
    return ServiceLevel(name, 0.5, 3, time(14), ("parcel/ground",), 0.0)


def a_product(sku: str, weight_kg: float, popularity: float) -> Product:
    """A product of some weight and popularity."""
    return Product(sku, "toys", weight_kg, (10.0, 10.0, 10.0), 10.0, 20.0, popularity)


def a_network(
    *, columbus: NodeCosts | None = None, reno: NodeCosts | None = None, reno_enabled: bool = True,
    work: Work = AS_ALWAYS,
) -> Network:  # fmt: skip
    """Columbus and Reno, three services, two service levels and regions; a unit weighs 1.5 kg."""
    sites = (replace(a_node("columbus", columbus), work=work), a_node("reno", reno, enabled=reno_enabled))
    modes = {"parcel/ground": "ground", "parcel/two_day": "air", "courier/same_day": "courier"}
    return Network(
        name="two nodes",
        nodes={site.name: site for site in sites},
        places={"432": a_place("432", "east"), "895": a_place("895", "west")},
        products={"light": a_product("light", 1.0, 3.0), "heavy": a_product("heavy", 3.0, 1.0)},
        services={name: a_service(name, mode) for name, mode in modes.items()},
        service_levels={name: a_level(name) for name in ("standard", "express")},
        zone_bands=ZoneBands((50.0, 150.0)),
        cartons=(),
        carbon=CarbonFactors({"ground": 0.1}, {"ground": 0.2}, 0.08, 0.4, 1.25, "test"),
    )


COLUMBUS_COSTS = NodeCosts(
    wage_usd_per_hour=10.0, labor_paid="staffed", fixed_usd_per_day=12.0, storage_usd_per_unit_day=0.01,
    holding_rate_per_year=0.365, inbound_usd_per_unit=0.5, building_kwh_per_day=50.0,
)  # fmt: skip
RENO_COSTS = NodeCosts(
    wage_usd_per_hour=99.0, labor_paid="worked", fixed_usd_per_day=5.0, storage_usd_per_unit_day=0.05,
    holding_rate_per_year=0.73, inbound_usd_per_unit=1.0, building_kwh_per_day=10.0, stock_is_ours=False,
)  # fmt: skip


def a_known_network() -> Network:
    """The two nodes with round costs, ways and hubs, under which `a_known_run` was worked out by hand."""
    hour = Distribution.of("deterministic", value=1.0)
    work = Work(inbound=Inbound(1, hour, 1, hour, 10, storage_m3=100.0))
    network = supplied(a_network(columbus=COLUMBUS_COSTS, reno=RENO_COSTS, work=work), columbus=1000.0, reno=200.0)
    hubs = {"ground": 2, "air": 3}
    carbon = replace(network.carbon, hubs=hubs, first_mile_kg_per_parcel=0.125, hub_kg_per_tonne=62.5)
    return replace(network, carbon=carbon)


def supplied(network: Network, **km: float) -> Network:
    """The same network with a supplier so many kilometers from each named node."""
    hours = Distribution.of("deterministic", value=24.0)
    nodes = {
        name: replace(node, supply=Supply("maker", hours, km[name] / KM_PER_MILE)) if name in km else node
        for name, node in network.nodes.items()
    }
    return replace(network, nodes=nodes)


def a_known_run() -> Tables:
    """One order on time, one split and late, one cancelled, one still open, and one from the warm-up.

    A unit of each of the first two comes back, one to be sold again; what comes back of the warm-up does not count.
    Goods are destroyed in Columbus, and in Reno, where they are somebody else's.
    """
    nothing = {"delivered_at": nan, "shipped_at": nan, "packages": 0, "nodes": 0, "first_choice": False}
    return tables(
        orders=[
            an_order(5, placed_at=10.0, delivered_at=20.0, promised_by=30.0, shipped_at=12.0),
            an_order(1),
            an_order(
                2, placed_at=34.0, promised_by=72.0, shipped_at=66.0, delivered_at=78.0, channel="app",
                region="west", service_level="express", lines=2, units=4, value_usd=100.0, packages=3,
                nodes=2, first_pass_units=3, first_choice=False, single_node_possible=False,
                avoidable_split=True, decided_at=36.0,
            ),
            an_order(
                3, placed_at=40.0, promised_by=120.0, status="cancelled", region="west", value_usd=30.0,
                first_pass_lines=0, first_pass_units=0, single_node_possible=False, decided_at=40.0, **nothing,
            ),
            an_order(4, placed_at=71.0, promised_by=300.0, status="open", decided_at=71.0, **nothing),
        ],
        shipments=[
            a_shipment(5, label_usd=1000.0),
            a_shipment(1),
            a_shipment(
                2, service="parcel/two_day", zone=8, packages=2, weight_kg=4.0, distance_km=3000.0,
                routed_at=34.0, started_at=34.0, packed_at=43.0, departed_at=66.0, delivered_at=78.0,
                promised_by=72.0, label_usd=20.0, surcharge_usd=4.0, handling_usd=2.0, packaging_usd=1.0,
                late_credit_usd=5.0, linehaul_co2e_kg=4.0, last_mile_co2e_kg=0.25, packaging_co2e_kg=0.125,
            ),
            a_shipment(
                2, node="reno", zone=2, weight_kg=1.0, distance_km=100.0, routed_at=34.0, started_at=36.0,
                packed_at=38.0, delivered_at=60.0, promised_by=72.0, label_usd=6.0, surcharge_usd=1.0,
                handling_usd=0.5, linehaul_co2e_kg=0.0625,
            ),
        ],
        pickups=[
            a_pickup(5, ready_at=99.0),
            a_pickup(1),
            a_pickup(2, node="reno", ready_by=36.0, ready_at=38.0, restocked_at=60.0),
        ],
        local_deliveries=[{"order": 1}, {"order": 2, "departed_at": 39.0}, {"order": 5, "departed_at": 39.0}],
        shelves=[
            a_shelf(0, skus_wrong=10),
            a_shelf(1),
            a_shelf(2, skus_wrong=4, booked_units=60, phantom_units=3, walk_in_units=12, walk_in_lost_units=0),
            a_shelf(2, node="reno", skus=5, skus_wrong=0, booked_units=40, phantom_units=0, walk_in_units=0,
                    walk_in_lost_units=3),
        ],
        nodes=[
            an_hour(24.0, open_hours=100.0, waiting_hours=50.0, overtime_hours=9.0),
            an_hour(30.0),
            an_hour(30.0, node="reno", open_hours=2.0, busy_hours=2.0, waiting_hours=0.5),
            an_hour(31.0, busy_hours=1.0, waiting_hours=3.0, overtime_hours=0.5),
            an_hour(31.0, node="reno", open_hours=0.0, busy_hours=0.0, waiting_hours=0.5),
            an_hour(240.0, open_hours=100.0, waiting_hours=50.0),
        ],
        freight=[a_freight(pallets=3, freight_usd=300.0), a_freight(node="reno", freight_usd=50.0)],
        stock=[
            a_day(0, received_units=1000),
            a_day(1, on_hand_m3=80.0),
            a_day(1, node="reno", mean_on_hand_units=40.0, mean_on_hand_usd=365.0, skus=5, skus_out=0,
                  received_units=10, shipped_units=5, shipped_cost_usd=50.0),
            a_day(2, mean_on_hand_units=80.0, mean_on_hand_usd=800.0, skus_out=2, received_units=0,
                  shipped_units=20, shipped_cost_usd=200.0),
            a_day(2, node="reno", mean_on_hand_units=40.0, mean_on_hand_usd=365.0, skus=5, received_units=0,
                  shipped_units=5, shipped_cost_usd=50.0),
            a_day(3, received_units=1000),
        ],
        events=[
            an_event("declined", at=34.0, order=2),
            an_event("rerouted", at=34.0, subject="reno", order=2),
            an_event("oversold", at=34.0, order=2, units=1),
            an_event("cancelled", at=200.0, subject="", order=3, units=2),
            an_event("cancelled", at=30.0, subject="", order=5, units=2),
            an_event("promised_later", at=34.0, subject="", order=2, units=0),
            an_event("destroyed", at=10.0, order=-1, units=50, reason="light"),
            an_event("destroyed", at=50.0, order=-1, units=3, reason="light"),
            an_event("destroyed", at=50.0, subject="reno", order=-1, units=7, reason="heavy"),
            an_event("replenishment_received", at=23.0, order=-1, units=999, distance_km=1000.0),
            an_event("replenishment_received", at=48.0, order=-1, units=20, distance_km=1000.0),
            an_event(
                "replenishment_received", at=49.0, subject="reno", order=-1, units=10, distance_km=200.0
            ),
        ],
        returns=[
            a_return(5, label_usd=1000.0),
            a_return(1),
            a_return(2, node="reno", grade="liquidate", restocked_at=nan, refund_usd=20.0, label_usd=4.0,
                     handling_usd=2.0, written_off_usd=10.0, recovered_usd=3.0, co2e_kg=0.5),
        ],
    )  # fmt: skip
