"""The study file: what was asked and assumed, for whoever reads the results later."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from twin.domain.network import Network
from twin.domain.nodes import FulfillmentNode
from twin.experiments.manifest import read_manifest, versions
from twin.experiments.replication import Design, folder_of

DAYS_PER_YEAR = 365
NOT_MODELED = (
    "Customers do not react: lateness costs a credit, not the next order.",
    "Suppliers never run dry; only their lead times vary.",
    "Book stock is right; goods that are not found are a share of picks.",
    "Walk-in customers of stores, returns, transfers between nodes and overtime.",
    "Carrier networks have no capacity limits of their own.",
)


def study_file(folder: Path, designs: Sequence[Design], networks: Sequence[Network], command: str) -> dict[str, Any]:
    """Return the contents of `study.json`."""
    config = designs[0].config
    study = config.study
    titles = _titles(designs)
    return {
        "title": study.title if len(designs) == 1 else "Fulfillment network study",
        "question": _question(designs, titles),
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
        "orders_per_day": config.demand.orders_per_day,
        "annual_orders": config.demand.orders_per_day * DAYS_PER_YEAR,
        "command": command,
        "versions": versions(),
        "exogenous": _worlds(folder, designs[0]),
        "places": [
            {"zip3": p.zip3, "latitude": p.latitude, "longitude": p.longitude, "population": p.population}
            for p in networks[0].places.values()
        ],
        "assumptions": _assumptions(designs[0], networks[0]),
        "not_modeled": list(NOT_MODELED),
        "disruptions": _disruptions(designs[0]),
        "state": "complete",
    }


def _titles(designs: Sequence[Design]) -> list[str]:
    """Return a title for each design: its network's, with its own name where two share a network."""
    titles = [design.config.network.title for design in designs]
    return [
        title if titles.count(title) == 1 else f"{title} ({design.name})"
        for design, title in zip(designs, titles, strict=True)
    ]


def _question(designs: Sequence[Design], titles: Sequence[str]) -> str:
    questions = {design.config.study.question for design in designs}
    return questions.pop() if len(questions) == 1 else f"{', or '.join(titles)}?"


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


def _worlds(folder: Path, design: Design) -> list[str]:
    found = [read_manifest(folder_of(folder, design.name, n)) for n in range(design.config.study.replications)]
    return [manifest["exogenous_sha256"] for manifest in found if manifest]


def _disruptions(design: Design) -> list[dict[str, Any]]:
    """Return the disruptions at a stated time, with their expected end; random ones differ from run to run."""
    found = []
    for name, event in design.config.disruptions.events.items():
        if event.starts_day is not None:
            starts_at = event.starts_day * 24
            found.append({"event_id": name, "starts_at": starts_at, "ends_at": starts_at + event.duration.mean,
                          "targets": list(event.targets)})  # fmt: skip
    return found


def _assumptions(design: Design, network: Network) -> list[dict[str, str]]:
    """Return the assumptions that move the answer most, each with where it stands."""
    config = design.config
    replenishment, demand = config.replenishment, config.demand
    levels = "; ".join(f"{name} {level.share:.0%}, {level.promise_days} business days"
                       for name, level in demand.service_levels.items())  # fmt: skip
    return [
        {"what": "Orders a day, mean of the year", "value": f"{demand.orders_per_day:,.0f}", "source": "demand"},
        {"what": "Service levels", "value": levels, "source": "demand.service_levels"},
        {"what": "Lines per order, mean", "value": f"{demand.lines.mean:.2f}", "source": "demand.lines"},
        {"what": "Opening stock", "value": f"{replenishment.opening_days_of_cover:g} days of expected demand",
         "source": "replenishment"},
        {"what": "Safety factor of stock levels", "value": f"{replenishment.safety_factor:g}",
         "source": "replenishment"},
        {"what": "Orders nobody can fill", "value": f"{replenishment.unfilled}, at most "
         f"{replenishment.patience_days:g} days", "source": "replenishment"},
        {"what": "Wage, loaded", "value": f"${config.costs.wage_usd_per_hour:.2f}/h", "source": "costs"},
        {"what": "Cost of capital tied up in stock", "value": f"{config.costs.holding_rate_per_year:.0%} a year",
         "source": "costs"},
        {"what": "Emission factors", "value": f"well-to-wheel, {network.carbon.version}", "source": "carbon"},
        {"what": "Road distance over great circle", "value": f"{config.carbon.road_factor:g}", "source": "carbon"},
    ]  # fmt: skip
