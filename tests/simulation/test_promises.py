"""Promises count business days from an order cut-off and end with the day of the customer."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from tests.factories import CHICAGO_PLACE, COLUMBUS, MONDAY, RENO, a_level, a_place, a_timeline
from twin.domain.geography import Place
from twin.simulation.promises import PromiseBook

DAY = 24.0
FRIDAY_BEFORE_CHANGE = date(2025, 10, 31)  # clocks go back on Sunday 2 November
LABOR_DAY = date(2025, 9, 1)


def promised(
    placed_at: float,
    promise_days: int = 1,
    place: Place = COLUMBUS,
    starts_on: date = MONDAY,
    closed_on: frozenset[date] = frozenset(),
) -> float:
    levels = [a_level("other", promise_days=9), a_level(promise_days=promise_days)]
    book = PromiseBook(a_timeline(14, starts_on), [RENO, place], levels, closed_on)
    return float(book.promised_by(np.array([placed_at]), np.array([1]), np.array([1]))[0])


def test_a_day_is_promised_until_its_end() -> None:
    assert promised(9.0) == 2 * DAY  # Monday morning: Tuesday, until midnight


def test_an_order_after_the_cut_off_counts_from_the_next_day() -> None:
    assert promised(13.99) == 2 * DAY
    assert promised(14.0) == 3 * DAY


def test_no_days_promise_the_same_day() -> None:
    assert promised(13.0, promise_days=0) == 1 * DAY
    assert promised(15.0, promise_days=0) == 2 * DAY


@pytest.mark.parametrize("placed_at", [4 * DAY + 15, 5 * DAY + 1, 5 * DAY + 20, 6 * DAY + 13, 6 * DAY + 23])
def test_what_is_ordered_over_the_weekend_counts_from_monday(placed_at: float) -> None:
    assert promised(placed_at) == 9 * DAY  # Tuesday of the second week, until midnight


def test_a_promise_skips_the_weekend() -> None:
    assert promised(4 * DAY + 9) == 8 * DAY  # Friday morning: Monday


def test_five_days_are_a_working_week() -> None:
    assert promised(9.0, promise_days=5) == 8 * DAY  # Monday: Tuesday to Friday, and Monday


def test_a_promise_skips_holidays() -> None:
    friday = date(2025, 8, 29)

    # Friday morning and one day: Labor Day does not count, so Tuesday
    assert promised(9.0, starts_on=friday, closed_on=frozenset({LABOR_DAY})) == 5 * DAY
    # Friday evening counts from Tuesday, so Wednesday
    assert promised(15.0, starts_on=friday, closed_on=frozenset({LABOR_DAY})) == 6 * DAY


@pytest.mark.parametrize(("place", "hours"), [(COLUMBUS, 0), (CHICAGO_PLACE, 1), (RENO, 3)])
def test_the_day_ends_where_the_customer_lives(place: Place, hours: int) -> None:
    assert promised(9.0, place=place) == 2 * DAY + hours


def test_the_cut_off_is_by_the_shops_clock_wherever_the_customer_lives() -> None:
    # 14:30 in New York is 11:30 in Reno
    assert promised(14.5, place=RENO) == 3 * DAY + 3


def test_a_day_has_25_hours_when_the_clocks_go_back() -> None:
    # Friday morning and one day: Monday 3 November, whose end is four days and an hour after Friday began
    assert promised(9.0, starts_on=FRIDAY_BEFORE_CHANGE) == 4 * DAY + 1


def test_the_cut_off_moves_with_the_clocks() -> None:
    cutoff = 3 * DAY + 1 + 14  # Monday 3 November, 14:00

    assert promised(cutoff - 0.01, starts_on=FRIDAY_BEFORE_CHANGE) == 5 * DAY + 1
    assert promised(cutoff, starts_on=FRIDAY_BEFORE_CHANGE) == 6 * DAY + 1


def test_where_clocks_do_not_change_the_day_ends_as_always() -> None:
    arizona = a_place("850", "America/Phoenix", region="west")

    # midnight in Phoenix is 3:00 in New York before the change and 2:00 after it
    assert promised(9.0, place=arizona, promise_days=0, starts_on=FRIDAY_BEFORE_CHANGE) == 1 * DAY + 3
    assert promised(9.0, place=arizona, starts_on=FRIDAY_BEFORE_CHANGE) == 4 * DAY + 1 + 2


def test_the_first_day_and_the_last_have_their_promise() -> None:
    assert promised(0.0) == 2 * DAY
    assert promised(13 * DAY + 23.99) == 16 * DAY  # Sunday of the second week counts from Monday
