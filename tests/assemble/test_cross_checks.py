"""What only shows when the parts of a scenario are held side by side."""

from __future__ import annotations

import pytest

NODE = "network.nodes.columbus"
LEVELS = "demand.service_levels"


def a_truck(**special: str) -> dict[str, str]:
    return {"days": "mon-fri", "cutoff": "16:00", "departs": "16:30", **special}


def test_a_scenario_that_fits_together_has_no_problem(tiny) -> None:
    assert tiny.problems() == []


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        (
            f"{NODE}.departures",
            {"parcel_ground": None},
            f"{NODE}.departures: none\n  expected: at least one carrier departure",
        ),
        (
            f"{NODE}.departures.parcl_ground",
            a_truck(),
            ".departures.parcl_ground: service 'parcl_ground'\n  expected: one of courier_same_day, parcel_ground",
        ),
        (
            f"{NODE}.departures.parcel_ground",
            a_truck(cutoff="18:30", departs="19:00"),
            (f"{NODE}.departures.parcel_ground.cutoff: 18:30 on mon, tue, wed, thu, fri\n"
            "  expected: a cut-off within working hours\n  to mend:  move the cut-off, or add a shift"),
        ),
        (
            f"{NODE}.shifts.day",
            {"days": "mon-thu"},
            f"{NODE}.departures.parcel_ground.cutoff: 17:00 on fri\n  expected: a cut-off within working hours",
        ),
        (
            f"{NODE}.departures.parcel_ground",
            a_truck(days="fri-sat"),
            (f"{NODE}.departures.parcel_ground.days: sat\n"
            "  expected: days on which parcel_ground collects: mon, tue, wed, thu, fri"),
        ),
        (
            f"{LEVELS}.standard.services",
            ["courier_same_day"],
            (f"{LEVELS}.standard.services: 3 ZIP3 that no open node can reach: 432, 606, 895\n"
            "  expected: a service of that level from at least one node"),
        ),
        (
            f"{NODE}.assortment",
            {"categories": ["home"]},
            "network.nodes: 1 SKUs that no open node carries: book\n  expected: every product at one node at least",
        ),
        (
            "network.lanes",
            {"columbus": {"from": "maker", "lead_time": 24}},
            ("network.nodes.reno: no lane leads to it\n  expected: a lane from a supplier or from another node\n"
            "  to mend:  add network.lanes.reno, or set replenishment=none"),
        ),
        (
            "study.measures.cost_per_order.primary",
            False,
            "study.measures: 0 primary measures\n  expected: one measure with primary: true",
        ),
        (
            "study.measures.split_rate",
            {"title": "Splits", "unit": "rate", "better": "lower", "matters_from": 0.1, "primary": True},
            "study.measures: 2 primary measures",
        ),
        (
            "study.measures.cost_per_ordr",
            {"title": "Cost", "unit": "USD", "better": "lower", "matters_from": 0.1},
            ("study.measures.cost_per_ordr: 'cost_per_ordr'\n  expected: a KPI of docs/kpis.md\n"
            "  to mend:  did you mean 'cost_per_order'?"),
        ),
    ],
)  # fmt: skip
def test_what_does_not_fit_together_is_named_by_its_key(tiny, key: str, value: object, message: str) -> None:
    tiny.set(key, value)

    assert message in tiny.said()


def test_a_zip3_is_out_of_reach_only_where_people_live(tiny) -> None:
    # ground service ends in zone 2, at 600 miles: it is 640 to Boston from Columbus
    tiny.add_row("places.csv", "021", "MA", "Boston", "America/New_York", "42.36", "-71.06", "0", "midwest")
    for table, lines in (("rates.csv", (7, 6)), ("transit.csv", (4,))):
        for line in lines:
            tiny.drop_row(table, line)
    assert tiny.problems() == []

    tiny.cell("places.csv", 5, "population", "1")

    assert f"{LEVELS}.standard.services: 1 ZIP3 that no open node can reach: 021" in tiny.said()


def test_a_disabled_node_reaches_nobody_and_carries_nothing(tiny) -> None:
    tiny.set(f"{NODE}.enabled", False)

    said = tiny.said()

    assert "2 SKUs that no open node carries: book, lamp" in said


def test_transit_times_without_prices_and_prices_without_transit_times_are_named(tiny) -> None:
    tiny.drop_row("transit.csv", 4)
    tiny.add_row("transit.csv", "courier", "same_day", "2", "0")
    tiny.add_row("transit.csv", "courier", "same_day", "3", "0")

    said = tiny.said()

    both = "  expected: both prices and transit times in a zone, or neither\n  to mend:  add the rows"
    assert f"carriers.transit: no transit times of parcel_ground in zones 3\n{both}" in said
    assert f"carriers.rates: no prices of courier_same_day in zones 2, 3\n{both}" in said


@pytest.mark.parametrize(
    ("column", "value"),
    [("weight_kg", "25"), ("length_cm", "160")],
    ids=["55 lb, where services take 50", "63 inches, where services take 60"],
)
def test_a_product_that_no_service_of_a_level_takes_is_named(tiny, column: str, value: str) -> None:
    tiny.cell("products.csv", 2, column, value)

    assert (
        f"{LEVELS}.standard.services: 1 SKUs too heavy, too long or without a price: lamp\n"
        "  expected: a service of that level that takes them"
    ) in tiny.said()


def test_a_product_beyond_the_last_weight_of_every_rate_card_is_named(tiny) -> None:
    for line in (7, 5, 3):  # parcel_ground, up to 50 lb
        tiny.drop_row("rates.csv", line)
    tiny.cell("services.csv", 2, "dim_threshold_in3", "9999")  # so that the box counts by its weight
    tiny.cell("products.csv", 2, "weight_kg", "3")

    assert "1 SKUs too heavy, too long or without a price: lamp" in tiny.said()


def test_a_product_tilted_to_no_region_is_named(tiny) -> None:
    tiny.cell("products.csv", 3, "regional_tilt", "wst")

    assert "products.csv: regional_tilt 'wst'\n  expected: one of midwest, west, or blank" in tiny.said()


def test_without_replenishment_a_node_needs_no_lane(tiny) -> None:
    tiny.set("replenishment.kind", "none")
    tiny.set("network.lanes", {})

    assert tiny.problems() == []
