"""The table of all that responses may do, and who has them done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin.simulation.responding.at_nodes import LongerShifts, Rerouting, Standby
from twin.simulation.responding.of_orders import Splitting
from twin.simulation.responding.responder import Action, Responder

if TYPE_CHECKING:
    from twin.simulation.run import Run


def responder(run: Run) -> Responder:
    """Return who has the responses of a run carried out; orders are promised and sent first, then decided anew."""
    actions: list[Action] = [
        run.reception,
        Splitting(run.allow_shipments),
        Standby(run.nodes, run.view.refresh, run.backorders.reopened),
        LongerShifts(run.nodes),
        Rerouting(run.nodes, run.fulfillment),
    ]
    return Responder(run.model.responses, actions, run.history)
