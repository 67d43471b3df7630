"""The shapes of nodes, lanes, suppliers and networks."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, field_validator

from twin.config.fields import ClockTime, Hours, Name, NotNegative, Rate, Shape, Table, Weekdays, Zip3
from twin.config.returns import ReturnsDeskConfig
from twin.config.stores import PickupDeskConfig, ShelfConfig
from twin.config.work import CrewConfig, InboundConfig, LearningConfig, OvertimeConfig, ShiftConfig, StageConfig


class InjectionConfig(Shape):
    """Where a departure hands parcels over instead of at the node: a hub near some regions (see `Injection`)."""

    service: str
    at: Zip3
    regions: Annotated[tuple[str, ...], Field(min_length=1)]
    usd_per_lb: NotNegative
    extra_days: Annotated[int, Field(ge=0, le=5)] = 1


class DepartureConfig(Shape):
    """When one carrier service collects, and how many parcels at most; or where it injects them."""

    days: Weekdays
    cutoff: ClockTime
    departs: ClockTime
    parcels_per_day: Annotated[int, Field(ge=1)] | None = None
    inject: InjectionConfig | None = None


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
    minimum_usd_per_month: NotNegative = 0.0
    stock_is_ours: bool = True


class AssortmentConfig(Shape):
    """Which products a node carries: the best sellers, some categories, or everything."""

    top_skus: Annotated[int, Field(ge=0)] | None = None
    categories: tuple[str, ...] = ()


class MoreOrdersConfig(Shape):
    """What a contract says of more orders a day (see `MoreOrders`)."""

    step: Annotated[int, Field(ge=1)]
    most: Annotated[int, Field(ge=1)]
    notice_days: Annotated[int, Field(ge=0)]
    from_use: Rate = 1.0


class PackingStandardConfig(Shape):
    """How a node packs by its own standard (see `PackingStandard`); without cartons into those of the network."""

    cartons: Table | None = None
    lines_together: bool = True


class OpensConfig(Shape):
    """When a new node opens, and what it has on its shelves by then (see `Opening`)."""

    launch: date
    goods_days_before: Annotated[int, Field(ge=0)] = 7
    best_sellers: tuple[Annotated[int, Field(ge=1)], ...] = ()
    widen_every_days: Annotated[int, Field(ge=1)] = 7

    @field_validator("best_sellers")
    @classmethod
    def _they_become_more(cls, counts: tuple[int, ...]) -> tuple[int, ...]:
        if list(counts) != sorted({*counts}):
            raise ValueError("numbers of products that rise from step to step")
        return counts


class NodeConfig(Shape):
    """One fulfillment node, its kind's preset already merged under it."""

    kind: Literal["dc", "3pl", "store", "mfc", "distributor"]
    zip3: Zip3
    label: str = ""
    enabled: bool = True
    standby: bool = False
    opens: OpensConfig | None = None
    priority: int = 100
    closed_on_holidays: bool = True
    shifts: dict[str, ShiftConfig]
    stages: dict[str, StageConfig]
    departures: dict[str, DepartureConfig]
    costs: NodeCostsConfig = NodeCostsConfig()
    assortment: AssortmentConfig = AssortmentConfig()
    orders_per_day: Annotated[int, Field(ge=0)] | None = None
    more_orders: MoreOrdersConfig | None = None
    found_rate: Rate = 1.0
    groups: tuple[Name, ...] = ()
    returns: ReturnsDeskConfig | None = None
    crews: dict[Name, CrewConfig] = {}
    absence_rate: Annotated[float, Field(ge=0, lt=1)] = 0.0
    overtime: OvertimeConfig | None = None
    learning: LearningConfig | None = None
    waves: tuple[ClockTime, ...] = ()
    inbound: InboundConfig | None = None
    order_latency_minutes: NotNegative = 0.0
    stock_latency_minutes: NotNegative = 0.0
    shelf: ShelfConfig | None = None
    pickup: PickupDeskConfig | None = None
    delivers_locally: bool = False
    packing_standard: PackingStandardConfig | None = None


class SupplierConfig(Shape):
    """A source of goods that never runs dry."""

    zip3: Zip3


class LaneConfig(Shape):
    """How a node is refilled; the lane is named after the node it leads to."""

    supplier: str = Field(alias="from")
    lead_time: Hours
    freight: Literal["ltl", "truckload", "auto"] | None = None


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
