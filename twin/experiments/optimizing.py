"""A search over settings by Optuna: each trial lives through some replications, and all of them are kept.

What Optuna knows stands in a journal in the study's folder, and replications beside it, so a search that was stopped
goes on where it was.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from twin.domain.errors import UsageError
from twin.domain.extras import needs
from twin.experiments.replication import Build, Design
from twin.experiments.results import kpis_of, primary_of
from twin.experiments.study import refuse_if_too_many_failed, run_replications

if TYPE_CHECKING:
    from optuna import Study
    from optuna import Trial as OptunaTrial
    from optuna.trial import FrozenTrial

    from twin.hydra_glue.searching import Searched

JOURNAL = "optuna.journal"
RANGES = "ranges"
"""Under which name the journal remembers what is searched."""
TRIAL = "trial-"
FINALISTS = 3
"""How many of the best trials meet again with fresh seeds: luck helped to choose each of them."""
DIGITS = 4
"""Significant ones of a setting: more tell nobody anything."""

Made = Callable[[str, Mapping[str, float]], Design]
"""Makes the design with some settings, under a name."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One trial: its number, its settings, and the mean of the study's primary measure."""

    number: int
    settings: Mapping[str, float]
    mean: float

    @property
    def name(self) -> str:
        """The name of its design."""
        return trial_name(self.number)


def trial_name(number: int) -> str:
    """Return the name of a trial's design."""
    return f"{TRIAL}{number:03d}"


@dataclass(frozen=True, slots=True)
class Search:
    """What is searched and where: `make` makes a design with some settings, `asked` has those of today."""

    folder: Path
    asked: Design
    ranges: Sequence[Searched]
    make: Made
    build: Build
    jobs: int

    def trials(self, most: int, *, new: bool) -> Iterator[Trial]:
        """Yield trials as they end, those of an earlier start first, until there are `most`.

        Raises `UsageError` where the folder has a search over other settings, `MissingExtra` without Optuna, and
        `ReplicationsFailedError` where a replication failed.
        """
        study = self._study(new=new)
        yield from (_trial(one) for one in study.trials if one.state.is_finished())
        for one in [one for one in study.trials if not one.state.is_finished()]:  # stopped in the middle
            yield self._lived(study, one.number, one.params)
        while len(study.trials) < most:
            asked = study.ask()
            settings = {one.key: _suggested(asked, one) for one in self.ranges}
            yield self._lived(study, asked.number, settings)

    def _lived(self, study: Study, number: int, settings: Mapping[str, float]) -> Trial:
        design = self.make(trial_name(number), settings)
        refuse_if_too_many_failed([design], run_replications(self.folder, [design], self.build, self.jobs, new=False))
        kpi = primary_of(design.config.study).kpi
        mean = float(kpis_of(self.folder, [design], range(design.config.study.replications), kpi=kpi)["value"].mean())
        study.tell(number, mean)
        return Trial(number, dict(settings), mean)

    def _study(self, *, new: bool) -> Study:
        """Return what Optuna remembers of this folder, or begin."""
        with needs("optimize"):
            import optuna
            from optuna.storages import JournalStorage
            from optuna.storages.journal import JournalFileBackend

        optuna.logging.set_verbosity(optuna.logging.WARNING)
        self.folder.mkdir(parents=True, exist_ok=True)
        journal = self.folder / JOURNAL
        if new:
            journal.unlink(missing_ok=True)
            for old in self.folder.glob(f"{TRIAL}*"):
                shutil.rmtree(old)
        storage = JournalStorage(JournalFileBackend(str(journal)))
        is_lower = primary_of(self.asked.config.study).direction == "lower"
        study = optuna.create_study(
            storage=storage,
            study_name=self.folder.name,
            direction="minimize" if is_lower else "maximize",
            load_if_exists=True,
        )
        # as many trials as there are move the seed on, so that a search gone on with does not repeat itself
        study.sampler = optuna.samplers.TPESampler(seed=self.asked.config.study.seed % 2**31 + len(study.trials))
        ranges = [[one.key, one.low, one.high, one.is_whole, one.is_log] for one in self.ranges]
        if study.user_attrs.get(RANGES, ranges) != ranges:
            raise UsageError(
                f"{self.folder} has a search over other settings\n  expected: the same intervals, or an empty place\n"
                "  to mend:  add --new to replace it, or study.name=... to keep both"
            )
        study.set_user_attr(RANGES, ranges)
        return study


def best(trials: Sequence[Trial], *, smaller_is_better: bool) -> list[Trial]:
    """Return the best trials, the best first, each setting once."""
    ordered = sorted(trials, key=lambda one: (one.mean if smaller_is_better else -one.mean, one.number))
    distinct = {tuple(one.settings.items()): one for one in reversed(ordered)}
    return [one for one in ordered if one in distinct.values()][:FINALISTS]


def words_of(settings: Mapping[str, float]) -> list[str]:
    """Return the overrides that make some settings."""
    return [
        f"{key}={value:.{DIGITS}g}" if isinstance(value, float) else f"{key}={value}" for key, value in settings.items()
    ]


def _trial(found: FrozenTrial) -> Trial:
    assert found.value is not None
    return Trial(found.number, found.params, found.value)


def _suggested(trial: OptunaTrial, one: Searched) -> float:
    if one.is_whole:
        return trial.suggest_int(one.key, int(one.low), int(one.high), log=one.is_log)
    return trial.suggest_float(one.key, one.low, one.high, log=one.is_log)
