"""From a set of open nodes to a design: what to say on the command line to open them and to make them large enough."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from hashlib import sha256

from twin.config.siting import SitingConfig
from twin.domain.errors import UsageError
from twin.experiments.screening import sizing_rule
from twin.experiments.sizing import DAYS_PER_WEEK, building_of, loads, places, sampled, stations_for
from twin.simulation.receiving import PUT_AWAY
from twin.simulation.world import Model

TODAY = "today"
LETTERS, MOST_LETTERS = 4, 40
"""Of a node, and of a design: names stand in tables and in the names of folders."""


def refuse_if_no_baseline(siting: SitingConfig) -> None:
    """Raise `UsageError` where nothing says what the new designs are compared with."""
    if not siting.today:
        raise UsageError(
            "siting.today: empty\n  expected: the nodes that are open today, which every design is compared with\n"
            "  to mend:  siting.today=[columbus], or scenario=design_us to see how it is asked"
        )


def name_of(nodes: Collection[str]) -> str:
    """Return the name of a design with some open nodes: their names, or as much of each as there is room for."""
    whole = "_".join(sorted(nodes))
    short = [name[:LETTERS] for name in sorted(nodes)]
    if len(whole) <= MOST_LETTERS:
        return whole
    if len(set(short)) == len(short) and len("_".join(short)) <= MOST_LETTERS:
        return "_".join(short)
    return f"open_{len(nodes)}_{sha256(whole.encode()).hexdigest()[:8]}"


def opened(nodes: Collection[str], candidates: Iterable[str]) -> list[str]:
    """Return the overrides that open some candidates and no other, and name the network after them."""
    title = ", ".join(name.replace("_", " ").title() for name in sorted(nodes))
    enabled = [f"network.nodes.{name}.enabled={'true' if name in nodes else 'false'}" for name in candidates]
    return [*enabled, f"network.title='{title}'"]


def made_to_measure(model: Model, siting: SitingConfig) -> list[str]:
    """Return the overrides that make each node of a network as large as the orders it is to ship need.

    A node that is as large as it is gets none (`sizing_rule`).
    """
    return list(_sizes(model, siting))


def _sizes(model: Model, siting: SitingConfig) -> Iterator[str]:
    for name, load in loads(model, sampled(model, siting.sample)).items():
        node = model.network.nodes[name]
        rule = sizing_rule(node, siting)
        if rule is None:
            continue
        key = f"network.nodes.{name}"
        for stage, _ in places(node):
            stations = stations_for(node, load.hours.get(stage, 0.0) * DAYS_PER_WEEK, siting.busy_rate)
            yield (
                f"{key}.inbound.stations={stations}"
                if stage == PUT_AWAY
                else f"{key}.stages.{stage}.stations={stations}"
            )
        usd, kwh = building_of(rule, load.orders)
        yield f"{key}.costs.fixed_usd_per_day={usd}"
        yield f"{key}.costs.building_kwh_per_day={kwh}"
