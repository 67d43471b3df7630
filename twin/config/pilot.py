"""The shape of a pilot: what is tried against what, and by which thresholds it is judged, written before it is run."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from twin.config.fields import NotNegative, Positive, Shape


class GuardrailConfig(Shape):
    """By how much a KPI may become worse at most, in its unit."""

    worse_by: NotNegative


class KillConfig(Shape):
    """When the live pilot is to be stopped: a watched rate on the wrong side of a value for so many weeks running."""

    below: float | None = None
    above: float | None = None
    weeks: Annotated[int, Field(ge=1)] = 2


class PilotConfig(Shape):
    """A change tried against the network of today, and how it will be judged.

    `incumbent` holds overrides that take the change out. From `launch` on the network runs in; the study's measured
    days are those of its steady state. `margin_usd_per_order` is what an order more is worth, where demand is assumed
    to rise; `demand_lift` says so in words.
    """

    title: str
    incumbent: Annotated[tuple[str, ...], Field(min_length=1)]
    launch: date
    one_off_usd: NotNegative
    payback_months: Positive
    demand_lift: str = "none assumed"
    margin_usd_per_order: NotNegative = 0.0
    guardrails: dict[str, GuardrailConfig]
    kill: dict[str, KillConfig] = {}
