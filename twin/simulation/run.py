"""One replication of one design, from the first midnight to the last."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from twin.domain.disruptions import Disruption
from twin.domain.effects import OrderManagementDown, Recall, StockDestroyed
from twin.domain.local_delivery import LOCAL_DELIVERY
from twin.domain.orders import Order
from twin.domain.pickup import PICKUP
from twin.domain.stock import StockLedger
from twin.policies.offers import OfferBook
from twin.policies.routing.roles import LearningPolicy, RoutingPolicy
from twin.simulation.backorders import Backorders
from twin.simulation.books import Totals, audit
from twin.simulation.clock import Clock, Steps
from twin.simulation.days import LUCK, OrderMaker
from twin.simulation.disrupting.carriers import cancel_departures
from twin.simulation.disrupting.custody import Custody
from twin.simulation.disrupting.disruptor import Disruptor
from twin.simulation.disrupting.information import Intake
from twin.simulation.disrupting.supply import held_hours
from twin.simulation.disrupting.table import consequences
from twin.simulation.disruption_draws import draw
from twin.simulation.docks import Dock, timetable
from twin.simulation.explaining import explained
from twin.simulation.freight import FreightClerk
from twin.simulation.fulfillment import Fulfillment
from twin.simulation.history import History
from twin.simulation.invoices import Invoicing
from twin.simulation.live_view import LiveView
from twin.simulation.losses import LOSS, Losses
from twin.simulation.nodes import WorkingNode
from twin.simulation.observing import StationLog, StockLog
from twin.simulation.order_desk import OrderDesk
from twin.simulation.pages import OrderPage
from twin.simulation.pickups import PICKUP_LUCK, Pickups
from twin.simulation.recording import recorded
from twin.simulation.return_luck import RETURN
from twin.simulation.returning import Returns
from twin.simulation.rounds import Rounds
from twin.simulation.shipments import Shipment
from twin.simulation.shops import Shops
from twin.simulation.staffing import Roster
from twin.simulation.supplies import Supplies
from twin.simulation.transit import DayBook, TransitCalendar
from twin.simulation.vans import VAN_LUCK, Vans
from twin.simulation.wishes import CustomersChoice
from twin.simulation.world import Model, OrderStream, exogenous_sha256, spreads

HOURS_PER_DAY = 24.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a replication can say of itself besides its tables."""

    orders: int
    events: int
    orders_sha256: str
    exogenous_sha256: str
    disruptions: tuple[Disruption, ...]


class Run:
    """Builds the live network of a replication and lives through its days."""

    def __init__(self, model: Model, folder: Path, seed: int, replication: int) -> None:
        self.model, self.seed, self.replication = model, seed, replication
        self.policy = model.routing
        network, horizon, shelves = model.network, model.horizon, model.shelves
        self.clock = Clock()
        self.disruptions = draw(model.disruptions, horizon.order_days * HOURS_PER_DAY, seed, replication)
        demand = model.demand(seed, replication, self.disruptions)
        columns = spreads(network)
        self.calendars = {
            name: TransitCalendar(service, horizon.timeline, model.holidays)
            for name, service in network.services.items()
        }
        days = DayBook(horizon.timeline)
        delays = [event for event in self.disruptions if event.delay_days]
        invoicing = Invoicing(shelves.book, self.calendars, days, delays)
        self.history = History(folder, network, demand.names, invoicing, self.clock)
        if model.explain != "off":
            self.history.explain_decisions()
        self.ledgers = {
            name: StockLedger(name, model.opening_stock.get(name, {}), model.safety_stock.get(name))
            for name in sorted(network.nodes)
        }
        self.nodes = {
            name: WorkingNode(
                node,
                self.ledgers[name],
                self.clock,
                columns,
                network.products,
                Roster.of(node, horizon.timeline, seed, replication),
            )
            for name, node in sorted(network.nodes.items())  # the order of rows in a table must not matter
        }
        self.docks = self._build_docks(shelves.book, days)
        cancel_departures(self.disruptions, self.docks, seed, replication)
        self.backorders = Backorders(model.unfilled, model.patience_hours, self.clock, self.history)
        self.pickups = (
            None if model.pickup is None
            else Pickups(model.pickup, model, self.nodes, self.history, self._set_aside, self._on_the_shelf)
        )  # fmt: skip
        self.vans = (
            None if model.local_delivery is None
            else Vans(model.local_delivery, model, self.nodes, self.history, self._delivered)
        )  # fmt: skip
        self.view = LiveView(shelves.book.at(0.0), shelves.packer, self.nodes, self.docks, self.clock)
        self.fulfillment = Fulfillment(
            self._watched(self.policy), model.order_management, self.view, self.nodes, self.backorders, self.history
        )
        self.shops = Shops(
            model, self.nodes, self.history, (seed, replication), self.fulfillment.not_found, self._books_changed
        )
        self.desk = OrderDesk(model.order_management, self.fulfillment, self.view, self.history, self.clock)
        self.intake = Intake(self.fulfillment, self.desk, is_direct=model.order_management.is_direct)
        self.stations = StationLog(self.nodes, self.clock, self.history)
        self.rounds = Rounds(model, self.nodes, self.view, self.backorders, self.history, self.stations)
        self.stock = StockLog(self.ledgers, network, self.clock, self.history)
        self.supplies = Supplies(
            self.nodes,
            FreightClerk(network, self.history),
            self.history,
            self.stock,
            self.backorders,
            held_hours(self.disruptions),
        )
        takes_goods = any(event.effect(StockDestroyed) or event.effect(Recall) for event in self.disruptions)
        self.custody = Custody(self.nodes, self.history, self.fulfillment.take_back) if takes_goods else None
        terms = model.returns
        self.returns = (
            None if terms is None
            else Returns(terms, model, demand.names, self.nodes, self.history, self._on_the_shelf)
        )  # fmt: skip
        answers = [service.liability for service in network.services.values()]
        may_lose = any(one.lost_rate + one.damaged_rate for one in answers)
        self.losses = Losses(network.products, self.history, self.fulfillment.send_anew) if may_lose else None
        purposes = (
            *LUCK,
            *([] if terms is None else [RETURN]),
            *([LOSS] if may_lose else []),
            *(PICKUP_LUCK if self.pickups else ()),
            *(VAN_LUCK if self.vans else ()),
        )
        maker = OrderMaker(demand.names, list(columns), seed, 0 if model.fixed_luck else replication, purposes)
        self.orders = OrderStream(demand, maker, horizon.order_days, self._open_page)

    def live(self) -> Outcome:
        """Run all days, check the books every midnight, and finish the tables."""
        for process in self._processes():
            self.clock.process(process)
        self.clock.run_with(self.orders, self._place(), self.model.horizon.days * HOURS_PER_DAY + 0.5)
        self.stations.write()
        if self.returns is not None:
            self.returns.close()
        if self.pickups is not None:
            self.pickups.close()
        if self.vans is not None:
            self.vans.close_day()
        self.history.close()
        world = exogenous_sha256(self.orders, self.disruptions, self.seed, self.replication)
        events = next(self.clock._eid)  # noqa: SLF001  (SimPy counts its events there)
        return Outcome(self.orders.orders, events, self.orders.sha256(), world, tuple(self.disruptions))

    def _place(self) -> Callable[[Order], None]:
        """Return where new orders go."""
        if any(event.effect(OrderManagementDown) for event in self.disruptions):
            return self.intake.place
        return self.fulfillment.place if self.model.order_management.is_direct else self.desk.place

    def _watched(self, policy: RoutingPolicy) -> RoutingPolicy:
        """Return the policy, made to explain itself and to be recorded where somebody asks for it."""
        model = self.model
        if model.explain != "off":
            policy = explained(policy, model.explain, self.history)
        if model.record is not None:
            policy = recorded(policy, model.shelves.book, model.record)
        wishes = [wish for wish in (self.pickups, self.vans) if wish is not None]
        return CustomersChoice(policy, wishes) if wishes else policy

    def _build_docks(self, book: OfferBook, days: DayBook) -> list[Dock]:
        docks = []
        for slot in book.slots:
            calendar = self.calendars[slot.service.name]
            dock = Dock(
                slot.node, slot.service, timetable(slot.node, slot.service, self.model.horizon.timeline, calendar)
            )
            dock.plan_arrivals(calendar, days)
            self.nodes[slot.node.name].docks[slot.service.name] = dock
            docks.append(dock)
        return docks

    def _processes(self) -> Iterator[Steps]:
        """Start in this order whatever may share an instant: shifts, storms, suppliers, trucks, then the observers."""
        for name, node in self.nodes.items():
            if node.node.enabled:
                yield from node.floor.processes()
                yield self.rounds.new_days(name, node)
        yield from self.shops.processes()
        disruptor = Disruptor(consequences(self), self.clock, self.history)
        for event in self.disruptions:
            yield disruptor.happen(event)
        yield from self.supplies.processes(self.model, self.seed, self.replication)
        for dock in self.docks:
            yield dock.trucks(self.clock, self._carry)
        yield self.rounds.seasons()
        yield self.rounds.hours()
        yield from self._order_management()
        yield self._midnights()

    def _order_management(self) -> Iterator[Steps]:
        management = self.model.order_management
        for name, node in self.nodes.items():
            every_hours = node.node.work.stock_latency_hours or management.stock_lag_hours
            if every_hours:
                yield self.rounds.syncs(name, node, every_hours)
        if isinstance(self.model.routing, LearningPolicy):
            yield self._lessons(self.model.routing)
        if not management.is_direct:
            yield self.desk.runs(self.model.horizon.days * HOURS_PER_DAY)

    def _lessons(self, policy: LearningPolicy) -> Steps:
        """Let a policy learn from the forecast, at the start and as often as it wants."""
        while True:
            left_days = self.model.horizon.order_days - self.clock.now_hours / HOURS_PER_DAY
            if left_days <= 0:
                return
            forecast = self.model.forecast
            self.policy = policy = policy.refresh(self.view, replace(forecast, days=min(forecast.days, left_days)))
            self.fulfillment.use(self._watched(policy))
            yield self.clock.timeout(policy.refresh_days * HOURS_PER_DAY)

    def _carry(self, dock: Dock, departs_at: float, shipments: list[Shipment]) -> None:
        """Let a truck take what is packed; one that did not come takes nothing."""
        name, service = dock.node.name, dock.service.name
        if shipments:
            self._leave(name, shipments)
            if self.losses is not None:
                self.losses.carried(dock, departs_at, shipments)
            self.history.carried(name, service, departs_at, shipments)
        if dock.packed:
            left = sum(shipment.plan.parcels.units for shipment in dock.packed)
            self.history.event("rolled_over", name, units=left, reason=service)

    def _set_aside(self, shipment: Shipment, collected: bool) -> None:
        """Keep an order for its customer, who comes or does not."""
        if self.returns is not None and not collected:
            self.returns.forget(shipment.order.number)
        name = shipment.plan.offer.node
        self._leave(name, [shipment])
        self.history.carried(name, PICKUP, self.clock.now_hours, [shipment])

    def _delivered(self, shipment: Shipment, departs_at: float) -> None:
        """Let a store's van take an order."""
        name = shipment.plan.offer.node
        self._leave(name, [shipment])
        self.history.carried(name, LOCAL_DELIVERY, departs_at, [shipment])

    def _leave(self, name: str, shipments: list[Shipment]) -> None:
        """Let goods leave the books of a node."""
        ledger = self.ledgers[name]
        for shipment in shipments:
            ledger.ship(shipment.plan.lines)
            self.fulfillment.units_in_nodes -= shipment.plan.parcels.units
        self.stock.touch(name)
        self.shops.carried(name, shipments)
        if self.custody is not None:
            self.custody.left(name, shipments)
        if self.returns is not None:
            self.returns.carried(shipments)

    def _open_page(self, page: OrderPage) -> None:
        """Begin a new day of orders."""
        self.history.pages.open(page)
        if self.returns is not None:
            self.returns.open(page)

    def _on_the_shelf(self, name: str, sku: str, units: int) -> None:
        """Offer what customers sent back to the orders that wait for it."""
        self.stock.gain(name, sku, units)
        self.backorders.arrived(name, [sku])

    def _books_changed(self, name: str, sku: str, units: int) -> None:
        """Note what a till or a count did to the books; what was found can be sold."""
        self.stock.gain(name, sku, units)
        if units > 0:
            self.backorders.arrived(name, [sku])

    def _midnights(self) -> Steps:
        """Close each day: write its rows and check every book."""
        for day in range(1, self.model.horizon.days + 1):
            yield self.clock.until(day * HOURS_PER_DAY)
            self.stations.write()
            self.stock.close_day()
            self.shops.close_day()
            for stores in (self.pickups, self.vans):
                if stores is not None:
                    stores.close_day()
            self.history.flush()
            self._audit()
            self.history.close_days()
            if self.returns is not None:
                self.returns.close_day()

    def _audit(self) -> None:
        accounts = self.history.accounts
        totals = Totals(
            ordered=self.fulfillment.ordered_units,
            shipped=accounts.shipped_units,
            cancelled=accounts.cancelled_units,
            backordered=self.backorders.units,
            homeless=self.backorders.homeless_units,
            sold=self.desk.sold_units,
            reserved=self.fulfillment.units_in_nodes + self.desk.held_units,
            on_road=self.supplies.units_on_road,
        )
        others = [] if self.losses is None else [self.losses.accounts()]
        if self.returns is not None:
            never_collected = 0 if self.pickups is None else self.pickups.restocked_units
            others.append(self.returns.accounts(never_collected))
        returned = chain.from_iterable(others)
        audit(self.ledgers, accounts, totals, self.clock.now_hours, returned, self.shops.shelves)


def simulate(model: Model, folder: Path, seed: int, replication: int) -> Outcome:
    """Run one replication and leave its tables in a folder."""
    with quiet_collector():
        return Run(model, folder, seed, replication).live()


@contextmanager
def quiet_collector() -> Iterator[None]:
    """Let Python's garbage collector look seldom: the order path leaves no cycles (3 to 7 us an order saved)."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
