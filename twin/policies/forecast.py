"""The demand that a policy may reckon with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Forecast:
    """Expected demand until stock comes again.

    `units_per_day[region][sku]` are the units a day, of which each destination orders its share,
    `destinations[destination]`, a share of its region (the shares of a region add up to one). `service_levels` are
    shares of all orders, and `days` how long the stock of now has to last.
    """

    units_per_day: Mapping[str, Mapping[str, float]]
    destinations: Mapping[str, float]
    service_levels: Mapping[str, float]
    days: float

    def __post_init__(self) -> None:
        if self.days <= 0:
            raise ValueError(f"a forecast must reach beyond now, got {self.days} days")


NOTHING_EXPECTED = Forecast({}, {}, {}, 1.0)
