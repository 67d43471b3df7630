"""The table of all consequences of disruptions, in the order in which they are carried out at an instant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin.simulation.disrupting.capacity import Capacity
from twin.simulation.disrupting.carriers import LessRoom
from twin.simulation.disrupting.destruction import Destruction
from twin.simulation.disrupting.disruptor import Consequence
from twin.simulation.disrupting.information import StockFeeds
from twin.simulation.disrupting.orders_back import OrdersBack
from twin.simulation.disrupting.recalls import Recalls
from twin.simulation.responding.table import responder

if TYPE_CHECKING:
    from twin.simulation.run import Run


def consequences(run: Run) -> list[Consequence]:
    """Return what disruptions do in a run."""
    nodes, history = run.nodes, run.history
    found: list[Consequence] = [
        LessRoom(run.disruptions, run.docks, run.clock),
        Capacity(run.disruptions, nodes, run.clock, run.view.refresh, run.backorders.reopened),
    ]
    sees_own = run.model.order_management.sees_own_reservations
    found += [StockFeeds(nodes, run.view.refresh, run.backorders.arrived, sees_own=sees_own), run.intake]
    if run.custody is not None:
        orders = OrdersBack(run.fulfillment, run.desk)
        found += [
            Destruction(nodes, run.custody, orders, run.stock, history),
            Recalls(nodes, run.custody, orders, history, run.stock.gain, run.backorders.arrived),
        ]
    if run.model.responses:
        found.append(responder(run))
    return found
