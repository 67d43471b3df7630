"""Stress: every design through every disruption, beside the same world without it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan
from pathlib import Path
from typing import Any

import pandas as pd

from twin.analytics.resilience import Levels, Resilience, daily_on_time, orders_hit, resilience
from twin.config.study import StudyConfig
from twin.domain.errors import UsageError
from twin.experiments.manifest import read_manifest
from twin.experiments.replication import Design, folder_of

ORDERS = ["order", "placed_at", "promised_by", "delivered_at", "status"]
NONE = "none"
HOURS_PER_DAY = 24.0
DID_NOT_HAPPEN = Resilience(nan, nan, nan, nan)


@dataclass(frozen=True, slots=True)
class Trial:
    """One design with one disruption, and the same design without any."""

    design: str
    disruption: str
    undisturbed: Design
    disturbed: Design


def trial_name(design: str, disruption: str) -> str:
    """Return the name of a design under a disruption, as its folder has it."""
    return f"{design}--{disruption}"


def refuse_if_no_stress(designs: Sequence[Design]) -> None:
    """Refuse designs whose orders would not be kept, and those that bring disruptions of their own."""
    for design in designs:
        if not design.config.study.order_tables:
            raise UsageError(
                "study.order_tables: false\n  expected: true, because service is counted order by order\n"
                "  to mend:  study.order_tables=true"
            )
        events = ", ".join(design.config.disruptions.events)
        if events:
            raise UsageError(
                f"{design.name} has disruptions of its own: {events}\n"
                "  expected: a quiet world, which each disruption is held against\n"
                "  to mend:  disruptions=none, and --events for what shall happen"
            )


def runs_ahead(calm: Sequence[Design], trials: Sequence[Trial]) -> str:
    """Say how many runs a stress test has: each design undisturbed and with each disruption, times replications."""
    runs = sum(one.config.study.replications for one in (*calm, *(trial.disturbed for trial in trials)))
    each = calm[0].config.study.replications
    return (
        f"{runs:,} runs, less those already finished: designs {len(calm)}, "
        f"each undisturbed and with {len(trials) // len(calm)} disruptions; replications {each}"
    )


def stress_results(study: Path, trials: Sequence[Trial], levels: Levels) -> pd.DataFrame:
    """Return what every disruption did to every design, by replication.

    Columns: design, disruption, replication, `starts_at` (of its first event in the measured days; no number where none
    fell there, and then nothing else has one), the fields of `Resilience`, `orders_hit` and `event_cost_usd`.
    """
    rows = [
        _row(study, trial, number, levels)
        for trial in trials
        for number in range(trial.undisturbed.config.study.replications)
    ]
    return pd.DataFrame(rows)


def _row(study: Path, trial: Trial, number: int, levels: Levels) -> dict[str, Any]:
    calm, storm = (folder_of(study, one.name, number) for one in (trial.undisturbed, trial.disturbed))
    config = trial.undisturbed.config.study
    starts_at = _first_start(storm, config)
    row = {"design": trial.design, "disruption": trial.disruption, "replication": number, "starts_at": starts_at}
    if starts_at != starts_at:  # noqa: PLR0124  (no number)
        return row | _fields(DID_NOT_HAPPEN) | {"orders_hit": nan, "event_cost_usd": nan}
    before, after = (pd.read_parquet(folder / "orders.parquet", columns=ORDERS) for folder in (calm, storm))
    days = config.warmup_days + config.measured_days + config.cooldown_days + config.runout_days
    found = resilience(daily_on_time(before, days), daily_on_time(after, days), starts_at, levels)
    cost_usd = _total_cost_usd(storm) - _total_cost_usd(calm)
    return row | _fields(found) | {"orders_hit": orders_hit(before, after), "event_cost_usd": cost_usd}


def _fields(found: Resilience) -> dict[str, float]:
    return {name: getattr(found, name) for name in Resilience.__slots__}


def _first_start(folder: Path, config: StudyConfig) -> float:
    """Return when the first event of the measured days began."""
    manifest = read_manifest(folder)
    assert manifest is not None, "the replication is finished"
    begins, ends = config.warmup_days * HOURS_PER_DAY, (config.warmup_days + config.measured_days) * HOURS_PER_DAY
    return min([one["starts_at"] for one in manifest["disruptions"] if begins <= one["starts_at"] < ends], default=nan)


def _total_cost_usd(folder: Path) -> float:
    kpis = pd.read_parquet(folder / "kpis.parquet")
    (cost,) = kpis.loc[(kpis["group"] == "network") & (kpis["kpi"] == "total_cost_usd"), "value"]
    return float(cost)
