"""Measuring: CPU time, memory, and interleaved rounds, because machines change speed while one watches."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Mapping
from statistics import median

import simpy


def cpu_seconds(work: Callable[[], object]) -> float:
    """Return the CPU seconds of this process that some work takes."""
    before = time.process_time()
    work()
    return time.process_time() - before


def interleaved(works: Mapping[str, Callable[[int], float]], rounds: int) -> dict[str, list[float]]:
    """Call each work once a round with the round's number and collect what it returns."""
    found: dict[str, list[float]] = {name: [] for name in works}
    for number in range(rounds):
        for name, work in works.items():
            found[name].append(work(number))
    return found


def timeout_us(count: int = 1_000_000) -> float:
    """Return the microseconds of one bare SimPy timeout: created, queued, popped, its process resumed."""

    def ticking(environment: simpy.Environment) -> simpy.events.ProcessGenerator:
        for _ in range(count):
            yield environment.timeout(1.0)

    environment = simpy.Environment()
    environment.process(ticking(environment))
    return cpu_seconds(environment.run) / count * 1e6


def peak_memory_mb() -> float:
    """Return the largest memory this process has used, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def middle(values: list[float]) -> float:
    """Return the median."""
    return median(values)
