"""Changes that must change nothing, or exactly one thing: the same customers and the same luck meet both models."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from tests.factories import (
    CHICAGO_PLACE,
    COLUMBUS,
    RENO,
    Tables,
    a_departure,
    a_disruption,
    a_level,
    a_model,
    a_network,
    a_node,
    a_service,
    a_shape,
    a_stage,
    a_supply,
    always,
    an_order,
    run,
)
from tests.laws.checking import MONEY, total_usd
from tests.reference.shared_cases import LATE, LINES, UNITS, exponential, lognormal
from twin.domain.carriers import CarrierService
from twin.domain.network import Network
from twin.domain.nodes import FulfillmentNode, NodeCosts
from twin.domain.products import Product
from twin.domain.surcharges import Surcharges
from twin.policies.routing.catalogue import kinds, load
from twin.policies.routing.min_cost import MinCost
from twin.simulation.invoices import SURCHARGES
from twin.simulation.world import Model, Shelves

Value = TypeVar("Value")

COSTS = NodeCosts(1.5, 0.3, 0.1, 21.0, "worked", 900.0, 0.02, 0.2, 0.4)
STAFFED = replace(COSTS, labor_paid="staffed", wage_usd_per_hour=18.0)

TERRITORIAL = ("spillover_limit",)  # the nearest node is whose customer one is, whatever it has to offer


def two_nodes(shifted: float = 1.0) -> list[FulfillmentNode]:
    """Return two nodes of unlike costs that both run short of people and goods at times."""
    return [
        a_node("columbus", COLUMBUS, stages=(a_stage("pick", 2, lognormal(0.21)), a_stage("pack", 2, lognormal(0.3))),
               costs=COSTS, supply=a_supply(31.0), found_rate=0.95),
        a_node("reno", RENO, stages=(a_stage("pack", 3, exponential(0.4 * shifted)),), costs=STAFFED,
               supply=a_supply(55.0)),
    ]  # fmt: skip


def a_network_of(nodes: list[FulfillmentNode]) -> Network:
    """Return the nodes in a world with fuel, dimensional weights, late parcels and late credits."""
    service = a_service(surcharges=Surcharges(0.12, 0.6), extra_days=LATE)
    return a_network(nodes, services=[service], levels=[a_level(promise_days=2, late_credit_usd=4.0)])


def a_world(nodes: list[FulfillmentNode] | None = None, routing: str = "min_cost") -> Model:
    """Return three days of orders at some nodes."""
    levels = {"columbus": {"mug": 160, "lamp": 60, "book": 60}, "reno": {"mug": 60, "lamp": 60, "book": 60}}
    stock = {node: {sku: units - 20 for sku, units in by_sku.items()} for node, by_sku in levels.items()}
    stock["empty"] = dict.fromkeys(["mug", "lamp", "book"], 0)
    return a_model(
        a_network_of(nodes or two_nodes()), shape=a_shape(110.0, lines=LINES, units=UNITS), stock=stock,
        levels=levels, order_days=3, runout_days=12, routing=load({"kind": routing}),
    )  # fmt: skip


def with_network(model: Model, network: Network) -> Model:
    """Return the model on another network."""
    return replace(model, network=network, shelves=Shelves.of(network))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """Run the ordinary world."""
    return run(a_world(), tmp_path_factory.mktemp("world"))


def assert_same_outcome(one: Tables, other: Tables) -> None:
    """Fail unless orders and shipments are the same to the last bit."""
    assert_frame_equal(one.orders, other.orders, check_exact=True)
    assert_frame_equal(one.shipments, other.shipments, check_exact=True)


PART = ["order", "lines", "units"]


def an_empty_node(**special: float) -> FulfillmentNode:
    """Return a node in Chicago without stock or stations, whose work has a spread of its own."""
    costs = NodeCosts(**special)  # type: ignore[arg-type]  # each of its own type
    return a_node("empty", CHICAGO_PLACE, stages=(a_stage("pick", 0, lognormal(0.77)),), costs=costs)


@pytest.mark.parametrize("routing", [kind for kind in kinds() if kind not in TERRITORIAL])
def test_a_node_without_stock_and_people_changes_no_order(routing: str, tmp_path: Path) -> None:
    without = run(a_world(routing=routing), tmp_path)
    dear = an_empty_node(fee_per_order_usd=1000.0)

    with_one = run(a_world([dear, *two_nodes()], routing), tmp_path)

    assert_same_outcome(without, with_one)


def test_an_empty_node_that_would_be_cheapest_changes_only_what_would_have_been_first_choice(
    world: Tables, tmp_path: Path
) -> None:
    with_one = run(a_world([an_empty_node(), *two_nodes()]), tmp_path)

    assert_frame_equal(
        world.orders.drop(columns="first_choice"), with_one.orders.drop(columns="first_choice"), check_exact=True
    )
    assert world.orders["first_choice"].sum() > with_one.orders["first_choice"].sum()


def test_a_node_that_is_not_in_use_changes_no_order_and_costs_nothing(tmp_path: Path, world: Tables) -> None:
    off = replace(a_node("empty", CHICAGO_PLACE, costs=replace(STAFFED, fixed_usd_per_day=0.0)), enabled=False)
    model = a_world([off, *two_nodes()])

    tables = run(model, tmp_path)

    assert_same_outcome(world, tables)
    assert total_usd(model, tables) == pytest.approx(total_usd(a_world(), world))


def test_a_second_carrier_that_costs_a_cent_more_is_never_chosen(tmp_path: Path, world: Tables) -> None:
    model = a_world()
    ground = model.network.services["parcel_ground"]
    rates = replace(
        ground.rates, prices_usd=tuple(tuple(price + 0.01 for price in row) for row in ground.rates.prices_usd)
    )
    dearer = replace(ground, name="post_ground", carrier="post", rates=rates)
    nodes = {
        name: replace(node, departures=(*node.departures, a_departure("post_ground")))
        for name, node in model.network.nodes.items()
    }
    network = replace(
        model.network,
        nodes=nodes,
        services={"parcel_ground": ground, "post_ground": dearer},
        service_levels={
            "standard": replace(model.network.service_levels["standard"], services=("post_ground", "parcel_ground"))
        },
    )

    tables = run(with_network(model, network), tmp_path)

    assert_same_outcome(world, tables)


def turned(mapping: Mapping[str, Value]) -> dict[str, Value]:
    """Return a mapping in the opposite order."""
    return dict(reversed(list(mapping.items())))


def reversed_network(network: Network) -> Network:
    """Return the same network with every mapping in the opposite order."""
    return replace(
        network,
        nodes=turned(network.nodes),
        places=turned(network.places),
        products=turned(network.products),
        services=turned(network.services),
        service_levels=turned(network.service_levels),
        cartons=tuple(reversed(network.cartons)),
    )


def test_the_order_of_rows_in_the_input_changes_nothing(tmp_path: Path) -> None:
    orders = [
        an_order(0.7 * number, ("432", "606", "895")[number % 3], 60.0 + number, mug=1 + number % 2, lamp=1)
        for number in range(60)
    ]
    network = a_network_of(two_nodes())
    stock = {"columbus": {"mug": 30, "lamp": 45, "book": 9}, "reno": {"mug": 60, "lamp": 8, "book": 9}}
    turned_stock = turned({node: turned(skus) for node, skus in stock.items()})

    one = run(a_model(network, orders, stock=stock), tmp_path)
    other = run(a_model(reversed_network(network), orders, stock=turned_stock), tmp_path)

    assert_same_outcome(one, other)
    assert one.orders["shipments"].max() == 2


def test_the_order_of_nodes_does_not_decide_who_takes_what_waits_for_midnight(tmp_path: Path) -> None:
    nodes = [a_node("columbus", orders_per_day=2), a_node("dayton", orders_per_day=2)]
    orders = [an_order(1 + 0.9 * number) for number in range(20)]
    network = a_network(nodes)

    one = run(a_model(network, orders, patience_hours=100.0), tmp_path)
    other = run(a_model(reversed_network(network), orders, patience_hours=100.0), tmp_path)

    assert_same_outcome(one, other)
    assert (one.orders["attempts"] == 2).sum() == 16


def dearer(model: Model, factor: float) -> Model:
    """Return the model with every price, and every dollar the policy reckons with, times a factor."""
    network = model.network
    routing = model.routing
    assert isinstance(routing, MinCost)
    return with_network(
        replace(model, routing=replace(
            routing, late_usd=factor * routing.late_usd, late_usd_per_day=factor * routing.late_usd_per_day,
            split_usd=factor * routing.split_usd,
        )),
        replace(
            network,
            nodes={name: _dearer_node(node, factor) for name, node in network.nodes.items()},
            products={sku: _dearer_product(product, factor) for sku, product in network.products.items()},
            services={name: _dearer_service(service, factor) for name, service in network.services.items()},
            service_levels={
                name: replace(level, late_credit_usd=factor * level.late_credit_usd)
                for name, level in network.service_levels.items()
            },
            cartons=tuple(replace(carton, cost_usd=factor * carton.cost_usd) for carton in network.cartons),
        ),
    )  # fmt: skip


def _dearer_node(node: FulfillmentNode, factor: float) -> FulfillmentNode:
    names = ("fee_per_order_usd", "fee_per_line_usd", "fee_per_unit_usd", "wage_usd_per_hour", "fixed_usd_per_day",
             "storage_usd_per_unit_day", "inbound_usd_per_unit")  # fmt: skip
    prices = {name: factor * getattr(node.costs, name) for name in names}
    return replace(node, costs=replace(node.costs, **prices))


def _dearer_product(product: Product, factor: float) -> Product:
    return replace(product, unit_cost_usd=factor * product.unit_cost_usd, price_usd=factor * product.price_usd)


def _dearer_service(service: CarrierService, factor: float) -> CarrierService:
    rows = tuple(tuple(factor * price for price in row) for row in service.rates.prices_usd)
    residential = factor * service.surcharges.residential_usd
    return replace(
        service,
        rates=replace(service.rates, prices_usd=rows),
        surcharges=replace(service.surcharges, residential_usd=residential),
    )


def test_prices_a_tenth_higher_change_no_plan_and_cost_a_tenth_more(tmp_path: Path, world: Tables) -> None:
    model = a_world()

    tables = run(dearer(model, 1.1), tmp_path)

    money = [*MONEY, *SURCHARGES, "expected_usd"]
    assert_frame_equal(world.shipments.drop(columns=money), tables.shipments.drop(columns=money), check_exact=True)
    assert tables.shipments[money].to_numpy() == pytest.approx(1.1 * world.shipments[money].to_numpy(), abs=1e-5)
    assert total_usd(dearer(model, 1.1), tables) == pytest.approx(1.1 * total_usd(model, world), rel=1e-6)
    nothing = [name for name, usd in world.shipments[MONEY].sum().items() if not usd]
    assert nothing == ["lost_goods_usd", "claimed_usd"]  # its carrier answers for nothing


def test_zero_demand_costs_only_what_is_fixed(tmp_path: Path) -> None:
    model = replace(a_world(), demand=a_model(a_network_of(two_nodes()), []).demand)

    tables = run(model, tmp_path)

    # 15 days; open 16 h a day, of which Reno's first hour belongs to Sunday. Stock comes up to its level: 3 x 20
    # units at each node, after 31 h of the first review at hour 5, and 55 h of that at hour 8.
    fixed = 2 * 15 * 900.0
    shifts = 18.0 * 3 * 16 * 15
    storage = 0.02 * (220 * 15 + 120 * 15.0 + 60 * (15 - 36 / 24) + 60 * (15 - 63 / 24))
    inbound = 0.4 * 120
    value_days = 15.0 * (140 * 4 + 40 * 15 + 40 * 6) + 15 * 40 * (4 + 15 + 6)
    value_days += 20 * (4 + 15 + 6) * ((15 - 36 / 24) + (15 - 63 / 24))
    holding = 0.2 / 365 * value_days
    assert tables.orders.empty
    assert tables.shipments.empty
    assert total_usd(model, tables) == pytest.approx(fixed + shifts + storage + inbound + holding)


def a_node_and_a_disruption(**special: object) -> Model:
    """Return the ordinary world with a disruption."""
    return replace(a_world(), disruptions=[a_disruption("odd", 33.3, **special)])  # type: ignore[arg-type]  # each of its own type


def test_an_outage_of_no_length_changes_nothing(tmp_path: Path, world: Tables) -> None:
    tables = run(a_node_and_a_disruption(hours=0.0, targets=("columbus", "reno")), tmp_path)

    assert_same_outcome(world, tables)
    assert_frame_equal(world.nodes, tables.nodes, check_exact=True)


def test_an_outage_without_severity_changes_nothing(tmp_path: Path, world: Tables) -> None:
    tables = run(a_node_and_a_disruption(severity=0.0, ramp_hours=3.0, targets=("columbus",)), tmp_path)

    assert_same_outcome(world, tables)


@pytest.mark.parametrize("scope", ["node", "service", "region"])
def test_a_disruption_of_something_absent_changes_nothing(scope: str, tmp_path: Path, world: Tables) -> None:
    tables = run(a_node_and_a_disruption(scope=scope, targets=("atlantis",), delay_days=1), tmp_path)

    assert_same_outcome(world, tables)
    assert_frame_equal(world.nodes, tables.nodes, check_exact=True)
    assert_frame_equal(world.stock, tables.stock, check_exact=True)


def test_another_station_lets_nobody_start_later_where_all_queue_alike(tmp_path: Path) -> None:
    def waiting_line(stations: int) -> pd.Series[float]:
        node = a_node(stages=(a_stage("pack", stations, lognormal(0.6), queue="arrival"),))
        tables = run(a_model(a_network([node]), shape=a_shape(90.0)), tmp_path)
        return tables.shipments.set_index("order")["started_at"].sort_index()

    three, four = waiting_line(3), waiting_line(4)

    assert (four <= three + 1e-9).all()
    assert four.sum() < three.sum()


def test_twice_the_work_takes_twice_the_hours(tmp_path: Path, world: Tables) -> None:
    slow = run(a_world(two_nodes(shifted=2.0)), tmp_path)

    def hours_of(tables: Tables) -> pd.Series[float]:
        mine = tables.shipments[tables.shipments["node"] == "reno"]
        return mine.drop_duplicates(PART).set_index(PART)["work_hours"]

    both = pd.concat([hours_of(world), hours_of(slow)], axis=1, keys=["usual", "slow"], join="inner")

    assert len(both) > 30
    assert both["slow"].tolist() == pytest.approx((2 * both["usual"]).tolist())


def test_a_shelf_that_is_warm_changes_nothing(tmp_path: Path) -> None:
    model = a_world()
    run(model, tmp_path, 7)

    warm, cold = run(model, tmp_path, 8), run(a_world(), tmp_path, 8)

    assert_same_outcome(warm, cold)


def test_work_at_another_stage_moves_nobody_elses_luck(tmp_path: Path) -> None:
    fast = a_node(stages=(a_stage("pack", 9, lognormal(0.2)),))
    checked = replace(fast, stages=(*fast.stages, a_stage("check", 9, always(0.01))))

    one = run(a_model(a_network([fast])), tmp_path).shipments.set_index("order").sort_index()
    other = run(a_model(a_network([checked])), tmp_path).shipments.set_index("order").sort_index()

    assert other["started_at"].tolist() == one["started_at"].tolist()
    assert other["work_hours"].tolist() == pytest.approx((one["work_hours"] + 0.01).tolist())
