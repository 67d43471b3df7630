"""Time of day, working days and shifts, in real time zones."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from itertools import pairwise

import pytest

from tests.factories import CHICAGO, DAILY, LOS_ANGELES, NEW_YORK, WEEKDAYS
from twin.domain.calendars import Shift, Timeline, WorkCalendar, clock_from, timezone_from, weekdays_from

SEPTEMBER = Timeline(date(2025, 9, 1), NEW_YORK, 7)  # from a Monday on
SPRING = Timeline(date(2026, 3, 7), NEW_YORK, 4)  # clocks go forward on Sunday the 8th
AUTUMN = Timeline(date(2025, 11, 1), NEW_YORK, 4)  # and back on Sunday the 2nd
PHOENIX = "America/Phoenix"  # has no summer time


def a_shift(starts: int, ends: int, weekdays: frozenset[int] = DAILY, staffed_rate: float = 1.0) -> Shift:
    return Shift(weekdays, time(starts), time(ends), staffed_rate)


def a_calendar(*shifts: Shift, timezone: str = NEW_YORK, closed_on: frozenset[date] = frozenset()) -> WorkCalendar:
    return WorkCalendar(timezone, shifts, closed_on)


@pytest.mark.parametrize(
    ("day", "clock", "timezone", "hours"),
    [
        (date(2025, 9, 1), time(), NEW_YORK, 0.0),
        (date(2025, 9, 2), time(9, 30), NEW_YORK, 33.5),
        (date(2025, 9, 1), time(), CHICAGO, 1.0),
        (date(2025, 9, 1), time(), LOS_ANGELES, 3.0),
        (date(2025, 8, 31), time(12), NEW_YORK, -12.0),
    ],
)
def test_simulated_hours_count_from_the_first_midnight_of_the_study(day, clock, timezone, hours) -> None:
    assert SEPTEMBER.at(day, clock, timezone) == hours


def test_an_instant_of_any_zone_becomes_simulated_hours_and_back() -> None:
    assert SEPTEMBER.hours_at(datetime(2025, 9, 2, 16, tzinfo=UTC)) == 36.0  # noon in New York
    assert SEPTEMBER.local(36.0, LOS_ANGELES).replace(tzinfo=None) == datetime(2025, 9, 2, 9)  # noqa: DTZ001  (local on purpose)


@pytest.mark.parametrize(
    ("timeline", "timezone", "lengths"),
    [
        (SPRING, NEW_YORK, [24, 24, 23, 24, 24, 24]),
        (AUTUMN, NEW_YORK, [24, 24, 25, 24, 24, 24]),
        (SPRING, PHOENIX, [24, 24, 24, 24, 24, 24]),
    ],
    ids=["spring", "autumn", "no summer time"],
)
def test_days_have_23_or_25_hours_where_the_clocks_change(timeline, timezone, lengths) -> None:
    midnights = timeline.midnights(timezone)

    # from the day before the first one to the day after the last
    assert [later - earlier for earlier, later in pairwise(midnights)] == lengths
    assert timeline.date(0) == timeline.starts_on


def test_a_place_without_summer_time_shifts_against_the_study() -> None:
    assert SPRING.at(date(2026, 3, 7), time(), PHOENIX) == 2.0
    assert SPRING.at(date(2026, 3, 9), time(), PHOENIX) == 24 + 23 + 3.0


def test_a_shift_over_the_change_of_the_clocks_is_an_hour_shorter() -> None:
    night = a_calendar(a_shift(22, 6))

    lengths = [ends - starts for starts, ends, _ in night.spans(SPRING)]

    assert lengths == [8, 7, 8, 8, 8, 8]  # the nights before the 7th, from the 7th to the 8th, ...


def test_a_break_parts_a_shift_also_after_midnight() -> None:
    night = Shift(frozenset({0}), time(22), time(6), 1.0, ((time(2), time(2, 30)), (time(23), time(23, 15))))

    assert a_calendar(night).spans(SEPTEMBER)[:3] == [(22.0, 23.0, 1.0), (23.25, 26.0, 1.0), (26.5, 30.0, 1.0)]


def test_spans_are_the_shifts_of_working_days() -> None:
    # Monday to Friday 6 to 14, Saturday 8 to 12; Labor Day on Monday the 1st is closed
    calendar = a_calendar(
        a_shift(6, 14, WEEKDAYS), a_shift(8, 12, frozenset({5})), closed_on=frozenset({date(2025, 9, 1)})
    )

    assert [(starts, ends) for starts, ends, _ in calendar.spans(SEPTEMBER)] == [
        *((24 * day + 6, 24 * day + 14) for day in range(1, 5)),
        (24 * 5 + 8, 24 * 5 + 12),
        (24 * 7 + 6, 24 * 7 + 14),  # the Monday after the last day
    ]


def test_a_shift_into_the_night_ends_on_the_next_day_even_if_that_is_closed() -> None:
    calendar = a_calendar(a_shift(22, 6, frozenset({0})), closed_on=frozenset({date(2025, 9, 2)}))

    assert calendar.spans(SEPTEMBER) == [(22.0, 30.0, 1.0), (24 * 7 + 22.0, 24 * 7 + 30.0, 1.0)]


def test_a_shift_that_ends_when_it_starts_lasts_a_day() -> None:
    assert a_calendar(a_shift(7, 7, frozenset({1}))).spans(SEPTEMBER) == [(31.0, 55.0, 1.0)]


def test_a_nodes_shifts_follow_its_own_clock() -> None:
    assert a_calendar(a_shift(6, 14, frozenset({1})), timezone=LOS_ANGELES).spans(SEPTEMBER) == [(33.0, 41.0, 1.0)]


def test_overlapping_shifts_add_up_to_at_most_everyone() -> None:
    tuesday = frozenset({1})
    calendar = a_calendar(a_shift(6, 14, tuesday, 0.75), a_shift(12, 20, tuesday, 0.5), a_shift(13, 15, tuesday, 0.25))

    assert [(at - 24, rate) for at, rate in calendar.staffing(SEPTEMBER)] == [
        (6, 0.75), (12, 1.0), (13, 1.0), (14, 0.75), (15, 0.5), (20, 0.0),
    ]  # fmt: skip


def test_one_shift_after_the_other_leaves_no_gap() -> None:
    calendar = a_calendar(a_shift(6, 14, frozenset({1})), a_shift(14, 22, frozenset({1}), 0.6))

    assert calendar.staffing(SEPTEMBER) == [(30.0, 1.0), (38.0, 0.6), (46.0, 0.0)]


@pytest.mark.parametrize(
    ("shift", "weekday", "clock", "works"),
    [
        (a_shift(6, 14, WEEKDAYS), 0, time(6), True),
        (a_shift(6, 14, WEEKDAYS), 4, time(14), True),
        (a_shift(6, 14, WEEKDAYS), 4, time(14, 1), False),
        (a_shift(6, 14, WEEKDAYS), 0, time(5, 59), False),
        (a_shift(6, 14, WEEKDAYS), 5, time(9), False),
        (a_shift(22, 6, frozenset({4})), 4, time(23), True),
        (a_shift(22, 6, frozenset({4})), 5, time(6), True),
        (a_shift(22, 6, frozenset({4})), 4, time(5), False),
        (a_shift(22, 6, frozenset({6})), 0, time(5), True),
        (a_shift(22, 6, frozenset({4})), 5, time(12), False),
    ],
)
def test_a_shift_covers_its_first_and_last_minute_and_the_night_it_runs_into(shift, weekday, clock, works) -> None:
    assert a_calendar(shift).works_at(weekday, clock) is works


@pytest.mark.parametrize(
    ("special", "message"),
    [
        ({"weekdays": frozenset({0, 7})}, r"weekdays are 0 for Monday to 6, got \[0, 7\]"),
        ({"staffed_rate": 0.0}, "staffed_rate must lie in 0..1, above 0, got 0.0"),
        ({"staffed_rate": 1.5}, "staffed_rate must lie in 0..1, above 0, got 1.5"),
    ],
    ids=str,
)
def test_a_shift_that_cannot_be_is_refused(special, message: str) -> None:
    with pytest.raises(ValueError, match=f"shift: {message}"):
        a_shift(6, 14, **special)


@pytest.mark.parametrize(
    ("words", "weekdays"),
    [
        ("daily", {0, 1, 2, 3, 4, 5, 6}),
        ("mon-fri", {0, 1, 2, 3, 4}),
        ("mon", {0}),
        ("mon,wed,sat", {0, 2, 5}),
        ("mon, wed , sat", {0, 2, 5}),
        ("sat,sun", {5, 6}),
        ("fri-mon", {4, 5, 6, 0}),
        ("sun-mon", {6, 0}),
        ("mon-tue,fri-sat", {0, 1, 4, 5}),
        ("tue-tue", {1}),
    ],
)
def test_weekdays_are_written_in_words(words: str, weekdays: set[int]) -> None:
    assert weekdays_from(words) == frozenset(weekdays)


@pytest.mark.parametrize("words", ["monday", "mo-fr", "", "mon-", "-fri", "mon--fri", "weekdays"])
def test_unknown_weekdays_are_refused(words: str) -> None:
    with pytest.raises(
        ValueError, match=f"unknown weekday in {words!r}; weekdays are mon, tue, wed, thu, fri, sat, sun"
    ):
        weekdays_from(words)


@pytest.mark.parametrize("given", [5, ["mon"], None])
def test_weekdays_that_are_no_words_are_refused(given: object) -> None:
    with pytest.raises(ValueError, match="weekdays are words such as 'mon-fri' or 'mon,wed', got"):
        weekdays_from(given)


def test_a_time_of_day_is_hours_and_minutes() -> None:
    assert clock_from("16:30") == time(16, 30)
    assert clock_from("6:05") == time(6, 5)
    assert clock_from(time(6, 5)) == time(6, 5)


def test_an_unquoted_time_that_yaml_read_as_a_number_is_refused() -> None:
    with pytest.raises(ValueError, match="a time of day must be quoted, such as '16:30'; unquoted it was read as 990"):
        clock_from(990)


@pytest.mark.parametrize("given", ["24:00", "16:60", "4 pm", "16:30Z", "990", "", None, ["16:30"]])
def test_what_is_no_time_of_day_is_refused(given: object) -> None:
    with pytest.raises(ValueError, match="a time of day is hours and minutes, such as '16:30', got"):
        clock_from(given)


@pytest.mark.parametrize("given", ["Mars/Olympus", "America", "", "../etc/passwd", "New York"])
def test_an_unknown_time_zone_is_refused(given: str) -> None:
    assert timezone_from(NEW_YORK) == NEW_YORK
    with pytest.raises(ValueError, match=f"a time zone is a name such as 'America/New_York', got {given!r}"):
        timezone_from(given)


def test_a_shift_ends_after_its_last_break() -> None:
    night = Shift(frozenset({0}), time(22), time(6), breaks=((time(2), time(3)),))
    day = Shift(frozenset({0, 1}), time(6), time(14), breaks=((time(9), time(10)),))
    calendar = WorkCalendar("America/New_York", (night, day), frozenset())

    assert calendar.shift_ends(Timeline(date(2025, 9, 8), "America/New_York", 3)) == {14.0, 30.0, 38.0}
