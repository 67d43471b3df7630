"""The floor of a node: crews, batches, zones, machines, waves, checks, overtime and learning, hour by hour."""

from __future__ import annotations

from datetime import time
from typing import Any

import pytest

from tests.factories import a_calendar, a_node, a_stage, a_timeline, always
from tests.simulation.shipping import a_shipment
from twin.domain.work import Batch, Crew, Learning, Machines, Overtime, Rework, Stage, Work
from twin.simulation.clock import Clock
from twin.simulation.days import Spread
from twin.simulation.floor import Floor
from twin.simulation.shipments import Shipment
from twin.simulation.staffing import Roster

ALL_DAY = ((0, 24),)


class Shop:
    """A floor with a clock, and what has left it."""

    def __init__(self, *stages: Stage, spans: tuple[tuple[int, int], ...] = ALL_DAY, **work: Any) -> None:
        self.clock = Clock()
        self.done: list[tuple[int, float]] = []
        node = a_node(stages=stages, calendar=a_calendar(*spans), work=Work(**work))
        roster = Roster.of(node, a_timeline(), 1, 0)
        columns = {Spread(stage.name, stage.work_hours.shape()[0]): at for at, stage in enumerate(stages)}
        self.floor = Floor(node, self.clock, columns, roster, self._leave)
        for process in self.floor.processes():
            self.clock.process(process)

    def _leave(self, shipment: Shipment) -> None:
        self.done.append((shipment.order.number, round(self.clock.now_hours, 9)))

    def admit(self, *numbers: int, at: float = 0.0, **special: Any) -> None:
        """Let shipments come at an instant, right after whatever else happens then."""
        for number in numbers:
            self.clock.at(at, self._admit, a_shipment(number=number, **special))

    def _admit(self, shipment: Shipment) -> None:
        self.floor.first.admit(shipment)

    def live(self, until: float = 200.0) -> list[tuple[int, float]]:
        """Run, and return who left when."""
        self.clock.run_with([], self.floor.first.admit, until)
        return self.done

    def hours(self, name: str, until: float) -> tuple[float, float]:
        """Run, and return the hours and overtime hours that somebody was at a stage or in a crew."""
        self.live(until)
        (place,) = [place for place in self.floor.workplaces if place.name == name]
        open_hours, overtime_hours, *_ = place.counts()
        return open_hours, overtime_hours


def test_a_crew_goes_to_the_first_of_its_stages_with_work() -> None:
    crew = Crew("floor", 1, ("pack", "pick"))
    shop = Shop(a_stage("pick", 5, 1.0), a_stage("pack", 5, 1.0), crews=(crew,))
    shop.admit(1, 2, at=1.0)

    assert shop.live() == [(1, 3.0), (2, 5.0)]


def test_a_crew_that_prefers_picking_packs_later() -> None:
    crew = Crew("floor", 1, ("pick", "pack"))
    shop = Shop(a_stage("pick", 5, 1.0), a_stage("pack", 5, 1.0), crews=(crew,))
    shop.admit(1, 2, at=1.0)

    assert shop.live() == [(1, 4.0), (2, 5.0)]


def test_people_find_no_more_work_than_there_are_stations() -> None:
    shop = Shop(a_stage("pack", 2, 1.0), crews=(Crew("floor", 9, ("pack",)),))
    shop.admit(1, 2, 3, at=1.0)

    assert shop.live() == [(1, 2.0), (2, 2.0), (3, 3.0)]


def test_hours_of_a_crew_are_counted_once_and_not_at_its_stages() -> None:
    crew = Crew("floor", 3, ("pick", "pack"))
    stages = (a_stage("pick", 5, 1.0), a_stage("pack", 5, 1.0))

    assert Shop(*stages, crews=(crew,), spans=((6, 14),)).hours("floor", 24.0) == (24.0, 0.0)
    assert Shop(*stages, crews=(crew,), spans=((6, 14),)).hours("pick", 24.0) == (0.0, 0.0)


def test_who_works_when_the_shift_ends_finishes_and_starts_nothing() -> None:
    shop = Shop(a_stage("pack", 5, 1.0), crews=(Crew("floor", 1, ("pack",)),), spans=((6, 14),))
    shop.admit(1, 2, at=13.5)

    assert shop.live() == [(1, 14.5), (2, 31.0)]


def test_a_tour_takes_all_who_wait_and_walks_once() -> None:
    shop = Shop(a_stage("pick", 1, 1.0, batch=Batch(3, 0.5)))
    shop.admit(1, 2, 3, 4, 5, at=1.0)

    # the first goes alone; then three: 0.5 x 3 for the goods and 0.5 for the walk
    assert shop.live() == [(1, 2.0), (2, 4.0), (3, 4.0), (4, 4.0), (5, 5.0)]
    stage = shop.floor.stages[0]
    assert (stage.busy_hours, stage.admitted, stage.finished) == (4.0, 5, 5)


def test_shipments_on_a_tour_are_not_finished_before_its_end() -> None:
    shop = Shop(a_stage("pick", 1, 1.0, batch=Batch(3, 0.5)))
    shop.admit(1, 2, 3, at=1.0)
    shop.live(until=3.0)

    assert (shop.floor.stages[0].admitted, shop.floor.stages[0].finished) == (3, 1)


def test_zones_pick_side_by_side_and_the_last_one_lets_go() -> None:
    shop = Shop(a_stage("pick", 2, 1.0, zones=2, extra_unit_rate=1.0))
    zones = {sku: shop.floor._line._by_zone((a_shipment(**{sku: 1})).plan.lines) for sku in ("mug", "lamp", "book")}
    apart = [sku for sku in zones if set(zones[sku]) != set(zones["mug"])]
    assert apart, "names in two zones at least"

    shop.admit(1, at=1.0, **{"mug": 1, apart[0]: 3})
    shop.admit(2, at=1.0, mug=1)

    assert shop.live() == [(2, 3.0), (1, 4.0)]


def test_machines_bring_no_more_lines_than_they_can() -> None:
    shop = Shop(a_stage("pick", 2, 0.25, lines_per_hour=4.0))
    shop.admit(1, 2, at=1.0)

    assert shop.live() == [(1, 1.5), (2, 1.5)]


def test_a_machine_that_fails_takes_its_stations_along() -> None:
    shop = Shop(a_stage("pack", 2, 1.0, machines=Machines(2, always(5.0), always(3.0))))
    shop.admit(1, 2, 3, 4, at=4.5)

    # both stand still from 5 to 8; who is at work finishes
    assert shop.live() == [(1, 5.5), (2, 5.5), (3, 9.0), (4, 9.0)]


def test_orders_wait_for_the_wave() -> None:
    shop = Shop(a_stage("pack", 2, 1.0), waves=(time(8), time(12)))
    shop.admit(1, at=7.0, promised_by=90.0)
    shop.admit(2, at=7.5, promised_by=80.0)
    shop.admit(3, at=8.5)

    assert shop.live() == [(2, 9.0), (1, 9.0), (3, 13.0)]


def test_what_waits_for_a_wave_counts_as_line_and_backlog() -> None:
    shop = Shop(a_stage("pack", 2, 1.0), waves=(time(8), time(12)))
    shop.admit(1, 2, 3, at=7.0)
    shop.live(until=7.5)

    assert shop.floor.in_line() == 3
    assert shop.floor.backlog_hours() == 3.0
    assert shop.floor.begins_at() == 8.0


def test_a_check_sends_its_share_back() -> None:
    shop = Shop(
        a_stage("pack", 400, 1.0), a_stage("check", 400, 0.5, rework=Rework(0.25, "pack")),
    )  # fmt: skip
    for number in range(400):
        shop.admit(number, at=1.0, found_luck=(number + 0.5) / 400)

    done = shop.live()

    by_hour = [sum(1 for _, at in done if at == hour) for hour in (2.5, 4.0, 5.5)]
    assert len(done) == 400
    assert by_hour == pytest.approx([300, 75, 19], abs=8)


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


def test_backlog_of_a_crew_is_all_that_waits_for_it() -> None:
    crew = Crew("floor", 2, ("pack", "pick"))
    shop = Shop(a_stage("pick", 5, 1.0), a_stage("pack", 5, 0.5), crews=(crew,))
    shop.admit(1, 2, 3, 4, at=1.0)
    shop.live(until=1.5)

    assert shop.floor.backlog_hours() == 2.0
    assert shop.floor.bottleneck.hands == 2
    assert shop.floor.bottleneck.shipments_per_hour == pytest.approx(2 / 1.5)


def test_somebody_elses_node_hears_of_orders_later() -> None:
    shop = Shop(a_stage("pack", 2, 1.0), order_latency_hours=0.5)
    shop.admit(1, at=1.0)
    shop.live(until=1.25)

    assert (shop.floor.in_line(), shop.floor.backlog_hours(), shop.floor.begins_at()) == (1, 1.0, 1.75)
    assert shop.live() == [(1, 2.5)]
