"""Measure what each part of the physics costs an order: the shipped 13 nodes without it, or with it as well.

Usage: python -m benchmarks.parts [--orders 60000] [--rounds 3]
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.networks import OVERRIDES, built, values
from benchmarks.timing import cpu_seconds, interleaved
from twin.hydra_glue import compose
from twin.simulation.run import simulate
from twin.simulation.world import Model

NODES, PER_DAY = 13, 10_000
Values = dict[str, Any]
Change = Callable[[Values], None]


def without(*keys: str) -> Change:
    """Return how to take keys out of all kinds of nodes."""

    def change(values: Values) -> None:
        for node in (*values["node_kinds"].values(), *values["network"]["nodes"].values()):
            for key in keys:
                node.pop(key, None)

    return change


def without_receiving(values: Values) -> None:
    """Put goods on the shelf as they come."""
    without("inbound")(values)
    for kind in values["node_kinds"].values():
        for crew in kind.get("crews", {}).values():
            crew["stages"] = [stage for stage in crew["stages"] if stage != "put_away"]


def without_breaks(values: Values) -> None:
    """Let nobody pause."""
    for kind in values["node_kinds"].values():
        for shift in kind.get("shifts", {}).values():
            shift.pop("breaks", None)


def without_machines(values: Values) -> None:
    """Let no machine fail."""
    for kind in values["node_kinds"].values():
        for stage in kind["stages"].values():
            stage.pop("machines", None)


def with_full_stores(values: Values) -> None:
    """Keep shelves, let customers walk in and collect, and bring orders in windows."""
    full = compose(OVERRIDES, "stores_in_full").values
    values["node_kinds"]["store"] = full["node_kinds"]["store"]
    values["dom"]["rejections"] = full["dom"]["rejections"]
    for key in ("pickup", "local_delivery"):
        values["demand"][key] = full["demand"][key]


def as_shipped(values: Values) -> None:
    """Change nothing."""


RETURNS, CONTRACT = "returns=us_2025", "carriers=us_contract"
OUTAGES, HUBS = "disruptions=random_outages", "carbon=defra_2025_hubs"
WHOLESALERS = "node@node_kinds.distributor=distributor_in_full"
PARTS: Mapping[str, tuple[tuple[str, ...], Change]] = {
    "as shipped": ((), as_shipped),
    "without crews, overtime, absence": ((), without("crews", "overtime", "absence_rate")),
    "without breaks": ((), without_breaks),
    "without receiving": ((), without_receiving),
    "without machines that fail": ((), without_machines),
    "without latencies": ((), without("order_latency_minutes", "stock_latency_minutes")),
    "without replenishment": (("replenishment=none",), as_shipped),
    "with returns": ((RETURNS,), as_shipped),
    "with surcharges by area, parcel and season": ((CONTRACT,), as_shipped),
    "with services sure at 95 %": (("routing.min_on_time_probability=0.95",), as_shipped),
    "with random outages": ((OUTAGES,), as_shipped),
    "with carbon at hubs": ((HUBS,), as_shipped),
    "with runs of order management": (("dom=runs",), as_shipped),
    "with stores in full": ((), with_full_stores),
    "with wholesalers in full": ((WHOLESALERS,), as_shipped),
    "with all of these": ((RETURNS, CONTRACT, OUTAGES, HUBS, WHOLESALERS), with_full_stores),
}


def main() -> None:
    """Measure all parts, interleaved, and print a table."""
    parser = argparse.ArgumentParser(prog="benchmarks.parts")
    parser.add_argument("--orders", type=int, default=60_000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    days = max(1, asked.orders // PER_DAY)
    works = {name: partial(cost_us, model(name, days)) for name in PARTS}
    interleaved(works, 1)  # price lists and cartons still empty
    found = interleaved(works, asked.rounds)
    shipped = found["as shipped"]
    print(f"{NODES} nodes, {PER_DAY:,} orders a day, {days} days; medians of {asked.rounds} rounds")
    for name, costs in found.items():
        shares = [cost / base - 1 for cost, base in zip(costs, shipped, strict=True)]
        spread = f"({min(shares):+.0%} to {max(shares):+.0%})"
        print(f"  {name:44} {median(costs):7.1f} us/order  {median(shares):+6.1%}  {spread}")


def model(part: str, days: int) -> Model:
    """Build the network with one part changed."""
    overrides, change = PARTS[part]
    found, origin = values(NODES, days, PER_DAY, overrides)
    change(found)
    return built(found, origin)


def cost_us(model: Model, number: int) -> float:
    """Return the CPU time of an order in one run, in microseconds."""
    with tempfile.TemporaryDirectory() as folder:
        outcomes: list[Any] = []
        seconds = cpu_seconds(lambda: outcomes.append(simulate(model, Path(folder), 2000 + number, 0)))
    orders: int = outcomes[0].orders
    return seconds / orders * 1e6


if __name__ == "__main__":
    main()
