"""Local delivery: customers who choose a window of the day, and the van of a store that comes in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

from twin.domain.carriers import CarrierService
from twin.domain.distributions import Distribution
from twin.domain.pickup import free_service

LOCAL_DELIVERY = "store_van"
"""The service of a store's own van: the name of local delivery in tables."""
BY_VAN = "van"
"""The mode of transport of that service."""


@dataclass(frozen=True, slots=True)
class LocalDeliveryTerms:
    """Who gets a window, and what it costs.

    A `share` of customers would have their order brought by the nearest store within `max_miles` that has all of it, in
    the first window of `window_hours` that begins `lead_hours` from now or later. Windows begin at `starts`, by the
    store's clock; a store's van brings `orders_per_window`. A stop costs `stop_usd` and emits `co2e_kg`.
    """

    share: float
    max_miles: float
    starts: tuple[time, ...]
    window_hours: float
    lead_hours: float
    orders_per_window: int
    stop_usd: float = 0.0
    co2e_kg: float = 0.0


def van_service(zones: int, terms: LocalDeliveryTerms) -> CarrierService:
    """Return a store's van as a service: it leaves when a window begins and is anywhere at any time of it."""
    return free_service(LOCAL_DELIVERY, BY_VAN, zones, Distribution.of("uniform", low=0.0, high=terms.window_hours))
