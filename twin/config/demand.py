"""The shapes of demand: who orders what, when and where to, and what is promised."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from twin.config.fields import ClockTime, Count, Name, NotNegative, Positive, Rate, Shape, Table, Zip3
from twin.config.stores import LocalDeliveryConfig, PickupConfig
from twin.domain.distributions import Distribution


class ServiceLevelConfig(Shape):
    """One choice at checkout."""

    share: Rate
    promise_days: Annotated[int, Field(ge=0)]
    order_cutoff: ClockTime
    services: tuple[str, ...]
    late_credit_usd: NotNegative = 0.0


class ChannelConfig(Shape):
    """One sales channel and its share of all orders."""

    share: Rate


class PromotionConfig(Shape):
    """Some days on which demand is a multiple of the usual; empty lists mean everywhere."""

    starts_on: date
    ends_on: date
    factor: NotNegative
    channels: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()


class ArrivalsConfig(Shape):
    """How orders follow each other at a given rate."""

    kind: Literal["poisson", "fixed_interval", "batch", "overdispersed"] = "poisson"
    batch_size: Count = Field(default_factory=lambda: Distribution.of("deterministic", value=1.0))
    daily_cv: NotNegative = 0.0


class MetroConfig(Shape):
    """A metropolitan area: everything within so many great-circle miles of a ZIP3."""

    center: Zip3
    miles: Positive


class DemandConfig(Shape):
    """Who orders what, when and where to: drawn from a model or replayed from a trace."""

    kind: Literal["model", "trace"] = "model"
    orders_per_day: NotNegative = 0.0
    arrivals: ArrivalsConfig = ArrivalsConfig()
    channels: dict[str, ChannelConfig] = {}
    regional_weights: dict[str, NotNegative] = {}
    metro: MetroConfig | None = None
    hours: Table | None = None
    weekdays: Table | None = None
    season: Table | None = None
    promotions: dict[str, PromotionConfig] = {}
    lines: Count = Field(default_factory=lambda: Distribution.of("deterministic", value=1.0))
    units: Count = Field(default_factory=lambda: Distribution.of("deterministic", value=1.0))
    regional_tilt: Annotated[float, Field(ge=1)] = 1.0
    service_levels: dict[Name, ServiceLevelConfig]
    pickup: PickupConfig | None = None
    local_delivery: LocalDeliveryConfig | None = None
    orders: Table | None = None
    order_lines: Table | None = None
    luck: Literal["fixed", "resampled"] = "resampled"
