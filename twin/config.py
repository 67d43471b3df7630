"""The shapes of configuration: what a composed scenario may say, and in which units.

Hydra composes the parts, these models refuse what is not known, out of range or of the wrong type. Every error of
a scenario is reported at once, each with the override or file that set the value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, time
from functools import partial
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer, PlainValidator, ValidationError

from twin.config_problems import misfits, no_node, unknown_kind
from twin.domain.calendars import clock_from, timezone_from, weekdays_from
from twin.domain.distributions import Distribution
from twin.domain.errors import ConfigurationError
from twin.observed import quantity_from
from twin.presets import traced, with_presets


def name_from(given: str) -> str:
    """Refuse a name that could not be a folder's or an override's."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", given):
        raise ValueError("a name of letters, digits, '.', '_' and '-', at most 64, a letter or digit first")
    return given


def zip3_from(given: object) -> str:
    """Refuse `021` without quotes, which YAML reads as a number."""
    if not isinstance(given, str) or not re.fullmatch(r"[0-9]{3}", given):
        raise ValueError("three digits in quotes, such as '021'")
    return given


Weekdays = Annotated[frozenset[int], PlainValidator(weekdays_from), PlainSerializer(sorted)]
ClockTime = Annotated[time, PlainValidator(clock_from), PlainSerializer(time.isoformat)]
Timezone = Annotated[str, AfterValidator(timezone_from)]


def written(distribution: Distribution) -> dict[str, object]:
    """Write a distribution as a configuration would, parameters in the unit it is kept in."""
    return {"kind": distribution.kind, **dict(distribution.parameters)}


Hours = Annotated[Distribution, PlainValidator(partial(quantity_from, unit="hours")), PlainSerializer(written)]
Count = Annotated[Distribution, PlainValidator(partial(quantity_from, unit="units")), PlainSerializer(written)]
Rate = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
NotNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Name = Annotated[str, AfterValidator(name_from)]
Zip3 = Annotated[str, PlainValidator(zip3_from)]


class TableName(str):
    """The name of a file with a table; a type of its own, so that all files behind a configuration can be found."""

    __slots__ = ()


Table = Annotated[str, AfterValidator(TableName)]


class Shape(BaseModel):
    """What all shapes share: unknown keys are errors and values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class ShiftConfig(Shape):
    """One shift of a node, in its local time."""

    days: Weekdays
    starts: ClockTime
    ends: ClockTime
    staffed_rate: Annotated[float, Field(gt=0, le=1)] = 1.0


class StageConfig(Shape):
    """One step of the work at a node."""

    stations: Annotated[int, Field(ge=0)]
    work: Hours
    extra_line_rate: NotNegative = 0.0
    extra_unit_rate: NotNegative = 0.0
    queue: Literal["promise", "arrival"] = "promise"
    waiting_cap: Annotated[int, Field(ge=1)] | None = None


class DepartureConfig(Shape):
    """When one carrier service collects."""

    days: Weekdays
    cutoff: ClockTime
    departs: ClockTime


class NodeCostsConfig(Shape):
    """What a node costs (see `NodeCosts`)."""

    fee_per_order_usd: NotNegative = 0.0
    fee_per_line_usd: NotNegative = 0.0
    fee_per_unit_usd: NotNegative = 0.0
    wage_usd_per_hour: NotNegative = 0.0
    labor_paid: Literal["staffed", "worked", "none"] = "none"
    fixed_usd_per_day: NotNegative = 0.0
    storage_usd_per_unit_day: NotNegative = 0.0
    holding_rate_per_year: NotNegative = 0.0
    inbound_usd_per_unit: NotNegative = 0.0
    building_kwh_per_day: NotNegative = 0.0


class AssortmentConfig(Shape):
    """Which products a node carries: the best sellers, some categories, or everything."""

    top_skus: Annotated[int, Field(ge=0)] | None = None
    categories: tuple[str, ...] = ()


class NodeConfig(Shape):
    """One fulfillment node, its kind's preset already merged under it."""

    kind: Literal["dc", "3pl", "store", "mfc", "distributor"]
    zip3: Zip3
    label: str = ""
    enabled: bool = True
    priority: int = 100
    closed_on_holidays: bool = True
    shifts: dict[str, ShiftConfig]
    stages: dict[str, StageConfig]
    departures: dict[str, DepartureConfig]
    costs: NodeCostsConfig = NodeCostsConfig()
    assortment: AssortmentConfig = AssortmentConfig()
    orders_per_day: Annotated[int, Field(ge=0)] | None = None
    found_rate: Rate = 1.0
    groups: tuple[Name, ...] = ()


class SupplierConfig(Shape):
    """A source of goods that never runs dry."""

    zip3: Zip3


class LaneConfig(Shape):
    """How a node is refilled; the lane is named after the node it leads to."""

    supplier: str = Field(alias="from")
    lead_time: Hours


class NetworkConfig(Shape):
    """The nodes of a design and the tables of the country they stand in."""

    title: str
    description: str = ""
    places: Table
    zone_bands: Table
    products: Table
    cartons: Table
    holidays: Table
    stock: Table | None = None
    nodes: dict[Name, NodeConfig]
    suppliers: dict[Name, SupplierConfig] = {}
    lanes: dict[Name, LaneConfig] = {}


class CarriersConfig(Shape):
    """Carrier tables, and a factor on each service's list prices for the contract."""

    services: tuple[Table, ...]
    rates: tuple[Table, ...]
    transit: tuple[Table, ...]
    delays: tuple[Table, ...]
    price_factors: dict[str, Positive] = {}
    courier_hours: Hours


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


class DemandConfig(Shape):
    """Who orders what, when and where to: drawn from a model or replayed from a trace."""

    kind: Literal["model", "trace"] = "model"
    orders_per_day: NotNegative = 0.0
    arrivals: ArrivalsConfig = ArrivalsConfig()
    channels: dict[str, ChannelConfig] = {}
    regional_weights: dict[str, NotNegative] = {}
    hours: Table | None = None
    weekdays: Table | None = None
    season: Table | None = None
    promotions: dict[str, PromotionConfig] = {}
    lines: Count = Field(default_factory=lambda: Distribution.of("deterministic", value=1.0))
    units: Count = Field(default_factory=lambda: Distribution.of("deterministic", value=1.0))
    regional_tilt: Annotated[float, Field(ge=1)] = 1.0
    service_levels: dict[Name, ServiceLevelConfig]
    orders: Table | None = None
    order_lines: Table | None = None
    luck: Literal["fixed", "resampled"] = "resampled"


class ReplenishmentConfig(Shape):
    """Order-up-to replenishment, the opening stock, and what happens to orders nobody can fill."""

    kind: Literal["order_up_to", "none"]
    review_days: Annotated[int, Field(ge=1)] = 1
    review_at: ClockTime = time(5)
    safety_factor: NotNegative = 1.65
    cover_days: NotNegative = 0.0
    opening_days_of_cover: NotNegative = 14.0
    opening_days_of_cover_at: dict[str, NotNegative] = {}
    unfilled: Literal["backorder", "cancel"] = "backorder"
    patience_days: NotNegative = 7.0


class RejectionConfig(Shape):
    """Why goods are not found, how often, and what the node's books say afterwards (see `StockEffect`)."""

    share: Annotated[float, Field(gt=0, le=1)]
    effect: Literal["none", "emptied", "corrected", "withheld"] = "none"


class SafetyStockConfig(Shape):
    """Units that some nodes keep back of some products; an empty list means all of them."""

    units: Annotated[int, Field(ge=0)]
    groups: tuple[str, ...] = ()
    skus: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    velocity_classes: tuple[str, ...] = ()


class OrderManagementConfig(Shape):
    """When orders are routed, on which picture of the stock, and what becomes of rejections (see `OrderManagement`)."""

    commit: Literal["at_order", "at_run", "at_release"] = "at_order"
    run_every_minutes: Annotated[float, Field(ge=1, le=1440)] = 15
    hold_hours: NotNegative = 6.0
    stock_lag_minutes: NotNegative = 0.0
    sees_own_reservations: bool = True
    cart_hold_minutes: NotNegative = 0.0
    abandoned_carts_per_order: NotNegative = 0.0
    rejections: dict[Name, RejectionConfig] = {}
    safety_stock: tuple[SafetyStockConfig, ...] = ()


class DisruptionConfig(Shape):
    """Something that goes wrong: at a stated time, or at random at a rate per year."""

    scope: Literal["node", "service", "region", "demand"]
    targets: tuple[str, ...] = ()
    starts_day: NotNegative | None = None
    rate_per_year: NotNegative | None = None
    duration: Hours
    severity: Rate = 1.0
    ramp_hours: NotNegative = 0.0
    delay_days: Annotated[int, Field(ge=0)] = 0
    demand_factor: NotNegative = 1.0


class DisruptionsConfig(Shape):
    """All disruptions of a scenario by name."""

    events: dict[Name, DisruptionConfig] = {}


class CostsConfig(Shape):
    """Prices that several node kinds share; presets refer to them."""

    wage_usd_per_hour: NotNegative
    holding_rate_per_year: NotNegative
    inbound_usd_per_unit: NotNegative


class CarbonConfig(Shape):
    """Where emission factors come from, and the ratio of road to great-circle distance."""

    factors: Table
    road_factor: Annotated[float, Field(ge=1)] = 1.2


class MeasureConfig(Shape):
    """One KPI of the decision: which way is better, and from which difference on it matters."""

    title: str
    unit: str
    better: Literal["lower", "higher"]
    matters_from: NotNegative
    relative: bool = False
    primary: bool = False


class StudyConfig(Shape):
    """How long, how often, with which seed, and what counts as a difference."""

    title: str
    question: str
    starts_on: date
    timezone: Timezone
    warmup_days: Annotated[int, Field(ge=0)]
    measured_days: Annotated[int, Field(ge=1)]
    cooldown_days: Annotated[int, Field(ge=0)]
    runout_days: Annotated[int, Field(ge=1)]
    replications: Annotated[int, Field(ge=1)]
    seed: Annotated[int, Field(ge=0)]
    alpha: Annotated[float, Field(gt=0, lt=1)] = 0.05
    order_tables: bool = True
    explain: Literal["off", "codes", "full"] = "off"
    folder: str = "results"
    name: Name | None = None
    measures: dict[str, MeasureConfig]


class ScenarioConfig(Shape):
    """One whole scenario: a design, its customers, and the study that asks about it."""

    network: NetworkConfig
    carriers: CarriersConfig
    demand: DemandConfig
    routing: dict[str, Any]
    dom: OrderManagementConfig = OrderManagementConfig()
    replenishment: ReplenishmentConfig
    disruptions: DisruptionsConfig
    costs: CostsConfig
    carbon: CarbonConfig
    study: StudyConfig


def parse(values: Mapping[str, Any], origin: Callable[[str], str] = str) -> ScenarioConfig:
    """Check a composed configuration and return it, node presets merged under each node.

    `origin` says where a dotted key was set. Raises `ConfigurationError` with every problem at once.
    """
    where = traced(values, origin)
    merged, unknown = with_presets(values)
    nodes = list(merged["network"]["nodes"]) if unknown else []
    problems = [
        no_node(name, nodes, where) if kind is None else unknown_kind(f"network.nodes.{name}.kind", kind, where)
        for name, kind in unknown.items()
    ]
    try:
        config = ScenarioConfig.model_validate(merged)
    except ValidationError as error:
        raise ConfigurationError([*problems, *misfits(error.errors(), merged, ScenarioConfig, where)]) from None
    if problems:
        raise ConfigurationError(problems)
    return config
