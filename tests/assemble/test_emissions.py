"""Emission factors from their table and from the configuration, and the hubs on a parcel's way."""

from __future__ import annotations

import pytest

from tests.assemble.tiny import TABLES
from twin.domain.carbon import EmissionFactor

FACTORS = TABLES["carbon.csv"].split()


def write_factors(tiny, *more: str, columns: str = "") -> None:
    """Write the factors with more rows, and more columns that all other rows leave blank."""
    blank = "," * len(columns.split(",")) if columns else ""
    header, *rows = FACTORS
    lines = [f"{header},{columns}" if columns else header, *(row + blank for row in rows), *more]
    tiny.write("carbon.csv", [line.split(",") for line in lines])


def test_hubs_lie_on_the_way_of_the_modes_that_say_so(tiny) -> None:
    write_factors(tiny, "first_mile_per_parcel,0.03,WTW,2025", "hub_per_tonne,2,WTW,2025")
    tiny.set("carbon.hubs", {"ground": 2})

    carbon = tiny.build().network.carbon

    # two parcels of 500 kg together: collected at 0.03 each, and half a tonne through two hubs at 2 kg a tonne
    assert carbon.to_hubs_and_through_kg("ground", 2, 500.0) == pytest.approx(2 * 0.03 + 2 * 0.5 * 2)
    assert carbon.to_hubs_and_through_kg("courier", 2, 500.0) == 0.0


def test_without_hubs_their_factors_are_not_cited(tiny) -> None:
    write_factors(tiny, "hub_per_tonne,2,WTW,2025")

    cited = [factor.key for factor in tiny.build().network.carbon.factors]

    assert cited == [*(row.split(",")[0] for row in FACTORS[1:]), "network.cartons"]


def test_a_factor_is_cited_with_source_quality_and_what_the_vehicle_emits(tiny) -> None:
    header, *_ = FACTORS
    tiny.write("carbon.csv", [
        [*header.split(","), "tank_to_wheel", "unit", "source", "quality"],
        *([*row.split(","), "", "", "", ""] for row in FACTORS[2:]),
        ["linehaul_ground", "0.1", "WTW", "2025", "0.08", "kgco2e_per_tkm", "our carrier", "primary"],
    ])  # fmt: skip

    *others, ground, cartons = tiny.build().network.carbon.factors

    assert ground == EmissionFactor("linehaul_ground", 0.1, "kgco2e_per_tkm", "our carrier", "2025", "primary", 0.08)
    assert {(factor.quality, factor.tank_to_wheel) for factor in others} == {("default", None)}
    assert (cartons.value, cartons.source) == (None, "by size, cartons.csv")


def test_factors_of_the_configuration_are_cited_too(tiny) -> None:
    tiny.set("network.nodes.reno.pickup", {"stations": 1, "hand_over_minutes": 5})
    tiny.set("demand.pickup", {"share": 0.2, "max_miles": 10, "ready_hours": 4, "collect_after": 12, "hold_days": 3,
                               "trip_co2e_kg": 1.6, "dedicated_trip_rate": 0.25})  # fmt: skip

    (trip,) = [f for f in tiny.build().network.carbon.factors if f.key == "demand.pickup.trip_co2e_kg"]

    assert trip.value == pytest.approx(0.4)


@pytest.mark.parametrize(
    ("column", "cell", "expected"),
    [
        ("tank_to_wheel", "-1", "a number that is not negative, or blank"),
        ("quality", "good", "one of primary, modeled, default, or blank for default"),
    ],
)
def test_a_bad_cell_of_a_factor_is_named(tiny, column: str, cell: str, expected: str) -> None:
    write_factors(tiny, f"hub_per_tonne,2,WTW,2025,{cell}", columns=column)

    (problem,) = tiny.problems()

    assert (problem.where, problem.found) == ("carbon.csv, row 8", f"{column} = {cell!r}")
    assert (problem.expected, problem.cure) == (expected, f"mend the {column} of this row")


def test_a_vehicle_cannot_emit_more_than_the_whole(tiny) -> None:
    write_factors(tiny, "hub_per_tonne,2,WTW,2025,3", columns="tank_to_wheel")

    assert tiny.said() == (
        "carbon.csv, row 8: tank_to_wheel 3, of 2 well-to-wheel\n  expected: at most the whole\n"
        "  to mend:  mend one of the two"
    )


def test_hubs_need_their_factors_and_a_mode_that_exists(tiny) -> None:
    tiny.set("carbon.hubs", {"rail": 1})

    assert tiny.said() == (
        "carbon.csv: no factor first_mile_per_parcel, hub_per_tonne\n  expected: a row for each\n"
        "  to mend:  add the rows\n\n"
        "carbon.hubs.rail: carbon.hubs.rail: mode 'rail'\n  expected: one of ground, air, courier\n"
        "  to mend:  name a mode of the carriers"
    )


def test_a_measure_of_hubs_needs_hubs(tiny) -> None:
    tiny.set("study.measures.hub_co2e_kg_per_order",
             {"title": "Hubs", "unit": "kg", "better": "lower", "matters_from": 0.1})  # fmt: skip

    assert tiny.said().endswith(
        "study.measures.hub_co2e_kg_per_order: a KPI of hubs without carbon.hubs\n"
        "  expected: a KPI of what is modeled\n  to mend:  set carbon=defra_2025_hubs or drop the measure"
    )
