"""The shapes of carriers, shared prices and emission factors."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from twin.config.fields import Hours, NotNegative, Positive, Shape, Table


class CarriersConfig(Shape):
    """Carrier tables, a factor on each service's list prices, and what a contract adds to them and takes off.

    `weekly_parcels` is the volume by carrier that its contract expects; it chooses the tier of `discounts`.
    """

    services: tuple[Table, ...]
    rates: tuple[Table, ...]
    transit: tuple[Table, ...]
    delays: tuple[Table, ...]
    price_factors: dict[str, Positive] = {}
    surcharges: tuple[Table, ...] = ()
    delivery_areas: tuple[Table, ...] = ()
    minimums: tuple[Table, ...] = ()
    discounts: tuple[Table, ...] = ()
    liability: tuple[Table, ...] = ()
    weekly_parcels: dict[str, NotNegative] = {}
    courier_hours: Hours


class FreightConfig(Shape):
    """What freight costs on lanes that buy it by the load, and what pallets and trucks hold (see `FreightTerms`)."""

    pallet_rates: Table
    usd_per_mile: NotNegative
    least_usd: NotNegative = 0.0
    pallet_m3: Positive
    pallet_kg: Positive
    truck_pallets: Annotated[int, Field(ge=1)] = 26
    truck_lb: Positive = 44_000.0


class CostsConfig(Shape):
    """Prices that several node kinds share; presets refer to them."""

    wage_usd_per_hour: NotNegative
    holding_rate_per_year: NotNegative
    freight_in_usd_per_unit: NotNegative
    freight: FreightConfig | None = None


class CarbonConfig(Shape):
    """Where emission factors come from, the ratio of road to great-circle distance, and hubs on the way by mode."""

    factors: Table
    road_factor: Annotated[float, Field(ge=1)] = 1.2
    hubs: dict[str, Annotated[int, Field(ge=1)]] = {}
