"""Pickup: customers who collect their orders at a store, inside or at the curb."""

from __future__ import annotations

from dataclasses import dataclass

from twin.domain.carriers import CarrierService, RateCard
from twin.domain.distributions import Distribution
from twin.domain.surcharges import Surcharges

PICKUP = "store_pickup"
"""The service that brings nothing anywhere: the name of pickup in tables."""
BY_CUSTOMERS = "pickup"
"""The mode of transport of that service."""
EVERY_DAY = frozenset(range(7))
NO_LIMIT = 1e9
NOTHING = Distribution.of("deterministic", value=0.0)


@dataclass(frozen=True, slots=True)
class PickupDesk:
    """Where a store hands orders over: places side by side, and the time it takes, longer at the curb."""

    stations: int
    hand_over_hours: float
    curbside_hours: float = 0.0


@dataclass(frozen=True, slots=True)
class PickupTerms:
    """Who collects, and what is promised.

    A `share` of customers would collect at the nearest store that has all of their order, if it is within `max_miles`.
    It should be ready after `ready_hours` in which the store is open. Customers come `collect_hours` after that, or
    when it opens next; a share never does. After `hold_hours` the goods are back on the shelf. A trip emits `co2e_kg`.
    """

    share: float
    max_miles: float
    ready_hours: float
    collect_hours: Distribution
    hold_hours: float
    no_show_rate: float = 0.0
    curbside_share: float = 0.0
    co2e_kg: float = 0.0


def pickup_service(zones: int) -> CarrierService:
    """Return pickup as a service: it takes no time once an order is ready."""
    return free_service(PICKUP, BY_CUSTOMERS, zones, NOTHING)


def free_service(name: str, mode: str, zones: int, transit_hours: Distribution) -> CarrierService:
    """Return a service of stores that no carrier is paid for, and that knows no limit."""
    return CarrierService(
        name=name, carrier="store", mode=mode, rates=RateCard((NO_LIMIT,), ((0.0,),) * zones),
        surcharges=Surcharges(), dim_divisor=NO_LIMIT, dim_threshold_in3=NO_LIMIT, max_weight_lb=NO_LIMIT,
        max_length_in=NO_LIMIT, typical_days=(0,) * zones, extra_days=NOTHING, transit_hours=transit_hours,
        delivery_weekdays=EVERY_DAY, pickup_weekdays=EVERY_DAY,
    )  # fmt: skip
