"""The shape of a question where to build: which nodes may be open, how many, and what a building costs by its size."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from twin.config.fields import Name, NotNegative, Shape
from twin.domain.nodes import NodeKind

Count = Annotated[int, Field(ge=1)]
Share = Annotated[float, Field(gt=0, le=1)]


class BuildingConfig(Shape):
    """What a building of one kind costs and uses: something of its own, and by the orders a day it is made for."""

    usd_per_day: NotNegative
    usd_per_daily_order: NotNegative
    kwh_per_daily_order: NotNegative


class ReachConfig(Shape):
    """How many of the orders must ship from a node that needs no more than so many business days in transit."""

    days: Count
    share: Share


class SitingConfig(Shape):
    """Which nodes of a network to open: those of `today` are the baseline, those of `always` are in every design.

    A design has `fewest` to `most` open nodes. The `short_list` best are simulated. A node of a kind with a building
    rule is made for the orders it is to ship, its people busy for `busy_rate` of their hours; `sample` orders tell.
    """

    today: tuple[Name, ...] = ()
    always: tuple[Name, ...] = ()
    fewest: Count = 1
    most: Count = 8
    short_list: Count = 6
    busy_rate: Share = 0.8
    sample: Count = 6000
    reach: ReachConfig | None = None
    buildings: dict[NodeKind, BuildingConfig] = {}

    @model_validator(mode="after")
    def _some_number_will_do(self) -> SitingConfig:
        if self.fewest > self.most or len(self.always) > self.most:
            raise ValueError(f"at most {self.most} nodes, no fewer than siting.fewest and those of siting.always")
        return self
