"""Surcharges, areas, minimums, volume tiers and liability from their tables."""

from __future__ import annotations

from math import inf

import pytest

from tests.assemble.tiny import Tiny
from twin.domain.liability import NO_LIABILITY, Liability
from twin.domain.surcharges import SurchargeRule

HEADER = [
    *("carrier", "service", "kind", "usd", "area"),
    *("weight_over_lb", "longest_over_in", "second_over_in", "length_girth_over_in", "starts_on", "ends_on"),
]
ROWS = [
    "parcel,ground,area,6.5,remote,,,,,,",
    "parcel,ground,oversize,240,,110,96,,130,,",
    "parcel,ground,peak,0.4,,,,,,2025-09-02,2025-09-03",
]


@pytest.fixture
def contract(tiny: Tiny) -> Tiny:
    """The tiny scenario with everything a contract can have."""
    tiny.write("surcharges.csv", [HEADER, *(row.split(",") for row in ROWS)])
    tiny.write("areas.csv", [["zip3", "area"], ["895", "remote"]])
    tiny.write("minimums.csv", [["carrier", "service", "zone", "minimum_usd"], ["parcel", "ground", "2", "5.5"]])
    tiers = [["parcel", "ground", "100", "0.1"], ["parcel", "ground", "1000", "0.2"]]
    tiny.write("discounts.csv", [["carrier", "service", "weekly_parcels_from", "discount_rate"], *tiers])
    answers = ["carrier", "service", "lost_rate", "damaged_rate", "claim_limit_usd", "late_refund_rate"]
    tiny.write("liability.csv", [answers, ["parcel", "ground", "0.01", "0.02", "100", "0.5"]])
    for key, value in {
        "surcharges": ["surcharges.csv"], "delivery_areas": ["areas.csv"], "minimums": ["minimums.csv"],
        "discounts": ["discounts.csv"], "weekly_parcels": {"parcel": 999}, "liability": ["liability.csv"],
    }.items():  # fmt: skip
        tiny.set(f"carriers.{key}", value)
    return tiny


def test_rules_hold_for_their_area_size_and_dates_in_the_studys_time(contract: Tiny) -> None:
    network = contract.build().network

    assert network.services["parcel_ground"].surcharges.rules == (
        SurchargeRule("area", 6.5, area="remote"),
        SurchargeRule("oversize", 240.0, "", 110.0, 96.0, inf, 130.0),
        SurchargeRule("peak", 0.4, starts_at=24.0, ends_at=72.0),  # Tuesday and Wednesday of a study from Monday
    )
    assert network.services["courier_same_day"].surcharges.rules == ()
    assert network.delivery_areas == {"895": "remote"}


@pytest.mark.parametrize(
    ("weekly_parcels", "prices_usd"),
    [
        (99, ((5.0, 10.0), (6.0, 12.0), (7.0, 14.0))),
        (999, ((4.5, 9.0), (5.5, 10.8), (6.3, 12.6))),
        (1000, ((4.0, 8.0), (5.5, 9.6), (5.6, 11.2))),
    ],
    ids=["below the first tier", "the first tier", "the second tier: zone 2 has a minimum"],
)
def test_the_volume_of_a_contract_takes_off_its_tier_down_to_the_minimum(contract, weekly_parcels, prices_usd) -> None:
    contract.set("carriers.weekly_parcels", {"parcel": weekly_parcels})

    rates = contract.build().network.services["parcel_ground"].rates

    assert [list(row) for row in rates.prices_usd] == [pytest.approx(row) for row in prices_usd]


@pytest.mark.parametrize(
    ("line", "column", "value", "found", "expected"),
    [
        (2, "service", "grund", "service 'parcel_grund'", "one of parcel_ground, courier_same_day, unused_service"),
        (2, "kind", "fuel", "kind = 'fuel'", "one of area, additional_handling, oversize, peak"),
        (2, "usd", "-1", "usd = '-1'", "a number that is not negative"),
        (2, "area", "", "kind = 'area' without an area", "the area it is charged in"),
        (2, "area", "moon", "area 'moon'", "one of remote"),
        (3, "length_girth_over_in", "x", "length_girth_over_in = 'x'", "a number, or blank"),
        (4, "kind", "oversize", "kind = 'oversize' without a limit",
         "one of weight_over_lb, longest_over_in, second_over_in, length_girth_over_in"),
        (4, "starts_on", "2025-13-01", "starts_on = '2025-13-01'", "a date such as 2026-11-26, or blank"),
        (4, "starts_on", "2025-09-04", "a season from 2025-09-04 to 2025-09-03", "an end on or after its start"),
    ],
)  # fmt: skip
def test_a_rule_that_says_nothing_sensible_is_named(contract: Tiny, line, column, value, found, expected) -> None:
    contract.cell("surcharges.csv", line, column, value)

    (problem,) = contract.problems()

    assert (problem.where, problem.found, problem.expected) == (f"surcharges.csv, row {line}", found, expected)


def test_a_carrier_answers_for_what_its_table_says(contract: Tiny) -> None:
    services = contract.build().network.services

    assert services["parcel_ground"].liability == Liability(0.01, 0.02, 100.0, 0.5)
    assert services["courier_same_day"].liability == NO_LIABILITY


def test_more_failures_than_shipments_are_named(contract: Tiny) -> None:
    contract.cell("liability.csv", 2, "lost_rate", "0.99")

    assert contract.said() == (
        "liability.csv, row 2: lost_rate 0.99 and damaged_rate 0.02\n"
        "  expected: at most 1 together\n  to mend:  mend one of the two"
    )


def test_an_area_without_a_table_of_areas_is_named(contract: Tiny) -> None:
    contract.set("carriers.delivery_areas", [])

    assert contract.said() == (
        "surcharges.csv, row 2: area 'remote'\n"
        "  expected: one of no area, as carriers.delivery_areas names none\n"
        "  to mend:  name an area of carriers.delivery_areas, or leave it blank"
    )


@pytest.mark.parametrize(
    ("table", "column", "value", "found", "expected"),
    [
        ("areas.csv", "zip3", "89", "zip3 = '89'", "three digits, such as '021'"),
        ("minimums.csv", "minimum_usd", "x", "minimum_usd = 'x'", "a number"),
        ("minimums.csv", "zone", "0", "zone = '0'", "a whole number from 1 to 99"),
        ("discounts.csv", "discount_rate", "1.2", "discount_rate = '1.2'", "a number from 0 to 1"),
        ("liability.csv", "late_refund_rate", "2", "late_refund_rate = '2'", "a number from 0 to 1"),
        ("liability.csv", "claim_limit_usd", "-1", "claim_limit_usd = '-1'", "a number that is not negative"),
        ("discounts.csv", "service", "grund", "service 'parcel_grund'",
         "one of parcel_ground, courier_same_day, unused_service"),
    ],
)  # fmt: skip
def test_a_bad_cell_of_a_contract_is_named(contract: Tiny, table, column, value, found, expected) -> None:
    contract.cell(table, 2, column, value)

    problem = contract.problems()[0]

    assert (problem.where, problem.found, problem.expected) == (f"{table}, row 2", found, expected)


def test_a_zip3_in_two_areas_is_named(contract: Tiny) -> None:
    contract.add_row("areas.csv", "895", "rural")

    assert "areas.csv, row 3: zip3 '895' again" in contract.said()


def test_tiers_without_a_volume_are_named(contract: Tiny) -> None:
    contract.set("carriers.weekly_parcels", {})

    assert contract.said() == (
        "carriers.weekly_parcels: carriers.weekly_parcels: no 'parcel', which carriers.discounts has tiers for\n"
        "  expected: the parcels a week that its contract expects\n  to mend:  add parcel: 10000"
    )


@pytest.mark.parametrize(
    ("discounts", "expected"), [(["discounts.csv"], "one of parcel"), ([], "no carrier, as carriers.discounts has no")]
)
def test_a_volume_that_no_tier_asks_for_is_named(contract: Tiny, discounts: list[str], expected: str) -> None:
    contract.set("carriers.discounts", discounts)
    contract.set("carriers.weekly_parcels", {"parcel": 1, "post": 5} if discounts else {"post": 5})

    said = contract.said()

    assert "carriers.weekly_parcels.post: 'post'" in said
    assert f"expected: {expected}" in said
