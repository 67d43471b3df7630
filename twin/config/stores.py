"""The shapes of stores: a shelf that the books do not quite know, and customers who walk in."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from twin.config.fields import ClockTime, Count, Hours, NotNegative, Positive, Rate, Shape
from twin.domain.shelf import ONE_UNIT


class ShelfConfig(Shape):
    """How well a node knows its shelf, and who else takes goods from it (see `ShelfTerms`)."""

    book_accuracy: Rate = 1.0
    wrong_by: Count = ONE_UNIT
    phantom_share: Rate = 0.5
    shrinkage_per_day: Rate = 0.0
    count_every_days: Annotated[int, Field(ge=1)] | None = None
    walk_in_units_per_day: NotNegative = 0.0
    units_per_walk_in: Count = ONE_UNIT
    walk_ins_take_reserved: bool = True


class PickupDeskConfig(Shape):
    """Where a store hands orders over (see `PickupDesk`)."""

    stations: Annotated[int, Field(ge=1)] = 1
    hand_over_minutes: NotNegative = 3.0
    curbside_minutes: NotNegative = 2.0


class PickupConfig(Shape):
    """Who collects, and what is promised (see `PickupTerms`)."""

    share: Rate
    max_miles: Positive
    ready_hours: NotNegative = 2.0
    collect_after: Hours
    hold_days: Positive = 5.0
    no_show_rate: Rate = 0.0
    curbside_share: Rate = 0.0
    trip_co2e_kg: NotNegative = 0.0
    dedicated_trip_rate: Rate = 1.0


class LocalDeliveryConfig(Shape):
    """Who gets a window, and what it costs (see `LocalDeliveryTerms`)."""

    share: Rate
    max_miles: Positive
    windows: Annotated[tuple[ClockTime, ...], Field(min_length=1)]
    window_hours: Annotated[float, Field(gt=0, le=24)] = 3.0
    lead_hours: NotNegative = 2.0
    orders_per_window: Annotated[int, Field(ge=1)]
    stop_usd: NotNegative = 0.0
    stop_co2e_kg: NotNegative = 0.0
