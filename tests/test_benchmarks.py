"""The networks that the figures of docs/performance.md are for can be built."""

from __future__ import annotations

from copy import deepcopy

import pytest

from benchmarks.networks import model, values
from benchmarks.parts import NODES, PARTS
from benchmarks.parts import model as part_model
from benchmarks.running import LAUNCHERS, seconds_a_point
from twin.config import parse


def test_what_a_point_costs_can_be_measured_with_our_workers() -> None:
    assert isinstance(seconds_a_point(LAUNCHERS["our own workers"], 1), float)


@pytest.mark.parametrize("nodes", [13, 20, 40])
def test_a_network_of_the_benchmarks_has_as_many_nodes_as_it_says(nodes: int) -> None:
    assert len(model(nodes, 1).network.nodes) == nodes


def test_every_part_that_is_measured_can_be_switched() -> None:
    shipped, origin = values(NODES, 1, 100)
    for _, change in PARTS.values():
        changed = deepcopy(shipped)
        change(changed)
        assert len(parse(changed, origin).network.nodes) == NODES


def test_all_parts_together_can_be_switched_on() -> None:
    together = part_model("with all of these", 1)
    assert together.returns is not None
    assert together.pickup is not None
