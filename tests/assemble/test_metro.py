"""Customers of one metropolitan area."""

from __future__ import annotations

import pytest


def test_only_those_within_the_metro_order_and_the_daily_orders_stay(tiny) -> None:
    tiny.set("demand.orders_per_day", 40)
    tiny.set("demand.metro", {"center": "432", "miles": 300})  # Chicago is 275 miles from Columbus, Reno far away

    model = tiny.build()

    people = {zip3: place.population for zip3, place in model.network.places.items()}
    assert people == {"432": 1000, "606": 2000, "895": 0}
    demand = model.demand(1, 0, [])
    days = [demand.day(day, 1) for day in range(50)]
    assert {demand.names.destinations[number] for day in days for number in day.destination} == {"432", "606"}
    assert sum(len(day.destination) for day in days) / 50 == pytest.approx(40, rel=0.1)


def test_the_center_alone_is_a_metro_too(tiny) -> None:
    tiny.set("demand.metro", {"center": "432", "miles": 0.001})

    model = tiny.build()

    assert [place.zip3 for place in model.network.places.values() if place.population] == ["432"]


@pytest.mark.parametrize(
    ("metro", "message"),
    [
        ({"center": "999", "miles": 30}, "demand.metro.center: '999'\n  expected: a ZIP3 of "),
        ({"center": "432", "miles": 0}, "demand.metro.miles = 0\n  expected: greater than 0"),
    ],
)
def test_a_metro_that_is_nowhere_is_refused(tiny, metro: dict[str, object], message: str) -> None:
    tiny.set("demand.metro", metro)

    assert message in tiny.said()


def test_a_circle_without_people_is_refused(tiny) -> None:
    tiny.cell("places.csv", 2, "population", "0")
    tiny.set("demand.metro", {"center": "432", "miles": 30})

    message = "demand.metro.miles: 30 miles around '432', where nobody lives\n  expected: a circle with people in it"
    assert message in tiny.said()


def test_a_trace_has_its_own_customers(tiny) -> None:
    tiny.set("demand.kind", "trace")
    tiny.set("demand.metro", {"center": "432", "miles": 30})

    assert "demand.metro: a metro with demand=trace\n  expected: null: a trace has its own customers" in tiny.said()
