"""The best of many designs: replications by KN until one is left, several lived through ahead for all workers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from math import ceil
from pathlib import Path

import numpy as np

from twin.domain.errors import UsageError
from twin.experiments.failures import ReplicationsFailedError
from twin.experiments.intervals import FEWEST_RUNS, Values
from twin.experiments.kn import Race, kn
from twin.experiments.looks import at_most
from twin.experiments.replication import Build, Design
from twin.experiments.results import kpis_of, primary_of
from twin.experiments.study import LONGEST_NAME, run_replications

FIRST_STAGE = 10
"""Replications of every design before any is dropped, where `study.looks` does not say."""
AHEAD = 0.25
"""Replications lived through ahead of those asked for, as a share of those there are."""
SEED_DIGITS, FRESH = 8, "-fresh"


@dataclass(frozen=True, slots=True)
class Standing:
    """One design at the end: its runs, their mean, and whether it was still in the race."""

    design: str
    runs: int
    mean: float
    is_left: bool


@dataclass(frozen=True, slots=True)
class Selection:
    """What came out: every design, those left, and from which difference on the procedure must be right.

    One design left is selected; several are left where the study's replications did not do, or where they are equal.
    """

    standings: tuple[Standing, ...]
    delta: float
    alpha: float
    smaller_is_better: bool
    is_spent: bool

    @property
    def left(self) -> list[Standing]:
        """The designs nobody has beaten, the best mean first as asked for."""
        return [one for one in self.standings if one.is_left]

    @property
    def winner(self) -> str | None:
        """The design that was selected: the only one left, or the first of equals; None where runs did not do."""
        return None if self.is_spent else self.left[0].design

    def to_confirm(self) -> tuple[str, str] | None:
        """Return the two designs to run again: the baseline and the winner, or the winner and who came next.

        Where nothing was selected there is nothing to confirm.
        """
        if self.winner is None or len(self.left) > 1:
            return None
        baseline = self.standings[0].design
        if self.winner != baseline:
            return baseline, self.winner
        sign = -1 if self.smaller_is_better else 1
        return baseline, max(self.standings[1:], key=lambda one: (one.runs, sign * one.mean)).design

    def runs_of(self, designs: Sequence[str]) -> int:
        """Return how many runs the longest-lived of some designs took."""
        return max(one.runs for one in self.standings if one.design in designs)


def select(folder: Path, designs: Sequence[Design], build: Build, jobs: int, *, new: bool) -> Selection:
    """Live through replications of some designs until one of them is known to be the best, or none may be had.

    Raises `UsageError` where nothing can be selected, and `ReplicationsFailedError` where a replication failed: without
    it the runs make no pairs.
    """
    study = designs[0].config.study
    first = study.looks[0] if study.looks else min(FIRST_STAGE, study.replications)
    _refuse_if_nothing_to_select(designs, first)
    ahead = _Ahead(folder, designs, build, jobs, first)
    values = ahead.first_stage(new=new)
    measure = primary_of(study)
    delta = measure.materiality.resolve(float(values[0].mean()))
    if delta <= 0:
        raise UsageError(
            f"study.measures.{measure.kpi}.matters_from: 0\n  expected: from which difference on a design is better\n"
            "  to mend:  set it above zero"
        )
    race = Race(
        len(designs), first, study.replications, delta, study.alpha, smaller_is_better=measure.direction == "lower"
    )
    left, runs, is_spent = kn(ahead.value, race)
    means = [ahead.mean(place, count) for place, count in enumerate(runs)]
    standings = tuple(
        Standing(design.name, count, mean, place in left)
        for place, (design, count, mean) in enumerate(zip(designs, runs, means, strict=True))
    )
    return Selection(standings, delta, study.alpha, race.smaller_is_better, is_spent)


def _refuse_if_nothing_to_select(designs: Sequence[Design], first: int) -> None:
    if len(designs) < FEWEST_RUNS:
        raise UsageError(f"twin select needs two different designs; found only {designs[0].name!r}")
    if first < FEWEST_RUNS:
        raise UsageError(
            "study.replications: 1\n  expected: 2 or more, better 20, since a selection stops where it may\n"
            "  to mend:  study.replications=40"
        )


class _Ahead:
    """Replications of designs, lived through ahead of the procedure that asks for them."""

    def __init__(self, folder: Path, designs: Sequence[Design], build: Build, jobs: int, first: int) -> None:
        self._folder, self._designs, self._build, self._jobs, self._first = folder, designs, build, jobs, first
        self._measure = primary_of(designs[0].config.study)
        self._values: list[list[float]] = [[] for _ in designs]
        self._wanted = [0] * len(designs)

    def first_stage(self, *, new: bool) -> list[Values]:
        """Live through the first replications of all designs."""
        self._live(range(len(self._designs)), self._first, new=new)
        return [np.array(values) for values in self._values]

    def value(self, design: int, number: int) -> float:
        """Return the value of a design in a replication; live through it and some more where it is not there yet."""
        if number >= len(self._values[design]):
            racing = [place for place, wanted in enumerate(self._wanted) if wanted >= number]
            most = self._designs[0].config.study.replications
            self._live(racing, min(most, number + max(ceil(self._jobs / len(racing)), ceil(AHEAD * number))), new=False)
        self._wanted[design] = max(self._wanted[design], number + 1)
        return self._values[design][number]

    def mean(self, design: int, runs: int) -> float:
        """Return the mean of the first runs of a design."""
        return float(np.mean(self._values[design][:runs]))

    def _live(self, places: Sequence[int], upto: int, *, new: bool) -> None:
        designs = [at_most(self._designs[place], upto) for place in places]
        failures = run_replications(self._folder, designs, self._build, self._jobs, new=new)
        if failures:
            raise ReplicationsFailedError(failures, upto * len(designs), reported=False)
        kpis = kpis_of(self._folder, designs, range(upto), kpi=self._measure.kpi)
        for place, design in zip(places, designs, strict=True):
            values = kpis.loc[kpis["design"] == design.name, "value"]
            if values.isna().any():
                raise UsageError(
                    f"{design.name}: a replication has no {self._measure.kpi}\n  expected: a number in each\n"
                    "  to mend:  measured days in which something is delivered, or another primary measure"
                )
            self._values[place] = values.tolist()


def fresh(folder: Path, designs: Sequence[Design], runs: int) -> list[Design]:
    """Return designs that meet other luck than before, in a study beside the one in `folder`.

    The best of many looks better than it is, because luck helped to choose it (the winner's curse).
    """
    name = f"{folder.name[: LONGEST_NAME - len(FRESH)]}{FRESH}"
    return [_fresh(design, name, runs) for design in designs]


def _fresh(design: Design, name: str, runs: int) -> Design:
    seed = int(sha256(f"fresh after {design.config.study.seed}".encode()).hexdigest()[:SEED_DIGITS], 16)
    study = design.config.study.model_copy(update={"seed": seed, "name": name})
    config = design.config.model_copy(update={"study": study})
    command = design.command and f"{design.command} study.seed={seed} study.name={name}"
    return at_most(replace(design, config=config, command=command), runs)
