"""Freight by the load, from costs, lanes and the table of pallet rates."""

from __future__ import annotations

import pytest

from twin.domain.freight import PalletRates

LANE = "network.lanes.columbus.freight"
RATES = [["max_miles_incl", "max_pallets", "usd_per_pallet"], ["500", "1", "250"], ["500", "4", "150"],
         ["3500", "1", "600"], ["3500", "4", "360"]]  # fmt: skip
PRICES = {"pallet_rates": "freight.csv", "usd_per_mile": 2.42, "pallet_m3": 1.6, "pallet_kg": 767}


def paid_by_the_load(tiny, choice: str = "truckload") -> None:
    """Let Columbus buy its freight by the load."""
    tiny.set(LANE, choice)
    tiny.set("costs.freight", PRICES)
    tiny.write("freight.csv", RATES)


def test_a_lane_buys_its_freight_at_the_prices_of_the_costs(tiny) -> None:
    paid_by_the_load(tiny)

    network = tiny.build().network

    terms = network.freight
    assert (network.nodes["columbus"].supply.freight, network.nodes["reno"].supply.freight) == ("truckload", None)
    assert terms.pallet_rates == PalletRates((500.0, 3500.0), (1, 4), ((250.0, 150.0), (600.0, 360.0)))
    assert (terms.truck_pallets, terms.truck_kg) == (26, pytest.approx(44_000 * 0.45359237))
    assert (terms.road_factor, terms.replaced_usd_per_unit) == (1.2, 1.0)


def test_without_a_word_about_it_no_lane_is_paid_by_the_load(tiny) -> None:
    network = tiny.build().network

    assert not network.has_freight_bills
    assert network.freight is None


def test_a_lane_that_buys_freight_needs_prices(tiny) -> None:
    tiny.set(LANE, "truckload")

    assert tiny.said().endswith(
        f"{LANE}: truckload without costs.freight\n  expected: prices of freight\n"
        "  to mend:  set costs=us_2025_freight, or drop the key"
    )


def test_a_lane_by_the_pallet_needs_its_emission_factor(tiny) -> None:
    paid_by_the_load(tiny, "auto")

    assert tiny.said() == "carbon.csv: no factor inbound_ltl\n  expected: a row for each\n  to mend:  add the rows"


def test_the_factor_of_a_lane_by_the_pallet_is_cited(tiny) -> None:
    paid_by_the_load(tiny, "ltl")
    tiny.add_row("carbon.csv", "inbound_ltl", "0.13", "WTW", "2025")

    carbon = tiny.build().network.carbon

    assert carbon.inbound_ltl_kg_per_tkm == 0.13
    assert "inbound_ltl" in [factor.key for factor in carbon.factors]


def test_every_size_has_a_price_in_every_band(tiny) -> None:
    paid_by_the_load(tiny)
    tiny.drop_row("freight.csv", 4)

    assert tiny.said() == (
        "freight.csv: no price for 1 pallets up to 3500 miles\n  expected: a price of every size in every band\n"
        "  to mend:  add the rows"
    )


def test_a_table_of_rates_without_a_row_is_refused(tiny) -> None:
    paid_by_the_load(tiny)
    tiny.write("freight.csv", RATES[:1])

    assert "freight.csv: no row\n  expected: a price of every size in every band" in tiny.said()


@pytest.mark.parametrize(
    ("column", "cell", "expected"),
    [
        ("max_miles_incl", "0", "a number above zero"),
        ("max_pallets", "0.5", "a whole number from 1 to 1000"),
        ("usd_per_pallet", "-1", "a number that is not negative"),
    ],
)
def test_a_bad_cell_of_the_rates_is_named(tiny, column: str, cell: str, expected: str) -> None:
    paid_by_the_load(tiny)
    tiny.cell("freight.csv", 2, column, cell)

    (problem,) = tiny.problems()

    assert (problem.where, problem.found) == ("freight.csv, row 2", f"{column} = {cell!r}")
    assert (problem.expected, problem.cure) == (expected, f"mend the {column} of this row")


def test_a_price_that_comes_twice_is_named(tiny) -> None:
    paid_by_the_load(tiny)
    tiny.add_row("freight.csv", "500", "1", "99")

    assert "freight.csv, row 6: max_miles_incl 500.0, max_pallets 1 again" in tiny.said()


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        (LANE, "rail", "'ltl', 'truckload' or 'auto'"),
        ("costs.freight.pallet_m3", 0, "greater than 0"),
        ("costs.freight.truck_pallets", 0, "greater than or equal to 1"),
    ],
)
def test_a_value_that_cannot_be_is_refused(tiny, key: str, value: object, expected: str) -> None:
    paid_by_the_load(tiny)
    tiny.set(key, value)

    assert key in tiny.said()
    assert expected in tiny.said()


def test_a_measure_of_freight_needs_a_lane_that_pays_by_the_load(tiny) -> None:
    tiny.set("study.measures.freight_usd_per_unit",
             {"title": "Freight", "unit": "USD", "better": "lower", "matters_from": 0.1})  # fmt: skip

    assert tiny.said().endswith(
        "study.measures.freight_usd_per_unit: a KPI of freight where no lane pays by the load\n"
        "  expected: a KPI of what is modeled\n  to mend:  set network.lanes.<node>.freight or drop the measure"
    )
