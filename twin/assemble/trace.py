"""Real orders from the tables `orders` and `order_lines`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from twin.assemble.rows import Findings, Row, between, name, read
from twin.config import ScenarioConfig
from twin.domain.network import Network
from twin.simulation.trace import TracedLine, TracedOrder, TracedOrders
from twin.simulation.world import Horizon, Model

HOURS_PER_DAY = 24.0
MOST_UNITS = 1_000_000

LinesByOrder = dict[str, list[TracedLine]]


def traced_orders(
    config: ScenarioConfig, network: Network, horizon: Horizon, findings: Findings
) -> TracedOrders | None:
    """Read the orders to replay; an order outside the study's days or with an unknown word is a problem."""
    demand = config.demand
    for key, table in (("demand.orders", demand.orders), ("demand.order_lines", demand.order_lines)):
        if table is None:
            findings.add_key(key, "no table", "a table of the trace", f"set {key}=... to a CSV or Parquet file")
    if demand.orders is None or demand.order_lines is None:
        return None
    lines = _lines(config, demand.order_lines, network, findings)
    columns = {"order_id": name, "placed_at": _instant, "dest_postal": name, "channel": name,
               "sla_class": name, "promise_at": _instant_or_none}  # fmt: skip
    rows = read("demand.orders", demand.orders, columns, findings, unique=["order_id"])
    if not rows and findings.is_sound(demand.orders):
        findings.add_table(demand.orders, "no row", "at least one order", "export the orders again")
    known_lines = lines if findings.is_sound(demand.order_lines) else None
    for row in rows:
        for found, expected in _faults(row, known_lines, config, network, horizon):
            findings.add_row(row, found, expected, "mend the row or the study's dates")
    if findings.problems:
        return None
    orders = [_order(row, lines, horizon) for row in rows]
    return TracedOrders.of(sorted(orders, key=lambda order: (order.placed_at, order.order_id)), network)


def orders_with_items(config: ScenarioConfig, model: Model) -> tuple[TracedOrders, list[Mapping[str, str]]]:
    """Return the orders of a trace, and the rows of its lines with the `line_id` that production knows them by."""
    findings = Findings()
    trace = traced_orders(config, model.network, model.horizon, findings)
    columns = {"order_id": name, "line_id": name, "sku": name}
    rows = read("demand.order_lines", str(config.demand.order_lines), columns, findings)
    findings.refuse()
    assert trace is not None, "what is wrong with it is a finding"
    return trace, [row.values for row in rows]


def _lines(config: ScenarioConfig, table: str, network: Network, findings: Findings) -> LinesByOrder:
    found: LinesByOrder = {}
    columns = {"order_id": name, "line_id": name, "sku": name, "qty": between(1, MOST_UNITS)}
    catalogue = config.network.products
    for row in read("demand.order_lines", table, columns, findings, unique=["order_id", "line_id"]):
        if row["sku"] not in network.products and findings.is_sound(catalogue):
            findings.add_row(row, f"sku {row['sku']!r}", f"a SKU of {catalogue}", "add the product or drop the row")
        found.setdefault(row["order_id"], []).append(TracedLine(row["sku"], row["qty"]))
    return found


def _faults(
    row: Row, lines: LinesByOrder | None, config: ScenarioConfig, network: Network, horizon: Horizon
) -> Iterator[tuple[str, str]]:
    """Yield what an order says and what it should say instead; `lines` are none where they have faults."""
    postal, level, placed_at = row["dest_postal"], row["sla_class"], row["placed_at"]
    if network.places and postal[:3] not in network.places:
        yield f"dest_postal {postal!r}", f"a postal code that begins with a ZIP3 of {config.network.places}"
    if level not in config.demand.service_levels:
        yield f"sla_class {level!r}", f"one of {', '.join(config.demand.service_levels)}"
    if lines is not None and row["order_id"] not in lines:
        yield f"order {row['order_id']!r} without lines", f"a row of {config.demand.order_lines}"
    if not 0 <= horizon.timeline.hours_at(placed_at) < horizon.order_days * HOURS_PER_DAY:
        first, last = horizon.timeline.starts_on, horizon.timeline.date(horizon.order_days - 1)
        yield f"placed_at {placed_at.isoformat()}", f"an instant from {first} to {last}, when orders come in"


def _order(row: Row, lines: LinesByOrder, horizon: Horizon) -> TracedOrder:
    promise = row["promise_at"]
    return TracedOrder(
        row["order_id"],
        horizon.timeline.hours_at(row["placed_at"]),
        row["channel"],
        row["dest_postal"][:3],
        row["sla_class"],
        tuple(lines[row["order_id"]]),
        None if promise is None else horizon.timeline.hours_at(promise),
    )


def _instant(value: str) -> datetime:
    """Take an instant with its time zone."""
    expected = "an ISO date and time with its zone, such as 2026-03-02T09:30:00-05:00"
    try:
        parsed = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError(expected) from None
    if parsed.tzinfo is None:
        raise ValueError(expected)
    return parsed


def _instant_or_none(value: str) -> datetime | None:
    """Take an instant, or nothing where no promise was made."""
    return _instant(value) if value else None
