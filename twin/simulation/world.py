"""What every design of a study meets alike: customers, their luck, weather and breakdowns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Literal

from twin.domain.calendars import Timeline
from twin.domain.disruptions import Disruption
from twin.domain.local_delivery import LocalDeliveryTerms
from twin.domain.network import Network
from twin.domain.orders import Order
from twin.domain.pickup import PickupTerms
from twin.domain.responses import Response
from twin.domain.returns import ReturnTerms
from twin.policies.cartons import Packer
from twin.policies.conformance import Recorded
from twin.policies.forecast import NOTHING_EXPECTED, Forecast
from twin.policies.offers import OfferBook
from twin.policies.replenishment import ReplenishmentPolicy
from twin.policies.returns import ReturnRoute
from twin.policies.routing.roles import RoutingPolicy
from twin.simulation.days import OrderMaker, Spread
from twin.simulation.demand import Demand
from twin.simulation.disruption_draws import DisruptionPlan
from twin.simulation.order_management import OrderManagement
from twin.simulation.pages import OrderPage


@dataclass(frozen=True, slots=True)
class Horizon:
    """The days of a run: warm-up, measurement, cool-down with orders still coming, and run-out without."""

    timeline: Timeline
    warmup_days: int
    measured_days: int
    cooldown_days: int
    runout_days: int

    @property
    def order_days(self) -> int:
        """The days on which orders come in."""
        return self.warmup_days + self.measured_days + self.cooldown_days

    @property
    def days(self) -> int:
        """All days of the run."""
        return self.order_days + self.runout_days


@dataclass(frozen=True, slots=True)
class Shelves:
    """Price lists and cartons: kept from one replication to the next, they change no result."""

    book: OfferBook
    packer: Packer

    @classmethod
    def of(cls, network: Network) -> Shelves:
        """Start empty ones."""
        return cls(OfferBook(network), Packer.of(network))


@dataclass(frozen=True, slots=True)
class Model:
    """One design, ready to run: the network, its policies and the world it lives in.

    `demand` makes the customers of a replication from its seed, its number and the disruptions drawn for it; with
    `fixed_luck` every replication gives them the luck of the first. `record` is handed every decision with the picture
    of the network it was made on. Without `returns` nobody sends anything back, without `pickup` nobody collects,
    without `local_delivery` nobody chooses a window, without `responses` nobody answers a disruption. A run with more
    than `most_events` is given up. `restocking` says what replaces `replenishment` from some instants on.
    """

    network: Network
    shelves: Shelves
    horizon: Horizon
    routing: RoutingPolicy
    replenishment: ReplenishmentPolicy
    opening_stock: Mapping[str, Mapping[str, int]]
    demand: Callable[[int, int, Sequence[Disruption]], Demand]
    fixed_luck: bool
    disruptions: Sequence[DisruptionPlan]
    holidays: frozenset[date]
    review_days: int
    review_hour: float
    unfilled: Literal["backorder", "cancel"]
    patience_hours: float
    forecast: Forecast = NOTHING_EXPECTED
    order_management: OrderManagement = field(default_factory=OrderManagement)
    safety_stock: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    pickup: PickupTerms | None = None
    local_delivery: LocalDeliveryTerms | None = None
    returns: ReturnTerms | None = None
    return_route: ReturnRoute = field(default_factory=ReturnRoute)
    responses: Sequence[Response] = ()
    explain: Literal["off", "codes", "full"] = "off"
    most_events: int | None = None
    restocking: Sequence[tuple[float, ReplenishmentPolicy]] = ()
    record: Callable[[Recorded], object] | None = None


class OrderStream:
    """The orders of a run, one day in memory at a time; hands `open_page` a page for each day as it begins."""

    def __init__(
        self, demand: Demand, maker: OrderMaker, order_days: int, open_page: Callable[[OrderPage], None]
    ) -> None:
        self._demand, self._maker, self._days, self._open_page = demand, maker, order_days, open_page
        self._hash = sha256()
        self.orders = 0

    def __iter__(self) -> Iterator[Order]:
        """Yield every order in order of time."""
        for day in range(self._days):
            columns = self._demand.day(day, self.orders)
            self._hash.update(columns.digest())
            luck = self._maker.luck(columns)
            self._open_page(OrderPage.of(columns, luck))
            self.orders += columns.orders
            yield from self._maker.orders(columns, luck["found"])

    def sha256(self) -> str:
        """Return a hash of all orders so far."""
        return self._hash.hexdigest()


def exogenous_sha256(orders: OrderStream, disruptions: Sequence[Disruption], seed: int, replication: int) -> str:
    """Return the fingerprint of a replication's world: two designs are paired only where it is the same."""
    total = sha256(f"{seed}/{replication}".encode())
    total.update(orders.sha256().encode())
    for event in disruptions:
        total.update(repr(event).encode())
        for effect in event.effects:
            total.update(repr(effect).encode())
        if event.track is not None:
            total.update(repr(event.track).encode())
    return total.hexdigest()


def spreads(network: Network) -> dict[Spread, int]:
    """Number the distinct shapes of work in a network; an order carries one draw for each."""
    found: dict[Spread, int] = {}
    for _, node in sorted(network.nodes.items()):
        for stage in node.stages:
            shape, _ = stage.work_hours.shape()
            found.setdefault(Spread(stage.name, shape), len(found))
    return found
