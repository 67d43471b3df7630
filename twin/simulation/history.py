"""The memory of a run: columns of what happened, written in chunks; analytics reads them afterwards."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from twin.domain.network import Network
from twin.domain.orders import Order, units_of
from twin.policies.decision import Decision
from twin.simulation.books import COSTS, Accounts
from twin.simulation.clock import Clock
from twin.simulation.days import Names
from twin.simulation.invoices import MICRO, OUTCOMES, SURCHARGES, Batch, Columns, Invoicing, fields_of
from twin.simulation.pages import OrderPage, Pages
from twin.simulation.shipments import FailedShipment, Shipment
from twin.simulation.tables import (
    DECISIONS,
    EVENTS,
    FREIGHT,
    LOCAL_DELIVERIES,
    NODES,
    ORDERS,
    PICKUPS,
    RETURNS,
    SHELVES,
    SHIPMENTS,
    STOCK,
    TableWriter,
    words,
)

FLUSH_AT = 4_000  # shipments worked out at once; fewer cost more each, more cost memory
MONEY = (*COSTS, "expected_usd")
CARBON = ("linehaul_co2e_kg", "last_mile_co2e_kg", "packaging_co2e_kg")
STATUSES = ("open", "delivered", "cancelled")


@dataclass(frozen=True, slots=True)
class FirstLook:
    """What the network could have done when an order was first decided on.

    A split is avoidable where `fewest_splits` would have taken fewer shipments on the same picture.
    """

    single_node_possible: bool
    avoidable_split: bool


class History:
    """Collects what happened and writes it as tables into a folder."""

    def __init__(self, folder: Path, network: Network, names: Names, invoicing: Invoicing, clock: Clock) -> None:
        self.pages = Pages()
        self.accounts = Accounts(network)
        self.clock = clock
        self._network, self._names, self._invoicing = network, names, invoicing
        self._prices = np.array([product.price_usd for product in network.products.values()])
        self._credits = np.array([network.service_levels[level].late_credit_usd for level in names.service_levels])
        self._carriers = [network.services[name].carrier for name in invoicing.services]
        self._batches: list[Batch] = []
        self._fields = array("d")
        self._waiting = self._shipments = 0
        self.failed: dict[int, FailedShipment] = {}
        self._events: list[tuple[float, str, str, int, int, float, str]] = []
        schemas = {"orders": ORDERS, "shipments": SHIPMENTS, "nodes": NODES, "stock": STOCK, "events": EVENTS}
        self._folder = folder
        self._writers = {name: TableWriter(folder / f"{name}.parquet", schema) for name, schema in schemas.items()}
        self._decisions: list[tuple[float, int, str, str, str]] = []
        self._tell_invoiced: Callable[[Columns], None] = _tell_nobody

    @property
    def next_shipment(self) -> int:
        """The number of the next shipment that leaves."""
        return self._shipments + self._waiting

    def carried(self, node: str, service: str, departs_at: float, shipments: Sequence[Shipment]) -> None:
        """Note what left on a truck."""
        self._batches.append(Batch(node, service, departs_at, len(shipments)))
        self._fields.extend(fields_of(shipments))
        self._waiting += len(shipments)
        if self._waiting >= FLUSH_AT:
            self.flush()

    def note_first_decision(self, order: Order, decision: Decision, look: FirstLook) -> None:
        """Note a first decision; one that at once ships the whole order from one node needs no note."""
        page, row = self.pages.page_of(order.number)
        page.decided_at[row] = self.clock.now_hours
        missing = {line.sku for line in decision.unfilled}
        page.first_pass_units[row] -= units_of(decision.unfilled)
        page.first_pass_lines[row] -= len(missing)
        page.single_node_possible[row] = look.single_node_possible
        page.avoidable_split[row] = look.avoidable_split
        page.first_choice[row] = not decision.unfilled and len(decision.shipments) == 1

    def note_attempt(self, order: Order) -> int:
        """Count one more decision for an order and return how many that makes."""
        page, row = self.pages.page_of(order.number)
        page.attempts[row] += 1
        return int(page.attempts[row])

    def cancel(self, order: Order, units: int) -> None:
        """Note that some units of an order will never come."""
        page, row = self.pages.page_of(order.number)
        page.units_cancelled[row] += units
        page.cancelled_at[row] = self.clock.now_hours
        self.accounts.cancelled_units += units
        self.event("cancelled", "", order.number, units)

    def event(
        self, kind: str, subject: str, order: int = -1, units: int = 0, distance_km: float = 0.0, reason: str = ""
    ) -> None:
        """Note something rare."""
        self._events.append((self.clock.now_hours, kind, subject, order, units, distance_km, reason))

    def explain_decisions(self) -> None:
        """Open the table of decisions; without it `decided` is not called."""
        self._writers["decisions"] = TableWriter(self._folder / "decisions.parquet", DECISIONS)

    def decided(self, order: int, node: str, reason: str, detail: str = "") -> None:
        """Note that a decision took a node, or why it did not."""
        self._decisions.append((self.clock.now_hours, order, node, reason, detail))

    def keep_returns(self, invoiced: Callable[[Columns], None]) -> None:
        """Open the table of returns, and let `invoiced` hear of all shipments once their arrival is known."""
        self._writers["returns"] = TableWriter(self._folder / "returns.parquet", RETURNS)
        self._tell_invoiced = invoiced

    def keep_pickups(self) -> None:
        """Open the table of pickups."""
        self._writers["pickups"] = TableWriter(self._folder / "pickups.parquet", PICKUPS)

    def keep_local_deliveries(self) -> None:
        """Open the table of local deliveries."""
        self._writers["local_deliveries"] = TableWriter(self._folder / "local_deliveries.parquet", LOCAL_DELIVERIES)

    def keep_shelves(self) -> None:
        """Open the table of shelves."""
        self._writers["shelves"] = TableWriter(self._folder / "shelves.parquet", SHELVES)

    def keep_freight(self) -> None:
        """Open the table of loads that are paid one by one."""
        self._writers["freight"] = TableWriter(self._folder / "freight.parquet", FREIGHT)

    def rows(self, table: str, columns: Mapping[str, Any]) -> None:
        """Add rows to the hourly or daily tables."""
        self._writers[table].add(columns)

    def flush(self) -> None:
        """Work out what the shipments since the last time cost and when they arrive, and write them down."""
        if self._batches:
            found = self._invoicing.columns(self._batches, self._fields, self.failed, self._shipments, self.pages)
            self._shipments += self._waiting
            self._settle(found)
            self.accounts.book(found)
            self._write_shipments(found)
            self._tell_invoiced(found)
        self._batches, self._fields, self._waiting, self.failed = [], array("d"), 0, {}
        self._write_events()
        self._write_decisions()

    def close_days(self, *, everything: bool = False) -> None:
        """Write the pages of the days on which nothing is open any more."""
        for page in self.pages.close(everything=everything):
            self._write_page(page)

    def close(self) -> None:
        """Finish all tables."""
        self.flush()
        self.close_days(everything=True)
        for writer in self._writers.values():
            writer.close()

    def _settle(self, found: Columns) -> None:
        """Carry the shipments over to their orders' pages and credit late ones, once per order."""
        credit = np.zeros(len(found["order"]))
        for page, positions, rows in self.pages.grouped(found["order"]):
            delivered_at = found["delivered_at"][positions]
            np.fmax.at(page.delivered_at, rows, delivered_at)
            np.fmax.at(page.shipped_at, rows, found["departed_at"][positions])
            np.add.at(page.units_shipped, rows, (found["units"] * (found["outcome"] == 0))[positions])
            np.add.at(page.shipments, rows, 1)
            np.add.at(page.packages, rows, found["packages"][positions])
            page.first_choice[rows] &= found["first_choice"][positions]
            page.note_nodes(rows, found["node"][positions])
            overdue = np.flatnonzero(delivered_at > page.day.promised_by[rows])
            late, at = np.unique(rows[overdue], return_index=True)
            where = overdue[at]
            fresh = page.credited[late] == 0
            credit[positions[where[fresh]]] = self._credits[page.day.service_level[late[fresh]]]
            page.credited[late] = 1
        found["late_credit_usd"] = np.rint(credit * MICRO).astype(np.int64)

    def _write_shipments(self, found: Columns) -> None:
        columns = dict(found)
        for name in (*MONEY, *SURCHARGES, *CARBON):
            columns[name] = found[name] / MICRO
        service = found["service"]
        columns["node"] = words(found["node"], self._invoicing.nodes)
        columns["service"] = words(service, self._invoicing.services)
        columns["outcome"] = words(found["outcome"], OUTCOMES)
        carriers = sorted(set(self._carriers))
        columns["carrier"] = words(np.array([carriers.index(name) for name in self._carriers])[service], carriers)
        self._writers["shipments"].add(columns)

    def _write_page(self, page: OrderPage) -> None:
        day, names = page.day, self._names
        if not day.orders:
            return
        status = np.where(page.units_cancelled > 0, 2, np.where(page.units_shipped == page.units, 1, 0))
        self._writers["orders"].add({
            "order": np.arange(day.first_number, day.first_number + day.orders),
            "placed_at": day.placed_at,
            "promised_by": day.promised_by,
            "channel": words(day.channel, names.channels),
            "region": words(day.region, names.regions),
            "destination": words(day.destination, names.destinations),
            "service_level": words(day.service_level, names.service_levels),
            "lines": np.diff(day.line_starts),
            "units": page.units,
            "value_usd": np.add.reduceat(self._prices[day.sku] * day.quantity, day.line_starts[:-1]),
            "status": words(status, STATUSES),
            "delivered_at": np.where(status == 0, np.nan, page.delivered_at),
            "shipped_at": page.shipped_at,
            "cancelled_at": page.cancelled_at,
            "shipments": page.shipments,
            "packages": page.packages,
            "nodes": page.distinct_nodes(),
            "first_pass_lines": page.first_pass_lines,
            "first_pass_units": page.first_pass_units,
            "units_shipped": page.units_shipped,
            "first_choice": (page.first_choice == 1) & (page.shipments == 1),
            "single_node_possible": page.single_node_possible == 1,
            "avoidable_split": page.avoidable_split == 1,
            "attempts": page.attempts,
            "decided_at": page.decided_at,
        })  # fmt: skip

    def _write_events(self) -> None:
        if not self._events:
            return
        at, kind, subject, order, units, km, reason = zip(*self._events, strict=True)
        self._writers["events"].add({
            "at": np.array(at), "kind": pa.array(kind).dictionary_encode(),
            "subject": pa.array(subject).dictionary_encode(), "order": np.array(order),
            "units": np.array(units), "distance_km": np.array(km), "reason": pa.array(reason).dictionary_encode(),
        })  # fmt: skip
        self._events = []

    def _write_decisions(self) -> None:
        if not self._decisions:
            return
        at, order, *named = zip(*self._decisions, strict=True)
        node, reason, detail = (pa.array(column).dictionary_encode() for column in named)
        self._writers["decisions"].add({
            "at": np.array(at), "order": np.array(order), "node": node, "reason": reason, "detail": detail,
        })  # fmt: skip
        self._decisions = []


def _tell_nobody(found: Columns) -> None:
    """Stand in where nobody asks what was invoiced."""
