"""Reads how often a schedule runs from its cron expression, with or without seconds, as far as it is even."""

from __future__ import annotations

import re

MINUTES_PER_HOUR = 60
HOURS_PER_DAY = 24
WITHOUT_SECONDS = 5
ANY = ("*", "?")
STEP = re.compile(r"(?:\*|0)/([1-9]\d?)")
UNEVEN = "the twin runs at even steps all day and every day; write run_every_minutes"


def minutes_between(expression: str) -> tuple[float | None, str]:
    """Return the minutes from one run to the next, None where they are uneven, and what could not be carried over."""
    fields = expression.split()
    seconds, fields = (fields[0], fields[1:]) if len(fields) > WITHOUT_SECONDS else ("0", fields)
    if seconds != "0" or len(fields) < WITHOUT_SECONDS or any(field not in ANY for field in fields[2:]):
        return None, UNEVEN
    minute, hour = fields[:2]
    if minute.isdecimal():
        hours = _step(hour, HOURS_PER_DAY)
        late = f"when in that time it runs (minute {minute}, hour {hour}) is not carried over"
        at_midnight = int(minute) == 0 and (not hour.isdecimal() or int(hour) == 0)
        return (None, UNEVEN) if hours is None else (hours * MINUTES_PER_HOUR, "" if at_midnight else late)
    minutes = _step(minute, MINUTES_PER_HOUR) if hour in ANY else None
    return (None, UNEVEN) if minutes is None else (minutes, "")


def _step(field: str, whole: int) -> int | None:
    """Return the even step of a field; a single value comes once in a whole."""
    if field in ANY:
        return 1
    if field.isdecimal():
        return whole
    step = STEP.fullmatch(field)
    return int(step[1]) if step and whole % int(step[1]) == 0 else None
