"""One day of five orders at two nodes, worked out by hand to the hour and the cent.

Monday 8 September 2025, in hours of the simulated clock, which is that of New York. Columbus works from 6 to 22,
Reno from 6 to 22 Pacific time, which is 9 to 25. Each picks at one station (0.25 h; a further line takes as much
again, a further unit half of it) and packs at one station (0.5 h, whatever is in the box). The ground truck comes
at 17:00 local and leaves at 17:30: at 17.5 from Columbus, at 20.5 from Reno. The courier's cut-off in Columbus is
13:00, it leaves at 13:30 and needs three hours.

Ground costs $5, $6, $7 or $8 by zone up to 5 lb, twice that up to 50 lb, and 10 % fuel and $0.50 for the home
delivery on top. The courier takes $9 in zone 1 and nothing else. Columbus pays $20 for each hour worked and has
costs of $1 for an order, $0.20 for a line and $0.10 for a unit; Reno takes $2 for an order.

| order | placed | to | lines | promised | what the policy does |
|---|---|---|---|---|---|
| 0 | 9.5 | Columbus | 2 mugs | Tuesday (48) | Columbus; Reno is cheaper, but five days away |
| 1 | 10.1 | Reno | mug, book | Monday (24) | Reno, late: nobody else has books |
| 2 | 10.25 | Columbus | lamp, book | Friday (120) | a split: only Columbus has lamps, only Reno books |
| 3 | 11.5 | Chicago | mug | Wednesday (72) | Columbus, zone 2; Reno would be late |
| 4 | 12.1 | Columbus | mug | Monday (24), same day | the courier from Columbus |
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import time

import pytest

from tests.factories import (
    COLUMBUS,
    RENO,
    WEEKDAYS,
    Tables,
    a_departure,
    a_level,
    a_model,
    a_network,
    a_node,
    a_service,
    a_stage,
    always,
    an_order,
    run,
)
from twin.domain.carriers import Departure, RateCard
from twin.domain.nodes import NodeCosts
from twin.domain.surcharges import Surcharges
from twin.simulation.streams import stream
from twin.simulation.world import Model

SEED = 1
GOLDEN = 0.6180339887498949
BY_SHIPMENT = ["order", "node"]

# order 2 sends its book (first by name) from Reno and its lamp from Columbus
WAYS = [(0, "columbus"), (1, "reno"), (2, "columbus"), (2, "reno"), (3, "columbus"), (4, "columbus")]


def two_nodes() -> Model:
    """Return the day that is described above."""
    stages = (a_stage("pick", 1, 0.25, extra_line_rate=1.0, extra_unit_rate=0.5), a_stage("pack", 1, 0.5))
    courier_leaves = Departure("courier_today", time(13), time(13, 30), WEEKDAYS)
    nodes = [
        a_node("columbus", COLUMBUS, stages=stages, departures=(a_departure(), courier_leaves),
               costs=NodeCosts(1.0, 0.2, 0.1, wage_usd_per_hour=20.0, labor_paid="worked")),
        a_node("reno", RENO, stages=stages, costs=NodeCosts(2.0)),
    ]  # fmt: skip
    courier = a_service("courier_today", rates=RateCard((50.0,), ((9.0,), (), (), ())),
                        typical_days=(1, None, None, None), transit_hours=always(3.0))  # fmt: skip
    ground = a_service(surcharges=Surcharges(fuel_rate=0.1, residential_usd=0.5))
    today = a_level("today", ("courier_today",), promise_days=0, share=0.0)
    network = a_network(nodes, services=[ground, courier], levels=[a_level(), today])
    orders = [
        an_order(9.5, "432", 48.0, mug=2),
        an_order(10.1, "895", 24.0, mug=1, book=1),
        an_order(10.25, "432", 120.0, lamp=1, book=1),
        an_order(11.5, "606", 72.0, mug=1),
        replace(an_order(12.1, "432", 24.0, mug=1), level="today"),
    ]
    stock = {"columbus": {"mug": 10, "lamp": 5, "book": 0}, "reno": {"mug": 10, "lamp": 0, "book": 10}}
    return a_model(network, orders, stock=stock, order_days=1)


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """Live through the day once."""
    return run(two_nodes(), tmp_path_factory.mktemp("day"), SEED)


def column(day: Tables, name: str) -> list[float]:
    """Return a column of the shipments table, by order and node."""
    values: list[float] = day.shipments.sort_values(BY_SHIPMENT)[name].tolist()
    return values


def cents(amounts: Sequence[float]) -> object:
    """Return dollars as they should be, to a thousandth of a cent."""
    return pytest.approx(amounts, abs=1e-5)


def test_every_shipment_leaves_the_right_node(day: Tables) -> None:
    shipments = day.shipments.sort_values(BY_SHIPMENT)

    assert list(zip(shipments["order"], shipments["node"], strict=True)) == WAYS


def test_work_begins_when_a_picker_is_free(day: Tables) -> None:
    # Only the book of order 2 (10.25) waits: Reno picks order 1 from 10.1 for 0.25 x 2 lines = 0.5 h.
    assert column(day, "started_at") == pytest.approx([9.5, 10.1, 10.25, 10.6, 11.5, 12.1])


def test_parcels_are_packed_after_those_before_them(day: Tables) -> None:
    assert column(day, "packed_at") == pytest.approx(
        [
            9.5 + 0.25 * 1.5 + 0.5,  # two units: half as much picking again
            10.1 + 0.25 * 2.0 + 0.5,  # two lines
            10.25 + 0.25 + 0.5,  # at 10.5 the packer of Columbus is free since 10.375
            11.1 + 0.5,  # picked at 10.85, but Reno packs order 1 until 11.1
            11.5 + 0.25 + 0.5,
            12.1 + 0.25 + 0.5,  # at 12.35 the packer is free since 12.25
        ]
    )


def test_trucks_leave_by_their_local_timetable(day: Tables) -> None:
    assert column(day, "departed_at") == [17.5, 20.5, 17.5, 20.5, 17.5, 13.5]
    assert column(day, "planned_departure_at") == [17.5, 20.5, 17.5, 20.5, 17.5, 13.5]


def test_parcels_arrive_on_the_right_day_at_the_hour_of_their_luck(day: Tables) -> None:
    luck = stream(SEED, 0, "order-luck", "delivery", "0").random(5).tolist()
    second = (luck[2] + GOLDEN) % 1.0  # a second shipment of an order has a luck of its own

    # A round lasts from 9 to 20 local time. Zone 1 takes a day, zone 2 two days, zone 4 five working days.
    assert column(day, "delivered_at") == pytest.approx(
        [
            24 + 9 + 11 * luck[0],  # Tuesday
            24 + 3 + 9 + 11 * luck[1],  # Tuesday, Pacific time
            24 + 9 + 11 * second,  # the lamp: Tuesday
            168 + 9 + 11 * luck[2],  # the book: Tuesday, Wednesday, Thursday, Friday, Monday
            48 + 1 + 9 + 11 * luck[3],  # Wednesday, Central time
            13.5 + 3,
        ]
    )


def test_labels_are_those_of_zone_and_weight(day: Tables) -> None:
    # The lamp travels in a box of 40,500 cm3 = 2,472 in3: 2,472 / 139 = 17.8, so 18 lb, twice the price.
    assert column(day, "zone") == [1, 1, 1, 4, 2, 1]
    assert column(day, "billable_lb")[2] == 18
    assert column(day, "label_usd") == cents([5.0, 5.0, 10.0, 8.0, 6.0, 9.0])


def test_surcharges_are_fuel_and_home_delivery(day: Tables) -> None:
    assert column(day, "surcharge_usd") == cents([1.0, 1.0, 1.5, 1.3, 1.1, 0.0])


def test_handling_is_fees_and_hours_worked(day: Tables) -> None:
    assert column(day, "handling_usd") == cents(
        [
            20 * 0.875 + 1.0 + 0.2 + 2 * 0.1,  # 0.375 h picking, 0.5 h packing
            2.0,
            20 * 0.75 + 1.3,
            2.0,
            20 * 0.75 + 1.3,
            20 * 0.75 + 1.3,
        ]
    )


def test_everything_goes_in_the_mailer_but_the_lamp(day: Tables) -> None:
    assert column(day, "packaging_usd") == cents([0.25, 0.25, 0.5, 0.25, 0.25, 0.25])


def test_each_late_order_is_credited_once(day: Tables) -> None:
    # Order 1 is due on Monday and comes on Tuesday; of order 2 only the book is late.
    assert column(day, "late_credit_usd") == cents([0.0, 3.0, 0.0, 3.0, 0.0, 0.0])


def test_the_whole_day_costs_what_it_should(day: Tables) -> None:
    columns = ["label_usd", "surcharge_usd", "handling_usd", "packaging_usd", "late_credit_usd"]

    # labels 43.00 + surcharges 5.90 + handling 71.80 + packaging 1.75 + credits 6.00
    assert day.shipments[columns].to_numpy().sum() == pytest.approx(128.45, abs=1e-5)


def test_the_policy_expects_the_cost_that_comes(day: Tables) -> None:
    parts = ["label_usd", "surcharge_usd", "handling_usd", "packaging_usd"]

    assert column(day, "expected_usd") == cents(day.shipments.sort_values(BY_SHIPMENT)[parts].sum(axis=1).tolist())


def test_carbon_is_weight_times_distance_and_a_share_of_the_round(day: Tables) -> None:
    km = 275.65529 * 1.609344  # Columbus to Chicago; 0.5 kg with the mailer, roads a fifth longer, 0.1 kg/tkm
    across = 1941.71301 * 1.609344  # Reno to Columbus; 0.7 kg

    assert column(day, "linehaul_co2e_kg") == pytest.approx(
        [0.0, 0.0, 0.0, 0.0007 * across * 1.2 * 0.1, 0.0005 * km * 1.2 * 0.1, 0.0], abs=1e-6
    )
    assert column(day, "last_mile_co2e_kg") == [0.2] * 6
    assert column(day, "packaging_co2e_kg") == [0.1, 0.1, 0.3, 0.1, 0.1, 0.1]


def test_orders_end_with_their_last_parcel(day: Tables) -> None:
    orders = day.orders

    assert orders["status"].tolist() == ["delivered"] * 5
    assert orders["shipments"].tolist() == [1, 1, 2, 1, 1]
    assert orders["nodes"].tolist() == [1, 1, 2, 1, 1]
    assert orders["shipped_at"].tolist() == [17.5, 20.5, 20.5, 17.5, 13.5]
    assert orders["value_usd"].tolist() == [20.0, 25.0, 55.0, 10.0, 10.0]
    assert orders["single_node_possible"].tolist() == [True, True, False, True, True]


def test_stock_leaves_with_the_cut_offs(day: Tables) -> None:
    first = day.stock[day.stock["day"] == 0].set_index("node")

    # Columbus: 15 units until the courier's cut-off at 13, 14 until 17, then 10; Reno: 20 until 20, then 17.
    assert first["on_hand_units"].to_dict() == {"columbus": 10, "reno": 17}
    assert first["mean_on_hand_units"].to_dict() == pytest.approx(
        {"columbus": (13 * 15 + 4 * 14 + 7 * 10) / 24, "reno": (20 * 20 + 4 * 17) / 24}
    )
    # 6 mugs at $4 and 4 lamps at $15; 9 mugs and 8 books at $6
    assert first["on_hand_usd"].to_dict() == {"columbus": 84.0, "reno": 84.0}
    # 4 mugs and a lamp; a mug and 2 books
    assert first["shipped_cost_usd"].to_dict() == {"columbus": 31.0, "reno": 16.0}


def test_stations_are_staffed_and_busy_as_the_shifts_and_the_work_say(day: Tables) -> None:
    first = day.nodes[day.nodes["at"] <= 24].groupby(["node", "stage"])[["open_hours", "busy_hours"]].sum()

    assert first["open_hours"].tolist() == pytest.approx([16.0] * 4)  # Reno: 9 to 24, and Sunday's last hour
    assert first["busy_hours"].to_dict() == pytest.approx(
        {
            ("columbus", "pack"): 4 * 0.5,
            ("columbus", "pick"): 0.375 + 3 * 0.25,
            ("reno", "pack"): 2 * 0.5,
            ("reno", "pick"): 0.5 + 0.25,
        }
    )
