"""Stages of work: stations that come and go, and a line in front of them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories import a_stage
from tests.simulation.shipping import a_shipment
from twin.simulation.clock import Clock
from twin.simulation.crews import staffed_stations
from twin.simulation.shipments import Shipment
from twin.simulation.stages import WorkStage


class Workshop:
    """A stage with a clock, and what has left it."""

    def __init__(self, stations: int = 2, work: float = 1.0, *, open_now: bool = True, **special: Any) -> None:
        self.clock = Clock()
        self.done: list[tuple[int, float]] = []
        self.stage = WorkStage(a_stage("pack", stations, work, **special), 0, self.clock, self._leave)
        if open_now:
            self.stage.staff(stations)

    def _leave(self, shipment: Shipment) -> None:
        self.done.append((shipment.order.number, self.clock.now_hours))

    def admit(self, *numbers: int, at: float = 0.0, **special: Any) -> None:
        """Let shipments come at an instant."""
        for number in numbers:
            self.clock.at(at, self.stage.admit, a_shipment(number=number, **special))

    def staff(self, stations: int, at: float) -> None:
        """Change the staff at an instant."""
        self.clock.at(at, self.stage.staff, stations)

    def live(self, until: float = 100.0) -> list[tuple[int, float]]:
        """Run, and return who left when."""
        self.clock.run_with([], self.stage.admit, until)
        return self.done


def test_work_takes_its_mean_times_the_orders_luck() -> None:
    shop = Workshop(work=0.5)
    shop.admit(1, work=1.5)

    assert shop.live() == [(1, 0.75)]


def test_those_who_find_no_station_wait() -> None:
    shop = Workshop()
    shop.admit(1, 2, 3, 4, 5)

    assert shop.live() == [(1, 1.0), (2, 1.0), (3, 2.0), (4, 2.0), (5, 3.0)]


def test_the_line_is_served_by_promise() -> None:
    shop = Workshop(stations=1)
    shop.admit(1, promised_by=90.0)
    shop.admit(2, promised_by=80.0)
    shop.admit(3, promised_by=40.0)

    assert [number for number, _ in shop.live()] == [1, 3, 2]


def test_the_line_is_served_by_arrival_where_the_stage_says_so() -> None:
    shop = Workshop(stations=1, queue="arrival")
    shop.admit(1, promised_by=90.0)
    shop.admit(2, promised_by=80.0)
    shop.admit(3, promised_by=40.0)

    assert [number for number, _ in shop.live()] == [1, 2, 3]


def test_nobody_works_while_the_stage_is_closed() -> None:
    shop = Workshop(open_now=False)
    shop.admit(1, 2, 3)
    shop.staff(2, at=5.0)

    assert shop.live() == [(1, 6.0), (2, 6.0), (3, 7.0)]


def test_who_works_when_a_shift_ends_finishes() -> None:
    shop = Workshop()
    shop.admit(1, 2, 3)
    shop.staff(0, at=0.5)
    shop.staff(1, at=10.0)

    assert shop.live() == [(1, 1.0), (2, 1.0), (3, 11.0)]


def test_nobody_starts_anew_before_enough_have_finished() -> None:
    shop = Workshop(stations=3)
    for number, work in ((1, 1.0), (2, 2.0), (3, 3.0)):
        shop.admit(number, work=work)
    shop.admit(4, 5, work=1.0)
    shop.staff(1, at=0.5)

    # the one station that is left is free once all three have finished
    assert shop.live() == [(1, 1.0), (2, 2.0), (3, 3.0), (4, 4.0), (5, 5.0)]


def test_free_stations_are_counted_below_zero_while_too_many_work() -> None:
    shop = Workshop(stations=3)
    shop.admit(1, 2, 3)
    shop.staff(1, at=0.5)
    free: list[int] = []
    for instant in (0.6, 1.5):
        shop.clock.at(instant, lambda _: free.append(shop.stage.free), None)

    shop.live()

    assert free == [-2, 1]


def test_a_shift_that_grows_takes_from_the_line_at_once() -> None:
    shop = Workshop(stations=1)
    shop.admit(1, 2, 3)
    shop.staff(3, at=0.25)

    assert shop.live() == [(1, 1.0), (2, 1.25), (3, 1.25)]


def test_a_shift_that_shrinks_and_grows_before_anybody_finishes_changes_nothing() -> None:
    shop = Workshop()
    shop.admit(1, 2, 3)
    shop.staff(0, at=0.25)
    shop.staff(2, at=0.75)

    assert shop.live() == [(1, 1.0), (2, 1.0), (3, 2.0)]


@pytest.mark.parametrize(("units", "hours"), [({"mug": 1}, 1.0), ({"mug": 1, "lamp": 1}, 1.5), ({"mug": 4}, 1.3)])
def test_further_lines_and_units_take_longer(units: dict[str, int], hours: float) -> None:
    shop = Workshop(extra_line_rate=0.5, extra_unit_rate=0.1)
    shop.admit(1, **units)

    assert [at for _, at in shop.live()] == pytest.approx([hours])


def test_a_shipment_remembers_its_work() -> None:
    shop = Workshop(stations=1)
    first, second = a_shipment(number=1), a_shipment(number=2)
    for shipment in (first, second):
        shop.clock.at(0.5, shop.stage.admit, shipment)

    shop.live()

    assert (first.started_at, first.finished, first.work_hours) == (0.5, [1.5], 1.0)
    assert (second.started_at, second.finished, second.work_hours) == (1.5, [2.5], 1.0)


def test_busy_hours_and_jobs_are_counted() -> None:
    shop = Workshop()
    shop.admit(1, 2, 3)
    shop.staff(1, at=1.5)

    shop.live(until=4.0)

    assert shop.stage.busy_hours == 3.0
    assert (shop.stage.admitted, shop.stage.begun, shop.stage.finished) == (3, 3, 3)


def test_work_in_line_is_reckoned_at_the_mean_of_work_begun() -> None:
    shop = Workshop(stations=1)
    shop.admit(1, work=3.0)
    shop.admit(2, 3)

    shop.live(until=1.0)

    assert shop.stage.waiting.size == 2
    assert shop.stage.waiting_hours() == 2 * 3.0


def test_work_in_line_is_reckoned_at_the_mean_before_anybody_began() -> None:
    shop = Workshop(work=0.25, open_now=False)
    shop.admit(1, 2)

    shop.live(until=1.0)

    assert shop.stage.waiting_hours() == 2 * 0.25


@pytest.mark.parametrize(
    ("stations", "rate", "staffed"),
    [(5, 1.0, 5), (5, 0.6, 3), (5, 0.5, 2), (5, 0.1, 1), (10, 0.3, 3), (5, 0.0, 0), (0, 1.0, 0), (1, 0.01, 1)],
)
def test_whole_stations_work_and_one_at_least_while_anybody_does(stations: int, rate: float, staffed: int) -> None:
    assert staffed_stations(stations, rate) == staffed
