"""One replication of one design, from its configuration to its finished folder."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from twin.analytics.kpis import kpis_of, measure
from twin.analytics.legs import carbon_factors, carbon_legs
from twin.analytics.tables import Tables, Window
from twin.config import ScenarioConfig
from twin.config.study import StudyConfig
from twin.domain.disruptions import Disruption
from twin.domain.network import Network
from twin.experiments.files import sync
from twin.experiments.manifest import (
    fingerprint,
    inputs,
    machine,
    read_manifest,
    versions,
    write_manifest,
)
from twin.experiments.stories import simulate_and_tell
from twin.policies.routing.roles import RemotePolicy, RoutingPolicy
from twin.simulation.run import HOURS_PER_DAY, Outcome, simulate
from twin.simulation.world import Model

Build = Callable[[ScenarioConfig, str], Model]
PART = ".part"
ORDER_TABLES = ("orders", "shipments", "returns", "pickups", "local_deliveries")


@dataclass(frozen=True)
class Design:
    """One design of a study: its name, its whole configuration, and the command that runs it alone, if there is one."""

    name: str
    config: ScenarioConfig
    command: str = ""


def folder_of(study: Path, design: str, replication: int) -> Path:
    """Return where a replication lies in its study's folder."""
    return study / design / f"rep-{replication:04d}"


def finished(study: Path, design: Design, replication: int) -> bool:
    """Answer whether a replication of exactly this configuration is already there."""
    manifest = read_manifest(folder_of(study, design.name, replication))
    return manifest is not None and manifest["fingerprint"] == fingerprint(design.config, replication)


def replicate(study: Path, design: Design, replication: int, build: Build) -> None:
    """Simulate a replication and put its folder in place in one step.

    It is made in a folder of its own beside its place, so that a process killed at any moment leaves either the
    whole result or none.
    """
    place = folder_of(study, design.name, replication)
    made = place.with_name(f".{place.name}.{os.getpid()}{PART}")
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir(parents=True)
    started_at = datetime.now(UTC)
    files, key = inputs(design.config), fingerprint(design.config, replication)  # as they are before they are read
    model = _model(design, build)
    config = design.config.study
    before = _asked(model.routing)
    outcome = _simulated(model, made, config, replication)
    window = Window(config.warmup_days, config.measured_days)
    for name, measured in _measured(made, window, model.network).items():
        pq.write_table(pa.Table.from_pandas(measured, preserve_index=False), made / f"{name}.parquet")
    if not config.order_tables:
        for table in ORDER_TABLES:
            (made / f"{table}.parquet").unlink(missing_ok=True)
    facts = {
        "design": design.name,
        "replication": replication,
        "seed": config.seed,
        "fingerprint": key,
        "inputs": files,
        "orders_sha256": outcome.orders_sha256,
        "exogenous_sha256": outcome.exogenous_sha256,
        "orders": outcome.orders,
        "events": outcome.events,
        "disruptions": [_told(event) for event in outcome.disruptions],
        "service": _service(model.routing, before),
        "configuration": design.config.model_dump(mode="json", by_alias=True),
        "versions": versions(),
        "machine": machine(),
        "command": design.command,
        "started_at": started_at.isoformat(),
        "ended_at": datetime.now(UTC).isoformat(),
        "seconds": (datetime.now(UTC) - started_at).total_seconds(),
    }
    write_manifest(made, facts)
    shutil.rmtree(place, ignore_errors=True)
    made.rename(place)
    sync(place.parent)


def clear_parts(study: Path, design: str) -> None:
    """Remove what killed processes left half-made; only for whoever holds the design's lock."""
    for made in (study / design).glob(f".rep-*{PART}"):
        shutil.rmtree(made, ignore_errors=True)


def _told(event: Disruption) -> dict[str, Any]:
    """Return what a manifest says of a disruption: its fields, and its effects by name."""
    return asdict(event) | {"effects": [str(effect) for effect in event.effects]}


def _simulated(model: Model, folder: Path, study: StudyConfig, replication: int) -> Outcome:
    """Simulate, and tell a few orders of the first run where the study asks for full explanations."""
    if study.explain == "full" and replication == 0:
        return simulate_and_tell(model, folder, study.seed, replication, study.warmup_days * HOURS_PER_DAY)
    return simulate(model, folder, study.seed, replication)


def _measured(folder: Path, window: Window, network: Network) -> dict[str, pd.DataFrame]:
    """Return the tables that are worked out of what a run left."""
    measured = measure(Tables.read(folder, window), window, network)
    return {
        "kpis": kpis_of(measured, window, network),
        "carbon_legs": carbon_legs(measured, window, network),
        "carbon_factors": carbon_factors(network),
    }


def _asked(policy: RoutingPolicy) -> Mapping[str, int]:
    """Return how often a policy that asks a service has done so in this process, nothing for any other."""
    return policy.counts() if isinstance(policy, RemotePolicy) else {}


def _service(policy: RoutingPolicy, before: Mapping[str, int]) -> dict[str, int | bool]:
    """Return how a service answered during one run, and whether others decided too often in its place."""
    if not isinstance(policy, RemotePolicy):
        return {}
    counts = {name: count - before[name] for name, count in policy.counts().items()}
    return {**counts, "degraded": policy.degraded(counts)}


def _model(design: Design, build: Build) -> Model:
    """Build a design's model, or take the one this process built last: its price lists are warm."""
    key = (design.name, design.config.model_dump_json(), tuple(inputs(design.config).items()))
    if key not in _models:
        _models.clear()
        _models[key] = build(design.config, design.name)
    return _models[key]


_models: dict[tuple[object, ...], Model] = {}
"""The last model of this process; one only, because warm price lists are large."""
