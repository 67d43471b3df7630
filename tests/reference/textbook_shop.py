"""The textbook model of nodes whose shelf is not what the books say: plain counts of what really lies there."""

from __future__ import annotations

from collections.abc import Iterator
from math import floor, inf

import simpy

from tests.reference.textbook_floor import TextbookFloor
from tests.reference.textbook_parts import Steps, TextbookShipment
from tests.reference.textbook_site import SiteTextbook
from twin.domain.orders import Order
from twin.policies.decision import PlannedShipment
from twin.simulation.shelf_luck import ShelfLuck
from twin.simulation.world import Model


class ShopTextbook(SiteTextbook):
    """A replication with shelves: `lying` is what a picker or a customer would find, `picked` what left the shelf.

    With the kernel it shares the luck of shelves (`ShelfLuck`): wrong records, losses and customers of the node.
    """

    knows_shelves = True

    def __init__(self, model: Model, seed: int, replication: int) -> None:
        super().__init__(model, seed, replication)
        products, timeline = model.network.products, model.horizon.timeline
        self.lucks = {
            name: ShelfLuck(site.node, products, timeline, seed, replication)
            for name, site in self.sites.items()
            if site.node.shelf is not None and site.node.enabled
        }
        self.lying = {name: dict(self.sites[name].ledger.opening) for name in self.lucks}
        for name, luck in self.lucks.items():
            for sku, units in luck.opening_errors(self.sites[name].ledger.opening).items():
                self.lying[name][sku] -= units
        self.picked: list[TextbookShipment] = []
        self.asking: frozenset[str] = frozenset()
        self.asked: dict[int, frozenset[str]] = {}  # by shipment: two of an order may have the same turn
        self.in_vain = self.sold_units = self.vanished_units = 0

    def processes(self) -> Iterator[Steps]:
        """Return all that goes on, nights and customers of the nodes too."""
        yield from super().processes()
        for name, luck in self.lucks.items():
            yield self.nights(name, luck)
            yield self.visitors(name, luck)

    def hand_over(self, order: Order, plan: PlannedShipment, turn: int, asked: frozenset[str], attempt: int) -> None:
        """Remember who was asked before, for the case that a picker looks in vain."""
        self.asking = asked
        super().hand_over(order, plan, turn, asked, attempt)

    def enter(self, shipment: TextbookShipment) -> None:
        """Note who was asked before the node that now hears of a shipment."""
        self.asked[id(shipment)] = self.asking
        super().enter(shipment)

    def follow(self, floor: TextbookFloor, shipment: TextbookShipment, done: simpy.Event) -> Steps:
        """Look for the goods when the first stage is over; who finds them goes on."""
        name = shipment.plan.offer.node
        if name not in self.lying:
            yield from super().follow(floor, shipment, done)
            return
        yield done
        if self.finds(name, shipment):
            yield from super().follow(floor, shipment, done)
            return
        self.in_vain += 1
        self.give_back(shipment.plan)
        self.reroute(shipment.order, shipment.plan, self.asked[id(shipment)], shipment.turn + 1)
        floor.look_around()

    def finds(self, name: str, shipment: TextbookShipment) -> bool:
        """Take all goods of a shipment from the shelf, or none."""
        there, lines = self.lying[name], shipment.plan.lines
        if any(there[line.sku] < line.quantity for line in lines):
            return False
        for line in lines:
            there[line.sku] -= line.quantity
        self.picked.append(shipment)
        return True

    def shelve(self, name: str, load: dict[str, int]) -> None:
        """Put goods on the shelf."""
        for sku, units in load.items() if name in self.lying else ():
            self.lying[name][sku] += units
        super().shelve(name, load)

    def visitors(self, name: str, luck: ShelfLuck) -> Steps:
        """Let customers take what lies there; the till takes off the books what these had not reserved."""
        terms, ledger, there = self.sites[name].node.shelf, self.sites[name].ledger, self.lying[name]
        assert terms is not None
        for visit in luck.visits():
            yield from self.until(visit.at)
            for sku, wanted in visit.wanted.items():
                free = ledger.on_hand[sku] - ledger.reserved[sku]
                most = there[sku] if terms.walk_ins_take_reserved else min(there[sku], free)
                sold = min(wanted, max(0, most))
                there[sku] -= sold
                ledger.sell(sku, min(sold, free))
                self.sold_units += sold

    def nights(self, name: str, luck: ShelfLuck) -> Steps:
        """Every night some goods vanish and some products are counted."""
        site = self.sites[name]
        terms, there = site.node.shelf, self.lying[name]
        assert terms is not None
        skus, every = sorted(there), terms.count_every_days
        midnights = self.model.horizon.timeline.midnights(site.node.place.timezone)[2:]
        for night, (midnight, gone) in enumerate(zip(midnights, luck.losses(), strict=False)):
            yield from self.until(midnight)
            for sku in skus if terms.shrinkage_per_day else ():
                units = floor(max(0, there[sku]) * terms.shrinkage_per_day + gone[sku])
                there[sku] -= units
                self.vanished_units += units
            for sku in skus[night % every :: every] if every else ():
                self.count(name, sku)

    def count(self, name: str, sku: str) -> None:
        """Set the books to what is there and what was picked."""
        ledger = self.sites[name].ledger
        too_many = ledger.on_hand[sku] - self.in_hands(name, sku) - self.lying[name][sku]
        if too_many > 0:
            ledger.write_off(sku, too_many)
        elif too_many < 0:
            ledger.find(sku, -too_many)
            self.try_waiting(name, {sku})

    def in_hands(self, name: str, sku: str) -> int:
        """Return the units of a product that are picked and wait for their truck."""
        self.picked = [shipment for shipment in self.picked if shipment.departed_at == inf]
        return sum(
            line.quantity
            for shipment in self.picked
            if shipment.plan.offer.node == name
            for line in shipment.plan.lines
            if line.sku == sku
        )
