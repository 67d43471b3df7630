"""Stock goes where customers can be served most cheaply, order limits respected, and nothing is lost."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories import (
    CHICAGO_PLACE,
    COLUMBUS,
    RENO,
    a_departure,
    a_level,
    a_network,
    a_node,
    a_place,
    a_product,
    a_service,
)
from twin.domain.network import Network
from twin.policies.cartons import Packer
from twin.policies.offers import OfferBook
from twin.policies.placement import ExpectedDemand, Placement, opening_stock, order_up_to_level

MUG = a_product("mug")
LAMP = a_product("lamp", weight_kg=2.0, dimensions_cm=(40.0, 20.0, 20.0))
EVERYTHING = frozenset({"mug", "lamp"})


def placed(network: Network, demand: dict[str, dict[str, float]], units_per_order: float = 1.0) -> dict:
    book = OfferBook(network)
    packer = Packer.of(network)
    return Placement(book, packer, ExpectedDemand(demand, units_per_order)).units_per_day()


def two_nodes(**special: object) -> Network:
    """Columbus serves Columbus and Chicago most cheaply, Reno the West."""
    nodes = [a_node("columbus", **special), a_node("reno", RENO)]
    return a_network(nodes, products=[MUG])


def test_customers_order_from_the_node_that_serves_them_most_cheaply() -> None:
    found = placed(two_nodes(), {"midwest": {"mug": 30.0}, "west": {"mug": 10.0}})

    assert found == {"columbus": {"mug": 30.0}, "reno": {"mug": 10.0}}


def test_a_region_is_shared_by_its_people() -> None:
    # of four thousand people in one region, three live in Columbus and one in Reno
    places = (a_place("432", population=3000), a_place("895", latitude=39.53, longitude=-119.81))
    network = a_network([a_node("columbus"), a_node("reno", RENO)], places=places, products=[MUG])

    assert placed(network, {"midwest": {"mug": 40.0}}) == {"columbus": {"mug": 30.0}, "reno": {"mug": 10.0}}


def test_a_product_is_placed_only_where_it_is_carried() -> None:
    nodes = [a_node("columbus", assortment=EVERYTHING), a_node("reno", RENO, assortment=frozenset({"mug"}))]
    network = a_network(nodes, products=[MUG, LAMP])

    found = placed(network, {"midwest": {"mug": 0.0, "lamp": 0.0}, "west": {"mug": 8.0, "lamp": 2.0}})

    assert found == {"columbus": {"mug": 0.0, "lamp": 2.0}, "reno": {"mug": 8.0}}


def test_a_disabled_node_gets_nothing() -> None:
    assert placed(two_nodes(enabled=False), {"midwest": {"mug": 30.0}, "west": {"mug": 10.0}}) == {
        "reno": {"mug": 40.0}
    }


def test_every_service_level_counts_by_its_share_of_orders() -> None:
    air = a_service("parcel_air", typical_days=(None, None, None, 1))
    levels = [
        a_level("standard", share=0.4),
        a_level("next_day", ("parcel_air",), share=0.6),
    ]
    nodes = [
        a_node("columbus", departures=(a_departure(), a_departure("parcel_air"))),
        a_node("reno", RENO, departures=(a_departure(), a_departure("parcel_air"))),
    ]
    network = a_network(nodes, products=[MUG], services=[a_service(), air], levels=levels)

    found = placed(network, {"midwest": {"mug": 30.0}, "west": {"mug": 10.0}})

    # planes fly in zone 4 only: from Reno to the Midwest, from Columbus to the West; trucks serve the neighbours
    assert found == {
        "columbus": {"mug": pytest.approx(0.4 * 30 + 0.6 * 10)},
        "reno": {"mug": pytest.approx(0.6 * 30 + 0.4 * 10)},
    }


def test_what_a_node_may_not_take_goes_to_the_cheapest_node_without_a_limit() -> None:
    # 30 units are 20 orders of 1.5 units; Columbus takes 8 orders, so 12 units stay and 18 go to Reno
    found = placed(two_nodes(orders_per_day=8), {"midwest": {"mug": 30.0}, "west": {"mug": 10.0}}, units_per_order=1.5)

    assert found["columbus"]["mug"] == pytest.approx(12.0)
    assert found["reno"]["mug"] == pytest.approx(28.0)


def test_products_alike_but_for_where_they_are_carried_spill_each_by_itself() -> None:
    # Akron may take nothing, so its mugs go to Columbus; cups are in Columbus anyway and nowhere else
    cup = a_product("cup")
    nodes = [
        a_node("akron", assortment=frozenset({"mug"}), orders_per_day=0),
        a_node("columbus", assortment=frozenset({"mug", "cup"})),
    ]
    network = a_network(nodes, products=[MUG, cup])

    found = placed(network, {"midwest": {"mug": 30.0, "cup": 10.0}, "west": {"mug": 0.0, "cup": 0.0}})

    assert found == {"akron": {"mug": 0.0}, "columbus": {"mug": 30.0, "cup": 10.0}}


def test_a_limit_above_the_demand_changes_nothing() -> None:
    assert placed(two_nodes(orders_per_day=30), {"midwest": {"mug": 30.0}, "west": {"mug": 10.0}}) == {
        "columbus": {"mug": 30.0},
        "reno": {"mug": 10.0},
    }


def test_where_every_node_has_a_limit_nobody_takes_over() -> None:
    nodes = [a_node("columbus", orders_per_day=8), a_node("reno", RENO, orders_per_day=100)]

    found = placed(a_network(nodes, products=[MUG]), {"midwest": {"mug": 30.0}, "west": {"mug": 10.0}})

    assert found == {"columbus": {"mug": 30.0}, "reno": {"mug": 10.0}}


limits = st.one_of(st.none(), st.integers(0, 50))
amounts = st.floats(0.0, 100.0)


@settings(max_examples=40)
@given(
    limit_of=st.lists(limits, min_size=3, max_size=3),
    carried=st.lists(st.sampled_from([EVERYTHING, frozenset({"mug"})]), min_size=3, max_size=3),
    midwest=st.fixed_dictionaries({"mug": amounts, "lamp": amounts}),
    west=st.fixed_dictionaries({"mug": amounts, "lamp": amounts}),
)
def test_units_add_up_to_demand_whatever_the_limits(limit_of, carried, midwest, west) -> None:
    # one node carries everything and has no limit, so that all that is spilled finds a place
    nodes = [
        a_node(name, place, orders_per_day=limit, assortment=assortment)
        for name, place, limit, assortment in zip(
            ("columbus", "reno", "chicago"), (COLUMBUS, RENO, CHICAGO_PLACE), limit_of, carried, strict=True
        )
    ]
    network = a_network([*nodes, a_node("akron", assortment=EVERYTHING)], products=[MUG, LAMP])

    found = placed(network, {"midwest": midwest, "west": west}, units_per_order=2.0)

    for sku in ("mug", "lamp"):
        assert sum(by_sku.get(sku, 0.0) for by_sku in found.values()) == pytest.approx(midwest[sku] + west[sku])
    for node in nodes:
        if node.orders_per_day is not None:
            assert sum(found[node.name].values()) <= node.orders_per_day * 2.0 + 1e-6


@pytest.mark.parametrize(
    ("units_per_day", "exposed_days", "safety_factor", "cover_days", "level"),
    [
        (10.0, 5.0, 0.0, 0.0, 50),
        (10.0, 2.5, 1.65, 0.0, 34),  # 25 + 1.65 x 5 = 33.25
        (10.0, 2.5, 1.65, 3.0, 64),  # and 30 for the cover
        (0.1, 2.5, 1.65, 0.0, 2),  # 0.25 + 1.65 x 0.5 = 1.075
        (0.0, 5.0, 1.65, 3.0, 0),
    ],
)
def test_the_order_up_to_level_covers_demand_safety_stock_and_days_of_cover(
    units_per_day, exposed_days, safety_factor, cover_days, level
) -> None:
    assert order_up_to_level(units_per_day, exposed_days, safety_factor, cover_days) == level


def test_opening_stock_is_rounded_up() -> None:
    assert opening_stock(2.5, 14.0) == 35
    assert opening_stock(0.01, 14.0) == 1
    assert opening_stock(0.0, 14.0) == 0
