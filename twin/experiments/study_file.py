"""The study file: what was asked and assumed, for whoever reads the results later."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from twin.analytics.tables import Window
from twin.config import ScenarioConfig
from twin.domain.carbon import CarbonFactors, EmissionFactor
from twin.domain.network import Network
from twin.domain.nodes import FulfillmentNode
from twin.experiments.manifest import read_manifest, versions
from twin.experiments.replication import Design, folder_of
from twin.experiments.titles import design_titles, study_question, study_title

DAYS_PER_YEAR = 365
NOT_MODELED = (
    "Customers do not react: lateness costs a credit, not the next order.",
    "Suppliers never run dry; only their lead times vary.",
    "What goods are worth to customers who walk into a store.",
    "Carrier networks have no capacity limits of their own.",
)
NO_SHELVES = "Book stock is right; goods that are not found are a share of picks, and nobody walks into a store."
OTHER_FACTORS = "One scale of carbon: designs use different factors or hubs, so their emissions are not comparable."
NO_RETURNS = "Returns: nobody sends anything back (returns=none)."


def study_file(folder: Path, designs: Sequence[Design], networks: Sequence[Network], command: str) -> dict[str, Any]:
    """Return the contents of `study.json`."""
    config = designs[0].config
    study = config.study
    titles = design_titles(designs)
    worlds = [_worlds(folder, design) for design in designs]
    common = set.intersection(*(set(world) for world in worlds))
    orders_per_day = _orders_per_day(folder, designs[0])
    return {
        "title": study_title(designs),
        "question": study_question(designs, titles),
        "baseline": designs[0].name,
        "designs": [
            _design(design, title, network) for design, title, network in zip(designs, titles, networks, strict=True)
        ],
        "measures": {kpi: measure.model_dump() for kpi, measure in study.measures.items()},
        "alpha": study.alpha,
        "seed": study.seed,
        "replications": study.replications,
        "warmup_days": study.warmup_days,
        "measured_days": study.measured_days,
        "starts_on": study.starts_on.isoformat(),
        "timezone": study.timezone,
        "orders_per_day": orders_per_day,
        "annual_orders": orders_per_day * DAYS_PER_YEAR,
        "traced": config.demand.kind == "trace",
        "command": command,
        "versions": versions(),
        "exogenous": [worlds[0][number] for number in sorted(common)],
        "same_world": bool(common) and all(world[number] == worlds[0][number] for world in worlds for number in common),
        "places": [
            {"zip3": p.zip3, "latitude": p.latitude, "longitude": p.longitude, "population": p.population}
            for p in networks[0].places.values()
        ],
        "assumptions": _demand(folder, designs[0]) + _assumptions(config, networks[0]),
        "not_modeled": _not_modeled(config, networks),
        "disruptions": _disruptions(designs[0]),
        "state": "complete" if len(common) == study.replications else "partial",
    }


def _not_modeled(config: ScenarioConfig, networks: Sequence[Network]) -> list[str]:
    shelves = any(node.shelf is not None for network in networks for node in network.nodes.values())
    left_out = {NO_SHELVES: not shelves, NO_RETURNS: config.returns.kind == "none"}
    other = [] if all(_same_scale(networks[0].carbon, network.carbon) for network in networks) else [OTHER_FACTORS]
    return [*NOT_MODELED, *other, *(words for words, is_so in left_out.items() if is_so)]


def _same_scale(one: CarbonFactors, other: CarbonFactors) -> bool:
    """Answer whether two designs count the same hubs and roads, and have one value of every factor that both use."""
    known = {factor.key: factor for factor in one.factors}
    alike = all(known.get(factor.key, factor) == factor for factor in other.factors)
    return alike and (one.hubs, one.road_factor) == (other.hubs, other.road_factor)


def _design(design: Design, title: str, network: Network) -> dict[str, Any]:
    return {
        "name": design.name,
        "title": title,
        "description": design.config.network.description,
        "routing": str(design.config.routing.get("kind", "")),
        "nodes": [_node(node) for node in network.nodes.values()],
    }


def _node(node: FulfillmentNode) -> dict[str, Any]:
    return {
        "name": node.name,
        "label": node.label,
        "kind": node.kind,
        "enabled": node.enabled,
        "latitude": node.place.latitude,
        "longitude": node.place.longitude,
    }


def _worlds(folder: Path, design: Design) -> dict[int, str]:
    """Return what every finished replication met."""
    found = {n: read_manifest(folder_of(folder, design.name, n)) for n in range(design.config.study.replications)}
    return {number: manifest["exogenous_sha256"] for number, manifest in found.items() if manifest}


def _disruptions(design: Design) -> list[dict[str, Any]]:
    """Return the disruptions at a stated time, with their expected end; random ones differ from run to run."""
    found = []
    for name, event in design.config.disruptions.events.items():
        if event.starts_day is not None:
            starts_at = event.starts_day * 24
            found.append({"event_id": name, "starts_at": starts_at, "ends_at": starts_at + event.duration.mean,
                          "targets": list(event.targets)})  # fmt: skip
    return found


def _orders_per_day(folder: Path, design: Design) -> float:
    """Return the orders of a day: those the model expects in a mean of the year, or those the trace brought."""
    if design.config.demand.kind == "model":
        return design.config.demand.orders_per_day
    kpis = pd.read_parquet(folder_of(folder, design.name, 0) / "kpis.parquet")
    found = kpis[(kpis["kpi"] == "orders_per_day") & (kpis["group"] == "network")]["value"]
    return float(found.sum())


def _demand(folder: Path, design: Design) -> list[dict[str, str]]:
    """Return what is assumed of customers: as the model has it, or as the trace brought it."""
    demand = design.config.demand
    if demand.kind == "trace":
        return _traced(folder, design)
    levels = "; ".join(f"{name} {level.share:.0%}, {level.promise_days} business days"
                       for name, level in demand.service_levels.items())  # fmt: skip
    return [
        {"what": "Orders a day, mean of the year", "value": f"{demand.orders_per_day:,.0f}", "source": "demand"},
        {"what": "Service levels", "value": levels, "source": "demand.service_levels"},
        {"what": "Lines per order, mean", "value": f"{demand.lines.mean:.2f}", "source": "demand.lines"},
    ]


def _traced(folder: Path, design: Design) -> list[dict[str, str]]:
    """Return what the trace brought in the measured days; what only kept order tables tell is else left out."""
    source = str(design.config.demand.orders)
    volume = f"{_orders_per_day(folder, design):,.0f}"
    found = [{"what": "Orders a day, mean of the measured days", "value": volume, "source": source}]
    path = folder_of(folder, design.name, 0) / "orders.parquet"
    if not path.is_file():
        return found
    study = design.config.study
    window = Window(study.warmup_days, study.measured_days)
    orders = pd.read_parquet(path, columns=["placed_at", "service_level", "lines"])
    orders = orders[orders["placed_at"].between(window.starts_at, window.ends_at, inclusive="left")]
    if orders.empty:
        return found
    shares = orders["service_level"].astype(str).value_counts(normalize=True, sort=False).sort_index()
    levels = "; ".join(f"{name} {share:.0%}" for name, share in shares.items())
    return [
        *found,
        {"what": "Service levels", "value": levels, "source": source},
        {"what": "Lines per order, mean", "value": f"{orders['lines'].mean():.2f}",
         "source": str(design.config.demand.order_lines)},
    ]  # fmt: skip


def _assumptions(config: ScenarioConfig, network: Network) -> list[dict[str, str]]:
    """Return the assumptions of the network that move the answer most, each with where it stands."""
    replenishment = config.replenishment
    return [
        {"what": "Opening stock", "value": _opening(config), "source": "replenishment"},
        {"what": "Safety factor of stock levels", "value": f"{replenishment.safety_factor:g}",
         "source": "replenishment"},
        {"what": "Orders nobody can fill", "value": f"{replenishment.unfilled}, at most "
         f"{replenishment.patience_days:g} days", "source": "replenishment"},
        {"what": "Wage, loaded", "value": f"${config.costs.wage_usd_per_hour:.2f}/h", "source": "costs"},
        {"what": "Cost of capital tied up in stock", "value": f"{config.costs.holding_rate_per_year:.0%} a year",
         "source": "costs"},
        {"what": "Road distance over great circle", "value": f"{config.carbon.road_factor:g}", "source": "carbon"},
        *(_emission_factor(factor) for factor in network.carbon.factors),
    ]  # fmt: skip


def _emission_factor(factor: EmissionFactor) -> dict[str, str]:
    """Return one factor with its source and its quality; what differs from thing to thing has no one value."""
    value = "" if factor.value is None else f"{factor.value:g} "
    source = ", ".join(word for word in (factor.source, factor.version) if word)
    unit = factor.unit.replace("kgco2e_per_", "kg CO2e per ")
    return {"what": f"Emission factor {factor.key}", "value": f"{value}{unit}, well-to-wheel, {factor.quality}",
            "source": source}  # fmt: skip


def _opening(config: ScenarioConfig) -> str:
    if config.network.stock is not None:
        return f"as in {config.network.stock}"
    if config.replenishment.kind == "none":
        return f"{config.replenishment.opening_days_of_cover:g} days of expected demand"
    return "at the order-up-to levels"
