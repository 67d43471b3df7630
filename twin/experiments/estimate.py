"""What a study will take, before it starts: minutes, memory and disk, as far as its size tells."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from twin.domain.errors import MachineError, UsageError
from twin.experiments.workers import Task

# Rounded from `python -m benchmarks` and from finished studies on two cores: a replication of a shipped network takes
# 30 to 60 us an order, with every part of the model on up to 260; the KPIs hold all measured orders at once.
EVENTS_PER_ORDER = 2.5
US_PER_ORDER = 70.0
START_SECONDS = 3.0
MB_OF_A_WORKER, BYTES_IN_MEMORY = 500.0, 260.0  # an order
BYTES_ON_DISK = 150.0  # an order with its shipments; a tenth of that without order tables
WITHOUT_TABLES = 0.1
SECONDS_PER_HOUR, BYTES_PER_MB = 3600.0, 1e6
SPARE = 2.0  # times the disk that is needed must be free


@dataclass(frozen=True, slots=True)
class Estimate:
    """What some replications will take, together and (`memory_mb`) in each of `workers` processes."""

    replications: int
    orders: float
    seconds: float
    memory_mb: float
    disk_mb: float
    workers: int

    @property
    def events(self) -> float:
        """How much will happen."""
        return self.orders * EVENTS_PER_ORDER


def estimate(tasks: Sequence[Task], jobs: int) -> Estimate:
    """Return what tasks will take with so many worker processes."""
    orders = [_orders(task) for task in tasks]
    bytes_each = [BYTES_ON_DISK * (1.0 if task.design.config.study.order_tables else WITHOUT_TABLES) for task in tasks]
    workers = max(1, min(jobs, len(tasks)))
    return Estimate(
        replications=len(tasks),
        orders=sum(orders),
        seconds=START_SECONDS + sum(orders) * US_PER_ORDER / 1e6 / workers,
        memory_mb=MB_OF_A_WORKER + max(orders, default=0.0) * BYTES_IN_MEMORY / BYTES_PER_MB,
        disk_mb=sum(count * each for count, each in zip(orders, bytes_each, strict=True)) / BYTES_PER_MB,
        workers=workers,
    )


def refuse_the_absurd(folder: Path, tasks: Sequence[Task], found: Estimate, *, here: bool = True) -> None:
    """Raise where a study would take longer, more memory or more disk than anybody can mean or the machine has.

    Workers that are not `here` have their memory elsewhere.
    """
    if not tasks:
        return
    limits = tasks[0].design.config.study.limits
    hours = found.seconds / SECONDS_PER_HOUR
    if limits.hours is not None and hours > limits.hours:
        raise UsageError(
            f"this study would take about {hours:,.0f} hours ({found.replications:,} replications, {found.orders:,.0f} "
            f"orders)\n  expected: at most study.limits.hours={limits.hours:g}\n"
            f"  to mend:  fewer replications, days or designs, or study.limits.hours={hours * SPARE:.0f}"
        )
    if limits.memory_mb is not None and found.memory_mb > limits.memory_mb:
        raise UsageError(
            f"a replication would need about {found.memory_mb:,.0f} MB\n"
            f"  expected: at most study.limits.memory_mb={limits.memory_mb:g}\n"
            f"  to mend:  fewer days or orders, or study.limits.memory_mb={found.memory_mb * SPARE:.0f}"
        )
    has_mb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / BYTES_PER_MB
    if here and found.memory_mb * found.workers > has_mb:
        raise UsageError(
            f"{found.workers} workers would need about {found.memory_mb * found.workers:,.0f} MB\n"
            f"  expected: at most the {has_mb:,.0f} MB of this machine\n"
            f"  to mend:  --jobs {max(1, int(has_mb / found.memory_mb))}"
        )
    free_mb = shutil.disk_usage(folder).free / BYTES_PER_MB
    if found.disk_mb * SPARE > free_mb:
        raise MachineError(
            f"{folder}: the results would take about {found.disk_mb:,.0f} MB, and {free_mb:,.0f} MB are free\n"
            "  expected: twice as much room as is needed\n"
            "  to mend:  make room, set study.folder=..., or study.order_tables=false"
        )


def _orders(task: Task) -> float:
    """Return the orders of a replication, 0 for a trace: nobody has counted its orders yet."""
    study, demand = task.design.config.study, task.design.config.demand
    if demand.kind == "trace":
        return 0.0
    return demand.orders_per_day * (study.warmup_days + study.measured_days + study.cooldown_days)
