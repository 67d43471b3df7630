"""The floor of a node: crews, batches, zones, machines, waves and checks, hour by hour."""

from __future__ import annotations

from datetime import time

import pytest

from tests.factories import a_stage, always
from tests.simulation.shipping import a_shipment
from tests.simulation.shop import Shop
from twin.domain.work import Batch, Crew, Machines, Rework


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


def test_a_wave_is_in_line_before_the_first_tour_begins() -> None:
    shop = Shop(a_stage("pick", 1, 1.0, batch=Batch(3, 0.5)), waves=(time(8),))
    shop.admit(1, 2, 3, at=7.0)

    assert shop.live() == [(1, 10.0), (2, 10.0), (3, 10.0)]


def test_a_tour_may_take_no_time_at_all() -> None:
    shop = Shop(a_stage("pick", 1, 1.0, batch=Batch(3, 0.5)))
    shop.admit(1, 2, at=1.0, work=0.0)

    assert shop.live() == [(1, 1.0), (2, 1.0)]


def test_zones_keep_two_shipments_of_an_order_apart() -> None:
    shop = Shop(a_stage("pick", 2, 1.0, zones=2))
    shop.admit(1, 1, at=1.0, mug=1, lamp=1)

    assert shop.live() == [(1, 2.0), (1, 3.0)]


def test_a_shipment_that_waits_in_two_zones_is_one_shipment_in_line() -> None:
    shop = Shop(a_stage("pick", 2, 1.0, zones=2))
    shop.admit(1, 2, 3, at=1.0, mug=1, lamp=1)
    shop.admit(4, at=1.0, mug=1)
    shop.live(until=1.5)

    assert shop.floor.in_line() == 3


def test_a_shipment_is_in_line_as_long_as_a_part_of_it_waits() -> None:
    shop = Shop(a_stage("pick", 2, 1.0, zones=2))
    shop.admit(1, at=1.0, mug=1)
    shop.admit(2, at=1.0, mug=1, lamp=1)
    shop.live(until=1.5)

    assert shop.floor.in_line() == 1


def test_machines_bring_all_they_can_to_the_few_who_are_there() -> None:
    shop = Shop(a_stage("pick", 2, 0.25, lines_per_hour=4.0), crews=(Crew("floor", 1, ("pick",)),))
    shop.admit(1, 2, at=1.0)

    assert shop.live() == [(1, 1.25), (2, 1.5)]


def test_a_stage_with_few_stations_may_hold_up_a_large_crew() -> None:
    crew = Crew("floor", 9, ("pack", "pick"))
    shop = Shop(a_stage("pick", 9, 1.0), a_stage("pack", 2, 1.0), crews=(crew,))

    assert shop.floor.bottleneck.hands == 2
    assert shop.floor.bottleneck.shipments_per_hour == 2.0


def test_a_crew_whose_node_is_closed_finishes_and_goes_on_when_it_opens() -> None:
    shop = Shop(a_stage("pick", 5, 1.0), a_stage("pack", 5, 1.0), crews=(Crew("floor", 1, ("pack", "pick")),))
    shop.admit(1, 2, at=1.0)
    for instant, rate in ((1.5, 0.0), (5.0, 1.0)):
        shop.clock.at(instant, shop.floor.set_capacity, rate)
    shop.live(until=4.0)

    pick = shop.floor.stages[0]
    assert (pick.admitted, pick.finished, pick.waiting.size, shop.floor.crews[0].free) == (2, 1, 1, 0)
    assert shop.live() == [(1, 6.0), (2, 8.0)]
