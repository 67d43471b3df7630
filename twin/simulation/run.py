"""One replication of one design, from the first midnight to the last."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from twin.domain.disruptions import Disruption
from twin.domain.effects import OrderManagementDown, Recall, StockDestroyed
from twin.domain.orders import Order
from twin.policies.routing.roles import LearningPolicy, RoutingPolicy
from twin.simulation.backorders import Backorders
from twin.simulation.clock import Clock, Steps
from twin.simulation.days import LUCK, Names, OrderMaker
from twin.simulation.disrupting.custody import Custody
from twin.simulation.disrupting.disruptor import Disruptor
from twin.simulation.disrupting.information import Intake
from twin.simulation.disrupting.supply import held_hours
from twin.simulation.disrupting.table import consequences
from twin.simulation.disruption_draws import draw
from twin.simulation.explaining import explained
from twin.simulation.freight import FreightClerk
from twin.simulation.fulfillment import Fulfillment
from twin.simulation.history import History
from twin.simulation.invoices import Invoicing
from twin.simulation.leaving import Follower, Leaving
from twin.simulation.limits import events, refuse_too_many_events
from twin.simulation.live_view import LiveView
from twin.simulation.losses import LOSS, Losses
from twin.simulation.midnights import midnights
from twin.simulation.observing import StationLog, StockLog
from twin.simulation.order_desk import OrderDesk
from twin.simulation.pages import OrderPage
from twin.simulation.pickups import PICKUP_LUCK, Pickups
from twin.simulation.recording import recorded
from twin.simulation.responding.of_orders import Reception, allowing
from twin.simulation.return_luck import RETURN
from twin.simulation.returning import Returns
from twin.simulation.rounds import Rounds
from twin.simulation.shipments import Shipment
from twin.simulation.shops import Shops
from twin.simulation.sites import Sites
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
        self._most_shipments: int | None = None
        self.clock = Clock()
        self.disruptions = draw(model.disruptions, model.horizon.order_days * HOURS_PER_DAY, seed, replication)
        demand = model.demand(seed, replication, self.disruptions)
        columns = spreads(model.network)
        sites = Sites(model, self.clock, columns, (seed, replication))
        self.ledgers, self.nodes, self.docks = sites.ledgers, sites.nodes, sites.docks
        self.history = self._history(folder, demand.names, sites)
        self.stock = StockLog(self.ledgers, model.network, self.clock, self.history)
        self.leaving = Leaving(self.ledgers, self.stock, self.history)
        self.backorders = Backorders(model.unfilled, model.patience_hours, self.clock, self.history)
        self.pickups, self.vans = self._pickups(), self._vans()
        book, management = model.shelves.book, model.order_management
        self.view = LiveView(book.at(0.0), model.shelves.packer, self.nodes, self.docks, self.clock)
        self.fulfillment = Fulfillment(
            self._watched(self.policy), management, self.view, self.nodes, self.backorders, self.history
        )
        self.shops = Shops(
            model, self.nodes, self.history, (seed, replication), self.fulfillment.not_found, self._books_changed
        )
        self.desk = OrderDesk(management, self.fulfillment, self.view, self.history, self.clock)
        self.intake = Intake(self.fulfillment, self.desk, is_direct=management.is_direct)
        self.stations = StationLog(self.nodes, self.clock, self.history)
        self.rounds = Rounds(model, self.nodes, self.view, self.backorders, self.history, self.stations)
        self.supplies = Supplies(
            self.nodes, FreightClerk(model.network, self.history), self.history, self.stock, self.backorders,
            held_hours(self.disruptions),
        )  # fmt: skip
        self.custody, self.returns, self.losses = self._custody(), self._returns(demand.names), self._losses()
        self._tell_who_follows()
        self.reception = Reception(self._place(), self.fulfillment, self.history)
        luck_of = 0 if model.fixed_luck else replication
        maker = OrderMaker(demand.names, list(columns), seed, luck_of, self._purposes())
        self.orders = OrderStream(demand, maker, model.horizon.order_days, self._open_page)

    def live(self) -> Outcome:
        """Run all days, check the books every midnight, and finish the tables."""
        for process in self._processes():
            self.clock.process(process)
        place = self.reception.place if self.model.responses else self._place()
        self.clock.run_with(self.orders, place, self.model.horizon.days * HOURS_PER_DAY + 0.5)
        self.stations.write()
        if self.returns is not None:
            self.returns.close()
        if self.pickups is not None:
            self.pickups.close()
        if self.vans is not None:
            self.vans.close_day()
        self.history.close()
        world = exogenous_sha256(self.orders, self.disruptions, self.seed, self.replication)
        return Outcome(self.orders.orders, events(self.clock), self.orders.sha256(), world, tuple(self.disruptions))

    def _place(self) -> Callable[[Order], None]:
        """Return where new orders go."""
        if any(event.effect(OrderManagementDown) for event in self.disruptions):
            return self.intake.place
        return self.fulfillment.place if self.model.order_management.is_direct else self.desk.place

    def allow_shipments(self, most: int | None) -> None:
        """Let the policy split orders into so many shipments from now on, None for as many as it does itself."""
        self._most_shipments = most
        self.fulfillment.use(self._watched(self.policy))

    def _watched(self, policy: RoutingPolicy) -> RoutingPolicy:
        """Return the policy, made to explain itself and to be recorded where somebody asks for it."""
        model = self.model
        policy = allowing(policy, self._most_shipments)
        if model.explain != "off":
            policy = explained(policy, model.explain, self.history)
        if model.record is not None:
            policy = recorded(policy, model.shelves.book, model.record)
        wishes = [wish for wish in (self.pickups, self.vans) if wish is not None]
        return CustomersChoice(policy, wishes) if wishes else policy

    def _history(self, folder: Path, names: Names, sites: Sites) -> History:
        """Open the tables, and the docks whose departures they tell of."""
        model, timeline = self.model, self.model.horizon.timeline
        calendars = {
            name: TransitCalendar(service, timeline, model.holidays) for name, service in model.network.services.items()
        }
        days = DayBook(timeline)
        sites.open_docks(calendars, days, self.disruptions, (self.seed, self.replication))
        delays = [event for event in self.disruptions if event.delay_days]
        invoicing = Invoicing(model.shelves.book, calendars, days, delays)
        history = History(folder, model.network, names, invoicing, self.clock)
        if model.explain != "off":
            history.explain_decisions()
        return history

    def _pickups(self) -> Pickups | None:
        terms = self.model.pickup
        if terms is None:
            return None
        return Pickups(terms, self.model, self.nodes, self.history, self._set_aside, self._on_the_shelf)

    def _vans(self) -> Vans | None:
        terms = self.model.local_delivery
        return None if terms is None else Vans(terms, self.model, self.nodes, self.history, self.leaving.in_a_van)

    def _custody(self) -> Custody | None:
        takes_goods = any(event.effect(StockDestroyed) or event.effect(Recall) for event in self.disruptions)
        return Custody(self.nodes, self.history, self.fulfillment.take_back) if takes_goods else None

    def _returns(self, names: Names) -> Returns | None:
        terms = self.model.returns
        return (
            None if terms is None else Returns(terms, self.model, names, self.nodes, self.history, self._on_the_shelf)
        )

    def _losses(self) -> Losses | None:
        answers = [service.liability for service in self.model.network.services.values()]
        if not any(one.lost_rate + one.damaged_rate for one in answers):
            return None
        return Losses(self.model.network.products, self.history, self.fulfillment.send_anew)

    def _tell_who_follows(self) -> None:
        """Let those hear of goods that leave who look after them."""
        self.leaving.losses = self.losses
        followers: list[Follower] = [self.fulfillment.left, self.shops.carried]
        if self.custody is not None:
            followers.append(self.custody.left)
        if self.returns is not None:
            followers.append(self.returns.carried)
        self.leaving.followers = followers

    def _purposes(self) -> tuple[str, ...]:
        """Return what orders need luck for."""
        return (
            *LUCK,
            *((RETURN,) if self.returns else ()),
            *((LOSS,) if self.losses else ()),
            *(PICKUP_LUCK if self.pickups else ()),
            *(VAN_LUCK if self.vans else ()),
        )

    def _processes(self) -> Iterator[Steps]:
        """Start in this order whatever may share an instant: shifts, storms, suppliers, trucks, then the observers."""
        if self.model.most_events is not None:
            yield refuse_too_many_events(self.clock, self.model.most_events)
        for name, node in self.nodes.items():
            if node.node.enabled:
                yield from node.floor.processes()
                yield self.rounds.new_days(name, node)
                yield self.rounds.opens(name, node)
        yield from self.shops.processes()
        disruptor = Disruptor(consequences(self), self.clock, self.history)
        for event in self.disruptions:
            yield disruptor.happen(event)
        yield from self.supplies.processes(self.model, self.seed, self.replication)
        for dock in self.docks:
            yield dock.trucks(self.clock, self.leaving.on_a_truck)
        yield self.rounds.seasons()
        yield self.rounds.hours()
        yield from self._order_management()
        yield midnights(self)

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

    def _set_aside(self, shipment: Shipment, collected: bool) -> None:
        """Keep an order for its customer, who comes or does not."""
        if self.returns is not None and not collected:
            self.returns.forget(shipment.order.number)
        self.leaving.to_be_collected(shipment)

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
