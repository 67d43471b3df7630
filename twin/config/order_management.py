"""The shapes of order management and replenishment."""

from __future__ import annotations

from datetime import time
from typing import Annotated, Literal

from pydantic import Field

from twin.config.fields import ClockTime, Name, NotNegative, Shape


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
