"""Places, zones, products, cartons, holidays and emission factors from their tables."""

from __future__ import annotations

from datetime import date

import pytest

from tests.assemble.tiny import TABLES
from twin.domain.geography import ZoneBands


def test_tables_become_places_products_and_cartons(tiny) -> None:
    network = tiny.build().network

    assert list(network.places) == ["432", "606", "895"]
    assert network.places["895"].timezone == "America/Los_Angeles"
    assert network.zone_bands == ZoneBands((150.0, 600.0, 12500.0))
    assert list(network.products) == ["mug", "book", "lamp"]  # the most popular first
    assert network.products["lamp"].dimensions_cm == (40.0, 20.0, 20.0)  # the longest side first
    assert network.products["mug"].tilted_to == "west"
    assert [carton.carton_id for carton in network.cartons] == ["box"]


def test_zip3_with_a_leading_zero_survives(tiny) -> None:
    tiny.cell("places.csv", 2, "zip3", "021")
    tiny.set("network.nodes.columbus.zip3", "021")

    assert "021" in tiny.build().network.places


def test_places_stand_in_order_of_zip3_wherever_their_rows_stand(tiny) -> None:
    tiny.add_row("places.csv", "100", "NY", "New York", "America/New_York", "40.7", "-74", "9000", "northeast")

    assert list(tiny.build().network.places) == ["100", "432", "606", "895"]


def test_without_a_word_about_packing_products_ship_together(tiny) -> None:
    assert {product.packing for product in tiny.build().network.products.values()} == {"together"}


def test_products_may_say_how_they_are_packed(tiny) -> None:
    add_packing(tiny, lamp="fragile", mug="own_box", book="")

    products = tiny.build().network.products

    assert {sku: product.packing for sku, product in products.items()} == {
        "mug": "own_box", "book": "together", "lamp": "fragile"
    }  # fmt: skip


def test_an_unknown_way_to_pack_is_named_with_those_there_are(tiny) -> None:
    add_packing(tiny, lamp="brittle", mug="", book="")

    (problem,) = tiny.problems()

    assert (problem.where, problem.found) == ("products.csv, row 2", "packing = 'brittle'")
    assert problem.expected == "one of together, fragile, alone, own_box, or blank for together"
    assert problem.cure == "mend the packing of this row"


def test_a_missing_product_table_is_named_once(tiny) -> None:
    tiny.set("network.products", "goods.csv")

    assert tiny.said().count("goods.csv") == 1


def add_packing(tiny, **packings: str) -> None:
    """Give the product table a column of ways to pack."""
    header, *rows = [line.strip().split(",") for line in TABLES["products.csv"].strip().splitlines()]
    tiny.write("products.csv", [[*header, "packing"], *([*row, packings[row[0]]] for row in rows)])


def test_business_and_carrier_holidays_are_told_apart(tiny) -> None:
    model = tiny.build()

    assert model.network.nodes["columbus"].calendar.closed_on == {date(2025, 9, 1), date(2025, 10, 13)}
    assert model.holidays == {date(2025, 9, 1)}


def test_emission_factors_go_to_their_modes(tiny) -> None:
    carbon = tiny.build().network.carbon

    assert carbon.linehaul_kg_per_tkm == {"ground": 0.1, "air": 1.0, "courier": 0.5}
    assert carbon.last_mile_kg_per_parcel == {"ground": 0.2, "air": 0.2, "courier": 0.2}
    assert (carbon.inbound_kg_per_tkm, carbon.electricity_kg_per_kwh, carbon.road_factor) == (0.08, 0.4, 1.2)
    assert carbon.version == "2024; 2025"


@pytest.mark.parametrize(
    ("table", "column", "value", "expected"),
    [
        ("places.csv", "zip3", "43", "three digits, such as '021'"),
        ("places.csv", "tz", "Mars/Olympus", "a time zone is a name such as 'America/New_York', got 'Mars/Olympus'"),
        ("places.csv", "lat", "91", "degrees from -90 to 90"),
        ("places.csv", "lng", "-181", "degrees from -180 to 180"),
        ("places.csv", "lat", "nan", "a finite number"),
        ("places.csv", "population", "-1", "a whole number that is not negative"),
        ("places.csv", "region", "", "a word, not blank"),
        ("zone_bands.csv", "max_miles_incl", "-150", "a number above zero"),
        ("zone_bands.csv", "zone", "0", "a whole number from 1 to 99"),
        ("products.csv", "weight_kg", "0", "a number above zero"),
        ("products.csv", "length_cm", "-1", "a number above zero"),
        ("products.csv", "price_usd", "inf", "a finite number"),
        ("products.csv", "popularity", "-1", "a number that is not negative"),
        ("products.csv", "category", "", "a word, not blank"),
        ("cartons.csv", "max_weight_kg", "0", "a number above zero"),
        ("cartons.csv", "cost_usd", "-0.1", "a number that is not negative"),
        ("holidays.csv", "date", "9/1/2025", "a date such as 2026-11-26"),
        ("holidays.csv", "federal", "yes", "true or false"),
        ("carbon.csv", "value", "-1", "a number that is not negative"),
        ("carbon.csv", "scope", "TTW", "WTW, well-to-wheel: never mix scopes, convert the factor"),
    ],
)
def test_a_bad_cell_is_named_with_its_row(tiny, table: str, column: str, value: str, expected: str) -> None:
    tiny.cell(table, 2, column, value)

    problem = tiny.problems()[0]

    assert problem.where == f"{table}, row 2"
    assert problem.found == f"{column} = {value!r}"
    assert problem.expected == expected
    assert problem.cure == f"mend the {column} of this row"
    assert len(tiny.problems()) == 1, "what refers to the table is not held against it"


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("places.csv", "zip3", "432"),
        ("zone_bands.csv", "zone", "1"),
        ("products.csv", "sku", "lamp"),
        ("carbon.csv", "key", "linehaul_ground"),
    ],
)
def test_an_id_that_comes_twice_is_named_with_both_rows(tiny, table: str, column: str, value: str) -> None:
    tiny.cell(table, 3, column, value)

    said = tiny.said()

    assert said.startswith(f"{table}, row 3: {column} {value if column == 'zone' else repr(value)} again")
    assert f"expected: once (first in {table}, row 2)" in said


def test_a_carton_that_comes_twice_is_named(tiny) -> None:
    tiny.add_row("cartons.csv", "box", "10", "10", "10", "5", "0.1", "0.1", "0.1")

    assert tiny.said().startswith("cartons.csv, row 3: carton_id 'box' again")


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([["1", "150"], ["3", "600"]], "zone 1 up to 150 miles, zone 3 up to 600 miles"),
        ([["1", "600"], ["2", "150"]], "zone 1 up to 600 miles, zone 2 up to 150 miles"),
        ([["1", "600"], ["2", "600"]], "zone 1 up to 600 miles, zone 2 up to 600 miles"),
        ([], "no row"),
    ],
    ids=["a gap", "not rising", "equal", "none"],
)
def test_zone_bands_must_rise_without_gaps(tiny, rows, found: str) -> None:
    tiny.write("zone_bands.csv", [["zone", "max_miles_incl"], *rows])

    assert tiny.said() == (
        f"zone_bands.csv: {found}\n  expected: zones 1, 2, 3 and so on, each farther than the one before\n"
        "  to mend:  mend the table"
    )


@pytest.mark.parametrize(
    ("table", "column", "found"),
    [("places.csv", "population", "no row with people"), ("products.csv", "popularity", "no row with a popularity")],
)
def test_a_country_needs_people_and_something_they_want(tiny, table: str, column: str, found: str) -> None:
    for line in (2, 3, 4):
        tiny.cell(table, line, column, "0")

    assert f"{table}: {found}\n  expected: at least one" in tiny.said()


def test_a_missing_emission_factor_is_named(tiny) -> None:
    tiny.drop_row("carbon.csv", 7)
    tiny.drop_row("carbon.csv", 3)

    assert "carbon.csv: no factor linehaul_air, grid_electricity\n  expected: a row for each" in tiny.said()
