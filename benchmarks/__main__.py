"""Measure the kernel, the textbook model and bare SimPy side by side, and write `results/bench.json`.

Usage: python -m benchmarks [--orders 200000] [--rounds 3]
"""

from __future__ import annotations

import argparse
import json
import platform
import tempfile
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from benchmarks.networks import model
from benchmarks.timing import cpu_seconds, interleaved, middle, peak_memory_mb, timeout_us
from tests.reference.textbook import textbook_run
from twin.simulation.run import simulate

ORDERS_PER_DAY = 10_000
TEXTBOOK_DAYS = 2  # the textbook model is slow and its cost an order does not depend on the length


def measure(nodes: int, orders: int, rounds: int) -> dict[str, Any]:
    """Return the figures of one network; run in a process of its own, so that its memory is its own."""
    built = model(nodes, max(1, orders // ORDERS_PER_DAY))
    short = model(nodes, TEXTBOOK_DAYS)
    events: list[float] = []

    def kernel(number: int) -> float:
        with tempfile.TemporaryDirectory() as folder:
            outcomes: list[Any] = []
            seconds = cpu_seconds(lambda: outcomes.append(simulate(built, Path(folder), 1000 + number, 0)))
        events.append(outcomes[0].events / outcomes[0].orders)
        return seconds / outcomes[0].orders * 1e6

    def textbook(number: int) -> float:
        shipments: list[Any] = []
        seconds = cpu_seconds(lambda: shipments.append(textbook_run(short, 1000 + number, 0)))
        return seconds / (TEXTBOOK_DAYS * ORDERS_PER_DAY) * 1e6

    cold_us = kernel(-1)  # price lists and cartons still empty; the rounds below meet new orders on warm ones
    textbook(-1)
    found = interleaved({"kernel": kernel, "textbook": textbook, "timeout": lambda _: timeout_us()}, rounds)
    kernel_us, textbook_us, bare_us = (middle(found[name]) for name in ("kernel", "textbook", "timeout"))
    return {
        "nodes": nodes,
        "kernel_us_per_order": kernel_us,
        "kernel_orders_per_second": 1e6 / kernel_us,
        "kernel_cold_us_per_order": cold_us,
        "textbook_us_per_order": textbook_us,
        "timeout_us": bare_us,
        "order_in_timeouts": middle([k / t for k, t in zip(found["kernel"], found["timeout"], strict=True)]),
        "textbook_over_kernel": middle([t / k for t, k in zip(found["textbook"], found["kernel"], strict=True)]),
        "events_per_order": middle(events),
        "peak_memory_mb": peak_memory_mb(),
        "rounds": found,
    }


def main() -> None:
    """Measure both networks, print a table and write the figures down."""
    parser = argparse.ArgumentParser(prog="benchmarks")
    parser.add_argument("--orders", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    figures = []
    for nodes in (13, 40):
        with get_context("spawn").Pool(1) as pool:
            figures.append(pool.apply(measure, (nodes, asked.orders, asked.rounds)))
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
    print(f"{figures['nodes']} nodes, 1,000 SKUs, {ORDERS_PER_DAY:,} orders a day")
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
