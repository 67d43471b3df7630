"""Measure how often the comparison is wrong: coverage of its intervals, and winners among designs that are equal.

Usage: python -m benchmarks.honesty [--runs 300] [--studies 2000]

A small network is simulated many times, and its replications are the population: studies draw theirs from it, with
replacement, so that the true difference is known. Equal designs draw independently; with the luck in common, as studies
have it, their differences would be zero and nobody could win at all.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Callable
from functools import partial
from math import sqrt
from pathlib import Path

import numpy as np

from twin.assemble import build
from twin.config import parse
from twin.experiments.intervals import Values, paired_difference
from twin.experiments.kn import Race, kn
from twin.experiments.looks import ENOUGH, PRICE_OF_LOOKS
from twin.experiments.multiplicity import bonferroni_level, mcb
from twin.experiments.replication import Design
from twin.experiments.results import kpis_of
from twin.experiments.study import run_replications
from twin.experiments.verdicts import Verdict, judge
from twin.hydra_glue import compose

ALPHA, MATTERS_FROM = 0.05, 0.005
DESIGNS, FIRST, MOST = 5, 10, 40
LOOKS = (10, 20, 40)
WINNERS = (Verdict.BETTER, Verdict.BETTER_MAYBE_TOO_SMALL)
SMALL = ["demand.orders_per_day=60", "study.warmup_days=1", "study.measured_days=2", "study.cooldown_days=0",
         "study.runout_days=8"]  # fmt: skip

Draw = Callable[[int], Values]
"""Returns the values of so many fresh replications."""


def populations(runs: int, jobs: int) -> tuple[Values, Values]:
    """Return the cost per order of the tutorial's two nodes, and of one of them, in the same replications."""
    with tempfile.TemporaryDirectory() as folder:
        words = [*SMALL, f"study.replications={runs}", f"study.folder={folder}"]
        designs = [_design("both", words), _design("one", [*words, "network.nodes.reno.enabled=false"])]
        run_replications(Path(folder), designs, build, jobs, new=False)
        kpis = kpis_of(Path(folder), designs, range(runs), kpi="cost_per_order")
    both, one = (kpis.loc[kpis["design"] == design.name, "value"].to_numpy() for design in designs)
    return both, one


def _design(name: str, words: list[str]) -> Design:
    composition = compose(words, "tutorial", design=name)
    return Design(name, parse(composition.values, composition.origin))


def coverage(both: Values, one: Values, runs: int, studies: int, random: np.random.Generator) -> float:
    """Return how often the paired interval of so many runs holds the difference of the whole population."""
    true = float((one - both).mean())
    hits = 0
    for _ in range(studies):
        drawn = random.integers(0, len(both), runs)
        interval = paired_difference(both[drawn], one[drawn], 1 - ALPHA).interval
        hits += interval.low <= true <= interval.high
    return hits / studies


def coverage_with_looks(both: Values, one: Values, studies: int, random: np.random.Generator) -> tuple[float, float]:
    """Return how often the interval holds where a study stops at a look for precision, and its mean number of runs."""
    true, spread = float((one - both).mean()), float((one - both).std())
    delta = 1.96 * spread / sqrt(LOOKS[1]) / ENOUGH  # so that about half the studies stop at the second look
    hits, runs = 0, 0
    for _ in range(studies):
        drawn = random.integers(0, len(both), MOST)
        for look in LOOKS:
            interval = paired_difference(both[drawn[:look]], one[drawn[:look]], 1 - PRICE_OF_LOOKS * ALPHA).interval
            if interval.half_width <= ENOUGH * delta:
                break
        hits += interval.low <= true <= interval.high
        runs += look
    return hits / studies, runs / studies


def has_false_winner(draw: Draw) -> bool:
    """Answer whether a comparison of equal designs at its last look calls any of them better than the first."""
    values = [draw(MOST) for _ in range(DESIGNS)]
    level = bonferroni_level(PRICE_OF_LOOKS * ALPHA, DESIGNS - 1)
    for look in LOOKS:
        delta = MATTERS_FROM * float(values[0][:look].mean())
        found = [paired_difference(values[0][:look], other[:look], level).interval for other in values[1:]]
        if max(one.half_width for one in found) <= ENOUGH * delta:
            break
    return any(judge(one, "lower", delta) in WINNERS for one in found)


def drops_the_best(draw: Draw) -> bool:
    """Answer whether multiple comparisons with the best drop a design that is as good as the others: the first."""
    values = np.column_stack([draw(FIRST) for _ in range(DESIGNS)])
    return not mcb(values, ALPHA)[0].could_be_best


def announces_a_false_winner(draw: Draw) -> bool:
    """Answer whether a selection among equal designs announces one: selected by KN, and better with fresh seeds."""
    values = [draw(MOST) for _ in range(DESIGNS)]
    delta = MATTERS_FROM * float(values[0][:FIRST].mean())
    race = Race(DESIGNS, FIRST, MOST, delta, ALPHA, smaller_is_better=True)
    left, runs, is_spent = kn(lambda design, number: float(values[design][number]), race)
    if is_spent or left == [0]:
        return False
    again = max(runs[0], runs[left[0]])
    interval = paired_difference(draw(again), draw(again), 1 - ALPHA).interval
    return judge(interval, "lower", delta) in WINNERS


def rate(happens: Callable[[], bool], studies: int) -> float:
    """Return how often something happens."""
    return sum(happens() for _ in range(studies)) / studies


def main() -> None:
    """Print the rates."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=300)
    parser.add_argument("--studies", type=int, default=2000)
    asked = parser.parse_args()
    both, one = populations(asked.runs, os.cpu_count() or 1)
    random = np.random.default_rng(1)

    def draw(runs: int) -> Values:
        return np.asarray(random.choice(both, runs))

    for runs in (5, FIRST, 20, MOST):
        print(
            f"coverage of a nominal 95 % interval, {runs} runs: {coverage(both, one, runs, asked.studies, random):.1%}"
        )
    covered, mean_runs = coverage_with_looks(both, one, asked.studies, random)
    print(f"coverage with looks at {LOOKS}: {covered:.1%}, {mean_runs:.1f} runs in the mean")
    for words, happens in (
        (f"a false winner among {DESIGNS} equal designs, looks at {LOOKS}", has_false_winner),
        ("multiple comparisons with the best drop an equal design", drops_the_best),
        ("a selection announces a false winner", announces_a_false_winner),
    ):
        print(f"{words}: {rate(partial(happens, draw), asked.studies):.1%}")


if __name__ == "__main__":
    main()
