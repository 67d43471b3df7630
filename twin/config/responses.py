"""The shapes of responses to what goes wrong."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from twin.config.fields import Name, NotNegative, Positive, Rate, Shape


class LongerHoursConfig(Shape):
    """How much longer people work (see `LongerHours`)."""

    from_backlog_hours: NotNegative
    most_hours: Positive


class ResponseConfig(Shape):
    """What is done when something goes wrong, and when (see `Response`)."""

    to: tuple[Name, ...] = ()
    least_severity: Rate = 0.0
    after_hours: NotNegative = 0.0
    hold_hours: NotNegative = 0.0
    reroute: bool = False
    open_standby: bool = False
    overtime: LongerHoursConfig | None = None
    promise_days: Annotated[int, Field(ge=0)] = 0
    expedite: dict[str, str] = {}
    max_shipments: Annotated[int, Field(ge=1)] | None = None


class ResponsesConfig(Shape):
    """All responses of a scenario by name."""

    rules: dict[Name, ResponseConfig] = {}
