"""Carbon leg by leg, in the shape of ISO 14083: a new leg at each vehicle and each hub, an activity, a factor.

The legs of a cohort add up to `co2e_kg_total`. They are kept by node, service and day, so that any group of them is a
sum. A tonne-kilometer counts the great circle; its factor is multiplied by the road factor.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from twin.analytics.bookings import Members, added_up, mean_unit_weight_kg, through_hubs
from twin.analytics.freight import hauls
from twin.analytics.tables import Tables, Window, no_returns
from twin.domain import carbon
from twin.domain.geography import KM_PER_MILE
from twin.domain.local_delivery import BY_VAN
from twin.domain.network import Network
from twin.domain.pickup import BY_CUSTOMERS

COLUMNS = ("leg", "node", "service", "day", "factor", "activity", "unit", "co2e_kg", "tank_to_wheel_co2e_kg")
TONNE_KM, PARCELS, TONNES, CARTONS, KWH = "tkm", "parcel", "tonne", "carton", "kWh"
LAST_LEGS = {BY_CUSTOMERS: ("pickup_trip", carbon.PICKUP_TRIP), BY_VAN: ("local_delivery", carbon.VAN_STOP)}
"""What the last mile is by another mode than a carrier's, and its factor."""
TRIP = "drop_off"

Values = Any  # a series of a table, or one value for all its rows


def carbon_factors(network: Network) -> pd.DataFrame:
    """Return the factors that legs name, a row each."""
    rows = pd.DataFrame([asdict(factor) for factor in network.carbon.factors])
    by_road = [factor.unit.endswith("_per_tkm") for factor in network.carbon.factors]
    return rows.assign(road_factor=np.where(by_road, network.carbon.road_factor, 1.0))


def carbon_legs(measured: Tables, window: Window, network: Network) -> pd.DataFrame:
    """Return the legs of what a study measures: activity, factor and emissions by node, service and day."""
    returns = no_returns() if measured.returns is None else measured.returns
    parts = [
        *_of_shipments(measured.shipments, network),
        *_of_lanes(measured, network),
        _of_buildings(window, network),
        *_of_returns(returns, network),
    ]
    legs = pd.concat([part[list(COLUMNS[:-1])].astype({"service": "object", "day": "Int64"}) for part in parts])
    legs = legs[legs["factor"].notna() & (legs["activity"] > 0) | (legs["co2e_kg"] != 0)].reset_index(drop=True)
    rates = legs["factor"].map(_tank_to_wheel_rates(network)).astype("float64")
    return legs.assign(tank_to_wheel_co2e_kg=legs["co2e_kg"] * rates)


def _tank_to_wheel_rates(network: Network) -> dict[str, float]:
    """Return the share of each factor that the vehicle itself emits, of those that say so."""
    return {
        factor.key: factor.tank_to_wheel / factor.value
        for factor in network.carbon.factors
        if factor.tank_to_wheel is not None and factor.value
    }


def _of_shipments(shipments: pd.DataFrame, network: Network) -> Iterator[pd.DataFrame]:
    sums = _by_day(
        shipments, "departed_at", {"node": [*network.nodes], "service": [*network.services]},
        {
            "parcels": shipments["packages"].astype("float32"), "kg": shipments["weight_kg"],
            "kg_km": shipments["weight_kg"] * shipments["distance_km"],
            **{name: shipments[name] for name in ("linehaul_co2e_kg", "last_mile_co2e_kg", "packaging_co2e_kg")},
        },
    )  # fmt: skip
    services = sums["service"].astype("object")
    modes = services.map({name: service.mode for name, service in network.services.items()})
    factors, parcels = network.carbon, sums["parcels"]
    collected, handled = through_hubs(services, parcels, sums["kg"], network)
    last = modes.map(lambda mode: LAST_LEGS.get(mode, ("last_mile", carbon.LAST_MILE)))
    yield _leg(sums, "first_mile", carbon.FIRST_MILE, collected, PARCELS, collected * factors.first_mile_kg_per_parcel)
    yield from _linehauls(sums, modes, network)
    yield _leg(sums, "hub", carbon.HUB, handled, TONNES, handled * factors.hub_kg_per_tonne)
    yield _leg(sums, last.str[0], last.str[1], parcels, PARCELS, sums["last_mile_co2e_kg"])
    yield _leg(sums, "packaging", carbon.CARTONS, parcels, CARTONS, sums["packaging_co2e_kg"])


def _linehauls(sums: pd.DataFrame, modes: Values, network: Network) -> Iterator[pd.DataFrame]:
    """Yield the truck to the hub where parcels are injected, and the carrier's own linehaul."""
    truck_km = {
        (node.name, departure.service): departure.injection.miles * KM_PER_MILE
        for node in network.nodes.values()
        for departure in node.departures
        if departure.injection is not None
    }
    ways = zip(sums["node"], sums["service"], strict=True)
    by_truck = sums["kg"] / 1000 * np.array([truck_km.get(way, 0.0) for way in ways])
    truck_kg = by_truck * network.carbon.road_factor * network.carbon.inbound_kg_per_tkm
    tkm, co2e_kg = sums["kg_km"] / 1000 - by_truck, sums["linehaul_co2e_kg"] - truck_kg
    yield _leg(sums, "injection", carbon.TRUCKLOAD, by_truck, TONNE_KM, truck_kg)
    yield _leg(sums, "linehaul", modes.map(carbon.LINEHAUL), tkm, TONNE_KM, co2e_kg)


def _of_lanes(measured: Tables, network: Network) -> Iterator[pd.DataFrame]:
    """Yield each lane by which the goods came that a node shipped, by its modes; they count when they leave."""
    stock, unit_tonnes = measured.stock, mean_unit_weight_kg(network) / 1000
    for name in network.nodes:
        days = stock.loc[stock["node"] == name, ["node", "day", "shipped_units"]].assign(service=None)
        tonnes = days["shipped_units"] * unit_tonnes
        for haul in hauls(name, network, measured.freight):
            tkm = tonnes * haul.km
            co2e_kg = tkm * network.carbon.road_factor * haul.co2e_kg_per_tkm
            yield _leg(days, haul.leg, haul.factor, tkm, TONNE_KM, co2e_kg)


def _of_buildings(window: Window, network: Network) -> pd.DataFrame:
    days = range(window.warmup_days, window.warmup_days + window.measured_days)
    open_nodes = [node for node in network.nodes.values() if node.enabled]
    rows = pd.DataFrame(
        [(node.name, None, day, node.costs.building_kwh_per_day) for node in open_nodes for day in days],
        columns=["node", "service", "day", "kwh"],
    )
    co2e_kg = rows["kwh"] * network.carbon.electricity_kg_per_kwh
    return _leg(rows, "building", carbon.ELECTRICITY, rows["kwh"], KWH, co2e_kg)


def _of_returns(returns: pd.DataFrame, network: Network) -> Iterator[pd.DataFrame]:
    """Yield what comes back: by a carrier all legs of the way as one, and the trips of customers to a store."""
    trips = (returns["method"] == TRIP).to_numpy()
    ways = (("return", carbon.RETURN_WAY, ~trips), ("return_trip", carbon.RETURN_TRIP, trips))
    for leg, factor, mine in ways:
        rows = returns[mine]
        columns = {"parcels": rows["order"].notna(), "co2e_kg": rows["co2e_kg"]}
        sums = _by_day(rows, "requested_at", {"node": [*network.nodes]}, columns).assign(service=None)
        yield _leg(sums, leg, factor, sums["parcels"], PARCELS, sums["co2e_kg"])


def _by_day(table: pd.DataFrame, instant: str, members: Members, columns: dict[str, pd.Series[Any]]) -> pd.DataFrame:
    """Add columns up by some members and the day of an instant."""
    day = (table[instant].to_numpy(dtype="float64") // 24).astype("int64")
    days = [*range(day.max() + 1)] if len(day) else []
    dated = table[[*members]].assign(day=pd.Categorical.from_codes(day, pd.Index(days)))
    return added_up(dated, {**members, "day": days}, columns)


def _leg(sums: pd.DataFrame, leg: Values, factor: Values, activity: Values, unit: str, co2e_kg: Values) -> pd.DataFrame:
    return sums[["node", "service", "day"]].assign(
        leg=leg, factor=factor, activity=activity, unit=unit, co2e_kg=co2e_kg
    )
