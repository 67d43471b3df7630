"""What a disruption does to the network: each effect a small value of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class PeopleAway:
    """As large a share of the people as it is severe stays away: of the crews, and at stages without a crew."""


@dataclass(frozen=True, slots=True)
class Closed:
    """Nodes take no orders and send no truck, however severe it is; whoever is inside works on."""


@dataclass(frozen=True, slots=True)
class MachinesDown:
    """As large a share of the stations of one stage as it is severe stands still, whoever is there."""

    stage: str


@dataclass(frozen=True, slots=True)
class StockDestroyed:
    """A share of the units on hand is gone as it begins, product by product, to the nearest whole unit.

    What is left is kept for the orders with the earliest promises; the others are routed anew.
    """

    share: float


@dataclass(frozen=True, slots=True)
class Recall:
    """Products are neither promised nor routed nor ordered while it lasts; afterwards they are sold again or scrapped.

    Shipments that hold them and have not left are routed anew, without them.
    """

    skus: tuple[str, ...]
    disposal: Literal["release", "scrap"]


@dataclass(frozen=True, slots=True)
class SupplierDelay:
    """Trucks that suppliers send while it lasts take so many hours more, times its severity as they leave."""

    suppliers: tuple[str, ...]
    hours: float


@dataclass(frozen=True, slots=True)
class SupplierFailure:
    """Suppliers send no truck, however severe it is; what is ordered meanwhile leaves as it ends."""

    suppliers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CarrierCut:
    """As large a share as it is severe of a service's departures does not run, or of its trucks' room is gone."""

    of: Literal["departures", "room"]


@dataclass(frozen=True, slots=True)
class FeedFrozen:
    """Routing sees the stock of nodes as it was when it began; what is not there any more is oversold."""


@dataclass(frozen=True, slots=True)
class OrderManagementDown:
    """Orders are taken, and routed once it is over."""


Effect = (
    PeopleAway | Closed | MachinesDown | StockDestroyed | Recall | SupplierDelay | SupplierFailure | CarrierCut
    | FeedFrozen | OrderManagementDown
)  # fmt: skip
