#!/usr/bin/env python3
"""Print how busy each node of a network should be, and how many stations it needs.

    scripts/size_networks.py network=regional_3dc
    scripts/size_networks.py --rank-by distance network=omnichannel demand.orders_per_day=20000

Some thousand orders of the composed demand are given, one after the other, to the node that can ship them whole at
the lowest cost, or to the nearest node that carries everything (`twin/experiments/sizing.py`). What they ask of a
stage in a mean week is set against its staffed hours, less breaks and absence. Nothing is simulated.
The numbers in `conf/network/` come from here.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence

from twin.assemble import build
from twin.config import parse
from twin.config.siting import SitingConfig
from twin.domain.network import Network
from twin.domain.nodes import FulfillmentNode
from twin.experiments.sizing import (
    DAYS_PER_WEEK,
    Load,
    building_of,
    loads,
    places,
    sampled,
    staffed_hours,
    stations_for,
    utilization,
)
from twin.hydra_glue import compose


def describe(network: Network, found: Mapping[str, Load], siting: SitingConfig) -> Iterator[str]:
    """Write one line for each node and one for each of its stages."""
    total = sum(load.orders for load in found.values())
    for name, load in found.items():
        node = network.nodes[name]
        share = load.orders / total if total else 0.0
        capped = f", takes {node.orders_per_day}" if node.orders_per_day is not None else ""
        orders = f"{load.orders:,.0f} orders a day, {share:.1%}{capped}"
        yield f"{name} ({node.kind}): {orders}{building(node, load, siting)}"
        for stage, stations in places(node):
            hours = load.hours.get(stage, 0.0) * DAYS_PER_WEEK
            yield (
                f"    {stage:8} {hours:7.1f} of {staffed_hours(node, stations):7.1f} h a week,"
                f" {stations:3} stations {utilization(node, stage, stations, load):4.0%} busy;"
                f" {stations_for(node, hours, siting.busy_rate)} for at most {siting.busy_rate:.0%}"
            )


def building(node: FulfillmentNode, load: Load, siting: SitingConfig) -> str:
    """Say what the building should cost and use, where the kind has a rule."""
    rule = siting.buildings.get(node.kind)
    if rule is None:
        return ""
    usd, kwh = building_of(rule, load.orders if node.orders_per_day is None else node.orders_per_day)
    return f"; fixed_usd_per_day {usd}, building_kwh_per_day {kwh}"


def main(arguments: Sequence[str]) -> None:
    """Size the network that the overrides describe."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("overrides", nargs="*", help="parts and values, such as network=regional_3dc")
    parser.add_argument("--rank-by", choices=["cost", "distance"], default="cost")
    given = parser.parse_args(arguments)
    composition = compose(given.overrides)
    config = parse(composition.values, composition.origin)
    model = build(config)
    found = loads(model, sampled(model, config.siting.sample), given.rank_by)
    sys.stdout.writelines(f"{line}\n" for line in describe(model.network, found, config.siting))


if __name__ == "__main__":
    main(sys.argv[1:])
