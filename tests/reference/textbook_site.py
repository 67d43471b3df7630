"""The textbook model with all that happens inside its nodes: floors, yards, waves and late messages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import inf

import simpy

from tests.reference.textbook import Textbook
from tests.reference.textbook_floor import PUT_AWAY, TextbookFloor
from tests.reference.textbook_parts import Steps, TextbookNode, TextbookShipment
from tests.reference.textbook_places import Job, Task
from twin.domain.nodes import FulfillmentNode
from twin.domain.stock import StockLedger
from twin.domain.work import Inbound
from twin.policies.decision import PlannedShipment
from twin.simulation.days import Spread
from twin.simulation.distributions import sampler
from twin.simulation.release import wave_instants
from twin.simulation.staffing import Roster
from twin.simulation.world import Model


@dataclass(frozen=True, slots=True)
class Trip:
    """What one person takes to the shelf at once."""

    load: dict[str, int]
    hours: float


class Yard:
    """The doors of a node, and the trips for which there is no room on the shelves yet."""

    def __init__(self, inbound: Inbound, env: simpy.Environment, roster: Roster) -> None:
        self.inbound, self.luck = inbound, roster.inbound_luck
        self.doors = simpy.Resource(env, inbound.doors)
        self.held: list[Trip] = []
        self.on_the_way: list[Trip] = []

    def unload_hours(self) -> float:
        """Return how long a truck stands at its door; trucks and trips draw one after the other."""
        return sampler(self.inbound.unload_hours)(self.luck.random())

    def trips(self, load: Mapping[str, int]) -> Iterator[Trip]:
        """Cut a truckload, unit by unit, into trips."""
        units = [sku for sku, count in load.items() for _ in range(count)]
        full, hours = self.inbound.units_per_trip, sampler(self.inbound.trip_hours)
        for at in range(0, len(units), full):
            trip = units[at : at + full]
            yield Trip({sku: trip.count(sku) for sku in dict.fromkeys(trip)},
                       hours(self.luck.random()) * len(trip) / full)  # fmt: skip


class SiteNode(TextbookNode):
    """A node with a floor, and a yard if it has doors; `shown` is what it last told of its stock."""

    def __init__(
        self, node: FulfillmentNode, ledger: StockLedger, env: simpy.Environment, columns: Mapping[Spread, int],
        roster: Roster,
    ) -> None:  # fmt: skip
        super().__init__(node, ledger, env, columns, roster.timeline)
        self.staffing = list(roster.staffing)
        self.floor = TextbookFloor(node, env, columns, roster)
        self.yard = None if node.work.inbound is None else Yard(node.work.inbound, env, roster)
        self.waves = wave_instants(node.work.waves, roster.timeline, node.place.timezone)
        self.shown: dict[str, int] | None = None

    def promisable(self) -> dict[str, int]:
        """Return the stock that policies may promise."""
        return super().promisable() if self.shown is None or self.closed_because else self.shown

    def is_full(self) -> bool:
        """Answer whether as many shipments wait as may."""
        cap = self.node.stages[0].waiting_cap
        return cap is not None and self.floor.in_line() >= cap

    def ready_at(self, now: float) -> float:
        """Return when an order placed now should be packed."""
        heard_at = now + self.node.work.order_latency_hours
        begins_at = next((wave for wave in self.waves if wave > heard_at), heard_at)
        hours = sum(stage.work_hours.mean for stage in self.node.stages)
        hours += self.floor.backlog_hours() / max(1, self.floor.slowest().hands)
        return self.open_after(begins_at, hours)


class SiteTextbook(Textbook):
    """A replication with the inside of its nodes; `shelved` notes what got on which shelf when."""

    def __init__(self, model: Model, seed: int, replication: int) -> None:
        self.sites: dict[str, SiteNode] = {}
        self.shelved: list[tuple[str, float, int]] = []
        super().__init__(model, seed, replication)

    def node(self, node: FulfillmentNode, ledger: StockLedger, columns: Mapping[Spread, int]) -> SiteNode:
        """Make a node."""
        roster = Roster.of(node, self.model.horizon.timeline, self.seed, self.replication)
        self.sites[node.name] = SiteNode(node, ledger, self.env, columns, roster)
        return self.sites[node.name]

    def processes(self) -> Iterator[Steps]:
        """Return all that goes on, in the order of what may share an instant."""
        for site in self.sites.values():
            yield self.release(site)
            for name, changes in site.floor.roster.outages.items():
                (machines,) = [stage.machines for stage in site.node.stages if stage.name == name]
                assert machines is not None
                yield site.floor.machines(name, machines.count, changes)
        yield from super().processes()
        for name, site in self.sites.items():
            yield self.looks_for_room(name, site)
            if site.node.work.stock_latency_hours:
                yield self.tells(name, site)

    def shifts(self, node: TextbookNode) -> Steps:
        """Let shifts come and go."""
        if node.node.enabled:
            yield from self.sites[node.node.name].floor.shifts()

    # The way of an order

    def reserve(self, plan: PlannedShipment) -> bool:
        """Reserve goods, also in the picture that routing has of them; answer whether they were there."""
        site = self.sites[plan.offer.node]
        if not site.ledger.can_fill(plan.lines):
            site.floor.happened["oversold"] += 1
            return False
        self.show_own(site, plan, -1)
        return super().reserve(plan)

    def give_back(self, plan: PlannedShipment) -> None:
        """Give back goods that were reserved."""
        site = self.sites[plan.offer.node]
        self.show_own(site, plan, 1)
        super().give_back(plan)

    def show_own(self, site: SiteNode, plan: PlannedShipment, sign: int) -> None:
        """Count our own reservations in the picture that routing has, where it sees them."""
        if site.shown is not None and self.model.order_management.sees_own_reservations:
            for line in plan.lines:
                site.shown[line.sku] += sign * line.quantity

    def enter(self, shipment: TextbookShipment) -> None:
        """Send a node word of a shipment."""
        site = self.sites[shipment.plan.offer.node]
        site.floor.unheard.append(shipment)
        if site.node.work.order_latency_hours:
            self.env.process(self.message(site, shipment))
        else:
            self.heard(site, shipment)

    def message(self, site: SiteNode, shipment: TextbookShipment) -> Steps:
        """Take the time that word of a shipment takes."""
        yield self.env.timeout(site.node.work.order_latency_hours)
        self.heard(site, shipment)

    def heard(self, site: SiteNode, shipment: TextbookShipment) -> None:
        """Begin at once, or keep a shipment for the next wave."""
        site.floor.unheard.remove(shipment)
        site.floor.held.append(shipment)
        if not site.node.work.waves:
            self.begin(site, shipment)
            site.floor.look_around()

    def release(self, site: SiteNode) -> Steps:
        """Let all that was heard of stand in line at each wave, the earliest promise first, before anybody begins."""
        for wave in site.waves:
            yield from self.until(wave)
            site.floor.happened["released together"] += max(0, len(site.floor.held) - 1)
            for shipment in sorted(site.floor.held, key=lambda one: one.order.promised_by):
                self.begin(site, shipment)
            site.floor.look_around()

    def begin(self, site: SiteNode, shipment: TextbookShipment) -> None:
        """Let a shipment stand in line for the first stage."""
        site.floor.held.remove(shipment)
        self.env.process(self.follow(site.floor, shipment, site.floor.line_up(site.node.stages[0], shipment)))

    def follow(self, floor: TextbookFloor, shipment: TextbookShipment, done: simpy.Event) -> Steps:
        """Follow a shipment from stage to stage, then to its customer."""
        at, stages = 0, floor.node.stages
        while True:
            yield done
            shipment.finished.append(self.env.now)
            at = floor.after(at, shipment)
            if at == len(stages):
                break
            done = floor.line_up(stages[at], shipment)
            floor.look_around()
        yield from self.leave(shipment)

    # Goods and news of them

    def inbound(self, name: str, load: dict[str, int], hours: float) -> Steps:
        """Let a truck come, stand at a door while people unload it, and go."""
        site = self.sites[name]
        yield self.env.timeout(hours)
        if site.yard is None:
            self.shelve(name, load)
            return
        with site.yard.doors.request() as door:
            site.floor.happened["waited for a door"] += not door.triggered
            yield door
            done_at = site.open_after(self.env.now, site.yard.unload_hours())
            if done_at == inf:
                return
            yield from self.until(done_at)
        trips = list(site.yard.trips(load))
        site.yard.held += trips
        self.put_away(name, site)
        site.floor.happened["waited for room"] += sum(trip in site.yard.held for trip in trips)

    def put_away(self, name: str, site: SiteNode) -> None:
        """Let trips begin, in their order, while there is room for what they carry."""
        yard = site.yard
        while yard is not None and yard.held and self.has_room(site, yard.held[0]):
            trip = yard.held.pop(0)
            yard.on_the_way.append(trip)
            task = Task(None, self.env.event(), 1)
            site.floor.places[PUT_AWAY][0].join(Job(task, trip.hours))
            site.floor.look_around()
            self.env.process(self.trip(name, site, trip, task))

    def has_room(self, site: SiteNode, trip: Trip) -> bool:
        """Answer whether the shelves could take a trip besides what is there and on the way."""
        assert site.yard is not None
        most = site.yard.inbound.storage_m3
        loads = [site.ledger.on_hand, trip.load, *(one.load for one in site.yard.on_the_way)]
        products = self.model.network.products
        cm3 = sum(products[sku].volume_cm3 * units for load in loads for sku, units in load.items())
        return most is None or cm3 / 1e6 <= most

    def trip(self, name: str, site: SiteNode, trip: Trip, task: Task) -> Steps:
        """Wait until a trip is done: then its goods can be sold."""
        yield task.done
        assert site.yard is not None
        site.yard.on_the_way.remove(trip)
        self.shelve(name, trip.load)

    def shelve(self, name: str, load: dict[str, int]) -> None:
        """Put goods on the shelf, and note it."""
        self.shelved.append((name, self.env.now, sum(load.values())))
        super().shelve(name, load)

    def looks_for_room(self, name: str, site: SiteNode) -> Steps:
        """Look every hour whether goods that wait have room by now."""
        for hour in range(1, self.model.horizon.days * 24 + 1):
            yield from self.until(float(hour))
            yield self.env.timeout(0)  # after the trucks and what waits for full nodes
            self.put_away(name, site)

    def tells(self, name: str, site: SiteNode) -> Steps:
        """Tell of the stock at full intervals only; who waits hears of what was not there the last time."""
        site.shown = dict(site.ledger.available)
        self.view.refresh(name)
        while True:
            yield self.env.timeout(site.node.work.stock_latency_hours)
            available = site.ledger.available
            news = {sku for sku, units in available.items() if units > 0 >= site.shown[sku]}
            site.shown.update(available)
            if news:
                self.try_waiting(name, news)


def textbook_run(model: Model, seed: int = 1, replication: int = 0) -> list[TextbookShipment]:
    """Run one replication and return what left; no table is written."""
    textbook = SiteTextbook(model, seed, replication)
    textbook.run()
    return textbook.shipments
