"""What was asked: the study file of a study folder, as values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from twin.analytics.tables import Window
from twin.domain.errors import TwinError
from twin.experiments.warmup import Asked


@dataclass(frozen=True, slots=True)
class Site:
    """One node of a design and where it stands."""

    name: str
    label: str
    kind: str
    latitude: float
    longitude: float
    enabled: bool


@dataclass(frozen=True, slots=True)
class Design:
    """One network that was tried."""

    name: str
    title: str
    description: str
    nodes: tuple[Site, ...]
    routing: str

    def open_nodes(self) -> tuple[Site, ...]:
        """Return the nodes that work in this design."""
        return tuple(site for site in self.nodes if site.enabled)


@dataclass(frozen=True, slots=True)
class Measure:
    """One KPI of the decision, which way is better and from which difference on it matters."""

    kpi: str
    title: str
    unit: str
    better: Literal["lower", "higher"]
    matters_from: float
    relative: bool
    primary: bool

    @property
    def sign(self) -> int:
        """Plus one where more is better, minus one where less is."""
        return 1 if self.better == "higher" else -1


@dataclass(frozen=True, slots=True)
class Event:
    """One disruption that happened in every run, in simulated hours."""

    event_id: str
    starts_at: float
    ends_at: float
    targets: tuple[str, ...]

    @property
    def words(self) -> str:
        """The name of the event as it stands in a sentence."""
        return self.event_id.replace("_", " ").replace("-", " ")


@dataclass(frozen=True, slots=True)
class Study:
    """A question, the designs that answer it (baseline first) and how the runs were made."""

    folder: Path
    title: str
    question: str
    baseline: str
    designs: tuple[Design, ...]
    measures: tuple[Measure, ...]
    alpha: float
    seed: int
    replications: int
    warmup_days: int
    measured_days: int
    starts_on: date
    timezone: str
    orders_per_day: float
    annual_orders: float
    traced: bool
    command: str
    versions: Mapping[str, str]
    exogenous: tuple[str, ...]
    same_world: bool | None
    places: pd.DataFrame
    assumptions: tuple[Mapping[str, Any], ...]
    not_modeled: tuple[str, ...]
    disruptions: tuple[Event, ...]
    partial: bool
    looks: tuple[int, ...] = ()
    warmup_asked: tuple[Asked, ...] = ()

    def design(self, name: str) -> Design:
        """Return a design by its name."""
        return next(design for design in self.designs if design.name == name)

    def candidates(self) -> tuple[Design, ...]:
        """Return the designs that are compared with the baseline."""
        return tuple(design for design in self.designs if design.name != self.baseline)

    @property
    def primary(self) -> Measure:
        """The measure that decides."""
        return next((measure for measure in self.measures if measure.primary), self.measures[0])

    def measure(self, kpi: str) -> Measure | None:
        """Return the measure of a KPI, or None where the study does not judge it."""
        return next((measure for measure in self.measures if measure.kpi == kpi), None)

    @property
    def level(self) -> str:
        """How sure the intervals are, as words: 95%."""
        return f"{100 * (1 - self.alpha):g}%"

    @property
    def window(self) -> Window:
        """The days that count."""
        return Window(self.warmup_days, self.measured_days)


def read_study(folder: Path) -> Study:
    """Read the study file of a folder."""
    path = folder / "study.json"
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        message = f"{folder} is not a study: it has no study.json; name the folder of a finished study"
        raise TwinError(message) from None
    designs = tuple(_design(design) for design in found["designs"])
    if found["baseline"] not in {design.name for design in designs}:
        raise TwinError(f"{path}: baseline {found['baseline']!r} is not among its designs")
    return Study(
        folder=folder,
        title=found["title"],
        question=found["question"],
        baseline=found["baseline"],
        designs=_baseline_first(designs, found["baseline"]),
        measures=tuple(_measure(kpi, measure) for kpi, measure in found["measures"].items()),
        alpha=float(found["alpha"]),
        seed=int(found["seed"]),
        replications=int(found["replications"]),
        warmup_days=int(found["warmup_days"]),
        measured_days=int(found["measured_days"]),
        starts_on=date.fromisoformat(found["starts_on"]),
        timezone=found["timezone"],
        orders_per_day=float(found["orders_per_day"]),
        annual_orders=float(found["annual_orders"]),
        traced=bool(found.get("traced")),
        command=found["command"],
        versions=dict(found["versions"]),
        exogenous=tuple(str(name) for name in found["exogenous"]),
        same_world=found.get("same_world"),  # older study files do not say it
        places=_places(found["places"]),
        assumptions=tuple(found["assumptions"]),
        not_modeled=tuple(found["not_modeled"]),
        disruptions=tuple(_event(event) for event in found["disruptions"]),
        partial=found["state"] != "complete",
        looks=tuple(int(number) for number in found.get("looks", ())),  # older study files say neither
        warmup_asked=tuple(Asked(**one) for one in found.get("warmup_asked", ())),
    )


def _baseline_first(designs: tuple[Design, ...], baseline: str) -> tuple[Design, ...]:
    return tuple(sorted(designs, key=lambda design: design.name != baseline))


def _design(found: Mapping[str, Any]) -> Design:
    sites = tuple(
        Site(
            name=node["name"],
            label=node["label"] or node["name"],
            kind=node["kind"],
            latitude=float(node["latitude"]),
            longitude=float(node["longitude"]),
            enabled=bool(node["enabled"]),
        )
        for node in found["nodes"]
    )
    return Design(found["name"], found["title"], found.get("description", ""), sites, str(found["routing"]))


def _measure(kpi: str, found: Mapping[str, Any]) -> Measure:
    return Measure(
        kpi=kpi,
        title=found["title"],
        unit=found["unit"],
        better=found["better"],
        matters_from=float(found["matters_from"]),
        relative=bool(found["relative"]),
        primary=bool(found["primary"]),
    )


def _event(found: Mapping[str, Any]) -> Event:
    return Event(
        event_id=str(found["event_id"]),
        starts_at=float(found["starts_at"]),
        ends_at=float(found["ends_at"]),
        targets=tuple(str(target) for target in found["targets"]),
    )


def _places(found: list[Mapping[str, Any]]) -> pd.DataFrame:
    places = pd.DataFrame(found, columns=["zip3", "latitude", "longitude", "population"])
    return places.astype({"zip3": str, "latitude": float, "longitude": float, "population": float})
