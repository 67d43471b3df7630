"""The people on the floor of a node: their hours, overtime, pace, and who is not there."""

from __future__ import annotations

from datetime import time

import pytest

from tests.factories import DAILY, a_stage, always
from tests.simulation.shop import Shop
from twin.domain.calendars import Shift
from twin.domain.work import Crew, Learning, Machines, Overtime

EARLY, FEWER_LATER = Shift(DAILY, time(6), time(14)), Shift(DAILY, time(14), time(22), 0.4)
WITH_A_BREAK = Shift(DAILY, time(6), time(14), breaks=((time(9), time(10)),))


def test_hours_of_a_crew_are_counted_once_and_not_at_its_stages() -> None:
    crew = Crew("floor", 3, ("pick", "pack"))
    stages = (a_stage("pick", 5, 1.0), a_stage("pack", 5, 1.0))

    assert Shop(*stages, crews=(crew,), spans=((6, 14),)).hours("floor", 24.0) == (24.0, 0.0)
    assert Shop(*stages, crews=(crew,), spans=((6, 14),)).hours("pick", 24.0) == (0.0, 0.0)


def test_a_shift_stays_on_while_too_much_waits() -> None:
    overtime = Overtime(from_backlog_hours=1.0, most_hours=3.0)
    shop = Shop(a_stage("pack", 1, 1.0), spans=((6, 14),), overtime=overtime)
    shop.admit(1, 2, 3, 4, at=13.0)

    # at 14 two wait for an hour each; at 15 one does, which is not too much
    assert shop.live(until=24.0) == [(1, 14.0), (2, 15.0), (3, 16.0)]
    assert shop.hours("pack", 24.5)[1] == pytest.approx(1.0)


def test_a_shift_stays_no_longer_than_it_may() -> None:
    shop = Shop(a_stage("pack", 1, 1.0), spans=((6, 14),), overtime=Overtime(0.0, 2.0))
    shop.admit(*range(20), at=13.0)

    assert shop.hours("pack", 24.0) == (10.0, 2.0)


def test_a_new_crew_gets_quicker_day_by_day() -> None:
    shop = Shop(a_stage("pack", 1, 1.0), learning=Learning(starts_at=0.5, half_days=1.0))
    shop.admit(1, at=1.0)
    shop.admit(2, at=25.0)

    # at half the pace, then at three quarters
    assert shop.live() == [(1, 3.0), (2, pytest.approx(25.0 + 1 / 0.75))]


def test_absent_people_are_missing_for_the_day() -> None:
    shop = Shop(a_stage("pack", 200, 1.0), spans=((6, 14),), absence_rate=0.1)

    open_hours, _ = shop.hours("pack", 24.0)

    assert open_hours / 8 == pytest.approx(180, abs=15)
    assert open_hours / 8 != 180  # drawn


def test_who_goes_home_and_stays_is_on_overtime_and_nobody_else() -> None:
    shop = Shop(a_stage("pack", 3, 1.0), shifts=(EARLY, FEWER_LATER), overtime=Overtime(0.0, 2.0))
    shop.admit(*range(99), at=13.0)

    # eight hours of three, then two more; of the three who are there then, the late shift is one
    assert shop.hours("pack", 16.0) == (30.0, 4.0)


def test_overtime_is_counted_when_it_is_worked() -> None:
    crew = Crew("floor", 1, ("pack",))
    shop = Shop(a_stage("pack", 1, 1.0), spans=((6, 14),), overtime=Overtime(0.0, 2.0), crews=(crew,))
    shop.admit(*range(20), at=13.0)

    assert shop.hours("floor", 15.0) == (9.0, 1.0)


def test_nobody_works_through_a_break_on_overtime() -> None:
    shop = Shop(a_stage("pack", 1, 1.0), shifts=(WITH_A_BREAK,), overtime=Overtime(0.0, 3.0))
    shop.admit(1, 2, 3, at=8.5)

    assert shop.live(until=13.0) == [(1, 9.5), (2, 11.0), (3, 12.0)]
    assert shop.hours("pack", 13.5) == (6.5, 0.0)


def test_nobody_stays_for_what_waits_for_a_wave() -> None:
    shop = Shop(a_stage("pack", 1, 1.0), spans=((6, 14),), overtime=Overtime(0.0, 3.0), waves=(time(8),))
    shop.admit(*range(20), at=13.0)

    assert shop.hours("pack", 24.0) == (8.0, 0.0)


def test_people_are_paid_while_their_machines_stand_still() -> None:
    shop = Shop(a_stage("pack", 2, 1.0, machines=Machines(2, always(5.0), always(3.0))))

    assert shop.hours("pack", 10.0) == (20.0, 0.0)
