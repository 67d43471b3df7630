"""Measure the kernel, the textbook model and bare SimPy side by side, and write `results/bench.json`.

Usage: python -m benchmarks [--orders 200000] [--rounds 3] [--per-day 10000]
"""

from __future__ import annotations

import argparse
import json
import platform
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from benchmarks.measure import measure


def main() -> None:
    """Measure both networks, print a table and write the figures down."""
    parser = argparse.ArgumentParser(prog="benchmarks")
    parser.add_argument("--orders", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--per-day", type=int, default=10_000)
    asked = parser.parse_args()
    figures = []
    for nodes in (13, 40):
        with get_context("spawn").Pool(1) as pool:
            figures.append(pool.apply(measure, (nodes, asked.orders, asked.rounds, asked.per_day)))
        _show(figures[-1])
    machine = {"python": platform.python_version(), "platform": platform.platform(), "processor": _processor()}
    place = Path("results/bench.json")
    place.parent.mkdir(exist_ok=True)
    place.write_text(json.dumps({"machine": machine, "figures": figures}, indent=1) + "\n", encoding="utf-8")


def _show(figures: dict[str, Any]) -> None:
    lines = (
        ("kernel, new orders, warm book", "kernel_us_per_order", "us/order"),
        ("", "kernel_orders_per_second", "orders/s"),
        ("kernel, everything cold", "kernel_cold_us_per_order", "us/order"),
        ("textbook model", "textbook_us_per_order", "us/order"),
        ("bare SimPy timeout", "timeout_us", "us"),
        ("an order in bare timeouts", "order_in_timeouts", "x"),
        ("textbook over kernel", "textbook_over_kernel", "x"),
        ("events per order", "events_per_order", ""),
        ("peak memory", "peak_memory_mb", "MB"),
    )
    print(f"{figures['nodes']} nodes, 1,000 SKUs, {figures['orders_per_day']:,} orders a day")
    for label, key, unit in lines:
        print(f"  {label:32} {figures[key]:12,.1f} {unit}")


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    names = (
        [line.partition(":")[2].strip() for line in info.read_text().splitlines() if line.startswith("model name")]
        if info.exists()
        else []
    )
    return names[0] if names else platform.processor()


if __name__ == "__main__":
    main()
