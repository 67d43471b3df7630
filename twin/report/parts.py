"""What the whole is made of: cost and carbon by component, printed so that the parts add up to the total."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from twin.report.kpis import Kpis

COST = {
    "label_cpo": "Shipping labels",
    "surcharge_cpo": "Surcharges",
    "labor_cpo": "Pick and pack labor",
    "packaging_cpo": "Packaging",
    "inbound_cpo": "Inbound",
    "node_fixed_cpo": "Node fixed cost",
    "storage_cpo": "Storage",
    "holding_cpo": "Stock holding",
    "late_credit_cpo": "Late credits",
    "claims_cpo": "Losses less claims",
    "destroyed_cpo": "Destroyed stock",
    "returns_cpo": "Returns",
}
CARBON = {
    "linehaul_ground_co2e_kg_per_order": "Ground linehaul",
    "linehaul_air_co2e_kg_per_order": "Air",
    "first_mile_co2e_kg_per_order": "First mile",
    "hub_co2e_kg_per_order": "Hubs",
    "last_mile_co2e_kg_per_order": "Last mile",
    "packaging_co2e_kg_per_order": "Packaging",
    "inbound_co2e_kg_per_order": "Inbound",
    "building_co2e_kg_per_order": "Nodes",
    "returns_co2e_kg_per_order": "Returns",
}
REST = "Other"
NEGLIGIBLE = 1e-9


@dataclass(frozen=True, slots=True)
class Parts:
    """The mean of each component by design, and the total they add up to."""

    total_kpi: str
    names: tuple[str, ...]
    means: pd.DataFrame
    totals: Mapping[str, float]

    def changes(self, baseline: str, candidate: str) -> list[float]:
        """Return the change of each component between two designs."""
        return [float(value) for value in self.means[candidate] - self.means[baseline]]

    def of(self, name: str, design: str) -> float:
        """Return the mean of one component."""
        return float(self.means[design][name]) if name in self.means.index else 0.0


def read_parts(kpis: Kpis, total_kpi: str, components: Mapping[str, str]) -> Parts:
    """Return the components of a total; what they leave over is shown as another one."""
    whole = kpis.of(total_kpi)
    total = pd.Series(dtype=float) if whole is None else whole.mean()
    rows = {name: table.mean() for kpi, name in components.items() if (table := kpis.of(kpi)) is not None}
    means = pd.DataFrame(rows).T.reindex(columns=total.index).fillna(0.0)
    rest = total - means.sum()
    if len(means) and (rest.abs() > NEGLIGIBLE + 1e-6 * total.abs()).any():
        means.loc[REST] = rest
    return Parts(
        total_kpi, tuple(str(name) for name in means.index), means, {str(k): float(v) for k, v in total.items()}
    )


def rounded_to_sum(values: Sequence[float], total: float, decimals: int) -> list[float]:
    """Round parts so that they add up to the rounded total: largest remainders first."""
    unit = 10.0**-decimals
    scaled = np.array(values, float) / unit
    floors = np.floor(scaled)
    missing = round(total / unit) - int(floors.sum())
    order = np.argsort(-(scaled - floors), kind="stable")
    for index in range(abs(missing)):
        floors[order[index % len(order)] if missing > 0 else order[-1 - index % len(order)]] += np.sign(missing)
    return [round(float(value) * unit, decimals) for value in floors]
