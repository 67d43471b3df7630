"""The orders that production's decisions were about: from the tables of a trace, or as far as an export tells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from twin.calibration.decision_import.taken import Taken, Units
from twin.domain.network import Network
from twin.policies.contract import LineMessage, OrderMessage
from twin.simulation.promises import PromiseBook
from twin.simulation.trace import TracedDemand, TracedOrders
from twin.simulation.world import Model

HOURS_PER_DAY = 24.0
ZIP3 = 3


@dataclass(frozen=True, slots=True)
class ProductionOrder:
    """An order under the number that the twin knows it by, and the product of each of its items by `line_id`."""

    message: OrderMessage
    skus: Mapping[str, str]


KnownOrders = Mapping[str, ProductionOrder]
"""Orders by the id that production gave them."""


class NotPlaced(Exception):  # noqa: N818  (says what became of the order)
    """An order has no place in the scenario; the message says why."""


def production_orders(model: Model, trace: TracedOrders, items: Mapping[str, Mapping[str, str]]) -> KnownOrders:
    """Return the orders of a trace under the numbers that a run of it gives them.

    `items` has the product of each `line_id` of each order, as the table `order_lines` says.
    """
    demand = TracedDemand(trace, promise_book(model))
    found: dict[str, ProductionOrder] = {}
    for day in range(model.horizon.order_days):
        columns = demand.day(day, len(found))
        for row in range(len(columns.placed_at)):
            order_id = trace.order_ids[len(found)]
            first, last = columns.line_starts[row], columns.line_starts[row + 1]
            lines = tuple(
                LineMessage(trace.names.skus[sku], int(quantity))
                for sku, quantity in zip(columns.sku[first:last], columns.quantity[first:last], strict=True)
            )
            message = OrderMessage(
                len(found),
                float(columns.placed_at[row]),
                trace.names.channels[columns.channel[row]],
                trace.names.destinations[columns.destination[row]],
                trace.names.service_levels[columns.service_level[row]],
                float(columns.promised_by[row]),
                lines,
            )
            found[order_id] = ProductionOrder(message, items.get(order_id, {}))
    return found


def promise_book(model: Model) -> PromiseBook:
    """Return what the scenario's shop promises at checkout."""
    network = model.network
    levels = list(network.service_levels.values())
    return PromiseBook(model.horizon.timeline, list(network.places.values()), levels, model.holidays)


class OrderBook:
    """Makes the order of a decision: the known one, or where none are known one as the export and the scenario say.

    An order of an export alone gets the scenario's service level and promise, and the channel `web`.
    """

    def __init__(self, model: Model, known: KnownOrders | None, service_level: str) -> None:
        self._model, self._network = model, model.network
        self._known, self._level = known, service_level
        self._promises = promise_book(model)
        self._places = {zip3: row for row, zip3 in enumerate(self._network.places)}
        self._levels = {level: row for row, level in enumerate(self._network.service_levels)}

    def decided_at(self, taken: Taken) -> float:
        """Return when a decision was taken, in simulated hours: as the export says, else when the order was placed.

        Raises `NotPlaced` where nobody knows, or it was not on a day of the study.
        """
        said = None if taken.decided_at is None else self._model.horizon.timeline.hours_at(taken.decided_at)
        if self._known is not None:
            if taken.order_id not in self._known:
                raise NotPlaced("it is not in the table orders")
            placed_at = self._known[taken.order_id].message.placed_at
            return placed_at if said is None else max(placed_at, said)
        if said is None or taken.decided_at is None:
            raise NotPlaced("the export does not say when it was (created_at), and no table orders is given")
        self._refuse_other_days(said, taken.decided_at)
        return said

    def _refuse_other_days(self, at: float, instant: datetime) -> None:
        if not 0 <= at < self._model.horizon.order_days * HOURS_PER_DAY:
            timeline = self._model.horizon.timeline
            first, last = timeline.date(0), timeline.date(self._model.horizon.order_days - 1)
            raise NotPlaced(
                f"it was decided on {instant.isoformat()}, orders come in from {first} to {last}; "
                "set study.starts_on and the days"
            )

    def message(self, taken: Taken, number: int) -> OrderMessage:
        """Return the order that a decision is about; a decision on a part of it is asked about that part.

        Raises `NotPlaced` where it has no place in the scenario.
        """
        _refuse_unknown_products(taken.asked, self._network)
        asked = {sku: units for sku, units in taken.asked.items() if units}
        if self._known is not None:
            whole = self._known[taken.order_id].message
            return _asked_of(whole, asked) if asked else whole
        if not asked:
            raise NotPlaced("the export does not say what was ordered, and no table orders is given")
        destination = taken.postal[:ZIP3]
        if destination not in self._places:
            found = f"the postal code {taken.postal!r}" if taken.postal else "no postal code"
            raise NotPlaced(f"it goes to {found}, which no ZIP3 of the network's places begins")
        at = self.decided_at(taken)
        return OrderMessage(
            number, at, "web", destination, self._level, self._promised_by(taken, at, destination), _lines(asked)
        )

    def _promised_by(self, taken: Taken, at: float, destination: str) -> float:
        if taken.promised_at is not None:
            return self._model.horizon.timeline.hours_at(taken.promised_at)
        level, place = self._levels[self._level], self._places[destination]
        return float(self._promises.promised_by(np.array([at]), np.array([level]), np.array([place]))[0])


def numbered(ids: Sequence[str], known: KnownOrders | None) -> dict[str, int]:
    """Return the number of each order: of the trace; else the id, or where not all are whole numbers its place in time.

    `ids` stand in order of time.
    """
    if known is not None:
        return {one: known[one].message.order_number for one in ids}
    if all(one.isdecimal() and one.isascii() and str(int(one)) == one for one in ids):
        return {one: int(one) for one in ids}
    return {one: number for number, one in enumerate(dict.fromkeys(ids))}


def _refuse_unknown_products(asked: Units, network: Network) -> None:
    unknown = [sku for sku in asked if sku not in network.products]
    if unknown:
        raise NotPlaced(f"the catalogue has no SKU {', '.join(map(repr, unknown))}")


def _asked_of(whole: OrderMessage, asked: Units) -> OrderMessage:
    """Return an order for the units that a decision was about, all of it where these are all."""
    ordered = {line.sku: line.quantity for line in whole.lines}
    if asked == ordered:
        return whole
    for sku, units in asked.items():
        if units > ordered.get(sku, 0):
            raise NotPlaced(f"it asks for {units} of {sku}, the order has {ordered.get(sku, 0)}")
    return OrderMessage(
        whole.order_number, whole.placed_at, whole.channel, whole.destination, whole.service_level, whole.promised_by,
        tuple(LineMessage(sku, asked[sku]) for sku in ordered if sku in asked),
    )  # fmt: skip


def _lines(asked: Units) -> tuple[LineMessage, ...]:
    return tuple(LineMessage(sku, units) for sku, units in asked.items())
