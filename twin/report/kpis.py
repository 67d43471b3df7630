"""The KPIs of a study, as small tables by design and replication."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from twin.report.history import Runs
from twin.report.study import Study

NETWORK, NODE = "network", "node"


@dataclass(frozen=True, slots=True)
class Kpis:
    """KPIs of the replications that all designs share: of the network, and of its nodes by design."""

    network: dict[str, pd.DataFrame]
    nodes: dict[str, pd.DataFrame]

    def of(self, kpi: str, *designs: str) -> pd.DataFrame | None:
        """Return a KPI of the network, a row per replication and a column per design; None where one lacks it."""
        table = self.network.get(kpi)
        if table is None or not set(designs) <= set(table.columns[table.notna().any()]):
            return None
        return table[list(designs)] if designs else table

    def mean(self, kpi: str, design: str) -> float | None:
        """Return the mean of a KPI of a design over replications, or None where it is not known."""
        table = self.of(kpi, design)
        return None if table is None else float(table[design].mean())

    def of_node(self, design: str, node: str, kpi: str) -> pd.Series[float]:
        """Return the known values of a KPI of a node, by replication."""
        rows = self.nodes[design]
        values = rows.loc[(rows["member"] == node) & (rows["kpi"] == kpi), "value"]
        return values.dropna()


def read_kpis(runs: Runs) -> Kpis:
    """Read the KPIs of the replications that all designs share."""
    parts = []
    for design, found in runs.folders.items():
        for number in runs.common:
            part = pd.read_parquet(found[number] / "kpis.parquet")
            part = part[part["group"].isin((NETWORK, NODE))]
            parts.append(part.assign(design=design, replication=number))
    rows = pd.concat(parts, ignore_index=True)
    rows = rows.astype({"kpi": str, "group": str, "member": str, "value": float})
    network = rows[rows["group"] == NETWORK]
    wide = network.pivot_table(index="replication", columns=["kpi", "design"], values="value", dropna=False)
    nodes = rows[rows["group"] == NODE]
    return Kpis(
        {str(kpi): pd.DataFrame(wide[kpi]).dropna(axis="columns", how="all") for kpi in wide.columns.unique("kpi")},
        {design: nodes[nodes["design"] == design] for design in runs.folders},
    )


def known_measures(study: Study, kpis: Kpis) -> list[str]:
    """Return the KPIs of the decision that every design has."""
    names = [design.name for design in study.designs]
    return [measure.kpi for measure in study.measures if kpis.of(measure.kpi, *names) is not None]
