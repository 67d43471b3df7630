"""How far studies are, in the words of the command line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from twin.experiments.status import DesignStatus, StudyStatus

SECONDS_PER_MINUTE, MINUTES_PER_HOUR = 60, 60


def status_text(found: Sequence[StudyStatus]) -> str:
    """Return a line for every study and every design, and the command that shows each failure."""
    return "\n".join(line for study in found for line in _lines(study))


def _lines(study: StudyStatus) -> Iterator[str]:
    yield f"{study.folder}: {'complete' if study.is_complete else 'INCOMPLETE'}"
    width = max(len(design.name) for design in study.designs)
    for design in study.designs:
        yield f"  {design.name:{width}}  {'; '.join(_facts(design))}"
    for design in study.designs:
        yield from (f"  failed: {failure}" for failure in design.failures)


def _facts(design: DesignStatus) -> Iterator[str]:
    yield f"{design.done} of {design.asked} done"
    if design.failures:
        yield f"{len(design.failures)} failed"
    if design.writer is not None:
        yield f"written by {design.writer}"
    if design.seconds_left:
        yield f"about {duration(design.seconds_left)} left"


def duration(seconds: float) -> str:
    """Say how long something takes, as roughly as anybody can know it."""
    if seconds < SECONDS_PER_MINUTE:
        return f"{max(1, round(seconds))} s"
    minutes = seconds / SECONDS_PER_MINUTE
    return f"{minutes:.0f} min" if minutes < 2 * MINUTES_PER_HOUR else f"{minutes / MINUTES_PER_HOUR:.1f} h"
