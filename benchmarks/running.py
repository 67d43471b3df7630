"""Measure the runner: replications an hour on one and two cores, what a point of a sweep costs, how soon one goes on.

Usage: python -m benchmarks.running [--replications 16] [--points 6]
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

from twin.assemble import build
from twin.cli.app import app
from twin.config import parse
from twin.experiments.manifest import read_manifest
from twin.experiments.replication import Design
from twin.experiments.study import run_replications
from twin.hydra_glue import compose

SECONDS_PER_HOUR = 3600.0
TINY = ["demand.orders_per_day=60", "study.warmup_days=1", "study.measured_days=2", "study.cooldown_days=0",
        "study.runout_days=8", "study.replications=1"]  # fmt: skip
LAUNCHERS = {"our own workers": [], "joblib": ["hydra/launcher=joblib"], "basic": ["hydra/launcher=basic"]}


def design(words: Sequence[str], name: str = "design") -> Design:
    """Return a design as the command line would make it."""
    composition = compose(list(words), design=name)
    return Design(name, parse(composition.values, composition.origin))


def replications_an_hour(jobs: int, replications: int) -> tuple[float, float]:
    """Return how many replications of a shipped network are done in an hour, and how long going on takes after them."""
    with tempfile.TemporaryDirectory() as folder:
        words = ["scenario=regional_3dc", "study=demo", f"study.replications={replications}", f"study.folder={folder}"]
        asked = design(words)
        started = time.perf_counter()
        run_replications(Path(folder), [asked], build, jobs, new=False)
        seconds = time.perf_counter() - started
        started = time.perf_counter()
        run_replications(Path(folder), [asked], build, jobs, new=False)
        return replications / seconds * SECONDS_PER_HOUR, time.perf_counter() - started


def seconds_a_point(launcher: Sequence[str], points: int) -> float:
    """Return what a further point of a sweep costs besides its own replication, on one core."""
    return (_besides(launcher, 2 * points) - _besides(launcher, points)) / points


def _besides(launcher: Sequence[str], points: int) -> float:
    """Return the seconds that a sweep takes besides its replications."""
    with tempfile.TemporaryDirectory() as folder:
        places = [f"study.folder={folder}", f"routing.late_usd=range(1,{points + 1})", "-j", "1"]
        started = time.perf_counter()
        with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
            app(["sweep", "scenario=tutorial", *TINY, *places, *launcher], standalone_mode=False)
        seconds = time.perf_counter() - started
        manifests = [read_manifest(path.parent) for path in Path(folder).glob("*/*/rep-*/manifest.json")]
        lived: float = sum(one["seconds"] for one in manifests if one is not None)
        return seconds - lived


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replications", type=int, default=16)
    parser.add_argument("--points", type=int, default=6)
    asked = parser.parse_args()
    one, resumed = replications_an_hour(1, asked.replications)
    two, _ = replications_an_hour(2, asked.replications)
    print(f"replications an hour (regional_3dc, study=demo), {os.cpu_count()} cores here")
    print(f"  1 worker {one:,.0f}, 2 workers {two:,.0f}: {two / one:.2f} times as many")
    print(f"time to go on with {asked.replications} finished replications: {resumed:.2f} s")
    print("a further point of a sweep costs, besides its replication:")
    for name, launcher in LAUNCHERS.items():
        print(f"  {name}: {seconds_a_point(launcher, asked.points):.2f} s")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
