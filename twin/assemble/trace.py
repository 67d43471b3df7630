"""Real orders from the tables `orders` and `order_lines`."""

from __future__ import annotations

from datetime import datetime

from twin.assemble.rows import Findings, Row, name, positive, read, text
from twin.config import ScenarioConfig
from twin.domain.network import Network
from twin.simulation.trace import TracedLine, TracedOrder, TracedOrders
from twin.simulation.world import Horizon

HOURS_PER_DAY = 24.0


def traced_orders(
    config: ScenarioConfig, network: Network, horizon: Horizon, findings: Findings
) -> TracedOrders | None:
    """Read the orders to replay; an order outside the study's days or with an unknown word is a problem."""
    demand = config.demand
    if demand.orders is None or demand.order_lines is None:
        findings.add("demand.orders, demand.order_lines", "no table", "both tables of the trace",
                     "set demand.orders=orders.parquet demand.order_lines=order_lines.parquet")  # fmt: skip
        return None
    lines = _lines(demand.order_lines, network, findings)
    columns = {"order_id": name, "placed_at": _instant, "dest_postal": name, "channel": name, "sla_class": name,
               "promise_at": text}  # fmt: skip
    orders = []
    for row in read(demand.orders, columns, findings, key=["order_id"]):
        order = _order(row, lines, network, horizon, findings)
        if order is not None:
            orders.append(order)
    orders.sort(key=lambda order: (order.placed_at, order.order_id))
    return TracedOrders.of(orders, network)


def _lines(table: str, network: Network, findings: Findings) -> dict[str, list[TracedLine]]:
    found: dict[str, list[TracedLine]] = {}
    for row in read(table, {"order_id": name, "line_id": name, "sku": name, "qty": positive}, findings,
                    key=["order_id", "line_id"]):  # fmt: skip
        if row["sku"] not in network.products:
            findings.add(row.where, f"sku {row['sku']!r}", "a SKU of the catalogue", "add the product or drop the row")
        elif row["qty"] != int(row["qty"]):
            findings.add(row.where, f"qty {row['qty']}", "a whole number of units", "mend the row")
        else:
            found.setdefault(row["order_id"], []).append(TracedLine(row["sku"], int(row["qty"])))
    return found


def _order(
    row: Row, lines: dict[str, list[TracedLine]], network: Network, horizon: Horizon, findings: Findings
) -> TracedOrder | None:
    destination = row["dest_postal"][:3]
    placed_at = horizon.timeline.hours_at(row["placed_at"])
    faults = []
    if destination not in network.places:
        faults.append((f"dest_postal {row['dest_postal']!r}", "a postal code whose first three digits are a known ZIP3"))
    if row["sla_class"] not in network.service_levels:
        faults.append((f"sla_class {row['sla_class']!r}", f"one of {', '.join(network.service_levels)}"))
    if row["order_id"] not in lines:
        faults.append((f"order {row['order_id']!r} without lines", "at least one row of order_lines"))
    if not 0 <= placed_at < horizon.order_days * HOURS_PER_DAY:
        faults.append((f"placed_at {row['placed_at'].isoformat()}", "an instant within the study's order days"))
    for found, expected in faults:
        findings.add(row.where, found, expected, "mend the row or the study's dates")
    if faults:
        return None
    promised = _instant(row["promise_at"]) if row["promise_at"] else None
    return TracedOrder(row["order_id"], placed_at, row["channel"], destination, row["sla_class"],
                       tuple(lines[row["order_id"]]), None if promised is None else horizon.timeline.hours_at(promised))  # fmt: skip


def _instant(value: str) -> datetime:
    try:
        parsed = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError("an ISO date and time, such as 2026-03-02T09:30:00-05:00") from None
    if parsed.tzinfo is None:
        raise ValueError("an ISO date and time with its zone, such as 2026-03-02T09:30:00-05:00")
    return parsed
