"""What the page says of warm-up, of looks in between, and of nodes that cannot keep up."""

from __future__ import annotations

from twin.experiments.warmup import Asked
from twin.report.study import Study
from twin.report.words import listed


def warmup_words(study: Study) -> str:
    """Say which warm-up the daily series ask for, beside the one that was given."""
    if not study.warmup_asked:
        return ""
    if not study.warmup_days:
        return "none: the study begins with its opening stock, and its first day counts"
    short = [one for one in study.warmup_asked if one.too_short]
    if short:
        days = study.warmup_days + study.measured_days
        return f"{study.warmup_days} days given; {days} days are too few for MSER-5 to judge them"
    return (
        f"{study.warmup_days} days given; MSER-5 asks for {'; '.join(_asked(one, study) for one in study.warmup_asked)}"
    )


def too_short_a_warmup(study: Study) -> list[Asked]:
    """Return the designs that ask for a longer warm-up than they were given."""
    given = study.warmup_days
    if not given:
        return []
    return [one for one in study.warmup_asked if one.is_more_than(given)]


def looks_words(study: Study) -> str:
    """Say after how many runs the study looked whether it may stop."""
    if len(study.looks) <= 1:
        return ""
    return (
        f"after {listed([str(number) for number in study.looks])} runs; a study stops where its primary differences "
        "are known to half of what matters"
    )


def asked_words(one: Asked) -> str:
    """Say what a design asks for."""
    moves = f"which moves its mean by {one.moves:+.1%}".replace("-", "\N{MINUS SIGN}")
    if one.days is None:
        return f"{one.series} has not settled, {moves}"
    return f"{one.days} days" + (f" by its {one.series}, {moves}" if one.days else "")


def _asked(one: Asked, study: Study) -> str:
    return f"{asked_words(one)} ({study.design(one.design).title})"
