#!/usr/bin/env python3
"""Write the tables of parameters in `docs/nodes/<kind>.md` from `conf/node/<kind>.yaml`, values and sources alike.

    scripts/make_node_pages.py

What stands before the heading of the table is written by hand and stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).parents[1]
KINDS = ("dc", "3pl", "store", "mfc", "distributor")
HEADING = "## Parameters\n"
TABLE = "| key | unless told | unit | where it comes from |\n|---|---|---|---|\n"
UNITS = {
    "_seconds": "s", "_minutes": "min", "_hours": "h", "_days": "days", "_usd": "USD", "usd_per_hour": "USD an hour",
    "usd_per_day": "USD a day", "usd_per_unit_day": "USD a unit and day", "usd_per_unit": "USD a unit",
    "fee_per_order_usd": "USD an order", "fee_per_line_usd": "USD a line", "fee_per_unit_usd": "USD a unit",
    "kwh_per_day": "kWh a day", "rate_per_year": "share a year", "extra_line_rate": "of the work, each further line",
    "extra_unit_rate": "of the work, each further unit", "_rate": "share", "stations": "places", "doors": "doors",
    "waiting_cap": "shipments", "top_skus": "products", "orders_per_day": "orders", "units_per_trip": "units",
    "minutes_per_unit": "min a unit", "count": "machines", "cv": "of the mean", "pay_rate": "times the wage",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Parameter:
    """One line of a preset: its dotted key, its value as written, and the comment that says where it comes from."""

    key: str
    value: str
    source: str

    @property
    def unit(self) -> str:
        """The unit that the end of the key stands for; the longest end that is known wins."""
        if self.value.startswith("{"):
            return ""
        ends = [end for end in UNITS if self.key.endswith(end)]
        return UNITS[max(ends, key=len)] if ends else ""

    def row(self) -> str:
        """Return the line of the table."""
        value = self.value.removeprefix("${").removesuffix("}") if self.value.startswith("${") else self.value
        return f"| `{self.key}` | `{value}` | {self.unit} | {self.source.replace('|', '/')} |\n"


def parameters(text: str) -> Iterator[Parameter]:
    """Yield every value of a preset in the order of its lines.

    A comment of a whole line belongs to the next value; one above values of a mapping, such as `departures`, to each of
    them that says nothing itself.
    """
    above: list[tuple[int, str, str]] = []  # depth, key and comment of the mappings around a line
    waiting: list[str] = []
    for line in text.splitlines():
        content, _, comment = line.strip().partition("# ") if "# " in line else (line.strip(), "", "")
        if not content.strip():
            waiting.append(comment.strip())
            continue
        depth = len(line) - len(line.lstrip())
        key, _, value = (part.strip() for part in content.partition(":"))
        above = [entry for entry in above if entry[0] < depth]
        said = " ".join([*waiting, comment]).strip()
        waiting = []
        path = ".".join([*(entry[1] for entry in above), key])
        if value:
            yield Parameter(path, value, said or (above[-1][2] if above else ""))
        else:
            above.append((depth, key, said))


def page(kind: str) -> str:
    """Return the page of a kind as it should be."""
    written = (CHECKOUT / "docs" / "nodes" / f"{kind}.md").read_text(encoding="utf-8").partition(HEADING)[0]
    _, _, preset = (CHECKOUT / "conf" / "node" / f"{kind}.yaml").read_text(encoding="utf-8").partition("\npriority:")
    rows = "".join(parameter.row() for parameter in parameters("priority:" + preset))
    return f"{written}{HEADING}\nOf `conf/node/{kind}.yaml`.\n\n{TABLE}{rows}"


def main() -> None:
    """Write the pages."""
    for kind in KINDS:
        (CHECKOUT / "docs" / "nodes" / f"{kind}.md").write_text(page(kind), encoding="utf-8")


if __name__ == "__main__":
    main()
