"""The sizes in conf/network/ follow from the demand each node can expect; the arithmetic behind them."""

from __future__ import annotations

from datetime import time
from functools import lru_cache
from typing import Literal

import pytest

from scripts.size_networks import describe
from twin.assemble import build
from twin.config import parse
from twin.domain.calendars import Shift
from twin.domain.nodes import FulfillmentNode
from twin.experiments.sizing import (
    Load,
    hours_a_week,
    loads,
    places,
    received,
    sampled,
    staffed_hours,
    stations_for,
    upwards,
    utilization,
)
from twin.hydra_glue import compose
from twin.simulation.world import Model

SIZED = ("regional_3dc", "regional_8dc", "metro_mfc")


@lru_cache
def sized(*overrides: str, rank_by: Literal["cost", "distance"] = "cost") -> tuple[Model, dict[str, Load]]:
    composition = compose(list(overrides))
    config = parse(composition.values, composition.origin)
    model = build(config)
    return model, loads(model, sampled(model, 6000), rank_by)


def busiest(node: FulfillmentNode, load: Load) -> float:
    return max(utilization(node, stage, stations, load) for stage, stations in places(node))


@pytest.mark.parametrize("network", SIZED)
def test_the_busiest_stage_of_every_warehouse_is_busy_for_three_quarters_of_its_hours(network: str) -> None:
    model, found = sized(f"network={network}")

    rates = {name: busiest(model.network.nodes[name], load) for name, load in found.items()
             if model.network.nodes[name].kind != "store"}  # fmt: skip

    assert all(0.66 <= rate <= 0.84 for rate in rates.values()), rates


def test_shops_are_well_used_and_none_gets_more_than_its_picker_can_do() -> None:
    model, found = sized("network=omnichannel")
    shops = {name: node for name, node in model.network.nodes.items() if node.kind == "store"}

    orders = sum(found[name].orders for name in shops)
    rates = [busiest(node, found[name]) for name, node in shops.items()]

    assert len(shops) == 24
    assert 0.7 < orders / (24 * 35) <= 1
    assert max(rates) < 0.95


def test_all_demand_is_shared_out_and_limits_are_kept() -> None:
    model, found = sized("network=metro_mfc")

    assert sum(load.orders for load in found.values()) == pytest.approx(
        10_000, rel=0.02
    )  # the study's days are a little below the year's mean
    assert all(load.orders <= (model.network.nodes[name].orders_per_day or 10_000) for name, load in found.items())


def test_by_distance_an_order_goes_to_the_nearer_center() -> None:
    _, found = sized("network=two_nodes", rank_by="distance")

    assert found["reno"].orders < found["columbus"].orders
    assert found["reno"].orders / 10_000 == pytest.approx(0.22, abs=0.04)  # the West is 23 % of the country


def test_a_shift_past_midnight_counts_its_hours() -> None:
    weekend = frozenset({5, 6})

    assert hours_a_week(Shift(weekend, time(22), time(6))) == 16
    assert hours_a_week(Shift(weekend, time(6), time(14, 30))) == 17
    assert hours_a_week(Shift(weekend, time(6), time(6))) == 48


def test_only_whole_stations_are_staffed() -> None:
    model, _ = sized("network=regional_3dc")
    memphis = model.network.nodes["memphis"]

    hours = staffed_hours(memphis, 4)

    # 97 % of 5 days x (8 h x 4 + 7.5 h x 2 of 2.4) + 2 days x 7.5 h x 2, breaks left out
    assert hours == pytest.approx(0.97 * (5 * (32 + 15) + 30))


def test_the_fewest_stations_that_meet_the_target_are_proposed() -> None:
    model, _ = sized("network=regional_3dc")
    memphis = model.network.nodes["memphis"]

    assert stations_for(memphis, 0.75 * 257, 0.75) == 4
    assert stations_for(memphis, 0.75 * 258, 0.75) == 5


def test_a_node_receives_what_it_ships_and_what_those_ship_that_it_refills() -> None:
    model, found = sized("network=metro_mfc")

    came = received(found, model.network)

    assert came["new_york"] == found["new_york"].units
    assert came["allentown"] == found["allentown"].units + found["new_york"].units
    assert found["allentown"].hours["put_away"] == pytest.approx(came["allentown"] / 160)  # 160 units an hour


def test_the_goods_that_shops_sell_over_the_counter_come_through_the_warehouses_that_refill_them() -> None:
    soho = ["+network.nodes.soho={kind: store, zip3: '100', label: SoHo}", "network.nodes.soho.found_rate=1",
            "+network.nodes.soho.shelf={walk_in_units_per_day: 50}",
            "+network.lanes.soho={from: allentown, lead_time: 24}"]  # fmt: skip
    model, found = sized("network=metro_mfc", *soho)

    came = received(found, model.network)

    assert came["soho"] == pytest.approx(found["soho"].units + 50)
    assert came["allentown"] == pytest.approx(found["allentown"].units + found["new_york"].units + came["soho"])


def test_costs_are_rounded_up_to_two_digits() -> None:
    assert [upwards(amount) for amount in (7800, 7801, 208, 45, 3)] == [7800, 7900, 210, 45, 3]


def test_the_printed_lines_name_share_load_hours_and_utilization() -> None:
    model, found = sized("network=regional_3dc")

    lines = list(describe(model.network, found, parse(compose([]).values).siting))

    assert len(lines) == 12
    assert lines[0].startswith("allentown (dc): 4,")
    assert "; fixed_usd_per_day 4" in lines[0]
    assert lines[1].startswith("    pick     ")
    assert " h a week,   5 stations  " in lines[1]
    assert lines[1].endswith("for at most 80%")
    assert lines[3].startswith("    put_away ")
