"""The shapes of what goes wrong."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from twin.config.fields import Hours, Name, NotNegative, Rate, Shape


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
