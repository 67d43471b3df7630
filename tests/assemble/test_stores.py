"""Stores: the shelf behind the books, and what customers of the shop take from it."""

from __future__ import annotations

import pytest

from twin.domain.distributions import Distribution

RENO = "network.nodes.reno"


def test_a_node_without_a_shelf_has_books_that_are_right(tiny) -> None:
    assert tiny.build().network.nodes["reno"].shelf is None


def test_a_shelf_is_as_it_is_configured(tiny) -> None:
    tiny.set(f"{RENO}.shelf", {"book_accuracy": 0.65, "wrong_by": {"kind": "empirical", "values": [1, 1, 3]},
                               "count_every_days": 30, "walk_in_units_per_day": 40})  # fmt: skip

    shelf = tiny.build().network.nodes["reno"].shelf

    assert (shelf.book_accuracy, shelf.count_every_days, shelf.walk_in_units_per_day) == (0.65, 30, 40.0)
    assert shelf.wrong_by == Distribution.of("discrete", values=[1, 3], weights=[2, 1])
    assert (shelf.shrinkage_per_day, shelf.phantom_share) == (0.0, 0.5)
    assert (shelf.units_per_walk_in.mean, shelf.walk_ins_take_reserved) == (1.0, True)


def test_a_wholesaler_has_customers_who_take_cases_and_leave_what_is_reserved(tiny) -> None:
    cases = {"kind": "discrete", "values": [6, 24], "weights": [0.8, 0.2]}
    tiny.set(f"{RENO}.shelf", {"units_per_walk_in": cases, "walk_ins_take_reserved": False})

    shelf = tiny.build().network.nodes["reno"].shelf

    assert (shelf.units_per_walk_in.mean, shelf.walk_ins_take_reserved) == (pytest.approx(9.6), False)


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        (
            "found_rate",
            0.95,
            (f"{RENO}.found_rate: 0.95 beside a shelf\n  expected: 1, since the shelf says what is found\n"
            "  to mend:  set found_rate to 1, or shelf to null"),
        ),
        (
            "shelf.wrong_by",
            {"kind": "exponential", "mean_units": 2},
            (f"{RENO}.shelf.wrong_by: distribution 'exponential', which is not one of whole numbers\n"
            "  expected: whole numbers from 1, of kind deterministic, discrete or empirical\n"
            "  to mend:  give each number its share"),
        ),
        (
            "shelf.units_per_walk_in",
            {"kind": "deterministic", "value_units": 0.5},
            f"{RENO}.shelf.units_per_walk_in: 0.5 among its values\n  expected: whole numbers from 1, of kind",
        ),
        ("shelf.book_accuracy", 1.2, f"{RENO}.shelf.book_accuracy = 1.2\n  expected: less than or equal to 1"),
        ("shelf.count_every_days", 0, f"{RENO}.shelf.count_every_days = 0\n  expected: greater than or equal to 1"),
        ("shelf.walk_in_units_per_day", -1, f"{RENO}.shelf.walk_in_units_per_day = -1\n  expected: greater than or"),
    ],
)  # fmt: skip
def test_a_shelf_that_cannot_be_is_named_by_its_key(tiny, key: str, value: object, message: str) -> None:
    tiny.set(f"{RENO}.shelf", {})
    tiny.set(f"{RENO}.{key}", value)

    assert message in tiny.said()


def test_stock_is_kept_for_customers_who_walk_in(tiny) -> None:
    before = tiny.build()
    tiny.set(f"{RENO}.shelf", {"walk_in_units_per_day": 40})

    after = tiny.build()

    level, higher = (model.replenishment.levels["reno"]["mug"] for model in (before, after))
    assert higher - level == pytest.approx(40 * (72 / 24 + 1), rel=0.25)  # lead time and review, and some safety
    assert after.opening_stock["reno"]["mug"] > before.opening_stock["reno"]["mug"]
    assert after.replenishment.levels["columbus"] == before.replenishment.levels["columbus"]


def test_a_kpi_of_shelves_needs_a_shelf(tiny) -> None:
    tiny.set(
        "study.measures.phantom_rate", {"title": "Phantom", "unit": "rate", "better": "lower", "matters_from": 0.1}
    )

    assert (
        "study.measures.phantom_rate: a KPI of shelves where no node has one\n  expected: a KPI of what is modeled\n"
        "  to mend:  give a node a shelf or drop the measure"
    ) in tiny.said()


def test_a_kpi_of_storage_needs_limited_room(tiny) -> None:
    fill = {"title": "Fill", "unit": "rate", "better": "lower", "matters_from": 0.1}
    tiny.set("study.measures.storage_fill_p95", fill)

    assert (
        "study.measures.storage_fill_p95: a KPI of storage where room is unlimited\n"
        "  expected: a KPI of what is modeled\n"
        "  to mend:  set network.nodes.<node>.inbound.storage_m3 or drop the measure"
    ) in tiny.said()


PICKUP = {"share": 0.2, "max_miles": 25, "collect_after": {"kind": "exponential", "mean_hours": 6}}


def with_pickup(tiny) -> None:
    tiny.set("demand.pickup", {**PICKUP, "hold_days": 3, "trip_co2e_kg": 1.6, "dedicated_trip_rate": 0.5})
    tiny.set(f"{RENO}.pickup", {"hand_over_minutes": 6})


def test_pickup_is_as_it_is_configured(tiny) -> None:
    with_pickup(tiny)

    model = tiny.build()

    desk, terms = model.network.nodes["reno"].pickup, model.pickup
    assert (desk.stations, desk.hand_over_hours, desk.curbside_hours) == (1, 0.1, pytest.approx(1 / 30))
    assert (terms.share, terms.max_miles, terms.ready_hours, terms.hold_hours) == (0.2, 25.0, 2.0, 72.0)
    assert terms.co2e_kg == 0.8


def test_pickup_is_one_more_service_that_no_policy_is_offered(tiny) -> None:
    with_pickup(tiny)

    network = tiny.build().network

    assert network.services["store_pickup"].carrier == "store"
    assert network.carbon.last_mile_kg_per_parcel["pickup"] == 0.8
    assert not any("store_pickup" in level.services for level in network.service_levels.values())


def test_without_pickup_nobody_hands_anything_over(tiny) -> None:
    model = tiny.build()

    assert (model.pickup, model.network.nodes["reno"].pickup) == (None, None)
    assert "store_pickup" not in model.network.services


def test_pickup_needs_a_store_that_is_open(tiny) -> None:
    with_pickup(tiny)
    tiny.set(f"{RENO}.enabled", False)

    assert (
        "demand.pickup: no open node that hands orders over\n  expected: at least one\n"
        "  to mend:  give a store pickup, or set demand.pickup to null"
    ) in tiny.said()


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("demand.pickup.share", 1.5, "demand.pickup.share = 1.5\n  expected: less than or equal to 1"),
        ("demand.pickup.max_miles", 0, "demand.pickup.max_miles = 0\n  expected: greater than 0"),
        ("demand.pickup.hold_days", 0, "demand.pickup.hold_days = 0\n  expected: greater than 0"),
        (f"{RENO}.pickup.stations", 0, f"{RENO}.pickup.stations = 0\n  expected: greater than or equal to 1"),
    ],
)
def test_pickup_that_cannot_be_is_named_by_its_key(tiny, key: str, value: float, message: str) -> None:
    with_pickup(tiny)
    tiny.set(key, value)

    assert message in tiny.said()


def test_a_kpi_of_pickup_needs_pickup(tiny) -> None:
    tiny.set(
        "study.measures.no_show_rate", {"title": "No-shows", "unit": "rate", "better": "lower", "matters_from": 0.1}
    )

    assert (
        "study.measures.no_show_rate: a KPI of pickup without demand.pickup\n  expected: a KPI of what is modeled\n"
        "  to mend:  set demand.pickup or drop the measure"
    ) in tiny.said()


def with_vans(tiny) -> None:
    tiny.set(
        "demand.local_delivery", {"share": 0.1, "max_miles": 20, "windows": ["12:00", "09:00"], "orders_per_window": 8}
    )
    tiny.set(f"{RENO}.delivers_locally", True)


def test_local_delivery_is_as_it_is_configured(tiny) -> None:
    with_vans(tiny)

    model = tiny.build()

    terms = model.local_delivery
    assert (terms.share, terms.window_hours, terms.lead_hours, terms.orders_per_window) == (0.1, 3.0, 2.0, 8)
    assert [start.hour for start in terms.starts] == [9, 12]
    assert model.network.nodes["reno"].delivers_locally
    assert model.network.services["store_van"].carrier == "store"


def test_local_delivery_needs_a_store_with_a_van(tiny) -> None:
    with_vans(tiny)
    tiny.drop(f"{RENO}.delivers_locally")

    assert (
        "demand.local_delivery: no open node that delivers locally\n  expected: at least one\n"
        "  to mend:  set delivers_locally of a store, or demand.local_delivery to null"
    ) in tiny.said()


def test_a_kpi_of_vans_needs_vans(tiny) -> None:
    tiny.set(
        "study.measures.window_rate", {"title": "Windows", "unit": "rate", "better": "higher", "matters_from": 0.1}
    )

    assert (
        "study.measures.window_rate: a KPI of vans without demand.local_delivery\n"
        "  expected: a KPI of what is modeled\n"
        "  to mend:  set demand.local_delivery or drop the measure"
    ) in tiny.said()
