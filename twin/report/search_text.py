"""What a search over settings says in the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from twin.experiments.comparison import Measure
from twin.experiments.optimizing import Trial, words_of
from twin.report import numbers
from twin.report.words import in_words


def trial_text(trial: Trial, measure: Measure) -> str:
    """Say what one trial came to."""
    return f"{trial.name}: {' '.join(words_of(trial.settings))}: {numbers.level(trial.mean, measure.unit)}"


def search_text(finalists: Sequence[Trial], trials: int) -> str:
    """Say who meets again, and why."""
    best = "The best trial" if len(finalists) == 1 else f"The best {in_words(len(finalists))}"
    return f"\n{best} of {trials} against the settings of today, with fresh seeds, since luck helped to choose:\n"
