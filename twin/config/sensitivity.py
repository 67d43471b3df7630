"""The shape of what may be otherwise than assumed, and how far."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from twin.config.fields import Name, NotNegative, Positive, Shape


class FactorConfig(Shape):
    """One input and its range: some keys, multiplied (`times`) or set (`values`, which is `base` as things stand).

    A `*` in a key stands for every name there. `sd` is the standard error of the input, on the same scale, where it was
    estimated from something.
    """

    title: str
    keys: Annotated[tuple[str, ...], Field(min_length=1)]
    times: tuple[Positive, Positive] | None = None
    values: tuple[float, float] | None = None
    base: float = 1.0
    sd: NotNegative | None = None

    @model_validator(mode="after")
    def _has_one_range(self) -> FactorConfig:
        if (self.times is None) == (self.values is None):
            raise ValueError("either times or values")
        if not self.range[0] < self.base < self.range[1]:
            raise ValueError(f"a range around {self.base:g}")
        return self

    @property
    def range(self) -> tuple[float, float]:
        """The ends of the range."""
        found = self.times or self.values
        assert found is not None
        return found


class SensitivityConfig(Shape):
    """All inputs whose range is declared."""

    factors: dict[Name, FactorConfig] = {}
