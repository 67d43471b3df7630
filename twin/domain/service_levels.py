"""What the shop promises."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time


@dataclass(frozen=True, slots=True)
class ServiceLevel:
    """A choice at checkout: how many business days, counted from an order cut-off, and by which services."""

    name: str
    share: float
    promise_days: int
    order_cutoff: time
    services: tuple[str, ...]
    late_credit_usd: float

    def __post_init__(self) -> None:
        if not 0 <= self.share <= 1:
            raise ValueError(f"service level {self.name!r}: share must lie in 0..1, got {self.share}")
        if self.promise_days < 0:
            raise ValueError(f"service level {self.name!r}: promise_days must not be negative")
        if not self.services:
            raise ValueError(f"service level {self.name!r}: needs at least one carrier service")
