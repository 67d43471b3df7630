"""What happened in the runs of a study, read with DuckDB from its Parquet tables into small tables."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow.parquet as pq

from twin.analytics.tables import Window
from twin.domain.errors import TwinError
from twin.experiments.manifest import bad_files
from twin.report.study import Study

MAX_ROWS = 2_000_000
"""Orders read for maps and delivery times; more are left out by whole replications, and the page says so."""

FEWEST_REPLICATIONS = 5
"""Replications read however large they are: fewer give no useful interval for one ZIP3."""


@dataclass(frozen=True, slots=True)
class Runs:
    """The finished replications of every design, and those whose order tables are read."""

    study: Study
    folders: dict[str, dict[int, Path]]
    sampled: tuple[int, ...]

    @property
    def common(self) -> tuple[int, ...]:
        """Replications that every design has finished."""
        return tuple(sorted(set.intersection(*(set(found) for found in self.folders.values()))))

    def has(self, table: str) -> bool:
        """Answer whether a table was kept in every run."""
        paths = [folder / f"{table}.parquet" for found in self.folders.values() for folder in found.values()]
        return bool(paths) and all(path.exists() for path in paths)

    def files(self, design: str, table: str, replications: Sequence[int] | None = None) -> list[str]:
        """Return the paths of one table of one design, by replication."""
        found = self.folders[design]
        chosen = self.sampled if replications is None else replications
        return [str(found[number] / f"{table}.parquet") for number in chosen]


def find_runs(study: Study) -> Runs:
    """Find the finished replications of a study; what has no manifest is not a result."""
    folders: dict[str, dict[int, Path]] = {}
    for design in study.designs:
        manifests = sorted((study.folder / design.name).glob("rep-*/manifest.json"))
        numbered = {_replication(path.parent): path.parent for path in manifests}
        folders[design.name] = {number: path for number, path in numbered.items() if number < study.replications}
    found = Runs(study, folders, ())
    if not found.common:
        raise TwinError(f"{study.folder}: no replication is finished in every design; resume the study first")
    _refuse_bad_files(found)
    return Runs(study, folders, _sampled(found))


def _refuse_bad_files(runs: Runs) -> None:
    """Refuse results that are not what was written, before anybody reads a number from them."""
    for found in runs.folders.values():
        for number in runs.common:
            for name in bad_files(found[number]):
                raise TwinError(
                    f"{found[number] / name} is not what was written\n"
                    "  expected: the file with the checksum of its manifest\n"
                    f"  to mend:  run the study again, which makes it anew: {runs.study.command}"
                )


def _replication(folder: Path) -> int:
    found = re.fullmatch(r"rep-(\d+)", folder.name)
    if found is None:
        raise TwinError(f"{folder} should be named rep- and a number")
    return int(found[1])


def _sampled(runs: Runs) -> tuple[int, ...]:
    """Choose evenly spaced replications that hold at most about MAX_ROWS orders over all designs."""
    common = runs.common
    paths = [found[common[0]] / "orders.parquet" for found in runs.folders.values()]
    rows = sum(pq.read_metadata(path).num_rows for path in paths if path.exists())
    count = min(len(common), max(FEWEST_REPLICATIONS, MAX_ROWS // max(1, rows)))
    return tuple(common[index * len(common) // count] for index in range(count))


def query(sql: str, parameters: dict[str, object]) -> pd.DataFrame:
    """Run one statement over Parquet files; nothing is installed or fetched for it."""
    with duckdb.connect() as connection:
        connection.execute("SET autoinstall_known_extensions = false; SET autoload_known_extensions = false")
        return connection.execute(sql, parameters).df()


_FLOWS = """
SELECT shipment.node AS node, placed.destination AS destination,
       count(*) AS shipments, avg(shipment.distance_km) AS distance_km
FROM read_parquet($shipments, filename = true) AS shipment
JOIN read_parquet($orders, filename = true) AS placed
  ON shipment."order" = placed."order"
 AND parse_dirpath(shipment.filename) = parse_dirpath(placed.filename)
WHERE placed.placed_at >= $starts AND placed.placed_at < $ends
GROUP BY ALL ORDER BY ALL
"""

_MEDIANS = """
SELECT destination, regexp_extract(filename, 'rep-(\\d+)', 1)::INTEGER AS replication,
       median(delivered_at - placed_at) AS p50_hours, count(*) AS orders
FROM read_parquet($orders, filename = true)
WHERE placed_at >= $starts AND placed_at < $ends AND status <> 'open' AND NOT isnan(delivered_at)
GROUP BY ALL ORDER BY ALL
"""

_CLICK_TO_DELIVER = """
SELECT regexp_extract(filename, 'rep-(\\d+)', 1)::INTEGER AS replication,
       CASE WHEN status = 'open' OR isnan(delivered_at) THEN NULL
            ELSE ceil(delivered_at - placed_at)::INTEGER END AS hours,
       count(*) AS orders
FROM read_parquet($orders, filename = true)
WHERE placed_at >= $starts AND placed_at < $ends
GROUP BY ALL ORDER BY ALL
"""

_AGAINST_PROMISE = """
SELECT ceil(delivered_at - promised_by)::INTEGER - 1 AS hours, count(*) AS orders
FROM read_parquet($orders)
WHERE placed_at >= $starts AND placed_at < $ends AND status <> 'open' AND NOT isnan(delivered_at)
GROUP BY ALL ORDER BY ALL
"""

_BACKLOG = """
WITH staffed AS (
    SELECT node, stage, max(stations) AS stations FROM read_parquet($nodes) GROUP BY ALL
)
SELECT regexp_extract(filename, 'rep-(\\d+)', 1)::INTEGER AS replication, waiting.at AS at,
       waiting.node AS node, sum(waiting.waiting_hours / greatest(staffed.stations, 1)) AS hours
FROM read_parquet($nodes, filename = true) AS waiting
JOIN staffed ON waiting.node = staffed.node AND waiting.stage = staffed.stage
WHERE waiting.at > $starts AND waiting.at <= $ends
GROUP BY ALL ORDER BY ALL
"""


def _per_design(runs: Runs, sql: str, tables: Sequence[str], window: Window) -> pd.DataFrame:
    parts = []
    for design in runs.folders:
        files: dict[str, object] = {table: runs.files(design, table) for table in tables}
        found = query(sql, {**files, "starts": window.starts_at, "ends": window.ends_at})
        parts.append(found.assign(design=design))
    return pd.concat(parts, ignore_index=True)


def read_flows(runs: Runs) -> pd.DataFrame:
    """Return shipments from every node to every ZIP3: per day and run, with their mean distance."""
    flows = _per_design(runs, _FLOWS, ("shipments", "orders"), runs.study.window)
    flows["per_day"] = flows["shipments"] / (runs.study.measured_days * len(runs.sampled))
    return flows


def read_zip3_medians(runs: Runs) -> pd.DataFrame:
    """Return the median click-to-deliver hours of every ZIP3, replication and design."""
    return _per_design(runs, _MEDIANS, ("orders",), runs.study.window)


def read_click_to_deliver(runs: Runs) -> pd.DataFrame:
    """Count measured orders by whole hours from click to delivery; never delivered ones have no hours."""
    return _per_design(runs, _CLICK_TO_DELIVER, ("orders",), runs.study.window)


def read_against_promise(runs: Runs) -> pd.DataFrame:
    """Count delivered orders by whole hours from their promise; what came in time is below zero."""
    return _per_design(runs, _AGAINST_PROMISE, ("orders",), runs.study.window)


def read_backlog(runs: Runs, design: str) -> pd.DataFrame:
    """Return the hours of work waiting at each node of a design, by hour and replication, at full staffing."""
    window = runs.study.window
    files: dict[str, object] = {"nodes": runs.files(design, "nodes", runs.common)}
    return query(_BACKLOG, {**files, "starts": window.starts_at, "ends": window.ends_at})
