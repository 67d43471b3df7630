"""What comes back: who sends what back, why, how, and what becomes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from twin.domain.distributions import Distribution

Grade = Literal["restock", "refurbish", "liquidate", "scrap"]
GRADES: tuple[Grade, ...] = ("restock", "refurbish", "liquidate", "scrap")
SELLABLE: tuple[Grade, ...] = ("restock", "refurbish")
"""The grades that end on the shelf; the others are written off."""


@dataclass(frozen=True, slots=True)
class ReturnReason:
    """Why goods come back: a share of all returns, how long customers wait with it, and in which state the goods are.

    `grades` are shares in the order of `GRADES`. `delay_hours` counts from the delivery.
    """

    name: str
    share: float
    delay_hours: Distribution
    grades: tuple[float, ...]
    restocking_fee_usd: float = 0.0


@dataclass(frozen=True, slots=True)
class DropOff:
    """Customers who carry their parcel to a store: a share of each channel, and no farther than they would go."""

    share: float = 0.0
    by_channel: Mapping[str, float] | None = None
    within_miles: float = 0.0
    co2e_kg: float = 0.0

    def share_of(self, channel: str) -> float:
        """Return the share of a channel's returns that are dropped off where a store is near."""
        return (self.by_channel or {}).get(channel, self.share)


@dataclass(frozen=True, slots=True)
class ReturnTerms:
    """How often goods come back, and what that costs.

    `rates` are shares of the lines shipped by category, `rate` that of the categories not named; `channel_factors`
    multiply them. A label costs `label_price_rate` of the list price of `label_service`. Liquidated goods bring
    `recovered_rate` of what they cost; customers get `refund_rate` of the price back, less a fee by reason.
    """

    rate: float
    rates: Mapping[str, float]
    channel_factors: Mapping[str, float]
    reasons: tuple[ReturnReason, ...]
    label_service: str
    label_price_rate: float = 1.0
    drop_off: DropOff = DropOff()
    refund_rate: float = 1.0
    refurbish_usd: float = 0.0
    refurbish_hours: float = 0.0
    recovered_rate: float = 0.0

    def rate_of(self, category: str, channel: str) -> float:
        """Return the share of the lines of a category, bought in a channel, that come back."""
        return self.rates.get(category, self.rate) * self.channel_factors.get(channel, 1.0)


@dataclass(frozen=True, slots=True)
class ReturnsDesk:
    """Where a node looks at what comes back: places side by side, the time for a unit, and a fee for each line."""

    stations: int
    hours_per_unit: float
    fee_usd: float = 0.0

    def __post_init__(self) -> None:
        if self.stations < 1:
            raise ValueError(f"inspection of returns: needs at least one station, got {self.stations}")
