"""Time of day, working days and shifts, in real time zones.

The simulation counts hours from midnight of the first day in the study's time zone. A `Timeline` turns local
dates and times into those hours, daylight saving included: a day then has 23 or 25 of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def weekdays_from(given: object) -> frozenset[int]:
    """Read `mon-fri`, `mon,wed,sat` or `daily` as weekday numbers, Monday 0."""
    if not isinstance(given, str):
        raise ValueError(f"weekdays are words such as 'mon-fri' or 'mon,wed', got {given!r}")  # noqa: TRY004  (a value of the configuration)
    if given == "daily":
        return frozenset(range(7))
    found: set[int] = set()
    for part in given.replace(" ", "").split(","):
        first, dash, last = part.partition("-")
        last = last if dash else first
        if first not in WEEKDAYS or last not in WEEKDAYS:
            raise ValueError(f"unknown weekday in {given!r}; weekdays are {', '.join(WEEKDAYS)}")
        start, end = WEEKDAYS.index(first), WEEKDAYS.index(last)
        found |= {day % 7 for day in range(start, end + 1 if end >= start else end + 8)}
    return frozenset(found)


def clock_from(given: object) -> time:
    """Read `16:30` as a time of day; without quotes YAML reads it as the number 990, which is refused."""
    if isinstance(given, time):
        return given
    if isinstance(given, int | float):
        raise ValueError(f"a time of day must be quoted, such as '16:30'; unquoted it was read as {given}")  # noqa: TRY004  (a value of the configuration)
    if not isinstance(given, str) or not re.fullmatch(r"([01]?\d|2[0-3]):[0-5]\d", given):
        raise ValueError(f"a time of day is hours and minutes, such as '16:30', got {given!r}")
    hours, minutes = given.split(":")
    return time(int(hours), int(minutes))


def timezone_from(given: str) -> str:
    """Refuse a time zone that the time zone database does not have."""
    try:
        return ZoneInfo(given).key
    except (ValueError, OSError, KeyError):  # what zoneinfo raises for words, folders and unknown zones
        raise ValueError(f"a time zone is a name such as 'America/New_York', got {given!r}") from None


@dataclass(frozen=True, slots=True)
class Timeline:
    """The days a study can touch, from its first midnight to the end of the run-out."""

    starts_on: date
    timezone: str
    days: int

    def at(self, day: date, clock: time, timezone: str) -> float:
        """Return the instant, in simulated hours, of a local date and time."""
        return self.hours_at(datetime.combine(day, clock, tzinfo=ZoneInfo(timezone)))

    def hours_at(self, instant: datetime) -> float:
        """Return an instant with a time zone in simulated hours."""
        return (instant.astimezone(UTC) - _origin(self)).total_seconds() / 3600

    def midnights(self, timezone: str) -> tuple[float, ...]:
        """Return the instants of local midnight from the day before the first to the day after the last."""
        return _midnights(self, timezone)

    def date(self, index: int) -> date:
        """Return the date of a day counted from the first one, which is 0."""
        return self.starts_on + timedelta(days=index)

    def local(self, instant: float, timezone: str) -> datetime:
        """Return an instant as local date and time."""
        return (_origin(self) + timedelta(hours=instant)).astimezone(ZoneInfo(timezone))


@lru_cache(maxsize=256)
def _origin(timeline: Timeline) -> datetime:
    local = datetime.combine(timeline.starts_on, time(), tzinfo=ZoneInfo(timeline.timezone))
    return local.astimezone(UTC)


@lru_cache(maxsize=256)
def _midnights(timeline: Timeline, timezone: str) -> tuple[float, ...]:
    return tuple(timeline.at(timeline.date(index), time(), timezone) for index in range(-1, timeline.days + 2))


@dataclass(frozen=True, slots=True)
class Shift:
    """Hours that people work on some weekdays, with a share of the node's stations staffed.

    A shift that ends at or before its start runs into the next day. In its `breaks`, from one time to another, nobody
    of it works.
    """

    weekdays: frozenset[int]
    starts: time
    ends: time
    staffed_rate: float = 1.0
    breaks: tuple[tuple[time, time], ...] = ()

    def __post_init__(self) -> None:
        if not self.weekdays <= set(range(7)):
            raise ValueError(f"shift: weekdays are 0 for Monday to 6, got {sorted(self.weekdays)}")
        if not 0 < self.staffed_rate <= 1:
            raise ValueError(f"shift: staffed_rate must lie in 0..1, above 0, got {self.staffed_rate}")


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """When a node works: its shifts in its own time zone, less the dates it is closed."""

    timezone: str
    shifts: tuple[Shift, ...]
    closed_on: frozenset[date]

    def spans(self, timeline: Timeline) -> list[tuple[float, float, float]]:
        """Return (start, end, staffed rate) of every shift between its breaks, in order of start."""
        return sorted([
            (*span, shift.staffed_rate)
            for shift, times in self._worked(timeline)
            for span in zip(times[::2], times[1::2], strict=True)
        ])  # fmt: skip

    def shift_ends(self, timeline: Timeline) -> frozenset[float]:
        """Return the instants at which people go home, their breaks left out."""
        return frozenset(times[-1] for _, times in self._worked(timeline))

    def staffing(self, timeline: Timeline) -> list[tuple[float, float]]:
        """Return (instant, staffed rate from then on), overlapping shifts added up to at most everyone."""
        changes: dict[float, float] = {}
        for starts, ends, rate in self.spans(timeline):
            changes[starts] = changes.get(starts, 0.0) + rate
            changes[ends] = changes.get(ends, 0.0) - rate
        steps, rate = [], 0.0
        for instant in sorted(changes):
            rate = round(rate + changes[instant], 9)
            steps.append((instant, min(1.0, rate)))
        return steps

    def _worked(self, timeline: Timeline) -> Iterator[tuple[Shift, list[float]]]:
        """Yield the shifts of all days, and when work begins and ends in each, in turn."""
        for index in range(-1, timeline.days + 1):
            day = timeline.date(index)
            for shift in self.shifts:
                if day.weekday() in shift.weekdays and day not in self.closed_on:
                    yield shift, [timeline.at(*moment, self.timezone) for moment in _moments(shift, day)]

    def works_at(self, weekday: int, clock: time) -> bool:
        """Answer whether some shift covers a time of day on a weekday, its first and last minute included."""
        return any(_covers(shift, weekday, clock) for shift in self.shifts)


def _moments(shift: Shift, day: date) -> Iterator[tuple[date, time]]:
    """Yield when work begins and ends, in turn, in a shift of a day."""
    clocks = [clock for one in shift.breaks for clock in one]
    moments = [((day if clock >= shift.starts else day + timedelta(days=1)), clock) for clock in clocks]
    yield day, shift.starts
    yield from sorted(moments)
    yield (day if shift.ends > shift.starts else day + timedelta(days=1)), shift.ends


def _covers(shift: Shift, weekday: int, clock: time) -> bool:
    if shift.ends > shift.starts:
        return weekday in shift.weekdays and shift.starts <= clock <= shift.ends
    evening = weekday in shift.weekdays and clock >= shift.starts
    morning = (weekday - 1) % 7 in shift.weekdays and clock <= shift.ends
    return evening or morning
