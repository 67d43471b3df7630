"""What an order would cost at a node, by hand, and what makes a node a candidate."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from math import inf, isinf

import numpy as np
import pytest

from tests.factories import a_network, a_node, a_supply
from twin.assemble.check import checked
from twin.config import ScenarioConfig
from twin.domain.orders import OrderLine
from twin.experiments.screening import _beside_offer_usd, _by_node, _useless, screen
from twin.experiments.sizing import SampleOrder, sampled, staffed_hours
from twin.hydra_glue import compose
from twin.simulation.world import Model

IDLE = ["+network.nodes.idle={kind: 3pl, zip3: '606', label: Idle, assortment: {top_skus: 0}}",
        "+network.lanes.idle={from: midwest_supplier, lead_time: 24}"]  # fmt: skip


@lru_cache
def asked(*overrides: str) -> tuple[ScenarioConfig, Model]:
    return checked(compose(["scenario=tutorial", *overrides], design="candidates"))


def test_what_routing_does_not_see_is_added_by_hand() -> None:
    """A center: goods in, put-away and idle people, interest on three and a half days of cover, its building."""
    config, model = asked("replenishment.cover_days=3", "costs.wage_usd_per_hour=20")
    node = model.network.nodes["columbus"]
    sku = next(iter(model.network.products))
    product, order = model.network.products[sku], SampleOrder("100", "standard", (OrderLine(sku, 2),))
    work = sum(stage.work_hours.mean * stage.effort(1, 2) for stage in node.stages)
    put_away = 2 * 0.5 / 80  # half an hour for 80 units

    usd = _beside_offer_usd(config, node, order, model.network)

    interest = 2 * product.unit_cost_usd * 3.5 * node.costs.holding_rate_per_year / 365
    idle = (work + put_away) * 20 * (1 / 0.8 - 1)
    assert usd == pytest.approx(2 * node.costs.inbound_usd_per_unit + put_away * 20 + interest + 0.58 + idle)


def test_a_3pl_takes_fees_and_storage_and_nobody_is_idle_at_our_cost() -> None:
    config, model = asked("replenishment.cover_days=3")
    node = model.network.nodes["reno"]
    sku = next(iter(model.network.products))
    product, order = model.network.products[sku], SampleOrder("100", "standard", (OrderLine(sku, 1),))

    usd = _beside_offer_usd(config, node, order, model.network)

    interest = product.unit_cost_usd * 3.5 * node.costs.holding_rate_per_year / 365
    assert usd == pytest.approx(node.costs.inbound_usd_per_unit + 3.5 * 0.0094 + interest)


def test_the_cheapest_service_counts_with_a_charge_where_it_is_later_than_promised() -> None:
    config, model = asked()
    sku = next(iter(model.network.products))
    order = SampleOrder("900", "expedited", (OrderLine(sku, 1),))
    offers = model.shelves.book.offers("900", "expedited", model.shelves.packer.pack(order.lines))
    by_hand = min(
        (offer.cost_usd + (25 + 2 * (offer.transit_days - 2) if offer.transit_days > 2 else 0.0), offer)
        for offer in offers
        if offer.node == "columbus"
    )[0]

    usd, late, quick = _by_node(config, model, order, ("columbus", "reno"))

    node = model.network.nodes["columbus"]
    assert usd[0] - _beside_offer_usd(config, node, order, model.network) == pytest.approx(by_hand)
    assert late[0] in {0.0, 27.0, 29.0, 31.0}
    assert quick[0] == (late[0] == 0)


def test_a_node_that_does_not_carry_it_all_ships_none_of_it() -> None:
    config, model = asked("network.nodes.reno.assortment.top_skus=1")
    most, *_, least = sorted(model.network.products.values(), key=lambda one: -one.popularity)

    both = SampleOrder("900", "standard", (OrderLine(most.sku, 1), OrderLine(least.sku, 1)))
    one = SampleOrder("900", "standard", (OrderLine(most.sku, 1),))

    assert isinf(_by_node(config, model, both, ("columbus", "reno"))[0, 1])
    assert _by_node(config, model, one, ("columbus", "reno"))[0, 1] < inf


def test_groups_hold_all_orders_of_a_day() -> None:
    config, model = asked("siting.sample=300")

    found = screen(config, model)

    sample = sampled(model, 300)
    assert found.nodes == ("columbus", "reno")
    assert found.orders.sum() == pytest.approx(len(sample.orders) * sample.weight)
    assert found.usd.shape == found.quick.shape == found.late_usd.shape == (len(found.orders), 2)
    total = sum(sample.weight * _by_node(config, model, order, found.nodes)[0] for order in sample.orders)
    assert np.allclose(found.orders @ found.usd, total)
    assert found.useless == {}


def test_the_sample_is_of_the_days_of_the_study_and_of_about_the_size_that_was_asked_for() -> None:
    _, model = asked()

    small, all_of_them = sampled(model, 300), sampled(model, 10**6)

    assert 300 <= len(small.orders) < 350
    assert len(small.orders) * small.weight == pytest.approx(len(all_of_them.orders) * all_of_them.weight)
    assert set(small.orders) <= set(all_of_them.orders)


def test_a_node_made_to_measure_has_room_and_others_what_their_limits_and_stations_say() -> None:
    config, model = asked("network.nodes.reno.orders_per_day=40", "siting.sample=500")
    to_measure = screen(config, model)
    without_rules = config.siting.model_copy(update={"buildings": {}})

    as_it_is = screen(config.model_copy(update={"siting": without_rules}), model)

    assert to_measure.open_usd.tolist() == [2000, 25]
    assert to_measure.most_orders.tolist() == [inf, 40]
    assert as_it_is.open_usd.tolist() == [400, 25]
    node = model.network.nodes["columbus"]
    busiest = max(stage.work_hours.mean for stage in node.stages)
    assert 0 < as_it_is.most_orders[0] < staffed_hours(node, 1) / 7 / busiest


def test_a_site_from_which_nothing_ships_is_no_candidate() -> None:
    config, model = asked(*IDLE)

    found = screen(config, model)

    assert found.nodes == ("columbus", "reno")
    assert found.useless == {"idle": "no order can be shipped from it, nor from a node that it refills"}


def test_a_site_that_only_refills_another_is_one_and_a_site_without_goods_is_none() -> None:
    places = {
        "depot": a_supply(),
        "shop": replace(a_supply(), supplier="depot"),
        "lonely": replace(a_supply(), supplier="shut"),
    }
    nodes = {name: replace(a_node(name), supply=supply) for name, supply in places.items()}
    network = a_network(nodes=[*nodes.values(), a_node("shut")])

    found = _useless(network, list(nodes), np.array([[False, True, True]]), refilled=True)

    assert found == {"lonely": "no goods reach it"}
    assert _useless(network, list(nodes), np.array([[False, True, True]]), refilled=False) == {
        "depot": "no order can be shipped from it, nor from a node that it refills"
    }
