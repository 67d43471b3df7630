"""The measurement itself, in a module of its own so that a fresh process can import it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from benchmarks.networks import model
from benchmarks.timing import cpu_seconds, interleaved, middle, peak_memory_mb, timeout_us
from tests.reference.textbook_site import textbook_run
from twin.simulation.run import simulate

TEXTBOOK_DAYS = 2  # the textbook model is slow and its cost an order does not depend on the length


def measure(nodes: int, orders: int, rounds: int, per_day: int) -> dict[str, Any]:
    """Return the figures of one network; run in a process of its own, so that its memory is its own."""
    built = model(nodes, max(1, orders // per_day), per_day)
    short = model(nodes, TEXTBOOK_DAYS, per_day)
    events: list[float] = []
    bare: list[float] = []

    def kernel(number: int) -> float:
        before = timeout_us()
        with tempfile.TemporaryDirectory() as folder:
            outcomes: list[Any] = []
            seconds = cpu_seconds(lambda: outcomes.append(simulate(built, Path(folder), 1000 + number, 0)))
        bare.append((before + timeout_us()) / 2)  # the machine's speed just before and just after
        events.append(outcomes[0].events / outcomes[0].orders)
        microseconds: float = seconds / outcomes[0].orders * 1e6
        return microseconds

    def textbook(number: int) -> float:
        shipments: list[Any] = []
        seconds = cpu_seconds(lambda: shipments.append(textbook_run(short, 1000 + number, 0)))
        return seconds / (TEXTBOOK_DAYS * per_day) * 1e6

    cold_us = kernel(-1)  # price lists and cartons still empty; the rounds below meet new orders on warm ones
    textbook(-1)
    found = interleaved({"kernel": kernel, "textbook": textbook}, rounds)
    found["timeout"] = bare[1:]
    kernel_us, textbook_us, bare_us = (middle(found[name]) for name in ("kernel", "textbook", "timeout"))
    return {
        "nodes": nodes,
        "orders_per_day": per_day,
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
