"""The books of a window: everything that adds up, as one small table that any group can be summed from.

Each row holds sums of one source for one combination of node, carrier service, channel, region and service
level, as far as the source knows them: a building has a node and no channel. So costs, carbon and counts come
from one table, and every group adds up to the network where all sources know it.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from math import prod
from typing import Any

import numpy as np
import pandas as pd

from twin.analytics.costs import BOOKED_ON_SHIPMENTS
from twin.analytics.freight import billed_usd_per_unit, hauls, receiving_usd_per_unit
from twin.analytics.inventory import DAYS_PER_YEAR
from twin.analytics.service import arrived
from twin.analytics.tables import KINDS_OF_ORDER, Tables, Window, no_returns
from twin.domain.network import Network
from twin.domain.nodes import FulfillmentNode
from twin.domain.returns import SELLABLE

AIR = "air"
MONTHS_PER_YEAR = 12

Members = Mapping[str, Sequence[Hashable]]


def members_of(tables: Tables, network: Network) -> dict[str, list[str]]:
    """Name the members of every group, those without any order too, so that designs line up."""
    channels = {*tables.orders["channel"].cat.categories}
    return {
        "node": list(network.nodes),
        "service": list(network.services),
        "channel": sorted(channels),
        "region": sorted({place.region for place in network.places.values()}),
        "service_level": list(network.service_levels),
    }


def bookings(tables: Tables, window: Window, network: Network) -> pd.DataFrame:
    """Return the books of a cohort: activity, money and carbon."""
    members = members_of(tables, network)
    parts = [
        _of_orders(tables.orders, members, window),
        _of_shipments(tables.shipments, members, window, network),
        _of_events(tables.events, members, network),
        _orders_by_node(tables.shipments, list(network.nodes)),
        _of_nodes(tables, window, network),
        _of_returns(no_returns() if tables.returns is None else tables.returns, members),
    ]
    books = pd.concat([part.astype(dict.fromkeys(_keys(part), "object")) for part in parts], ignore_index=True)
    return books.assign(**{key: pd.Categorical(books[key], categories=list(names)) for key, names in members.items()})


def added_up(table: pd.DataFrame, members: Members, columns: Mapping[str, pd.Series[Any]]) -> pd.DataFrame:
    """Add columns up over every combination of members that occurs.

    A groupby over five keys copies codes and columns, some 500 MB for four million shipments; this copies one
    column at a time.
    """
    shape = tuple(len(names) + 1 for names in members.values())  # 0 is for what belongs to no member
    flat = np.zeros(len(table), dtype=np.int64)
    for key, names in members.items():
        flat *= len(names) + 1
        flat += table[key].cat.set_categories(list(names)).cat.codes.to_numpy() + 1
    rows = np.flatnonzero(np.bincount(flat, minlength=prod(shape)))
    codes = np.unravel_index(rows, shape)
    keys = {
        key: pd.Categorical.from_codes((code - 1).tolist(), _index(names))
        for (key, names), code in zip(members.items(), codes, strict=True)
    }
    sums = {
        name: np.bincount(flat, weights=values.fillna(0), minlength=prod(shape))[rows]
        for name, values in columns.items()
    }
    return pd.DataFrame({**keys, **sums})


def _index(names: Sequence[Hashable]) -> pd.Index[Any]:
    return pd.Index(list(names))


def _of_orders(orders: pd.DataFrame, members: Members, window: Window) -> pd.DataFrame:
    columns: dict[str, pd.Series[Any]] = {
        "orders": orders["order"].notna(),
        "units_ordered": orders["units"],
        "orders_delivered": arrived(orders),
        "orders_censored": orders["censored"],
    }
    books = added_up(orders, {key: members[key] for key in KINDS_OF_ORDER}, columns)
    return books.assign(orders_per_day=books["orders"] / window.measured_days)


def _of_shipments(shipments: pd.DataFrame, members: Members, window: Window, network: Network) -> pd.DataFrame:
    left = shipments["departed_at"].notna()
    packages = shipments["packages"].astype("float32") * left
    money = BOOKED_ON_SHIPMENTS
    carbon = ("linehaul_co2e_kg", "last_mile_co2e_kg", "packaging_co2e_kg")
    columns: dict[str, pd.Series[Any]] = {
        "assignments": shipments["order"].notna(),
        "shipments": left,
        "packages": packages,
        "package_zones": packages * shipments["zone"],
        "package_km": packages * shipments["distance_km"],
        "kg": shipments["weight_kg"],
        "kg_km": shipments["weight_kg"] * shipments["distance_km"],
        **{name: shipments[name] for name in (*money, *carbon)},
    }
    books = added_up(shipments, members, columns)
    linehaul = books.pop("linehaul_co2e_kg")
    books["shipments_per_day"] = books.pop("shipments") / window.measured_days
    books["tonne_km"] = books.pop("kg_km") / 1000
    collected, handled = through_hubs(books["service"], books["packages"], books.pop("kg"), network)
    books["first_mile_co2e_kg"] = collected * network.carbon.first_mile_kg_per_parcel
    books["hub_co2e_kg"] = handled * network.carbon.hub_kg_per_tonne
    by_air = books["service"].isin([name for name, service in network.services.items() if service.mode == AIR])
    return books.assign(
        linehaul_air_co2e_kg=linehaul.where(by_air, 0.0), linehaul_ground_co2e_kg=linehaul.where(~by_air, 0.0)
    )


def through_hubs(
    services: pd.Series[Any], packages: pd.Series[Any], kg: pd.Series[Any], network: Network
) -> tuple[pd.Series[Any], pd.Series[Any]]:
    """Return the packages that a first mile collects, and the tonnes that hubs handle, once for each hub."""
    passed = {name: network.carbon.hubs.get(service.mode, 0) for name, service in network.services.items()}
    hubs = services.astype("object").map(passed).fillna(0).astype("int64")
    return packages * (hubs > 0), kg / 1000 * hubs


def _of_events(events: pd.DataFrame, members: Members, network: Network) -> pd.DataFrame:
    lost_units = events["units"].where(events["kind"] == "cancelled").astype("float64")
    columns: dict[str, pd.Series[Any]] = {
        "declines": events["kind"] == "declined",
        "reroutes": events["kind"] == "rerouted",
        "oversold_units": events["units"].where(events["kind"] == "oversold").astype("float64"),
        "lost_units": lost_units,
        "lost_usd": lost_units * events["unit_price_usd"],
        "promises_moved": events["kind"] == "promised_later",
        "destroyed_usd": _destroyed_usd(events, network),
    }
    return added_up(events, {key: members[key] for key in ("node", *KINDS_OF_ORDER)}, columns)


def _destroyed_usd(events: pd.DataFrame, network: Network) -> pd.Series[Any]:
    """Return what goods cost that were destroyed, 0 where they are not ours."""
    ours = [name for name, node in network.nodes.items() if node.costs.stock_is_ours]
    rows = events[(events["kind"] == "destroyed") & events["node"].isin(ours)]
    costs = {sku: product.unit_cost_usd for sku, product in network.products.items()}
    usd = rows["reason"].astype("object").map(costs).astype("float64") * rows["units"]
    return usd.reindex(events.index, fill_value=0.0)


def _of_returns(returns: pd.DataFrame, members: Members) -> pd.DataFrame:
    """Book what comes back at the node it goes to, whether or not it is there when the run ends."""
    columns: dict[str, pd.Series[Any]] = {
        "units_returned": returns["units"],
        "units_resold": returns["units"].where(returns["grade"].isin(SELLABLE)),
        "return_label_usd": returns["label_usd"],
        "return_handling_usd": returns["handling_usd"],
        "return_loss_usd": returns["written_off_usd"] - returns["recovered_usd"],
        "refund_usd": returns["refund_usd"],
        "return_co2e_kg": returns["co2e_kg"],
    }
    return added_up(returns, {key: members[key] for key in ("node", *KINDS_OF_ORDER)}, columns)


def _orders_by_node(shipments: pd.DataFrame, nodes: Sequence[str]) -> pd.DataFrame:
    """Count for each node the orders of which it sent something that arrived, each of them once."""
    came = shipments["delivered_at"].notna()
    node = shipments["node"].cat.set_categories(list(nodes)).cat.codes.to_numpy()[came]
    pairs = shipments["order"].to_numpy()[came].astype(np.int64) * (len(nodes) + 1) + node
    pairs.sort()
    first = np.diff(pairs, prepend=-1) != 0
    counts = np.bincount(pairs[first] % (len(nodes) + 1), minlength=len(nodes))[: len(nodes)]
    return pd.DataFrame({"node": list(nodes), "orders_from_node": counts})


def _of_nodes(tables: Tables, window: Window, network: Network) -> pd.DataFrame:
    """Book what nodes cost by the hour, by the day and by the unit they hold or ship."""
    hours = tables.nodes.groupby("node", observed=True)[["open_hours", "overtime_hours"]].sum()
    sums = ["mean_on_hand_units", "mean_on_hand_usd", "shipped_units"]
    stock = tables.stock.groupby("node", observed=True)[sums].sum()
    fees = tables.shipments.groupby("node", observed=True)["handling_usd"].sum()
    activity = pd.concat([hours, stock, fees], axis=1).reindex(list(network.nodes)).fillna(0.0)
    by_name = activity.astype("float64").to_dict("index")
    rows = []
    for name, node in network.nodes.items():
        shipped_units = by_name[name]["shipped_units"]
        received_usd = shipped_units * receiving_usd_per_unit(node, network)
        days = window.days_since(0.0 if node.opening is None else node.opening.goods_at)
        row = _of_node(node, by_name[name], received_usd, days)
        row["inbound_usd"] = received_usd + shipped_units * billed_usd_per_unit(node, network, tables.freight)
        kwh = node.costs.building_kwh_per_day * days * node.enabled
        row |= {"building_co2e_kg": kwh * network.carbon.electricity_kg_per_kwh}
        row |= {"inbound_co2e_kg": _inbound_co2e_kg(name, shipped_units, network, tables.freight)}
        rows.append({"node": name, **row})
    return pd.DataFrame(rows)


def _of_node(
    node: FulfillmentNode, activity: Mapping[Hashable, float], received_usd: float, days: float
) -> dict[str, float]:
    costs = node.costs
    wage_usd = costs.wage_usd_per_hour if costs.labor_paid == "staffed" else 0.0
    overtime = node.work.overtime
    extra_rate = overtime.pay_rate - 1.0 if overtime is not None else 0.0
    storage_usd = activity["mean_on_hand_units"] * costs.storage_usd_per_unit_day
    billed_usd = activity["handling_usd"] + received_usd + storage_usd
    least_usd = costs.minimum_usd_per_month * days * MONTHS_PER_YEAR / DAYS_PER_YEAR
    return {
        "open_hours": activity["open_hours"],
        "overtime_hours": activity["overtime_hours"],
        "units_shipped": activity["shipped_units"],
        "staffed_usd": (activity["open_hours"] + extra_rate * activity["overtime_hours"]) * wage_usd,
        "storage_usd": storage_usd,
        "holding_usd": activity["mean_on_hand_usd"] * costs.holding_rate_per_year / DAYS_PER_YEAR,
        "node_fixed_usd": (costs.fixed_usd_per_day * days + max(0.0, least_usd - billed_usd)) * node.enabled,
    }


def _inbound_co2e_kg(node: str, shipped_units: float, network: Network, freight: pd.DataFrame | None) -> float:
    """Return the emissions of the trucks that brought what a node shipped; a unit weighs the catalogue's mean.

    Freight in, like its cost, counts when the goods leave: a truck more or less in the window is no difference
    between designs.
    """
    tonnes = shipped_units * mean_unit_weight_kg(network) / 1000
    kg_per_tonne = sum(haul.km * haul.co2e_kg_per_tkm for haul in hauls(node, network, freight))
    return tonnes * network.carbon.road_factor * kg_per_tonne


def mean_unit_weight_kg(network: Network) -> float:
    """Return the mean weight of a unit sold, by the popularity of the products; 0 without products."""
    products = network.products.values()
    popularity = sum(product.popularity for product in products)
    weight_kg = sum(product.weight_kg * product.popularity for product in products)
    return weight_kg / popularity if popularity else 0.0


def _keys(part: pd.DataFrame) -> list[str]:
    return [name for name in ("node", "service", *KINDS_OF_ORDER) if name in part]
