"""Whether others decided in place of a routing service in the runs that a report speaks of."""

from __future__ import annotations

from collections.abc import Iterator

from twin.experiments.manifest import read_manifest
from twin.report.history import Runs
from twin.report.words import listed


def degraded_words(runs: Runs) -> str:
    """Say in which designs a routing service was too often not the one that decided; nothing where it always was."""
    found = dict(_degraded(runs))
    if not found:
        return ""
    where = listed([f"{count} of {len(runs.folders[name])} runs of {runs.study.design(name).title}"
                    for name, count in found.items()])  # fmt: skip
    return (
        f"Degraded: in {where}, another than the routing service decided more than one order in a thousand. "
        "These numbers are not the service's alone."
    )


def _degraded(runs: Runs) -> Iterator[tuple[str, int]]:
    for name, folders in runs.folders.items():
        manifests = (read_manifest(folder) or {} for folder in folders.values())
        count = sum(bool((manifest.get("service") or {}).get("degraded")) for manifest in manifests)
        if count:
            yield name, count
