"""The places goods ship from, and the suppliers behind them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from twin.domain.calendars import WorkCalendar
from twin.domain.carriers import Departure
from twin.domain.cartons import PackingStandard
from twin.domain.distributions import Distribution
from twin.domain.freight import FreightChoice
from twin.domain.geography import Place
from twin.domain.openings import Opening
from twin.domain.pickup import PickupDesk
from twin.domain.returns import ReturnsDesk
from twin.domain.shelf import ShelfTerms
from twin.domain.work import AS_ALWAYS, Stage, Work

NodeKind = Literal["dc", "3pl", "store", "mfc", "distributor"]
NODE_KINDS: tuple[NodeKind, ...] = ("dc", "3pl", "store", "mfc", "distributor")


@dataclass(frozen=True, slots=True)
class NodeCosts:
    """What a node costs: fees for each shipment, people, the building and the money tied up in stock.

    `labor_paid` is `staffed` (paid by the shift, busy or not), `worked` (paid by the hour worked) or `none`
    (the fees cover it). A contract may ask for `minimum_usd_per_month` of fees, receiving and storage together.
    Where `stock_is_ours` is off somebody else bears the loss of goods that are destroyed.
    """

    fee_per_order_usd: float = 0.0
    fee_per_line_usd: float = 0.0
    fee_per_unit_usd: float = 0.0
    wage_usd_per_hour: float = 0.0
    labor_paid: Literal["staffed", "worked", "none"] = "none"
    fixed_usd_per_day: float = 0.0
    storage_usd_per_unit_day: float = 0.0
    holding_rate_per_year: float = 0.0
    inbound_usd_per_unit: float = 0.0
    building_kwh_per_day: float = 0.0
    minimum_usd_per_month: float = 0.0
    stock_is_ours: bool = True

    def fees_usd(self, lines: int, units: int) -> float:
        """Return the fees for one shipment."""
        return self.fee_per_order_usd + self.fee_per_line_usd * lines + self.fee_per_unit_usd * units


@dataclass(frozen=True, slots=True)
class Supply:
    """How a node is refilled: from where, how long it takes, and how far the goods travel.

    `supplier` is the name of a supplier, or of another node, which then gives of its own stock. With `freight` the lane
    is paid by the load, else by the unit (`NodeCosts.inbound_usd_per_unit`).
    """

    supplier: str
    lead_hours: Distribution
    distance_miles: float
    freight: FreightChoice | None = None


@dataclass(frozen=True, slots=True)
class MoreOrders:
    """What a contract says of more orders a day: by how many, up to how many, and how many days before.

    They are asked for after a day that took `from_use` of the limit. With no notice the next day has them.
    """

    step: int
    most: int
    notice_days: int
    from_use: float = 1.0


@dataclass(frozen=True, slots=True)
class FulfillmentNode:
    """A place that holds stock and ships orders.

    `found_rate` is the share of accepted shipments whose goods are really found; the node declines the others. With a
    `shelf` that follows from what lies there.
    `groups` are names that routing rules know it by, besides its own and its kind. A node without `returns` takes
    nothing back, one without `pickup` hands nothing over to customers;
    a van brings orders from those that deliver locally. One on `standby` keeps its stock and takes orders only while a
    response asks for it; one with an `opening` is new. Without a `packing_standard` of its own a node packs as the
    network does.
    """

    name: str
    kind: NodeKind
    place: Place
    priority: int
    calendar: WorkCalendar
    stages: tuple[Stage, ...]
    departures: tuple[Departure, ...]
    costs: NodeCosts
    supply: Supply | None
    assortment: frozenset[str]
    orders_per_day: int | None = None
    more_orders: MoreOrders | None = None
    enabled: bool = True
    standby: bool = False
    label: str = ""
    found_rate: float = 1.0
    groups: frozenset[str] = frozenset()
    returns: ReturnsDesk | None = None
    work: Work = AS_ALWAYS
    shelf: ShelfTerms | None = None
    pickup: PickupDesk | None = None
    delivers_locally: bool = False
    packing_standard: PackingStandard | None = None
    opening: Opening | None = None

    def __post_init__(self) -> None:
        if self.kind not in NODE_KINDS:
            raise ValueError(f"node {self.name!r}: kind must be one of {', '.join(NODE_KINDS)}, got {self.kind!r}")
        if not self.stages:
            raise ValueError(f"node {self.name!r}: needs at least one stage of work")
        if self.orders_per_day is not None and self.orders_per_day < 0:
            raise ValueError(f"node {self.name!r}: orders_per_day must not be negative, got {self.orders_per_day}")
        if not 0 <= self.found_rate <= 1:
            raise ValueError(f"node {self.name!r}: found_rate must lie in 0..1, got {self.found_rate}")

    def takes_back(self, sku: str) -> bool:
        """Answer whether returns of a product can go back on the shelf here."""
        return self.takes_returns and sku in self.assortment

    @property
    def takes_orders(self) -> bool:
        """Whether customers' orders come here as a rule: it is switched on, and not on standby."""
        return self.enabled and not self.standby

    @property
    def takes_returns(self) -> bool:
        """Whether customers can send anything back to this node."""
        return self.enabled and self.returns is not None

    def is_in(self, groups: Collection[str]) -> bool:
        """Answer whether some groups name this node: by a group of its own, its kind or its name."""
        return self.name in groups or self.kind in groups or not self.groups.isdisjoint(groups)
