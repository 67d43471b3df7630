"""The same physics as a textbook would write it: a process for every shipment, a `Resource` for every stage.

It is slow and obvious, and it is the specification: kernel and textbook must agree on every shipment. It
stands on a plain `simpy.Environment` and writes the way of an order anew: placing, reserving, waiting for stock,
stages, docks, departure, transit and delivery, what carriers lose, the suppliers' trucks, and returns. With the kernel
it shares

- the customers and their luck (`Demand`, `OrderMaker`), timetables and local midnights,
- policies (also the one that routes returns), price lists and cartons, the check of decisions, and the stock ledger,
- the view that policies look at, with what docks expect of an order (`LiveView`, `Dock.expect`): so a
  comparison of speed does not measure a cache.

A case with disruptions or pickup is refused; shelves are in `textbook_shop.py`. What happens
at one instant happens in the kernel's order as long as no order comes and no work ends at a whole hour: shifts and
daily limits before suppliers, trucks and the hourly look.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import nan
from typing import cast

import simpy

from tests.reference.textbook_parts import (
    Bench,
    Calendar,
    Steps,
    TextbookNode,
    TextbookReturn,
    TextbookShipment,
    Watch,
    chosen,
    drawn,
)
from twin.domain.nodes import FulfillmentNode
from twin.domain.orders import Lines, Order, OrderLine, part_of, units_of
from twin.domain.returns import GRADES, ReturnTerms
from twin.domain.stock import StockLedger
from twin.policies.decision import Decision, PlannedShipment
from twin.policies.returns import store_near
from twin.policies.routing.validate import validate
from twin.policies.view import NetworkView, Without
from twin.simulation.clock import Clock
from twin.simulation.crews import staffed_stations
from twin.simulation.days import LUCK, OrderMaker, Spread
from twin.simulation.distributions import sampler
from twin.simulation.docks import Dock, timetable
from twin.simulation.live_view import LiveView
from twin.simulation.losses import LOSS, UNTIL_MISSED_HOURS
from twin.simulation.nodes import WorkingNode
from twin.simulation.replenishing import review_instants
from twin.simulation.streams import stream
from twin.simulation.transit import DayBook, TransitCalendar
from twin.simulation.world import Model, spreads

GOLDEN = 0.6180339887498949  # the kernel's way to a fresh value for every further attempt and shipment
DELIVERY_STARTS, DELIVERY_HOURS = 9.0, 11.0


@dataclass(slots=True, eq=False)
class Waiting:
    """Lines that nobody can fill yet."""

    order: Order


class Textbook:
    """One replication; `shipments` are those that left, in order of departure."""

    knows_shelves = False

    def __init__(self, model: Model, seed: int, replication: int) -> None:
        has_shelves = not self.knows_shelves and any(node.shelf for node in model.network.nodes.values())
        if model.pickup or model.local_delivery or has_shelves:
            raise ValueError("the textbook model knows no shelves, pickup or vans: compare without them")
        if not self.knows_events(model):
            raise ValueError("the textbook model knows no disruptions: compare without them")
        if model.restocking:
            raise ValueError("the textbook model knows no new nodes: compare without them")
        self.model, self.seed, self.replication = model, seed, replication
        self.env = simpy.Environment()
        self.shipments: list[TextbookShipment] = []
        self.cancelled: dict[int, int] = {}
        self.waiting: list[Waiting] = []
        self.attempts: dict[int, int] = {}
        self.luck: dict[int, tuple[float, float]] = {}
        self.calendars = {name: Calendar(service, model) for name, service in model.network.services.items()}
        columns = spreads(model.network)
        self.nodes = {
            name: self.node(node, StockLedger(name, model.opening_stock.get(name, {})), columns)
            for name, node in sorted(model.network.nodes.items())
        }
        self.view = self._view()
        demand = model.demand(seed, replication, ())
        self.demand = demand
        self.returned: list[TextbookReturn] = []
        self.sold: dict[int, tuple[Order, float]] = {}
        self.loss_luck: dict[int, float] = {}
        self.failed: dict[int, str] = {}
        self.maker = OrderMaker(
            demand.names, list(columns), seed, 0 if model.fixed_luck else replication,
            (*LUCK, *(() if model.returns is None else ("return",)), *((LOSS,) if self.can_fail() else ())),
        )  # fmt: skip

    def node(self, node: FulfillmentNode, ledger: StockLedger, columns: Mapping[Spread, int]) -> TextbookNode:
        """Make a node."""
        return TextbookNode(node, ledger, self.env, columns, self.model.horizon.timeline)

    def knows_events(self, model: Model) -> bool:
        """Answer whether a model has no disruptions that this one does not know."""
        return not model.disruptions

    def can_fail(self) -> bool:
        """Answer whether some carrier may lose or damage a shipment."""
        answers = [service.liability for service in self.model.network.services.values()]
        return any(one.lost_rate + one.damaged_rate for one in answers)

    def run(self) -> None:
        """Live through all days."""
        for process in self.processes():
            self.env.process(process)
        self.env.run(until=self.model.horizon.days * 24 + 0.5)

    def processes(self) -> Iterator[Steps]:
        """Return all that goes on, in the order of what may share an instant."""
        for name, node in self.nodes.items():
            yield self.shifts(node)
            yield self.desk(node)
            yield self.new_days(name, node)
        for name, node in self.nodes.items():
            yield self.supplier(name, node)
        for node in self.nodes.values():
            yield self.post(node)
            for dock in node.docks:
                yield self.truck(node, dock)
        yield self.hours()
        yield self.customers()

    # The way of an order

    def customers(self) -> Steps:
        """Place every order at its instant."""
        number = 0
        for day in range(self.model.horizon.order_days):
            columns = self.demand.day(day, number)
            luck = self.maker.luck(columns)
            both = zip(luck["transit"].tolist(), luck["delivery"].tolist(), strict=True)
            back = luck.get("return", luck["found"]).tolist()
            losses = luck.get(LOSS, luck["found"]).tolist()
            orders = self.maker.orders(columns, luck["found"])
            for order, lucks, sends, loses in zip(orders, both, back, losses, strict=True):
                yield from self.until(order.placed_at)
                self.loss_luck[order.number] = loses
                self.luck[order.number] = lucks
                self.sold[order.number] = (order, sends)
                self.attempts[order.number] = 1
                self.carry_out(order, self.decide(order, self.view), frozenset(), 1)
            number += columns.orders

    def decide(self, order: Order, view: NetworkView) -> Decision:
        """Ask the policy and check its answer."""
        decision = self.model.routing.decide(order, view)
        validate(order, decision, view)
        return decision

    def carry_out(self, order: Order, decision: Decision, asked: frozenset[str], attempt: int) -> None:
        """Reserve all of it, then start a process for every shipment."""
        reserved = [self.reserve(plan) for plan in decision.shipments]
        if decision.unfilled:
            self.wait(order, decision.unfilled)
        for turn, (plan, is_there) in enumerate(zip(decision.shipments, reserved, strict=True), start=attempt - 1):
            if is_there:
                self.hand_over(order, plan, turn, asked, attempt)
            else:
                self.reroute(order, plan, asked, attempt)

    def reserve(self, plan: PlannedShipment) -> bool:
        """Reserve the goods of a shipment; answer whether they were there."""
        self.nodes[plan.offer.node].ledger.reserve(plan.lines)
        return True

    def hand_over(self, order: Order, plan: PlannedShipment, turn: int, asked: frozenset[str], attempt: int) -> None:
        """Let the node work on a shipment, or route it anew where the node declines."""
        name = plan.offer.node
        node = self.nodes[name]
        if node.declines((order.found_luck + turn * GOLDEN) % 1.0):
            self.give_back(plan)
            self.reroute(order, plan, asked, attempt)
            return
        node.orders_left -= 1
        self.view.refresh(name)
        self.enter(TextbookShipment(order, plan, turn, self.env.now))

    def give_back(self, plan: PlannedShipment) -> None:
        """Give back the goods of a shipment."""
        self.nodes[plan.offer.node].ledger.release(plan.lines)

    def reroute(self, order: Order, plan: PlannedShipment, asked: frozenset[str], attempt: int) -> None:
        """Route a shipment anew without its node and those asked before."""
        asked |= {plan.offer.node}
        part = order if plan.lines is order.lines else part_of(order, plan.lines)
        decision = self.decide(part, Without(self.view, asked))
        self.attempts[order.number] += 1
        self.carry_out(part, decision, asked, attempt + 1)

    def enter(self, shipment: TextbookShipment) -> None:
        """Let the work on a shipment begin."""
        self.nodes[shipment.plan.offer.node].entering += 1
        self.env.process(self.live(shipment))

    def live(self, shipment: TextbookShipment) -> Steps:
        """Follow a shipment through the stages of its node, to the next truck and to the customer."""
        node = self.nodes[shipment.plan.offer.node]
        node.entering -= 1
        for station in node.stations:
            yield from station.work(shipment)
        yield from self.leave(shipment)

    def leave(self, shipment: TextbookShipment) -> Steps:
        """Take the next truck to the customer."""
        node = self.nodes[shipment.plan.offer.node]
        departs_at = yield node.trucks[shipment.plan.offer.service]
        if not self.comes_along(shipment):
            return
        shipment.departed_at = departs_at
        node.ledger.ship(shipment.plan.lines)
        self.shipments.append(shipment)
        failure = self.failure(shipment)
        if failure is not None:
            yield from self.missed(node, shipment, failure)
            return
        shipment.delivered_at = self.arrival(shipment)
        for line in shipment.plan.lines:
            self.consider(shipment, line)
        yield from self.until(shipment.departed_at)
        yield from self.until(shipment.delivered_at)

    def comes_along(self, shipment: TextbookShipment) -> bool:
        """Answer whether a packed shipment is still to leave."""
        return True

    def arrival(self, shipment: TextbookShipment) -> float:
        """Return when a shipment reaches its customer, by the luck of its order."""
        transit, delivery = self.luck[shipment.order.number]
        spin = GOLDEN * shipment.turn
        transit, delivery = (transit + spin) % 1.0, (delivery + spin) % 1.0
        offer = shipment.plan.offer
        service = self.model.network.services[offer.service]
        late_days = int(drawn(service.extra_days, transit))
        if service.transit_hours is not None:
            return shipment.departed_at + drawn(service.transit_hours, transit) + 24.0 * late_days
        days = max(1, service.typical_days[offer.zone - 1] or 0) + late_days
        node_zone = self.nodes[offer.node].node.place.timezone
        zone = self.model.network.places[shipment.order.destination].timezone
        midnight = self.calendars[offer.service].delivery_midnight(shipment.departed_at, days, node_zone, zone)
        return midnight + DELIVERY_STARTS + DELIVERY_HOURS * delivery

    def failure(self, shipment: TextbookShipment) -> str | None:
        """Return what its carrier does to a shipment, by the luck of its order; an order has one mishap at most."""
        number, service = shipment.order.number, self.model.network.services[shipment.plan.offer.service]
        if not self.can_fail() or number in self.failed:
            return None
        failure = service.liability.failure((self.loss_luck[number] + GOLDEN * shipment.turn) % 1.0)
        if failure is not None:
            self.failed[number] = failure
        return failure

    def missed(self, node: TextbookNode, shipment: TextbookShipment, failure: str) -> Steps:
        """Notice what never comes whole when it should have come, what is lost a week later, and send it anew."""
        shipment.delivered_at = nan
        offer = shipment.plan.offer
        (dock,) = [dock for dock in node.docks if dock.service.name == offer.service]
        due_at = dock.arrival_if_departed(shipment.departed_at, offer.transit_days)
        yield from self.until(due_at + (UNTIL_MISSED_HOURS if failure == "lost" else 0.0))
        part = part_of(shipment.order, shipment.plan.lines)
        decision = self.decide(part, self.view)
        self.attempts[part.number] += 1
        self.carry_out(part, decision, frozenset(), self.attempts[part.number])

    # Returns

    def consider(self, shipment: TextbookShipment, line: OrderLine) -> None:
        """Let a customer keep a line or decide to send it back, by the luck of the order."""
        terms = self.model.returns
        if terms is None:
            return
        order, luck = self.sold[shipment.order.number]
        turn = [one.sku for one in order.lines].index(line.sku)
        luck = (luck + GOLDEN * turn) % 1.0
        rate = terms.rate_of(self.model.network.products[line.sku].category, order.channel)
        if luck < rate:
            number, left = chosen(luck / rate, [reason.share for reason in terms.reasons])
            grade, left = chosen(left, terms.reasons[number].grades)
            share = terms.drop_off.share_of(order.channel)
            stays, left = chosen(left, [share, 1.0 - share])
            delay_hours = max(24.0, drawn(terms.reasons[number].delay_hours, left))
            line_back = self.sent_back(shipment, line, terms, drops_off=stays == 0)
            line_back.reason, line_back.grade = terms.reasons[number].name, GRADES[grade]
            line_back.requested_at = shipment.delivered_at + delay_hours
            self.returned.append(line_back)
            self.env.process(self.way_back(line_back))

    def sent_back(
        self, shipment: TextbookShipment, line: OrderLine, terms: ReturnTerms, *, drops_off: bool
    ) -> TextbookReturn:
        """Say where a line goes and how."""
        network, order, origin = self.model.network, shipment.order, shipment.plan.offer.node
        store = store_near(network, order.destination, line.sku, terms.drop_off.within_miles) if drops_off else None
        node = store or self.model.return_route.decide(network, order.destination, line.sku, origin)
        return TextbookReturn(order, line, origin, node, "", "drop_off" if store else "label", "", 0.0)

    def way_back(self, back: TextbookReturn) -> Steps:
        """Hand a line over when its customer asks, and let it wait at its node for the next shift to begin."""
        yield from self.until(back.requested_at)
        back.there_at = back.requested_at
        terms, network = self.model.returns, self.model.network
        if back.method == "label" and terms is not None:
            customer, node = network.places[back.order.destination], network.nodes[back.node]
            zone = network.zone_bands.zone(network.miles(back.node, back.order.destination))
            days = max(1, network.services[terms.label_service].typical_days[zone - 1] or 0)
            midnight = self.calendars[terms.label_service].delivery_midnight(
                back.requested_at, days, customer.timezone, node.place.timezone
            )
            back.there_at = max(back.requested_at, midnight)
        self.nodes[back.node].post.append(back)

    def post(self, node: TextbookNode) -> Steps:
        """Bring to the inspection, as each shift begins, what has come back since, in the order it was handed over."""
        for starts, _, _ in node.node.calendar.spans(self.model.horizon.timeline):
            if starts > 0 and node.bench is not None:
                yield from self.until(starts)
                for back in [back for back in node.post if back.there_at <= starts]:
                    node.post.remove(back)
                    back.received_at = starts
                    self.env.process(self.inspect(node, node.bench, back))

    def inspect(self, node: TextbookNode, bench: Bench, back: TextbookReturn) -> Steps:
        """Look at a line, and put it on the shelf if it is good or can be made so."""
        with bench.resource.request() as place:
            yield place
            yield self.env.timeout(bench.desk.hours_per_unit * back.line.quantity)
        back.inspected_at = self.env.now
        if back.grade == "refurbish" and self.model.returns is not None:
            yield self.env.timeout(self.model.returns.refurbish_hours)
        if back.grade in ("restock", "refurbish"):
            back.restocked_at = self.env.now
            node.ledger.restock(back.line.sku, back.line.quantity)
            self.try_waiting(node.node.name, {back.line.sku})

    # Orders that wait for stock

    def wait(self, order: Order, lines: Lines) -> None:
        """Put lines in the queue, which stands in the order of the orders, unless they are cancelled."""
        gives_up_at = order.placed_at + self.model.patience_hours
        if self.model.unfilled == "cancel" or gives_up_at <= self.env.now:
            self.cancel(order, lines)
            return
        waiting = Waiting(part_of(order, lines))
        insort(self.waiting, waiting, key=lambda other: other.order.number)
        self.env.process(self.patience(waiting, gives_up_at))

    def patience(self, waiting: Waiting, gives_up_at: float) -> Steps:
        """Cancel what still waits when patience ends."""
        yield from self.until(gives_up_at)
        if waiting in self.waiting:
            self.waiting.remove(waiting)
            self.cancel(waiting.order, waiting.order.lines)

    def count_owed(self) -> None:
        """Enter in every ledger what waits for it: at the cheapest node with a supplier that keeps the product."""
        for node in self.nodes.values():
            node.ledger.backordered = dict.fromkeys(node.ledger.opening, 0)
        for waiting in self.waiting:
            order = waiting.order
            for line in order.lines:
                parcels = self.view.parcels((line,))
                offers = self.view.offers(order.destination, order.service_level, parcels)
                nodes = [node for offer in offers if (node := self.nodes[offer.node]).node.supply is not None]
                home = next((node.ledger for node in nodes if line.sku in node.ledger.opening), None)
                if home is not None:
                    home.backordered[line.sku] += line.quantity

    def cancel(self, order: Order, lines: Lines) -> None:
        """Note units that will never come."""
        self.cancelled[order.number] = self.cancelled.get(order.number, 0) + units_of(lines)

    def try_waiting(self, node: str, skus: set[str] | None = None) -> None:
        """Route, oldest order first, what waits for some products while the node has any of it."""
        for waiting in list(self.waiting):
            order = waiting.order
            wanted = skus is None or any(line.sku in skus for line in order.lines)
            if not wanted or not any(self.view.available_to_promise(node, line.sku) for line in order.lines):
                continue
            decision = self.decide(order, self.view)
            if decision.shipments:
                self.waiting.remove(waiting)
                self.attempts[order.number] += 1
                self.carry_out(order, decision, frozenset(), self.attempts[order.number])

    # The slow processes

    def shifts(self, node: TextbookNode) -> Steps:
        """Staff the stages as the calendar says."""
        if not node.node.enabled:
            return
        for instant, rate in node.staffing:
            yield from self.until(max(0.0, instant))
            for station in node.stations:
                station.staff(staffed_stations(station.stage.stations, rate))

    def desk(self, node: TextbookNode) -> Steps:
        """Staff the inspection of returns as the calendar says."""
        if not node.node.enabled or node.bench is None:
            return
        for instant, rate in node.staffing:
            yield from self.until(max(0.0, instant))
            node.bench.staff(staffed_stations(node.bench.desk.stations, rate))

    def new_days(self, name: str, node: TextbookNode) -> Steps:
        """Give back the daily allowance of orders at local midnight."""
        limit, more, asked_on = node.node.orders_per_day, node.node.more_orders, None
        for day, midnight in enumerate(self.model.horizon.timeline.midnights(node.node.place.timezone)[1:]):
            if limit is not None and midnight > 0:
                yield from self.until(midnight)
                if (
                    more
                    and asked_on is None
                    and limit < more.most
                    and limit - node.orders_left >= more.from_use * limit
                ):
                    asked_on = day
                if more and asked_on is not None and day == asked_on + more.notice_days:
                    limit, asked_on = min(more.most, limit + more.step), None
                node.orders_left = limit
                self.view.refresh(name)
                self.try_waiting(name)

    def supplier(self, name: str, node: TextbookNode) -> Steps:
        """Review the stock and send trucks."""
        supply, model = node.node.supply, self.model
        if supply is None or not node.node.enabled:
            return
        zone = node.node.place.timezone
        instants = review_instants(model.horizon.timeline, zone, model.review_days, model.review_hour)
        luck = stream(self.seed, self.replication, "supplier", name).random(len(instants)).tolist()
        lead_hours = sampler(supply.lead_hours)
        for instant, uniform in zip(instants, luck, strict=True):
            yield from self.until(instant)
            self.count_owed()
            load = dict(model.replenishment.orders(node.ledger))
            if supply.supplier in self.nodes:
                load = self.given_by(self.nodes[supply.supplier], load)
            for sku, units in load.items():
                node.ledger.expect(sku, units)
            if load:
                self.env.process(self.inbound(name, load, lead_hours(uniform)))

    def given_by(self, source: TextbookNode, wanted: dict[str, int]) -> dict[str, int]:
        """Take what another node has and nobody was promised."""
        given = {sku: min(units, source.ledger.available[sku]) for sku, units in wanted.items()}
        given = {sku: units for sku, units in given.items() if units > 0}
        for sku, units in given.items():
            source.ledger.transfer(sku, units)
        return given

    def inbound(self, name: str, load: dict[str, int], hours: float) -> Steps:
        """Bring goods to a node."""
        yield self.env.timeout(hours)
        self.shelve(name, load)

    def shelve(self, name: str, load: dict[str, int]) -> None:
        """Put goods on the shelf, and send them to those who wait for them."""
        for sku, units in load.items():
            self.nodes[name].ledger.receive(sku, units)
        self.try_waiting(name, set(load))

    def truck(self, node: TextbookNode, dock: Dock) -> Steps:
        """Call all who wait for a truck at each cut-off."""
        service = dock.service.name
        for cutoff, departs_at in zip(dock.cutoffs, dock.departs, strict=True):
            yield from self.until(cutoff)
            yield self.env.timeout(0)  # who is packed at this very instant comes along
            leaving, node.trucks[service] = node.trucks[service], self.env.event()
            leaving.succeed(departs_at)

    def hours(self) -> Steps:
        """Work out every hour what customers can be promised, and send what waits to nodes that were full."""
        for hour in range(self.model.horizon.days * 24 + 1):
            yield from self.until(float(hour))
            yield self.env.timeout(0)  # a shift that starts now has begun to work
            for node in self.nodes.values():
                ready_at = node.ready_at(self.env.now)
                for dock in node.docks:
                    dock.expect(self.env.now, ready_at)
            for name, node in self.nodes.items():
                if node.was_full and not node.is_full():
                    node.was_full = False
                    self.try_waiting(name)

    def until(self, instant: float) -> Steps:
        """Wait for an instant."""
        yield self.env.timeout(max(0.0, instant - self.env.now))

    def _view(self) -> LiveView:
        """Make the kernel's view of this model's nodes, with the kernel's estimates at the docks."""
        timeline, docks, days = self.model.horizon.timeline, [], DayBook(self.model.horizon.timeline)
        for slot in self.model.shelves.book.slots:
            calendar = TransitCalendar(slot.service, timeline, self.model.holidays)
            dock = Dock(slot.node, slot.service, timetable(slot.node, slot.service, timeline, calendar))
            dock.plan_arrivals(calendar, days)
            node = self.nodes[slot.node.name]
            node.docks.append(dock)
            node.trucks[slot.service.name] = self.env.event()
            docks.append(dock)
        shelves = self.model.shelves
        nodes = cast("dict[str, WorkingNode]", self.nodes)
        return LiveView(shelves.book, shelves.packer, nodes, docks, cast("Clock", Watch(self.env)))
