"""Carbon: well-to-wheel emissions of transport, packaging and buildings, in the shape of ISO 14083.

Activity is great-circle distance; the factors carry the detour of the road. Couriers count as ground.
"""

from __future__ import annotations

import pandas as pd

from twin.analytics.returns import returns_co2e_kg_per_order
from twin.analytics.sums import Result, ratio, total
from twin.analytics.volume import booked, per_delivered_order

TRANSPORT = ("first_mile_co2e_kg", "linehaul_ground_co2e_kg", "linehaul_air_co2e_kg", "last_mile_co2e_kg")
REST = ("hub_co2e_kg", "packaging_co2e_kg", "inbound_co2e_kg", "building_co2e_kg", "return_co2e_kg")


def co2e_kg_total(bookings: pd.DataFrame, by: str | None = None) -> Result:
    """Emissions of the network: transport, hubs, packaging, inbound, buildings and returns [kg; kgco2e_total]."""
    return booked(bookings, (*TRANSPORT, *REST), by)


def co2e_kg_per_order(bookings: pd.DataFrame, by: str | None = None) -> Result:
    """Emissions of a delivered order: exactly the sum of its parts [kg/order; kgco2e_per_order]."""
    whole = linehaul_ground_co2e_kg_per_order(bookings, by)
    for part in PARTS[1:]:
        whole = whole + part(bookings, by)
    return whole


def co2e_kg_per_package(bookings: pd.DataFrame, by: str | None = None) -> Result:
    """Emissions of the network by package shipped [kg/package; kgco2e_per_pkg]."""
    return ratio(co2e_kg_total(bookings, by), total(bookings, bookings["packages"], by))


def gco2e_per_tkm(bookings: pd.DataFrame, by: str | None = None) -> Result:
    """Grams from first mile to last mile for each tonne-kilometer, great circle [g/tkm; gco2e_per_tkm]."""
    return ratio(1000 * booked(bookings, TRANSPORT, by), total(bookings, bookings["tonne_km"], by))


def transport_co2e_kg_per_order(bookings: pd.DataFrame, by: str | None = None) -> Result:
    """First mile, linehaul and last mile of a delivered order [kg/order; split of kgco2e_total]."""
    return per_delivered_order(bookings, TRANSPORT, by)


def linehaul_ground_co2e_kg_per_order(bookings: pd.DataFrame, by: str | None = None) -> Result:
    """Linehaul by road of a delivered order, couriers included [kg/order; part of kgco2e_per_order]."""
    return per_delivered_order(bookings, ("linehaul_ground_co2e_kg",), by)


def linehaul_air_co2e_kg_per_order(bookings: pd.DataFrame, by: str | None = None) -> Result:
    """Linehaul by air of a delivered order [kg/order; part of kgco2e_per_order]."""
    return per_delivered_order(bookings, ("linehaul_air_co2e_kg",), by)


def last_mile_co2e_kg_per_order(bookings: pd.DataFrame, by: str | None = None) -> Result:
    """Last mile of a delivered order [kg/order; part of kgco2e_per_order]."""
    return per_delivered_order(bookings, ("last_mile_co2e_kg",), by)


def first_mile_co2e_kg_per_order(bookings: pd.DataFrame, by: str | None = None) -> Result:
    """Collection of a delivered order, to the first hub [kg/order; part of kgco2e_per_order]."""
    return per_delivered_order(bookings, ("first_mile_co2e_kg",), by)


def hub_co2e_kg_per_order(bookings: pd.DataFrame, by: str | None = None) -> Result:
    """Handling of a delivered order in the hubs of its carrier [kg/order; part of kgco2e_per_order]."""
    return per_delivered_order(bookings, ("hub_co2e_kg",), by)


def packaging_co2e_kg_per_order(bookings: pd.DataFrame, by: str | None = None) -> Result:
    """Cartons of a delivered order [kg/order; part of kgco2e_per_order]."""
    return per_delivered_order(bookings, ("packaging_co2e_kg",), by)


def inbound_co2e_kg_per_order(bookings: pd.DataFrame, by: str | None = None) -> Result:
    """Inbound freight of the goods shipped, by delivered order [kg/order; part of kgco2e_per_order]."""
    return per_delivered_order(bookings, ("inbound_co2e_kg",), by)


def building_co2e_kg_per_order(bookings: pd.DataFrame, by: str | None = None) -> Result:
    """Electricity of the buildings, by delivered order [kg/order; part of kgco2e_per_order]."""
    return per_delivered_order(bookings, ("building_co2e_kg",), by)


PARTS = (
    linehaul_ground_co2e_kg_per_order,
    linehaul_air_co2e_kg_per_order,
    last_mile_co2e_kg_per_order,
    packaging_co2e_kg_per_order,
    inbound_co2e_kg_per_order,
    building_co2e_kg_per_order,
    returns_co2e_kg_per_order,
    first_mile_co2e_kg_per_order,
    hub_co2e_kg_per_order,
)
"""The parts of `co2e_kg_per_order`, in the order in which they are added."""
