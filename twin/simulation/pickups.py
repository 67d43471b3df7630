"""Pickup in a run: the customer's choice of a store, the promise, the customer who comes, and the one who does not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import inf

import numpy as np
from msgspec.structs import replace

from twin.domain.orders import Order, units_of
from twin.domain.pickup import PICKUP, PickupTerms
from twin.policies.decision import NO_DOCK, Offer, PlannedShipment
from twin.policies.view import NetworkView
from twin.simulation.counter import Pickup
from twin.simulation.distributions import sampler
from twin.simulation.history import History
from twin.simulation.nodes import WorkingNode
from twin.simulation.shipments import Shipment
from twin.simulation.tables import words
from twin.simulation.wishes import NearStores
from twin.simulation.world import Model

WANTS, COLLECTS, FORGETS, AT_CURB = "pickup", "collect", "no_show", "curbside"
PICKUP_LUCK = (WANTS, COLLECTS, FORGETS, AT_CURB)
A_MOMENT = 1 / 3600  # a second: when a shop opens, its customers still have to open the door


class Pickups:
    """Orders that customers collect.

    `left` hears of every order that is ready, with whether its customer will come; `tell` of the units of a product
    that are on the shelf of a node again.
    """

    def __init__(
        self, terms: PickupTerms, model: Model, nodes: Mapping[str, WorkingNode], history: History,
        left: Callable[[Shipment, bool], None], tell: Callable[[str, str, int], None],
    ) -> None:  # fmt: skip
        self._terms, self._book, self._history = terms, model.shelves.book, history
        self._clock, self._left, self._tell = history.clock, left, tell
        self._collect_hours = sampler(terms.collect_hours)
        self._stores = {name: node for name, node in nodes.items() if node.counter is not None and node.node.enabled}
        self._near = NearStores(self._stores, self._book, terms.max_miles)
        self._underway: dict[Pickup, None] = {}
        self._done: list[Pickup] = []
        self.restocked_units = 0
        for node in self._stores.values():
            node.floor.set_aside = self._ready
        history.keep_pickups()

    def plan(self, order: Order, network: NetworkView) -> PlannedShipment | None:
        """Plan for the nearest store that has all of an order, if its customer wants to collect it."""
        if self._luck(order.number, WANTS) >= self._terms.share:
            return None
        name = next(self._near.with_all_of(order, network), None)
        return None if name is None else self._plan_for(name, order, network)

    def close_day(self) -> None:
        """Write what is settled."""
        if self._done:
            self._history.rows("pickups", _columns(self._done))
        self._done = []

    def close(self) -> None:
        """Write what is still set aside at the end of the run."""
        self._done += self._underway
        self.close_day()

    def _plan_for(self, name: str, order: Order, network: NetworkView) -> PlannedShipment:
        parcels = network.parcels(order.lines)
        in_a_bag = replace(parcels, signature=parcels.signature[:1], packaging_usd=0.0, packaging_co2e_kg=0.0,
                           by_node=None)  # fmt: skip
        node = self._stores[name]
        handling_usd = self._book.handling_usd(node.node, parcels.lines, parcels.units)
        zone = self._book.zone(name, order.destination)
        offer = Offer(name, PICKUP, zone, handling_usd, 0.0, 0, NO_DOCK, 0)
        return PlannedShipment(offer, order.lines, in_a_bag, node.open.after(order.placed_at, self._terms.ready_hours))

    def _ready(self, shipment: Shipment) -> None:
        """Set goods aside: from now on they are their customer's, who comes or does not."""
        order, name, now = shipment.order.number, shipment.plan.offer.node, self._clock.now_hours
        pickup = Pickup(
            order, name, shipment.plan.lines, self._luck(order, AT_CURB) < self._terms.curbside_share,
            shipment.planned_departure_at, now, self._settle,
        )  # fmt: skip
        self._underway[pickup] = None
        comes_at, until = self._comes_at(order, name), now + self._terms.hold_hours
        self._left(shipment, comes_at <= until)
        if comes_at <= until:
            counter = self._stores[name].counter
            assert counter is not None, "stores are the nodes with a counter"
            self._clock.at(comes_at, counter.admit, pickup)
        else:
            self._clock.at(until, self._put_back, pickup)

    def _comes_at(self, order: int, name: str) -> float:
        if self._luck(order, FORGETS) < self._terms.no_show_rate:
            return inf
        wishes_to_come_at = self._clock.now_hours + self._collect_hours(self._luck(order, COLLECTS))
        return self._stores[name].open.after(wishes_to_come_at, A_MOMENT)

    def _put_back(self, pickup: Pickup) -> None:
        """Put on the shelf what nobody came for; the customer gets the money back."""
        pickup.restocked_at = self._clock.now_hours
        units = units_of(pickup.lines)
        self.restocked_units += units
        self._history.event("no_show", pickup.node, pickup.order, units)
        self._settle(pickup)
        for line in pickup.lines:
            self._stores[pickup.node].ledger.restock(line.sku, line.quantity)
            self._tell(pickup.node, line.sku, line.quantity)

    def _settle(self, pickup: Pickup) -> None:
        del self._underway[pickup]
        self._done.append(pickup)

    def _luck(self, order: int, purpose: str) -> float:
        page, row = self._history.pages.page_of(order)
        return float(page.luck[purpose][row])


def _columns(done: Sequence[Pickup]) -> dict[str, object]:
    nodes = sorted({pickup.node for pickup in done})
    return {
        "order": np.array([pickup.order for pickup in done]),
        "node": words([nodes.index(pickup.node) for pickup in done], nodes),
        "units": np.array([units_of(pickup.lines) for pickup in done]),
        "curbside": np.array([pickup.curbside for pickup in done]),
        **{
            name: np.array([getattr(pickup, name) for pickup in done])
            for name in ("ready_by", "ready_at", "collected_at", "restocked_at")
        },
    }
