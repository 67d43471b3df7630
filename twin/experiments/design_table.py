"""A whole study as one table: a row for each design, with the settings that tell designs apart and its KPIs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from math import nan
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from twin.domain.errors import UsageError
from twin.experiments.intervals import mean_interval
from twin.experiments.manifest import NAME, read_manifest
from twin.experiments.titles import settings

_KPIS = """
SELECT split_part(filename, '/', -3) AS design, kpi, value
FROM read_parquet($files, filename = true)
WHERE "group" = 'network' AND list_contains($kpis, kpi)
ORDER BY filename
"""


def design_table(study: Path, kpis: Sequence[str] = (), level: float = 0.95) -> pd.DataFrame:
    """Return a row for each design of a study that has finished replications.

    Columns are `design`, the settings in which designs differ by their dotted keys, `replications`, and for each KPI
    its mean and `<kpi>_half_width`, of the interval of each design alone; differences between designs are in
    `comparison.parquet`, which knows that they met the same customers. Without `kpis` those of the decision are taken.
    Raises `UsageError` where nothing is there, or a KPI is not.
    """
    manifests = _manifests(study)
    wanted = list(kpis) or _measures(study)
    files = [path.as_posix() for place in manifests for path in sorted(study.glob(f"{place}/rep-*/kpis.parquet"))]
    with duckdb.connect() as connection:
        connection.execute("SET autoinstall_known_extensions = false; SET autoload_known_extensions = false")
        found = connection.execute(_KPIS, {"files": files, "kpis": wanted}).df()
    unknown = [kpi for kpi in wanted if kpi not in set(found["kpi"])]
    if unknown:
        raise UsageError(f"{study}: no KPI {', '.join(unknown)}\n  expected: some of docs/kpis.md that the study has")
    return pd.DataFrame(
        [
            {"design": name, **told, **_row(found[found["design"] == name], wanted, level)}
            for name, told in _differing(manifests).items()
        ]
    )


def _manifests(study: Path) -> dict[str, dict[str, Any]]:
    """Return the manifest of one finished replication of every design, in order of name."""
    found = {path.parents[1].name: path.parent for path in sorted(study.glob(f"*/rep-*/{NAME}"), reverse=True)}
    if not found:
        raise UsageError(f"{study}: no finished replication\n  expected: a folder such as results/tutorial")
    return {name: read_manifest(found[name]) or {} for name in sorted(found)}


def _measures(study: Path) -> list[str]:
    path = study / "study.json"
    if not path.is_file():
        raise UsageError(f"{study}: not finished, so nobody knows its measures\n  to mend:  name some with --kpis")
    return list(json.loads(path.read_text("utf-8"))["measures"])


def _differing(manifests: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, object]]:
    """Return of every design the settings that are not the same in all of them."""
    flat = {name: settings(manifest["configuration"]) for name, manifest in manifests.items()}
    keys: Iterable[str] = dict.fromkeys(key for one in flat.values() for key in one)
    differing = [key for key in keys if len({repr(one.get(key)) for one in flat.values()}) > 1]
    return {name: {key: one.get(key) for key in differing} for name, one in flat.items()}


def _row(found: pd.DataFrame, kpis: Sequence[str], level: float) -> dict[str, object]:
    """Return how many replications a design has, and the mean of each KPI with its half-width."""
    row: dict[str, object] = {"replications": int(found["kpi"].value_counts().max())}
    for kpi in kpis:
        values = found.loc[found["kpi"] == kpi, "value"].dropna()
        row[kpi] = float(values.mean())
        row[f"{kpi}_half_width"] = mean_interval(values, level).half_width if len(values) > 1 else nan
    return row
