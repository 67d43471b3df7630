"""The shapes of stores: a shelf that the books do not quite know, and customers who walk in."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from twin.config.fields import Count, NotNegative, Rate, Shape
from twin.domain.distributions import Distribution


class ShelfConfig(Shape):
    """How well a node knows its shelf, and who else takes goods from it (see `ShelfTerms`)."""

    book_accuracy: Rate = 1.0
    wrong_by: Count = Field(default_factory=lambda: Distribution.of("deterministic", value=1.0))
    phantom_share: Rate = 0.5
    shrinkage_per_day: Rate = 0.0
    count_every_days: Annotated[int, Field(ge=1)] | None = None
    walk_in_units_per_day: NotNegative = 0.0
