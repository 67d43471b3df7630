"""A time sheet adds up people and hours."""

from __future__ import annotations

from twin.simulation.clock import Clock
from twin.simulation.timesheets import TimeSheet


def test_hours_are_those_of_everybody_who_is_there() -> None:
    clock = Clock()
    sheet = TimeSheet(clock)
    sheet.note(2)
    clock.now_hours = 1.5
    sheet.note(4, on_overtime=3)
    clock.now_hours = 4.0

    assert sheet.hours() == (2 * 1.5 + 4 * 2.5, 3 * 2.5)
    assert sheet.hours() == (2 * 1.5 + 4 * 2.5, 3 * 2.5), "asking changes nothing"
