"""The shapes of returns: what comes back, how, and what becomes of it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from twin.config.fields import Hours, Name, NotNegative, Positive, Rate, Shape
from twin.domain.returns import Grade


class ReturnReasonConfig(Shape):
    """Why goods come back: its share of all returns, the delay after delivery, and shares of what they are then."""

    share: Rate
    delay: Hours
    grades: dict[Grade, Rate]
    restocking_fee_usd: NotNegative = 0.0


class DropOffConfig(Shape):
    """Customers who carry parcels to a store; `channels` overrules the share for some of them."""

    share: Rate = 0.0
    channels: dict[str, Rate] = {}
    within_miles: NotNegative = 0.0
    co2e_kg: NotNegative = 0.0


class ReturnLabelConfig(Shape):
    """The carrier service that brings parcels back, and the share of its list price that a label costs."""

    service: str
    price_rate: NotNegative = 1.0


class ReturnRouteConfig(Shape):
    """Where parcels go back to (see `ReturnRoute`)."""

    kind: Literal["origin", "nearest", "store", "center"] = "origin"
    center: str | None = None


class ReturnsConfig(Shape):
    """What customers send back (see `ReturnTerms`)."""

    kind: Literal["none", "model"] = "none"
    rate: Rate = 0.0
    rates: dict[str, Rate] = {}
    channel_factors: dict[str, NotNegative] = {}
    reasons: dict[Name, ReturnReasonConfig] = {}
    drop_off: DropOffConfig = DropOffConfig()
    label: ReturnLabelConfig | None = None
    route: ReturnRouteConfig = ReturnRouteConfig()
    refund_rate: Rate = 1.0
    refurbish_usd: NotNegative = 0.0
    refurbish_days: NotNegative = 0.0
    recovered_rate: Rate = 0.0


class ReturnsDeskConfig(Shape):
    """The inspection of returns at a node: places, minutes for a unit, and a fee for each line."""

    stations: Annotated[int, Field(ge=1)]
    minutes_per_unit: Positive
    fee_usd: NotNegative = 0.0
