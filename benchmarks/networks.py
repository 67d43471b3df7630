"""The two networks the figures are for: 13 nodes and 40, of every kind, 1,000 SKUs, 10,000 orders a day unless told."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from copy import deepcopy
from typing import Any

from twin.assemble import build
from twin.config import parse
from twin.hydra_glue import compose
from twin.simulation.world import Model

Origin = Callable[[str], str]
"""Says in which file a key stands."""
OVERRIDES = ["study.warmup_days=0", "study.cooldown_days=0", "study.runout_days=14"]


def model(nodes: int, days: int, per_day: int = 10_000) -> Model:
    """Build a network for a run of some days."""
    return built(*values(nodes, days, per_day))


def values(nodes: int, days: int, per_day: int, overrides: Sequence[str] = ()) -> tuple[dict[str, Any], Origin]:
    """Return the configuration: `full_mix`, and for 40 nodes more from the other networks; and where its keys are."""
    asked = [*OVERRIDES, f"study.measured_days={days}", f"demand.orders_per_day={per_day}", *overrides]
    composition = compose(asked, "full_mix")
    found = deepcopy(composition.values)
    network = found["network"]
    for other in ("omnichannel", "distribution_network"):
        more = compose(OVERRIDES, other).values["network"]
        for name, node in more["nodes"].items():
            if len(network["nodes"]) < nodes:
                network["nodes"][f"{other}_{name}"] = node
                if name in more["lanes"]:
                    network["lanes"][f"{other}_{name}"] = _lane(more["lanes"][name], other, more["nodes"])
    if len(network["nodes"]) != nodes:
        raise ValueError(f"the networks together have {len(network['nodes'])} nodes, the figures are for {nodes}")
    return found, composition.origin


def built(values: Mapping[str, Any], origin: Origin) -> Model:
    """Build the model of a configuration."""
    return build(parse(values, origin))


def _lane(lane: Mapping[str, Any], network: str, nodes: Container[str]) -> dict[str, Any]:
    """Return a lane that begins at the same node, by the name it has here."""
    source = lane["from"]
    return {**lane, "from": f"{network}_{source}" if source in nodes else source}
