"""The shape of a study: how long, how often, and what counts as a difference."""

from __future__ import annotations

from datetime import date
from math import inf
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationInfo, field_validator

from twin.config.fields import Name, NotNegative, Positive, Rate, Shape, Timezone


class MeasureConfig(Shape):
    """One KPI of the decision: which way is better, and from which difference on it matters."""

    title: str
    unit: str
    better: Literal["lower", "higher"]
    matters_from: NotNegative
    relative: bool = False
    primary: bool = False


class LimitsConfig(Shape):
    """What one replication may take before it is given up, and in `hours` what a study may take to be begun at all."""

    hours: Positive | None = 24.0
    minutes: Positive | None = 240.0
    memory_mb: Positive | None = 8000.0
    events: Annotated[int, Field(ge=1)] | None = None


class StudyConfig(Shape):
    """How long, how often, with which seed, and what counts as a difference.

    After `looks` replications a study may stop, where its primary difference is known to half of what matters.
    `store` is an address of fsspec, where machines without a common disk put what they finish.
    """

    title: str
    question: str
    starts_on: date
    timezone: Timezone
    warmup_days: Annotated[int, Field(ge=0)]
    measured_days: Annotated[int, Field(ge=1)]
    cooldown_days: Annotated[int, Field(ge=0)]
    runout_days: Annotated[int, Field(ge=1)]
    replications: Annotated[int, Field(ge=1)]
    looks: tuple[Annotated[int, Field(ge=2)], ...] = ()
    seed: Annotated[int, Field(ge=0)]
    alpha: Annotated[float, Field(gt=0, lt=1)] = 0.05
    order_tables: bool = True
    limits: LimitsConfig = LimitsConfig()
    most_failed: Rate = 0.0
    explain: Literal["off", "codes", "full"] = "off"
    folder: str = "results"
    name: Name | None = None
    store: str | None = None
    measures: dict[str, MeasureConfig]

    @field_validator("store")
    @classmethod
    def _addresses_are_no_secrets(cls, store: str | None) -> str | None:
        if store is not None and ("://" not in store or urlsplit(store).password):
            raise ValueError("an address such as s3://bucket/folder, with its credentials in the environment")
        return store

    @field_validator("looks")
    @classmethod
    def _looks_come_before_the_last(cls, looks: tuple[int, ...], known: ValidationInfo) -> tuple[int, ...]:
        most = known.data.get("replications", inf)
        if list(looks) != sorted({*looks}) or (looks and looks[-1] >= most):
            raise ValueError(f"rising numbers below study.replications, which is {most}")
        return looks
