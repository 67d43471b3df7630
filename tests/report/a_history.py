"""The tables and KPIs of a made-up study, written as a real one leaves them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tests.report.a_study import SITES, Made, Size, backlog, demand, designs, places, shipped
from twin.experiments.comparison import Measure, Terms, compare_designs
from twin.experiments.verdicts import Materiality

MEASURES: dict[str, dict[str, Any]] = {
    "cost_per_order": {"title": "Cost per order", "unit": "USD", "better": "lower", "matters_from": 0.005},
    "click_to_deliver_hours_p50": {
        "title": "Median time from order to delivery",
        "unit": "h",
        "better": "lower",
        "matters_from": 2.0,
    },
    "on_time_delivery_rate": {
        "title": "Delivered on time",
        "unit": "share",
        "better": "higher",
        "matters_from": 0.0025,
    },
    "co2e_kg_per_order": {
        "title": "Carbon per order",
        "unit": "kg CO2e",
        "better": "lower",
        "matters_from": 0.01,
    },
    "inventory_turns": {
        "title": "Inventory turns",
        "unit": "per year",
        "better": "higher",
        "matters_from": 0.1,
    },
    "split_rate": {
        "title": "Orders from more than one node",
        "unit": "share",
        "better": "lower",
        "matters_from": 0.005,
    },
}
RELATIVE = ("cost_per_order", "co2e_kg_per_order")
STORM = {"event_id": "northeast_storm", "starts_at": 72.0, "ends_at": 102.0, "targets": ["newark", "columbus"]}


def write_study(folder: Path, size: Size = Size(), **changes: Any) -> Path:  # noqa: B008  (a frozen value)
    """Write a study folder with all its tables; `changes` replace entries of the study file."""
    found = designs()
    for name, made in found.items():
        for replication in range(size.replications):
            _write_replication(folder / name / f"rep-{replication:04d}", size, made, replication)
    content = _study_file(size, found) | changes
    (folder / "study.json").write_text(json.dumps(content), encoding="utf-8")
    _comparison(folder, content).to_parquet(folder / "comparison.parquet")
    return folder


def _comparison(folder: Path, content: dict[str, Any]) -> pd.DataFrame:
    """Compare the designs as a study does at its end."""
    parts = []
    for design in content["designs"]:
        for replication in range(content["replications"]):
            part = pd.read_parquet(folder / design["name"] / f"rep-{replication:04d}" / "kpis.parquet")
            parts.append(part.assign(design=design["name"], replication=replication))
    kpis = pd.concat(parts, ignore_index=True)
    measures = [
        Measure(kpi, m["title"], m["unit"], m["better"], Materiality(m["matters_from"], m["relative"]), m["primary"])
        for kpi, m in content["measures"].items()
    ]
    return compare_designs(kpis[kpis["group"] == "network"], content["baseline"], measures, Terms(content["alpha"]))


def _write_replication(folder: Path, size: Size, made: Made, replication: int) -> None:
    folder.mkdir(parents=True)
    orders = demand(size, replication)
    shipments = shipped(orders, made)
    split = orders["split_luck"].to_numpy() < made.split_rate
    table = pd.DataFrame(
        {
            "order": orders["order"],
            "placed_at": orders["placed_at"],
            "promised_by": orders["promised_by"],
            "destination": orders["destination"].astype("category"),
            "status": pd.Categorical(np.where(shipments["delivered_at"].isna(), "open", "delivered")),
            "delivered_at": shipments["delivered_at"],
            "nodes": np.where(split, 2, 1).astype("int32"),
        }
    )
    table.to_parquet(folder / "orders.parquet")
    shipments.drop(columns=["ground_kg", "air_kg"]).to_parquet(folder / "shipments.parquet")
    backlog(size, made, replication).to_parquet(folder / "nodes.parquet")
    _kpis(size, made, table, shipments).to_parquet(folder / "kpis.parquet")
    (folder / "manifest.json").write_text("{}", encoding="utf-8")


def _kpis(size: Size, made: Made, orders: pd.DataFrame, shipments: pd.DataFrame) -> pd.DataFrame:
    counted = (orders["placed_at"] >= 24 * size.warmup_days).to_numpy()
    orders, shipments = orders[counted], shipments[counted]
    own = np.random.default_rng([size.seed, len(orders), int(1000 * made.fixed_usd)])
    shared = np.random.default_rng([size.seed, len(orders)])
    noise = 1 + 0.02 * shared.standard_normal(8) + 0.005 * own.standard_normal(8)
    late = ~(orders["delivered_at"] <= orders["promised_by"])
    cost = {
        "label_cpo": shipments["label_usd"].mean(),
        "surcharge_cpo": shipments["surcharge_usd"].mean(),
        "labor_cpo": made.handling_usd * noise[0],
        "packaging_cpo": 0.59 + 0.5 * made.split_rate,
        "inbound_cpo": made.inbound_usd * noise[1],
        "node_fixed_cpo": made.fixed_usd,
        "storage_cpo": 0.04 * made.fixed_usd,
        "holding_cpo": 4.0 / made.turns,
        "late_credit_cpo": 3.0 * late.mean(),
        "claims_cpo": 0.0,
    }
    carbon = {
        "linehaul_ground_co2e_kg_per_order": shipments["ground_kg"].mean(),
        "linehaul_air_co2e_kg_per_order": shipments["air_kg"].mean(),
        "last_mile_co2e_kg_per_order": 0.2,
        "packaging_co2e_kg_per_order": 0.1 + 0.15 * made.split_rate,
        "inbound_co2e_kg_per_order": 0.05 * made.inbound_usd,
        "building_co2e_kg_per_order": 0.02 * made.fixed_usd,
    }
    hours = (orders["delivered_at"] - orders["placed_at"]).dropna()
    network = (
        cost
        | carbon
        | {
            "cost_per_order": sum(cost.values()),
            "co2e_kg_per_order": sum(carbon.values()),
            "click_to_deliver_hours_p50": hours.median(),
            "on_time_delivery_rate": 1 - late.mean(),
            "inventory_turns": made.turns * noise[2],
            "split_rate": (orders["nodes"] > 1).mean(),
            "mean_zone": shipments["zone"].mean(),
            "miles_per_package": shipments["distance_km"].mean() / 1.609,
        }
    )
    rows = [(kpi, "", "network", "network", value) for kpi, value in network.items()]
    rows += _node_rows(size, made, orders, shipments)
    return pd.DataFrame(rows, columns=["kpi", "unit", "group", "member", "value"])


def _node_rows(
    size: Size, made: Made, orders: pd.DataFrame, shipments: pd.DataFrame
) -> list[tuple[str, str, str, str, float]]:
    rows = []
    total = len(shipments)
    for number, name in enumerate(made.nodes):
        mine = (shipments["node"] == name).to_numpy()
        late = ~(orders["delivered_at"] <= orders["promised_by"])[mine]
        values = {
            "orders_delivered": mine.sum(),
            "utilization": min(0.93, 0.7 + 0.05 * (number % 4) + 0.3 * mine.sum() / total),
            "cost_per_order": 1.2 * shipments["label_usd"][mine].mean() + made.handling_usd + 1.5,
            "on_time_arrival_rate": 1 - late.mean(),
            "mean_zone": shipments["zone"][mine].mean(),
            "transit_hours_p90": 24.0 * np.quantile(shipments["zone"][mine], 0.9) if mine.any() else np.nan,
            "co2e_kg_per_order": (shipments["ground_kg"] + shipments["air_kg"])[mine].mean() + 0.4,
        }
        rows += [(kpi, "", "node", name, float(value)) for kpi, value in values.items()]
    return rows


def _study_file(size: Size, found: dict[str, Made]) -> dict[str, Any]:
    measures = {
        kpi: {**measure, "relative": kpi in RELATIVE, "primary": kpi == "cost_per_order"}
        for kpi, measure in MEASURES.items()
    }
    return {
        "title": "Fulfillment network study",
        "question": "One Columbus DC, or closer to the customer?",
        "baseline": "central_dc",
        "designs": [
            {
                "name": name,
                "title": made.title,
                "description": "",
                "routing": "min_cost",
                "nodes": [
                    {
                        "name": node,
                        "label": SITES[node][0],
                        "kind": kind,
                        "latitude": SITES[node][1],
                        "longitude": SITES[node][2],
                        "enabled": True,
                    }
                    for node, kind in made.nodes.items()
                ],
            }
            for name, made in found.items()
        ],
        "measures": measures,
        "alpha": 0.05,
        "seed": size.seed,
        "replications": size.replications,
        "warmup_days": size.warmup_days,
        "measured_days": size.measured_days,
        "starts_on": "2026-01-05",
        "timezone": "America/New_York",
        "orders_per_day": size.orders_per_day,
        "annual_orders": 3_650_000,
        "command": "twin compare central_dc,regional_3dc,omnichannel,distribution_network seed=20261122",
        "versions": {"twin": "0.1.0", "python": "3.11", "numpy": "2.4.6"},
        "traced": False,
        "exogenous": ["9f2c" * 16],
        "same_world": True,
        "places": places().to_dict("records"),
        "assumptions": [
            {
                "what": "Rates",
                "value": "USPS Ground Advantage retail, 2025-10-05, times 0.63",
                "source": "USPS Notice 123",
            },
            {"what": "Transit", "value": "1 to 5 business days by zone, right tail", "source": "carriers' maps"},
            {"what": "Fuel surcharge", "value": "20.5% on 60% of label", "source": "published tables"},
            {"what": "Handling", "value": "DC $2.05, distributor $2.95, store $4.35", "source": "surveys"},
        ],
        "not_modeled": ["Carrier capacity limits in peak", "Price negotiation with distributors", "Duties and taxes"],
        "disruptions": [STORM],
        "state": "complete",
    }
