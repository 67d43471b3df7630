"""Carrier services from the tables of services, rates, transit times and delays."""

from __future__ import annotations

import pytest

from twin.domain.carriers import RateCard
from twin.domain.distributions import Distribution
from twin.domain.surcharges import Surcharges


def test_the_rows_of_a_service_become_one_service(tiny) -> None:
    ground = tiny.build().network.services["parcel_ground"]

    assert ground.rates == RateCard((5.0, 50.0), ((5.0, 10.0), (6.0, 12.0), (7.0, 14.0)))
    assert ground.surcharges == Surcharges(0.2, 3.0)
    assert ground.typical_days == (1, 2, 5)
    assert ground.extra_days == Distribution.of("discrete", values=[0, 1], weights=[0.9, 0.1])
    assert ground.transit_hours is None
    assert ground.pickup_weekdays == ground.delivery_weekdays == frozenset(range(5))


def test_a_courier_takes_hours_and_collects_on_every_day_it_delivers(tiny) -> None:
    courier = tiny.build().network.services["courier_same_day"]

    assert courier.transit_hours == Distribution.of("deterministic", value=3.0)
    assert courier.pickup_weekdays == courier.delivery_weekdays == frozenset(range(7))
    assert courier.typical_days == (0, None, None)
    assert courier.rates.prices_usd == ((20.0,), (), ())
    assert courier.extra_days == Distribution.of("deterministic", value=0.0)


def test_a_service_without_rates_is_not_bought(tiny) -> None:
    assert list(tiny.build().network.services) == ["courier_same_day", "parcel_ground"]


def test_a_price_factor_scales_labels_and_home_delivery_but_not_the_share_for_fuel(tiny) -> None:
    tiny.set("carriers.price_factors", {"parcel_ground": 0.5})

    ground = tiny.build().network.services["parcel_ground"]

    assert ground.rates.prices_usd[0] == (2.5, 5.0)
    assert ground.surcharges == Surcharges(0.2, 1.5)


def test_several_tables_of_one_kind_are_read_as_one(tiny) -> None:
    tiny.write("more_rates.csv", [["carrier", "service", "zone", "weight_to_lb", "price_usd"],
                                  *(["parcel", "ground", str(zone), "60", "30"] for zone in (1, 2, 3))])  # fmt: skip
    tiny.set("carriers.rates", ["rates.csv", "more_rates.csv"])

    assert tiny.build().network.services["parcel_ground"].rates.weights_lb == (5.0, 50.0, 60.0)


def test_a_price_that_two_tables_give_is_named_with_both(tiny) -> None:
    tiny.write("more_rates.csv", [["carrier", "service", "zone", "weight_to_lb", "price_usd"],
                                  ["parcel", "ground", "1", "5", "4"]])  # fmt: skip
    tiny.set("carriers.rates", ["rates.csv", "more_rates.csv"])

    assert tiny.said().startswith(
        "more_rates.csv, row 2: carrier 'parcel', service 'ground', zone 1, weight_to_lb 5.0 again\n"
        "  expected: once (first in rates.csv, row 2)"
    )


def test_zones_that_no_mileage_band_leads_to_are_left_alone(tiny) -> None:
    tiny.add_row("rates.csv", "parcel", "ground", "9", "5", "99")
    tiny.add_row("transit.csv", "parcel", "ground", "9", "9")

    assert len(tiny.build().network.services["parcel_ground"].rates.prices_usd) == 3


@pytest.mark.parametrize(
    ("table", "column", "value", "expected"),
    [
        ("services.csv", "mode", "rail", "one of ground, air, courier"),
        ("services.csv", "dim_divisor_in3_per_lb", "0", "a number above zero"),
        ("services.csv", "fuel_rate", "-0.1", "a number that is not negative"),
        ("services.csv", "saturday_pickup", "no", "true or false"),
        ("services.csv", "carrier", "", "a word, not blank"),
        ("rates.csv", "zone", "x", "a number"),
        ("rates.csv", "price_usd", "nan", "a finite number"),
        ("rates.csv", "price_usd", "-5", "a number that is not negative"),
        ("rates.csv", "weight_to_lb", "0", "a number above zero"),
        ("transit.csv", "typical_days", "13", "a whole number from 0 to 12"),
        ("transit.csv", "typical_days", "-1", "a whole number from 0 to 12"),
        ("transit.csv", "zone", "0", "a whole number from 1 to 99"),
        ("delays.csv", "extra_days", "0.5", "a whole number that is not negative"),
        ("delays.csv", "probability", "-0.1", "a number that is not negative"),
    ],
)
def test_a_bad_cell_is_named_and_nothing_that_hangs_on_it(tiny, table, column, value, expected) -> None:
    tiny.cell(table, 2, column, value)

    (problem,) = tiny.problems()

    assert (problem.where, problem.found) == (f"{table}, row 2", f"{column} = {value!r}")
    assert problem.expected == expected


def test_a_gap_in_a_rate_card_is_named_with_service_zone_and_weight(tiny) -> None:
    tiny.drop_row("rates.csv", 4)  # parcel_ground, zone 2, up to 5 lb

    assert tiny.said() == (
        "rates.csv, row 2: parcel_ground, zone 2: no price up to 5 lb\n"
        "  expected: a price for every weight of the card, or none in the zone\n  to mend:  add the rows"
    )


def test_probabilities_that_do_not_add_up_to_one_are_named(tiny) -> None:
    tiny.cell("delays.csv", 3, "probability", "0.2")

    assert "delays.csv, row 2: parcel_ground: probabilities that add up to 1.1\n  expected: 1" in tiny.said()


def test_probabilities_of_nothing_at_all_are_named(tiny) -> None:
    tiny.cell("delays.csv", 2, "probability", "0")
    tiny.cell("delays.csv", 3, "probability", "0")

    assert "parcel_ground: probabilities that add up to 0\n  expected: 1" in tiny.said()


@pytest.mark.parametrize("table", ["rates.csv", "transit.csv", "delays.csv"])
def test_rows_of_a_service_that_nobody_describes_are_named(tiny, table: str) -> None:
    cells = {"rates.csv": ["1", "50", "20"], "transit.csv": ["1", "1"], "delays.csv": ["0", "1"]}[table]
    tiny.add_row(table, "parcl", "ground", *cells)

    said = tiny.said()

    assert f"{table}, row " in said
    assert "service 'parcl_ground'\n  expected: one of parcel_ground, courier_same_day, unused_service" in said


def test_a_price_factor_for_an_unknown_service_is_named(tiny) -> None:
    tiny.set("carriers.price_factors", {"parcel_grund": 0.5})

    assert (
        "carriers.price_factors.parcel_grund: service 'parcel_grund'\n"
        "  expected: one of courier_same_day, parcel_ground"
    ) in tiny.said()
