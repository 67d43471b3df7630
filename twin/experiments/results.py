"""What the finished replications of a study hold, as tables: KPIs by design and replication, and the worlds met."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from twin.config.study import StudyConfig
from twin.experiments.comparison import Measure
from twin.experiments.failures import Failure, kept
from twin.experiments.manifest import read_manifest
from twin.experiments.replication import Design, finished, folder_of
from twin.experiments.verdicts import Materiality

NETWORK = "network"


def replications_of(folder: Path, designs: Sequence[Design]) -> list[int]:
    """Return the replications that every design has finished, so that all are compared on the same worlds."""
    return [
        number
        for number in range(designs[0].config.study.replications)
        if all(finished(folder, design, number) for design in designs)
    ]


def failures_of(folder: Path, designs: Sequence[Design]) -> list[Failure]:
    """Return what failed of some designs and is not there yet."""
    places = [folder_of(folder, design.name, number)
              for design in designs for number in range(design.config.study.replications)]  # fmt: skip
    return [failure for place in places if (failure := kept(place)) is not None]


def kpis_of(
    folder: Path, designs: Sequence[Design], numbers: Sequence[int], group: str = NETWORK, kpi: str | None = None
) -> pd.DataFrame:
    """Return KPIs of one group by design, replication and member, all of them or one.

    Columns: kpi, member, value, design, replication. Those of the whole network are what `compare_designs` takes.
    """
    return pd.concat(_kpis(folder, designs, numbers, group, kpi), ignore_index=True)


def _kpis(
    folder: Path, designs: Sequence[Design], numbers: Sequence[int], group: str, kpi: str | None
) -> Iterator[pd.DataFrame]:
    for design in designs:
        for number in numbers:
            found = pd.read_parquet(folder_of(folder, design.name, number) / "kpis.parquet")
            wanted = (found["group"] == group) & ((found["kpi"] == kpi) if kpi else True)
            yield found.loc[wanted, ["kpi", "member", "value"]].assign(design=design.name, replication=number)


def worlds_of(folder: Path, designs: Sequence[Design], numbers: Sequence[int]) -> pd.DataFrame:
    """Return what each replication met: the hash of its orders, and of its orders and disruptions together."""
    rows = []
    for design in designs:
        for number in numbers:
            manifest = read_manifest(folder_of(folder, design.name, number)) or {}
            rows.append((design.name, number, manifest["orders_sha256"], manifest["exogenous_sha256"]))
    return pd.DataFrame(rows, columns=["design", "replication", "orders_sha256", "exogenous_sha256"])


def measures_of(study: StudyConfig) -> list[Measure]:
    """Return the measures of the decision as the comparison takes them."""
    return [
        Measure(kpi, one.title, one.unit, one.better, Materiality(one.matters_from, one.relative), one.primary)
        for kpi, one in study.measures.items()
    ]


def primary_of(study: StudyConfig) -> Measure:
    """Return the measure that decides: the primary one, or the first."""
    measures = measures_of(study)
    return next((one for one in measures if one.primary), measures[0])
