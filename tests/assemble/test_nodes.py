"""Fulfillment nodes with their calendars, stages, docks, assortments and lanes."""

from __future__ import annotations

from datetime import time

import pytest

from twin.domain.calendars import Shift
from twin.domain.carriers import Departure
from twin.domain.cartons import PackingStandard
from twin.domain.distributions import Distribution
from twin.domain.nodes import MoreOrders

NODE = "network.nodes.columbus"


def test_a_node_stands_on_the_preset_of_its_kind(tiny) -> None:
    reno = tiny.build().network.nodes["reno"]

    assert (reno.kind, reno.place.city, reno.label) == ("store", "Reno", "Reno")
    assert reno.calendar.timezone == "America/Los_Angeles"
    assert reno.calendar.shifts == (Shift(frozenset(range(7)), time(9), time(21)),)
    assert reno.departures == (Departure("parcel_ground", time(16), time(16, 30), frozenset(range(5))),)
    assert [(stage.name, stage.work_hours.mean) for stage in reno.stages] == [("pick", pytest.approx(1 / 6))]
    assert reno.assortment == {"mug"}  # the best seller


def test_a_lane_brings_supply_from_where_the_supplier_stands(tiny) -> None:
    nodes = tiny.build().network.nodes

    assert nodes["columbus"].supply.lead_hours == Distribution.of("deterministic", value=48.0)
    assert nodes["columbus"].supply.distance_miles == pytest.approx(276, abs=1)  # Chicago to Columbus
    assert nodes["reno"].supply.lead_hours.mean == 72.0


def test_an_assortment_of_categories_and_best_sellers_is_the_best_of_those_categories(tiny) -> None:
    tiny.set(f"{NODE}.assortment", {"categories": ["home"]})
    tiny.set("network.nodes.reno.assortment", {"categories": ["home", "media"], "top_skus": 2})

    nodes = tiny.build().network.nodes if not tiny.problems() else {}

    assert nodes["columbus"].assortment == {"mug", "lamp"}
    assert nodes["reno"].assortment == {"mug", "book"}


def test_a_node_that_works_on_holidays_has_none(tiny) -> None:
    tiny.set(f"{NODE}.closed_on_holidays", False)

    assert tiny.build().network.nodes["columbus"].calendar.closed_on == frozenset()


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        (f"{NODE}.zip3", "999", f"{NODE}.zip3: '999'\n  expected: a ZIP3 of places.csv"),
        (f"{NODE}.shifts", {"day": None}, f"{NODE}.shifts: no shift\n  expected: at least one"),
        (f"{NODE}.stages", {"pick": None, "pack": None}, f"{NODE}.stages: no stage of work\n  expected: at least one"),
        (
            f"{NODE}.stages.pick",
            {"stations": 1, "work": 0},
            f"{NODE}.stages.pick.work: mean 0 h\n  expected: a mean above zero",
        ),
        (
            f"{NODE}.departures",
            {"parcel_ground": {"cutoff": "17:45"}},
            f"{NODE}.departures.parcel_ground.cutoff: 17:45\n  expected: a time before the departure at 17:30",
        ),
        (
            f"{NODE}.assortment",
            {"categories": ["hom"]},
            f"{NODE}.assortment.categories: category 'hom'\n  expected: one of home, media",
        ),
        (
            f"{NODE}.more_orders",
            {"step": 10, "most": 50, "notice_days": 7},
            (
                f"{NODE}.more_orders: up to 50 orders a day beside no limit\n"
                "  expected: an orders_per_day below that\n"
                "  to mend:  set orders_per_day, raise `most`, or drop more_orders"
            ),
        ),
        (
            "network.suppliers.maker.zip3",
            "998",
            "network.suppliers.maker.zip3: '998'\n  expected: a ZIP3 of places.csv",
        ),
        (
            "network.lanes.akron",
            {"from": "maker", "lead_time": 24},
            "network.lanes.akron: a lane to node 'akron'\n  expected: one of columbus, reno",
        ),
        (
            "network.lanes.columbus.from",
            "makr",
            "network.lanes.columbus.from: supplier 'makr'\n  expected: one of maker, reno",
        ),
    ],
)
def test_what_does_not_fit_is_named_by_its_key(tiny, key: str, value: object, message: str) -> None:
    tiny.set(key, value)

    assert message in tiny.said()


def test_without_suppliers_a_lone_node_has_nothing_to_be_refilled_from(tiny) -> None:
    tiny.set("network.suppliers", {})
    tiny.drop("network.nodes.reno")
    tiny.drop("network.lanes.reno")

    message = "network.lanes.columbus.from: supplier 'maker'\n  expected: one of a supplier, but there is none"
    assert message in tiny.said()


def test_a_node_packs_as_its_network_unless_it_has_a_standard(tiny) -> None:
    columns = ["carton_id", "length_cm", "width_cm", "height_cm", "max_weight_kg", "tare_kg", "cost_usd", "co2e_kg"]
    tiny.write("crates.csv", [columns, ["crate", "60", "40", "40", "20", "3", "2", "1.5"]])
    tiny.set("network.nodes.reno.packing_standard", {"cartons": "crates.csv"})
    tiny.set("network.nodes.columbus.packing_standard", {"lines_together": False})

    network = tiny.build().network

    assert [box.carton_id for box in network.packing_standards["reno"].cartons] == ["crate"]
    assert network.packing_standards["columbus"] == PackingStandard(network.cartons, lines_together=False)


def test_a_table_of_a_nodes_own_cartons_is_named_where_it_is_wrong(tiny) -> None:
    tiny.set("network.nodes.reno.packing_standard", {"cartons": "crates.csv"})

    assert "network.nodes.reno.packing_standard.cartons" in tiny.said()


def test_a_network_without_an_open_node_is_refused(tiny) -> None:
    tiny.set(f"{NODE}.enabled", False)
    tiny.set("network.nodes.reno.enabled", False)

    assert "network.nodes: no enabled node\n  expected: at least one" in tiny.said()


def test_nodes_are_not_blamed_for_a_table_of_places_that_cannot_be_read(tiny) -> None:
    tiny.cell("places.csv", 2, "zip3", "43")  # Columbus

    assert [problem.where for problem in tiny.problems()] == ["places.csv, row 2"]


def test_a_limit_may_be_raised_with_notice_up_to_a_higher_one_only(tiny) -> None:
    tiny.set(f"{NODE}.more_orders", {"step": 10, "most": 50, "notice_days": 7})
    tiny.set(f"{NODE}.orders_per_day", 50)

    assert f"{NODE}.more_orders: up to 50 orders a day beside a limit of 50" in tiny.said()

    tiny.set(f"{NODE}.orders_per_day", 49)

    assert tiny.build().network.nodes["columbus"].more_orders == MoreOrders(10, 50, 7, 1.0)
