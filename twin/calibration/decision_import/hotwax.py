"""Reads order traces of HotWax Commerce: for each item of an order, the facilities that a brokering run gave it to."""

from __future__ import annotations

from typing import Any

from twin.calibration.decision_import.orders import KnownOrders
from twin.calibration.decision_import.taken import Shipped, Taken, node_of, units
from twin.calibration.routing_import.names import Names
from twin.calibration.routing_import.reading import Reader

ATTEMPT_FACTS = ("sequenceNum", "durationMs", "runNextRule")
SHIPS = ("FULLY_BROKERED", "PARTIALLY_BROKERED")
WAITS = ("QUEUED", "UNFILLABLE")
FAILED = "ERROR"


def read(trace: Reader, names: Names, orders: KnownOrders) -> Taken | None:
    """Return where one item of an order was sent, None where the run took no decision on it.

    A trace names neither products nor times: it has the item's product, its destination and its instant from the
    tables of the orders; the decision counts as taken when the order was placed, though runs come a while later.
    """
    trace.pass_over("shipGroupSeqId")
    order_id, item = trace.text("orderId"), trace.text("orderItemSeqId")
    why = _why_not(trace, order_id, item, orders)
    if why:
        trace.leave_out_all(why)
        return None
    sku = orders[order_id].skus[item]
    shipped = [_assigned(one, sku, names) for one in trace.children("finalAssignments")]
    outcome: dict[str, Any] = {"final_reason": _reason(trace)}
    rules = [_attempt(attempt) for attempt in trace.children("ruleAttempts")]
    if rules:
        outcome["rules"] = rules
    return Taken(trace.where, order_id, tuple(filter(None, shipped)), part=item, outcome=outcome)


def _why_not(trace: Reader, order_id: str, item: str, orders: KnownOrders) -> str:
    if trace.values.get("finalReason") == FAILED:
        return "the run ended in an error; it decided nothing"
    if order_id not in orders:
        return f"order {order_id!r} is not in the table orders"
    if item not in orders[order_id].skus:
        return f"item {item!r} is no line_id of order {order_id!r} in the table order_lines"
    return ""


def _reason(trace: Reader) -> str:
    """Return how the run ended for the item; a word that is not known is listed, and the assignments count."""
    reason = trace.text("finalReason")
    if reason not in (*SHIPS, *WAITS):
        trace.leave_out("finalReason", f"not a reason the twin knows ({', '.join((*SHIPS, *WAITS, FAILED))})")
    return reason


def _assigned(assignment: Reader, sku: str, names: Names) -> Shipped | None:
    """Return what a facility is to ship; without a facility the units wait."""
    assignment.pass_over("itemQty")
    node, count = node_of(names, assignment, "facilityId"), units(assignment, "routedQty")
    return Shipped(node, sku, count) if node and count else None


def _attempt(attempt: Reader) -> dict[str, str]:
    """Return which rule was tried and how that went."""
    attempt.pass_over(*ATTEMPT_FACTS)
    said = {"rule": attempt.text("routingRuleId"), "outcome": attempt.text("outcome")}
    error = attempt.text("errorMessage")
    if attempt.values.get("suggestedFulfillmentLocations"):
        attempt.leave_out("suggestedFulfillmentLocations", "what a rule proposed on the way is not kept")
    else:
        attempt.texts("suggestedFulfillmentLocations")  # an empty list says nothing
    return said | ({"error": error} if error else {})
