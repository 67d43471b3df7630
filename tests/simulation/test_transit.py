"""Transit: business days of each service over weekends, holidays and changes of the clocks."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.factories import (
    CHICAGO_PLACE,
    COLUMBUS,
    DAILY,
    LOS_ANGELES,
    MONDAY,
    NEW_YORK,
    RENO,
    WEEKDAYS,
    a_departure,
    a_disruption,
    a_model,
    a_network,
    a_node,
    a_service,
    a_timeline,
    always,
    an_order,
    day_after,
    run,
)
from twin.domain.calendars import Timeline
from twin.domain.distributions import Distribution
from twin.simulation.transit import DayBook, TransitCalendar, extra_days

MON, TUE, WED, THU, FRI, SAT, SUN = range(7)


def arrives_on(left_on: int, transit_days: int, closed_on: frozenset[date] = frozenset(), **special: Any) -> int:
    """Return the day, 0 the first Monday, on which a parcel arrives that left on another."""
    calendar = TransitCalendar(a_service(**special), a_timeline(14), closed_on)
    return int(calendar.delivery_day(np.array([left_on + 1]), np.array([transit_days]))[0]) - 1


@pytest.mark.parametrize(
    ("left_on", "transit_days", "arrives"),
    [(MON, 1, TUE), (MON, 4, FRI), (MON, 5, 7 + MON), (FRI, 1, 7 + MON), (SAT, 1, 7 + MON), (SUN, 2, 7 + TUE)],
)
def test_transit_counts_working_days(left_on: int, transit_days: int, arrives: int) -> None:
    assert arrives_on(left_on, transit_days) == arrives


def test_a_service_that_delivers_on_saturday_counts_it() -> None:
    assert arrives_on(FRI, 1, delivery_weekdays=WEEKDAYS | {SAT}) == SAT
    assert arrives_on(FRI, 2, delivery_weekdays=WEEKDAYS | {SAT}) == 7 + MON
    assert arrives_on(FRI, 2, delivery_weekdays=DAILY) == SUN


def test_transit_skips_holidays() -> None:
    closed_on = frozenset({day_after(TUE), day_after(7)})

    assert arrives_on(MON, 1, closed_on) == WED
    assert arrives_on(FRI, 1, closed_on) == 7 + TUE


def test_parcels_that_leave_before_the_first_day_arrive_too() -> None:
    assert arrives_on(-1, 1) == MON


def test_a_service_picks_up_on_its_days_when_it_is_not_a_holiday() -> None:
    calendar = TransitCalendar(a_service(pickup_weekdays=WEEKDAYS), a_timeline(), frozenset())

    assert calendar.picks_up(MONDAY, frozenset())
    assert not calendar.picks_up(MONDAY, frozenset({MONDAY}))
    assert not calendar.picks_up(day_after(SAT), frozenset())


def test_days_are_those_of_the_time_zone() -> None:
    days = DayBook(a_timeline())

    # 23:30 and 0:30 in New York; in Reno it is still the day before until 3:00
    assert days.day_of(np.array([23.5, 24.5]), NEW_YORK).tolist() == [1, 2]
    assert days.day_of(np.array([24.5, 26.99, 27.0]), LOS_ANGELES).tolist() == [1, 1, 2]


def test_days_have_25_hours_when_the_clocks_go_back() -> None:
    days = DayBook(Timeline(date(2025, 11, 1), NEW_YORK, 5))

    assert days.midnights(NEW_YORK)[:4].tolist() == [-24.0, 0.0, 24.0, 49.0]
    assert days.day_of(np.array([48.5, 49.0]), NEW_YORK).tolist() == [2, 3]


def test_extra_days_are_whole_days_of_each_services_luck() -> None:
    late = Distribution.of("discrete", values=[0, 2], weights=[0.75, 0.25])
    services = {"slow": a_service("slow", extra_days=late), "sure": a_service("sure")}

    found = extra_days(services, ["slow", "sure"], np.array([0, 0, 1, 0]), np.array([0.7, 0.8, 0.99, 0.99]))

    assert found.tolist() == [0, 2, 0, 2]


def test_parts_of_a_day_are_no_extra_day() -> None:
    services = {"slow": a_service("slow", extra_days=Distribution.of("uniform", low=0.0, high=2.0))}

    assert extra_days(services, ["slow"], np.zeros(3, dtype=np.int64), np.array([0.4, 0.6, 0.99])).tolist() == [0, 1, 1]


# Whole runs


def delivered_at(folder: Path, placed_at: float = 9.0, to: str = "432", **special: Any) -> float:
    """Return when one order from Columbus arrives."""
    service = {name: special.pop(name) for name in list(special) if name in a_service().__dataclass_fields__}
    node = a_node(departures=(a_departure(weekdays=DAILY),))
    network = a_network([node], services=[a_service(**service)])
    model = a_model(network, [an_order(placed_at, to, 400.0)], order_days=7, runout_days=12, **special)
    return float(run(model, folder).shipments["delivered_at"].iloc[0])


@pytest.mark.parametrize(
    ("to", "day", "offset"),
    [(COLUMBUS.zip3, TUE, 0), (CHICAGO_PLACE.zip3, WED, 1), (RENO.zip3, 7 + MON, 3)],
)
def test_parcels_arrive_between_nine_and_eight_where_they_go(to: str, day: int, offset: int, tmp_path: Path) -> None:
    hour = delivered_at(tmp_path, to=to) - 24 * day - offset

    assert 9.0 <= hour <= 20.0


def test_parcels_that_leave_on_friday_arrive_on_monday(tmp_path: Path) -> None:
    assert delivered_at(tmp_path, 4 * 24 + 9.0) // 24 == 7 + MON


def test_parcels_wait_for_a_holiday_to_pass(tmp_path: Path) -> None:
    assert delivered_at(tmp_path, holidays=frozenset({day_after(TUE)})) // 24 == WED


def test_extra_days_are_working_days(tmp_path: Path) -> None:
    assert delivered_at(tmp_path, 3 * 24 + 9.0, extra_days=always(1.0)) // 24 == 7 + MON  # Thursday: Friday, Monday


def test_a_same_day_service_takes_hours(tmp_path: Path) -> None:
    assert delivered_at(tmp_path, transit_hours=always(2.5)) == 17.5 + 2.5


def test_a_late_same_day_service_is_late_by_whole_days(tmp_path: Path) -> None:
    assert delivered_at(tmp_path, transit_hours=always(2.5), extra_days=always(1.0)) == 17.5 + 2.5 + 24.0


def test_a_storm_delays_parcels_that_leave_while_it_lasts(tmp_path: Path) -> None:
    snow = a_disruption("snow", 0.0, 24.0, scope="region", targets=("west",), delay_days=2, severity=1.0)

    # Reno is five days away, so Monday of the second week, and with the storm Wednesday
    assert delivered_at(tmp_path, to="895", disruptions=[snow]) // 24 == 7 + WED
    assert delivered_at(tmp_path, 33.0, to="895", disruptions=[snow]) // 24 == 7 + TUE


def test_a_delayed_service_delays_its_own_parcels_only(tmp_path: Path) -> None:
    def delay(service: str) -> Any:
        return a_disruption("late", 0.0, 24.0, scope="service", targets=(service,), delay_days=1)

    assert delivered_at(tmp_path, disruptions=[delay("parcel_ground")]) // 24 == WED
    assert delivered_at(tmp_path, disruptions=[delay("post_ground")]) // 24 == TUE
