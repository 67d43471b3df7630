"""What a carrier answers for: parcels it loses or damages, and days it is late."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Failure = Literal["lost", "damaged"]


@dataclass(frozen=True, slots=True)
class Liability:
    """How often a service loses or damages a shipment, what it pays then at most, and what it gives back for lateness.

    A claim is paid for what the goods cost, up to `claim_limit_usd` a parcel. A shipment that takes longer than the
    service's typical days brings back `late_refund_rate` of its freight.
    """

    lost_rate: float = 0.0
    damaged_rate: float = 0.0
    claim_limit_usd: float = 0.0
    late_refund_rate: float = 0.0

    def __post_init__(self) -> None:
        rates = (self.lost_rate, self.damaged_rate, self.late_refund_rate)
        if min(rates) < 0 or self.lost_rate + self.damaged_rate > 1 or self.late_refund_rate > 1:
            raise ValueError("liability: rates must lie in 0..1, those of loss and damage together too")

    def failure(self, luck: float) -> Failure | None:
        """Return what becomes of a shipment with some luck, None where it arrives whole."""
        if luck < self.lost_rate:
            return "lost"
        return "damaged" if luck < self.lost_rate + self.damaged_rate else None

    def claim_usd(self, goods_usd: float, parcels: int) -> float:
        """Return what the carrier pays for goods that cost so much, in so many parcels."""
        return min(goods_usd, self.claim_limit_usd * parcels)


NO_LIABILITY = Liability()
