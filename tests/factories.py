"""Hand-made models without configuration: every factory gives an ordinary thing, and takes what is special.

The ordinary world has two nodes (Columbus and Reno), three places, three products and one carrier service
with round prices; all work takes a fixed time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Literal

import numpy as np
import pandas as pd

from twin.domain.calendars import Shift, Timeline, WorkCalendar
from twin.domain.carbon import CarbonFactors
from twin.domain.carriers import CarrierService, Departure, RateCard
from twin.domain.cartons import Carton
from twin.domain.disruptions import Disruption
from twin.domain.distributions import Distribution
from twin.domain.geography import Place, ZoneBands
from twin.domain.network import Network
from twin.domain.nodes import FulfillmentNode, NodeCosts, Supply
from twin.domain.products import Product
from twin.domain.service_levels import ServiceLevel
from twin.domain.surcharges import Surcharges
from twin.domain.work import Stage
from twin.policies.replenishment import OrderUpTo, ReplenishmentPolicy
from twin.policies.routing.min_cost import MinCost
from twin.policies.routing.roles import RoutingPolicy
from twin.simulation.arrivals import Arrivals
from twin.simulation.days import DayColumns, Names
from twin.simulation.demand import Demand, DemandShape, ModelledDemand
from twin.simulation.disruption_draws import DisruptionPlan
from twin.simulation.order_management import OrderManagement
from twin.simulation.promises import PromiseBook
from twin.simulation.run import Outcome, simulate
from twin.simulation.world import Horizon, Model, Shelves

MONDAY = date(2025, 9, 8)  # no holiday and no change of the clocks for weeks
NEW_YORK, CHICAGO, LOS_ANGELES = "America/New_York", "America/Chicago", "America/Los_Angeles"
DAILY, WEEKDAYS = frozenset(range(7)), frozenset(range(5))
TABLES = ("orders", "shipments", "nodes", "stock", "events")


def always(hours: float) -> Distribution:
    """A time or a count that never varies."""
    return Distribution.of("deterministic", value=hours)


def a_place(zip3: str = "432", timezone: str = NEW_YORK, **special: Any) -> Place:
    """A place of 1,000 people, Columbus unless told."""
    known = {"latitude": 39.96, "longitude": -83.0, "population": 1000, "region": "midwest"}
    return Place(zip3=zip3, state="OH", city=f"Town {zip3}", timezone=timezone, **{**known, **special})


COLUMBUS = a_place("432")
RENO = a_place("895", LOS_ANGELES, latitude=39.53, longitude=-119.81, region="west")
CHICAGO_PLACE = a_place("606", CHICAGO, latitude=41.85, longitude=-87.65)


def a_product(sku: str = "mug", **special: Any) -> Product:
    """A mug of 400 g that costs $4 and sells for $10."""
    known: dict[str, Any] = {
        "category": "home", "weight_kg": 0.4, "dimensions_cm": (12.0, 10.0, 10.0), "unit_cost_usd": 4.0,
        "price_usd": 10.0, "popularity": 1.0,
    }  # fmt: skip
    return Product(sku=sku, **{**known, **special})


PRODUCTS = (
    a_product("mug", popularity=3.0),
    a_product("lamp", weight_kg=2.0, dimensions_cm=(40.0, 20.0, 20.0), unit_cost_usd=15.0, price_usd=40.0),
    a_product("book", weight_kg=0.6, dimensions_cm=(24.0, 17.0, 2.0), unit_cost_usd=6.0, price_usd=15.0),
)
MAILER = Carton("mailer", (25.0, 18.0, 12.0), max_weight_kg=5.0, tare_kg=0.1, cost_usd=0.25, co2e_kg=0.1)
BOX = Carton("box", (45.0, 30.0, 30.0), max_weight_kg=20.0, tare_kg=0.2, cost_usd=0.5, co2e_kg=0.3)
CARBON = CarbonFactors(
    linehaul_kg_per_tkm={"ground": 0.1, "air": 1.0},
    last_mile_kg_per_parcel={"ground": 0.2, "air": 0.2},
    inbound_kg_per_tkm=0.08, electricity_kg_per_kwh=0.4, road_factor=1.2, version="tests",
)  # fmt: skip


def a_stage(name: str = "pack", stations: int = 2, work: Distribution | float = 0.25, **special: Any) -> Stage:
    """Two stations that take a quarter of an hour for a shipment, whatever is in it."""
    return Stage(name, stations, always(work) if isinstance(work, float) else work, **special)


def a_calendar(
    *spans: tuple[int, int],
    timezone: str = NEW_YORK,
    weekdays: frozenset[int] = DAILY,
    closed_on: frozenset[date] = frozenset(),
) -> WorkCalendar:
    """Shifts of whole hours of the day, such as (6, 22); around the clock unless told."""
    shifts = [Shift(weekdays, time(starts % 24), time(ends % 24), 1.0) for starts, ends in spans or [(0, 24)]]
    return WorkCalendar(timezone, tuple(shifts), closed_on)


def a_departure(service: str = "parcel_ground", cutoff: int = 17, weekdays: frozenset[int] = WEEKDAYS) -> Departure:
    """A truck on working days that leaves half an hour after its cut-off."""
    return Departure(service, time(cutoff), time(cutoff, 30), weekdays)


def a_node(name: str = "columbus", place: Place = COLUMBUS, **special: Any) -> FulfillmentNode:
    """A distribution center with one stage of work, open from 6 to 22 every day."""
    known: dict[str, Any] = {
        "kind": "dc", "priority": 1, "calendar": a_calendar((6, 22), timezone=place.timezone),
        "stages": (a_stage(),), "departures": (a_departure(),), "costs": NodeCosts(), "supply": None,
        "assortment": frozenset(product.sku for product in PRODUCTS),
    }  # fmt: skip
    return FulfillmentNode(name=name, place=place, **{**known, **special})


def a_supply(lead_hours: Distribution | float = 24.0, distance_miles: float = 100.0) -> Supply:
    """A supplier a day and 100 miles away."""
    lead = always(lead_hours) if isinstance(lead_hours, float) else lead_hours
    return Supply("supplier", lead, distance_miles)


def a_service(name: str = "parcel_ground", factor: float = 1.0, **special: Any) -> CarrierService:
    """Ground carriage: up to 5 lb for $5 in zone 1 and $1 more a zone, twice that up to 50 lb."""
    rows = tuple((factor * (4 + zone), factor * 2 * (4 + zone)) for zone in range(1, 5))
    known: dict[str, Any] = {
        "carrier": name.partition("_")[0], "mode": "ground", "rates": RateCard((5.0, 50.0), rows),
        "surcharges": Surcharges(), "dim_divisor": 139.0, "dim_threshold_in3": 1728.0, "max_weight_lb": 50.0,
        "max_length_in": 60.0, "typical_days": (1, 2, 3, 5), "extra_days": always(0.0), "transit_hours": None,
        "delivery_weekdays": WEEKDAYS, "pickup_weekdays": DAILY,
    }  # fmt: skip
    return CarrierService(name=name, **{**known, **special})


def a_level(name: str = "standard", services: tuple[str, ...] = ("parcel_ground",), **special: Any) -> ServiceLevel:
    """Five business days from an order cut-off at 14:00."""
    known: dict[str, Any] = {
        "share": 1.0,
        "promise_days": 5,
        "order_cutoff": time(14),
        "late_credit_usd": 3.0,
    }
    return ServiceLevel(name=name, services=services, **{**known, **special})


def a_network(
    nodes: Sequence[FulfillmentNode] | None = None,
    *,
    places: Sequence[Place] = (COLUMBUS, CHICAGO_PLACE, RENO),
    products: Sequence[Product] = PRODUCTS,
    services: Sequence[CarrierService] | None = None,
    levels: Sequence[ServiceLevel] | None = None,
    areas: Mapping[str, str] | None = None,
) -> Network:
    """Columbus and Reno, with one service and one service level."""
    nodes = [a_node(), a_node("reno", RENO)] if nodes is None else nodes
    return Network(
        name="tests",
        nodes={node.name: node for node in nodes},
        places={place.zip3: place for place in places},
        products={product.sku: product for product in products},
        services={service.name: service for service in services or [a_service()]},
        service_levels={level.name: level for level in levels or [a_level()]},
        zone_bands=ZoneBands((150.0, 600.0, 1400.0, 12500.0)),
        cartons=(BOX, MAILER),
        carbon=CARBON,
        delivery_areas=areas or {},
    )


@dataclass(frozen=True, slots=True)
class GivenOrder:
    """One hand-written order."""

    placed_at: float
    lines: Mapping[str, int]
    to: str
    level: str
    promised_by: float


def an_order(placed_at: float = 9.0, to: str = "432", promised_by: float = 144.0, **lines: int) -> GivenOrder:
    """An order of one mug to Columbus, due after six days."""
    return GivenOrder(placed_at, lines or {"mug": 1}, to, "standard", promised_by)


class GivenDemand:
    """Hand-written orders, day by day."""

    def __init__(self, orders: Sequence[GivenOrder], network: Network) -> None:
        regions = tuple(sorted({place.region for place in network.places.values()}))
        self.names = Names(("web",), regions, tuple(network.places), tuple(network.service_levels),
                           tuple(network.products))  # fmt: skip
        self._orders, self._network = sorted(orders, key=lambda order: order.placed_at), network

    def day(self, day: int, first_number: int) -> DayColumns:
        """Return the orders of a day."""
        mine = [order for order in self._orders if day * 24 <= order.placed_at < (day + 1) * 24]
        names = self.names
        regions = [self._network.places[order.to].region for order in mine]
        lines = [line for order in mine for line in order.lines.items()]
        return DayColumns(
            day, first_number, np.array([order.placed_at for order in mine]),
            np.zeros(len(mine), dtype=np.int64), _codes(names.regions, regions),
            _codes(names.destinations, [order.to for order in mine]),
            _codes(names.service_levels, [order.level for order in mine]),
            np.array([order.promised_by for order in mine]),
            np.cumsum([0, *(len(order.lines) for order in mine)]),
            _codes(names.skus, [sku for sku, _ in lines]),
            np.array([units for _, units in lines], dtype=np.int64),
        )  # fmt: skip


def _codes(names: Sequence[str], words: Sequence[str]) -> np.ndarray[Any, np.dtype[np.int64]]:
    return np.array([names.index(word) for word in words], dtype=np.int64)


def given_orders(orders: Sequence[GivenOrder], network: Network) -> DemandMaker:
    """Return what gives every replication the same hand-written orders."""
    return lambda seed, replication, events: GivenDemand(orders, network)


DemandMaker = Callable[[int, int, Sequence[Disruption]], Demand]


def a_shape(orders_per_day: float = 100.0, **special: Any) -> DemandShape:
    """Steady Poisson demand around the clock; orders of one unit unless told."""
    known: dict[str, Any] = {
        "arrivals": Arrivals(), "channel_shares": {"web": 1.0}, "regional_weights": {},
        "hour_shares": [1 / 24] * 24, "weekday_factors": [1.0] * 7,
        "season_factors": [1.0] * 366, "promotions": (), "lines": always(1.0),
        "units": always(1.0), "regional_tilt": 1.0, "level_shares": {"standard": 1.0},
    }  # fmt: skip
    return DemandShape(orders_per_day=orders_per_day, **{**known, **special})


def modelled(shape: DemandShape, network: Network, timeline: Timeline) -> DemandMaker:
    """Return what draws each replication's customers from a shape."""
    places, products = list(network.places.values()), list(network.products.values())
    promises = PromiseBook(timeline, places, list(network.service_levels.values()), frozenset())
    return lambda seed, replication, events: ModelledDemand(
        shape, timeline, places, products, promises, events, seed, replication
    )


def a_timeline(days: int = 10, starts_on: date = MONDAY) -> Timeline:
    """Ten days from a Monday, in the shop's time zone."""
    return Timeline(starts_on, NEW_YORK, days)


def a_disruption(name: str = "storm", starts_at: float = 24.0, hours: float = 24.0, **special: Any) -> DisruptionPlan:
    """Columbus closed for the whole second day."""
    known: dict[str, Any] = {
        "scope": "node", "targets": ("columbus",), "rate_per_year": None, "severity": 1.0, "ramp_hours": 0.0,
        "delay_days": 0, "demand_factor": 1.0, "duration_hours": always(hours),
    }  # fmt: skip
    return DisruptionPlan(name=name, **{"starts_at": starts_at, **known, **special})


def a_model(
    network: Network | None = None,
    orders: Sequence[GivenOrder] | None = None,
    shape: DemandShape | None = None,
    *,
    stock: int | Mapping[str, Mapping[str, int]] = 1000,
    order_days: int = 2,
    runout_days: int = 8,
    starts_on: date = MONDAY,
    routing: RoutingPolicy | None = None,
    levels: Mapping[str, Mapping[str, int]] | None = None,
    replenishment: ReplenishmentPolicy | None = None,
    review_days: int = 1,
    unfilled: Literal["backorder", "cancel"] = "backorder",
    patience_hours: float = 72.0,
    disruptions: Sequence[DisruptionPlan] = (),
    holidays: frozenset[date] = frozenset(),
    order_management: OrderManagement | None = None,
    safety_stock: Mapping[str, Mapping[str, int]] | None = None,
) -> Model:
    """Two days of orders and eight to finish them; 1,000 units of everything everywhere and no supplier."""
    network = network or a_network()
    horizon = Horizon(a_timeline(order_days + runout_days, starts_on), 0, order_days, 0, runout_days)
    if isinstance(stock, int):
        stock = {node: dict.fromkeys(network.products, stock) for node in network.nodes}
    return Model(
        network=network,
        shelves=Shelves.of(network),
        horizon=horizon,
        routing=routing or MinCost(),
        replenishment=replenishment or OrderUpTo(levels or {}),
        opening_stock=stock,
        demand=given_orders(orders, network)
        if orders is not None
        else modelled(shape or a_shape(), network, horizon.timeline),
        fixed_luck=False,
        disruptions=disruptions,
        holidays=holidays,
        review_days=review_days,
        review_hour=5.0,
        unfilled=unfilled,
        patience_hours=patience_hours,
        order_management=order_management or OrderManagement(),
        safety_stock=safety_stock or {},
    )


@dataclass(frozen=True, slots=True)
class Tables:
    """What a run left behind, with plain words in place of categories."""

    outcome: Outcome
    orders: pd.DataFrame
    shipments: pd.DataFrame
    nodes: pd.DataFrame
    stock: pd.DataFrame
    events: pd.DataFrame
    returns: pd.DataFrame


def run(model: Model, folder: Path, seed: int = 1, replication: int = 0) -> Tables:
    """Simulate a replication in a new folder below `folder` and read its tables."""
    mine = Path(mkdtemp(dir=folder))
    outcome = simulate(model, mine, seed, replication)
    return tables_in(mine, outcome)


def tables_in(folder: Path, outcome: Outcome) -> Tables:
    """Read the tables of a run."""
    tables = [_plain(pd.read_parquet(folder / f"{name}.parquet")) for name in TABLES]
    returns = folder / "returns.parquet"
    return Tables(outcome, *tables, _plain(pd.read_parquet(returns)) if returns.exists() else pd.DataFrame())


def _plain(table: pd.DataFrame) -> pd.DataFrame:
    words = [name for name, kind in table.dtypes.items() if isinstance(kind, pd.CategoricalDtype)]
    return table.astype(dict.fromkeys(words, "object"))


def day_after(days: int, start: date = MONDAY) -> date:
    """Return the date some days after the first one."""
    return start + timedelta(days=days)
