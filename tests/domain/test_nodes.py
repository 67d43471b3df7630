"""Fulfillment nodes, their stages of work and their costs."""

from __future__ import annotations

from math import nan

import pytest

from tests.factories import RENO, a_network, a_node, a_stage
from twin.domain.nodes import NODE_KINDS, NodeCosts


def test_a_stage_takes_longer_for_every_further_line_and_unit() -> None:
    stage = a_stage(extra_line_rate=0.5, extra_unit_rate=0.1)

    assert stage.effort(lines=1, units=1) == 1.0
    assert stage.effort(lines=3, units=3) == 2.0
    assert stage.effort(lines=2, units=5) == pytest.approx(1.0 + 0.5 + 0.3)


def test_fees_add_up_by_order_line_and_unit() -> None:
    costs = NodeCosts(fee_per_order_usd=2.0, fee_per_line_usd=0.5, fee_per_unit_usd=0.1)

    assert costs.fees_usd(lines=2, units=5) == pytest.approx(3.5)
    assert NodeCosts().fees_usd(lines=2, units=5) == 0.0


@pytest.mark.parametrize("kind", NODE_KINDS)
def test_every_kind_of_node_can_be_made(kind) -> None:
    assert a_node(kind=kind).kind == kind


@pytest.mark.parametrize(
    ("special", "message"),
    [
        ({"kind": "shop"}, "kind must be one of dc, 3pl, store, mfc, distributor, got 'shop'"),
        ({"stages": ()}, "needs at least one stage of work"),
        ({"orders_per_day": -1}, "orders_per_day must not be negative, got -1"),
        ({"found_rate": 1.01}, "found_rate must lie in 0..1, got 1.01"),
        ({"found_rate": nan}, "found_rate must lie in 0..1, got nan"),
    ],
    ids=str,
)
def test_a_node_that_cannot_be_is_refused(special, message: str) -> None:
    with pytest.raises(ValueError, match=f"node 'columbus': {message}"):
        a_node(**special)


def test_a_stage_with_fewer_than_no_stations_is_refused() -> None:
    with pytest.raises(ValueError, match="stage 'pack': stations must not be negative, got -1"):
        a_stage(stations=-1)


def test_a_network_measures_miles_from_a_node_to_a_destination() -> None:
    network = a_network([a_node("reno", RENO)])

    assert network.miles("reno", "895") == 0.0
    assert network.miles("reno", "432") == pytest.approx(1935, rel=0.01)  # Reno to Columbus
