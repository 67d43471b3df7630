"""Resilience by hand: a week in which service falls, and comes back."""

from __future__ import annotations

from math import inf, isnan

import numpy as np
import pandas as pd
import pytest

from twin.analytics.resilience import Levels, daily_on_time, orders_hit, resilience

DAILY = Levels(failed_below=0.2, recovered_within=0.05, roll_days=1, days_running=2)


def days(*rates: float, orders: float = 100.0) -> tuple[np.ndarray, np.ndarray]:
    """A hundred orders due each day, and those in time."""
    return np.full(len(rates), orders), np.array(rates) * orders


CALM = days(*[1.0] * 8)


def test_loss_is_the_area_between_the_curves_and_the_deepest_day() -> None:
    found = resilience(CALM, days(1, 1, 0.9, 0.5, 0.8, 1, 1, 1), 48.0, DAILY)

    assert found.loss_area_days == pytest.approx(0.1 + 0.5 + 0.2)
    assert found.max_drop == pytest.approx(0.5)


def test_days_that_are_better_and_days_before_the_event_do_not_count() -> None:
    found = resilience(days(1, 0.5, 1, 1), days(0, 0.9, 0.9, 1), 24.0, DAILY)

    assert found.loss_area_days == pytest.approx(0.1)


def test_it_survives_until_service_has_failed_and_recovers_after_days_running() -> None:
    found = resilience(CALM, days(1, 1, 0.9, 0.5, 1, 0.9, 0.96, 1), 48.0, DAILY)

    # on day 3 it fails; day 4 alone is no recovery, days 6 and 7 are
    assert (found.survived_days, found.recovered_days) == (1.0, 4.0)


def test_both_count_from_the_instant_at_which_the_event_began() -> None:
    found = resilience(CALM, days(1, 1, 0.5, 0.5, 1, 1, 1, 1), 60.0, DAILY)

    assert (found.survived_days, found.recovered_days) == (0.0, 1.5)


def test_service_that_never_fails_survives_for_ever_and_need_not_recover() -> None:
    found = resilience(CALM, days(1, 1, 0.85, 0.9, 1, 1, 1, 1), 48.0, DAILY)

    assert (found.survived_days, found.recovered_days) == (inf, 0.0)


def test_service_that_is_not_back_by_the_end_has_not_recovered() -> None:
    found = resilience(CALM, days(1, 1, 1, 0.5, 0.5, 0.5, 0.5, 1), 48.0, DAILY)

    assert (found.survived_days, found.recovered_days) == (1.0, inf)


def test_between_the_levels_nothing_changes() -> None:
    trembling = days(1, 1, 0.7, 0.9, 0.81, 0.9, 0.96, 0.96)

    found = resilience(CALM, trembling, 48.0, DAILY)

    assert found.recovered_days == 4.0


def test_the_mean_of_the_last_days_is_what_fails() -> None:
    rolling = Levels(failed_below=0.2, recovered_within=0.05, roll_days=2, days_running=1)

    found = resilience(CALM, days(1, 1, 0.7, 0.7, 1, 1, 1, 1), 48.0, rolling)

    # 0.85, then 0.70: failed on day 3; 0.85, then 1.00: back on day 5
    assert (found.survived_days, found.recovered_days) == (1.0, 3.0)


def test_days_without_orders_say_nothing() -> None:
    due, in_time = days(1, 1, 0.5, 1)
    due[3] = in_time[3] = 0.0

    found = resilience(days(*[1.0] * 4), (due, in_time), 48.0, DAILY)

    assert found.loss_area_days == pytest.approx(0.5)
    assert found.recovered_days == inf


@pytest.mark.parametrize("wrong", [{"failed_below": 0.01, "recovered_within": 0.05}, {"roll_days": 0}])
def test_levels_that_make_no_sense_are_refused(wrong) -> None:
    with pytest.raises(ValueError, match="recovered_within <= failed_below"):
        Levels(**wrong)


def orders(*rows: tuple[float, float, float, str]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["placed_at", "promised_by", "delivered_at", "status"])
    return table.assign(order=range(len(table)))


def test_orders_count_on_the_day_they_fall_due() -> None:
    table = orders(
        (1.0, 30.0, 29.0, "delivered"), (1.0, 30.0, 31.0, "delivered"), (1.0, 50.0, np.nan, "cancelled"),
        (1.0, 60.0, np.nan, "open"), (1.0, 500.0, 20.0, "delivered"),
    )  # fmt: skip

    due, in_time = daily_on_time(table, 3)

    assert (due.tolist(), in_time.tolist()) == ([0.0, 2.0, 2.0], [0.0, 1.0, 0.0])


def test_orders_are_hit_that_move_by_more_than_a_day_or_live_in_one_world_only() -> None:
    calm = orders((1.0, 99.0, 50.0, "delivered"), (2.0, 99.0, 50.0, "delivered"), (3.0, 99.0, 50.0, "delivered"))
    storm = orders((1.0, 99.0, 74.0, "delivered"), (2.0, 99.0, 74.5, "delivered"), (3.0, 99.0, np.nan, "cancelled"))

    assert orders_hit(calm, storm) == 2


def test_other_customers_cannot_be_compared_one_by_one() -> None:
    calm = orders((1.0, 99.0, 50.0, "delivered"))

    assert isnan(orders_hit(calm, orders((1.5, 99.0, 50.0, "delivered"))))
    assert isnan(orders_hit(calm, orders()))
