"""The shapes of what goes wrong."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from twin.config.fields import Hours, Name, NotNegative, Positive, Rate, Shape
from twin.domain.disruptions import Scope


class AfterConfig(Shape):
    """What brings a disruption about, and how long after that starts (see `Trigger`)."""

    event: str
    delay: Hours


class MachinesConfig(Shape):
    """A stage whose stations stand still (see `MachinesDown`)."""

    stage: str


class DestroyedConfig(Shape):
    """How much of the stock is gone (see `StockDestroyed`)."""

    share: Rate


class RecallConfig(Shape):
    """What becomes of recalled products afterwards (see `Recall`)."""

    disposal: Literal["release", "scrap"]


class CarrierCutConfig(Shape):
    """What a carrier has less of (see `CarrierCut`)."""

    of: Literal["departures", "room"]


class SupplierDelayConfig(Shape):
    """How much later a supplier's trucks arrive (see `SupplierDelay`)."""

    hours: Positive


class TrackPointConfig(Shape):
    """Where a storm's center is, so many hours after it begins."""

    hour: NotNegative
    lat: Annotated[float, Field(ge=-90, le=90)]
    lng: Annotated[float, Field(ge=-180, le=180)]


class TrackConfig(Shape):
    """The way of a storm and how far it reaches (see `Track`)."""

    radius_miles: Positive
    points: tuple[TrackPointConfig, ...]


class DisruptionConfig(Shape):
    """Something that goes wrong: at a stated time, at random at a rate per year, or after something else.

    An event of nodes or regions that has none of the keys from `people` on takes people away.
    """

    scope: Literal["largest_node", Scope]
    targets: tuple[str, ...] = ()
    track: TrackConfig | None = None
    starts_day: NotNegative | None = None
    rate_per_year: NotNegative | None = None
    after: AfterConfig | None = None
    probability: Rate = 1.0
    group: Name | None = None
    duration: Hours
    severity: Rate = 1.0
    ramp_hours: NotNegative = 0.0
    ramp_up_hours: NotNegative = 0.0
    delay_days: Annotated[int, Field(ge=0)] = 0
    demand_factor: NotNegative = 1.0
    people: bool = False
    closed: bool = False
    machines: MachinesConfig | None = None
    stock_destroyed: DestroyedConfig | None = None
    recall: RecallConfig | None = None
    supplier_delay: SupplierDelayConfig | None = None
    supplier_failure: bool = False
    carrier_cut: CarrierCutConfig | None = None
    stock_feed_frozen: bool = False
    dom_down: bool = False


class DisruptionsConfig(Shape):
    """All disruptions of a scenario by name."""

    events: dict[Name, DisruptionConfig] = {}
