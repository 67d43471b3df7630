"""Returns: from the customer's door to a node, under an inspector's eyes, and on the shelf again or not.

What a line costs and becomes follows from its order's luck. It is booked when its delivery is known, so that the money
of a cohort is complete; only what happens to the goods needs the clock, and ends with the run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import takewhile
from math import inf, isnan

from twin.domain.orders import OrderLine
from twin.domain.returns import SELLABLE, ReturnTerms
from twin.simulation.books import Pair
from twin.simulation.clock import Clock
from twin.simulation.days import Names
from twin.simulation.history import History
from twin.simulation.inspecting import InspectionBench
from twin.simulation.invoices import Columns
from twin.simulation.nodes import WorkingNode
from twin.simulation.pages import OrderPage
from twin.simulation.return_invoices import ReturnInvoicing
from twin.simulation.return_luck import DrawnReturn, ReturnLuck
from twin.simulation.returned_lines import ReturnBill, ReturnedLine, columns_of
from twin.simulation.shipments import Shipment
from twin.simulation.way_back import WayBack
from twin.simulation.world import Model

KEPT, ON_THE_WAY, INSPECTION, REFURBISHING = "kept", "on the way back", "at inspection", "refurbishing"
RESTOCKED, LIQUIDATED, SCRAPPED = "restocked", "liquidated", "scrapped"
LOST = {"liquidate": LIQUIDATED, "scrap": SCRAPPED}


class Returns:
    """Follows every unit that was shipped: kept, on its way back, inspected, and on the shelf or written off.

    `tell` hears of the units of every product that are on the shelf of a node again.
    """

    def __init__(
        self, terms: ReturnTerms, model: Model, names: Names, nodes: Mapping[str, WorkingNode], history: History,
        tell: Callable[[str, str, int], None],
    ) -> None:  # fmt: skip
        self._terms, self._nodes, self._history, self._tell = terms, nodes, history, tell
        self._clock: Clock = history.clock
        self._luck = ReturnLuck(terms, model.network, names)
        self._way = WayBack(terms, model.return_route, model)
        self._invoicing = ReturnInvoicing(terms, model.shelves.book, model.shelves.packer)
        self._label_code = list(model.network.services).index(terms.label_service)
        self._node_codes = {name: code for code, name in enumerate(model.network.nodes)}
        self._due: dict[int, dict[str, DrawnReturn]] = {}
        self._left: list[tuple[int, Shipment]] = []
        self._shipments = 0
        self._units = Counter({KEPT: 0})
        self._underway: dict[ReturnedLine, ReturnBill] = {}
        self._done: list[tuple[ReturnedLine, ReturnBill]] = []
        self._benches = {
            name: InspectionBench(node.node.returns, self._clock, self._inspected)
            for name, node in nodes.items()
            if node.node.returns is not None
        }
        for name, bench in self._benches.items():
            nodes[name].floor.inspection = bench
        history.keep_returns(self._invoiced)

    def open(self, page: OrderPage) -> None:
        """Draw what the orders of a new day will send back."""
        self._due.update(self._luck.of(page))

    def forget(self, order: int) -> None:
        """Note that an order will never reach its customer, who cannot send it back."""
        self._due.pop(order, None)

    def carried(self, name: str, shipments: Sequence[Shipment]) -> None:  # noqa: ARG002  (as all who follow)
        """Keep those of the shipments that leave a node of which something will come back."""
        due = self._due
        for number, shipment in enumerate(shipments, start=self._shipments):
            if shipment.order.number in due:
                self._left.append((number, shipment))
        self._shipments += len(shipments)

    def close_day(self) -> None:
        """Write what is settled, and forget the luck of orders that are."""
        self._write()
        oldest = self._history.pages.oldest
        for number in list(takewhile(lambda number: number < oldest, self._due)):
            del self._due[number]

    def close(self) -> None:
        """Write what is still under way at the end of the run."""
        self._history.flush()
        self._done += self._underway.items()
        self._write()

    def accounts(self, never_collected: int = 0) -> Iterator[Pair]:
        """Yield pairs of accounts of the same units, each with its name; some goods never left their store."""
        restocked = sum(sum(node.ledger.restocked.values()) for node in self._nodes.values()) - never_collected
        benches = sum(bench.units for bench in self._benches.values())
        yield "units on invoices", self._history.accounts.shipped_units, "kept or sent back", self._units.total()
        yield "restocked at nodes", restocked, "sent back and restocked", self._units[RESTOCKED]
        yield "units at inspection", benches, "sent back and at inspection", self._units[INSPECTION]

    def _invoiced(self, found: Columns) -> None:
        """Book the returns of shipments whose deliveries have become known."""
        self._units[KEPT] += int(found["units"].sum())
        first, delivered_at = int(found["shipment"][0]), found["delivered_at"].tolist()
        asked = [
            self._asked_back(shipment, line, due[line.sku], delivered_at[number - first])
            for number, shipment in self._left
            for due in (self._due[shipment.order.number],)
            for line in shipment.plan.lines
            if line.sku in due and not isnan(delivered_at[number - first])
        ]
        self._left = []
        self._underway.update(asked)
        if asked:
            nodes = [self._node_codes[line.node] for line, _ in asked]
            self._history.accounts.book_returns(nodes, self._label_code, [bill for _, bill in asked])

    def _asked_back(
        self, shipment: Shipment, wanted: OrderLine, drawn: DrawnReturn, delivered_at: float
    ) -> tuple[ReturnedLine, ReturnBill]:
        """Return a line that will come back with its bill, and let its customer hand it over in due time."""
        order, origin = shipment.order, shipment.plan.offer.node
        node, method = self._way.node_for(order.destination, wanted.sku, origin, drops_off=drawn.drops_off)
        lost = drawn.grade in SELLABLE and wanted.sku not in self._nodes[node].ledger.opening
        grade = "liquidate" if lost else drawn.grade  # who does not keep a product cannot sell it again
        line = ReturnedLine(
            order.number, order.destination, origin, node, wanted, drawn.reason.name, method, grade,
            delivered_at + drawn.delay_hours,
        )  # fmt: skip
        self._clock.at(line.requested_at, self._send, line)
        return line, self._invoicing.bill(line, drawn.reason)

    def _send(self, line: ReturnedLine) -> None:
        """Let the customer hand a line over."""
        self._move(line, KEPT, ON_THE_WAY)
        arrives_at = self._way.arrives_at(line)
        if arrives_at < inf:
            self._clock.at(arrives_at, self._receive, line)

    def _receive(self, line: ReturnedLine) -> None:
        line.received_at = self._clock.now_hours
        self._move(line, ON_THE_WAY, INSPECTION)
        self._benches[line.node].admit(line)

    def _inspected(self, line: ReturnedLine) -> None:
        line.inspected_at = self._clock.now_hours
        if line.grade == "restock":
            self._restock(line, INSPECTION)
        elif line.grade == "refurbish":
            self._move(line, INSPECTION, REFURBISHING)
            self._clock.after(self._terms.refurbish_hours, self._refurbished, line)
        else:
            self._move(line, INSPECTION, LOST[line.grade])
            self._settle(line)

    def _refurbished(self, line: ReturnedLine) -> None:
        self._restock(line, REFURBISHING)

    def _restock(self, line: ReturnedLine, before: str) -> None:
        """Put a line on the shelf: from now on it can be sold."""
        line.restocked_at = self._clock.now_hours
        self._move(line, before, RESTOCKED)
        self._nodes[line.node].ledger.restock(line.line.sku, line.units)
        self._settle(line)
        self._tell(line.node, line.line.sku, line.units)

    def _settle(self, line: ReturnedLine) -> None:
        self._done.append((line, self._underway.pop(line)))

    def _move(self, line: ReturnedLine, before: str, after: str) -> None:
        self._units[before] -= line.units
        self._units[after] += line.units

    def _write(self) -> None:
        if self._done:
            self._history.rows("returns", columns_of(self._done))
        self._done = []
