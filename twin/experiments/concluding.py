"""What is written at the end of a study: what was asked, the comparison, and who could be the best."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import pandas as pd

from twin.domain.errors import UsageError
from twin.domain.network import Network
from twin.experiments.comparison import Measure, Terms, compare_designs, refuse_if_worlds_differ
from twin.experiments.files import explained, write_text
from twin.experiments.intervals import FEWEST_RUNS
from twin.experiments.looks import PRICE_OF_LOOKS
from twin.experiments.multiplicity import mcb
from twin.experiments.replication import Design
from twin.experiments.results import kpis_of, measures_of, primary_of, replications_of, worlds_of
from twin.experiments.saturation import saturated_designs
from twin.experiments.study_file import study_file
from twin.experiments.warmup import warmup_asked

FEWEST_FOR_BEST = 3
"""With two designs the comparison itself says which is better."""
DAYS = ("warmup_days", "measured_days", "cooldown_days", "runout_days")


def conclude(
    folder: Path, designs: Sequence[Design], networks: Sequence[Network], command: str, looks: Sequence[int] = ()
) -> None:
    """Write down what was asked of a study, and compare its designs on the replications that all of them have.

    `looks` are the numbers of replications after which the study looked whether it may stop, if it did. Raises
    `UsageError` where there is no replication that all designs have.
    """
    numbers = replications_of(folder, designs)
    if not numbers:
        raise UsageError(
            f"{folder}: no replication is finished in every design\n  expected: one at least\n"
            "  to mend:  the same command without --allow-partial makes what is missing"
        )
    with explained(folder):
        found = study_file(folder, designs, networks, command) | {
            "looks": [*looks],
            "warmup_asked": [asdict(one) for one in warmup_asked(folder, designs, numbers)],
        }
        write_text(folder / "study.json", json.dumps(found, indent=1) + "\n")
        if len(designs) > 1:
            _compare(folder, designs, numbers, PRICE_OF_LOOKS if looks else 1.0)


def _compare(folder: Path, designs: Sequence[Design], numbers: Sequence[int], price_of_looks: float) -> None:
    """Write the comparison: in pairs where all designs met the same customers, by Welch where they should not have.

    Designs that ask for the same world must have met it: anything else is a mistake and refused.
    """
    study = designs[0].config.study
    worlds = worlds_of(folder, designs, numbers)
    for alike in _by_world(designs).values():
        refuse_if_worlds_differ(worlds[worlds["design"].isin(alike)])
    paired = len(worlds[["replication", "orders_sha256"]].drop_duplicates()) == worlds["replication"].nunique()
    kpis = kpis_of(folder, designs, numbers)
    terms = Terms(study.alpha, paired, saturated_designs(folder, designs, numbers), price_of_looks)
    table = compare_designs(kpis, designs[0].name, measures_of(study), terms)
    _put(table, folder / "comparison.parquet")
    best = _could_be_best(kpis, designs, primary_of(study)) if paired else None
    if best is None:
        (folder / "best.parquet").unlink(missing_ok=True)
    else:
        _put(best, folder / "best.parquet")


def _could_be_best(kpis: pd.DataFrame, designs: Sequence[Design], measure: Measure) -> pd.DataFrame | None:
    """Compare every design with the best of the others on the measure that decides, where all runs have it."""
    rows = kpis[kpis["kpi"] == measure.kpi]
    values = rows.pivot(index="replication", columns="design", values="value")[[one.name for one in designs]]  # noqa: PD010  (pivot_table would average)
    if len(designs) < FEWEST_FOR_BEST or len(values) < FEWEST_RUNS or values.isna().any(axis=None):
        return None
    found = mcb(values, designs[0].config.study.alpha, smaller_is_better=measure.direction == "lower")
    return pd.DataFrame(found).assign(design=values.columns, kpi=measure.kpi)


def _put(table: pd.DataFrame, path: Path) -> None:
    """Write a table in one step."""
    made = path.with_name(f".{path.name}.part")
    table.to_parquet(made, index=False)
    made.replace(path)


def _by_world(designs: Sequence[Design]) -> dict[str, list[str]]:
    """Group designs by the world they ask for: demand, disruptions, seed and days."""
    found: dict[str, list[str]] = {}
    for design in designs:
        config = design.config
        days = config.study.model_dump_json(include={"seed", "starts_on", "timezone", *DAYS})
        asked = config.demand.model_dump_json() + config.disruptions.model_dump_json() + days
        found.setdefault(asked, []).append(design.name)
    return found
