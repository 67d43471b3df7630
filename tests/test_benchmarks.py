"""The networks that the figures of docs/performance.md are for can be built."""

from __future__ import annotations

import pytest

from benchmarks.networks import model


@pytest.mark.parametrize("nodes", [13, 20, 40])
def test_a_network_of_the_benchmarks_has_as_many_nodes_as_it_says(nodes: int) -> None:
    assert len(model(nodes, 1).network.nodes) == nodes
