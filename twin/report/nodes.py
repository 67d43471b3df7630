"""Section 6: the nodes of the recommended design, one row each."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite, nan

import pandas as pd

from twin.report import palette
from twin.report.kpis import Kpis
from twin.report.markup import Html, tag
from twin.report.spread import half_width
from twin.report.strips import bar, limit_bar, node_symbol
from twin.report.study import Design, Study
from twin.report.words import capitalized, city, in_words

BUSY, TOO_BUSY = 0.85, 0.90
BAR_PX = 76

COLUMNS = {
    "orders_delivered": "orders_per_day",
    "utilization": "utilization",
    "cost_per_order": "cost_per_order_usd",
    "on_time_arrival_rate": "on_time_arrival_rate",
    "transit_hours_p90": "transit_hours_p90",
    "mean_zone": "mean_zone",
    "co2e_kg_per_order": "co2e_kg_per_order",
}
"""KPIs of a node and the columns they become."""


@dataclass(frozen=True, slots=True)
class NodeRow:
    """The figures of one node: mean over replications, and the half-width of the interval of each."""

    name: str
    label: str
    kind: str
    means: dict[str, float]
    half_widths: dict[str, float]


def node_rows(study: Study, design: Design, kpis: Kpis) -> list[NodeRow]:
    """Return the nodes of a design, the one with most orders first."""
    rows = []
    for site in design.open_nodes():
        means, half_widths = {}, {}
        for kpi, column in COLUMNS.items():
            found = kpis.of_node(design.name, site.name, kpi)
            size = 1 / study.measured_days if kpi == "orders_delivered" else 1.0
            means[column] = float(found.mean()) * size if len(found) else nan
            half_widths[column] = half_width(found, 1 - study.alpha) * size
        rows.append(NodeRow(site.name, site.label, site.kind, means, half_widths))
    return sorted(rows, key=lambda row: (-(row.means["orders_per_day"] or 0), row.name))


def busiest(rows: list[NodeRow]) -> NodeRow | None:
    """Return the node with the highest utilization, if any is known."""
    known = [row for row in rows if isfinite(row.means["utilization"])]
    return max(known, key=lambda row: row.means["utilization"], default=None)


def nodes_finding(rows: list[NodeRow]) -> str:
    """Say how full the nodes are."""
    top = busiest(rows)
    if top is None:
        return f"{capitalized(in_words(len(rows)))} nodes share the orders"
    used = f"{top.means['utilization']:.0%}"
    if len(rows) == 1:
        return f"{city(top.label)} is busy {used} of its staffed hours"
    above = sum(row.means["utilization"] > BUSY for row in rows)
    if not above:
        return f"No node is busy more than {BUSY:.0%} of its staffed hours; {city(top.label)} comes closest at {used}"
    verb = "is" if above == 1 else "are"
    count = f"{capitalized(in_words(above))} of {in_words(len(rows))} nodes {verb}"
    return f"{count} busy more than {BUSY:.0%} of the staffed hours: {city(top.label)} most, {used}"


def nodes_table(rows: list[NodeRow], caption: str) -> Html:
    """Return the table: number and bar for volume and utilization, numbers for the rest."""
    most = max((row.means["orders_per_day"] for row in rows), default=1.0) or 1.0
    heads = (
        tag("th", "Node", scope="col"),
        tag("th", "Kind", scope="col"),
        tag("th", "Orders a day", scope="col", colspan=2, class_="pair"),
        tag("th", f"Utilization, tick at {BUSY:.0%}", scope="col", colspan=2, class_="pair"),
        *(
            tag("th", words, scope="col", class_="number")
            for words in ("Cost per order", "On time", "Transit P90, h", "Mean zone", "kg CO₂e per order")
        ),
    )
    body = [_row(row, most) for row in rows]
    table = tag(
        "table",
        tag("caption", tag("span", caption, class_="unseen")),
        tag("thead", tag("tr", *heads)),
        tag("tbody", *body),
        class_="nodes",
    )
    return tag("div", table, class_="scroll", tabindex="0", role="region", aria_label=caption)


def _row(row: NodeRow, most: float) -> Html:
    means = row.means
    used = means["utilization"]
    over = isfinite(used) and used >= TOO_BUSY
    drawn = limit_bar(used, BUSY, BAR_PX, over=over) if isfinite(used) else Html("")
    cells = (
        tag("th", node_symbol(row.kind), row.label, scope="row"),
        tag("td", capitalized(palette.NODE_MARKS[row.kind].word), class_="quiet"),
        tag("td", _number(means["orders_per_day"], "{:,.0f}"), class_="number"),
        tag("td", bar(means["orders_per_day"] / most, BAR_PX), class_="track"),
        tag("td", _number(used, "{:.0%}"), class_="number worse" if over else "number"),
        tag("td", drawn, class_="track"),
        tag("td", _number(means["cost_per_order_usd"], "${:,.2f}"), class_="number"),
        tag("td", _number(100 * means["on_time_arrival_rate"], "{:.1f}%"), class_="number"),
        tag("td", _number(means["transit_hours_p90"], "{:.0f}"), class_="number"),
        tag("td", _number(means["mean_zone"], "{:.1f}"), class_="number"),
        tag("td", _number(means["co2e_kg_per_order"], "{:.2f}"), class_="number"),
    )
    return tag("tr", *cells)


def _number(value: float, form: str) -> str:
    return form.format(value) if isfinite(value) else "n/a"


def nodes_csv(rows: list[NodeRow]) -> pd.DataFrame:
    """Return every number of the table with its half-width."""
    found = []
    for row in rows:
        numbers = {}
        for column, mean in row.means.items():
            numbers[column] = mean
            numbers[f"{column}_half_width"] = row.half_widths[column]
        found.append({"node": row.name, "label": row.label, "kind": row.kind, **numbers})
    return pd.DataFrame(found)
