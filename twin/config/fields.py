"""What values may look like, and what all shapes share."""

from __future__ import annotations

import re
from datetime import time
from functools import partial
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer, PlainValidator

from twin.domain.calendars import clock_from, timezone_from, weekdays_from
from twin.domain.distributions import Distribution
from twin.observed import quantity_from


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
