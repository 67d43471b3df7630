"""What may go wrong in a scenario, from its configuration."""

from __future__ import annotations

from collections.abc import Collection

from twin.assemble.rows import Findings
from twin.config import DisruptionConfig, ScenarioConfig
from twin.domain.network import Network
from twin.simulation.disrupting import DisruptionPlan

HOURS_PER_DAY = 24.0


def disruption_plans(config: ScenarioConfig, network: Network, findings: Findings) -> list[DisruptionPlan]:
    """Make the plans to draw from; a disruption that hits nothing, or comes never or twice, is a problem."""
    plans = []
    for name, event in config.disruptions.events.items():
        _check_targets(f"disruptions.events.{name}.targets", event, config, network, findings)
        if (event.starts_day is None) == (event.rate_per_year is None):
            said = "neither of" if event.starts_day is None else "both"
            findings.add_key(
                f"disruptions.events.{name}",
                f"{said} starts_day and rate_per_year",
                "exactly one of them",
                "set one, and the other to null",
            )
        plans.append(DisruptionPlan(
            name, event.scope, event.targets,
            None if event.starts_day is None else event.starts_day * HOURS_PER_DAY, event.rate_per_year,
            event.duration, event.severity, event.ramp_hours, event.delay_days, event.demand_factor,
        ))  # fmt: skip
    return plans


def _check_targets(
    key: str, event: DisruptionConfig, config: ScenarioConfig, network: Network, findings: Findings
) -> None:
    if event.scope == "demand":
        if event.targets:
            findings.add_key(key, ", ".join(event.targets), "no targets: all of demand is meant", "drop them")
        return
    known = _known(event.scope, config, network, findings)
    if not event.targets:
        findings.add_key(key, f"no {event.scope}", f"one of {', '.join(sorted(known))}", "name at least one")
    for target in event.targets if known else ():
        if target not in known:
            findings.add_key(key, f"{event.scope} {target!r}", f"one of {', '.join(sorted(known))}", "name another")


def _known(scope: str, config: ScenarioConfig, network: Network, findings: Findings) -> Collection[str]:
    """Return the names a scope has, none where their tables have problems."""
    if scope == "node":
        return set(config.network.nodes)
    if scope == "service":
        sound = findings.is_sound(*config.carriers.services, *config.carriers.rates)
        return set(network.services) if sound else ()
    sound = findings.is_sound(config.network.places)
    return {place.region for place in network.places.values()} if sound else ()
