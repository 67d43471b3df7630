"""Freight in by the load: what units bear of it, in money and in carbon."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.analytics.factories import WINDOW, a_day, a_freight, a_network, an_order, books, supplied, tables
from tests.domain.test_freight import TERMS
from twin.analytics import carbon, costs
from twin.analytics.bookings import bookings
from twin.analytics.freight import freight_usd_per_unit, pallets_per_load
from twin.analytics.kpis import measure
from twin.analytics.legs import carbon_legs
from twin.domain.freight import FreightChoice
from twin.domain.network import Network
from twin.domain.nodes import NodeCosts


def a_billed_network(inbound_usd: float = 0.75, **lanes: FreightChoice) -> Network:
    """Columbus 800 km from its maker and Reno 400 km from Columbus, some lanes paid by the load."""
    paid = NodeCosts(inbound_usd_per_unit=inbound_usd)
    network = supplied(a_network(columbus=paid, reno=paid), columbus=800.0, reno=400.0)
    nodes = {
        name: replace(
            node, supply=replace(node.supply, freight=lanes.get(name), supplier={"reno": "columbus"}.get(name, "maker"))
        )
        for name, node in network.nodes.items()
        if node.supply is not None
    }
    factors = replace(network.carbon, inbound_ltl_kg_per_tkm=0.16)
    return replace(network, nodes=nodes, carbon=factors, freight=replace(TERMS, replaced_usd_per_unit=0.5))


def test_units_that_leave_bear_the_mean_of_all_loads_of_the_run() -> None:
    loads = [a_freight(units=100, freight_usd=300.0), a_freight(units=300, freight_usd=500.0)]

    table = books(a_billed_network(columbus="auto"), orders=[an_order()], stock=[a_day(shipped_units=10)],
                  freight=loads)  # fmt: skip

    # 800 dollars for 400 units are 2 a unit; of the flat 0.75 the 0.5 of freight are replaced
    assert costs.inbound_cpo(table) == pytest.approx(10 * (2.0 + 0.25))


def test_goods_that_pass_a_node_bear_the_loads_of_both_lanes() -> None:
    loads = [a_freight(units=100, freight_usd=200.0), a_freight(node="reno", units=100, freight_usd=50.0)]

    table = books(a_billed_network(columbus="auto", reno="ltl"), orders=[an_order()],
                  stock=[a_day(node="reno", shipped_units=10)], freight=loads)  # fmt: skip

    assert costs.inbound_cpo(table) == pytest.approx(10 * (2.0 + 0.5 + 0.25))


def test_the_flat_price_stays_where_only_a_transfer_is_paid_by_the_load() -> None:
    table = books(a_billed_network(reno="ltl"), orders=[an_order()], stock=[a_day(node="reno", shipped_units=10)],
                  freight=[a_freight(node="reno", units=100, freight_usd=50.0)])  # fmt: skip

    assert costs.inbound_cpo(table) == pytest.approx(10 * (0.75 + 0.5))


def test_the_flat_price_never_becomes_less_than_nothing() -> None:
    table = books(a_billed_network(0.25, columbus="auto"), orders=[an_order()], stock=[a_day(shipped_units=10)],
                  freight=[a_freight(units=100, freight_usd=100.0)])  # fmt: skip

    assert costs.inbound_cpo(table) == pytest.approx(10.0)


def test_carbon_goes_by_the_modes_that_loads_took() -> None:
    loads = [a_freight(mode="truckload", weight_kg=300.0), a_freight(mode="ltl", weight_kg=100.0)]

    table = books(a_billed_network(columbus="auto"), orders=[an_order()], stock=[a_day(shipped_units=100)],
                  freight=loads)  # fmt: skip

    # 0.15 t over 1,000 km of road: three quarters at 0.08, one at 0.16
    assert carbon.inbound_co2e_kg_per_order(table) == pytest.approx(150 * (0.75 * 0.08 + 0.25 * 0.16))


def test_a_lane_without_a_load_emits_as_it_would() -> None:
    table = books(a_billed_network(columbus="ltl"), orders=[an_order()], stock=[a_day(shipped_units=100)], freight=[])

    assert carbon.inbound_co2e_kg_per_order(table) == pytest.approx(150 * 0.16)
    assert costs.inbound_cpo(table) == pytest.approx(100 * 0.25)


LOADS = st.fixed_dictionaries({
    "node": st.sampled_from(["columbus", "reno"]), "mode": st.sampled_from(["ltl", "truckload"]),
    "units": st.integers(1, 500), "weight_kg": st.floats(1, 9000), "freight_usd": st.floats(0, 5000),
})  # fmt: skip


@settings(max_examples=15)
@given(st.lists(LOADS, max_size=6))
def test_the_legs_of_any_loads_add_up_to_their_carbon(loads: list[dict[str, object]]) -> None:
    network = a_billed_network(columbus="auto", reno="auto")
    days = [a_day(node=node, shipped_units=50) for node in ("columbus", "reno")]
    measured = measure(tables(stock=days, freight=[a_freight(**load) for load in loads]), WINDOW, network)

    legs = carbon_legs(measured, WINDOW, network)

    whole = carbon.co2e_kg_total(bookings(measured, WINDOW, network))
    assert legs["co2e_kg"].sum() == pytest.approx(whole, abs=0.001)
    assert {*legs["factor"]} <= {"inbound_ltl", "inbound_truckload"}


def test_freight_of_a_unit_and_pallets_of_a_load() -> None:
    bills: pd.DataFrame | None = tables(freight=[
        a_freight(units=100, pallets=3, freight_usd=300.0), a_freight(units=300, pallets=6, freight_usd=500.0),
        a_freight(node="reno", units=10, pallets=1, freight_usd=50.0),
    ]).freight  # fmt: skip
    assert bills is not None

    assert freight_usd_per_unit(bills) == pytest.approx(850 / 410)
    assert freight_usd_per_unit(bills, "node").to_dict() == {"columbus": 2.0, "reno": 5.0}  # type: ignore[union-attr]  # a table came of it, not None
    assert pallets_per_load(bills) == pytest.approx(10 / 3)
